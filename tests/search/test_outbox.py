"""Nothing is lost on the way into the index, and nothing that is gone comes back."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import timezone

from access.schedule import jobs
from search import maintenance, outbox, rebuilding, registry, writing
from search.board import counting
from search.engines import get_engine
from search.engines.base import ItemResult, Outcome, SearchRequest
from search.exceptions import EngineBusyError, EngineUnavailableError, RebuildError
from search.languages import searched
from search.matching import plan
from search.models import SearchDay, SearchOutbox
from search.query import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(settings):
    """Changes wait for somebody to drain them, as in production."""
    settings.SEARCH_DRAIN_INLINE = False


def hits(text=""):
    query = parse(text)
    return get_engine().search(SearchRequest(plan(query, searched()), None, match_all=query.is_blank)).total


def due_now():
    SearchOutbox.objects.update(not_before=None)


class Flaky:
    """Stands before an engine's ``write`` and fails as told."""

    def __init__(self, monkeypatch):
        self.engine = get_engine()
        self.write = self.engine.write
        self.sizes = []
        self.error = None
        self.largest = None
        self.refused = set()
        self.busy = set()
        monkeypatch.setattr(self.engine, "write", self)

    def __call__(self, operations, **options):
        self.sizes.append(len(operations))
        if self.error:
            raise self.error
        if self.largest and len(operations) > self.largest:
            raise EngineBusyError("busy")
        bad = dict.fromkeys(self.refused, Outcome.REFUSED) | dict.fromkeys(self.busy, Outcome.BUSY)
        good = [each for each in operations if each.key not in bad]
        results = {result.key: result for result in self.write(good, **options)}
        return [results.get(each.key) or ItemResult(each.key, bad[each.key], "mapping") for each in operations]


@pytest.fixture
def flaky(monkeypatch, settings):
    return Flaky(monkeypatch)


class TestTouch:
    def test_rows_are_part_of_the_transaction(self, content, waiting):
        with pytest.raises(RuntimeError), transaction.atomic():
            outbox.touch(["a/en"])
            raise RuntimeError
        assert SearchOutbox.objects.count() == 0

    def test_a_key_is_noted_once_per_call_in_one_statement(self, content, waiting, django_assert_num_queries):
        with django_assert_num_queries(1):
            outbox.touch(["a/en", "a/en", "b/en"])
        assert SearchOutbox.objects.count() == 2
        with django_assert_num_queries(0):
            outbox.touch([])

    @pytest.mark.django_db(transaction=True)
    def test_inline_drains_after_the_commit_and_not_before(self, content):
        thing = content.add("Report")
        with transaction.atomic():
            outbox.touch([thing.key])
            assert hits() == 0
        assert hits("report") == 1 and SearchOutbox.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_engine_down_never_raises_into_the_caller_and_the_row_waits(self, content, flaky):
        flaky.error = EngineUnavailableError("down")
        thing = content.add("Report")
        outbox.touch([thing.key])
        row = SearchOutbox.objects.get()
        assert row.attempts == 0 and row.claimed_until is None and row.not_before > timezone.now()
        flaky.error = None
        assert outbox.drain() == 0  # not yet due
        due_now()
        assert outbox.drain() == 1 and hits("report") == 1


