"""RTF without details, comments and hidden words. Plain text and CSV have no place for any, and stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from documents.extraction.errors import TooLargeError, UnprovenError
from documents.extraction.inspection.plain import MAX_BYTES
from documents.extraction.rtf import tokens

_OPEN_WORD = re.compile(rb"\\[a-zA-Z]+-?\d*")


def clean(source: Path, target: Path, removed: Counter[str], mime: str) -> int:
    """Writes the clean copy of the RTF file at ``source``; returns 0. Raises TooLargeError, UnprovenError."""
    if source.stat().st_size > MAX_BYTES:
        raise TooLargeError
    content = source.read_bytes()
    kept: list[bytes] = []
    before = ""
    for token in tokens(content):
        piece = token.instead if token.kind or token.instead else token.content
        # The word that was removed may have ended the one before it.
        if before and piece and piece[:1] not in b"\\{}" and kept and _OPEN_WORD.fullmatch(kept[-1]):
            kept.append(b" ")
        if piece:
            kept.append(piece)
        if token.kind and token.code != before:
            removed[token.kind] += 1
        before = token.code
    copy = b"".join(kept)
    if _words(content) != _words(copy) or any(token.kind for token in tokens(copy)):
        raise UnprovenError
    target.write_bytes(copy)
    return 0


def _words(content: bytes) -> str:
    """What a reader sees, in one form: a copy may say the same in fewer pieces."""
    return "".join(token.text for token in tokens(content) if not token.kind)
