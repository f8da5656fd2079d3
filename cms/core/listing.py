"""Lists with their count: both from the same queryset, so that they can't differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import Card
from cms.core.models import MergedKey
from cms.core.types import joined, own_types
from cms.core.vocabulary import Kinds

PAGE_SIZE = 20
KIND_FIELDS = {"kind": "kind_id", "work": "work_kind_id"}
TEASERS = 10


@dataclass(frozen=True)
class Filter:
    """A filter that is on, with the address of the list without it."""

    facet: str
    label: str
    value_label: str
    remove_url: str


@dataclass
class Listing:
    """One part of a list. ``count`` counts all of it."""

    items: list[Card] = field(default_factory=list)
    count: int = 0
    page: Any = None
    more_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    pages: list[tuple[int, str, bool]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        rows: QuerySet[Any],
        shown_on: Page,
        request: HttpRequest,
        visitor: Visitor,
        *,
        specific: bool = False,
        cards: Callable[[Sequence[Any]], list[Card]] | None = None,
    ) -> Listing:
        """One page of ``rows``, which must be ordered; ``?page=`` says which. Cuts down to what ``visitor`` may see.

        Two queries. ``specific``: ``rows`` are plain pages and come as their own types. ``cards`` makes the cards where they need
        more than the rows.
        """
        rows = visible_to(rows, visitor)
        rows = joined(rows) if specific else rows.select_related("locale")
        paginator: Paginator[Any] = Paginator(rows, PAGE_SIZE)
        page = paginator.get_page(request.GET.get("page"))
        found = list(page.object_list)
        if specific:
            found = own_types(found)
        return cls.part(cards(found) if cards else cards_of(found, shown_on, request), page, request)

    @classmethod
    def part(cls, items: list[Card], page: PaginatorPage[Any], request: HttpRequest) -> Listing:
        """``items`` as ``page`` of their list, with the addresses of the other pages."""
        paginator = page.paginator
        return cls(
            items=items,
            count=paginator.count,
            page=page,
            previous_url=page_url(request, page.previous_page_number()) if page.has_previous() else "",
            next_url=page_url(request, page.next_page_number()) if page.has_next() else "",
            pages=[
                (number, page_url(request, number), number == page.number)
                for number in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
                if isinstance(number, int)
            ]
            if paginator.num_pages > 1
            else [],
        )


def cards_of(pages: Sequence[Page], shown_on: Page, request: HttpRequest) -> list[Card]:
    """The cards of pages that are loaded, labelled by their kinds where they have one. One query at most."""
    language = shown_on.locale.language_code
    cards = [Card.of(page, language, request) for page in pages]
    for card in cards:
        for facet, field_name in KIND_FIELDS.items():
            pk = getattr(card.page, field_name, None)
            kind = Kinds.of(Visitor.of(request)).named(facet, pk, language) if pk else None
            if kind is not None:
                card.kind_label = kind.name
    return cards


def page_url(request: HttpRequest, number: int) -> str:
    """The same address with another page number."""
    return with_parameters(request, page=None if number == 1 else str(number))


def with_parameters(request: HttpRequest, **changes: str | None) -> str:
    """The address of ``request`` with some parameters replaced, or removed with None."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{urlencode(sorted(query.lists()), doseq=True)}" if query else request.path


def keys_in(request: HttpRequest, facet: str) -> list[UUID]:
    """The translation keys in a parameter of the address; anything else in it is ignored.

    The key of an entry that was merged into another means the other. One query where there is any.
    """
    keys = []
    for value in request.GET.getlist(facet)[:10]:
        try:
            keys.append(UUID(value))
        except ValueError:
            continue
    merged = MergedKey.successors(keys)
    return list(dict.fromkeys(merged.get(key, key) for key in keys))
