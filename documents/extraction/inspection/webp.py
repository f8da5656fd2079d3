"""The parts of a WebP file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

_FRAME = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_AROUND = frozenset({b"VP8X", b"ICCP"})
_MOMENTS = frozenset({b"ANIM", b"ANMF"})
_TELLING = 0x0C
"""Flags that announce EXIF and XMP."""
_MOVES = 0x02


def is_webp(content: bytes) -> bool:
    """Whether a file begins as one."""
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def moves(content: bytes) -> bool:
    """Whether a WebP file says that it is a moving picture."""
    return content[12:16] == b"VP8X" and bool(content[20:21] and content[20] & _MOVES)


def without_details(content: bytes) -> bytes | None:
    """The file without its chunks for EXIF and XMP and unknown ones, and with flags that say so; None where it is cut off.

    Moments of one that doesn't move, and a still beside the moments of one that does, are shown by no program.
    """
    kept = _shown(content[12:], _AROUND | (_MOMENTS if moves(content) else _FRAME))
    if not kept:
        return None
    body = b"WEBP" + kept
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _shown(content: bytes, kinds: frozenset[bytes]) -> bytes | None:
    """The chunks of these kinds, one behind the other. What follows a whole picture that is no chunk is left out."""
    kept, at = [], 0
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if kind in kinds:
            body = content[at + 8 : at + 8 + size]
            shown = _plain(kind, body) if len(body) == size else None
            if shown is None:
                return None
            kept.append(kind + len(shown).to_bytes(4, "little") + shown + bytes(len(shown) % 2))
        at = end
    return b"".join(kept)


def _plain(kind: bytes, body: bytes) -> bytes | None:
    """What a chunk holds, without details; None where it is too short."""
    if kind == b"VP8X":
        return bytes([body[0] & ~_TELLING, 0, 0, 0]) + body[4:10] if len(body) >= 10 else None
    if kind == b"ANMF":
        frame = _shown(body[16:], _FRAME)
        return body[:16] + frame if frame and len(body) >= 16 else None
    return body
