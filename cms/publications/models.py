"""Publications: one work, its description and its files in each language."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, Revision

from cms.core.blocks import LONG_BODY_BLOCKS
from cms.core.languages import language_choices
from cms.core.models import BasePage, PublicationKind
from cms.core.richtext import LONG_TEXT_FEATURES
from cms.core.translatable import OwnField, shared
from cms.glossary.panels import TERM_PANELS
from cms.publications.panels import AddFilesPanel, NewVersionPanel
from cms.topics.panels import TOPIC_PANELS
from documents.rights import LICENCE_URLS, Licence

if TYPE_CHECKING:
    from wagtail.admin.panels import Panel

    from cms.core.files import FileRow
    from cms.core.frame import Frame


LICENCES = [
    ("", _("All rights reserved")),
    *((licence.value, licence.label) for licence in Licence if licence.value in LICENCE_URLS),
]
"""Under what terms others may use a publication: nothing stated, or those of Creative Commons that a file may have."""


class PartnerBlock(blocks.StructBlock):
    """Somebody who took part."""

    name = blocks.CharBlock(label=_("Name"), max_length=200)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        label = _("Partner")
        icon = "group"
        description = _("An organisation that took part in the publication.")
        template = "cms_core/blocks/partner.html"
        preview_value = {"name": "Impunity Watch", "url": ""}


class ChangeNoteBlock(blocks.StructBlock):
    """What changed after the first publication."""

    date = blocks.DateBlock(label=_("Date"))
    text = blocks.TextBlock(label=_("What changed"), rows=2)
    is_major = blocks.BooleanBlock(
        label=_("Major change"), required=False, help_text=_("Moves the date that readers see as “updated”.")
    )

    class Meta:
        label = _("Change")
        icon = "edit"
        description = _("A change that readers should know of.")
        template = "cms_core/blocks/change_note.html"
        preview_value = {"date": "2025-05-14", "text": "Section 4.3 was rewritten.", "is_major": True}


class PublicationIndexPage(BasePage):
    """All publications, newest first, with filters."""

    parent_page_types = ["home.HomePage", "cms_core.SectionPage"]
    subpage_types = ["publications.PublicationPage"]

    class Meta:
        verbose_name = _("list of publications")
        verbose_name_plural = _("lists of publications")

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        return {"@type": "CollectionPage"}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.publications.pages import index_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **index_context(self, request, context["frame"])}


class PublicationPage(BasePage):
    """One publication in one language."""

    card_kind: ClassVar[str] = "publication"
    legal_review: ClassVar[bool] = True
    parent_page_types = ["publications.PublicationIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar[list[str]] = ["key", "doi", "isbn"]

    subtitle = models.CharField(_("subtitle"), max_length=255, blank=True)
    kind = models.ForeignKey(
        PublicationKind,
        verbose_name=_("kind"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
    )
    date = models.DateField(_("date"), null=True, blank=True, help_text=_("The date on the title page."))
    publisher = models.CharField(
        _("publisher"), max_length=200, blank=True, help_text=_("Empty: the organisation of the site settings.")
    )
    reference_number = models.CharField(_("reference number"), max_length=60, blank=True)
    isbn = models.CharField("ISBN", max_length=20, blank=True)
    doi = models.CharField("DOI", max_length=120, blank=True, help_text=_("For example 10.5555/report.2025.014."))
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCES, blank=True)
    abstract = RichTextField(_("abstract"), features=LONG_TEXT_FEATURES, blank=True)
    body = StreamField(
        LONG_BODY_BLOCKS,
        verbose_name=_("text"),
        blank=True,
        help_text=_("The publication as a web page, if you have it as one. Files come below."),
    )
    partners = StreamField([("partner", PartnerBlock())], verbose_name=_("partners"), blank=True)
    change_notes = StreamField([("note", ChangeNoteBlock())], verbose_name=_("changes"), blank=True)
    key = models.CharField(_("import key"), max_length=100, blank=True, db_index=True, editable=False)

    file_panels: ClassVar[list[Panel]] = [
        InlinePanel(
            "files",
            heading=_("Files"),
            label=_("File"),
            help_text=_("The files of this language. Readers also see those of the other languages."),
        )
    ]
    translation_own_panels: ClassVar[list[Panel]] = file_panels
    shown_files: Sequence[FileRow] = ()
    """The files that this visitor may read, set when the page is shown."""
    shown_contributors: Sequence[Contributor] = ()
    """Its authors and editors, read once when the page is shown."""

    content_panels = [
        *Page.content_panels,
        FieldPanel("subtitle"),
        *BasePage.summary_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("date")]),
        *file_panels,
        AddFilesPanel(),
        FieldPanel("abstract"),
        InlinePanel("contributors", heading=_("Authors and editors"), label=_("Person or organisation")),
        *TOPIC_PANELS,
        *BasePage.place_panels,
        *TERM_PANELS,
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("publisher"),
                FieldRowPanel([FieldPanel("reference_number"), FieldPanel("isbn"), FieldPanel("doi")]),
                FieldPanel("licence"),
                FieldPanel("partners"),
            ],
            _("Record"),
        ),
        FieldPanel("change_notes"),
        InlinePanel("related_publications", heading=_("Related publications"), label=_("Publication")),
        *BasePage.image_panels,
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        OwnField("files"),
        *shared("kind", "date", "reference_number", "isbn", "doi", "licence", "publisher"),
    ]

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def clean(self) -> None:
        super().clean()
        for name in ("doi", "isbn"):
            value = getattr(self, name)
            if value and self._same_value_elsewhere(name, value):
                raise ValidationError({name: _("Another publication has this number already.")})

    def _same_value_elsewhere(self, name: str, value: str) -> bool:
        others = PublicationPage.objects.filter(**{name: value}, locale_id=self.locale_id)
        return others.exclude(translation_key=self.translation_key).exists()

    @property
    def last_major_change(self) -> datetime.date | None:
        """The day of the newest change that is marked as major."""
        return max((note.value["date"] for note in self.change_notes if note.value["is_major"]), default=None)

    @property
    def changed_at(self) -> datetime.datetime | None:
        """The last major change; a corrected comma is no news."""
        first: datetime.datetime | None = self.first_published_at
        if first is None or self.last_major_change is None:
            return first
        changed = datetime.datetime.combine(self.last_major_change, datetime.time())
        return max(first, timezone.make_aware(changed))

    @property
    def licence_url(self) -> str:
        """The licence's own page; empty where all rights are reserved."""
        return LICENCE_URLS.get(self.licence, "")

    def has_own_files(self) -> bool:
        """Whether this language brings files of its own: then it takes the full editorial way."""
        return self.files.exists()

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        from cms.publications.metadata import structured_data  # it needs the models

        return structured_data(self, frame)

    def citation_names(self, frame: Frame) -> list[tuple[str, str]]:
        from cms.publications.metadata import citation_names  # it needs the models

        return citation_names(self, frame)

    def frame_values(self) -> dict[str, Any]:
        return {"publication": self.pk, "named_work": self.translation_key}

    @classmethod
    def frame_pages(cls, **values: Any) -> list[QuerySet[Page]]:
        from cms.publications.pages import linked_pages  # it needs the models

        return linked_pages(**values)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.publications.pages import publication_context  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        return {**context, **publication_context(self, request, context["frame"])}


