"""Withdrawn words leave the disk, and the embedded file survives what happens to it."""

from __future__ import annotations

import fcntl
import sqlite3
import threading

import pytest

from documents.erasure import steps
from search.engines import fts5
from search.engines.base import Role, SearchRequest
from search.engines.fts5 import Fts5Engine
from search.engines.sqlite_files import writing
from search.exceptions import EngineUnavailableError, RebuildError
from search.languages import searched
from search.matching import plan
from search.query import parse
from tests.search.conftest import Index
from tests.search.fakes import FakeFile, install

WORD = "quagmirezebra"


@pytest.fixture
def index(tmp_path, content):
    return Index(Fts5Engine(tmp_path / "search"), content)


def bytes_on_disk(index):
    folder = index.engine._files.directory
    return b"".join(path.read_bytes() for path in folder.iterdir())


def gone(index, thing):
    from datetime import UTC, datetime

    from search.engines.base import Operation

    index.version += 1
    return index.engine.write([Operation(thing.key, index.version, None, datetime.now(UTC))])


def test_no_trace_of_a_withdrawn_word_is_left_in_the_files(index):
    for number in range(30):
        index.add(f"Other {number}", body="Reports travel along the same chain. " * 20)
    thing = index.add(f"About {WORD}", body=f"{WORD} " * 50, files=(FakeFile([("en", WORD)]),))
    assert WORD.encode() in bytes_on_disk(index)
    gone(index, thing)
    assert index.engine.purge() is True
    assert b"quagmire" not in bytes_on_disk(index)
    assert index.search("reports").total == 30
    assert index.engine.purge() is False


def test_no_trace_of_a_corrected_word_is_left(index):
    index.add("Other")
    thing = index.add(f"About {WORD}")
    thing.title = "About nobody"
    index.put(thing)
    index.engine.purge()
    assert b"quagmire" not in bytes_on_disk(index) and index.search("nobody").total == 1


def test_a_reader_in_the_way_makes_the_purge_come_again(index):
    thing = index.add(f"About {WORD}")
    path = index.engine._files.pointed("current")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM doc").fetchall()
    gone(index, thing)
    connection = index.engine._files.connect(path)
    connection.execute("PRAGMA busy_timeout = 50")
    assert index.engine.purge() is True
    reader.execute("ROLLBACK")
    reader.close()
    assert index.engine.purge() is True
    assert b"quagmire" not in bytes_on_disk(index)


def test_the_old_file_forgets_too_and_goes_with_its_words(index):
    thing, other = index.add(f"About {WORD}"), index.add(f"Another {WORD}")
    name = index.engine.begin_rebuild()
    index.content.remove(thing)
    index.engine.swap(name)
    gone(index, thing)
    gone(index, other)
    index.engine.purge()
    assert b"quagmire" not in bytes_on_disk(index) and len(list(index.engine._files.directory.glob("*.sqlite3"))) == 2
    index.engine.forget_previous()
    assert b"quagmire" not in bytes_on_disk(index)
    assert [path.name for path in index.engine._files.directory.glob("*.sqlite3")] == [name]


def test_another_process_sees_the_swap_at_its_next_search(index):
    index.add("Old")
    other = Index(Fts5Engine(index.engine._files.directory), index.content)
    assert other.search("old").total == 1
    name = index.engine.begin_rebuild()
    index.engine.swap(name)
    index.add("New")
    assert other.search("old").total == 0 and other.search("new").total == 1


def test_threads_search_while_another_writes(index):
    things = [index.content.add(f"Report {n}") for n in range(40)]
    errors, stop = [], threading.Event()
    request = SearchRequest(plan(parse("report"), searched()), None)

    def read():
        while not stop.is_set():
            try:
                index.engine.search(request)
            except EngineUnavailableError as err:
                errors.append(err)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        index.put(*things)
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == [] and index.search("report").total == 40


def test_many_that_start_at_once_make_one_index(index):
    errors, together = [], threading.Barrier(8)

    def start():
        together.wait()
        try:
            index.engine.ensure_schema()
        except EngineUnavailableError as err:
            errors.append(err)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and len(list(index.engine._files.directory.glob("*.sqlite3"))) == 1


def test_a_search_that_takes_too_long_ends(index, monkeypatch):
    index.put(*[index.content.add(f"Report {n}", body="word " * 200) for n in range(200)])
    monkeypatch.setattr("search.engines.fts5.SEARCH_TIMEOUT_SECONDS", -1)
    monkeypatch.setattr("search.engines.fts5._STEPS_BETWEEN_LOOKS", 100)
    with pytest.raises(EngineUnavailableError):
        index.search("word report")
    monkeypatch.undo()
    content = index.content
    monkeypatch.setattr("search.registry._registry.sources", dict(content.sources))
    assert index.search("word").total == 200


