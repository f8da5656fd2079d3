"""Pictures: where and by whom they were taken, and small copies of what was cropped away."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageSequence
from PIL.ExifTags import IFD, TAGS

from documents.extraction.errors import BrokenFileError
from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.transparent import erased, without_unseen
from documents.metadata import COPYRIGHT

_TELLING_INFO = ("xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Raw profile type exif", "Raw profile type iptc")
# What a TIFF file needs to be shown, and its copyright notice.
_STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 266, 269, 273, 274, 277, 278, 279, 282, 283, 284, 296, 297, 301, 317, 318, 319}
    | {320, 322, 323, 324, 325, 332, 338, 339, 347, 512, 513, 514, 529, 530, 531, 532, 34675, COPYRIGHT}
)
_THUMBNAIL = 0x0201


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str) -> None:
    """Adds the findings of the picture at ``path``. Raises BrokenFileError."""
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit is below
    try:
        with PIL.Image.open(path, formats=("PNG", "JPEG", "WEBP", "TIFF")) as picture:
            _inspect(picture, findings)
            if picture.format == "MPO":
                findings.add("thumbnails", Place(words="MPO"))
            if _has_unseen(picture, path):
                findings.add("picture_masked")
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BrokenFileError from error


def _has_unseen(picture: PIL.Image.Image, path: Path) -> bool:
    """Whether something is below transparent pixels, or in later moments. Only what may have such is unpacked."""
    if picture.format in ("PNG", "WEBP"):
        content = path.read_bytes()
        return without_unseen(content) != content
    if picture.width * picture.height > MAX_SOURCE_PIXELS:
        return False
    return picture.format == "TIFF" and any(erased(page) for page in PIL.ImageSequence.Iterator(picture))


def _inspect(picture: PIL.Image.Image, findings: Findings) -> None:
    exif = picture.getexif()
    if exif.get_ifd(IFD.GPSInfo):
        findings.add("place")
    if _THUMBNAIL in exif.get_ifd(IFD.IFD1):
        findings.add("thumbnails")
    findings.add_parts("metadata", _details(exif))
    findings.add_parts("metadata", (key for key in _TELLING_INFO if picture.info.get(key)))
    texts: dict[str, Any] = getattr(picture, "text", {})
    findings.add_parts("metadata", (key for key in texts if key not in (*_TELLING_INFO, "Copyright")))


def _details(exif: PIL.Image.Exif) -> Iterator[str]:
    for tag, said in exif.items():
        if tag not in _STRUCTURE and tag not in (IFD.Exif, IFD.GPSInfo):
            yield f"{TAGS.get(tag, tag)}: {said if isinstance(said, str | int) else ''}"
    for tag in exif.get_ifd(IFD.Exif):
        yield str(TAGS.get(tag, tag))
