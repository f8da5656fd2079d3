"""The colour that most of a picture has: whether words on it can be read."""

from __future__ import annotations

import io
import struct
from functools import lru_cache

import PIL.Image
import PIL.ImageStat

from documents.extraction.contrast import PAPER, Colour
from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.packages.package import Package

_SIDE = 64
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
"""What may stay in a file; Pillow opens others too, some of them by starting programs."""


def shade(package: Package, part: str, number: str) -> Colour | None:
    """Of the picture that a part names by this number; None where there is none, or it can't be unpacked."""
    relations = package.relations(part)
    for relation in relations if number and relations is not None else ():
        if relation.get("Id") == number and (name := package.target(part, relation)):
            return of_bytes(package.read(name))
    return None


@lru_cache(maxsize=16)
def of_bytes(content: bytes) -> Colour | None:
    """Of a picture file; half of its pixels are darker, half are lighter."""
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    try:
        with PIL.Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_SOURCE_PIXELS:
                return None
            picture.draft("RGB", (_SIDE, _SIDE))
            # Without a second copy of a large picture.
            picture.thumbnail((_SIDE, _SIDE), PIL.Image.Resampling.NEAREST)
            small = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, struct.error):
        return None
    seen = PIL.Image.new("RGB", small.size, PAPER)
    seen.paste(small, mask=small)
    red, green, blue = PIL.ImageStat.Stat(seen).median
    return red, green, blue
