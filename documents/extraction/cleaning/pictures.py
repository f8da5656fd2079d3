"""Pictures without what they tell about the people who took them: upright, with colour profile and copyright.

JPEG, PNG and WebP keep their pixels bit for bit where they lie upright already; parts are cut out of the file.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageOps
import PIL.ImageSequence
from PIL.ExifTags import Base

from documents.extraction.cleaning.proof import same_picture
from documents.extraction.errors import BrokenFileError, TooLargeError, UnprovenError
from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.findings import Findings
from documents.extraction.inspection.pictures import inspect
from documents.extraction.inspection.png import without_personal_chunks
from documents.extraction.inspection.transparent import erased, without_unseen
from documents.extraction.inspection.webp import without_details
from documents.metadata import COPYRIGHT

COMPARED = 1000
"""Pixels of the longer side at which original and copy are compared."""
TOLERANCE = 48
"""Difference of a colour channel (0-255) that packing a turned picture anew may make."""
_KINDS = {
    "picture_masked": "hidden parts of pictures",
    "place": "places",
    "thumbnails": "thumbnails",
    "metadata": "metadata",
}


def clean(source: Path, target: Path, removed: Counter[str], mime: str) -> int:
    """Writes the clean copy of the picture at ``source``; returns 0: a picture has no pages.

    Raises BrokenFileError, TooLargeError, UnprovenError.
    """
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    findings = Findings()
    inspect(source, (), findings, mime)
    for finding in findings.all():
        removed[_KINDS[finding.code]] += finding.count
    try:
        with PIL.Image.open(source) as picture:
            if picture.width * picture.height > MAX_SOURCE_PIXELS:
                raise TooLargeError
            target.write_bytes(_cleaned(picture, source, mime))
        _prove(source, target)
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BrokenFileError from error
    return 0


def _cleaned(picture: PIL.Image.Image, source: Path, mime: str) -> bytes:
    upright = picture.getexif().get(Base.Orientation, 1) in (0, 1)
    if mime == "image/png" and upright:
        return _seen(without_personal_chunks(source.read_bytes()))
    if mime == "image/webp" and upright:
        return _seen(without_details(source.read_bytes()))
    if mime == "image/tiff":
        return _tiff(picture)
    options = _kept(picture)
    if mime == "image/jpeg" and upright:
        options["quality"] = "keep"  # the same tables: no second loss
        return _saved(picture, "JPEG", options)
    turned = PIL.ImageOps.exif_transpose(picture)
    turned.info = {}
    kind = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}[mime]
    return _saved(erased(turned) or turned, kind, options | ({} if kind == "PNG" else {"quality": 95}))


def _seen(content: bytes | None) -> bytes:
    shown = without_unseen(content) if content is not None else None
    if shown is None:
        raise BrokenFileError
    return shown


def _saved(picture: PIL.Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        options.setdefault("exif", b"")
        options["comment"] = b""
    picture.save(out, format=kind, **options)
    return out.getvalue()


def _kept(picture: PIL.Image.Image) -> dict[str, Any]:
    """What goes into the clean file on purpose."""
    options: dict[str, Any] = {}
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    if notice := picture.getexif().get(COPYRIGHT):
        exif = PIL.Image.Exif()
        exif[COPYRIGHT] = notice
        options["exif"] = exif.tobytes()
    return options


def _tiff(picture: PIL.Image.Image) -> bytes:
    """All pages, each packed without loss."""
    notice, profile = picture.getexif().get(COPYRIGHT), picture.info.get("icc_profile")
    pages = []
    for frame in PIL.ImageSequence.Iterator(picture):
        page = PIL.ImageOps.exif_transpose(frame)
        plain = PIL.Image.new(page.mode, page.size)
        plain.paste(page)
        if page.mode == "P" and (palette := page.getpalette()) is not None:
            plain.putpalette(palette)
        plain = erased(plain) or plain
        plain.info = {"dpi": frame.info["dpi"]} if "dpi" in frame.info else {}
        pages.append(plain)
    options: dict[str, Any] = {"compression": "group4" if pages[0].mode == "1" else "tiff_deflate"}
    if profile:
        options["icc_profile"] = profile
    if notice:
        options["tiffinfo"] = {COPYRIGHT: notice}
    out = io.BytesIO()
    pages[0].save(out, format="TIFF", save_all=True, append_images=pages[1:], **options)
    return out.getvalue()


def _prove(source: Path, target: Path) -> None:
    with PIL.Image.open(source) as before, PIL.Image.open(target) as after:
        if _pages(before) != _pages(after) or (after.format != "TIFF" and getattr(after, "n_frames", 1) > 1):
            raise UnprovenError
        PIL.ImageOps.exif_transpose(before, in_place=True)
        if before.size != after.size:
            raise UnprovenError
        # What is transparent shows what lies behind, light or dark; what lies below it need not be the same.
        one, other = _small(before), _small(after)
        if not all(same_picture(_on(one, ground), _on(other, ground), TOLERANCE) for ground in ("white", "black")):
            raise UnprovenError


def _small(picture: PIL.Image.Image) -> PIL.Image.Image:
    small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small.thumbnail((COMPARED, COMPARED))
    return small


def _on(picture: PIL.Image.Image, ground: str) -> PIL.Image.Image:
    """As it looks on a page of one colour."""
    page = PIL.Image.new("RGB", picture.size, ground)
    page.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return page


def _pages(picture: PIL.Image.Image) -> int:
    """How many pages a picture has; of one that moves, the first moment is one."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