class TestDrain:
    def test_many_rows_of_one_thing_are_one_write(self, content, waiting, flaky):
        thing = content.add("Report")
        for _ in range(3):
            outbox.touch([thing.key])
        assert outbox.drain() == 1 and flaky.sizes == [1] and SearchOutbox.objects.count() == 0

    def test_what_is_gone_leaves_a_tombstone_that_holds(self, content, waiting):
        thing = content.add("Report")
        outbox.touch([thing.key])
        outbox.drain()
        late = list(writing.read([thing.key]))
        content.remove(thing)
        outbox.touch([thing.key])
        outbox.drain()
        assert hits() == 0
        assert get_engine().write(late)[0].outcome == Outcome.SUPERSEDED
        assert hits() == 0

    def test_limit(self, content, waiting):
        outbox.touch([content.add(f"Report {n}").key for n in range(5)])
        assert outbox.drain(2) == 2 and SearchOutbox.objects.count() == 3

    def test_more_than_one_claim(self, content, waiting, monkeypatch):
        monkeypatch.setattr(outbox, "CLAIM_SIZE", 4)
        outbox.touch([content.add(f"Report {n}").key for n in range(11)])
        assert outbox.drain() == 11 and hits() == 11

    def test_large_things_are_written_in_portions(self, content, waiting, flaky, monkeypatch):
        monkeypatch.setattr(writing, "MAX_BYTES", 3000)
        outbox.touch([content.add(f"Report {n}", body="word " * 250).key for n in range(4)])
        assert outbox.drain() == 4 and len(flaky.sizes) == 4

    def test_busy_engine_gets_half_at_a_time(self, content, waiting, flaky):
        flaky.largest = 2
        outbox.touch([content.add(f"Report {n}").key for n in range(7)])
        assert outbox.drain() == 7 and hits() == 7
        assert max(size for size in flaky.sizes if size <= 2) == 2

    def test_engine_that_stays_busy_parks_nothing(self, content, waiting, flaky):
        flaky.error = EngineBusyError("busy")
        outbox.touch([content.add(f"Report {n}").key for n in range(3)])
        for _ in range(7):
            due_now()
            with pytest.raises(EngineUnavailableError):
                outbox.drain()
        assert SearchOutbox.objects.filter(parked=False, attempts=0).count() == 3

    def test_one_that_the_engine_has_never_room_for_holds_up_nobody_and_is_parked(self, content, waiting, flaky):
        things = [content.add(f"Report {n}") for n in range(9)]
        flaky.busy = {things[2].key}
        outbox.touch([thing.key for thing in things])
        for attempt in range(1, 6):
            outbox.drain()
            row = SearchOutbox.objects.get()
            assert (row.key, row.attempts, row.parked) == (things[2].key, attempt, attempt == 5)
            due_now()
        assert hits() == 8

    def test_refused_item_is_parked_after_five_tries_and_the_rest_goes_on(self, content, waiting, flaky, caplog):
        bad, good = content.add("Bad secret title"), content.add("Good")
        flaky.refused = {bad.key}
        outbox.touch([bad.key, good.key])
        for attempt in range(1, 6):
            outbox.drain()
            row = SearchOutbox.objects.get()
            assert (row.key, row.attempts, row.parked) == (bad.key, attempt, attempt == 5)
            due_now()
        assert hits() == 1 and outbox.drain() == 0 and outbox.waiting() == 0
        parked = [record for record in caplog.records if getattr(record, "event", "") == "search_item_parked"]
        assert len(parked) == 1 and "secret" not in str(vars(parked[0]))

    def test_pauses_grow(self, content, waiting, flaky):
        bad = content.add("Bad")
        flaky.refused = {bad.key}
        outbox.touch([bad.key])
        pauses = []
        for _ in range(3):
            outbox.drain()
            pauses.append(SearchOutbox.objects.get().not_before - timezone.now())
            due_now()
        assert pauses[0] < pauses[1] < pauses[2]

    def test_parked_thing_that_changes_is_tried_again_and_settled(self, content, waiting, flaky):
        thing = content.add("Report")
        SearchOutbox.objects.create(key=thing.key, attempts=5, parked=True)
        outbox.touch([thing.key])
        assert outbox.drain() == 1 and SearchOutbox.objects.count() == 0 and hits() == 1

    def test_thing_that_cannot_be_read_holds_up_nobody(self, content, waiting):
        things = [content.add(f"Report {n}") for n in range(9)]
        content.sources["publication"].broken = {things[4].key}
        outbox.touch([thing.key for thing in things])
        outbox.drain()
        row = SearchOutbox.objects.get()
        assert (row.key, row.attempts, row.last_error) == (things[4].key, 1, "RuntimeError") and hits() == 8

    def test_thing_that_the_engine_stumbles_over_holds_up_nobody(self, content, waiting):
        withdrawn = content.add("Withdrawn")
        outbox.touch([withdrawn.key])
        outbox.drain()
        content.remove(withdrawn)
        things = [content.add(f"Report {n}") for n in range(8)]
        source = content.sources["publication"]
        read = source.document

        def undated(key):
            document = read(key)
            return replace(document, published=None) if key == things[4].key else document

        source.document = undated
        outbox.touch([withdrawn.key, *(thing.key for thing in things)])
        outbox.drain()
        row = SearchOutbox.objects.get()
        assert (row.key, row.attempts, row.last_error) == (things[4].key, 1, "AttributeError")
        assert hits("report") == 7 and hits("withdrawn") == 0

    def test_change_that_commits_while_the_state_is_read_is_written_too(self, content, waiting):
        """Rows are deleted by the ids that were claimed; a row that came in between stays."""
        thing = content.add("First")
        outbox.touch([thing.key])
        source = content.sources["publication"]
        read = source.document

        def read_and_change(key):
            document = read(key)
            if thing.title == "First":
                thing.title = "Second"
                outbox.touch([thing.key])
            return document

        source.document = read_and_change
        outbox.drain()
        outbox.drain()
        assert hits("second") == 1 and hits("first") == 0 and SearchOutbox.objects.count() == 0


