"""Pages that editors put on top of what is found for one term, for those who may see them.

Which terms have one is kept in memory for some seconds, so that a search without one costs the database nothing. The page
itself is read each time, under the visitor's rights: what was withdrawn or restricted a moment ago is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import registry
from search.board.terms import term_of
from search.memory import Remembered
from search.models import SearchPromotion

if TYPE_CHECKING:
    from access.visitor import Visitor
    from search.parameters import Parameters
    from search.registry import Found

KEPT_SECONDS = 20

_memory: Remembered[dict[tuple[str, str], tuple[str, str]]] = Remembered(KEPT_SECONDS)
"""Kind and key of what is promoted, by language and term."""
forget = _memory.forget


def promoted(parameters: Parameters, visitor: Visitor) -> Found | None:
    """What stands on top of the answer to a fresh search for exactly one term; None for nothing."""
    places = _memory.get(_read)
    term = term_of(parameters) if places else ""
    if (parameters.language, term) not in places:
        return None
    kind, key = places[parameters.language, term]
    return registry.found({kind: [key]}, visitor, parameters.language).get(key)


def _read() -> dict[tuple[str, str], tuple[str, str]]:
    rows = SearchPromotion.objects.values_list("language", "query", "kind", "key")
    return {(language, query): (kind, key) for language, query, kind, key in rows}
