"""The query language: words are AND, ``"a phrase"``, ``-not``, ``OR`` between two terms, ``field:value``, brackets.

One pass over the characters and one over the pieces, no backtracking and no recursion, and every input gives a result:
what can't be understood is searched as plain words. Nothing of it ever reaches an engine's own query parser.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MAX_CHARACTERS = 300
MAX_TERMS = 32
MAX_DEPTH = 4

TOO_LONG = "too_long"
TOO_MANY_TERMS = "too_many_terms"
TOO_DEEP = "too_deep"
FIELD_EMPTY = "field_empty"
STAR = "star"
OPERATOR = "operator"
NOTHING = "nothing"

FIELDS = ("title", "author", "topic", "place", "kind", "lang", "year")
"""What can stand before a colon."""

_JOINING = frozenset({"AND", "&&", "|", "||", "UND", "ODER", "ET", "OU"})
_EXCLUDING = frozenset({"NOT", "NICHT", "SAUF"})
"""Operators of other searches and of other languages. Single letters such as a Spanish O may be anything."""

_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "”": "”"}
_EDGE = "*?!,;:…"


@dataclass(frozen=True)
class Term:
    """A word, or several that must stand side by side; ``name`` is the field to look in, empty for everywhere."""

    text: str
    phrase: bool = False
    name: str = ""


@dataclass(frozen=True)
class Nested:
    """Several clauses in brackets, of which all must be met."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Clause:
    """What a hit must have: any one of ``options``; or, ``excluded``, none of them."""

    options: tuple[Term | Nested, ...]
    excluded: bool = False

    @property
    def words(self) -> tuple[Term, ...]:
        """The options, where all of them are words to be looked for everywhere; else nothing."""
        terms = tuple(option for option in self.options if isinstance(option, Term) and not option.name)
        return terms if len(terms) == len(self.options) else ()


@dataclass(frozen=True)
class Related:
    """Other names of what some neighbouring words stand for; whatever has one of them meets these words too.

    ``first`` and ``size`` say which of ``matching.wanted_words``; ``names`` are (name, language).
    """

    first: int
    size: int
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ParsedQuery:
    """A query understood. ``text`` is what was typed (at most 300 characters, control characters gone)."""

    text: str
    clauses: tuple[Clause, ...] = ()
    notices: tuple[str, ...] = ()
    """Codes of what was left out: ``too_long``, ``too_many_terms``, ``too_deep``, ``field_empty``, ``star``, ``nothing``;
    ``operator`` for what was searched as a word or left out, and probably meant as an operator."""
    related: tuple[Related, ...] = ()
    """What ``search.bridge`` adds; no two overlap."""

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
        return " ".join(
            clause.words[0].text for clause in self.clauses if not clause.excluded and len(clause.words) == 1
        )


@dataclass(frozen=True)
class _Piece:
    """A term, or a bracket with what stands before it."""

    text: str
    phrase: bool = False
    excluded: bool = False
    name: str = ""

    @property
    def opens(self) -> bool:
        return self.text == "(" and not self.phrase

    @property
    def closes(self) -> bool:
        return self.text == ")" and not self.phrase

    @property
    def is_or(self) -> bool:
        return self.text == "OR" and not (self.phrase or self.excluded or self.name)


@dataclass
class _Frame:
    """What stands between two brackets, as far as it was read."""

    name: str = ""
    excluded: bool = False
    clauses: list[Clause] = field(default_factory=list)
    joining: bool = False

    def add(self, options: tuple[Term | Nested, ...], excluded: bool) -> None:
        """Behind an OR, ``options`` join those before it; a minus beside an OR takes away."""
        if self.joining and not excluded and not self.clauses[-1].excluded:
            self.clauses[-1] = Clause((*self.clauses[-1].options, *options))
        else:
            self.clauses.append(Clause(options, excluded))
        self.joining = False

    def flat(self) -> tuple[Clause, ...]:
        """The clauses, without brackets that change nothing."""
        found: list[Clause] = []
        for clause in self.clauses:
            only = clause.options[0]
            alone = len(clause.options) == 1 and not clause.excluded
            found += only.clauses if alone and isinstance(only, Nested) else (clause,)
        return tuple(found)


@lru_cache(maxsize=512)
def parse(text: str) -> ParsedQuery:
    """Understands ``text``, whatever it is. Never raises."""
    notices: list[str] = []
    text = "".join(" " if _is_no_text(char) else char for char in text).strip()
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rstrip()
        notices.append(TOO_LONG)
    clauses = _clauses(_pieces(text, notices), notices)
    if text and not any(char.isalnum() for char in text):
        notices = [NOTHING]
    return ParsedQuery(text, clauses, tuple(dict.fromkeys(notices)))


