"""The only way into the index. A change writes rows here in its own transaction; the worker reconciles.

Nothing is lost: rows wait while the engine is down, claims of a worker that died run out, and a
version is drawn after claiming and before the state is read, so that the write with the highest
version never holds an older state than its change. Rows are deleted by the very ids that were
claimed: a change that commits late has an id of its own and stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from access import prepared
from search import words, writing
from search.engines import get_engine
from search.engines.base import Operation, Outcome
from search.exceptions import EngineBusyError, EngineUnavailableError, SearchError
from search.models import SearchOutbox
from search.patience import impatient

logger = logging.getLogger(__name__)

CLAIM_SIZE = 200
CLAIM_FOR = timedelta(seconds=40)
"""Longer than an engine may take for one portion; renewed for each. A killed worker's rows are free after it."""
ROWS_AT_ONCE = 500
MAX_ATTEMPTS = 5
ENGINE_DOWN_PAUSE = timedelta(seconds=5)
FIRST_PAUSE_SECONDS = 10
STEP_LIMIT = 2000


@dataclass
class _Claim:
    """One key and the rows that ask for it."""

    key: str
    rows: list[int] = field(default_factory=list)
    attempts: int = 0


def touch(keys: Iterable[str], *, may_hide: bool = True) -> None:
    """Notes that the things with ``keys`` changed, appeared or went away. Call it in the change's transaction.

    ``may_hide`` is False for a change that can hide nothing from anybody: until it is written, searches needn't ask.
    Writes rows only and talks to no engine. With ``SEARCH_DRAIN_INLINE`` the outbox is emptied after
    the commit, which never raises into the caller.
    """
    rows = [SearchOutbox(key=key, may_hide=may_hide) for key in dict.fromkeys(keys)]
    if not rows:
        return
    SearchOutbox.objects.bulk_create(rows, batch_size=500)
    if settings.SEARCH_DRAIN_INLINE:
        transaction.on_commit(drain_quietly, robust=True)


def touch_quietly(keys: Sequence[str]) -> None:
    """``touch`` for who only reads: what is noted already isn't noted again, and where nothing can be written, nothing is.

    The answer to a reader must not depend on it nor wait for it, nor may readers fill the table.
    """
    if not keys:
        return
    try:
        with impatient(), transaction.atomic():
            noted = set(SearchOutbox.objects.filter(key__in=keys, may_hide=True).values_list("key", flat=True))
            touch(key for key in keys if key not in noted)
    except DatabaseError as err:
        logger.warning("A hit was not noted.", extra={"event": "search_hit_not_noted", "reason": type(err).__name__})


def drain(limit: int | None = None) -> int:
    """Writes what waits, at most ``limit`` keys, and returns how many keys were settled.

    Raises EngineUnavailableError where the engine can't be written; the rows wait.
    """
    settled = 0
    while limit is None or settled < limit:
        claims = _claim(CLAIM_SIZE if limit is None else min(CLAIM_SIZE, limit - settled))
        if not claims:
            break
        settled += _settle(claims)
    return settled


def drain_quietly() -> int:
    """``drain`` for the worker's schedule and after a commit: a step that can't be done is logged, and comes again."""
    try:
        return drain(STEP_LIMIT)
    except SearchError as err:
        logger.warning("The search outbox waits.", extra={"event": "search_outbox_waits", "reason": str(err)})
        return 0


def _claim(size: int) -> list[_Claim]:
    """Takes rows that are due, a key only if no other worker holds it."""
    now = timezone.now()
    with transaction.atomic():
        held = SearchOutbox.objects.filter(claimed_until__gt=now).values("key")
        due = (
            SearchOutbox.objects.filter(Q(not_before=None) | Q(not_before__lte=now), parked=False)
            .filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
            .exclude(key__in=held)
            .order_by("pk")
        )
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        claims: dict[str, _Claim] = {}
        for pk, key, attempts in due.values_list("pk", "key", "attempts")[:size]:
            claim = claims.setdefault(key, _Claim(key))
            claim.rows.append(pk)
            claim.attempts = max(claim.attempts, attempts)
        ids = [pk for claim in claims.values() for pk in claim.rows]
        SearchOutbox.objects.filter(pk__in=ids).update(claimed_until=now + CLAIM_FOR)
    return list(claims.values())


