"""RTF without details, comments and hidden words. Plain text and CSV have no place for any, and stay as they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from documents.extraction.errors import TooLargeError, UnprovenError
from documents.extraction.inspection.plain import MAX_BYTES
from documents.extraction.inspection.rtf import tokens


def clean(source: Path, target: Path, removed: Counter[str], mime: str) -> int:
    """Writes the clean copy of the RTF file at ``source``; returns 0. Raises TooLargeError, UnprovenError."""
    if source.stat().st_size > MAX_BYTES:
        raise TooLargeError
    content = source.read_bytes()
    kept, before = [], ""
    for token in tokens(content):
        if not token.code:
            kept.append(token.content)
        elif token.code != before:
            removed[token.kind] += 1
        before = token.code
    copy = b"".join(kept)
    if _words(content) != _words(copy) or any(token.code for token in tokens(copy)):
        raise UnprovenError
    target.write_bytes(copy)
    return 0


def _words(content: bytes) -> bytes:
    return b"".join(token.content for token in tokens(content) if token.is_text and not token.code)
