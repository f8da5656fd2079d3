"""From a page to the pages that it names: in its own language, else in the source language.

A relation is stored once, as the editor of the source chose it; a translation keeps pointing at the
source's page. What is shown is found by translation key, one query per relation.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from django.db.models import OuterRef, QuerySet, Subquery
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import best_translations

PageT = TypeVar("PageT", bound=Page)


def in_memory(page: Any, relation: str) -> list[Any] | None:
    """The child rows of a page that was made from a revision (a preview); None for a page from the database."""
    rows = getattr(page, "_cluster_related_objects", {}).get(relation)
    return None if rows is None else list(rows)


def named_pages(page: Any, relation: str, target: str, model: type[PageT], visitor: Visitor) -> list[PageT]:
    """The visible pages that ``page`` names in its child rows ``relation.target``, in the editor's order.

    One of each translation group: in the page's language, else in the source language.
    """
    through: Any = page._meta.get_field(relation).related_model
    parent = page._meta.get_field(relation).field.name
    draft = in_memory(page, relation)
    pages = cast("QuerySet[PageT]", model._default_manager.select_related("locale"))
    if draft is not None:
        order = [getattr(row, f"{target}_id") for row in draft]
        keys = dict(Page.objects.filter(pk__in=order).values_list("pk", "translation_key"))
        pages = pages.filter(translation_key__in=keys.values())
        position = {keys[pk]: number for number, pk in reversed(list(enumerate(order))) if pk in keys}
        found = best_translations(visible_to(pages, visitor), page.locale.language_code)
        return sorted(found.values(), key=lambda row: position[row.translation_key])
    rows = through.objects.filter(**{parent: page.pk})
    same = rows.filter(**{f"{target}__translation_key": OuterRef("translation_key")}).order_by("sort_order")
    pages = pages.filter(translation_key__among=rows.order_by().values(f"{target}__translation_key")).annotate(
        position=Subquery(same.values("sort_order")[:1])
    )
    found = best_translations(visible_to(pages, visitor), page.locale.language_code)
    return sorted(found.values(), key=lambda row: (row.position or 0, row.pk))


def same_works(pk: Any) -> QuerySet[Page]:
    """The page with this primary key and its translations."""
    return Page.objects.filter(translation_key__among=Page.objects.filter(pk=pk).values("translation_key"))
