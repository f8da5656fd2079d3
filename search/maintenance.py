"""Comparing the index with the database every night, and forgetting for good."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from access.visitor import Visitor
from search import compounds, registry
from search.engines import get_engine
from search.engines.base import Place, Role, SearchRequest, Sort
from search.exceptions import SearchError
from search.matching import Plan
from search.outbox import touch

logger = logging.getLogger(__name__)

TOMBSTONES_KEPT = timedelta(days=7)
LOOKED_AT_ONCE = 2000
"""Things of which the database is asked whether anybody may see them."""


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found: keys that the index lacked, keys it had too many or showed to too many, old tombstones removed."""

    missing: int
    surplus: int
    tombstones: int


def is_outdated() -> bool:
    """Whether the index was made by another version of the analysis, sources, schema or vocabulary, or isn't there at all."""
    engine = get_engine()
    health = engine.health()
    return health.ok and (health.stamp != engine.stamp() or compounds.have_changed())


def sweep() -> SweepResult:
    """Compares the keys of the index, and what anybody finds, with the database; repairs through the outbox, forgets old
    tombstones."""
    engine = get_engine()
    engine.ensure_schema()
    missing, surplus = differences(Role.CURRENT)
    touch(sorted(missing | surplus))
    removed = engine.remove_tombstones(timezone.now() - TOMBSTONES_KEPT)
    engine.purge()
    compounds.forget_gone_words()
    exposed = _exposed()
    touch(sorted(exposed))
    return SweepResult(len(missing), len(surplus | exposed), removed)


def _exposed() -> set[str]:
    """Keys of what anybody finds and not anybody may see.

    Who restricts a section notes what lies in it: what is published there at the same moment isn't to be seen by then.
    """
    anybody, found = Visitor(), set[str]()
    after: Place | None = None
    while True:
        request = SearchRequest(
            plan=Plan(()),
            tokens=anybody.tokens,
            sort=Sort.NEWEST,
            size=LOOKED_AT_ONCE,
            with_facets=False,
            match_all=True,
            after=after,
        )
        hits = get_engine().search(request).hits
        if not hits:
            return found
        found |= registry.hidden([hit.key for hit in hits], anybody, with_files=False)
        after = hits[-1].at, hits[-1].key


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
