"""A killed worker, a restored database, a restored storage: what was erased goes again, and half an erasure goes on."""

from __future__ import annotations

import dataclasses
import datetime
import json
import time
import uuid
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core import checks, serializers
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents import tasks
from documents.erasure import actions, disk, ledger, running, steps, targets
from documents.erasure.words import Matcher, fingerprints
from documents.models import Document, DocumentPageText, ErasedDocument, Erasure
from documents.moving import move
from documents.system_checks import nothing_erased_came_back
from search.exceptions import EngineUnavailableError
from tests.documents.erasure.conftest import NAME, traces_in_database, traces_in_storage


def snapshot(world):
    """What a backup holds of the file: its rows and its bytes."""
    storage = storages["documents"]
    rows = [world.first, *world.first.page_texts.all(), *world.first.checks.all()]
    data = serializers.serialize("json", rows)
    keys = {world.first.original.name, world.first.file.name}
    return data, {key: storage.open(key).read() for key in keys}


def restore(data, files, *, forget_erasure=True):
    """The database as it was before, and the files too; the ledger is where it is."""
    if forget_erasure:
        models.QuerySet(ErasedDocument)._raw_delete("default")
        Erasure.objects.all()._raw_delete("default")
    for row in serializers.deserialize("json", data):
        row.save()
    for key, content in files.items():
        storages["documents"].save(key, ContentFile(content))


