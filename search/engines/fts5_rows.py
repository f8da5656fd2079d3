"""The rows of an embedded index: how a thing is put in, taken out and listed."""

from __future__ import annotations

import json
import sqlite3
import zlib

from search.engines.base import ANYBODY, MAX_TEXT, IndexRow, ItemResult, Operation, Outcome
from search.engines.sqlite_files import ALL, COLUMNS, SHELVES
from search.exceptions import EngineUnavailableError, IndexLostError

_NAMES, _MARKS = ", ".join(COLUMNS), ", ?" * len(COLUMNS)


def keys_after(connection: sqlite3.Connection, last: str, *, gone: bool) -> list[str]:
    """The next thousand keys of what is live, or of tombstones, in order."""
    sql = "SELECT key FROM doc WHERE gone = ? AND key > ? ORDER BY key LIMIT 1000"
    return [row[0] for row in connection.execute(sql, (gone, last))]


def apply(connection: sqlite3.Connection, operation: Operation) -> ItemResult:
    """One operation within the transaction; a refused one leaves no trace of itself."""
    connection.execute("SAVEPOINT item")
    try:
        outcome = _put(connection, operation)
    except sqlite3.OperationalError as err:  # disk full, file locked: not this item's fault
        raise EngineUnavailableError("The search file can't be written.") from err
    except (sqlite3.Error, OverflowError, ValueError) as err:
        if type(err) is sqlite3.DatabaseError:  # what is wrong with an item has an error of its own below it
            raise IndexLostError("The search file is damaged.") from err
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
    for shelf in SHELVES if row.is_open else (ALL,):
        connection.execute(f"INSERT INTO {shelf}(rowid, {_NAMES}) VALUES (?{_MARKS})", (doc, *fields))  # noqa: S608  # own names
    packed = zlib.compress(json.dumps(fields, ensure_ascii=False).encode(), 3)
    connection.execute("INSERT INTO packed VALUES (?, ?)", (doc, packed))
    connection.executemany("INSERT INTO acl VALUES (?, ?)", [(doc, token) for token in row.acl])
    values = [(doc, name, value) for name, each in row.facets.items() for value in dict.fromkeys(each)]
    connection.executemany("INSERT INTO facet VALUES (?, ?, ?)", values)


def _take_out(connection: sqlite3.Connection, doc: int) -> None:
    packed = connection.execute("SELECT fields FROM packed WHERE doc = ?", (doc,)).fetchone()[0]
    is_open = connection.execute("SELECT 1 FROM acl WHERE doc = ? AND token = ?", (doc, ANYBODY)).fetchone()
    for shelf in SHELVES if is_open else (ALL,):
        sql = f"INSERT INTO {shelf}({shelf}, rowid, {_NAMES}) VALUES ('delete', ?{_MARKS})"  # noqa: S608
        connection.execute(sql, (doc, *json.loads(zlib.decompress(packed))))
    for statement in (
        "DELETE FROM packed WHERE doc = ?",
        "DELETE FROM acl WHERE doc = ?",
        "DELETE FROM facet WHERE doc = ?",
    ):
        connection.execute(statement, (doc,))
    connection.execute("UPDATE meta SET value = '1' WHERE name = 'dirty'")