def _settle(claims: Sequence[_Claim]) -> int:
    """Writes the claimed keys. What isn't settled when the engine fails goes back at once."""
    engine = get_engine()
    by_key = {claim.key: claim for claim in claims}
    open_keys = dict.fromkeys(by_key)
    _forget_words(list(by_key))
    try:
        for batch in writing.portions(_read(list(by_key), by_key, open_keys)):
            _hold([by_key[key] for key in open_keys])
            results = writing.write(engine, batch)
            # Too busy for one while it takes others: that one is at fault, and counts as a try from then on.
            if all(r.outcome == Outcome.BUSY and not by_key[r.key].attempts for r in results):
                raise EngineBusyError("The search engine takes no more at the moment.")
            for result in results:
                open_keys.pop(result.key, None)
            unsettled = [result for result in results if result.outcome in (Outcome.REFUSED, Outcome.BUSY)]
            _done([by_key[r.key] for r in results if r not in unsettled])
            for result in unsettled:
                _failed(by_key[result.key], result.error)
    except EngineUnavailableError as err:
        _release([by_key[key] for key in open_keys], err)
        raise
    return len(claims)


def _forget_words(keys: Sequence[str]) -> None:
    """Words that ``keys`` no longer show go now, also while the engine can't be written. No word may hold up a write."""
    try:
        words.keep_up(keys)
    except Exception as err:  # noqa: BLE001  # boundary to the sources, which are other apps' code
        logger.warning("Words wait for the night.", extra={"event": "search_words_wait", "reason": type(err).__name__})


def _read(keys: Sequence[str], by_key: dict[str, _Claim], open_keys: dict[str, None]) -> Iterator[Operation]:
    """What to write for ``keys``; what can't be read counts as a try."""
    for each in writing.read(keys):
        if isinstance(each, Operation):
            yield each
        else:
            _failed(by_key[each.key], each.error)
            open_keys.pop(each.key, None)


def _done(claims: Sequence[_Claim]) -> None:
    """Deletes the rows that were claimed, and what was parked of the same things: their state is written now."""
    keys = [claim.key for claim in claims]
    rows = [pk for claim in claims for pk in claim.rows]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        SearchOutbox.objects.filter(pk__in=rows[start : start + ROWS_AT_ONCE]).delete()
    if keys:
        SearchOutbox.objects.filter(key__in=keys, parked=True).delete()


def _failed(claim: _Claim, error: str) -> None:
    """One more attempt, later each time; after five the item is parked with an alert and the rest goes on."""
    attempts = claim.attempts + 1
    pause = timedelta(seconds=FIRST_PAUSE_SECONDS * 2 ** (attempts - 1))
    parked = attempts >= MAX_ATTEMPTS
    SearchOutbox.objects.filter(pk__in=claim.rows).update(
        attempts=attempts,
        not_before=timezone.now() + pause,
        claimed_until=None,
        last_error=error[:100],
        parked=parked,
    )
    if parked:
        logger.error(
            "A thing can't be indexed and was set aside.",
            extra={"event": "search_item_parked", "key": claim.key, "error": error},
        )


def _hold(claims: Sequence[_Claim]) -> None:
    """Renews the claims of what isn't written yet. One that ran out costs a second write of the same state."""
    rows = [pk for claim in claims for pk in claim.rows]
    SearchOutbox.objects.filter(pk__in=rows).update(claimed_until=timezone.now() + CLAIM_FOR)


def _release(claims: Sequence[_Claim], err: Exception) -> None:
    """Gives rows back without counting an attempt: it wasn't their fault."""
    rows = [pk for claim in claims for pk in claim.rows]
    SearchOutbox.objects.filter(pk__in=rows).update(
        claimed_until=None, not_before=timezone.now() + ENGINE_DOWN_PAUSE, last_error=type(err).__name__
    )


def unwritten(limit: int) -> list[str]:
    """Keys of what may be hidden by now and is found by the index all the same.

    Raises EngineUnavailableError where there are more than ``limit``: nobody can look at all of them for each search, and
    what isn't looked at would be counted.
    """
    keys: list[str] = prepared.rows(_hiding, limit + 1)
    if len(keys) > limit:
        raise EngineUnavailableError("More changes of access wait for the index than a search can look at.")
    return keys


def _hiding(limit: int) -> QuerySet[SearchOutbox, str]:
    return SearchOutbox.objects.filter(may_hide=True).order_by("key").values_list("key", flat=True).distinct()[:limit]


def waiting() -> int:
    """How many rows wait, parked ones not counted."""
    return SearchOutbox.objects.filter(parked=False).count()


def lag() -> timedelta:
    """How long the oldest change has waited that isn't parked; zero where none waits."""
    oldest = SearchOutbox.objects.filter(parked=False).order_by("noted_at").values_list("noted_at", flat=True).first()
    return timezone.now() - oldest if oldest else timedelta()


def retry_parked(keys: Iterable[str] | None = None) -> int:
    """Lets what is parked, of ``keys`` where they are given, be tried again at once; returns how many rows that were."""
    rows = SearchOutbox.objects.filter(parked=True)
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    return rows.update(parked=False, attempts=0, not_before=None)
