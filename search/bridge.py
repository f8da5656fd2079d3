"""The vocabulary bridge: who asks for a thing by one of its names finds it by the others, in every language.

The names of glossary terms, topics and places that anybody may know are kept in memory for some seconds, to find which
of them a query has. What is added to the query is read from the database each time: a term that was withdrawn, restricted
or renamed a moment ago adds nothing, whoever asks, and a new one is known within the time that memory lasts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from access.visitor import Visitor
from search import registry
from search.analysis import is_stop_word, tokens
from search.languages import index_language, searched
from search.matching import is_acronym, wanted_words
from search.memory import Remembered
from search.query import ParsedQuery, Related
from search.ranking import RELATED_NAMES

if TYPE_CHECKING:
    from search.matching import Form
    from search.registry import Name

KEPT_SECONDS = 20
LONGEST_NAME = 8
"""Words of a name; a longer one is no name that somebody types."""

_TWO_CAPITALS = re.compile("[A-Z]{2}")
"""UN, EU, AU: names though the same letters are words of some language; typed otherwise they are those words."""

Concept = tuple[str, str]
"""(vocabulary, key)."""


@dataclass(frozen=True)
class _Span:
    """Neighbouring words that are a name of ``concepts``; ``typed`` are their tokens in each language."""

    first: int
    size: int
    typed: frozenset[Form]
    concepts: frozenset[Concept]


_memory: Remembered[dict[Form, set[Concept]]] = Remembered(KEPT_SECONDS)
"""Which concepts a run of tokens may be a name of."""
forget = _memory.forget


def expanded(query: ParsedQuery, visitor: Visitor) -> ParsedQuery:
    """``query`` with other names of what its words stand for, at most ten; the longest names first.

    Only words outside of quotation marks, fields and brackets are looked at, and only what an anonymous visitor may know
    is added, whoever asks. One query for each vocabulary that has one of the names.
    """
    words = _words(query)
    if not any(words):
        return query
    anybody = Visitor() if visitor.is_staff_member else visitor
    spans = list(_spans(words, _memory.get(lambda: _read(anybody))))
    if not spans:
        return query
    names = _names(spans, anybody)
    found = [(span, name) for span in spans for name in _others(span, names)]
    found.sort(key=lambda pair: pair[1].rank)
    kept: dict[_Span, dict[str, Name]] = defaultdict(dict)
    for span, name in found:
        if sum(map(len, kept.values())) < RELATED_NAMES:
            kept[span].setdefault(name.text.casefold(), name)
    related = [
        Related(span.first, span.size, tuple((name.text, index_language(name.language)) for name in several.values()))
        for span, several in kept.items()
    ]
    return replace(query, related=tuple(sorted(related, key=lambda each: each.first)))


def _words(query: ParsedQuery) -> list[str]:
    """The wanted words; empty in the place of a phrase or of an OR."""
    return [
        clause.words[0].text if len(clause.words) == 1 and not clause.words[0].phrase else ""
        for clause in wanted_words(query)
    ]


def _spans(words: Sequence[str], concepts: dict[Form, set[Concept]]) -> Iterator[_Span]:
    """From left to right the longest run of words that is a name, in whatever language."""
    at = 0
    while at < len(words):
        for size in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            run = words[at : at + size]
            typed = _typed(run) if all(run) and not _is_too_short(" ".join(run)) else frozenset()
            found = [concept for form in typed for concept in concepts.get(form, ())]
            if found:
                yield _Span(at, size, typed, frozenset(found))
                at += size - 1
                break
        at += 1


def _typed(words: Sequence[str]) -> frozenset[Form]:
    return frozenset(tuple(token for word in words for token in tokens(word, language)) for language in searched()) - {
        ()
    }


def _names(spans: Iterable[_Span], visitor: Visitor) -> dict[Concept, list[Name]]:
    """All names that the concepts of ``spans`` have now."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for span in spans:
        for vocabulary, key in span.concepts:
            wanted[vocabulary].add(key)
    found: dict[Concept, list[Name]] = defaultdict(list)
    for vocabulary, keys in wanted.items():
        for name in registry.terms()[vocabulary](visitor, sorted(keys)):
            found[vocabulary, name.key].append(name)
    return found


def _others(span: _Span, names: dict[Concept, list[Name]]) -> Iterator[Name]:
    """The names beside the one that was typed, which must still be one."""
    for concept in sorted(span.concepts):
        forms = [(name, form) for name in names.get(concept, ()) for form in _forms(name)]
        if not any(form in span.typed for _name, form in forms):
            continue
        for name in dict.fromkeys(name for name, _form in forms):
            if not any(_has(form, typed) for form in _forms(name) for typed in span.typed):
                yield name


def _has(form: Form, part: Form) -> bool:
    """Whether ``part`` stands in ``form``: whatever has the longer name has the words too."""
    return any(form[at : at + len(part)] == part for at in range(len(form) - len(part) + 1))


def _is_too_short(text: str) -> bool:
    """Whether ``text`` is too short for a name: fewer than three Latin letters, but for two capitals."""
    return text.isascii() and len(text) < 3 and not _TWO_CAPITALS.fullmatch(text)


def _forms(name: Name) -> tuple[Form, ...]:
    return _forms_of(name.text.strip(), index_language(name.language), searched())


@lru_cache(maxsize=100_000)
def _forms_of(text: str, language: str, every: tuple[str, ...]) -> tuple[Form, ...]:
    """The tokens by which a name is known; none where it says too little to be one. An acronym is one in every language."""
    if _is_too_short(text) or (is_stop_word(text, every) and not _TWO_CAPITALS.fullmatch(text)):
        return ()
    forms = [tuple(tokens(text, code)) for code in (every if is_acronym(text) else (language,))]
    return tuple(form for form in forms if 0 < len(form) <= LONGEST_NAME)


def _read(visitor: Visitor) -> dict[Form, set[Concept]]:
    found: dict[Form, set[Concept]] = defaultdict(set)
    for vocabulary, terms in registry.terms().items():
        for name in terms(visitor, None):
            for form in _forms(name):
                found[form].add((vocabulary, name.key))
    return dict(found)
