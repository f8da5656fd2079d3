"""Pictures with parts that were erased: to most programs that means transparent, and below it everything is still there."""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from itertools import takewhile

import PIL.Image
import PIL.ImageChops
import PIL.ImageFilter

from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.embedded import SHOWS, differs
from documents.extraction.inspection.png import PNG, chunks, with_picture_of
from documents.extraction.inspection.webp import is_webp

_MARGIN = 4
"""Pixels beside visible ones, which lossy packing changes too."""
_CLEAR = [255, *[0] * 255]
"""White for what is wholly transparent, else black."""


def erased(picture: PIL.Image.Image, least: int = 0) -> PIL.Image.Image | None:
    """``picture`` itself, now with nothing below what is transparent; None where there was nothing.

    ``least`` is the difference of a channel (0-255) that counts as something; with one, the edges are left out of account.
    """
    if picture.mode == "P":
        return _with_one_clear_colour(picture)
    if picture.mode not in ("RGBA", "LA"):
        return None
    clear = picture.getchannel("A").point(_CLEAR)
    if clear.getextrema()[1] == 0:
        return None
    counted = clear
    if least:
        counted = PIL.ImageChops.invert(clear).filter(PIL.ImageFilter.BoxBlur(_MARGIN)).point(_CLEAR)
    visible = PIL.ImageChops.invert(counted)
    if not any(differs(picture.getchannel(band), visible, least) for band in picture.mode[:-1]):
        return None
    picture.paste((0,) * len(picture.mode), mask=clear)
    return picture


def _with_one_clear_colour(picture: PIL.Image.Image) -> PIL.Image.Image | None:
    opacities = picture.info.get("transparency")
    if not isinstance(opacities, bytes):
        return None
    clear = {index for index, opacity in enumerate(opacities) if opacity == 0}
    used = {index for index, number in enumerate(picture.histogram()) if number} & clear
    if len(used) < 2:
        return None
    first = min(used)
    return picture.point([first if index in used else index for index in range(256)])


@lru_cache(maxsize=4)
def without_erased(content: bytes) -> bytes:
    """A PNG or WebP file without what was erased in it, packed without loss; as it is where nothing was.

    Moving pictures stay as they are, and what can't be unpacked, as it can't by who opens the file.
    """
    if not _may_be_clear(content):
        return content
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            if getattr(picture, "n_frames", 1) > 1 or picture.width * picture.height > MAX_SOURCE_PIXELS:
                return content
            return _packed(content, picture)
    except (OSError, SyntaxError, ValueError, struct.error):
        return content


def _packed(content: bytes, picture: PIL.Image.Image) -> bytes:
    # Lossy packing leaves its noise there.
    shown = erased(picture, SHOWS if is_webp(content) and b"VP8L" not in content[:64] else 0)
    if shown is None:
        return content
    out = io.BytesIO()
    if content.startswith(PNG):
        shown.save(out, "PNG", icc_profile=None)
        return with_picture_of(content, out.getvalue())
    shown.save(out, "WEBP", lossless=True, icc_profile=picture.info.get("icc_profile"))
    return out.getvalue()


def _may_be_clear(content: bytes) -> bool:
    """Quick: whether there is room for opacity. Most pictures have none and need not be unpacked."""
    if content.startswith(PNG):
        before_pixels = takewhile(lambda kind: kind != b"IDAT", (kind for kind, _, _ in chunks(content)))
        return content[25:26] in (b"\x04", b"\x06") or b"tRNS" in before_pixels
    return is_webp(content) and (content[12:16] == b"VP8L" or (content[12:16] == b"VP8X" and bool(content[20] & 0x10)))
