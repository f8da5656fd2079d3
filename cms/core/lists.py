"""What can be listed about a topic or on the home page. Apps above register their types here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OrderBy, QuerySet, Subquery, Value
from django.http import HttpRequest
from wagtail.models import Page

from access.visitor import Visitor
from cms.core.listing import TEASERS, Listing, cards_of


@dataclass(frozen=True)
class ContentList:
    """A type of page that lists show.

    ``name`` is the list's name in a template's context; ``index`` the type of page that shows all of
    them; ``order`` what sorts them; ``cards`` makes their entries.
    """

    name: str
    model: type[Any]
    index: type[Page]
    order: tuple[str | OrderBy, ...]
    cards: Callable[[Sequence[Any], Page, HttpRequest], list[Any]] = cards_of

    def shown_on(self, page: Page, visitor: Visitor, about: Sequence[Any] | None = None) -> QuerySet[Any]:
        """All that ``visitor`` may read, in the page's language or the source language, sorted.

        ``about`` narrows it to topics, given by their translation keys.
        """
        rows = self.model.objects.in_language_of(page, visitor)
        if about is not None:
            rows = rows.about(about)
        found: QuerySet[Any] = rows.order_by(*self.order)
        return found

    def teaser(
        self,
        page: Page,
        request: HttpRequest,
        *,
        about: Sequence[Any] | None = None,
        more_url: str = "",
        limit: int = TEASERS,
    ) -> Listing:
        """The first few of what ``shown_on`` finds with the count of all, in one query."""
        values = {"locale": page.locale_id} | ({} if about is None else {"about": list(about)})
        found = Visitor.of(request).ask(_first, self.name, limit, **values)
        count = found[0].total_ if found else 0
        return Listing(items=self.cards(found, page, request), count=count, more_url=more_url if count > limit else "")


def _first(visitor: Visitor, name: str, limit: int, locale: Any, about: Any = None) -> QuerySet[Any]:
    """The first few of the list called ``name``, each with how many there are."""
    rows = content_list(name).shown_on(Page(locale_id=locale), visitor, about)
    # Not a window over all of them: that would sort whole rows to count them.
    counted = rows.order_by().annotate(all_=Value(1)).values("all_").annotate(count_=Count("pk")).values("count_")
    return rows.select_related("locale").annotate(total_=Subquery(counted))[:limit]


_lists: dict[str, ContentList] = {}
_backlinks: dict[str, Callable[[Any], QuerySet[Page]]] = {}


def register_list(content_list: ContentList) -> None:
    """Adds a list, from ``AppConfig.ready()``."""
    _lists[content_list.name] = content_list


def content_list(name: str) -> ContentList:
    """The list called ``name``. Raises KeyError."""
    return _lists[name]


def register_backlinks(name: str, pages: Callable[[Any], QuerySet[Page]]) -> None:
    """Adds a way to find pages that name a work: ``pages`` returns plain rows for its key, not yet cut to a visitor."""
    _backlinks[name] = pages


def backlinks(name: str, work: Any) -> QuerySet[Page]:
    """The pages that name the work with this translation key, as registered under ``name``; none where nobody did."""
    find = _backlinks.get(name)
    return find(work) if find else Page.objects.none()
