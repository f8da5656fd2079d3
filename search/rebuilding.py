"""Building the index anew beside the one in use, with no gap, and the way back.

One rebuild at a time, by a row in the database. It gives signs of life; one that stopped was killed, and is cleaned up
by the next that wants to begin, or by the worker. The engine itself refuses what a rebuild writes that was overtaken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from search import compounds, gates, registry, words, writing
from search.engines import get_engine
from search.engines.base import Engine, ItemResult, Operation, Outcome, Role
from search.exceptions import EngineBusyError, EngineUnavailableError, IndexLostError, RebuildError, SearchError
from search.maintenance import all_keys, differences, is_outdated, sweep
from search.models import SearchRebuild
from search.outbox import retry_parked, touch

if TYPE_CHECKING:
    from access.models import User

logger = logging.getLogger(__name__)

KEYS_AT_ONCE = 500
KEPT = timedelta(hours=24)
"""How long the old index stays for going back, and receives every write and delete."""
BEAT_EVERY = timedelta(minutes=1)
"""Between signs of life while other apps work for a rebuild."""
WAITS_WHEN_BUSY = (1, 2, 4, 8, 16, 30)
"""Seconds between tries while the engine takes no more, or can't answer."""
State, Kind = SearchRebuild.State, SearchRebuild.Kind
Progress = Callable[[int, int], None]
"""Gets how many things are done and how many there are."""


def rebuild(
    progress: Progress = lambda done, total: None, *, forced: bool = False, row: SearchRebuild | None = None
) -> int:
    """Builds a new index beside the one in use, then changes over. Returns how many things are in it.

    Today's vocabulary splits the compounds of all that is written from now on. Meanwhile the outbox writes to both.
    Raises RebuildError where another one runs or a gate is closed; the old index stays in use then, as it does when
    anything else goes wrong. ``forced`` lets a new index through that is much smaller than the old one, and keeps no way
    back to that.
    """
    row = _begin(row or SearchRebuild(forced=forced))
    engine = get_engine()
    try:
        registry.renew_blobs(partial(_beat_at_times, row))
        _start(engine, row)
        kept = _fill(engine, row, progress)
        _set_right(engine, row)
        gates.check_samples(engine, kept)
        engine.compact(row.target, partial(_beat, row))
        _beat(row)
        engine.swap(row.target)
    except BaseException as err:
        _clean_up(row, State.FAILED, str(err) if isinstance(err, SearchError) else type(err).__name__)
        raise
    if forced:  # the old one is known to have what it shouldn't
        engine.forget_previous()
    _end(row, State.DONE)
    _afterwards(sweep)
    _afterwards(words.refresh)
    return row.done


def roll_back(*, row: SearchRebuild | None = None) -> str:
    """Puts the index back in use that was before the last rebuild; returns its name. Raises RebuildError without one."""
    row = _begin(row or SearchRebuild(kind=Kind.ROLLBACK))
    engine = get_engine()
    left = engine.health().stamp
    try:
        row.target = engine.roll_back()
    except SearchError as err:
        _end(row, State.FAILED, str(err))
        raise
    compounds.take_back()
    _end(row, State.DONE)
    if engine.health().stamp != left:
        # Since the swap another analysis has written to it: everything gets today's.
        touch(all_keys(), may_hide=False)
    _afterwards(sweep)
    return row.target


def ask(kind: SearchRebuild.Kind, user: User) -> None:
    """Notes that ``user`` wants a rebuild or the way back; the worker does it. Raises RebuildError while one waits or runs."""
    clean_up_dead()
    if SearchRebuild.objects.filter(state__in=(State.WAITING, State.RUNNING)).exists():
        raise RebuildError("Another rebuild waits or runs.")
    try:
        with transaction.atomic():
            SearchRebuild.objects.create(kind=kind, asked_by=user)
    except IntegrityError as err:
        raise RebuildError("Another rebuild waits or runs.") from err


def work_off_quietly() -> None:
    """The worker's job: does what was asked for, cleans up what was killed, forgets an old index whose time is over.

    And learns the words of a new site, which needn't wait for the day's turn.
    """
    try:
        clean_up_dead()
        row = SearchRebuild.objects.filter(state=State.WAITING).first()
        if row is not None:
            if row.kind == Kind.ROLLBACK:
                roll_back(row=row)
            else:
                rebuild(row=row)
        forget_old()
        words.refresh_first()
    except SearchError as err:
        logger.warning("A rebuild did not work.", extra={"event": "search_rebuild_failed", "reason": str(err)})