class Contributor(Orderable):
    """Who wrote or edited a publication."""

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        EDITOR = "editor", _("Editor")

    page = ParentalKey(PublicationPage, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.AUTHOR)
    is_organisation = models.BooleanField(_("organisation"), default=False)

    panels = [FieldRowPanel([FieldPanel("name"), FieldPanel("role"), FieldPanel("is_organisation")])]

    class Meta(Orderable.Meta):
        verbose_name = _("author or editor")
        verbose_name_plural = _("authors and editors")

    def __str__(self) -> str:
        return self.name


class PublicationFile(Orderable):
    """One file of a publication, in one language."""

    class Role(models.TextChoices):
        FULL = "full", _("Full report")
        SUMMARY = "summary", _("Summary")
        ANNEX = "annex", _("Annex")
        PRESS = "press", _("Press release")
        EASY = "easy", _("Easy to read")
        OTHER = "other", _("Other")

    page = ParentalKey(PublicationPage, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        verbose_name=_("file"),
        on_delete=models.PROTECT,
        related_name="publication_files",
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.FULL)
    label = models.CharField(_("label"), max_length=200, blank=True, help_text=_("Empty: what the role is called."))
    format_group = models.CharField(
        _("same thing as"),
        max_length=60,
        blank=True,
        help_text=_(
            "Files of one language with the same word here are one entry with a link for each format, such as PDF, EPUB "
            "or large print. Empty: an entry of its own."
        ),
    )

    panels = [
        FieldPanel("document"),
        NewVersionPanel(),
        FieldRowPanel([FieldPanel("language"), FieldPanel("role")]),
        FieldRowPanel([FieldPanel("label"), FieldPanel("format_group")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.label or str(self.get_role_display())


class RelatedPublication(Orderable):
    """A publication that readers of another want to know."""

    page = ParentalKey(PublicationPage, on_delete=models.CASCADE, related_name="related_publications")
    publication = models.ForeignKey(
        PublicationPage, verbose_name=_("publication"), on_delete=models.CASCADE, related_name="+"
    )

    panels = [PageChooserPanel("publication", "publications.PublicationPage")]

    class Meta(Orderable.Meta):
        verbose_name = _("related publication")
        verbose_name_plural = _("related publications")

    def __str__(self) -> str:
        return str(self.publication)


class ImportedRow(models.Model):
    """What an import knows of a publication: a row that has the same hash again changes nothing.

    ``pending`` is the revision that it publishes when its files are through their checks, ``pending_hash`` the hash of
    what that revision said. A hash alone is a row that was left to people. ``written_hash`` is what the import wrote last.
    """

    key = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    row_hash = models.CharField(max_length=64)
    page = models.ForeignKey(PublicationPage, on_delete=models.CASCADE, related_name="imported_rows")
    pending = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    pending_hash = models.CharField(max_length=64, blank=True)
    written_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="imported_row_unique")]

    def __str__(self) -> str:
        return f"{self.key}/{self.language}"