class TestAfterARestore:
    @pytest.mark.parametrize("forget", [True, False])
    def test_it_is_erased_again(self, world, forget):
        data, files = snapshot(world)
        world.erase()
        restore(data, files, forget_erasure=forget)
        assert Document.objects.filter(pk=world.first.pk).exists() and traces_in_storage()
        out = StringIO()
        call_command("erase_again", stdout=out)
        assert "1 erasures carried out, 0 wait." in out.getvalue()
        assert traces_in_database() == set() and traces_in_storage() == set()
        stone = ErasedDocument.objects.get()
        assert stone.asked_by_name == str(world.people["legal"])

    def test_the_web_does_not_start_before(self, world):
        data, files = snapshot(world)
        world.erase()
        assert nothing_erased_came_back(None) == []
        restore(data, files)
        assert [found.id for found in nothing_erased_came_back(None)] == ["documents.E015"]
        assert nothing_erased_came_back in checks.registry.registry.deployment_checks
        tasks.erase_again()
        assert nothing_erased_came_back(None) == []

    def test_a_request_of_then_is_carried_out(self, world):
        """The backup was made between the request and its confirmation."""
        data, files = snapshot(world)
        erasure = world.ask()
        erasure.refresh_from_db()
        row = serializers.serialize("json", [erasure])
        world.confirm(erasure)
        restore(data, files)
        next(serializers.deserialize("json", row)).save()
        running.erase_again()
        erasure.refresh_from_db()
        assert (erasure.state, erasure.decided_by) == ("done", world.people["legal2"])
        assert not Document.objects.filter(pk=world.first.pk).exists()

    def test_newer_files_that_an_older_database_does_not_know_stay(self, world):
        data, files = snapshot(world)
        world.erase()
        restore(data, files)
        storage = storages["documents"]
        storage.save("documents/of-a-later-day", ContentFile(b"a later report"))
        _age(storage, "documents/of-a-later-day")
        running.erase_again()
        assert storage.exists("documents/of-a-later-day")

    def test_a_restored_storage_is_emptied_again(self, world):
        _data, files = snapshot(world)
        erasure = world.erase()
        storage = storages["documents"]
        storage.delete(f"erasures/{erasure.pk}.json")
        for key, content in files.items():
            storage.save(key, ContentFile(content))
        assert running.erase_again() == 1
        assert traces_in_storage() == set() and ledger.noted() == {str(erasure.pk)}

    def test_nothing_is_done_where_nothing_came_back(self, world):
        world.erase()
        assert running.erase_again() == 0
        assert running.erase_again(everything=True) == 1

    def test_another_secret_is_an_error_unless_the_old_one_is_named(self, world, settings, caplog):
        data, files = snapshot(world)
        world.erase()
        restore(data, files)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
        assert running.erase_again() == 0
        assert "was not signed" in caplog.text
        assert [found.id for found in nothing_erased_came_back(None)] == ["documents.E016"]
        with pytest.raises(CommandError):
            call_command("erase_again", stderr=StringIO())
        settings.SECRET_KEY_FALLBACKS = [old]
        assert running.erase_again() == 1
        assert nothing_erased_came_back(None) == []
        assert traces_in_database() == set()

    def test_an_entry_that_can_not_be_read_is_an_error_and_no_end(self, world, caplog):
        world.erase()
        storages["documents"].save("erasures/6f1c2f0e-6d0a-4a53-9a0e-0d6c0f0f3a11.json", ContentFile(b"{}"))
        assert running.erase_again(everything=True) == 1
        assert "can't be read" in caplog.text

    def test_a_file_of_another_name_stops_nothing(self, world, caplog):
        world.erase()
        storages["documents"].save("erasures/notes.json", ContentFile(b"{}"))
        assert running.erase_again(everything=True) == 1
        assert "is no erasure" in caplog.text

    @pytest.mark.parametrize("mac", ["", "0" * 64, None])
    def test_who_writes_to_the_storage_can_not_have_anything_erased(self, world, caplog, mac):
        world.erase()
        storage, noted = storages["documents"], ledger.noted().pop()
        forged = json.loads(storage.open(f"erasures/{noted}.json").read())
        forged |= {"id": str(uuid.uuid4()), "targets": targets.targets_of([world.second])}
        forged |= {} if mac is None else {"mac": mac}  # None: the mark of another entry
        storage.save(f"erasures/{forged['id']}.json", ContentFile(json.dumps(forged).encode()))
        assert running.erase_again() == 0
        assert "was not signed" in caplog.text
        assert Document.objects.filter(pk=world.second.pk).exists()

    def test_what_was_put_in_the_place_of_an_entry_is_replaced(self, world, monkeypatch):
        erasure = world.ask()
        storages["documents"].save(f"erasures/{erasure.pk}.json", ContentFile(b"{}"))
        world.confirm(erasure)
        assert [entry.id for entry in ledger.entries()] == [str(erasure.pk)]

    def test_a_cancelled_request_is_none_that_was_confirmed(self, world):
        erasure = world.erase()
        entry = next(ledger.entries())
        actions.cancel(other := world.ask(scope="series"), world.people["legal"])
        running._reopen(dataclasses.replace(entry, id=str(other.pk)))
        other.refresh_from_db()
        assert (other.scope, other.decided_by, other.again) == (erasure.scope, erasure.decided_by, True)

    def test_the_ledger_moves_with_the_files(self, world, s3_settings, tmp_path):
        from documents.storage import PrivateFileStorage, PrivateS3Storage

        world.first.original.storage.save("erasures/x.json", ContentFile(b"{}"))
        target = PrivateS3Storage()
        move(PrivateFileStorage(), target, delete=False)
        assert target.exists("erasures/x.json")
        target.bucket.objects.all().delete()


def _age(storage, key):
    import os

    if hasattr(storage, "path"):
        os.utime(storage.path(key), (1, 1))


@pytest.fixture
def confirmed(world, monkeypatch):
    """Confirmed, and no worker has taken it."""
    monkeypatch.setattr(tasks, "erase", SimpleNamespace(enqueue=lambda pk: None))
    erasure = world.confirm(world.ask())
    assert erasure.state == "running"
    return erasure


