"""The characters that pieces of RTF stand for."""

from __future__ import annotations

_CHARACTERS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"cell": "\t", b"nestcell": "\t", b"tab": "\t",
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
"""Words that stand for a character."""
BREAKS = frozenset(word for word, character in _CHARACTERS.items() if character.isspace())
_SYMBOLS = {b"\\~": "\u00a0", b"\\_": "-", b"\\\\": "\\", b"\\{": "{", b"\\}": "}", b"\\\n": "\n", b"\\\r": "\n"}


def plain(piece: bytes, word: bytes | None = None, number: bytes | None = None) -> str:
    """The characters that a piece stands for; empty for a word that is none."""
    if word == b"u" and number is not None:
        return chr(int(number) % 0x10000).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if word is not None:
        return _CHARACTERS.get(word, "")
    if piece.startswith(b"\\'"):
        return bytes([int(piece[2:], 16)]).decode("cp1252", "replace")
    if piece.startswith(b"\\") or piece in (b"{", b"}"):
        return _SYMBOLS.get(piece, "")
    return piece.translate(None, b"\r\n\0").decode("cp1252", "replace")
