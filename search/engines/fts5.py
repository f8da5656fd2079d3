"""The embedded engine: SQLite's FTS5 in a file of its own. Good to about 100,000 things and 20,000 hits.

Contentless: the index keeps no text. What a row was made of is kept compressed, because taking a row
out of a contentless index needs its words again.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from search import indexing
from search.engines.base import (
    TOO_OLD,
    Engine,
    Health,
    Hit,
    ItemResult,
    Lookup,
    Operation,
    Role,
    SearchRequest,
    SearchResponse,
)
from search.engines.fts5_rows import apply, keys_after
from search.engines.fts5_search import run_lookup, run_search
from search.engines.sqlite_files import SCHEMA, SHELVES, SqliteFiles, writing
from search.exceptions import EngineUnavailableError, IndexLostError, RebuildError, TooMuchAskedError
from search.ranking import SEARCH_TIMEOUT_SECONDS, SUGGEST_TIMEOUT_SECONDS

T = TypeVar("T")
BATCH = 100
MERGED_AT_ONCE = 1000
"""Pages of an index that one step makes compact, while no other can write."""
_STEPS_BETWEEN_LOOKS = 20_000
_KEYS_TIMEOUT_SECONDS = 30


class Fts5Engine(Engine):
    """See the module. ``directory`` holds the files; it is made at the first write."""

    name = "fts5"
    capabilities = frozenset({"phrases", "facets", "autocomplete", "exact_counts"})

    def __init__(self, directory: Path) -> None:
        self._files = SqliteFiles(directory)

    def stamp(self) -> str:
        return hashlib.sha256(f"{indexing.stamp()}{SCHEMA}".encode()).hexdigest()[:16]

    def ensure_schema(self) -> None:
        if self._has_index():
            return
        try:
            with self._files.changing():
                if not self._has_index():
                    self._files.point(Role.CURRENT, self._files.create(self.stamp()))
        except (OSError, sqlite3.Error) as err:
            raise EngineUnavailableError("The search folder can't be written.") from err

    def targets(self) -> dict[Role, str]:
        return {role: path.name for role in Role if (path := self._files.pointed(role)) is not None}

    def write_to(self, role: Role, operations: Sequence[Operation]) -> tuple[str, list[ItemResult]]:
        path = self._files.pointed(role)
        if path is None or not path.exists():
            raise IndexLostError("The search file is missing.")
        connection = self._files.connect(path)
        results: list[ItemResult] = []
        try:
            for start in range(0, len(operations), BATCH):
                with writing(connection):
                    results += [apply(connection, each) for each in operations[start : start + BATCH]]
        except sqlite3.DatabaseError as err:
            raise IndexLostError("The search file is damaged.") from err
        return path.name, results

    def search(self, request: SearchRequest, *, role: Role = Role.CURRENT) -> SearchResponse:
        started = time.monotonic()
        answer = self._reading(lambda connection: run_search(connection, request), SEARCH_TIMEOUT_SECONDS, role)
        return SearchResponse(
            total=answer.total,
            hits=answer.hits,
            facets=answer.facets,
            engine=self.name,
            took_ms=round((time.monotonic() - started) * 1000),
        )

    def autocomplete(self, lookup: Lookup) -> list[Hit]:
        return self._reading(lambda connection: run_lookup(connection, lookup), SUGGEST_TIMEOUT_SECONDS)

    def begin_rebuild(self) -> str:
        self.ensure_schema()
        self.abort()
        with self._files.changing():
            path = self._files.create(self.stamp())
            self._files.point(Role.BUILDING, path)
        return path.name

    def compact(self, name: str, progress: Callable[[], object]) -> None:
        _merge(self._files.connect(self._awaited(name)), progress)

    def swap(self, name: str) -> None:
        with self._files.changing():
            new = self._awaited(name)
            old, older = self._files.pointed(Role.CURRENT), self._files.pointed(Role.PREVIOUS)
            # In this order each file that gets writes has a pointer at every moment.
            if old is not None and old != new:
                self._files.point(Role.PREVIOUS, old)
            self._files.point(Role.CURRENT, new)
            self._files.unpoint(Role.BUILDING)
        if older is not None and older not in (old, new):
            self._files.remove(older)

    def roll_back(self) -> str:
        with self._files.changing():
            kept, bad = self._files.pointed(Role.PREVIOUS), self._files.pointed(Role.CURRENT)
            if kept is None or not kept.exists():
                raise RebuildError("No index is kept for going back.")
            if not _has_shelves(self._files.connect(kept)):
                raise RebuildError(TOO_OLD)
            self._files.point(Role.CURRENT, kept)
            self._files.unpoint(Role.PREVIOUS)
        if bad is not None and bad != kept:
            self._files.remove(bad)
        return kept.name

    def forget_previous(self, name: str = "") -> None:
        self._let_go(Role.PREVIOUS, name)

    def abort(self, name: str = "") -> None:
        self._let_go(Role.BUILDING, name)

    def keys(self, role: Role = Role.CURRENT, *, gone: bool = False) -> Iterator[str]:
        last = ""
        while rows := self._reading(partial(keys_after, last=last, gone=gone), _KEYS_TIMEOUT_SECONDS, role):
            yield from rows
            last = rows[-1]

    def version(self, key: str) -> int | None:
        sql = "SELECT version FROM doc WHERE gone = 0 AND key = ?"
        row = self._reading(lambda connection: connection.execute(sql, (key,)).fetchone(), SEARCH_TIMEOUT_SECONDS)
        return int(row[0]) if row else None

    def remove_tombstones(self, before: datetime) -> int:
        self.ensure_schema()
        with writing(self._files.connect(self._path(Role.CURRENT))) as connection:
            return connection.execute("DELETE FROM doc WHERE gone = 1 AND at < ?", (before.timestamp(),)).rowcount

    def purge(self, *, everywhere: bool = False) -> bool:
        # The new one has its rebuild at work in it. It is marked too, and is purged when it is in use.
        roles = [role for role in self.targets() if everywhere or role != Role.BUILDING]
        paths = [path for role in roles if (path := self._files.pointed(role)) is not None]
        try:
            # All of them, not only up to the first that had something.
            return sum(_purge(self._files.connect(path)) for path in paths if path.exists()) > 0
        except sqlite3.Error as err:
            raise EngineUnavailableError("The search file can't be purged.") from err

    def health(self) -> Health:
        try:
            targets = self.targets()
            if Role.CURRENT not in targets:
                return Health(True, self.name, "", 0, "")
            connection = self._files.connect(self._path(Role.CURRENT))
            count = connection.execute("SELECT count(*) FROM doc WHERE gone = 0").fetchone()[0]
            made_by = connection.execute("SELECT value FROM meta WHERE name = 'stamp'").fetchone()[0]
        except (EngineUnavailableError, sqlite3.Error):
            return Health(False, self.name, "", 0, "")
        previous, building = targets.get(Role.PREVIOUS, ""), targets.get(Role.BUILDING, "")
        return Health(True, self.name, targets[Role.CURRENT], count, made_by, previous, building)

    def _has_index(self) -> bool:
        path = self._files.pointed(Role.CURRENT)
        return path is not None and path.exists()

    def _path(self, role: Role) -> Path:
        path = self._files.pointed(role)
        if path is None:
            raise EngineUnavailableError("There is no such search index.")
        return path

    def _awaited(self, name: str) -> Path:
        """The new file. Raises RebuildError where it isn't ``name``, or is gone."""
        path = self._files.pointed(Role.BUILDING)
        if path is None or path.name != name or not path.exists():
            raise RebuildError("This rebuild is no longer under way.")
        return path

    def _let_go(self, role: Role, only: str) -> None:
        """Takes the part from the index that plays it, and removes it unless it plays another one; with ``only`` that one."""
        if self._files.pointed(role) is None:
            return
        with self._files.changing():
            path = self._files.pointed(role)
            if path is None or only not in ("", path.name):
                return
            self._files.unpoint(role)
            if path.name not in self.targets().values():
                self._files.remove(path)

    def _reading(self, run: Callable[[sqlite3.Connection], T], seconds: float, role: Role = Role.CURRENT) -> T:
        """Runs a read with a time limit; once more if a rebuild swapped the file away in between."""
        self.ensure_schema()
        try:
            return self._limited(self._files.connect(self._path(role)), run, seconds)
        except EngineUnavailableError:
            if self._path(role).exists():
                raise
        return self._limited(self._files.connect(self._path(role)), run, seconds)

    def _limited(self, connection: sqlite3.Connection, run: Callable[[sqlite3.Connection], T], seconds: float) -> T:
        deadline = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            return run(connection)
        except sqlite3.OperationalError as err:
            if err.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TooMuchAskedError("The embedded search took too long.") from err
            raise EngineUnavailableError("The embedded search can't answer.") from err
        except sqlite3.Error as err:
            raise EngineUnavailableError("The embedded search can't answer.") from err
        finally:
            connection.set_progress_handler(None, 0)


