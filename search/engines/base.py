"""What every engine can do, and the shapes that go in and out.

Engines get tokens that Python made and public keys; they match, rank and count. Titles, snippets and
pages are added from the database afterwards.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from search.exceptions import EngineBusyError, EngineUnavailableError, IndexLostError, RebuildError
from search.matching import Plan

logger = logging.getLogger(__name__)

FACETS = ("kind", "topic", "place", "language", "year", "publication_kind")
"""The facets of the result page, in its order."""

Place = tuple[float, str]
"""Where a hit stands among the newest: its date in seconds since the epoch, its key."""

ANYBODY = "public"
"""The token of what anybody may find, and the only one of a stranger."""

MAX_TEXT = 20 * 1024 * 1024
"""Characters of one field that are indexed."""


class Sort(StrEnum):
    """Orders of results; ties go by date and then by key."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class IndexRow:
    """A thing as an engine stores it: facts for filters, token strings for matching."""

    kind: str
    locale: str
    translation_key: str
    acl: tuple[str, ...]
    live_to: datetime | None
    published: datetime
    updated: datetime
    facets: Mapping[str, tuple[str, ...]]
    """Values by facet, and ``author``."""
    fields: Mapping[str, str]
    """``t tx s b f p`` tokens, ``a`` beginnings of words."""
    site: str = ""

    @property
    def is_open(self) -> bool:
        """Whether anybody may find it. What only some may is on no shelf of theirs (``asks_as_anybody``)."""
        return ANYBODY in self.acl


@dataclass(frozen=True)
class Operation:
    """One write. ``row`` None means gone: a tombstone with this version keeps older writes out."""

    key: str
    version: int
    row: IndexRow | None
    at: datetime


class Outcome(StrEnum):
    """What became of one operation. ``superseded``: the index has a newer state already, which is fine.

    ``busy``: not now; less at once may help.
    """

    WRITTEN = "written"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    BUSY = "busy"


@dataclass(frozen=True)
class ItemResult:
    """The outcome for one key; ``error`` says why it was refused, without any text of the thing."""

    key: str
    outcome: Outcome
    error: str = ""


def asks_as_anybody(tokens: frozenset[str] | None) -> bool:
    """Whether who has ``tokens`` is asked for only what anybody may find, and so only on that shelf.

    How rare a word is decides the order of hits, and how many things have it, how long an answer takes. If restricted
    things counted, a stranger could read off both what stands in them. So an index keeps their words apart.
    """
    return tokens is not None and tokens <= {ANYBODY}


@dataclass(frozen=True)
class SearchRequest:
    """A search. ``tokens`` None means no access filter (superusers). ``filters`` are facet -> values, any of them."""

    plan: Plan
    tokens: frozenset[str] | None
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    size: int = 10
    with_facets: bool = True
    match_all: bool = False
    """True for a blank query: everything that the filters let through."""
    now: datetime | None = None
    hidden: frozenset[str] = frozenset()
    """Keys that are left out: the index doesn't know yet that they may not be found."""
    only: frozenset[str] | None = None
    """Keys that are searched; None for all."""
    after: Place | None = None
    """With ``Sort.NEWEST``: only hits behind this place. The total counts all."""
    locale: str = ""
    """The reader's language; what is written in it is lifted. Empty for none."""


@dataclass(frozen=True)
class Lookup:
    """A search for titles in ``locale`` by the beginnings of ``words``; the rest as for ``SearchRequest``."""

    words: tuple[str, ...]
    locale: str
    tokens: frozenset[str] | None
    size: int
    hidden: frozenset[str] = frozenset()
    now: datetime | None = None


@dataclass(frozen=True)
class Hit:
    """A key that matched, best first."""

    key: str
    kind: str
    score: float
    at: float = 0.0
    """Its date, in seconds since the epoch."""


@dataclass(frozen=True)
class FacetValue:
    """How many hits one more click would give; ``selected`` values are listed even with none."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True)
class SearchResponse:
    """The answer. ``total_relation`` is ``eq``, or ``gte`` where the engine ran out of time (``partial``)."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    engine: str
    took_ms: int
    total_relation: str = "eq"
    partial: bool = False


@dataclass(frozen=True)
class Health:
    """State of an engine: ``documents`` that are live in it, the ``stamp`` it was built with, its target's name.

    ``previous`` is the index kept for going back, ``building`` the one that a rebuild fills; empty where there is none.
    """

    ok: bool
    engine: str
    target: str
    documents: int
    stamp: str
    previous: str = ""
    building: str = ""


TOO_OLD = "The index of before was made by an older version, which this one can't read."
"""Why there is no going back to it."""


class Role(StrEnum):
    """The parts that an index can play. All three get every write and every delete."""

    CURRENT = "current"
    BUILDING = "building"
    PREVIOUS = "previous"


