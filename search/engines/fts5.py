"""The embedded engine: SQLite's FTS5 in a file of its own. Good to about 100,000 things and 20,000 hits.

Contentless: the index keeps no text. What a row was made of is kept compressed, because taking a row
out of a contentless index needs its words again.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from search.analysis import stamp
from search.engines.base import (
    MAX_TEXT,
    Engine,
    Health,
    Hit,
    IndexRow,
    ItemResult,
    Operation,
    Outcome,
    SearchRequest,
    SearchResponse,
)
from search.engines.fts5_search import Autocomplete, run_search
from search.engines.sqlite_files import BUILDING, COLUMNS, CURRENT, SqliteFiles, writing
from search.exceptions import EngineUnavailableError, RebuildError
from search.ranking import SEARCH_TIMEOUT_SECONDS, SUGGEST_TIMEOUT_SECONDS

T = TypeVar("T")
BATCH = 100
_STEPS_BETWEEN_LOOKS = 20_000
_KEYS_TIMEOUT_SECONDS = 30
_INSERT = f"INSERT INTO fts(rowid, {', '.join(COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"  # noqa: S608  # own names
_DELETE = f"INSERT INTO fts(fts, rowid, {', '.join(COLUMNS)}) VALUES ('delete', ?{', ?' * len(COLUMNS)})"  # noqa: S608


class Fts5Engine(Engine):
    """See the module. ``directory`` holds the files; it is made at the first write."""

    name = "fts5"
    capabilities = frozenset({"phrases", "facets", "autocomplete", "exact_counts"})

    def __init__(self, directory: Path) -> None:
        self._files = SqliteFiles(directory)

    def ensure_schema(self) -> None:
        if self._has_index():
            return
        try:
            with self._files.changing():
                if not self._has_index():
                    self._files.point(CURRENT, self._files.create(stamp()))
        except (OSError, sqlite3.Error) as err:
            raise EngineUnavailableError("The search folder can't be written.") from err

    def write(self, operations: Sequence[Operation], *, rebuilding: bool = False) -> list[ItemResult]:
        building = self._files.pointed(BUILDING)
        if rebuilding:
            if building is None:
                raise RebuildError("There is no rebuild under way.")
            return self._write_to(building, operations)
        self.ensure_schema()
        results = self._write_to(self._current(), operations)
        if building is not None and building.exists():
            self._write_to(building, operations)
        return results

    def search(self, request: SearchRequest) -> SearchResponse:
        started = time.monotonic()
        answer = self._reading(lambda connection: run_search(connection, request), SEARCH_TIMEOUT_SECONDS)
        return SearchResponse(
            total=answer.total,
            hits=answer.hits,
            facets=answer.facets,
            engine=self.name,
            took_ms=round((time.monotonic() - started) * 1000),
        )

    def autocomplete(self, words: Sequence[str], locale: str, tokens: frozenset[str] | None, size: int) -> list[Hit]:
        lookup = Autocomplete(tuple(words), locale, tokens, size)
        return self._reading(lookup.run, SUGGEST_TIMEOUT_SECONDS)

    def begin_rebuild(self) -> str:
        self.ensure_schema()
        self.abort()
        with self._files.changing():
            path = self._files.create(stamp())
            self._files.point(BUILDING, path)
        return path.name

    def swap(self, name: str) -> None:
        new, old = self._files.pointed(BUILDING), self._files.pointed(CURRENT)
        if new is None or new.name != name or not new.exists():
            raise RebuildError("This rebuild is no longer under way.")
        with writing(self._files.connect(new)) as connection:
            connection.execute("INSERT INTO fts(fts) VALUES ('optimize')")
        with self._files.changing():
            self._files.point(CURRENT, new)
            self._files.unpoint(BUILDING)
        if old is not None and old != new:
            self._files.remove(old)

    def abort(self) -> None:
        path = self._files.pointed(BUILDING)
        self._files.unpoint(BUILDING)
        if path is not None and path != self._files.pointed(CURRENT):
            self._files.remove(path)

    def keys(self) -> Iterator[str]:
        last = ""
        while rows := self._reading(partial(_keys_after, last=last), _KEYS_TIMEOUT_SECONDS):
            yield from rows
            last = rows[-1]

    def remove_tombstones(self, before: datetime) -> int:
        self.ensure_schema()
        with writing(self._files.connect(self._current())) as connection:
            return connection.execute("DELETE FROM doc WHERE gone = 1 AND at < ?", (before.timestamp(),)).rowcount

    def purge(self) -> bool:
        path = self._files.pointed(CURRENT)
        if path is None or not path.exists():
            return False
        connection = self._files.connect(path)
        if connection.execute("SELECT value FROM meta WHERE name = 'dirty'").fetchone()[0] == "0":
            return False
        with writing(connection):
            connection.execute("INSERT INTO fts(fts) VALUES ('optimize')")
            connection.execute("UPDATE meta SET value = '0' WHERE name = 'dirty'")
        # The log still has the old pages until it is emptied; a reader in the way means: again next time.
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            connection.execute("UPDATE meta SET value = '1' WHERE name = 'dirty'")
        return True

    def health(self) -> Health:
        try:
            path = self._files.pointed(CURRENT)
            if path is None:
                return Health(True, self.name, "", 0, "")
            connection = self._files.connect(path)
            count = connection.execute("SELECT count(*) FROM doc WHERE gone = 0").fetchone()[0]
            made_by = connection.execute("SELECT value FROM meta WHERE name = 'stamp'").fetchone()[0]
            return Health(True, self.name, path.name, count, made_by)
        except (EngineUnavailableError, sqlite3.Error):
            return Health(False, self.name, "", 0, "")

    def _has_index(self) -> bool:
        path = self._files.pointed(CURRENT)
        return path is not None and path.exists()

    def _current(self) -> Path:
        path = self._files.pointed(CURRENT)
        if path is None:
            raise EngineUnavailableError("There is no search index yet.")
        return path

    def _reading(self, run: Callable[[sqlite3.Connection], T], seconds: float) -> T:
        """Runs a read with a time limit; once more if a rebuild swapped the file away in between."""
        self.ensure_schema()
        try:
            return self._limited(self._files.connect(self._current()), run, seconds)
        except EngineUnavailableError:
            if self._current().exists():
                raise
        return self._limited(self._files.connect(self._current()), run, seconds)

    def _limited(self, connection: sqlite3.Connection, run: Callable[[sqlite3.Connection], T], seconds: float) -> T:
        deadline = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            return run(connection)
        except sqlite3.Error as err:
            raise EngineUnavailableError("The embedded search can't answer.") from err
        finally:
            connection.set_progress_handler(None, 0)

    def _write_to(self, path: Path, operations: Sequence[Operation]) -> list[ItemResult]:
        connection = self._files.connect(path)
        results: list[ItemResult] = []
        for start in range(0, len(operations), BATCH):
            with writing(connection):
                results += [_apply(connection, each) for each in operations[start : start + BATCH]]
        return results


def _keys_after(connection: sqlite3.Connection, last: str) -> list[str]:
    sql = "SELECT key FROM doc WHERE gone = 0 AND key > ? ORDER BY key LIMIT 1000"
    return [row[0] for row in connection.execute(sql, (last,))]


def _apply(connection: sqlite3.Connection, operation: Operation) -> ItemResult:
    """One operation within the transaction; a refused one leaves no trace of itself."""
    connection.execute("SAVEPOINT item")
    try:
        outcome = _put(connection, operation)
    except sqlite3.OperationalError as err:  # disk full, file damaged: not this item's fault
        raise EngineUnavailableError("The search file can't be written.") from err
    except (sqlite3.Error, OverflowError, ValueError) as err:
        connection.execute("ROLLBACK TO item")
        connection.execute("RELEASE item")
        return ItemResult(operation.key, Outcome.REFUSED, type(err).__name__)
    connection.execute("RELEASE item")
    return ItemResult(operation.key, outcome)


def _put(connection: sqlite3.Connection, operation: Operation) -> Outcome:
    known = connection.execute("SELECT id, version, gone FROM doc WHERE key = ?", (operation.key,)).fetchone()
    if known and known[1] > operation.version:
        return Outcome.SUPERSEDED
    if known and not known[2]:
        _take_out(connection, known[0])
    row = operation.row
    connection.execute(
        "INSERT INTO doc(key, version, gone, at, kind, locale, live_to, published) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(key) DO UPDATE SET version = excluded.version, gone = excluded.gone, at = excluded.at,"
        " kind = excluded.kind, locale = excluded.locale, live_to = excluded.live_to, published = excluded.published",
        (
            operation.key,
            operation.version,
            row is None,
            operation.at.timestamp(),
            row and row.kind,
            row and row.locale,
            row.live_to.timestamp() if row and row.live_to else None,
            row and row.published.timestamp(),
        ),
    )
    if row is not None:
        doc = connection.execute("SELECT id FROM doc WHERE key = ?", (operation.key,)).fetchone()[0]
        _put_in(connection, doc, row)
    return Outcome.WRITTEN


def _put_in(connection: sqlite3.Connection, doc: int, row: IndexRow) -> None:
    fields = [row.fields.get(column, "")[:MAX_TEXT] for column in COLUMNS]
    connection.execute(_INSERT, (doc, *fields))
    packed = zlib.compress(json.dumps(fields, ensure_ascii=False).encode(), 3)
    connection.execute("INSERT INTO packed VALUES (?, ?)", (doc, packed))
    connection.executemany("INSERT INTO acl VALUES (?, ?)", [(doc, token) for token in row.acl])
    values = [(doc, name, value) for name, each in row.facets.items() for value in dict.fromkeys(each)]
    connection.executemany("INSERT INTO facet VALUES (?, ?, ?)", values)


def _take_out(connection: sqlite3.Connection, doc: int) -> None:
    packed = connection.execute("SELECT fields FROM packed WHERE doc = ?", (doc,)).fetchone()[0]
    connection.execute(_DELETE, (doc, *json.loads(zlib.decompress(packed))))
    for statement in (
        "DELETE FROM packed WHERE doc = ?",
        "DELETE FROM acl WHERE doc = ?",
        "DELETE FROM facet WHERE doc = ?",
    ):
        connection.execute(statement, (doc,))
    connection.execute("UPDATE meta SET value = '1' WHERE name = 'dirty'")
