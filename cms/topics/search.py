"""Topics in the search index, and topics as a facet of everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, Prefetch, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import distance
from cms.core.keys import uuids
from cms.core.search import PageSource, stream_text
from cms.core.vocabulary import Kinds, NameRow, place_rows
from cms.topics.models import PageTopic, TopicPage
from search.facet_values import Label

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

TOPICS = (
    Prefetch("topics", queryset=PageTopic.objects.order_by("sort_order")),
    # By itself: many pages have the same few topics, and to make one of a row takes longer than to read it.
    Prefetch("topics__topic", queryset=TopicPage.objects.select_related("parent_topic__parent_topic")),
)


def topic_keys(page: Any) -> tuple[str, ...]:
    """Translation keys of the page's topics and of what they are part of. Wants ``TOPICS`` prefetched."""
    return lineage_keys(row.topic for row in page.topics.all())


def lineage_keys(topics: Any) -> tuple[str, ...]:
    """Translation keys of topics and of what they are part of."""
    return tuple(dict.fromkeys(str(each.translation_key) for topic in topics for each in topic.lineage))


class TopicSource(PageSource):
    """Topics are found by their title, their other names and their text."""

    kind = "topic"
    label: _StrOrPromise = _("Topics")
    model = TopicPage

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("locale", "parent_topic__parent_topic")

    def body(self, page: TopicPage) -> str:
        return "\n".join([*page.synonym_list, stream_text(page.body)]).strip()

    def facets(self, page: TopicPage) -> dict[str, Any]:
        return {"topics": lineage_keys([page])}


FACET_OF = {"kind": "publication_kind"}
"""The facet of rows that are called otherwise."""


def facet_labels(values: Mapping[str, Sequence[str]], language: str, visitor: Visitor) -> dict[str, dict[str, Label]]:
    """Titles of the topics that ``visitor`` may see, names of places and of kinds of publication. One query.

    The names of kinds are kept for whatever else is shown to ``visitor``.
    """
    asked = {facet: set(uuids(keys)) for facet, keys in values.items()}
    named = visitor.ask(_named, places=list(asked.get("place", ())))
    rows: list[NameRow] = sorted(named, key=lambda row: (distance(row[2], language), row[5]))
    visitor.own(Kinds, lambda: Kinds(row for row in rows if row[0] in Kinds.MODELS))
    # What may not be named in one language is named in none.
    nameless = {row[1] for row in rows if row[3] is None}
    found: dict[str, dict[str, Label]] = {facet: {} for facet in values}
    for of, key, _language, name, wider, *_rest in rows:
        facet = FACET_OF.get(of, of)
        if key in asked.get(facet, ()) and key not in nameless:
            found[facet].setdefault(str(key), Label(str(name), str(wider or "")))
    return found


def _named(visitor: Visitor, places: list[UUID]) -> QuerySet[Any, Any]:
    return _topic_rows(visitor).union(place_rows(places), *Kinds.parts(), all=True)


def _topic_rows(visitor: Visitor) -> QuerySet[Any]:
    """Of all topics: to look for some of them by key, PostgreSQL goes through the pages of every type."""
    rows = visible_to(TopicPage.objects.all(), visitor).order_by()
    named = rows.annotate(facet_=Value("topic", CharField()), code_=Value("", CharField()))
    return named.values_list(
        *("facet_", "translation_key", "locale__language_code", "title", "parent_topic__translation_key", "pk", "code_")
    )


def topic_names(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """What the topics that ``visitor`` may see can be asked for by: titles in every language, other names, slugs."""
    topics = visible_to(TopicPage.objects.all(), visitor).only("title", "slug", "synonyms", "translation_key")
    for topic in topics.order_by("pk"):
        for name in (topic.title, topic.slug, *topic.synonym_list):
            yield name, str(topic.translation_key)
