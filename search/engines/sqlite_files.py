"""The files of the embedded engine, and connections to them.

``current``, ``building`` and ``previous`` are small text files that name a database file beside them. A rebuild
writes a new file and then replaces the pointer: replacing a database under a left-over ``-wal``
silently reads old data. Readers look at the pointer on every request.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from search.exceptions import EngineUnavailableError, IndexLostError
from search.ranking import recency

COLUMNS = ("t", "tx", "s", "b", "p", "f", "a")
OPEN, ALL = SHELVES = ("open_words", "all_words")
"""The words of what anybody may find, and of everything. FTS5 counts each table by itself, and has no good word for what
stands in half of a small one: so there is none of the restricted things alone."""
BUSY_SECONDS = 20
_WORDS = f"""USING fts5({", ".join(COLUMNS)}, content='',
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'")"""
SCHEMA = f"""
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE doc(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, gone INTEGER NOT NULL,
    at REAL NOT NULL, kind TEXT, locale TEXT, live_to REAL, published REAL);
CREATE INDEX doc_gone ON doc(at) WHERE gone = 1;
CREATE TABLE facet(doc INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY(doc, name, value)) WITHOUT ROWID;
CREATE TABLE acl(doc INTEGER NOT NULL, token TEXT NOT NULL, PRIMARY KEY(doc, token)) WITHOUT ROWID;
CREATE TABLE packed(doc INTEGER PRIMARY KEY, fields BLOB NOT NULL);
CREATE VIRTUAL TABLE {OPEN} {_WORDS};
CREATE VIRTUAL TABLE {ALL} {_WORDS};
"""


class SqliteFiles:
    """The folder of the embedded engine. Connections belong to one thread of one process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._local = threading.local()

    def pointed(self, pointer: str) -> Path | None:
        """The database file that ``pointer`` names, or None."""
        try:
            name = (self.directory / pointer).read_text().strip()
        except FileNotFoundError:
            return None
        except OSError as err:
            raise EngineUnavailableError("The search folder can't be read.") from err
        return self.directory / name if name else None

    def point(self, pointer: str, path: Path) -> None:
        """Makes ``pointer`` name ``path``, at once and whole."""
        new = self.directory / f"{pointer}.{os.getpid()}.new"
        new.write_text(path.name)
        new.replace(self.directory / pointer)

    def unpoint(self, pointer: str) -> None:
        """Removes ``pointer``."""
        (self.directory / pointer).unlink(missing_ok=True)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Lets one process and thread at a time make, name and remove files: the web process and the worker start together."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def create(self, stamp: str) -> Path:
        """Makes an empty database file with the next number. Call it within ``changing``.

        A few random letters make the name one that never was: who knows an old one must not take this for it.
        """
        numbers = [int(p.stem.split("-")[1]) for p in self.directory.glob("search-*.sqlite3")]
        path = self.directory / f"search-{max(numbers, default=0) + 1}-{secrets.token_hex(3)}.sqlite3"
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.executescript(SCHEMA)
            connection.executemany("INSERT INTO meta VALUES (?, ?)", [("stamp", stamp), ("dirty", "0")])
        finally:
            connection.close()
        return path

    def remove(self, path: Path) -> None:
        """Removes a database file with what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def connect(self, path: Path) -> sqlite3.Connection:
        """This thread's connection to ``path``; never makes a file."""
        known: dict[tuple[int, Path], sqlite3.Connection] = self._local.__dict__.setdefault("connections", {})
        identity = (os.getpid(), path)
        connection = known.get(identity)
        if connection is not None and path.exists():
            return connection
        for old_identity in [i for i in known if not i[1].exists()]:
            known.pop(old_identity).close()
        try:
            connection = sqlite3.connect(
                f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
            )
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA temp_store=MEMORY")
        except sqlite3.Error as err:
            raise IndexLostError("The search file can't be opened.") from err
        connection.create_function("recency", 1, _recency)
        known[identity] = connection
        return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A transaction that takes the write lock at its start: one that upgrades later fails at once when another writes."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as err:
        raise EngineUnavailableError("The search file is locked or can't be written.") from err
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as err:
        connection.rollback()
        raise EngineUnavailableError("The search file can't be written.") from err


def _recency(published: float | None) -> float:
    return recency(published or 0.0, datetime.now(UTC))