class TestClaims:
    def test_worker_that_died_gives_its_rows_back(self, content, waiting):
        thing = content.add("Report")
        outbox.touch([thing.key])
        assert len(outbox._claim(10)) == 1  # and then the worker is killed
        assert outbox.drain() == 0 and hits() == 0
        SearchOutbox.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        assert outbox.drain() == 1 and hits() == 1

    def test_claim_is_renewed_while_its_worker_writes(self, content, waiting, monkeypatch):
        outbox.touch([content.add("One").key])
        engine = get_engine()
        write, held = engine.write, []
        claim = outbox._claim

        def claim_long_ago(size):
            claims = claim(size)
            SearchOutbox.objects.update(claimed_until=timezone.now())
            return claims

        def slow(operations, **options):
            held.append(SearchOutbox.objects.filter(claimed_until__gt=timezone.now()).count())
            return write(operations, **options)

        monkeypatch.setattr(outbox, "_claim", claim_long_ago)
        monkeypatch.setattr(engine, "write", slow)
        outbox.drain()
        assert held == [1]

    def test_killed_between_write_and_delete_only_writes_again(self, content, waiting, monkeypatch):
        thing = content.add("Report")
        outbox.touch([thing.key])

        def killed(claims):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(outbox, "_done", killed)
            with pytest.raises(KeyboardInterrupt):
                outbox.drain()
        SearchOutbox.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        assert outbox.drain() == 1 and hits() == 1

    def test_key_that_another_worker_holds_is_left_alone(self, content, waiting):
        thing = content.add("Report")
        outbox.touch([thing.key])
        outbox._claim(10)
        outbox.touch([thing.key])
        assert outbox._claim(10) == []

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_share_the_rows(self, content, waiting):
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer; nothing to share")
        outbox.touch([content.add(f"Report {n}").key for n in range(40)])
        claimed, together = [], threading.Barrier(2)

        def work():
            together.wait()
            claimed.append([claim.key for claim in outbox._claim(20)])
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not set(claimed[0]) & set(claimed[1])


class TestVersions:
    def test_versions_grow_though_the_clock_goes_back(self, monkeypatch):
        first = writing.next_version()
        monkeypatch.setattr(writing.time, "time_ns", lambda: 1000)
        assert writing.next_version() == first + 1

    def test_version_is_drawn_before_the_state_is_read(self, content, waiting, monkeypatch):
        order = []
        thing = content.add("Report")
        outbox.touch([thing.key])
        draw, read = writing.next_version, content.sources["publication"].document
        monkeypatch.setattr(writing, "next_version", lambda: order.append("version") or draw())
        content.sources["publication"].document = lambda key: order.append("state") or read(key)
        outbox.drain()
        assert order == ["version", "state"]