class TestKilled:
    @pytest.mark.parametrize("name", [step.name for step in steps.steps()])
    def test_it_goes_on_after_a_kill_in_any_step(self, world, confirmed, monkeypatch, name):
        step = next(step for step in steps.steps() if step.name == name)

        def killed(erasure):
            step.run(erasure)
            raise KeyboardInterrupt

        monkeypatch.setitem(steps._steps, name, steps.Step(name, "", step.order, killed))
        with pytest.raises(KeyboardInterrupt):
            running.run(str(confirmed.pk))
        monkeypatch.setitem(steps._steps, name, step)
        confirmed.refresh_from_db()
        assert confirmed.state == "running" and name not in confirmed.done
        assert tasks.resume_erasures() == 1
        assert traces_in_database() == set() and traces_in_storage() == set()

    def test_one_process_at_a_time(self, confirmed):
        Erasure.objects.filter(pk=confirmed.pk).claim(uuid.uuid4())
        assert running.run(str(confirmed.pk)) is False and tasks.resume_erasures() == 0
        Erasure.objects.update(claimed_until=timezone.now() - datetime.timedelta(seconds=1))
        assert tasks.resume_erasures() == 1

    def test_a_page_saved_meanwhile_is_cleaned_too(self, world, confirmed, monkeypatch):
        step = next(step for step in steps.steps() if step.name == "translations")

        def busy(erasure):
            from cms.publications.models import PublicationFile

            page = world.shown()
            page.files = [PublicationFile(document=world.first)]
            page.save_revision()
            monkeypatch.setitem(steps._steps, "translations", step)

        monkeypatch.setitem(steps._steps, "translations", steps.Step("translations", "", step.order, busy))
        assert running.run(str(confirmed.pk)) is False
        confirmed.refresh_from_db()
        assert confirmed.trouble == "named" and confirmed.done == ["ledger"]
        assert running.run(str(confirmed.pk)) is True
        assert [row.document_id for row in world.shown().get_latest_revision_as_object().files.all()] == []

    @pytest.mark.parametrize(
        ("name", "fault", "trouble"),
        [
            ("bytes", OSError("disk"), "storage"),
            ("search", EngineUnavailableError("down"), "search"),
            ("database", DatabaseError("locked"), "database"),
        ],
    )
    def test_what_is_in_the_way_is_said(self, world, confirmed, monkeypatch, client, name, fault, trouble):
        step = next(step for step in steps.steps() if step.name == name)

        def fails(erasure):
            raise fault

        monkeypatch.setitem(steps._steps, name, steps.Step(name, step.label, step.order, fails))
        assert running.run(str(confirmed.pk)) is False
        confirmed.refresh_from_db()
        assert (confirmed.state, confirmed.trouble) == ("running", trouble)
        client.force_login(world.people["legal"])
        screen = client.get(f"/admin/documents/erasures/{confirmed.pk}/").content.decode()
        assert "Still to do" in screen and "tried again" in screen
        with pytest.raises(CommandError, match="1 wait"):
            call_command("erase_again", stderr=StringIO())

    def test_a_lost_survey_is_made_by_the_schedule(self, world, monkeypatch):
        monkeypatch.setattr(tasks, "survey_erasure", SimpleNamespace(enqueue=lambda pk: None))
        erasure = world.ask()
        tasks.resume_erasures()
        erasure.refresh_from_db()
        assert erasure.surveyed_at and erasure.found["wagtailcore.revision.content"] >= 1

    def test_a_survey_that_fails_is_in_nobodys_way(self, world, confirmed, monkeypatch, caplog):
        for series in (world.second.series, uuid.uuid4()):
            Erasure.objects.create(series=series, number=9, reason="Named.", again=True)
        surveyed = []

        def survey(pk):
            surveyed.append(pk)
            raise ValueError("broken")

        monkeypatch.setattr(running, "survey", survey)
        assert tasks.resume_erasures() == 1
        assert len(surveyed) == 2 and "A survey failed" in caplog.text
        confirmed.refresh_from_db()
        assert confirmed.state == "done"


class TestTwoProcesses:
    @pytest.fixture
    def running_one(self, committed_db, settings, tmp_path, monkeypatch):
        settings.DOCUMENTS_ROOT = tmp_path / "documents"
        monkeypatch.setattr(steps, "_steps", {})
        return Erasure.objects.create(series=uuid.uuid4(), number=1, reason="Named.", state="running")

    def only_step(self, run):
        steps.register(steps.Step("slow", "Slow", 10, run))

    def test_a_step_may_last_longer_than_the_lease(self, running_one, monkeypatch):
        monkeypatch.setattr(running, "RENEW_EVERY", 0.05)
        found = []

        def slow(erasure):
            Erasure.objects.update(claimed_until=timezone.now() - datetime.timedelta(seconds=1))
            for _wait in range(100):
                time.sleep(0.05)
                if not Erasure.objects.free().exists():
                    found.append("held")
                    break

        self.only_step(slow)
        assert running.run(str(running_one.pk)) and found == ["held"]

    def test_who_was_thought_dead_writes_nothing_any_more(self, running_one):
        other = uuid.uuid4()

        def taken_over(erasure):
            Erasure.objects.update(claimed_until=timezone.now() - datetime.timedelta(seconds=1))
            assert Erasure.objects.filter(pk=erasure.pk).claim(other) == 1

        self.only_step(taken_over)
        assert running.run(str(running_one.pk)) is False
        running_one.refresh_from_db()
        assert (running_one.claim, running_one.done, running_one.state) == (other, [], "running")
        assert running_one.claimed_until and not running_one.trouble


