"""How far the recognition of text in scans and pictures has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models.document import Document


class DocumentRecognitionQuerySet(models.QuerySet["DocumentRecognition"]):
    """The verbs that move the recognition of a document through its life."""

    def unfinished(self, lost_before: datetime) -> DocumentRecognitionQuerySet:
        """Those that wait, and those whose worker gave no sign since ``lost_before``."""
        state = DocumentRecognition.State
        return self.filter(Q(state=state.WAITING) | Q(state=state.RUNNING, touched_at__lt=lost_before))

    def retry(self) -> int:
        """Puts those that failed, in whole or in part, back to waiting; returns how many."""
        state = DocumentRecognition.State
        return self.filter(Q(state__in=(state.FAILED, state.UNAVAILABLE)) | ~Q(failed_pages={})).update(
            state=state.WAITING, reason="", **DocumentRecognition.FRESH
        )


class DocumentRecognition(models.Model):
    """How far the recognition of a document's pages without text has come. It begins when the document is ready.

    ``reason`` is an English msgid; ``failed_pages`` maps page numbers to codes of errors; ``seconds`` is
    what ``pages_read`` pages took. ``at_page`` is the page in hand, ``tries`` how often it was begun.
    """

    class State(models.TextChoices):
        NOT_NEEDED = "not_needed", _("Not needed")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNAVAILABLE = "unavailable", _("Not available")

    FRESH = {"failed_pages": {}, "seconds": 0, "pages_read": 0, "at_page": 0, "tries": 0, "touched_at": None}

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="recognition")
    state = models.CharField(max_length=11, choices=State.choices, default=State.NOT_NEEDED, db_index=True)
    reason = models.TextField(blank=True)
    failed_pages: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    seconds = models.FloatField(default=0)
    pages_read = models.PositiveIntegerField(default=0)
    at_page = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentRecognitionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"
