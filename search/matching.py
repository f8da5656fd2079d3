"""From a parsed query to the tokens to look for, in all wanted languages at once.

Engines, page finding and marking all work from this plan, so none can find what another doesn't.
Each word is one group over all languages; a document must have every group. One clause per
language breaks on stop words: ``die Folter`` found nothing, or ``die`` everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from search.analysis import UNKNOWN, is_stop_word, query_tokens, surfaces, tokens
from search.query import Clause, ParsedQuery, Term

Form = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Ways to write one thing: a hit has any one of ``forms``, each one or more tokens side by side."""

    forms: tuple[Form, ...]
    surfaces: tuple[Form, ...] = ()
    """The same unstemmed, for the field ``tx``."""


@dataclass(frozen=True)
class Plan:
    """What a hit must have, must not have, and what lifts it."""

    required: tuple[Group, ...]
    excluded: tuple[Group, ...] = ()
    together: Group | None = None
    """The plain words side by side; lifts, never filters. None for a single word, and where there is an OR:
    whatever has it must have every required group too."""

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to look for: blank, or signs without a letter or digit."""
        return not self.required and not self.excluded


@lru_cache(maxsize=512)
def plan(query: ParsedQuery, languages: tuple[str, ...]) -> Plan:
    """``query`` as tokens in ``languages`` (two-letter codes; the unknown language is always added)."""
    wanted = tuple(dict.fromkeys((*languages, UNKNOWN)))
    positive = [(clause, _group(clause, wanted)) for clause in query.clauses if not clause.excluded]
    positive = [(clause, group) for clause, group in positive if group.forms]
    telling = [group for clause, group in positive if not _says_nothing(clause, wanted)]
    excluded = tuple(_group(clause, wanted) for clause in query.clauses if clause.excluded)
    return Plan(
        required=tuple(telling or [group for _, group in positive]),
        excluded=tuple(group for group in excluded if group.forms),
        together=_together(query, wanted) if len(positive) > 1 else None,
    )


def _says_nothing(clause: Clause, languages: tuple[str, ...]) -> bool:
    return all(not term.phrase and is_stop_word(term.text, languages) for term in clause.options)


def _group(clause: Clause, languages: tuple[str, ...]) -> Group:
    forms: dict[Form, None] = {}
    written: dict[Form, None] = {}
    for term in clause.options:
        for language in languages:
            forms.update(dict.fromkeys(_forms(term, language)))
            written[tuple(surfaces(term.text, language))] = None
    written.pop((), None)
    return Group(tuple(forms), tuple(written))


def _forms(term: Term, language: str) -> list[Form]:
    found = tuple(tokens(term.text, language))
    if not found:
        return []
    if len(found) == 1 or not term.phrase:
        return query_tokens(term.text, language)
    # An attached preposition stands before the first word of a phrase ("لحقوق الإنسان").
    first = term.text.split()[0]
    heads = query_tokens(first, language)
    if len(heads) > 1 and heads[0] == found[: len(heads[0])]:
        return [head + tail for head, tail in product(heads, [found[len(heads[0]) :]])]
    return [found]


def _together(query: ParsedQuery, languages: tuple[str, ...]) -> Group | None:
    if any(len(clause.options) > 1 for clause in query.clauses):
        return None
    term = Term(query.plain_words, phrase=True)
    forms = dict.fromkeys(form for language in languages for form in _forms(term, language) if len(form) > 1)
    return Group(tuple(forms)) if forms else None
