"""What processing makes of a document: text, search tokens, pictures of pages, verdicts."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents import wording
from documents.models.document import Document, document_storage


def derived_key(instance: models.Model, filename: str) -> str:
    """A storage key for what was made of a document; tells nothing about it."""
    return f"derived/{uuid.uuid4()}"


class DocumentPageText(models.Model):
    """The text of one page (pages count from 1), in its detected language.

    ``layout`` says where each word stands on the page (``documents.extraction.layout``), some kB; only the
    reader wants it, so defer it elsewhere. Empty where the file has no pages to draw.
    """

    class Source(models.TextChoices):
        TEXT = "text", _("Text layer")
        OCR = "ocr", _("Recognised from the picture")
        NONE = "none", _("No text")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="page_texts")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=10, blank=True)
    text = models.TextField(blank=True)
    source = models.CharField(max_length=4, choices=Source.choices, default=Source.TEXT)
    layout = models.BinaryField(default=b"", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_page_unique")]
        ordering = ["document", "number"]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.number}"


class DocumentOutline(models.Model):
    """The contents that the file itself names: ``entries`` are ``[depth, page, title]`` in its order, both from 1.

    No row where it names none, and for files that were read before outlines were (until ``reextract``).
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="outline")
    entries: models.JSONField[Any, Any] = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.document_id)


class DocumentTokens(models.Model):
    """The text of all pages as packed search tokens (``search.pages.pack``)."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="tokens")
    blob = models.BinaryField()

    def __str__(self) -> str:
        return str(self.document_id)


class DocumentImage(models.Model):
    """A picture drawn from a document: its cover, or page ``number``, to fit a column or large (WebP).

    ``width`` and ``height`` are its pixels, ``size`` its bytes, 0 where it was drawn before they were noted.

    Or, for an office file, what its pages are drawn from: the preview that was made of it (PDF, without a
    width). It is made once, so that a page keeps its number, and is never served itself.
    """

    class Kind(models.TextChoices):
        COVER = "cover", _("Cover")
        PAGE = "page", _("Page")
        LARGE = "large", _("Page, large")
        PDF = "pdf", _("Preview as PDF")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="drawn_images")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    number = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=document_storage, upload_to=derived_key, max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "kind", "number", "width"], name="document_image_unique")
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.kind}/{self.number}"


class DocumentCheckQuerySet(models.QuerySet["DocumentCheck"]):
    """Verdicts by what they mean for approval."""

    def blocking(self) -> DocumentCheckQuerySet:
        """Blocked and not overridden."""
        return self.filter(state=DocumentCheck.State.BLOCKED, override_reason="")


class DocumentCheck(models.Model):
    """The verdict of one safety check on one document.

    ``name`` is a code of ``documents.wording``; ``detail`` a sentence (msgid) of its own, empty for the code's.
    ``places`` is a list of ``{"page": n, "box": [x0, y0, x1, y1], "words": "…"}``, in points from the upper left of
    the page as shown. In order with places: it was in the upload, and the public copy is without it.
    """

    class State(models.TextChoices):
        OK = "ok", _("In order")
        WARNING = "warning", _("Warning")
        BLOCKED = "blocked", _("Blocked")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="checks")
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=7, choices=State.choices)
    detail = models.TextField(blank=True)
    places: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    gate = models.PositiveSmallIntegerField(default=0)
    """With ``wording.INSPECTED``: the version of the gate that looked last (``extraction.inspection.GATE``)."""
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    override_reason = models.TextField(blank=True)
    logged_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When the log and when Legal's mail said that it blocks a public file (``safety.tell_findings``)."""

    objects = DocumentCheckQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "name"], name="document_check_unique")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.name}: {self.state}"

    @property
    def blocks(self) -> bool:
        """Whether this verdict keeps a page from being approved."""
        return bool(self.state == self.State.BLOCKED and not self.override_reason)

    @property
    def stamp(self) -> str:
        """What it says, as a form remembers it: whoever decides decides about that, and about nothing that came after."""
        seen = json.dumps([self.state, self.detail, self.places], sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()

    @property
    def label(self) -> str:
        """What was looked for, translated."""
        return wording.label(self.name)

    @property
    def sentence(self) -> str:
        """What was found, translated."""
        return wording.sentence(self.name, self.detail, removed=self.state == self.State.OK)

    @property
    def remedy(self) -> str:
        """What to do about it, translated; empty where nothing has to be done."""
        return (
            gettext(wording.wording(self.name).remedy)
            if self.state != self.State.OK and wording.wording(self.name).remedy
            else ""
        )
