"""The parts of a WebP file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_TELLING = 0x0C
"""Flags that announce EXIF and XMP."""


def is_webp(content: bytes) -> bool:
    """Whether a file begins as one."""
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def without_details(content: bytes) -> bytes:
    """The file without its chunks for EXIF and XMP and unknown ones, and with flags that say so."""
    kept, at = [], 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if kind == b"VP8X":
            kept.append(content[at : at + 8] + bytes([content[at + 8] & ~_TELLING]) + content[at + 9 : end])
        elif kind in _PICTURE:
            kept.append(content[at:end])
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
