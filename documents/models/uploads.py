"""Files on their way in: what arrived so far, whose it is, and what was said of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from wagtail.models import Page


class PendingUploadQuerySet(models.QuerySet["PendingUpload"]):
    """Uploads by whose they are and how old."""

    def touched_before(self, moment: datetime) -> Self:
        """Those that nobody carried on since ``moment``."""
        return self.filter(touched_at__lt=moment)


class PendingUpload(models.Model):
    """A file that arrives in pieces and waits to be filed. Its bytes lie on the disk (``documents.adding.pending``).

    How much has arrived is the length of that file and nothing else, so that the two can't differ.
    """

    class State(models.TextChoices):
        ARRIVING = "arriving"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """The page that the file is meant for; none for a file by itself."""
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField()
    modified = models.CharField(max_length=20, blank=True)
    """When the file was changed, as its browser says: tells it from another one of the same name and length."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.ARRIVING)
    refusal = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    guessed_title = models.CharField(max_length=255, blank=True)
    """The title in the file's own properties."""
    guessed_language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = PendingUploadQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "name"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_accepted(self) -> bool:
        """Whether it may be filed."""
        return bool(self.state == self.State.ACCEPTED)

    @property
    def is_refused(self) -> bool:
        """Whether intake refused it; ``refusal`` says why."""
        return bool(self.state == self.State.REFUSED)


class DirectUpload(models.Model):
    """One upload that goes past our processes into the bucket (``documents.quarantine``); no row once it is filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