class TestUpkeep:
    def test_sweep_adds_what_is_missing_and_removes_what_is_too_much(self, content, waiting):
        stale, missing = content.add("Stale"), content.add("Missing")
        outbox.touch([stale.key])
        outbox.drain()
        content.remove(stale)
        call_command("search_sweep")
        assert hits("missing") == 1 and hits("stale") == 0 and missing.key in set(get_engine().keys())

    def test_sweep_closes_what_anybody_finds_and_only_some_may_see(self, content, engine, waiting, monkeypatch):
        """It was published while its section was being restricted, and neither saw the other."""
        monkeypatch.setattr(maintenance, "LOOKED_AT_ONCE", 2)
        things = [content.add(f"Report {n}", published=datetime(2020, 1, 1 + n // 2, tzinfo=UTC)) for n in range(6)]
        outbox.touch([each.key for each in things])
        outbox.drain()
        for each in things[1:5]:
            each.acl = frozenset({"login"})
        assert maintenance.sweep().surplus == 4
        assert set(SearchOutbox.objects.values_list("key", flat=True)) == {each.key for each in things[1:5]}
        outbox.drain()
        assert maintenance.sweep().surplus == 0 and hits("report") == 6

    def test_rebuild_holds_exactly_what_the_sources_say(self, content, waiting, capsys):
        gone = content.add("Gone")
        outbox.touch([gone.key])
        outbox.drain()
        content.remove(gone)
        for number in range(60):
            content.add(f"Report {number}", kind="case" if number % 2 else "publication")
        call_command("search_rebuild")
        assert "60 things indexed." in capsys.readouterr().out and hits() == 60

    def test_change_during_a_rebuild_is_in_the_new_index(self, content, waiting):
        things = [content.add(f"Report {n}") for n in range(5)]
        late = []

        def change(done, total):
            if not late:
                things[0].title = "Changed meanwhile"
                content.remove(things[1])
                late.append(content.add("Added meanwhile"))
                outbox.touch([things[0].key, things[1].key, late[0].key])
                outbox.drain()

        rebuilding.rebuild(change)
        assert hits("meanwhile") == 2 and hits() == 5

    def test_rebuild_that_fails_leaves_the_old_index_in_use(self, content, waiting):
        outbox.touch([content.add("Report").key])
        outbox.drain()
        before = get_engine().health().target
        content.sources["publication"].broken = {content.add("Broken").key, content.add("Another").key}
        with pytest.raises(RebuildError, match="lacks 2 of 3"):
            rebuilding.rebuild()
        assert get_engine().health().target == before and hits() == 1

    def test_rebuild_if_needed(self, content, waiting, capsys, monkeypatch):
        content.add("Report")
        call_command("search_rebuild", "--if-needed")
        assert hits() == 1
        call_command("search_rebuild", "--if-needed")
        assert "up to date" in capsys.readouterr().out
        monkeypatch.setattr(get_engine(), "stamp", lambda: "another")
        assert rebuilding.is_outdated()

    def test_a_rebuild_begins_with_tokens_of_todays_analysis(self, content, waiting, monkeypatch):
        order = []
        monkeypatch.setattr(registry._registry, "renewals", {"files": lambda progress: order.append("renewed") or 1})
        begin = get_engine().begin_rebuild
        monkeypatch.setattr(get_engine(), "begin_rebuild", lambda: order.append("begun") or begin())
        rebuilding.rebuild()
        assert order == ["renewed", "begun"]

    def test_nightly_job_rebuilds_after_a_new_analysis(self, content, waiting, monkeypatch):
        get_engine().ensure_schema()
        before = get_engine().health().target
        content.add("Report")
        monkeypatch.setattr(rebuilding, "is_outdated", lambda: True)
        rebuilding.sweep_quietly()
        assert get_engine().health().target != before and hits() == 1

    def test_drain_command_says_what_it_did(self, content, waiting, flaky, capsys):
        outbox.touch([content.add("Report").key])
        call_command("search_drain")
        assert "1 things written, 0 wait." in capsys.readouterr().out
        outbox.touch([content.add("Other").key])
        flaky.error = EngineUnavailableError("down.")
        with pytest.raises(CommandError, match="1 changes wait and are not lost"):
            call_command("search_drain")

    def test_jobs_are_on_the_schedule_and_survive_an_engine_that_is_down(self, content, monkeypatch):
        ours = {job.name: job for job in jobs() if job.name.startswith("search.")}
        assert {name: job.every for name, job in ours.items()} == {
            "search.board": timedelta(days=1),
            "search.drain": timedelta(seconds=1),
            "search.purge": timedelta(seconds=30),
            "search.rebuild": timedelta(seconds=5),
            "search.sweep": timedelta(days=1),
            "search.words": timedelta(days=1),
        }

        def down(*args, **options):
            raise EngineUnavailableError("down")

        engine = get_engine()
        for name in ("write", "keys", "purge", "ensure_schema", "targets"):
            monkeypatch.setattr(engine, name, down)
        SearchOutbox.objects.create(key="a/en")
        for job in ours.values():
            job.run()
        assert SearchOutbox.objects.count() == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has one writer at a time")
class TestAReaderWhileSomebodyWrites:
    @pytest.fixture
    def held(self, tmp_path):
        """A database in a file, and somebody else who holds its lock for writing."""
        path, here = tmp_path / "db.sqlite3", connections["default"]
        mine = DatabaseWrapper({**here.settings_dict, "NAME": path})
        with mine.schema_editor() as schema:
            for model in (SearchOutbox, SearchDay):
                schema.create_model(model)
        connections["default"] = mine
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as writer:
                writer.execute("BEGIN IMMEDIATE")
                yield writer
        finally:
            mine.close()
            connections["default"] = here

    @pytest.fixture
    def counted(self):
        """A search that waits to be counted."""
        counting.forget()
        counting._waiting.add(counting._Numbers({(timezone.now().date(), "en"): counting.Tally(searches=1)}))
        yield
        counting.forget()

    def test_does_not_wait_to_note_a_hit(self, held, settings):
        settings.SEARCH_DRAIN_INLINE = False
        began = time.monotonic()
        outbox.touch_quietly(["a/en"])
        assert time.monotonic() - began < 1
        held.rollback()
        outbox.touch_quietly(["a/en"])
        assert SearchOutbox.objects.filter(key="a/en").count() == 1
        assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (20_000,)  # all others wait as before

    def test_does_not_wait_for_the_statistics(self, held, counted):
        began = time.monotonic()
        counting.write()
        assert time.monotonic() - began < 1
        held.rollback()
        counting.write()
        assert SearchDay.objects.get().searches == 1
