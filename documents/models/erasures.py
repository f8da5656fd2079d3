"""Erasures: who asked, who confirmed, how far it is, and the tombstones that are left of what was destroyed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.exceptions import AppendOnlyError, ClaimLostError

LEASE = timedelta(minutes=10)
"""A run that gave no sign for so long lost its process; the next one goes on where it was."""


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Erasures by their state."""

    def open(self) -> ErasureQuerySet:
        """Those asked for or under way."""
        return self.filter(state__in=(Erasure.State.ASKED, Erasure.State.RUNNING))

    def free(self) -> ErasureQuerySet:
        """Those under way that no process carries on at the moment."""
        now = timezone.now()
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), state=Erasure.State.RUNNING)

    def claim(self, claim: uuid.UUID) -> int:
        """Takes the free ones under the number ``claim``; returns how many."""
        return self.free().update(claim=claim, claimed_until=timezone.now() + LEASE)

    def hold(self, claim: uuid.UUID) -> int:
        """Renews what was taken as ``claim`` and by nobody else since; returns how many."""
        return self.filter(claim=claim).update(claimed_until=timezone.now() + LEASE)


class Erasure(models.Model):
    """The destruction of some versions of files, asked for by one person and confirmed by another.

    ``targets`` are the versions, as ``{"series", "number", "original_sha256", "sha256", "was_public"}``; ``words``
    the fingerprints of what may be found nowhere any more, as ``[number of words, hex]`` (never the words).
    ``found`` and ``left`` count places by ``"model.field"`` where they stood before, and still stand at the end.
    ``keys`` are the storage keys to destroy, ``done`` the names of the steps that are done.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        CANCELLED = "cancelled", _("Cancelled")
        RUNNING = "running", _("Confirmed, under way")
        DONE = "done", _("Done")

    class Scope(models.TextChoices):
        VERSION = "version", _("This version")
        OLDER = "older", _("This version and all before it")
        SERIES = "series", _("All versions")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    scope = models.CharField(max_length=7, choices=Scope.choices, default=Scope.VERSION)
    reason = models.TextField()
    words: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    passages = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED, db_index=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by_name = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who confirmed, or cancelled."""
    decided_by_name = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)
    surveyed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True, editable=False)
    """A new number for each process that takes it: whoever has another one lost it, and writes nothing any more."""
    claimed_until = models.DateTimeField(null=True)
    targets: models.JSONField[Any, Any] = models.JSONField(default=list)
    keys: models.JSONField[Any, Any] = models.JSONField(default=list)
    done: models.JSONField[Any, Any] = models.JSONField(default=list)
    found: models.JSONField[Any, Any] = models.JSONField(default=dict)
    left: models.JSONField[Any, Any] = models.JSONField(default=dict)
    trouble = models.CharField(max_length=100, blank=True)
    """The code of what stopped the last try; empty when it went well."""
    again = models.BooleanField(default=False)
    """Whether it is the repetition of one that the ledger names: a backup brought the file back."""

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="erasure_four_eyes",
                condition=~Q(state__in=("running", "done")) | Q(again=True) | ~Q(asked_by=F("decided_by")),
            ),
            models.UniqueConstraint(
                fields=["series"], condition=Q(state__in=("asked", "running"), again=False), name="erasure_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} v{self.number}"

    def keep(self, *fields: str) -> None:
        """Writes ``fields`` and renews the hold of the process that carries it on.

        Raises ClaimLostError where another one took it over meanwhile.
        """
        self.claimed_until = timezone.now() + LEASE
        values = {name: getattr(self, name) for name in (*fields, "claimed_until")}
        if not Erasure.objects.filter(pk=self.pk, claim=self.claim).update(**values):
            raise ClaimLostError

    def release(self, trouble: str) -> None:
        """Leaves it, as far as it came, for the next try; ``trouble`` is the code of what stopped it."""
        ours = Erasure.objects.filter(pk=self.pk, claim=self.claim)
        self.trouble = trouble[:100]
        if ours.update(claim=None, claimed_until=None, trouble=self.trouble):
            self.claim = self.claimed_until = None


class ErasedDocumentQuerySet(models.QuerySet["ErasedDocument"]):
    """Rows are added and read, never changed or removed."""

    def of_bytes(self, sha256: str) -> ErasedDocumentQuerySet:
        """Those whose upload or public copy had these bytes."""
        return self.filter(Q(original_sha256=sha256) | Q(sha256=sha256))

    def update(self, **values: Any) -> int:
        """Refused: a tombstone stays as it is."""
        raise AppendOnlyError(gettext("A tombstone can't be changed."))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: a tombstone stays."""
        raise AppendOnlyError(gettext("A tombstone can't be removed."))


class ErasedDocument(models.Model):
    """What is left of an erased version: its number, the hashes of its bytes, who destroyed it and why. No word of it."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="tombstones")
    series = models.UUIDField()
    number = models.PositiveIntegerField()
    original_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    was_public = models.BooleanField(default=False)
    asked_by_name = models.CharField(max_length=255, blank=True)
    confirmed_by_name = models.CharField(max_length=255, blank=True)
    reason = models.TextField(blank=True)
    erased_at = models.DateTimeField(default=timezone.now)

    objects = ErasedDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["erased_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="erased_version_unique")]

    def __str__(self) -> str:
        return f"{self.series} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves a new tombstone; raises AppendOnlyError on an existing one."""
        if not self._state.adding:
            raise AppendOnlyError(gettext("A tombstone can't be changed."))
        super().save(*args, **kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Refused: a tombstone stays."""
        raise AppendOnlyError(gettext("A tombstone can't be removed."))
