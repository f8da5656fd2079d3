"""The home page of a language, below which its whole tree lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from cms.core.models import BasePage
from cms.core.richtext import TEXT_FEATURES

if TYPE_CHECKING:
    from cms.core.frame import Frame


class HomePage(BasePage):
    """What a reader sees first: search, what is new, the topics."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "cms_core.SectionPage",
        "topics.TopicIndexPage",
        "glossary.GlossaryIndexPage",
        "publications.PublicationIndexPage",
        "cases.CaseIndexPage",
    ]

    headline = models.CharField(
        _("headline"),
        max_length=120,
        blank=True,
        help_text=_("The large words above the search. Empty means the title, which menus and the browser's tab show."),
    )
    intro = RichTextField(
        _("introduction"), features=TEXT_FEATURES, blank=True, help_text=_("Two or three sentences beside the search.")
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        InlinePanel("highlights", heading=_("Highlights"), label=_("Page"), max_num=6),
        *BasePage.image_panels,
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        """The site itself, with the way to search it."""
        return {
            "@type": "WebSite",
            "name": frame.site_name,
            "isPartOf": None,
            "potentialAction": {
                "@type": "SearchAction",
                "target": frame.request.build_absolute_uri(frame.search_url) + "?q={query}",
                "query-input": "required name=query",
            },
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.pages import home_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **home_context(self, request, context["frame"])}


class Highlight(Orderable):
    """A page that the home page shows first."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="highlights")
    page = models.ForeignKey("wagtailcore.Page", verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("page")]

    class Meta(Orderable.Meta):
        verbose_name = _("highlight")
        verbose_name_plural = _("highlights")

    def __str__(self) -> str:
        return str(self.page)