def sweep_quietly() -> None:
    """The nightly job: a new analysis means a rebuild, else a sweep. An engine that is down waits for the next night."""
    try:
        if is_outdated():
            rebuild()
        else:
            sweep()
    except SearchError as err:
        logger.warning("The search sweep waits.", extra={"event": "search_sweep_waits", "reason": str(err)})


def clean_up_dead() -> None:
    """Throws away what a rebuild left that was killed, or that could not clean up while the engine was down."""
    engine = get_engine()
    left = engine.targets().get(Role.BUILDING)
    row = SearchRebuild.objects.filter(state=State.RUNNING).first()
    if row is None:
        if left:
            engine.abort(left)
    elif row.is_dead(timezone.now()):
        _clean_up(row, State.INTERRUPTED, "It was killed; what it had done was thrown away.")


def forget_old() -> None:
    """Removes the index that is kept for going back, a day after it was last in use."""
    if SearchRebuild.objects.filter(state=State.RUNNING).exists():
        return
    last = SearchRebuild.objects.filter(kind=Kind.REBUILD, state=State.DONE).first()
    if last is None or last.ended_at is None or last.ended_at < timezone.now() - KEPT:
        get_engine().forget_previous()


def _begin(row: SearchRebuild) -> SearchRebuild:
    """Makes ``row`` the one that runs. Raises RebuildError where another one does, or another worker was quicker."""
    clean_up_dead()
    row.state, row.beat_at = State.RUNNING, timezone.now()
    taken = 1
    try:
        with transaction.atomic():
            if row.pk is None:
                row.save()
            else:
                asked = SearchRebuild.objects.filter(pk=row.pk, state=State.WAITING)
                taken = asked.update(state=row.state, beat_at=row.beat_at)
    except IntegrityError as err:
        raise RebuildError("Another rebuild is under way.") from err
    if not taken:
        raise RebuildError("Another worker does this already.")
    return row


def _afterwards(work: Callable[[], object]) -> None:
    """What comes after a change-over can't undo it: where it fails, that is logged, and the night makes up for it."""
    try:
        work()
    except Exception as err:  # noqa: BLE001  # boundary to the sources, which are other apps' code
        logger.warning(
            "What follows a rebuild waits.", extra={"event": "search_sweep_waits", "reason": type(err).__name__}
        )


def _start(engine: Engine, row: SearchRebuild) -> None:
    """Makes the new index. Its name and today's vocabulary are noted together: with the one the other is taken back.

    Not where another one took over meanwhile, whose index it would throw away.
    """
    _beat(row)
    name = engine.begin_rebuild()
    with transaction.atomic():
        compounds.freeze()
        row.target = name
        _beat(row)


def _fill(engine: Engine, row: SearchRebuild, progress: Progress) -> list[str]:
    """Writes everything to the new index; returns a few keys to look for. What is refused goes to the outbox."""
    row.total = sum(1 for _key in all_keys())
    kept: list[str] = []
    refused: list[str] = []
    with closing(_written(engine, row, all_keys())) as portions:  # nothing is on its way when what failed is cleaned up
        for keys, lost in portions:
            refused += lost
            gates.samples([key for key in keys if key not in lost], kept)
            row.done += len(keys)
            _beat(row)
            progress(row.done, max(row.total, row.done))
    touch(refused)
    return kept


def _set_right(engine: Engine, row: SearchRebuild) -> None:
    """The sweep of the new index: what came and went while it was filled. Then the counts must be right.

    Tombstones come along: a write that hangs somewhere since before the withdrawal may still arrive.
    """
    missing, surplus = differences(Role.BUILDING)
    gone = set(engine.keys(Role.CURRENT, gone=True)) - set(engine.keys(Role.BUILDING, gone=True))
    lacking: list[str] = []
    with closing(_written(engine, row, sorted(missing | surplus | gone))) as portions:
        for _keys, lost in portions:
            lacking += lost
            _beat(row)
    gates.check_counts(engine, max(row.total, row.done), len(lacking), forced=row.forced)


