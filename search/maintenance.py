"""Comparing the index with the database every night, and forgetting for good."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from search import compounds, registry
from search.engines import get_engine
from search.engines.base import Role
from search.exceptions import SearchError
from search.outbox import touch

logger = logging.getLogger(__name__)

TOMBSTONES_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found: keys that the index lacked, keys it had too many, old tombstones removed."""

    missing: int
    surplus: int
    tombstones: int


def is_outdated() -> bool:
    """Whether the index was made by another version of the analysis, sources, schema or vocabulary, or isn't there at all."""
    engine = get_engine()
    health = engine.health()
    return health.ok and (health.stamp != engine.stamp() or compounds.have_changed())


def sweep() -> SweepResult:
    """Compares the keys of the index with those of the database, repairs through the outbox, forgets old tombstones."""
    engine = get_engine()
    engine.ensure_schema()
    missing, surplus = differences(Role.CURRENT)
    touch(sorted(missing | surplus))
    removed = engine.remove_tombstones(timezone.now() - TOMBSTONES_KEPT)
    engine.purge()
    compounds.forget_gone_words()
    return SweepResult(len(missing), len(surplus), removed)


def differences(role: Role) -> tuple[set[str], set[str]]:
    """Keys that the index of ``role`` lacks, and keys that it has too many."""
    indexed, wanted = set(get_engine().keys(role)), set(all_keys())
    return wanted - indexed, indexed - wanted


def purge_quietly() -> None:
    """The job of every half minute: words of what was withdrawn vanish from disk."""
    try:
        get_engine().purge()
    except SearchError as err:
        logger.warning("The search purge waits.", extra={"event": "search_purge_waits", "reason": str(err)})


def all_keys() -> Iterator[str]:
    """The keys of all that shall be in the index, read piece by piece."""
    for source in registry.sources():
        yield from source.keys()
