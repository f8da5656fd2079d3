"""What every engine can do, and the shapes that go in and out.

Engines get tokens that Python made and public keys; they match, rank and count. Titles, snippets and
pages are added from the database afterwards.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from search.matching import Plan

FACETS = ("kind", "topic", "place", "language", "year", "publication_kind")
"""The facets of the result page, in its order."""

Place = tuple[float, str]
"""Where a hit stands among the newest: its date in seconds since the epoch, its key."""

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


@dataclass(frozen=True)
class Operation:
    """One write. ``row`` None means gone: a tombstone with this version keeps older writes out."""

    key: str
    version: int
    row: IndexRow | None
    at: datetime


class Outcome(StrEnum):
    """What became of one operation. ``superseded``: the index has a newer state already, which is fine."""

    WRITTEN = "written"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True)
class ItemResult:
    """The outcome for one key; ``error`` says why it was refused, without any text of the thing."""

    key: str
    outcome: Outcome
    error: str = ""


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
    after: Place | None = None
    """With ``Sort.NEWEST``: only hits behind this place. The total counts all."""


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
    """State of an engine: ``documents`` that are live in it, the analysis ``stamp`` it was built with, its target's name."""

    ok: bool
    engine: str
    target: str
    documents: int
    stamp: str


class Engine(ABC):
    """An index of everything that can be found. Raises EngineUnavailableError where it can't answer."""

    name: str
    capabilities: frozenset[str]
    """Names of what only some engines do; none is needed for what the site shows."""

    @abstractmethod
    def ensure_schema(self) -> None:
        """Makes an empty index where there is none. Cheap to call again."""

    @abstractmethod
    def write(self, operations: Sequence[Operation], *, rebuilding: bool = False) -> list[ItemResult]:
        """Writes in order, each result in its place.

        Goes to the index in use and, while a rebuild runs, to the new one too; ``rebuilding`` writes
        to the new one only. What is written is found by the next search.
        """

    @abstractmethod
    def search(self, request: SearchRequest) -> SearchResponse:
        """Hits and exact counts for ``request``."""

    @abstractmethod
    def autocomplete(self, words: Sequence[str], locale: str, tokens: frozenset[str] | None, size: int) -> list[Hit]:
        """Things in ``locale`` whose title has, for each of ``words``, a word that begins so."""

    @abstractmethod
    def begin_rebuild(self) -> str:
        """Makes a new, empty index beside the one in use and returns its name. Throws away an unfinished one."""

    @abstractmethod
    def swap(self, name: str) -> None:
        """Puts the new index in use and removes the old one. Raises RebuildError where ``name`` isn't the one being built."""

    @abstractmethod
    def abort(self) -> None:
        """Throws the new index away."""

    @abstractmethod
    def keys(self) -> Iterator[str]:
        """The keys of everything live in the index, in order."""

    @abstractmethod
    def remove_tombstones(self, before: datetime) -> int:
        """Forgets what is gone since before ``before``; returns how many."""

    @abstractmethod
    def purge(self) -> bool:
        """Makes words of removed and replaced things vanish from disk. Returns whether there were any."""

    @abstractmethod
    def health(self) -> Health:
        """How the engine is. Doesn't raise."""
