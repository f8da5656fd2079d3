"""Topics as a filter of lists."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import best_translations
from cms.core.filters import Labels
from cms.topics.models import TopicPage


def topic_labels(request: HttpRequest) -> Labels:
    """Titles of topics that the visitor may see."""

    def labels(keys: Sequence[UUID], language: str) -> dict[UUID, str]:
        topics = TopicPage.objects.filter(translation_key__in=keys).select_related("locale")
        found = best_translations(visible_to(topics, Visitor.of(request)), language)
        return {key: topic.title for key, topic in found.items()}

    return labels
