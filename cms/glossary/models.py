"""The glossary: terms with their definitions, and which pages use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable

from cms.core.models import BasePage
from cms.core.richtext import LINE_FEATURES, LONG_TEXT_FEATURES
from cms.core.translatable import OwnField
from cms.topics.models import lines

if TYPE_CHECKING:
    from wagtail.admin.panels import Panel

    from cms.core.frame import Frame


class GlossaryIndexPage(BasePage):
    """All terms from A to Z."""

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["glossary.GlossaryTermPage"]

    class Meta:
        verbose_name = _("glossary")
        verbose_name_plural = _("glossaries")

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {"@type": ["CollectionPage", "DefinedTermSet"]}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.glossary.pages import index_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **index_context(self, request, context["frame"])}


class SourceBlock(blocks.StructBlock):
    """Where a definition comes from."""

    text = blocks.RichTextBlock(label=_("Source"), features=LINE_FEATURES)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        label = _("Source")
        icon = "link"
        description = _("A treaty, a judgment or a book.")
        template = "cms_core/blocks/source.html"
        preview_value = {"text": "<p>Rome Statute, article 7</p>", "url": ""}


class GlossaryTermPage(BasePage):
    """One term. Its title is the term, its summary the short definition."""

    card_kind: ClassVar[str] = "term"
    parent_page_types = ["glossary.GlossaryIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    abbreviation = models.CharField(_("abbreviation"), max_length=40, blank=True, help_text=_("For example ICC."))
    variants = models.TextField(
        _("variants"),
        blank=True,
        help_text=_("Other forms of the term, one per line: plurals, inflections, spellings. Search finds them too."),
    )
    body = RichTextField(_("full text"), features=LONG_TEXT_FEATURES, blank=True)
    sources = StreamField([("source", SourceBlock())], verbose_name=_("sources"), blank=True)
    terms_not_to_use = models.TextField(
        _("terms not to use"), blank=True, help_text=_("One per line. Translators are warned of them.")
    )

    word_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("abbreviation"), FieldPanel("variants"), FieldPanel("terms_not_to_use")], _("Words")
        )
    ]
    translation_own_panels: ClassVar[list[Panel]] = word_panels
    content_panels = [
        *BasePage.content_panels,
        *word_panels,
        FieldPanel("body"),
        FieldPanel("sources"),
        InlinePanel("see_also", heading=_("See also"), label=_("Term")),
        InlinePanel("topics", heading=_("Topics"), label=_("Topic")),
    ]
    # Inflections and words to avoid differ from one language to the next, in number too.
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *(OwnField(name) for name in ("abbreviation", "variants", "terms_not_to_use")),
    ]

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")

    @property
    def variant_list(self) -> list[str]:
        """Other forms of the term."""
        return lines(self.variants)

    @property
    def avoid_list(self) -> list[str]:
        """Terms not to use."""
        return lines(self.terms_not_to_use)

    def shown_anyway(self) -> list[QuerySet[Any]]:
        return [PageTerm.objects.filter(term__translation_key=self.translation_key).values("page__translation_key")]

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {
            "@type": "DefinedTerm",
            "alternateName": [name for name in (self.abbreviation, *self.variant_list) if name],
            "inDefinedTermSet": frame.request.build_absolute_uri(frame.list_url(GlossaryIndexPage)),
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.glossary.pages import term_context  # it needs the models

        return {**super().get_context(request, *args, **kwargs), **term_context(self, request)}


class SeeAlso(Orderable):
    """A term that helps to understand another."""

    page = ParentalKey(GlossaryTermPage, on_delete=models.CASCADE, related_name="see_also")
    term = models.ForeignKey(GlossaryTermPage, verbose_name=_("term"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("term", "glossary.GlossaryTermPage")]

    class Meta(Orderable.Meta):
        verbose_name = _("see also")
        verbose_name_plural = _("see also")

    def __str__(self) -> str:
        return str(self.term)


class PageTerm(Orderable):
    """A page uses a term. Points at the stock page, as topics do."""

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="glossary_terms")
    term = models.ForeignKey(
        GlossaryTermPage, verbose_name=_("term"), on_delete=models.CASCADE, related_name="page_terms"
    )

    panels = [PageChooserPanel("term", "glossary.GlossaryTermPage")]

    class Meta(Orderable.Meta):
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="page_term_unique")]

    def __str__(self) -> str:
        return str(self.term)
