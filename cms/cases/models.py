"""Cases: what the organisation does, with the documents, terms and topics that belong to it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager

from cms.core.blocks import BODY_BLOCKS
from cms.core.models import BasePage, BasePageQuerySet, Place, WorkKind, naming, within
from cms.core.models.base import PLACE_LEVELS, TOPIC_LEVELS
from cms.core.relations import same_works
from cms.core.translatable import shared
from cms.glossary.panels import TERM_PANELS
from cms.publications.models import PublicationPage
from cms.topics.models import TopicPage
from cms.topics.panels import TOPIC_PANELS

if TYPE_CHECKING:
    from cms.core.frame import Frame


class CaseQuerySet(BasePageQuerySet):
    """A case's main topic and own place count, named among its topics and places or not."""

    def about(self, topic_keys: QuerySet[Any] | list[Any]) -> Self:
        wanted = within("parent_topic", topic_keys, TOPIC_LEVELS)
        main = TopicPage.objects.filter(wanted).order_by().values("pk")
        named = Page.objects.filter(naming("topics", "topic", wanted)).order_by().values("pk")
        return self.filter(Q(pk__in=named) | Q(main_topic__in=main))

    def at(self, place_keys: QuerySet[Any] | list[Any]) -> Self:
        wanted = within("parent", place_keys, PLACE_LEVELS)
        own = Place.objects.filter(wanted).order_by().values("pk")
        named = Page.objects.filter(naming("places", "place", wanted)).order_by().values("pk")
        return self.filter(Q(pk__in=named) | Q(place__in=own))


class CaseIndexPage(BasePage):
    """All cases, with filters."""

    parent_page_types = ["home.HomePage", "cms_core.SectionPage"]
    subpage_types = ["cases.CasePage"]

    class Meta:
        verbose_name = _("list of cases")
        verbose_name_plural = _("lists of cases")

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {"@type": "CollectionPage"}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.cases.pages import index_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **index_context(self, request, context["frame"])}


class CasePage(BasePage):
    """A case, a project or a programme."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ONGOING = "ongoing", _("Ongoing")
        CLOSED = "closed", _("Closed")

    card_kind: ClassVar[str] = "case"
    legal_review: ClassVar[bool] = True
    parent_page_types = ["cases.CaseIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    subtitle = models.CharField(_("subtitle"), max_length=255, blank=True)
    work_kind = models.ForeignKey(
        WorkKind,
        verbose_name=_("kind of work"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    main_topic = models.ForeignKey(
        TopicPage, verbose_name=_("main topic"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    place = models.ForeignKey(
        Place,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        help_text=_("Named above the text and shown on the map."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, blank=True)
    start_date = models.DateField(_("start"), null=True, blank=True)
    end_date = models.DateField(_("end"), null=True, blank=True)
    body = StreamField(BODY_BLOCKS, verbose_name=_("text"), blank=True)

    objects: ClassVar[Any] = PageManager.from_queryset(CaseQuerySet, class_name="CaseManager")()

    content_panels = [
        *Page.content_panels,
        FieldPanel("subtitle"),
        *BasePage.summary_panels,
        MultiFieldPanel(
            [FieldPanel("place"), FieldPanel("work_kind"), PageChooserPanel("main_topic", "topics.TopicPage")],
            _("Line below the title"),
            help_text=_("Only what is filled in is shown. Each part leads to all cases of the same kind."),
        ),
        FieldRowPanel([FieldPanel("status"), FieldPanel("start_date"), FieldPanel("end_date")]),
        FieldPanel("body"),
        InlinePanel("documents", heading=_("Documents"), label=_("Publication or file")),
        *TERM_PANELS,
        *TOPIC_PANELS,
        *BasePage.place_panels,
        *BasePage.image_panels,
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *shared("work_kind", "main_topic", "place", "status", "start_date", "end_date"),
    ]

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")

    def clean(self) -> None:
        super().clean()
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValidationError({"end_date": _("The end lies before the start.")})

    @property
    def date(self) -> datetime.date | None:
        """The date that lists show."""
        return self.start_date

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {
            "@type": "Article",
            "headline": self.title,
            "alternativeHeadline": self.subtitle,
            "author": {"@type": "Organization", "name": frame.publisher},
        }

    def subjects(self) -> dict[str, list[int]]:
        named = {"topics": self.main_topic_id, "places": self.place_id}
        return {relation: [pk] for relation, pk in named.items() if pk is not None}

    def shown_anyway(self) -> list[QuerySet[Any]]:
        named = CaseDocument.objects.filter(page=self.pk, publication__isnull=False)
        return [named.values("publication__translation_key")]

    def frame_values(self) -> dict[str, Any]:
        return {"main_topic": self.main_topic_id} if self.main_topic_id else {}

    @classmethod
    def frame_pages(cls, **values: Any) -> list[QuerySet[Page]]:
        return [same_works(topic) for topic in values.values()]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.cases.pages import case_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **case_context(self, request, context["frame"])}


class CaseDocument(Orderable):
    """What belongs to a case: a publication (the work, in whatever language there is) or a single file."""

    page = ParentalKey(CasePage, on_delete=models.CASCADE, related_name="documents")
    publication = models.ForeignKey(
        PublicationPage,
        verbose_name=_("publication"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="case_documents",
    )
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="case_documents",
    )
    label = models.CharField(_("label"), max_length=200, blank=True, help_text=_("For files: empty means its title."))

    panels = [
        PageChooserPanel("publication", "publications.PublicationPage"),
        FieldPanel("document"),
        FieldPanel("label"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(publication__isnull=True, document__isnull=False)
                | Q(publication__isnull=False, document__isnull=True),
                name="case_document_one_target",
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.publication or self.document)

    def clean(self) -> None:
        super().clean()
        if bool(self.publication_id) == bool(self.document_id):
            raise ValidationError(_("Choose either a publication or a file."))
