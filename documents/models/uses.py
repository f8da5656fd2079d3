"""Which revision names which file, and which files were made public when.

These tables and not Wagtail's reference index decide who may read: the index is written later by
the worker, holds saved rows and not the drafts of live pages, and is slow to list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from documents.exceptions import AppendOnlyError
from documents.models.document import Document
from documents.models.images import Image


class DocumentUse(models.Model):
    """A revision of a page names a document. ``page_id`` repeats the revision's object id as a number."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="document_uses")
    page_id = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "document"], name="document_use_unique")]

    def __str__(self) -> str:
        return f"{self.revision_id} uses {self.document_id}"


class ImageUse(models.Model):
    """A revision of a page names an image."""

    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="uses")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="image_uses")
    page_id = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "image"], name="image_use_unique")]

    def __str__(self) -> str:
        return f"{self.revision_id} uses {self.image_id}"


class DocumentReleaseQuerySet(models.QuerySet["DocumentRelease"]):
    """Append-only: rows are added and withdrawn, once; nothing else."""

    def active(self) -> DocumentReleaseQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self) -> DocumentReleaseQuerySet:
        """By time of release; two versions released together, by number."""
        return self.order_by("-released_at", "-document__number")

    def told_first(self) -> DocumentReleaseQuerySet:
        """The first one to everybody before all others: an earlier one to a closed circle is nothing to tell."""
        return self.order_by("-was_public", "released_at")

    def withdraw(self, *, when: datetime, reason: str) -> int:
        """Ends the active ones; returns how many. ``reason`` is public."""
        return super(DocumentReleaseQuerySet, self.active()).update(withdrawn_at=when, reason=reason)

    def update(self, **values: Any) -> int:
        """Refused: a release is a fact."""
        raise AppendOnlyError(gettext("A release is a record; it can be withdrawn, not changed."))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: a release is a fact."""
        raise AppendOnlyError(gettext("A release is a record; it can be withdrawn, not deleted."))


class DocumentRelease(models.Model):
    """A document became public because a revision that names it went live. No release = never public.

    ``page_id`` and ``revision_id`` are plain numbers: the record outlives page and revision.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="releases")
    page_id = models.PositiveBigIntegerField(db_index=True)
    revision_id = models.PositiveBigIntegerField()
    released_at = models.DateTimeField(db_index=True)
    was_public = models.BooleanField(default=False, help_text=_("Anyone could read it when it was released."))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    objects = DocumentReleaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["document", "withdrawn_at"], name="document_release_active")]

    def __str__(self) -> str:
        return f"{self.document_id} at {self.released_at:%Y-%m-%d %H:%M}"

    @property
    def anyone_could_read(self) -> bool:
        """Whether there was a time when everybody read the document because of it: not, if its embargo outlasted it.

        An embargo that was set when the document was public already takes nothing of that back.
        """
        delayed = self.document.delayed_until
        return self.was_public and (delayed is None or delayed <= (self.withdrawn_at or timezone.now()))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves a new release; raises AppendOnlyError on an existing one."""
        if not self._state.adding:
            raise AppendOnlyError(gettext("A release is a record; it can be withdrawn, not changed."))
        super().save(*args, **kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Refused: a release is a fact."""
        raise AppendOnlyError(gettext("A release is a record; it can be withdrawn, not deleted."))
