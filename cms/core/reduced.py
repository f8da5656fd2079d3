"""Search in the database, for the time that the search engine can't answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Value

from access.visibility import visible_to
from cms.core.keys import joined_key, with_keys
from cms.core.search import NEVER, PageSource
from search import registry
from search.engines.base import Hit, Sort
from search.parameters import Parameters
from search.query import ParsedQuery
from search.reduced import matching

if TYPE_CHECKING:
    from access.visitor import Visitor

TEXTS = ("title", "summary")
COMPUTED = {"topic": "topics", "place": "places", "year": "year", "publication_kind": "doctype"}
"""Facets that only the sources know, by their names there: which place of a page may be told is no column."""
LOOKED_AT = 500
"""Pages of each kind, the newest, of which these facets are worked out."""

Row = tuple[datetime | None, Any, str, str]
"""(date, translation key, language, kind)."""


def find_pages(
    query: ParsedQuery,
    parameters: Parameters,
    visitor: Visitor,
    offset: int,
    size: int,
    only: Collection[str] | None = None,
) -> tuple[int, list[Hit]]:
    """How many pages ``visitor`` may see that fit, and ``size`` of them behind ``offset``, by date; of ``only`` these keys.

    Two queries, and a few for each kind with filters that only the sources know.
    """
    words = matching(query, TEXTS)
    if words is not None and only is not None:
        words &= with_keys(only)
    kinds = parameters.filters.get("kind")
    parts = [
        (source, _in_language(visible_to(source.model.objects.filter(words), visitor), parameters))
        for source in registry.sources()
        if words is not None and isinstance(source, PageSource) and (not kinds or source.kind in kinds)
    ]
    oldest_first = parameters.sort == Sort.OLDEST
    wanted = {name: chosen for facet, name in COMPUTED.items() if (chosen := parameters.filters.get(facet))}
    if not parts:
        return 0, []
    if wanted:
        fitting = [row for source, pages in parts for row in _fitting(source, pages, wanted)]
        fitting.sort(key=lambda row: row[0] or NEVER, reverse=not oldest_first)
        return len(fitting), _hits(fitting[offset : offset + size])
    first, *others = [_rows(source, pages) for source, pages in parts]
    rows = first.union(*others, all=True) if others else first
    order = "first_published_at" if oldest_first else "-first_published_at"
    return rows.count(), _hits(list(rows.order_by(order, "translation_key")[offset : offset + size]))


def _in_language(pages: QuerySet[Any], parameters: Parameters) -> QuerySet[Any]:
    languages = parameters.filters.get("language")
    return pages.filter(locale__language_code__in=languages) if languages else pages


def _rows(source: PageSource, pages: QuerySet[Any]) -> QuerySet[Any]:
    named = pages.order_by().annotate(found_kind=Value(source.kind))
    return named.values_list("first_published_at", "translation_key", "locale__language_code", "found_kind")


def _fitting(source: PageSource, pages: QuerySet[Any], wanted: Mapping[str, frozenset[str]]) -> Iterator[Row]:
    """The rows of those pages that have one of the wanted values of each facet, as the index would have it."""
    newest = list(pages.order_by("-first_published_at", "pk").values_list("pk", flat=True)[:LOOKED_AT])
    for page in source.rows().filter(pk__in=newest):
        values = source.values(page)
        if all(chosen & _texts(values.get(name)) for name, chosen in wanted.items()):
            yield page.first_published_at, page.translation_key, page.locale.language_code, source.kind


def _texts(value: object) -> set[str]:
    """One value of a facet, or several, as the index has them."""
    if isinstance(value, tuple):
        return set(value)
    return {str(value)} if value else set()


def _hits(rows: list[Row]) -> list[Hit]:
    return [Hit(joined_key(key, language), kind, 0.0, (at or NEVER).timestamp()) for at, key, language, kind in rows]
