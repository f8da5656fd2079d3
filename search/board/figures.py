"""What the days of searches add up to: numbers, and how long searches took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.utils import timezone

from search.models import SearchDay

DAYS_SHOWN = 30


@dataclass(frozen=True)
class Figures:
    """Numbers of searches: all, without a result, answered by the reduced search, with another spelling offered.

    ``median`` and ``slow`` (95 of 100 were not slower) are milliseconds, rounded up to a step; None for no search.
    """

    searches: int
    nothing: int
    reduced: int
    suggested: int
    median: int | None
    slow: int | None

    @classmethod
    def of(cls, days: Iterable[SearchDay]) -> Self:
        """Those of ``days`` together."""
        days = list(days)
        times: Counter[str] = Counter()
        for day in days:
            times.update(day.times)
        return cls(
            searches=sum(day.searches for day in days),
            nothing=sum(day.nothing for day in days),
            reduced=sum(day.reduced for day in days),
            suggested=sum(day.suggested for day in days),
            median=at_most(times, 50),
            slow=at_most(times, 95),
        )


def last_days() -> list[SearchDay]:
    """The last thirty days, the newest first, in every language."""
    return list(SearchDay.objects.filter(day__gt=timezone.now().date() - timedelta(days=DAYS_SHOWN)))


def by_language(days: Iterable[SearchDay]) -> dict[str, Figures]:
    """The figures of each language."""
    found: dict[str, list[SearchDay]] = {}
    for day in days:
        found.setdefault(day.language, []).append(day)
    return {language: Figures.of(several) for language, several in sorted(found.items())}


def at_most(times: Mapping[str, int], share: int) -> int | None:
    """The step of milliseconds that ``share`` of 100 searches did not pass."""
    wanted = sum(times.values()) * share / 100
    behind = 0
    for step, count in sorted((int(step), count) for step, count in times.items()):
        behind += count
        if behind >= wanted:
            return step
    return None
