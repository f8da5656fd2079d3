"""The parts of a GIF file that tell about people; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

GIF = b"GIF8"
"""How one begins."""
_SCREEN = 13
"""Bytes of the signature and of the size of the whole picture."""
_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_MOVING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
"""Applications whose extensions say how often a moving picture is repeated."""


def without_comments(content: bytes) -> bytes | None:
    """The same picture without comments, XMP and other programs' data, and without what follows its end.

    None where it makes no sense or has no end.
    """
    at = _SCREEN + _colours(content, 10)
    kept = [content[:at]]
    while at < len(content):
        block = content[at]
        if block == _END:
            return b"".join([*kept, content[at : at + 1]])
        label = content[at + 1] if block == _EXTENSION and at + 1 < len(content) else 0
        if block == _IMAGE:
            end = _behind(content, at + 11 + _colours(content, at + 9))  # the size of a code comes before the data
        elif block == _EXTENSION:
            end = _behind(content, at + 2)
        else:
            return None
        if end is None:
            return None
        is_moving = label == _APPLICATION and content[at + 3 : at + 14] in _MOVING and end - at <= 19
        is_timing = label == _CONTROL and end - at == 8
        if block == _IMAGE or is_timing or is_moving:
            kept.append(content[at:end])
        at = end
    return None


def _colours(content: bytes, at: int) -> int:
    """Bytes of the table of colours that follows where the flags at ``at`` announce one."""
    flags = content[at] if at < len(content) else 0
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _behind(content: bytes, at: int) -> int | None:
    """Where a chain of blocks with their lengths ends; None where it doesn't."""
    while at < len(content):
        length = content[at]
        at += 1 + length
        if not length:
            return at
    return None
