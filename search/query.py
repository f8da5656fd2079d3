"""The query language: words are AND, ``"a phrase"``, ``-not``, ``OR`` between two terms.

One pass over the characters, no backtracking, and every input gives a result: what can't be
understood is searched as plain words. Nothing of it ever reaches an engine's own query parser.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 300
MAX_TERMS = 32
MAX_DEPTH = 4

TOO_LONG = "too_long"
TOO_MANY_TERMS = "too_many_terms"
TOO_DEEP = "too_deep"
FIELD_IGNORED = "field_ignored"

FIELDS = frozenset({"title", "author", "topic", "place", "kind", "lang", "year"})
_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "”": "”"}
_EDGE = "*?!,;:…"


@dataclass(frozen=True)
class Term:
    """A word, or several that must stand side by side."""

    text: str
    phrase: bool = False


@dataclass(frozen=True)
class Clause:
    """What a hit must have: any one of ``options``; or, ``excluded``, none of them."""

    options: tuple[Term, ...]
    excluded: bool = False


@dataclass(frozen=True)
class ParsedQuery:
    """A query understood. ``text`` is what was typed (at most 300 characters, control characters gone)."""

    text: str
    clauses: tuple[Clause, ...] = ()
    notices: tuple[str, ...] = ()
    """Codes of what was left out: ``too_long``, ``too_many_terms``, ``too_deep``, ``field_ignored``."""

    @property
    def is_blank(self) -> bool:
        """True where nothing was typed: everything is listed then."""
        return not self.text

    @property
    def quotable(self) -> str:
        """``text`` as it stands within quotation marks: a single phrase without its own."""
        inner = self.text[1:-1]
        closed = len(self.text) > 2 and self.text[-1] in _QUOTES.get(self.text[0], "")
        return inner if closed and not set(inner) & {*_QUOTES, *"".join(_QUOTES.values())} else self.text

    @property
    def plain_words(self) -> str:
        """The wanted words in their order, without operators: searched as a phrase to rank what has them together."""
        return " ".join(c.options[0].text for c in self.clauses if not c.excluded and len(c.options) == 1)


@dataclass(frozen=True)
class _Piece:
    text: str
    phrase: bool
    excluded: bool

    @property
    def is_or(self) -> bool:
        return self.text == "OR" and not self.phrase and not self.excluded


@lru_cache(maxsize=512)
def parse(text: str) -> ParsedQuery:
    """Understands ``text``, whatever it is. Never raises."""
    notices: list[str] = []
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text).strip()
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rstrip()
        notices.append(TOO_LONG)
    pieces = _pieces(text, notices)
    clauses, cut = _clauses(pieces)
    if cut:
        notices.append(TOO_MANY_TERMS)
    return ParsedQuery(text, tuple(clauses), tuple(dict.fromkeys(notices)))


def _pieces(text: str, notices: list[str]) -> list[_Piece]:
    """Cuts at spaces, quotes and brackets. A quote that nothing closes reaches to the end."""
    found: list[_Piece] = []
    at, depth, excluded = 0, 0, False
    while at < len(text):
        char = text[at]
        if char in "()":
            depth += 1 if char == "(" else -1
            if depth > MAX_DEPTH:
                notices.append(TOO_DEEP)
            at += 1
        elif char.isspace():
            at, excluded = at + 1, False
        elif char == "-" and text[at + 1 : at + 2] not in ("", " ", "-"):
            at, excluded = at + 1, True
        elif char in _QUOTES:
            inside, at = _until(text, at + 1, _QUOTES[char])
            found.append(_Piece(inside, True, excluded))
            excluded = False
        else:
            word, at = _word(text, at)
            found.append(_Piece(_without_field(word, notices), False, excluded))
            excluded = False
    return [piece for piece in found if any(c.isalnum() for c in piece.text)]


def _until(text: str, start: int, closing: str) -> tuple[str, int]:
    end = start
    while end < len(text) and text[end] not in closing and text[end] != '"':
        end += 1
    return text[start:end].strip(), end + 1


def _word(text: str, start: int) -> tuple[str, int]:
    end = start + 1
    while end < len(text) and not text[end].isspace() and text[end] not in "()" and text[end] not in _QUOTES:
        end += 1
    return text[start:end].strip(_EDGE), end


def _without_field(word: str, notices: list[str]) -> str:
    """Searching in single fields comes later; until then the value is searched everywhere, with a notice."""
    name, colon, value = word.partition(":")
    if colon and name.lower() in FIELDS and not value.startswith("/"):
        notices.append(FIELD_IGNORED)
        return value
    return word


def _clauses(pieces: list[_Piece]) -> tuple[list[Clause], bool]:
    """Joins what stands left and right of OR, and stops at 32 terms. Tells whether it had to."""
    clauses: list[Clause] = []
    terms, joining = 0, False
    for at, piece in enumerate(pieces):
        if piece.is_or and clauses and at + 1 < len(pieces) and not joining:
            joining = True
            continue
        if terms == MAX_TERMS:
            return clauses, True
        terms += 1
        term = Term(piece.text, piece.phrase)
        if joining and not piece.excluded and not clauses[-1].excluded:
            clauses[-1] = Clause((*clauses[-1].options, term))
        else:
            clauses.append(Clause((term,), piece.excluded))
        joining = False
    return clauses, False
