"""The parts of a JPEG file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

import io
from collections.abc import Iterator

import PIL.Image
from PIL.ExifTags import IFD

_SCAN, _END = 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# APP0 (JFIF), APP2 (colour profile) and APP14 (how the colours are packed) are needed to show the picture.
_NEEDED = frozenset({0xE0, 0xE2, 0xEE})


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the picture's data. Stops where the file makes no sense."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in (_SCAN, _END):
            return
        length = 0 if marker in _WITHOUT_LENGTH else int.from_bytes(content[at + 2 : at + 4], "big")
        yield marker, at, at + 2 + length
        at += 2 + length


def personal_segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the segments with EXIF, XMP, IPTC, comments and makers' data."""
    for marker, start, end in _segments(content):
        is_profile = marker != 0xE2 or content[start + 4 : start + 15] == b"ICC_PROFILE"
        if (0xE0 <= marker <= 0xEF or marker == 0xFE) and not (marker in _NEEDED and is_profile):
            yield start, end


def without_personal_segments(content: bytes) -> bytes:
    """The same picture without them."""
    kept, at = [], 0
    for start, end in personal_segments(content):
        kept.append(content[at:start])
        at = end
    kept.append(content[at:])
    return b"".join(kept)


def has_place(content: bytes) -> bool:
    """Whether the picture says where it was taken."""
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            return bool(picture.getexif().get_ifd(IFD.GPSInfo))
    except (OSError, SyntaxError, ValueError):
        return False
