"""Pictures inside the archives, known by how they begin: what they show stays, what they say of themselves goes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

import PIL.Image

from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.gif import GIF, without_comments
from documents.extraction.inspection.jpeg import JPEG, end_of, has_place, without_personal_segments
from documents.extraction.inspection.png import PNG, without_personal_chunks
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

    PNG, JPEG, GIF and WebP stay what they are; the first page of a TIFF and a BMP become a PNG, which every program shows
    under any name. None where it is no picture, or one that can't be read to its end.
    """
    if content.startswith(JPEG):
        end = end_of(content)
        return without_personal_segments(content[:end]) if end is not None else None
    if content.startswith(PNG):
        cut = without_personal_chunks(content)
        return cut if cut[-8:-4] == b"IEND" else None
    if content.startswith(GIF):
        return without_comments(content)
    if is_webp(content):
        return without_details(content)
    kind = _kind_to_pack(content)
    return _packed_anew(content, kind) if kind else None


def _kind_to_pack(content: bytes) -> str:
    """The format of a picture with room for more, which nothing here cuts: what it shows is packed anew."""
    if content.startswith(_TIFF):
        return "TIFF"
    # Two letters are not enough: a style or a text may begin with them.
    is_bmp = content.startswith(_BMP) and int.from_bytes(content[14:18], "little") in _BMP_SIZES
    return "BMP" if is_bmp else ""


def _packed_anew(content: bytes, kind: str) -> bytes | None:
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    out = io.BytesIO()
    try:
        with PIL.Image.open(io.BytesIO(content), formats=(kind,)) as picture:
            if picture.width * picture.height > MAX_SOURCE_PIXELS:
                return None
            shown = picture if picture.mode in ("1", "L", "P", "RGB", "RGBA") else picture.convert("RGB")
            shown.info = {}
            shown.save(out, format="PNG")
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return out.getvalue()


def picture_traces(package: Package, gone: tuple[str, ...] = ()) -> Iterator[Trace]:
    """Photos that say who took them where. Parts whose names begin with one of ``gone`` go as a whole."""
    for name in package.names():
        content = package.read(name)
        if name.startswith(gone) or not is_picture(content):
            continue
        shown = plain(content)
        if shown is not None and shown != content:
            yield Trace(*why(content), name, partial(_rewrite, package, name))


def why(content: bytes) -> tuple[str, str]:
    """Code and kind of what goes from a picture."""
    if content.startswith(JPEG) and has_place(content):
        return "place", "places"
    return "metadata", "metadata of pictures"


def _rewrite(package: Package, name: str) -> None:
    if name in package and (shown := plain(package.read(name))) is not None:
        package.write(name, shown)
