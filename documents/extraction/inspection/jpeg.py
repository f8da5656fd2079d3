"""The parts of a JPEG file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import PIL.Image
from PIL.ExifTags import IFD

_SCAN, _END = 0xDA, 0xD9
JPEG = b"\xff\xd8\xff"
"""How one begins."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan."""
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# APP0 (JFIF), APP2 (colour profile) and APP14 (how the colours are packed) are needed to show the picture.
_NEEDED = frozenset({0xE0, 0xE2, 0xEE})


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment, between the scans of a picture too. Stops where the file makes no sense."""
    at = 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        has_none = marker in _WITHOUT_LENGTH or marker == _END
        end = at + 2 + (0 if has_none else int.from_bytes(content[at + 2 : at + 4], "big"))
        yield marker, at, end
        if marker == _END:
            return
        at = end
        if marker == _SCAN:
            following = _MARKER.search(content, at)
            at = following.start() if following else len(content)


def end_of(content: bytes) -> int | None:
    """Where the picture ends, behind its end marker; None where it can't be reached."""
    return next((end for marker, _, end in _segments(content) if marker == _END), None)


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
