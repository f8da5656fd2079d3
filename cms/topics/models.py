"""Topics are pages: what the organisation works on, with everything it published about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from access.visitor import Visitor
from cms.core.blocks import BODY_BLOCKS
from cms.core.models import BasePage
from cms.core.relations import same_works
from cms.core.translatable import OwnField, shared

if TYPE_CHECKING:
    from wagtail.admin.panels import Panel

    from cms.core.frame import Frame

MAX_TOPIC_DEPTH = 3


def lines(text: str) -> list[str]:
    """What stands on a line each, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class TopicIndexPage(BasePage):
    """All topics."""

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["topics.TopicPage"]

    class Meta:
        verbose_name = _("list of topics")
        verbose_name_plural = _("lists of topics")

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {"@type": "CollectionPage"}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.topics.pages import index_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **index_context(self, request), "feed_url": context["frame"].feed_url_of("topics")}


class TopicPage(BasePage):
    """One topic."""

    card_kind: ClassVar[str] = "topic"
    parent_page_types = ["topics.TopicIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    body = StreamField(BODY_BLOCKS, verbose_name=_("text"), blank=True)
    synonyms = models.TextField(
        _("other names"), blank=True, help_text=_("One per line. Readers find the topic under these names too.")
    )
    parent_topic = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="subtopics",
        help_text=_("The wider topic, if there is one."),
    )

    word_panels: ClassVar[list[Panel]] = [FieldPanel("synonyms")]
    translation_own_panels: ClassVar[list[Panel]] = word_panels
    content_panels = [
        *BasePage.content_panels,
        PageChooserPanel("parent_topic", "topics.TopicPage"),
        *BasePage.image_panels,
        FieldPanel("body"),
        *word_panels,
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *shared("parent_topic"),
        OwnField("synonyms"),
    ]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def clean(self) -> None:
        super().clean()
        above = self.parent_topic
        for _level in range(MAX_TOPIC_DEPTH):
            if above is None:
                return
            if above.translation_key == self.translation_key:
                raise ValidationError({"parent_topic": _("A topic can't be part of itself.")})
            above = above.parent_topic
        if above is not None:
            raise ValidationError({"parent_topic": _("Topics can be at most three levels deep.")})

    @property
    def synonym_list(self) -> list[str]:
        """The other names."""
        return lines(self.synonyms)

    @property
    def lineage(self) -> list[TopicPage]:
        """The topic and what it is part of, from the inside out. Costs queries unless parents are joined."""
        topics: list[TopicPage] = []
        topic: TopicPage | None = self
        while topic is not None and len(topics) <= MAX_TOPIC_DEPTH:
            topics.append(topic)
            topic = topic.parent_topic
        return topics

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {
            "@type": "CollectionPage",
            "about": {"@type": "Thing", "name": self.title},
            "keywords": self.synonym_list,
        }

    def related_pages(self, visitor: Visitor) -> QuerySet[Page]:
        from cms.topics.pages import neighbours  # it needs the models

        return neighbours(self, visitor)

    def frame_values(self) -> dict[str, Any]:
        return {"wider_topic": self.parent_topic_id} if self.parent_topic_id else {}

    @classmethod
    def frame_pages(cls, **values: Any) -> list[QuerySet[Page]]:
        return [same_works(topic) for topic in values.values()]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.topics.pages import topic_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **topic_context(self, request, context["frame"])}


class PageTopic(Orderable):
    """A page is about a topic. Points at the stock page, so that the base page need not know topics."""

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(TopicPage, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="page_topics")

    panels = [PageChooserPanel("topic", "topics.TopicPage")]

    class Meta(Orderable.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["page", "topic"], name="page_topic_unique")]

    def __str__(self) -> str:
        return str(self.topic)
