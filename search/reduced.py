"""What search can do while its engine can't: titles and summaries in the database, under the same access rule.

No stems, no files, no facets, the newest first. The answer says so. Fields of the query count as ever; where they or
filters want what only a page itself can say, the newest of each kind are looked at, and the answer says that too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from search import registry
from search.analysis import is_stop_word
from search.engines.base import SearchResponse
from search.exceptions import EngineUnavailableError
from search.languages import searched
from search.matching import Fact, Plan, Years, leaves, meant
from search.parameters import Parameters
from search.query import Clause, Nested, ParsedQuery, Term
from search.ranking import PAGE_SIZE

if TYPE_CHECKING:
    from access.visitor import Visitor

ENGINE = "database"
TITLE = "title"


NOTHING = Plan(())


def search(
    parameters: Parameters,
    query: ParsedQuery,
    visitor: Visitor,
    failure: EngineUnavailableError,
    *,
    wanted: Plan = NOTHING,
    size: int = PAGE_SIZE,
    only: Collection[str] | None = None,
) -> SearchResponse:
    """What the database finds, among the keys ``only`` where it isn't None; ``wanted`` is the settled plan of ``query``.

    Raises ``failure``, which the engine gave, where nobody registered how to look there.
    """
    started = time.monotonic()
    finder = registry.reduced_finder()
    if finder is None:
        raise failure
    asked = Asked(query, wanted)
    total, hits, is_whole = finder(asked, parameters, visitor, (parameters.page - 1) * PAGE_SIZE, size, only)
    took_ms = round((time.monotonic() - started) * 1000)
    relation = "eq" if is_whole else "gte"
    return SearchResponse(
        total=total, hits=tuple(hits), facets={}, engine=ENGINE, took_ms=took_ms, total_relation=relation
    )


@dataclass(frozen=True)
class Asked:
    """A query for the database. Words must be in any of the given text fields as they are written."""

    query: ParsedQuery
    wanted: Plan = NOTHING
    """The same, settled: what values its fields stand for."""

    @property
    def clauses(self) -> Sequence[Clause]:
        """What must be met; lone words that say nothing only where there is nothing else."""
        return [clause for clause in self.query.clauses if not _says_nothing(clause)] or self.query.clauses

    @property
    def has_fields(self) -> bool:
        """Whether something is asked for that no text says."""
        return any(map(_has_fields, self.clauses))

    @property
    def finds_nothing(self) -> bool:
        """Whether it has signs but nothing to look for."""
        return not (self.query.is_blank or self.query.clauses)

    def roughly(self, fields: Sequence[str]) -> Q:
        """A filter that lets through whatever fits, and more where there are fields in the query."""
        return _all((clause for clause in self.clauses if not _has_fields(clause)), fields, _left_open)

    def exactly(self, fields: Sequence[str], having: Callable[[Term], Q]) -> Q:
        """A filter for what fits; ``having`` gives the one for a field of the query other than ``title:``."""
        return _all(self.clauses, fields, having)

    def fits(self, term: Term, values: Mapping[str, Collection[str]]) -> bool:
        """Whether something with these ``values`` by facet has what ``term``, a field, asks for."""
        asked = meant(term)
        if isinstance(asked, Years):
            return any(asked.first <= int(year) <= asked.last for year in values.get("year", ()))
        known = (leaf for leaf in leaves(self.wanted.conditions) if isinstance(leaf, Fact))
        return any(
            value in values.get(facet, ())
            for fact in known
            if (fact.name, fact.text) == (term.name, term.text)
            for facet, value in fact.values
        )


def _all(clauses: Iterable[Clause], fields: Sequence[str], having: Callable[[Term], Q]) -> Q:
    found = Q()
    for clause in clauses:
        options = Q()
        for option in clause.options:
            if isinstance(option, Term):
                options |= _term(option, fields, having)
            else:
                options |= _all(option.clauses, fields, having)
        found &= ~options if clause.excluded else options
    return found


def _term(term: Term, fields: Sequence[str], having: Callable[[Term], Q]) -> Q:
    if term.name not in ("", TITLE):
        return having(term)
    found = Q()
    for name in fields if not term.name else (TITLE,):
        found |= Q(**{f"{name}__icontains": term.text})
    return found


def _left_open(_term: Term) -> Q:
    return Q()


def _has_fields(clause: Clause) -> bool:
    return any(
        option.name not in ("", TITLE) if isinstance(option, Term) else any(map(_has_fields, option.clauses))
        for option in clause.options
    )


def _says_nothing(clause: Clause) -> bool:
    words = [option for option in clause.options if not isinstance(option, Nested)]
    return len(words) == len(clause.options) and all(
        not term.name and not term.phrase and is_stop_word(term.text, searched()) for term in words
    )
