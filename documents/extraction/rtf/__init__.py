"""RTF in pieces, each with what it tells beside what a reader sees: inspection names it, cleaning removes it."""

from documents.extraction.rtf.reading import Token, tokens

__all__ = ["Token", "tokens"]
