"""The parts of a JPEG 2000 picture that tell about people and places; the picture itself is left as it is, bit for bit."""

from __future__ import annotations

_SHOWN = frozenset({b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c", b"jpch", b"jplh", b"comp", b"ftbl"})
"""What a file needs to be shown."""
_HEADS = frozenset({b"jp2h", b"jpch", b"jplh"})
_TELLING = frozenset({b"xml ", b"uuid", b"uinf", b"lbl ", b"asoc"})
"""What may stand in the heads besides."""
_CODE = b"\xff\x4f\xff\x51"
"""How the packed picture begins, with or without boxes around it."""
_COMMENT, _TILE = 0x64, 0x90


def without_details(content: bytes) -> bytes:
    """The same picture without texts, programs' data and what follows its end. As it is where it makes no sense."""
    if content.startswith(_CODE):
        return _without_comments(content)
    if content[4:8] != b"jP  ":
        return content
    kept = _boxes(content, _SHOWN, frozenset())
    return content if kept is None else kept


def _boxes(content: bytes, shown: frozenset[bytes], hidden: frozenset[bytes]) -> bytes | None:
    """The boxes of these kinds (none: all but ``hidden``); None where one is cut off."""
    kept, at = [], 0
    while at + 8 <= len(content):
        size, kind, head = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        end = at + size if size else len(content)
        if size and (size < head or end > len(content)):
            return None
        if kind in shown or (not shown and kind not in hidden):
            kept.append(_box(kind, content[at:end], content[at + head : end], last=not size))
        at = end
    return b"".join(kept)


def _box(kind: bytes, whole: bytes, body: bytes, *, last: bool) -> bytes:
    if kind in _HEADS:
        body = _boxes(body, frozenset(), _TELLING) or body
    elif kind == b"jp2c" and not last:
        body = _without_comments(body)
    else:
        return whole
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _without_comments(code: bytes) -> bytes:
    """Segments with comments stand before the first tile."""
    kept, at = [code[:2]], 2
    while at + 4 <= len(code) and code[at] == 0xFF and code[at + 1] != _TILE:
        end = at + 2 + int.from_bytes(code[at + 2 : at + 4], "big")
        if code[at + 1] != _COMMENT:
            kept.append(code[at:end])
        at = end
    return b"".join([*kept, code[at:]])
