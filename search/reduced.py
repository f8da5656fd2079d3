"""What search can do while its engine can't: titles and summaries in the database, under the same access rule.

No stems, no files, no facets, the newest first. The answer says so.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import Q

from search import registry
from search.analysis import is_stop_word
from search.engines.base import SearchResponse
from search.exceptions import EngineUnavailableError
from search.languages import searched
from search.parameters import Parameters
from search.query import Clause, Nested, ParsedQuery, Term
from search.ranking import PAGE_SIZE

if TYPE_CHECKING:
    from access.visitor import Visitor

ENGINE = "database"
TITLE = "title"


def search(
    parameters: Parameters,
    query: ParsedQuery,
    visitor: Visitor,
    failure: EngineUnavailableError,
    *,
    size: int = PAGE_SIZE,
    only: Collection[str] | None = None,
) -> SearchResponse:
    """What the database finds, among the keys ``only`` where it isn't None.

    Raises ``failure``, which the engine gave, where nobody registered how to look there.
    """
    started = time.monotonic()
    finder = registry.reduced_finder()
    if finder is None:
        raise failure
    total, hits = finder(query, parameters, visitor, (parameters.page - 1) * PAGE_SIZE, size, only)
    took_ms = round((time.monotonic() - started) * 1000)
    return SearchResponse(total=total, hits=tuple(hits), facets={}, engine=ENGINE, took_ms=took_ms)


def matching(query: ParsedQuery, fields: Sequence[str]) -> Q | None:
    """``query`` as a filter on text ``fields``; None where it has letters but nothing to look for.

    Words must be in any of the fields as they are written. Fields of the query other than ``title:`` are left out.
    """
    if query.is_blank:
        return Q()
    telling = [clause for clause in query.clauses if not _says_nothing(clause)]
    conditions = _all(telling or query.clauses, fields)
    return conditions or None


def _all(clauses: Iterable[Clause], fields: Sequence[str]) -> Q:
    found = Q()
    for clause in clauses:
        options = Q()
        for option in clause.options:
            options |= _term(option, fields) if isinstance(option, Term) else _all(option.clauses, fields)
        if options:
            found &= ~options if clause.excluded else options
    return found


def _term(term: Term, fields: Sequence[str]) -> Q:
    found = Q()
    if term.name in ("", TITLE):
        for name in fields if not term.name else (TITLE,):
            found |= Q(**{f"{name}__icontains": term.text})
    return found


def _says_nothing(clause: Clause) -> bool:
    words = [option for option in clause.options if not isinstance(option, Nested)]
    return len(words) == len(clause.options) and all(
        not term.name and not term.phrase and is_stop_word(term.text, searched()) for term in words
    )