def test_words_in_files_that_stay_are_told(world):
    """The second version names her after all: it stays, and the screen says so."""
    DocumentPageText.objects.filter(document=world.second, number=1).update(text=f"By {NAME}.")
    assert world.erase().left == {"documents.documentpagetext.text": 1}


class TestDisk:
    def test_tables_are_written_anew(self, committed_db):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            disk.forget()
        text = " ".join(query["sql"] for query in queries)
        assert "VACUUM" in text

    def test_a_reader_in_the_way_is_an_error(self, tmp_path, monkeypatch, committed_db):
        """On a database file with a write-ahead log, as in the default set-up."""
        import sqlite3

        path = tmp_path / "db.sqlite3"
        own = sqlite3.connect(path, isolation_level=None)
        own.execute("PRAGMA journal_mode=WAL")
        own.execute("PRAGMA secure_delete=OFF")  # some builds have it on: then free pages are empty anyway
        own.execute("CREATE TABLE t(x TEXT)")
        own.execute("INSERT INTO t VALUES (?)", (NAME * 50,))
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        own.execute("DELETE FROM t")
        own.execute("PRAGMA busy_timeout = 50")

        class Fake:
            vendor, ops = "sqlite", connection.ops

            @staticmethod
            def cursor():
                from contextlib import closing

                return closing(own.cursor())

        monkeypatch.setattr(disk, "connection", Fake)
        with pytest.raises(DatabaseError):
            disk.forget()
        reader.execute("ROLLBACK")
        disk.forget()
        reader.close()
        assert not any(NAME.encode() in one.read_bytes() for one in tmp_path.iterdir())


class TestWords:
    def test_a_phrase_is_found_through_markup_case_and_accents(self):
        matcher = Matcher(fingerprints(["Zarqa Nettlewick", "Müller"]))
        assert matcher.without("By <b>ZARQA</b> nettlewick, and muller.") == "By <b>[…]</b> […], and […]."
        assert matcher.without("Zarqa said. Nettle wick.") == "Zarqa said. Nettle wick."

    def test_json_in_json_is_looked_into(self):
        matcher = Matcher(fingerprints(["نصر"]))
        assert matcher.without({"body": '[{"value": "\\u0646\\u0635\\u0631 spoke"}]'}) == {
            "body": '[{"value": "[\\u2026] spoke"}]'
        }

    def test_names_of_files_are_looked_into(self):
        matcher = Matcher(fingerprints(["Zarqa Nettlewick"]))
        assert matcher.without("2026_Zarqa_Nettlewick_statement.pdf") == "2026_[…]_statement.pdf"

    @pytest.mark.parametrize("depth", [900, 100_000])
    def test_brackets_without_end_are_a_text(self, depth):
        matcher = Matcher(fingerprints(["Quillbramble"]))
        assert not matcher.finds("[" * depth) and not matcher.finds("[" * depth + "]" * depth)
        assert "uillb" not in matcher.without("[" * depth + '"Quillbramble"' + "]" * depth)

    def test_lists_may_be_as_deep_as_strangers_like(self):
        value = ["by Quillbramble"]
        for _level in range(20_000):
            value = [value]
        new = Matcher(fingerprints(["Quillbramble"])).without(value)
        while isinstance(new, list):
            new = new[0]
        assert new == "by […]"

    def test_what_has_none_is_the_same_object(self):
        matcher = Matcher(fingerprints(["Quillbramble"]))
        value = {"a": ["b", 1, None], "c": "[broken"}
        assert matcher.without(value) is value and not matcher.finds("Bramblequill")
        assert not Matcher().finds("anything")
