"""The outbox: what has to be written to the index, kept in the same transaction as the change itself."""

from __future__ import annotations

from django.db import models


class SearchOutbox(models.Model):
    """One change of one thing, waiting. ``key`` is ``<translation_key>/<locale>``; a key may have many rows."""

    key = models.CharField(max_length=60)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=100, blank=True)
    parked = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["key"]),
            models.Index(fields=["parked", "not_before"]),
            models.Index(fields=["parked", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.attempts})"


class SearchVocabulary(models.Model):
    """The words by which compounds are split, frozen when the index was last built; a single row.

    ``counts`` has each word with how often it was there; ``stamp`` names them.
    """

    stamp = models.CharField(max_length=16, blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.stamp


class SearchClock(models.Model):
    """The last version that was given out; a single row. Versions grow, whatever the clocks of the machines say."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
