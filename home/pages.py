"""What the template of the home page shows."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import best_translations
from cms.core.frame import Frame
from cms.core.listing import cards_of
from cms.core.lists import content_list
from cms.core.relations import in_memory
from cms.core.types import joined, own_types
from home.models import Highlight, HomePage

SHOWN = {"publications": 8, "cases": 3, "topics": 12, "terms": 1}


def home_context(page: HomePage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """What is new, the topics, the highlights; a count beside each, of all that the visitor may see."""
    found = {}
    for name, limit in SHOWN.items():
        kind = content_list(name)
        url = frame.list_url(kind.index)
        found[name] = kind.teaser(page, request, more_url=url, limit=limit)
    return {
        "highlights": highlights(page, request),
        "newest": found["publications"].items,
        "cases": found["cases"].items,
        "topics": found["topics"].items,
        "counts": {name: listing.count for name, listing in found.items()},
        "lists": found,
    }


def highlights(page: HomePage, request: HttpRequest) -> list[Any]:
    """The highlighted pages in the editor's order, whatever their types. One query."""
    draft = in_memory(page, "highlights")
    visitor = Visitor.of(request)
    if draft is not None:
        order = [row.page.translation_key for row in draft]
        pages = list(joined(visible_to(Page.objects.filter(translation_key__in=order), visitor)))
    else:
        pages = visitor.ask(_highlighted, home=page.pk)
    found = best_translations(pages, page.locale.language_code)
    rows = sorted(
        found.values(),
        key=lambda row: (row.position or 0) if draft is None else order.index(row.translation_key),
    )
    return cards_of(own_types(rows), page, request)


def _highlighted(visitor: Visitor, home: Any) -> QuerySet[Page]:
    chosen = Highlight.objects.filter(home_id=home)
    same = chosen.filter(page__translation_key=OuterRef("translation_key")).order_by("sort_order")
    pages = Page.objects.filter(translation_key__among=chosen.values("page__translation_key"))
    return joined(visible_to(pages, visitor).annotate(position=Subquery(same.values("sort_order")[:1])))
