"""What is offered to somebody who found nothing: other spellings, and searches that ask for less, each called by name.

Nothing is ever searched silently in place of what was asked. Every search here runs under the visitor's own rights, with
their filters, and a spelling is offered only where it finds something that they may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from search.languages import searched
from search.matching import Group, Plan, plan, wanted_words
from search.parameters import Parameters
from search.query import Clause, ParsedQuery, Related, Term
from search.words import similar

SIMILAR_WORDS = 5


class How(StrEnum):
    """In which way a search asks for less."""

    SOME_WORDS = "some_words"
    SIMILAR_WORDS = "similar_words"
    OTHER_LANGUAGES = "other_languages"


@dataclass(frozen=True)
class Step:
    """A search that asks for less than the one that found nothing."""

    how: How
    parameters: Parameters
    query: ParsedQuery
    wanted: Plan


def steps(parameters: Parameters, query: ParsedQuery, wanted: Plan) -> Iterator[Step]:
    """What to try in turn where ``query``, settled as ``wanted``, found nothing."""
    clauses = tuple(each for clause in query.clauses for each in _loosened(clause))
    # The places of other names are those of the words as they stood.
    loose = query if clauses == query.clauses else replace(query, clauses=clauses, related=())
    asked = plan(loose, searched())
    if len(asked.required) > 1:
        forms = dict.fromkeys(form for group in (*asked.required, *wanted.required) for form in group.readings)
        some = replace(wanted, required=(Group(tuple(forms)),), together=asked.together)
        yield Step(How.SOME_WORDS, parameters, loose, some)
    spelled = _similar(query)
    if spelled.related != query.related:
        required = plan(spelled, searched()).required
        yield Step(How.SIMILAR_WORDS, parameters, spelled, replace(wanted, required=required))
    if parameters.filters.get("language"):
        yield Step(How.OTHER_LANGUAGES, parameters.selecting("language", ()), query, wanted)


def corrected(query: ParsedQuery) -> ParsedQuery | None:
    """``query`` with the likeliest spelling of each word that nobody wrote; None where there is none to correct."""
    text, clauses = query.text, []
    for clause in query.clauses:
        term = (
            clause.words[0] if len(clause.words) == 1 and not clause.excluded and not clause.words[0].phrase else None
        )
        found = similar(term.text, 1) if term else []
        if term and found:
            text = text.replace(term.text, found[0][0], 1)
            clause = Clause((Term(found[0][0]),))
        clauses.append(clause)
    return ParsedQuery(text, tuple(clauses)) if text != query.text else None


def _loosened(clause: Clause) -> list[Clause]:
    """A phrase as its words."""
    if len(clause.words) == 1 and clause.words[0].phrase and not clause.excluded:
        return [Clause((Term(word),)) for word in clause.words[0].text.split()]
    return [clause]


def _similar(query: ParsedQuery) -> ParsedQuery:
    """``query`` with words that are written much like those that nobody wrote."""
    taken = {at for each in query.related for at in range(each.first, each.first + each.size)}
    found = [
        Related(at, 1, tuple(similar(clause.words[0].text, SIMILAR_WORDS)))
        for at, clause in enumerate(wanted_words(query))
        if at not in taken and len(clause.words) == 1 and not clause.words[0].phrase
    ]
    return replace(query, related=(*query.related, *(each for each in found if each.names)))
