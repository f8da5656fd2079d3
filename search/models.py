"""The outbox: what has to be written to the index, kept in the same transaction as the change itself. Rebuilds. And
what is counted of searches."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SearchOutbox(models.Model):
    """One change of one thing, waiting. ``key`` is ``<translation_key>/<locale>``; a key may have many rows."""

    key = models.CharField(max_length=60)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=100, blank=True)
    parked = models.BooleanField(default=False)
    may_hide = models.BooleanField(default=True)
    """Whether the change may keep somebody from the thing who might find it before."""
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["key"]),
            models.Index(fields=["parked", "not_before"]),
            models.Index(fields=["may_hide", "key"]),
            models.Index(fields=["parked", "noted_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.attempts})"


class SearchVocabulary(models.Model):
    """The words by which compounds are split, frozen when the index was last built; and those of the time before.

    Row 1 is in use, row 2 is for going back. ``counts`` has each word with how often it was there; ``stamp`` names them.
    """

    stamp = models.CharField(max_length=16, blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.stamp


class SearchWord(models.Model):
    """A word of what anybody may read, as it is written, and how many things have it. Misspelled words of a query are
    compared with it."""

    language = models.CharField(max_length=2)
    word = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="search_word_unique")]

    def __str__(self) -> str:
        return self.word


class WordBearer(models.Model):
    """The words for which a public thing was counted in ``SearchWord``, with spaces between them. ``key`` is empty for
    the names in vocabularies. Without a language it says who is reading a thing's words for a count (``words.refresh``)."""

    key = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="search_bearer_unique")]

    def __str__(self) -> str:
        return self.key


class SearchClock(models.Model):
    """The last version that was given out; a single row. Versions grow, whatever the clocks of the machines say."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class SearchRebuild(models.Model):
    """One rebuild of the index, or one way back to the index before; asked for, running or over."""

    class Kind(models.TextChoices):
        REBUILD = "rebuild", _("Rebuild")
        ROLLBACK = "rollback", _("Way back")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        INTERRUPTED = "interrupted", _("interrupted")

    BEATS_WITHIN = timedelta(minutes=10)
    """A rebuild that gives no sign of life for longer was killed."""

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REBUILD)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # what was done stays known when an account goes
        related_name="+",
    )
    forced = models.BooleanField(default=False)
    target = models.CharField(max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="search_one_rebuild"),
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="waiting"), name="search_one_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    def is_dead(self, now: datetime) -> bool:
        """Whether it says that it runs, and doesn't."""
        return self.state == self.State.RUNNING and (self.beat_at is None or self.beat_at < now - self.BEATS_WITHIN)


class WantedTerm(models.Model):
    """What readers looked for and nothing was found, from five people of one day on; ``people`` grows by fives.

    ``language`` is that of the page or answer. Days, no time of day: nothing here tells when one person searched.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ADOPTED = "adopted", _("waits for approval in the glossary")
        IGNORED = "ignored", _("ignored")

    language = models.CharField(max_length=15)
    query = models.CharField(max_length=80)
    people = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    adopted_by = models.CharField(max_length=60, blank=True)
    """The key of the glossary term whose draft has it."""

    class Meta:
        verbose_name = _("word that readers looked for")
        verbose_name_plural = _("words that readers looked for")
        ordering = ["-people", "-last_day", "query", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["language", "query"], name="search_wanted_unique"),
            models.CheckConstraint(condition=models.Q(people__gte=5), name="search_wanted_by_five"),
        ]

    def __str__(self) -> str:
        return self.query


class SearchPromotion(models.Model):
    """A page that stands on top where somebody searches for exactly ``query`` and may see it.

    ``kind`` and ``key`` say which, as in the index: what goes away is shown to nobody, and comes back by itself.
    """

    language = models.CharField(max_length=15)
    query = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=60)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,  # what was decided stays when an account goes
        related_name="+",
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("page on top of a search")
        verbose_name_plural = _("pages on top of a search")
        ordering = ["query", "language"]
        constraints = [models.UniqueConstraint(fields=["language", "query"], name="search_promotion_unique")]

    def __str__(self) -> str:
        return self.query


class SearchDay(models.Model):
    """The searches of one day in one language, as numbers. ``times`` has how many took at most so many milliseconds."""

    day = models.DateField()
    language = models.CharField(max_length=15)
    searches = models.PositiveIntegerField(default=0)
    nothing = models.PositiveIntegerField(default=0)
    reduced = models.PositiveIntegerField(default=0)
    suggested = models.PositiveIntegerField(default=0)
    times = models.JSONField(default=dict)

    class Meta:
        ordering = ["-day", "language"]
        constraints = [models.UniqueConstraint(fields=["day", "language"], name="search_day_unique")]

    def __str__(self) -> str:
        return f"{self.day} {self.language}"
