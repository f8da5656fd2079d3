"""Counts searches in memory, and writes the numbers once a minute, after an answer has left.

No search waits for the database because it is counted: an import may hold SQLite's lock for writing. What a process has
in memory when it ends is lost; fewer are counted then, never more.
"""

from __future__ import annotations

import logging
import threading
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from search.board.people import PEOPLE, completes_five, is_reader
from search.board.terms import is_fresh, term_of
from search.models import SearchDay, WantedTerm
from search.patience import impatient
from search.results import Answer

logger = logging.getLogger(__name__)

WRITTEN_EVERY = 60
"""Seconds."""
STEPS = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000)
"""Milliseconds: a time counts under the next of these. Many days and processes are added up so, without single times."""


@dataclass
class Tally:
    """Searches of one day in one language."""

    searches: int = 0
    nothing: int = 0
    reduced: int = 0
    suggested: int = 0
    times: Counter[int] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Adds the numbers of ``other``."""
        self.searches += other.searches
        self.nothing += other.nothing
        self.reduced += other.reduced
        self.suggested += other.suggested
        self.times += other.times


@dataclass
class _Numbers:
    """What waits to be written. ``terms`` are complete fives of people, by (language, term)."""

    days: dict[tuple[date, str], Tally] = field(default_factory=dict)
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    since: float = 0

    def add(self, other: _Numbers) -> None:
        if not self:
            self.since = time.monotonic()
        for key, tally in other.days.items():
            self.days.setdefault(key, Tally()).add(tally)
        self.terms += other.terms

    def __bool__(self) -> bool:
        return bool(self.days)


_waiting = _Numbers()
_lock = threading.Lock()


def note(request: HttpRequest, found: Answer) -> None:
    """Counts a search that a reader just made; changes of filters, further pages, staff and robots don't count."""
    parameters = found.parameters
    is_counted = settings.SEARCH_STATISTICS_DAYS and is_fresh(parameters) and not found.query.is_blank
    if not is_counted or not is_reader(request):
        return
    tally = Tally(1, int(not found.total), int(found.reduced), int(bool(found.suggestion)))
    tally.times[_step(found.took_ms)] = 1
    seen = _Numbers({(timezone.now().date(), parameters.language): tally})
    term = term_of(parameters) if _lacks(found) else ""
    if term and completes_five(parameters.language, term, request):
        seen.terms[parameters.language, term] = PEOPLE
    with _lock:
        _waiting.add(seen)


def write_if_due(**_signal: object) -> None:
    """Writes the numbers when a minute is over; called when an answer has left."""
    if _waiting and time.monotonic() - _waiting.since >= WRITTEN_EVERY:
        write()


def write() -> None:
    """Adds the numbers that wait to those in the database. Where that can't be done now, they wait on."""
    global _waiting  # one for the process, as the memory that it stands for
    with _lock:
        taken, _waiting = _waiting, _Numbers()
    try:
        with impatient(), transaction.atomic():
            for (day, language), tally in sorted(taken.days.items(), key=lambda each: each[0]):
                _write_day(day, language, tally)
            for (language, term), people in sorted(taken.terms.items()):
                _write_term(language, term, people)
    except DatabaseError as err:
        logger.warning("Statistics wait.", extra={"event": "search_statistics_wait", "reason": type(err).__name__})
        with _lock:
            _waiting.add(taken)


def forget() -> None:
    """Forgets what waits; for tests."""
    global _waiting
    _waiting = _Numbers()


def _lacks(found: Answer) -> bool:
    """Whether it is sure that there is nothing for what was asked: the whole index was looked at, for every word."""
    return not (found.total or found.reduced or found.partial or found.unknown or found.promoted)


def _step(took_ms: int) -> int:
    return STEPS[min(bisect_left(STEPS, took_ms), len(STEPS) - 1)]


def _write_day(day: date, language: str, tally: Tally) -> None:
    SearchDay.objects.bulk_create([SearchDay(day=day, language=language)], ignore_conflicts=True)
    row = SearchDay.objects.select_for_update().get(day=day, language=language)
    row.searches += tally.searches
    row.nothing += tally.nothing
    row.reduced += tally.reduced
    row.suggested += tally.suggested
    for step, count in tally.times.items():
        row.times[str(step)] = row.times.get(str(step), 0) + count
    row.save()


def _write_term(language: str, term: str, people: int) -> None:
    today = timezone.now().date()
    row, is_new = WantedTerm.objects.get_or_create(
        language=language, query=term, defaults={"people": people, "first_day": today, "last_day": today}
    )
    if not is_new:
        WantedTerm.objects.filter(pk=row.pk).update(people=F("people") + people, last_day=today)
