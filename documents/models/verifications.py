"""What the weekly walk over all stored files found, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(minutes=10)
"""A run that nobody carried on for so long lost its process; the next one takes it over."""


class StorageVerificationQuerySet(models.QuerySet["StorageVerification"]):
    """Runs by their state."""

    def unfinished(self) -> StorageVerificationQuerySet:
        """Those that were begun and not ended."""
        return self.filter(finished_at__isnull=True)

    def finished(self) -> StorageVerificationQuerySet:
        """Those that ended, the newest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at")

    def claim(self) -> int:
        """Takes the runs that nobody else carries on; returns how many."""
        now = timezone.now()
        free = self.unfinished().filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))
        return free.update(claimed_until=now + LEASE)


class StorageVerification(models.Model):
    """One walk: storage keys by what is wrong with them, and the place up to which it came.

    ``section`` counts the kinds of files (``documents.verification.SECTIONS``), ``after`` is the primary key of
    the last row of that kind that was looked at.
    """

    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, db_index=True)
    claimed_until = models.DateTimeField(null=True)
    section = models.PositiveSmallIntegerField(default=0)
    after = models.PositiveBigIntegerField(default=0)
    checked = models.PositiveBigIntegerField(default=0)
    missing: models.JSONField[Any, Any] = models.JSONField(default=list)
    changed: models.JSONField[Any, Any] = models.JSONField(default=list)
    orphaned: models.JSONField[Any, Any] = models.JSONField(default=list)
    removed = models.PositiveBigIntegerField(default=0)

    objects = StorageVerificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.checked} files"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong any more."""
        return not self.missing and not self.changed and len(self.orphaned) == self.removed

    def keep(self) -> None:
        """Writes down how far the run is; it stays ours."""
        self.claimed_until = timezone.now() + LEASE
        self.save()

    def release(self) -> None:
        """Leaves the run, as far as it came, for anyone to carry on."""
        self.claimed_until = None
        self.save()

    def finish(self, when: datetime | None = None) -> None:
        """Ends the run."""
        self.finished_at, self.claimed_until = when or timezone.now(), None
        self.save()