def test_damaged_file_is_an_engine_that_cannot_answer(index):
    index.add("Report")
    path = index.engine._files.pointed("current")
    fresh = Index(Fts5Engine(index.engine._files.directory), index.content)
    index.engine._files.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"this is no database" * 500)
    with pytest.raises(EngineUnavailableError):
        fresh.search("report")
    assert fresh.engine.health().ok is False


def test_folder_that_cannot_be_made_is_an_engine_that_cannot_answer(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    content = install(monkeypatch)
    index = Index(Fts5Engine(tmp_path / "file" / "search"), content)
    with pytest.raises(EngineUnavailableError):
        index.search("report")
    assert index.engine.health().ok is False


def test_writer_that_is_locked_out_gives_up_with_a_plain_error(index):
    index.add("Report")
    path = index.engine._files.pointed("current")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    index.engine._files.connect(path).execute("PRAGMA busy_timeout = 50")
    with pytest.raises(EngineUnavailableError):
        index.add("Late")
    other.execute("ROLLBACK")
    other.close()
    with writing(index.engine._files.connect(path)):
        pass
    assert index.search("report").total == 1


def test_a_rebuild_that_is_thrown_away_at_the_last_moment_is_not_put_in_use(index, monkeypatch):
    index.add("Report")
    before = index.engine.targets()
    name = index.engine.begin_rebuild()
    other = Fts5Engine(index.engine._files.directory)
    changing = index.engine._files.changing

    def late():
        other.abort()
        return changing()

    monkeypatch.setattr(index.engine._files, "changing", late)
    with pytest.raises(RebuildError):
        index.engine.swap(name)
    assert index.engine.targets() == before and index.search("report").total == 1


def test_a_file_is_let_go_while_nobody_else_names_files(index, monkeypatch):
    index.engine.begin_rebuild()
    files, seen = index.engine._files, []
    unpoint = files.unpoint

    def locked(pointer):
        with (files.directory / "lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen.append(pointer)
        unpoint(pointer)

    monkeypatch.setattr(files, "unpoint", locked)
    index.engine.abort()
    assert seen == [Role.BUILDING]


def test_the_new_file_is_made_compact_while_others_write_and_is_purged_when_it_is_in_use(index, monkeypatch):
    monkeypatch.setattr("search.engines.fts5.MERGED_AT_ONCE", 1)
    name = index.engine.begin_rebuild()
    thing = index.add(f"About {WORD}")
    for number in range(20):
        index.add(f"Report {number}", body=" ".join(f"word{number}of{each}" for each in range(200)))
    gone(index, thing)
    new = index.engine._files.directory / name
    other = sqlite3.connect(new, isolation_level=None, timeout=0)
    segments = "SELECT count(DISTINCT segid) FROM open_words_idx"
    assert other.execute(segments).fetchone()[0] > 1
    index.engine._files.connect(new).execute("PRAGMA busy_timeout = 50")
    other.execute("BEGIN IMMEDIATE")
    index.engine.purge()  # leaves the new one alone
    other.execute("ROLLBACK")
    written = []

    def write():
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        written.append(1)

    index.engine.compact(name, write)
    assert len(written) > 1 and other.execute(segments).fetchone()[0] == 1
    other.close()
    index.engine.swap(name)
    index.engine.purge()
    assert b"quagmire" not in bytes_on_disk(index) and index.search("report").total == 20
    assert index.engine.purge() is False


def test_what_is_taken_out_while_a_file_is_purged_is_purged_the_next_time(index, monkeypatch):
    first, second = index.add("About nobody"), index.add(f"About {WORD}")
    gone(index, first)
    merge = fts5._merge

    def late(connection):
        merge(connection)
        gone(index, second)

    with monkeypatch.context() as patch:
        patch.setattr(fts5, "_merge", late)
        index.engine.purge()
    assert index.engine.purge() is True and b"quagmire" not in bytes_on_disk(index)


@pytest.mark.django_db
def test_an_erasure_forgets_in_the_new_file_too(index, monkeypatch):
    thing = index.add(f"About {WORD}")
    index.engine.begin_rebuild()
    index.put(thing)
    gone(index, thing)
    index.engine.purge()
    assert b"quagmire" in bytes_on_disk(index)
    monkeypatch.setattr(steps, "get_engine", lambda: index.engine)
    steps._forget_in_search(None)
    assert b"quagmire" not in bytes_on_disk(index)


def test_a_file_that_an_older_version_made_is_no_way_back_and_holds_up_no_worker(index):
    index.add("Report")
    old = index.engine.health().target
    name = index.engine.begin_rebuild()
    index.put(*index.content.sources["publication"].things.values())
    index.engine.swap(name)
    other = sqlite3.connect(index.engine._files.directory / old, isolation_level=None)
    other.execute("DROP TABLE all_words")
    other.execute("UPDATE meta SET value = '1' WHERE name = 'dirty'")
    other.close()
    with pytest.raises(RebuildError, match="made by an older version"):
        index.engine.roll_back()
    with pytest.raises(EngineUnavailableError):
        index.engine.purge()
    assert index.search("report").total == 1 and index.engine.health().target == name
