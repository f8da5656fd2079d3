"""Search in the database, for the time that the search engine can't answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Value

from access.visibility import visible_to
from cms.core.keys import joined_key, with_keys
from cms.core.search import NEVER, PageSource
from search import registry
from search.engines.base import Hit, Sort
from search.parameters import Parameters
from search.query import Term
from search.reduced import Asked

if TYPE_CHECKING:
    from access.visitor import Visitor

TEXTS = ("title", "summary")
COMPUTED = {"topic": "topics", "place": "places", "year": "year", "publication_kind": "doctype", "author": "authors"}
"""What only the sources know, by its names there: which place of a page may be told is no column."""
LOOKED_AT = 500
"""Pages of each kind, the newest, of which this is worked out."""

Row = tuple[datetime | None, Any, str, str]
"""(date, translation key, language, kind)."""


def find_pages(
    asked: Asked,
    parameters: Parameters,
    visitor: Visitor,
    offset: int,
    size: int,
    only: Collection[str] | None = None,
) -> tuple[int, list[Hit], bool]:
    """How many pages ``visitor`` may see that fit, and ``size`` of them behind ``offset``, by date; of ``only`` these keys.

    Also whether all were looked at. Two queries, and a few for each kind with filters or fields that only the sources know.
    """
    if asked.finds_nothing:
        return 0, [], True
    words = asked.roughly(TEXTS)
    if only is not None:
        words &= with_keys(only)
    kinds = parameters.filters.get("kind")
    parts = [
        (source, _in_language(visible_to(source.model.objects.filter(words), visitor), parameters))
        for source in registry.sources()
        if isinstance(source, PageSource) and (not kinds or source.kind in kinds)
    ]
    if not parts:
        return 0, [], True
    oldest_first = parameters.sort == Sort.OLDEST
    wanted = {facet: chosen for facet in COMPUTED if (chosen := parameters.filters.get(facet))}
    if wanted or asked.has_fields:
        looked_at = [_Newest.of(source, pages) for source, pages in parts]
        fitting = [row for newest in looked_at for row in newest.fitting(asked, wanted)]
        fitting.sort(key=lambda row: row[0] or NEVER, reverse=not oldest_first)
        return len(fitting), _hits(fitting[offset : offset + size]), all(newest.are_all for newest in looked_at)
    first, *others = [_rows(source, pages) for source, pages in parts]
    rows = first.union(*others, all=True) if others else first
    order = "first_published_at" if oldest_first else "-first_published_at"
    return rows.count(), _hits(list(rows.order_by(order, "translation_key")[offset : offset + size])), True


def _in_language(pages: QuerySet[Any], parameters: Parameters) -> QuerySet[Any]:
    languages = parameters.filters.get("language")
    return pages.filter(locale__language_code__in=languages) if languages else pages


def _rows(source: PageSource, pages: QuerySet[Any]) -> QuerySet[Any]:
    named = pages.order_by().annotate(found_kind=Value(source.kind))
    return named.values_list("first_published_at", "translation_key", "locale__language_code", "found_kind")


@dataclass(frozen=True)
class _Newest:
    """The newest pages of one kind, each with its values by facet as the index would have them."""

    source: PageSource
    pages: tuple[tuple[Any, Mapping[str, set[str]]], ...]
    are_all: bool

    @classmethod
    def of(cls, source: PageSource, pages: QuerySet[Any]) -> _Newest:
        newest = list(pages.order_by("-first_published_at", "pk").values_list("pk", flat=True)[: LOOKED_AT + 1])
        rows = source.rows().filter(pk__in=newest[:LOOKED_AT])
        return cls(source, tuple((page, _values(source, page)) for page in rows), len(newest) <= LOOKED_AT)

    def fitting(self, asked: Asked, wanted: Mapping[str, frozenset[str]]) -> Iterator[Row]:
        """The rows of those pages that ``asked`` fits and that have one of the ``wanted`` values of each facet."""
        kept = [page for page, values in self.pages if all(chosen & values[facet] for facet, chosen in wanted.items())]
        if asked.has_fields:
            exactly = asked.exactly(TEXTS, self._having(asked))
            found = self.source.model.objects.filter(exactly, pk__in=[page.pk for page in kept])
            keys = set(found.values_list("pk", flat=True))
            kept = [page for page in kept if page.pk in keys]
        for page in kept:
            yield page.first_published_at, page.translation_key, page.locale.language_code, self.source.kind

    def _having(self, asked: Asked) -> Callable[[Term], Q]:
        return lambda term: Q(pk__in=[page.pk for page, values in self.pages if asked.fits(term, values)])


def _values(source: PageSource, page: Any) -> dict[str, set[str]]:
    known = source.values(page)
    found = {facet: _texts(known.get(name)) for facet, name in COMPUTED.items()}
    return {**found, "kind": {source.kind}, "language": {page.locale.language_code}}


def _texts(value: object) -> set[str]:
    """One value of a facet, or several, as the index has them."""
    if isinstance(value, tuple):
        return set(value)
    return {str(value)} if value else set()


def _hits(rows: list[Row]) -> list[Hit]:
    return [Hit(joined_key(key, language), kind, 0.0, (at or NEVER).timestamp()) for at, key, language, kind in rows]
