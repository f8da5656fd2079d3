"""Pages of several types in one query: every type's own table joined, instead of a query per type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page, get_page_models

from cms.core.models import BasePage


@cache
def _accessors() -> tuple[str, ...]:
    return tuple(model._meta.model_name for model in get_page_models() if issubclass(model, BasePage))


def joined(pages: QuerySet[Page], models: Iterable[type[Page]] | None = None) -> QuerySet[Page]:
    """``pages`` with locale and the tables of all types, or of ``models``. For a handful of rows, not for long lists.

    PostgreSQL plans a statement with the tables of all types ten times as long as it runs.
    """
    names = _accessors() if models is None else [model._meta.model_name for model in models]
    return pages.select_related("locale", *names)


def own_type(page: Page) -> Any:
    """The page as its own type, from a row of ``joined``. Asks nothing of the database."""
    model = page.specific_class
    if model is None or not issubclass(model, BasePage):
        return page
    specific = getattr(page, model._meta.model_name)
    specific.locale = page.locale
    return specific


def own_types(pages: Iterable[Page]) -> list[Any]:
    """The same for several."""
    return [own_type(page) for page in pages]
