"""The parts of a JPEG file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

import PIL.Image
from PIL.ExifTags import IFD

_SCAN, _END = 0xDA, 0xD9
JPEG = b"\xff\xd8\xff"
"""How one begins."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan."""
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_DRAWN = frozenset({*range(0xC0, 0xD0), _END, 0xD8, _SCAN, 0xDB, 0xDC, 0xDD, *_WITHOUT_LENGTH})
"""Frames, tables and scans."""
_SIDES = {
    side: b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([side]) + b"\0\0\0\0\0\0"
    for side in range(2, 9)
}
"""An EXIF block that says only which side is up, by the number for it."""


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
    """Start and end of all segments that show nothing: EXIF, XMP, IPTC, comments, thumbnails, makers' data."""
    for marker, start, end in _segments(content):
        if marker not in _DRAWN and not _is_needed(marker, content[start + 4 : end]):
            yield start, end


def _is_needed(marker: int, body: bytes) -> bool:
    """Size (JFIF without a thumbnail), colour profile, how the colours are packed, and which side is up."""
    if marker == 0xE0:
        return body.startswith(b"JFIF\0") and len(body) == 14 and body[12:14] == b"\0\0"
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return body.startswith(b"Adobe") and len(body) == 12
    return marker == 0xE1 and body in _SIDES.values()


def side_up(side: int) -> bytes:
    """The segment that says only which side is up, by the number that EXIF has for it (2 to 8)."""
    body = _SIDES[side]
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


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
    PIL.Image.MAX_IMAGE_PIXELS = None  # nothing is unpacked here
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            return bool(picture.getexif().get_ifd(IFD.GPSInfo))
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return False
