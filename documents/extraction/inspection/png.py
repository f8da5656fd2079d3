"""The parts of a PNG file that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator

_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_SHOWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"pHYs", b"sBIT", b"acTL", b"fcTL", b"fdAT"}
    | {b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI"}
)
"""What a picture, or one that moves, needs to be shown in its colours."""
PNG = b"\x89PNG\r\n\x1a\n"
"""How one begins."""
_START = len(PNG)


def chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each piece."""
    at = _START
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], at, end
        at = end


def _is_personal(content: bytes, kind: bytes, start: int) -> bool:
    if kind in _TEXTS:
        return not content.startswith(b"Copyright\0", start + 8)
    return kind not in _SHOWN


def personal_chunks(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of all chunks that show nothing: texts, EXIF, XMP, times, programs' own; not of the copyright notice."""
    for kind, start, end in chunks(content):
        if _is_personal(content, kind, start):
            yield start, end


def without_personal_chunks(content: bytes) -> bytes:
    """The same picture without them, and without what follows its end."""
    kept = [content[:_START]]
    for kind, start, end in chunks(content):
        if not _is_personal(content, kind, start):
            kept.append(content[start:end])
        if kind == b"IEND":
            break
    return b"".join(kept)


_MOMENTS = frozenset({b"acTL", b"fcTL", b"fdAT"})


def first_moment(content: bytes) -> bytes:
    """The picture that programs show which know none that move; as it is where it doesn't."""
    pieces = list(chunks(content))
    if _MOMENTS.isdisjoint(kind for kind, _, _ in pieces):
        return content
    return content[:_START] + b"".join(content[start:end] for kind, start, end in pieces if kind not in _MOMENTS)


_PIXELS = frozenset({b"PLTE", b"tRNS", b"IDAT"})
_OF_PIXELS = _PIXELS | {b"IHDR", b"IEND", b"sBIT", b"bKGD"}


def with_picture_of(content: bytes, other: bytes) -> bytes:
    """``content`` with the pixels of ``other``: colours, measures and copyright are those of the first."""
    kept = [content[start:end] for kind, start, end in chunks(content) if kind not in _OF_PIXELS]
    head = [other[start:end] for kind, start, end in chunks(other) if kind == b"IHDR"]
    pixels = [other[start:end] for kind, start, end in chunks(other) if kind in _PIXELS]
    end = [other[start:end] for kind, start, end in chunks(other) if kind == b"IEND"]
    return b"".join([PNG, *head, *kept, *pixels, *end])
