"""Topics in the search index, and topics as a facet of everything else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import best_names
from cms.core.keys import split
from cms.core.search import PageSource, stream_text
from cms.topics.models import PageTopic, TopicPage
from search.registry import Label, Name

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

TOPICS = Prefetch(
    "topics", queryset=PageTopic.objects.select_related("topic__parent_topic__parent_topic").order_by("sort_order")
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


def topic_labels(values: Sequence[str], language: str, visitor: Visitor) -> dict[str, Label]:
    """Titles of the topics that ``visitor`` may see, for the facet."""
    keys = [key for keys in split(f"{value}/x" for value in values).values() for key in keys]
    rows = visible_to(TopicPage.objects.filter(translation_key__in=keys), visitor).order_by("pk")
    wider = "parent_topic__translation_key"
    found = list(rows.values_list("translation_key", "locale__language_code", "title", wider))
    names = best_names([(key, code, title) for key, code, title, _wider in found], language)
    parents = {str(key): str(parent or "") for key, _code, _title, parent in found}
    return {key: Label(name, parents[key]) for key, name in names.items()}


def topic_names(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """What the topics that ``visitor`` may see can be asked for by: titles in every language, other names, slugs."""
    topics = visible_to(TopicPage.objects.all(), visitor).only("title", "slug", "synonyms", "translation_key")
    for topic in topics.order_by("pk"):
        for name in (topic.title, topic.slug, *topic.synonym_list):
            yield name, str(topic.translation_key)


def topic_terms(visitor: Visitor, keys: Collection[str] | None = None) -> Iterator[Name]:
    """What the topics that ``visitor`` may see are called: title, other names."""
    rows = TopicPage.objects.all() if keys is None else TopicPage.objects.filter(translation_key__in=keys)
    topics = (
        visible_to(rows, visitor)
        .select_related("locale")
        .only("title", "synonyms", "translation_key", "locale__language_code")
    )
    for topic in topics.order_by("pk"):
        for rank, name in enumerate((topic.title, *topic.synonym_list)):
            yield Name(str(topic.translation_key), topic.locale.language_code, name, rank)
