"""What this app tells the apps below it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.models import Page
from wagtail.signals import page_published

from cms.core.lists import ContentList, register_list
from cms.core.models import MergedKey, naming, within
from cms.core.models.base import TOPIC_LEVELS
from cms.core.signal_handlers import touch_pages
from cms.topics.models import TopicIndexPage, TopicPage
from cms.topics.search import TopicSource, facet_labels, topic_names
from search import facet_values, registry


def _topic_published(sender: type[Page], instance: TopicPage, **kwargs: Any) -> None:
    """What is filed under it, or under a part of it, is indexed under what it is part of now; so are its parts.

    One that was merged into another means itself again.
    """
    if instance.live:  # core sends this for what is only scheduled too
        MergedKey.objects.filter(old=instance.translation_key).delete()
    parts = within("parent_topic", [instance.translation_key], TOPIC_LEVELS)
    inside = naming("topics", "topic", parts) | Q(pk__in=TopicPage.objects.filter(parts).values("pk"))
    touch_pages(Page.objects.filter(inside), may_hide=False)


def register() -> None:
    """Called once from ``ready()``."""
    register_list(ContentList("topics", TopicPage, TopicIndexPage, ("title", "pk")))
    registry.register(TopicSource())
    # Together they are one statement; the app that has places and kinds doesn't know topics.
    facet_values.register_labels(["topic", "place", "publication_kind"], facet_labels)
    facet_values.register_names("topic", topic_names)
    page_published.connect(_topic_published, sender=TopicPage, dispatch_uid="cms.search.topic")
