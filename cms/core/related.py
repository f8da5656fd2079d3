"""What else is about the same: other pages with the same topics, places and glossary terms, the closest first.

Two pages are related only by what anybody may know of both: a topic or term that is hidden from strangers, or a
sensitive place, relates nothing, for that would tell of it. Which pages are close is kept for a minute, because to ask
takes as long as half a page; each of them is read again for every answer, with the frame.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import card_kind
from cms.core.models.base import in_language_of
from cms.core.models.taxonomy import PagePlace, Place

if TYPE_CHECKING:
    from cms.core.models import BasePage

SHOWN = 3
KEPT_SECONDS = 60
LOOKED_AT = 200
"""The newest pages that share anything, of which the closest are taken: a broad topic has thousands."""

_NAMED = (("topics", "topic"), ("glossary_terms", "term"))
"""How the apps above let a page name their pages: relation, and what its rows point at."""


def closest(page: BasePage) -> list[int]:
    """Primary keys of other works, the closest to ``page`` first; none for lists. One query in a minute for each page."""
    if card_kind(page) == "section":
        return []
    key = f"related.{page.translation_key}.{page.locale_id}"
    found: list[int] | None = cache.get(key)
    if found is None:
        rows = page.related_pages(Visitor()).order_by("-related_", "-first_published_at", "-pk")
        found = list(rows.values_list("pk", flat=True))
        cache.set(key, found, KEPT_SECONDS)
    return found


def related_pages(page: BasePage, visitor: Visitor) -> QuerySet[Page]:
    """Plain rows of other works that share most with ``page``, in its language or the source language.

    ``related_`` is how much they share. Twice as many as are shown: some may stand on the page already.
    """
    shared = [_shared_pages(page, relation, target, visitor) for relation, target in _NAMED]
    shared.append(_shared_places(page))
    others = in_language_of(Page.objects.exclude(translation_key=page.translation_key), page, visitor)
    for keys in page.shown_anyway():
        others = others.exclude(translation_key__in=keys)
    # The pages of the rows first: to ask of every page whether it has such a row means to go through all of them.
    sharing = shared[0].values("page").union(*(rows.values("page") for rows in shared[1:]))
    newest = others.filter(pk__in=sharing).order_by("-first_published_at", "-pk")
    score = reduce(add, (_count(rows) for rows in shared))
    close = Page.objects.filter(pk__in=newest.values("pk")[:LOOKED_AT]).annotate(shared_=score)
    most = close.order_by("-shared_", "-first_published_at", "-pk").values("pk")[: 2 * SHOWN]
    return Page.objects.filter(pk__in=most).annotate(related_=score)


def _shared_pages(page: BasePage, relation: str, target: str, visitor: Visitor) -> QuerySet[Any]:
    """The rows by which pages name what ``page`` names too, as far as ``visitor`` may see that."""
    through: Any = Page._meta.get_field(relation).related_model
    named = [*page.subjects().get(relation, ())]
    own = Q(pk__in=through.objects.filter(page=page.pk).values(target)) | Q(pk__in=named)
    mine = visible_to(Page.objects.filter(own), visitor).values("translation_key")
    rows: QuerySet[Any] = through.objects.filter(**{f"{target}__translation_key__in": mine})
    return rows.order_by()


def _shared_places(page: BasePage) -> QuerySet[PagePlace]:
    """The same for places that may be named; not sensitive ones, nor what lies in them."""
    named = [*page.subjects().get("places", ())]
    own = Q(pk__in=PagePlace.objects.filter(page=page.pk).values("place")) | Q(pk__in=named)
    mine = Place.objects.filter(own).exclude(pk__in=Place.objects.filter(Place.is_sensitive()).values("pk"))
    keys = mine.order_by().values("translation_key")
    return PagePlace.objects.filter(place__translation_key__in=keys).order_by()


def _count(rows: QuerySet[Any]) -> Any:
    counted = rows.filter(page=OuterRef("pk")).values("page").annotate(count_=Count("pk")).values("count_")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
