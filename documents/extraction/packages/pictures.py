"""Pictures inside the archives, known by how they begin: what they show stays, what they say of themselves goes."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import PIL.Image
from PIL.ExifTags import Base

from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.gif import GIF, without_comments
from documents.extraction.inspection.jpeg import JPEG, end_of, has_place, side_up, without_personal_segments
from documents.extraction.inspection.png import PNG, without_personal_chunks
from documents.extraction.inspection.transparent import erased, without_unseen
from documents.extraction.inspection.webp import is_webp, without_details
from documents.extraction.packages.package import Package, Trace

_TIFF = (b"II*\0", b"MM\0*")
_BMP = b"BM"
_BMP_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Of the second part of its head, by version."""


def is_picture(content: bytes) -> bool:
    """Whether this is called a picture here."""
    return content.startswith((PNG, JPEG, GIF)) or is_webp(content) or bool(_kind_to_pack(content))


def plain(content: bytes) -> bytes | None:
    """The same picture without what it says of itself and without what follows its end; its pixels stay.

    PNG, JPEG, GIF and WebP stay what they are, without what nobody sees of them; the first page of a TIFF and a BMP become
    a PNG, which every program shows under any name. None where it is no picture, or one that can't be read to its end.
    """
    if content.startswith(JPEG):
        return _plain_jpeg(content)
    if content.startswith(PNG):
        cut = without_personal_chunks(content)
        return without_unseen(cut) if cut[-8:-4] == b"IEND" else None
    if content.startswith(GIF):
        return without_comments(content)
    if is_webp(content):
        shown = without_details(content)
        return shown and without_unseen(shown)
    kind = _kind_to_pack(content)
    return _packed_anew(content, kind) if kind else None


def _plain_jpeg(content: bytes) -> bytes | None:
    """Which side is up is kept: readers of e-books turn it so."""
    end = end_of(content)
    if end is None:
        return None
    cut = without_personal_segments(content[:end])
    side = _side_of(content)
    if side in range(2, 9) and not _side_of(cut):
        return cut[:2] + side_up(side) + cut[2:]
    return cut


def _side_of(content: bytes) -> int:
    """The number that EXIF has for the side that is up; 0 where nothing is said."""
    PIL.Image.MAX_IMAGE_PIXELS = None  # nothing is unpacked here
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            return int(picture.getexif().get(Base.Orientation, 0))
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return 0


def _kind_to_pack(content: bytes) -> str:
    """The format of a picture with room for more, which nothing here cuts: what it shows is packed anew."""
    if content.startswith(_TIFF):
        return "TIFF"
    # Two letters are not enough: a style or a text may begin with them.
    is_bmp = content.startswith(_BMP) and int.from_bytes(content[14:18], "little") in _BMP_SIZES
    return "BMP" if is_bmp else ""


@lru_cache(maxsize=4)
def _packed_anew(content: bytes, kind: str) -> bytes | None:
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    out = io.BytesIO()
    try:
        with PIL.Image.open(io.BytesIO(content), formats=(kind,)) as picture:
            if picture.width * picture.height > MAX_SOURCE_PIXELS:
                return None
            shown = _in_eight_bits(picture)
            shown = erased(shown) or shown
            shown.info = {}
            shown.save(out, format="PNG")
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return out.getvalue()


def _in_eight_bits(picture: PIL.Image.Image) -> PIL.Image.Image:
    """As a PNG can have it. Raises ValueError for what has no plain way there."""
    if picture.mode in ("1", "L", "P", "RGB", "RGBA"):
        return picture
    if picture.mode == "LA":
        return picture.convert("RGBA")
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value / 257).convert("L")
    if picture.mode in ("CMYK", "YCbCr", "LAB", "RGBX"):
        return picture.convert("RGB")
    raise ValueError(picture.mode)


def picture_traces(package: Package, names: Iterable[str]) -> Iterator[Trace]:
    """Photos among these parts that say who took them where."""
    for name in names:
        content = package.read(name)
        if not is_picture(content):
            continue
        shown = plain(content)
        if shown is not None and shown != content:
            yield Trace(*why(content), name, partial(_rewrite, package, name))


def why(content: bytes) -> tuple[str, str]:
    """Code and kind of what goes from a picture."""
    if content.startswith(JPEG) and has_place(content):
        return "place", "places"
    if content == (without_personal_chunks(content) if content.startswith(PNG) else without_details(content)):
        return "picture_masked", "hidden parts of pictures"
    return "metadata", "metadata of pictures"


def _rewrite(package: Package, name: str) -> None:
    if name in package and (shown := plain(package.read(name))) is not None:
        package.write(name, shown)
