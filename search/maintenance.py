"""Building the index anew, comparing it with the database, and forgetting for good."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from search import compounds, registry
from search.analysis import stamp
from search.engines import get_engine
from search.engines.base import Outcome
from search.exceptions import RebuildError, SearchError
from search.outbox import next_version, operations, touch

logger = logging.getLogger(__name__)

KEYS_AT_ONCE = 50
TOMBSTONES_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found: keys that the index lacked, keys it had too many, old tombstones removed."""

    missing: int
    surplus: int
    tombstones: int


def rebuild(progress: Callable[[int], None] = lambda done: None) -> int:
    """Builds a new index beside the one in use, then changes over. Returns how many things are in it.

    Today's vocabulary splits the compounds of all that is written from now on. Meanwhile the outbox
    writes to both, so no change is lost. Raises RebuildError where a thing was
    refused; the old index stays in use then, as it does when anything else goes wrong.
    """
    engine = get_engine()
    registry.renew_blobs()
    name = engine.begin_rebuild()
    before = compounds.freeze()
    done = 0
    try:
        for keys in _portions(_all_keys(), KEYS_AT_ONCE):
            version = next_version()
            results = engine.write(operations(keys, version), rebuilding=True)
            refused = [result.key for result in results if result.outcome == Outcome.REFUSED]
            if refused:
                raise RebuildError(f"{len(refused)} things were refused, the first is {refused[0]}.")
            done += len(keys)
            progress(done)
        engine.swap(name)
    except BaseException:
        compounds.restore(before)
        engine.abort()
        raise
    sweep()
    return done


def is_outdated() -> bool:
    """Whether the index was made by another version of the text analysis or vocabulary, or isn't there at all."""
    health = get_engine().health()
    return health.ok and (health.stamp != stamp() or compounds.have_changed())


def sweep() -> SweepResult:
    """Compares the keys of the index with those of the database, repairs through the outbox, forgets old tombstones."""
    engine = get_engine()
    engine.ensure_schema()
    indexed = set(engine.keys())
    wanted = set(_all_keys())
    touch(sorted(wanted - indexed))
    touch(sorted(indexed - wanted))
    removed = engine.remove_tombstones(timezone.now() - TOMBSTONES_KEPT)
    engine.purge()
    compounds.forget_gone_words()
    return SweepResult(len(wanted - indexed), len(indexed - wanted), removed)


def sweep_quietly() -> None:
    """The nightly job: a new analysis means a rebuild, else a sweep. An engine that is down waits for the next night."""
    try:
        if is_outdated():
            rebuild()
        else:
            sweep()
    except SearchError as err:
        logger.warning("The search sweep waits.", extra={"event": "search_sweep_waits", "reason": str(err)})


def purge_quietly() -> None:
    """The job of every half minute: words of what was withdrawn vanish from disk."""
    try:
        get_engine().purge()
    except SearchError as err:
        logger.warning("The search purge waits.", extra={"event": "search_purge_waits", "reason": str(err)})


def _all_keys() -> Iterator[str]:
    for source in registry.sources():
        yield from source.keys()


def _portions(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(keys)
    while portion := list(islice(rest, size)):
        yield portion
