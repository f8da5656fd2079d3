"""The filters of the list of publications."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from cms.core.filters import FilteredList, kind_labels, place_labels
from cms.core.listing import Filter, Listing
from cms.publications.models import PublicationIndexPage
from cms.topics.filters import topic_labels


def filtered(
    rows: Any,
    page: PublicationIndexPage,
    request: HttpRequest,
    cards: Callable[[Sequence[Any], Any, HttpRequest], list[Any]],
) -> tuple[Listing, list[Filter]]:
    """One page of ``rows``, narrowed by kind, topic, place and year, and the filters that are on."""
    narrowed = FilteredList(rows, page, request)
    narrowed.by(
        "kind",
        gettext("Kind"),
        kind_labels("kind", request),
        lambda rows, keys: rows.filter(kind__translation_key__in=keys),
    )
    narrowed.by("topic", gettext("Topic"), topic_labels(request), lambda rows, keys: rows.about(keys))
    narrowed.by("place", gettext("Place"), place_labels, lambda rows, keys: rows.at(keys))
    narrowed.by_year("date")
    return narrowed.listing(cards), narrowed.filters
