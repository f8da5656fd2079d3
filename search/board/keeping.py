"""What the board and the statistics forget: what is old, and terms that find something by now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from access.visitor import Visitor
from search.exceptions import EngineUnavailableError
from search.models import SearchDay, WantedTerm
from search.parameters import Parameters
from search.results import finds

LOOKED_AT = 500
"""Terms that are searched for again in one night, those wanted most."""


def keep_quietly() -> None:
    """The job of every night."""
    forget_old()
    forget_found()


def forget_old() -> None:
    """Forgets days, and terms that nobody asked for since, after ``SEARCH_STATISTICS_DAYS``."""
    last = timezone.now().date() - timedelta(days=settings.SEARCH_STATISTICS_DAYS)
    SearchDay.objects.filter(day__lt=last).delete()
    WantedTerm.objects.filter(last_day__lt=last).delete()


def forget_found() -> None:
    """Forgets terms that anybody finds something for by now."""
    rows = WantedTerm.objects.all()[:LOOKED_AT]
    lacking = {row.pk for row in still_lacking(rows)}
    WantedTerm.objects.filter(pk__in=[row.pk for row in rows if row.pk not in lacking]).delete()


def still_lacking(rows: Iterable[WantedTerm]) -> list[WantedTerm]:
    """Those of ``rows`` that find nothing now, for anybody; all that are left where the engine can't answer.

    Searched as a stranger, whoever asks: a term that only a restricted page has must look like one that no page has.
    """
    stranger, left = Visitor(), list(rows)
    lacking: list[WantedTerm] = []
    try:
        while left:
            if not finds(Parameters(q=left[0].query, language=left[0].language), stranger):
                lacking.append(left[0])
            left.pop(0)
    except EngineUnavailableError:
        pass
    return lacking + left
