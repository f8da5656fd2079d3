"""Stops asking an engine that doesn't answer, so that readers don't wait for it. Shared through the cache.

Five failures in ten seconds open it for fifteen; then one search tries, and only its success closes it. Writing goes
on as before: the outbox has its own pauses. What a single reader can bring about by odd questions is no failure, or one
of them could take the search from all.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

from search.exceptions import EngineUnavailableError, TooMuchAskedError
from search.memory import safely

T = TypeVar("T")
logger = logging.getLogger(__name__)

FAILURES = 5
WITHIN_SECONDS = 10
OPEN_SECONDS = 15
PROBE_SECONDS = 5
"""A probe that says nothing for so long was killed; another may try."""
_NAMES = ("count", "tripped", "open", "probe")


class Breaker(StrEnum):
    """``trying``: the pause is over, and nobody knows yet whether the engine answers again."""

    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"


def ask(kind: str, question: Callable[[], T], *, counts: bool = True) -> T:
    """The engine's answer to ``question``; ``kind`` names it in the log if it is slow, which holds no word of it.

    ``counts``: whether its failure says something about the engine, and whether it may be the one that tries; not for
    what has very little time or is asked on top of a search.

    Raises EngineUnavailableError where the engine can't answer or isn't asked.
    """
    before = state()
    if not _admits(before, probes=counts):
        raise EngineUnavailableError("The search engine isn't asked at the moment.")
    started = time.monotonic()
    try:
        answer = question()
    except TooMuchAskedError:
        raise
    except EngineUnavailableError:
        if counts:
            _failed()
        raise
    if before == Breaker.TRYING:
        _answered()
    took_ms = round((time.monotonic() - started) * 1000)
    if took_ms >= settings.SEARCH_SLOW_MS:
        logger.warning("A search was slow.", extra={"event": "search_slow", "kind": kind, "took_ms": took_ms})
    return answer


def state() -> Breaker:
    """How the breaker stands; closed where the cache can't say."""
    _count, tripped, is_open, _probe = _marks()
    marks: dict[str, int] = safely(lambda: cache.get_many([tripped, is_open]), {})
    if is_open in marks:
        return Breaker.OPEN
    return Breaker.TRYING if tripped in marks else Breaker.CLOSED


def _marks() -> tuple[str, ...]:
    """Keys in the cache; sites that share one don't share an engine."""
    engine = f"{settings.SEARCH_URL} {settings.SEARCH_INDEX_PREFIX} {settings.SEARCH_DIR}"
    digest = hashlib.sha256(engine.encode()).hexdigest()[:16]
    return tuple(f"search.breaker.{digest}.{name}" for name in _NAMES)


def _admits(now: Breaker, *, probes: bool) -> bool:
    if now == Breaker.TRYING:
        return probes and safely(lambda: cache.add(_marks()[-1], 1, PROBE_SECONDS), True)
    return now == Breaker.CLOSED


def _failed() -> None:
    count, tripped, is_open, probe = _marks()

    def note() -> None:
        cache.add(count, 0, WITHIN_SECONDS)
        if cache.incr(count) < FAILURES and tripped not in cache:
            return
        cache.set(tripped, 1, None)
        cache.set(is_open, 1, OPEN_SECONDS)
        cache.delete(probe)
        logger.error("The search engine isn't asked for a while.", extra={"event": "search_breaker_open"})

    safely(note, None)


def _answered() -> None:
    """The probe went well."""
    safely(lambda: cache.delete_many(_marks()), None)
    logger.warning("The search engine answers again.", extra={"event": "search_breaker_closed"})
