"""Parts of pictures that nobody sees: below what was erased, which to most programs means transparent; in what is so
faint that no eye tells it from its ground; in the later moments of what moves, of which documents show the first alone.
"""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from itertools import takewhile

import PIL.Image
import PIL.ImageChops
import PIL.ImageFilter

from documents.extraction.images import MAX_SOURCE_PIXELS
from documents.extraction.inspection.embedded import FAINTEST, SHOWS, differs
from documents.extraction.inspection.png import PNG, chunks, first_moment, with_picture_of
from documents.extraction.inspection.webp import is_webp, moves

_MARGIN = 4
"""Pixels beside visible ones, which lossy packing changes too."""
_CLEAR = [255, *[0] * 255]
"""White for what is wholly transparent, else black."""
_FAINT = [*[255] * (FAINTEST + 1), *[0] * (255 - FAINTEST)]
"""White for what nobody sees, else black."""


def erased(picture: PIL.Image.Image, least: int = 0) -> PIL.Image.Image | None:
    """``picture`` itself, now with nothing in what is transparent or nearly so; None where there was nothing.

    ``least`` is the difference of a channel (0-255) that counts as something; with one, the edges are left out of account.
    """
    if picture.mode == "P":
        return _with_one_clear_colour(picture)
    if picture.mode not in ("RGBA", "LA"):
        return None
    opacity = picture.getchannel("A")
    clear, faint = opacity.point(_CLEAR), opacity.point(_FAINT)
    if faint.getextrema()[1] == 0:
        return None
    if not (_holds(picture, _inner(clear) if least else clear, least) or _holds(picture, _inner(faint), least)):
        return None
    picture.paste((0,) * len(picture.mode), mask=faint)
    return picture


def _holds(picture: PIL.Image.Image, unseen: PIL.Image.Image, least: int) -> bool:
    """Whether anything is where nobody sees it, in its colours or in how faint they are."""
    visible = PIL.ImageChops.invert(unseen)
    return any(differs(picture.getchannel(band), visible, 0 if band == "A" else least) for band in picture.mode)


def _inner(clear: PIL.Image.Image) -> PIL.Image.Image:
    """The same without what lies beside the visible."""
    return PIL.ImageChops.invert(clear).filter(PIL.ImageFilter.BoxBlur(_MARGIN)).point(_CLEAR)


def _with_one_clear_colour(picture: PIL.Image.Image) -> PIL.Image.Image | None:
    opacities = picture.info.get("transparency")
    if not isinstance(opacities, bytes):
        return None
    clear = {index for index, opacity in enumerate(opacities) if opacity <= FAINTEST}
    used = {index for index, number in enumerate(picture.histogram()) if number} & clear
    if len(used) < 2:
        return None
    first = min(used, key=opacities.__getitem__)
    return picture.point([first if index in used else index for index in range(256)])


@lru_cache(maxsize=4)
def without_unseen(content: bytes) -> bytes | None:
    """A PNG or WebP file without what nobody sees of it, packed without loss; as it is where there is nothing.

    Of a moving picture the first moment stays; None where that can't be unpacked. What else can't be unpacked stays as it
    is, as it can't by who opens the file.
    """
    if content.startswith(PNG):
        content = first_moment(content)
    is_moving = is_webp(content) and moves(content)
    if not is_moving and not _may_be_clear(content):
        return content
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            if picture.width * picture.height <= MAX_SOURCE_PIXELS:
                return _packed(content, picture, is_moving)
    except (OSError, SyntaxError, ValueError, struct.error):
        pass
    return None if is_moving else content


def _packed(content: bytes, picture: PIL.Image.Image, is_moving: bool) -> bytes:
    # Lossy packing leaves its noise there.
    shown = erased(picture, SHOWS if is_webp(content) and b"VP8L" not in content[:64] else 0)
    if shown is None and is_moving:
        shown = picture
        shown.load()
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
