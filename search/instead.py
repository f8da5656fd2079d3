"""What is offered to somebody who found nothing: other spellings, and searches that ask for less, each called by name.

Nothing is ever searched silently in place of what was asked. Every search here runs under the visitor's own rights, with
their filters, and a spelling is offered only where it finds something that they may see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from search.analysis import is_stop_word
from search.analysis.compounds import WHOLE, Compounds
from search.languages import searched
from search.matching import Group, Plan, plan, wanted_words
from search.parameters import Parameters
from search.query import Clause, ParsedQuery, Related, Term
from search.words import is_known, similar

WORDS_ASKED = 12
"""Of a query, stop words not counted: each costs a search."""
WORDS_LOOKED_AT = 3
"""Of those that find nothing or that nobody wrote: each costs a comparison with all words that there are, and more searches."""
SIMILAR_WORDS = 3
"""That are tried for each."""


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


@dataclass
class Speller:
    """Other spellings of words, of those alone that find something: ``finds`` says so of a word, under the visitor's rights.

    A word that finds nothing is looked up as if nobody had written it, for it may be one of something that was withdrawn.
    """

    finds: Callable[[str], bool]
    known: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    looked_at: int = 0

    def of(self, word: str) -> list[tuple[str, str]]:
        """The spellings, each with its language, the likeliest first; none for more than a few words of a query."""
        if word not in self.known:
            enough = len(self.known) >= WORDS_ASKED or self.looked_at >= WORDS_LOOKED_AT
            if enough or is_stop_word(word, searched()):
                return []
            # Asked first, known or not: how long it takes must not tell of a word that was hidden today.
            fits = self.finds(word) and is_known(word)
            self.looked_at += not fits
            self.known[word] = [] if fits else [each for each in similar(word, SIMILAR_WORDS) if self.finds(each[0])]
        return self.known[word]


def steps(
    parameters: Parameters, query: ParsedQuery, wanted: Plan, speller: Speller, compounds: Compounds = WHOLE
) -> Iterator[Step]:
    """What to try in turn where ``query``, settled as ``wanted``, found nothing; in the end by what a compound begins and ends with."""
    clauses = tuple(each for clause in query.clauses for each in _loosened(clause))
    # The places of other names are those of the words as they stood.
    loose = query if clauses == query.clauses else replace(query, clauses=clauses, related=())
    asked = plan(loose, searched())
    forms = dict.fromkeys(form for group in (*asked.required, *wanted.required) for form in group.readings)
    some = replace(wanted, required=(Group(tuple(forms)),), together=asked.together)
    if len(asked.required) > 1:
        yield Step(How.SOME_WORDS, parameters, loose, some)
    spelled = _similar(query, speller)
    if spelled.related != query.related:
        required = plan(spelled, searched()).required
        yield Step(How.SIMILAR_WORDS, parameters, spelled, replace(wanted, required=required))
    if parts := dict.fromkeys((part,) for form in forms if len(form) == 1 for part in compounds.ends(form[0])):
        yield Step(How.SOME_WORDS, parameters, loose, replace(some, required=(Group((*forms, *parts)),)))
    if parameters.filters.get("language"):
        yield Step(How.OTHER_LANGUAGES, parameters.selecting("language", ()), query, wanted)


def corrected(query: ParsedQuery, speller: Speller) -> ParsedQuery | None:
    """``query`` with the likeliest spelling of each word that nobody wrote; None where there is none to correct."""
    text, clauses, behind = query.text, [], 0
    for clause in query.clauses:
        typed = clause.words[0].text if _is_one_wanted_word(clause) else ""
        place = re.compile(rf"(?<![\w:]){re.escape(typed)}(?!\w)").search(text, behind) if typed else None
        found = speller.of(typed) if place else []
        if place and found:
            better = found[0][0]
            text, behind = text[: place.start()] + better + text[place.end() :], place.start() + len(better)
            clause = Clause((Term(better),))
        elif place:
            behind = place.end()
        clauses.append(clause)
    return ParsedQuery(text, tuple(clauses)) if text != query.text else None


def _is_one_wanted_word(clause: Clause) -> bool:
    return len(clause.words) == 1 and not clause.excluded and not clause.words[0].phrase


def _loosened(clause: Clause) -> list[Clause]:
    """A phrase as its words."""
    if len(clause.words) == 1 and clause.words[0].phrase and not clause.excluded:
        return [Clause((Term(word),)) for word in clause.words[0].text.split()]
    return [clause]


def _similar(query: ParsedQuery, speller: Speller) -> ParsedQuery:
    """``query`` with words that are written much like those that nobody wrote."""
    taken = {at for each in query.related for at in range(each.first, each.first + each.size)}
    found = [
        Related(at, 1, tuple(speller.of(clause.words[0].text)))
        for at, clause in enumerate(wanted_words(query))
        if at not in taken and len(clause.words) == 1 and not clause.words[0].phrase
    ]
    return replace(query, related=(*query.related, *(each for each in found if each.names)))