def _is_no_text(char: str) -> bool:
    """Control characters, halves of characters, and the two that no XML may have: a search is the title of its feed."""
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in "\ufffe\uffff"


def _pieces(text: str, notices: list[str]) -> list[_Piece]:
    """Cuts at spaces, quotes and brackets. A quote that nothing closes reaches to the end."""
    found: list[_Piece] = []
    at, excluded, name = 0, False, ""
    while at < len(text):
        char = text[at]
        if name and (char.isspace() or char == ")"):
            notices.append(FIELD_EMPTY)
            name = ""
        if char in "()":
            found.append(_Piece(char, False, excluded, name))
            at += 1
        elif char.isspace():
            at, excluded = at + 1, False
            continue
        elif char == "-" and not name and text[at + 1 : at + 2] not in ("", " ", "-"):
            at, excluded = at + 1, True
            continue
        elif char in _QUOTES:
            inside, at = _until(text, at + 1, _QUOTES[char])
            found.append(_Piece(inside, True, excluded, name))
        elif not name and (length := _field(text, at)):
            name, at = text[at : at + length].lower(), at + length + 1
            continue
        else:
            word, at = _word(text, at, notices)
            found.append(_Piece(word, False, excluded, name))
        excluded, name = False, ""
    if _has_operators_of_others(found, text):
        notices.append(OPERATOR)
    telling = [piece for piece in found if piece.opens or piece.closes or any(c.isalnum() for c in piece.text)]
    if name or sum(bool(piece.name) for piece in telling) < sum(bool(piece.name) for piece in found):
        notices.append(FIELD_EMPTY)
    return telling


def _has_operators_of_others(pieces: Sequence[_Piece], text: str) -> bool:
    """Whether a sign or a word in capitals stands between two pieces, or before one, as an operator would.

    Where every word is in capitals, as in a title, a word among them is none.
    """
    is_title = all(char.isupper() for char in text if char.isalpha())
    for at, piece in enumerate(pieces):
        if piece.phrase or piece.excluded or piece.name or (is_title and piece.text.isalpha()):
            continue
        leads = at > 0 and not pieces[at - 1].opens
        follows = at + 1 < len(pieces) and not pieces[at + 1].closes
        joins = (leads and piece.text in _JOINING) or piece.text in _EXCLUDING
        if (joins and follows) or "|" in piece.text[1:-1]:
            return True
    return False


def _until(text: str, start: int, closing: str) -> tuple[str, int]:
    end = start
    while end < len(text) and text[end] not in closing and text[end] != '"':
        end += 1
    return text[start:end].strip(), end + 1


def _word(text: str, start: int, notices: list[str]) -> tuple[str, int]:
    end = start + 1
    while end < len(text) and not text[end].isspace() and text[end] not in "()" and text[end] not in _QUOTES:
        end += 1
    written = text[start:end]
    if "*" in written and any(char.isalnum() for char in written):
        notices.append(STAR)
    return written.strip(_EDGE), end


def _field(text: str, start: int) -> int:
    """The length of the field's name that begins here, its colon not counted; 0 where there is none."""
    for name in FIELDS:
        end = start + len(name)
        if text[end : end + 1] == ":" and text[end + 1 : end + 2] != "/" and text[start:end].lower() == name:
            return len(name)
    return 0


def _clauses(pieces: Sequence[_Piece], notices: list[str]) -> tuple[Clause, ...]:
    """Joins what stands left and right of OR and between brackets. Stops at 32 terms; leaves out brackets too deep."""
    frames, terms, surplus = [_Frame()], 0, 0
    for at, piece in enumerate(pieces):
        here = frames[-1]
        if piece.opens:
            if len(frames) > MAX_DEPTH:
                notices.append(TOO_DEEP)
                surplus += 1
            else:
                frames.append(_Frame(piece.name or here.name, piece.excluded))
        elif piece.closes:
            if surplus:
                surplus -= 1
            elif len(frames) > 1:
                _close(frames)
        elif piece.is_or and here.clauses and not here.joining and at + 1 < len(pieces) and not pieces[at + 1].closes:
            here.joining = True
        elif terms == MAX_TERMS:
            notices.append(TOO_MANY_TERMS)
            break
        else:
            terms += 1
            here.add((Term(piece.text, piece.phrase, piece.name or here.name),), piece.excluded)
    while len(frames) > 1:
        _close(frames)
    return frames[0].flat()


def _close(frames: list[_Frame]) -> None:
    """Puts what stands in the innermost brackets into those around them."""
    inner = frames.pop()
    clauses = inner.flat()
    if len(clauses) == 1 and not clauses[0].excluded:
        frames[-1].add(clauses[0].options, inner.excluded)
    elif clauses:
        frames[-1].add((Nested(clauses),), inner.excluded)
