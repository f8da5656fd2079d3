"""Filtered lists: what the parts of a meta line lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.models import Page

from access.visitor import Visitor
from cms.core.listing import Filter, Listing, keys_in, with_parameters
from cms.core.models import BasePageQuerySet
from cms.core.vocabulary import Kinds, places_in

Cards = Callable[[Sequence[Any], Page, HttpRequest], list[Any]]
Labels = Callable[[Sequence[UUID], str], dict[UUID, str]]


def place_labels(keys: Sequence[UUID], language: str) -> dict[UUID, str]:
    """Names of places for filters. A sensitive place can't be asked for: it is as if it weren't there."""
    return {place.translation_key: place.name for place in places_in(keys, language) if place.public() is place}


def kind_labels(facet: str, request: HttpRequest) -> Labels:
    """Names of kinds for filters."""

    def labels(keys: Sequence[UUID], language: str) -> dict[UUID, str]:
        kinds = Kinds.of(Visitor.of(request))
        found = {key: kinds.by_key(facet, key, language) for key in keys}
        return {key: entry.name for key, entry in found.items() if entry is not None}

    return labels


class FilteredList:
    """A list that the parameters of its address narrow. Unknown values find nothing."""

    def __init__(self, rows: BasePageQuerySet, page: Page, request: HttpRequest) -> None:
        self.rows, self.page, self.request = rows, page, request
        self.language = page.locale.language_code
        self.filters: list[Filter] = []

    def by(self, facet: str, label: str, labels: Labels, narrow: Callable[[BasePageQuerySet, Any], Any]) -> None:
        """Narrows by translation keys: ``narrow(rows, keys)``."""
        asked = keys_in(self.request, facet)
        if not asked:
            return
        names = labels(asked, self.language)
        self.rows = narrow(self.rows, [key for key in asked if key in names])
        self._note(facet, label, ", ".join(names.values()) or gettext("unknown"))

    def by_year(self, field: str) -> None:
        """Narrows by the year of a date."""
        year = self.request.GET.get("year", "")
        if not year:
            return
        known = len(year) == 4 and year.isascii() and year.isdigit() and int(year) > 0
        self.rows = self.rows.filter(**{f"{field}__year": int(year)}) if known else self.rows.none()
        self._note("year", gettext("Year"), year[:10])

    def _note(self, facet: str, label: str, value: str) -> None:
        self.filters.append(Filter(facet, label, value, with_parameters(self.request, **{facet: None, "page": None})))

    def listing(self, cards: Cards) -> Listing:
        """What is left, one page of it."""
        return Listing.of(
            self.rows,
            self.page,
            self.request,
            Visitor.of(self.request),
            cards=lambda rows: cards(rows, self.page, self.request),
        )