def _written(
    engine: Engine, row: SearchRebuild, keys: Iterable[str]
) -> Generator[tuple[list[str], list[str]], None, None]:
    """Writes ``keys`` to the new index only, portion by portion: the keys of each, and those of them that could not be.

    One portion is sent while the next is read: both take about as long.
    """
    unreadable: list[str] = []
    sent: tuple[list[Operation], Future[list[ItemResult]]] | None = None
    with ThreadPoolExecutor(1, "search-rebuild") as sender:
        for batch in writing.portions(_readable(keys, unreadable)):
            if sent:
                yield _arrived(engine, row, *sent)
            sent = batch, sender.submit(writing.write, engine, batch, rebuilding=row.target)
        if sent:
            yield _arrived(engine, row, *sent)
    if unreadable:
        yield unreadable, unreadable


def _readable(keys: Iterable[str], unreadable: list[str]) -> Iterator[Operation]:
    """What to write for ``keys``, one piece in memory at a time; what can't be read is added to ``unreadable``."""
    for piece in writing.pieces(keys, KEYS_AT_ONCE):
        for each in writing.read(piece):
            if isinstance(each, writing.Failure):
                unreadable.append(each.key)
            else:
                yield each


def _arrived(
    engine: Engine, row: SearchRebuild, batch: list[Operation], answer: Future[list[ItemResult]]
) -> tuple[list[str], list[str]]:
    """What became of ``batch``; it is sent again, patiently, where the engine took nothing of it or could not answer."""
    results: list[ItemResult] = []
    try:
        results = answer.result()
    except IndexLostError:
        raise
    except EngineUnavailableError:
        logger.info("A portion of a rebuild is sent again.", extra={"event": "search_rebuild_again"})
    if all(result.outcome == Outcome.BUSY for result in results):
        results = _patiently(engine, row, batch)
    lost = [result.key for result in results if result.outcome in (Outcome.REFUSED, Outcome.BUSY)]
    return [each.key for each in batch], lost


def _patiently(engine: Engine, row: SearchRebuild, batch: list[Operation]) -> list[ItemResult]:
    """Writes again, after a longer wait each time the engine takes nothing or can't answer. An index that is lost stays so."""
    trouble = EngineUnavailableError("The search engine can't answer.")
    for seconds in WAITS_WHEN_BUSY:
        _beat(row)
        time.sleep(seconds)
        try:
            results = writing.write(engine, batch, rebuilding=row.target)
        except IndexLostError:
            raise
        except EngineUnavailableError as err:
            trouble = err
            continue
        if any(result.outcome != Outcome.BUSY for result in results):
            return results
        trouble = EngineBusyError("The search engine takes no more; the rebuild was given up.")
    raise trouble


def _beat_at_times(row: SearchRebuild) -> None:
    """A sign of life where the last was a while ago; may be called all the time."""
    if row.beat_at is None or timezone.now() - row.beat_at >= BEAT_EVERY:
        _beat(row)


def _beat(row: SearchRebuild) -> None:
    """A sign of life. Raises RebuildError where another one took this rebuild for dead."""
    row.beat_at = timezone.now()
    running = SearchRebuild.objects.filter(pk=row.pk, state=State.RUNNING)
    if not running.update(beat_at=row.beat_at, done=row.done, total=row.total, target=row.target):
        raise RebuildError("This rebuild was taken for dead and cleaned up.")


def _end(row: SearchRebuild, state: SearchRebuild.State, reason: str = "") -> bool:
    """Notes how it ended; False where somebody else did already.

    What was set aside is tried again where a new index came into use: the one before may have refused it by its fields.
    """
    if state == State.DONE and row.kind == Kind.REBUILD:
        retry_parked()
    row.state, row.reason, row.ended_at = state, reason[:255], timezone.now()
    return bool(
        SearchRebuild.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=state, reason=row.reason, ended_at=row.ended_at, done=row.done, total=row.total, target=row.target
        )
    )


def _clean_up(row: SearchRebuild, state: SearchRebuild.State, reason: str) -> None:
    """Ends a rebuild: one that was killed after its swap is done, else the new index goes and the words before are back.

    Its own index only: another rebuild may have begun since this one was taken for dead. One that runs and has no index
    yet may have died right after it made one; nobody else has any then.
    """
    engine = get_engine()
    try:
        if row.target and engine.targets().get(Role.CURRENT) == row.target:
            _end(row, State.DONE)
            return
        if row.target or SearchRebuild.objects.filter(pk=row.pk, state=State.RUNNING).exists():
            engine.abort(row.target)
    except SearchError as err:
        logger.warning("An unfinished index is left.", extra={"event": "search_rebuild_left", "reason": str(err)})
    if _end(row, state, reason) and row.kind == Kind.REBUILD and row.target:
        compounds.take_back()