class Engine(ABC):
    """An index of everything that can be found. Raises EngineUnavailableError where it can't answer."""

    name: str
    capabilities: frozenset[str]
    """Names of what only some engines do; none is needed for what the site shows."""

    @abstractmethod
    def stamp(self) -> str:
        """What an index made now would be stamped with: making of rows and schema. Another one in use wants a rebuild."""

    @abstractmethod
    def ensure_schema(self) -> None:
        """Makes an empty index where there is none. Cheap to call again."""

    def write(self, operations: Sequence[Operation], *, rebuilding: str = "") -> list[ItemResult]:
        """Writes in order, each result in its place. What is written is found by the next search.

        Goes to the index in use, to the new one while a rebuild runs, and to the one that is kept for going back.
        ``rebuilding`` names the new index and writes there only; RebuildError where it isn't that any more.
        """
        if not operations:
            return []
        if rebuilding:
            if self.targets().get(Role.BUILDING) == rebuilding:
                name, results = self.write_to(Role.BUILDING, operations)
                if name == rebuilding:
                    return results
            raise RebuildError("This rebuild is no longer under way.")
        self.ensure_schema()
        worst: list[ItemResult] = []
        written: set[str] = set()
        # A change-over may come in between: whatever plays a part after the last write has it too.
        while missed := {role: name for role, name in self.targets().items() if name not in written}:
            for role, expected in missed.items():
                try:
                    name, results = self._write_as(role, operations, worst)
                except EngineUnavailableError as err:
                    if isinstance(err, EngineBusyError) and len(operations) > 1:
                        raise  # less at once may help
                    self._do_without(role, expected, err)
                    continue
                written.add(name)
                worst = [_worse(*pair) for pair in zip(worst, results, strict=True)] if worst else results
        if not worst:
            raise IndexLostError("There is no search index.")
        return worst

    def _write_as(
        self, role: Role, operations: Sequence[Operation], before: Sequence[ItemResult]
    ) -> tuple[str, list[ItemResult]]:
        """Writes to the index that plays ``role``; ``before`` came of the parts before it, the one in use first.

        The index for going back never keeps more than it may: what it refuses of a new kind, it loses. One that has no
        room for a single thing that the index in use has room for raises EngineBusyError.
        """
        name, results = self.write_to(role, operations)
        if len(results) == 1 and results[0].outcome == Outcome.BUSY and before and before[0].outcome != Outcome.BUSY:
            raise EngineBusyError("One index takes no more.")
        refused = {result.key for result in results if result.outcome == Outcome.REFUSED}
        if role == Role.PREVIOUS and refused:
            gone = [replace(each, row=None) for each in operations if each.key in refused]
            later = {result.key: result for result in self.write_to(role, gone)[1]}
            results = [later.get(result.key, result) for result in results]
        return name, results

    def _do_without(self, role: Role, name: str, err: EngineUnavailableError) -> None:
        """Throws the index ``name`` away that can't be written, unless it is in use: then raises ``err``.

        Nothing else may hold up a write. The index for going back would bring withdrawn things back; the rebuild that
        fills the new one fails at its next write. Where another index plays the part by now, nothing is to be done.
        """
        if self.targets().get(role) != name:
            return
        if role == Role.CURRENT:
            raise err
        if role == Role.PREVIOUS:
            self.forget_previous(name)
        else:
            self.abort(name)
        logger.warning(
            "An index beside the one in use can't be written and was thrown away.",
            extra={"event": f"search_{role}_lost", "index": name, "reason": str(err)},
        )

    @abstractmethod
    def write_to(self, role: Role, operations: Sequence[Operation]) -> tuple[str, list[ItemResult]]:
        """Writes to one index only; returns its name too. Raises IndexLostError where that one can't be written."""

    @abstractmethod
    def targets(self) -> dict[Role, str]:
        """The index that plays each part, in the order of ``Role``; parts that none plays are left out."""

    @abstractmethod
    def search(self, request: SearchRequest, *, role: Role = Role.CURRENT) -> SearchResponse:
        """Hits and exact counts for ``request``."""

    @abstractmethod
    def autocomplete(self, lookup: Lookup) -> list[Hit]:
        """Things whose title has, for each of the words, a word that begins so, best first; none without words."""

    @abstractmethod
    def begin_rebuild(self) -> str:
        """Makes a new, empty index beside the one in use and returns its name. Throws away an unfinished one."""

    @abstractmethod
    def compact(self, name: str, progress: Callable[[], object]) -> None:
        """Makes the new index ready to be put in use, where that takes long; ``progress`` is called every few seconds.

        Raises RebuildError where ``name`` isn't the one being built.
        """

    @abstractmethod
    def swap(self, name: str) -> None:
        """Puts the new index in use at once and keeps the old one for going back, instead of an older one.

        Raises RebuildError where ``name`` isn't the one being built.
        """

    @abstractmethod
    def roll_back(self) -> str:
        """Puts the index in use that was before the last swap; removes the other. Returns its name.

        Raises RebuildError where none is kept, or the one that is was made by an older version that had other fields.
        """

    @abstractmethod
    def forget_previous(self, name: str = "") -> None:
        """Removes the index that is kept for going back, if there is one; with ``name`` only that one."""

    @abstractmethod
    def abort(self, name: str = "") -> None:
        """Throws the new index away; with ``name`` only that one."""

    @abstractmethod
    def keys(self, role: Role = Role.CURRENT, *, gone: bool = False) -> Iterator[str]:
        """The keys of everything live in the index, or of all its tombstones, in order."""

    @abstractmethod
    def version(self, key: str) -> int | None:
        """The version of what the index in use has of ``key``; None where it isn't live in it."""

    @abstractmethod
    def remove_tombstones(self, before: datetime) -> int:
        """Forgets what is gone since before ``before``; returns how many."""

    @abstractmethod
    def purge(self, *, everywhere: bool = False) -> bool:
        """Makes words of removed and replaced things vanish from disk. Returns whether there were any.

        In every index, but a new one may wait until it is in use: ``everywhere`` includes it.
        """

    @abstractmethod
    def health(self) -> Health:
        """How the engine is. Doesn't raise."""


_BAD_FIRST = (Outcome.BUSY, Outcome.REFUSED, Outcome.WRITTEN, Outcome.SUPERSEDED)


def _worse(one: ItemResult, other: ItemResult) -> ItemResult:
    """The result that asks for more of two for the same thing: it is done only where both are."""
    return min(one, other, key=lambda result: _BAD_FIRST.index(result.outcome))
