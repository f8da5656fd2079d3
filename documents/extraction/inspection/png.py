"""The parts of a PNG file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator

_PERSONAL = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_MOVING = frozenset({b"acTL", b"fcTL", b"fdAT"})
PNG = b"\x89PNG\r\n\x1a\n"
"""How one begins."""
_START = len(PNG)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = _START
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], at, end
        at = end


def _is_personal(content: bytes, kind: bytes, start: int) -> bool:
    if kind in _PERSONAL:
        return not content.startswith(b"Copyright\0", start + 8)
    return kind[1:2].islower() and kind not in _MOVING  # a lower second letter: some program's own


def personal_chunks(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the chunks with texts, EXIF, XMP, times and of private ones; not of the copyright notice."""
    for kind, start, end in _chunks(content):
        if _is_personal(content, kind, start):
            yield start, end


def without_personal_chunks(content: bytes) -> bytes:
    """The same picture without them, and without what follows its end."""
    kept = [content[:_START]]
    for kind, start, end in _chunks(content):
        if not _is_personal(content, kind, start):
            kept.append(content[start:end])
        if kind == b"IEND":
            break
    return b"".join(kept)
