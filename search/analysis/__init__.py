"""Text in, tokens out: the one analysis that indexing, querying, marking and page finding share.

Python makes the tokens and the engines only match, count and rank them; so both engines find the
same things, and a word that is a hit in the index is the word that is marked on the page. A token
is the two-letter language plus the stem (``encommand``), letters and digits only.
No Django in here: the extraction's child process and the tests load it alone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer

from search.analysis import arabic, dates, english, french, german, names, other, spanish
from search.analysis.dates import joined
from search.analysis.folding import clean, is_arabic, is_latin
from search.analysis.words import Word, words

__all__ = [
    "UNKNOWN",
    "Span",
    "grams",
    "is_stop_word",
    "joined",
    "other_forms",
    "prefix_words",
    "query_tokens",
    "spans",
    "stamp",
    "surfaces",
    "tokens",
]

UNKNOWN = "xx"
"""The language of numbers, of words in a script that the text's language doesn't use, and of texts that nobody named."""

LONGEST = 60
GRAM_SHORTEST, GRAM_LONGEST = 2, 15
_MODULES = {"ar": arabic, "de": german, "en": english, "es": spanish, "fr": french}
_NUMBER = re.compile(r"\d+(?:d\d+)?")
_ARABIC_SCRIPT = frozenset({"ar", "ckb", "fa", "ps", "ug", "ur"})


class Span(NamedTuple):
    """A token and the characters of the original text that it stands for."""

    token: str
    start: int
    end: int


def spans(text: str, language: str) -> list[Span]:
    """All tokens of ``text`` (in ``language``, a code such as ``en`` or ``pt-br``) with their places, in reading order."""
    code = language[:2].lower() or UNKNOWN
    return [Span(_token(word.text, code), word.start, word.end) for word in _words(text, code)]


def tokens(text: str, language: str) -> list[str]:
    """The tokens of ``text`` alone; joined by spaces they are what the index stores."""
    code = language[:2].lower() or UNKNOWN
    return [_token(word.text, code) for word in _words(text, code)]


def surfaces(text: str, language: str) -> list[str]:
    """As ``tokens`` but unstemmed: a title that has the very word asked for ranks above one with its relatives."""
    code = language[:2].lower() or UNKNOWN
    return [_surface(word.text, code) for word in _words(text, code)]


def query_tokens(word: str, language: str) -> list[tuple[str, ...]]:
    """The token sequences that ``word`` may have in the index of texts in ``language``.

    Mostly one sequence of one token; a word that falls apart (``non-refoulement``) is one longer
    sequence; a German word for all genders is each of its forms; Arabic adds the forms with a preposition, conjunction or pronoun written to the word; a date,
    a number and a name add the other ways to write them.
    """
    found = tokens(word, language)
    if not found:
        return []
    sequences = [tuple(found)]
    if len({(span.start, span.end) for span in spans(word, language)}) == 1:
        sequences += [(token,) for token in found]  # Zeug:innen: the women's form, the men's or both
    if found[0].startswith("ar") and is_arabic(found[0][2:]):
        first = words(word, "ar")[0]
        sequences += [("ar" + stem[:LONGEST], *found[1:]) for stem in arabic.attached_forms(clean(first.text))]
    return list(dict.fromkeys([*sequences, *other_forms(word, language)]))


def other_forms(text: str, language: str) -> list[tuple[str, ...]]:
    """The tokens of the other ways to write ``text`` where it is a date, a number, letters with a number or a known name."""
    code = language[:2].lower() or UNKNOWN
    ways = [*dates.other_ways(text, code), *names.other_spellings(text)]
    return [form for form in (tuple(tokens(way, code)) for way in ways) if form]


def is_stop_word(word: str, languages: tuple[str, ...]) -> bool:
    """Whether ``word`` says nothing by itself in one of ``languages`` ("die" is an article to a German)."""
    folded = clean(word)
    return any(folded in _MODULES[code].STOP_WORDS for code in languages if code in _MODULES)


def prefix_words(text: str, language: str) -> list[str]:
    """The words of what somebody has typed so far, cut to the longest gram that the index holds."""
    code = language[:2].lower() or UNKNOWN
    return [_gram_base(word.text)[:GRAM_LONGEST] for word in words(text, code)]


def grams(text: str, language: str) -> list[str]:
    """The beginnings (2 to 15 letters) of every word of ``text``, without repeats: the index of suggestions."""
    code = language[:2].lower() or UNKNOWN
    found: dict[str, None] = {}
    for word in words(text, code):
        base = _gram_base(word.text)
        forms = {base, arabic.without_article(base)} if is_arabic(base) else {base}
        for form in sorted(forms):
            for end in range(min(GRAM_SHORTEST, len(form)), min(GRAM_LONGEST, len(form)) + 1):
                found[form[:end]] = None
    return list(found)


@lru_cache(maxsize=1)
def stamp() -> str:
    """Names this analysis: code, stemmer and Unicode tables. Tokens of another stamp don't fit; a change forces a rebuild."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    digest.update(f"{Stemmer.version()} {unicodedata.unidata_version}".encode())
    return digest.hexdigest()[:16]


def _words(text: str, code: str) -> Iterator[Word]:
    """The words of ``text``, those that share a place one after the other."""
    for word in words(text, code):
        yield word
        if word.other:
            yield word._replace(text=word.other)


@lru_cache(maxsize=200_000)
def _token(word: str, language: str) -> str:
    folded = clean(word)
    code = _route(folded, language)
    if _NUMBER.fullmatch(folded) or code == UNKNOWN:
        return (UNKNOWN + other.stem(folded, UNKNOWN))[:LONGEST]
    module = _MODULES.get(code)
    stem = module.stem(folded) if module else other.stem(folded, code)
    return (code + (stem or folded))[:LONGEST]


@lru_cache(maxsize=50_000)
def _surface(word: str, language: str) -> str:
    folded = clean(word)
    code = _route(folded, language)
    # Of the cleaned word alone, as the stem is: what meets here must meet there too, accents (año, ano) included.
    written = arabic.normalise(folded) if is_arabic(folded) else folded
    return ((UNKNOWN if _NUMBER.fullmatch(folded) else code) + written)[:LONGEST]


def _gram_base(word: str) -> str:
    folded = clean(word)
    return arabic.normalise(folded) if is_arabic(folded) else other.stem(folded, UNKNOWN)


def _route(folded: str, language: str) -> str:
    """The language whose rules fit: Arabic letters are Arabic even in an English text, Latin ones never are."""
    if is_arabic(folded):
        return language if language in _ARABIC_SCRIPT else "ar"
    if is_latin(folded):
        return UNKNOWN if language in _ARABIC_SCRIPT or language in other.NOT_LATIN else language
    return language if language in other.NOT_LATIN else UNKNOWN