def _has_shelves(connection: sqlite3.Connection) -> bool:
    """Whether the tables of words are there: versions before ADR 22 had others."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return known.issuperset(SHELVES)


def _purge(connection: sqlite3.Connection) -> bool:
    """Whether one file had words to forget."""
    if connection.execute("SELECT value FROM meta WHERE name = 'dirty'").fetchone()[0] == "0":
        return False
    ours = secrets.token_hex(4)  # what is taken out meanwhile marks the file again, and so does another purge
    with writing(connection):
        connection.execute("UPDATE meta SET value = ? WHERE name = 'dirty'", (ours,))
    _merge(connection)
    with writing(connection):
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'dirty' AND value = ?", (ours,))
    # The log still has the old pages until it is emptied; a reader in the way means: again next time.
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'dirty'")
    return True


def _merge(connection: sqlite3.Connection, progress: Callable[[], object] = lambda: None) -> None:
    """What FTS5 calls ``optimize``, in steps between which others write; calls ``progress`` after each."""
    for shelf in SHELVES:
        _merge_shelf(connection, shelf, progress)


def _merge_shelf(connection: sqlite3.Connection, shelf: str, progress: Callable[[], object]) -> None:
    with writing(connection):
        # Two, so that a merge which was begun is always ended, however much is written meanwhile.
        connection.execute(f"INSERT INTO {shelf}({shelf}, rank) VALUES ('usermerge', 2)")  # noqa: S608  # own names only
    pages = -MERGED_AT_ONCE  # the first step, being negative, takes in all that is there
    while True:
        before = connection.total_changes
        with writing(connection):
            connection.execute(f"INSERT INTO {shelf}({shelf}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608
        if connection.total_changes - before < 2:  # one is the command itself
            return
        pages = MERGED_AT_ONCE
        progress()
