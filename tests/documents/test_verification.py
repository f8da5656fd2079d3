"""The weekly walk over all files: resumable, one at a time, and a storage that is down is no missing file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from documents import verification
from documents.actions import add_document
from documents.models import StorageVerification
from documents.models.verifications import LEASE
from documents.verification import begin, verify, verify_weekly
from tests.documents.conftest import new_image, small_pdf, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_processing")]


@pytest.fixture
def files():
    return [add_document(upload(small_pdf(n)), title=str(n), user=None) for n in (1, 2, 3)]


@pytest.fixture
def stops_after(monkeypatch):
    """``stops_after(n)``: the storage goes down when ``n`` files were read."""

    def arm(count: int) -> list[str]:
        read: list[str] = []
        real = verification.sha256_of

        def sha256_of(storage, key):
            if len(read) >= count:
                raise ConnectionError("down")
            read.append(key)
            return real(storage, key)

        monkeypatch.setattr(verification, "sha256_of", sha256_of)
        return read

    return arm


def test_a_stopped_run_goes_on_where_it_was(files, stops_after, monkeypatch):
    monkeypatch.setattr(verification, "STEP", 1)
    new_image()
    with monkeypatch.context():
        read = stops_after(2)
        with pytest.raises(ConnectionError):
            verify(storages["documents"])
    run = StorageVerification.objects.get()
    assert (run.finished_at, run.missing, run.checked) == (None, [], 2)
    monkeypatch.undo()
    read = stops_after(100)
    verdict = verify(storages["documents"])
    assert verdict.pk == run.pk
    assert read[0] == files[2].original.name
    assert (verdict.ok, verdict.checked) == (True, 4)


def test_a_run_that_another_process_carries_on_is_left_alone(files):
    theirs = begin()
    ours = begin()
    assert ours.pk != theirs.pk
    StorageVerification.objects.filter(pk=ours.pk).delete()
    assert verify_weekly() is False
    StorageVerification.objects.filter(pk=theirs.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert begin().pk == theirs.pk


def test_once_a_week(files):
    assert verify_weekly() is True
    assert verify_weekly() is False
    StorageVerification.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert verify_weekly() is True
    assert StorageVerification.objects.count() == 2


def test_a_missing_file_raises_an_alarm_without_a_title(files, caplog):
    storages["documents"].delete(files[0].original.name)
    assert verify_weekly() is True
    (record,) = [record for record in caplog.records if getattr(record, "event", "") == "storage_verified"]
    assert (record.levelname, record.missing, record.checked) == ("ERROR", 1, 3)


def test_the_command_says_that_the_storage_is_down_and_can_go_on(files, stops_after):
    stops_after(1)
    with pytest.raises(CommandError, match="Start again"):
        call_command("verify_documents")
    assert StorageVerification.objects.get().claimed_until is None


def test_restart_forgets_the_stopped_run(files, stops_after, monkeypatch, capsys):
    monkeypatch.setattr(verification, "STEP", 1)
    stops_after(2)
    with pytest.raises(CommandError):
        call_command("verify_documents")
    monkeypatch.undo()
    call_command("verify_documents", "--restart")
    assert StorageVerification.objects.count() == 1
    assert "3 files checked" in capsys.readouterr().out


def test_the_lease_is_longer_than_a_step_takes():
    assert timedelta(minutes=5) <= LEASE <= timedelta(hours=1)


def test_queries_grow_with_batches_and_not_with_files(files, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        verification.named(document.original.name for document in files)
    assert verification.named([files[0].original.name, "documents/none"]) == {files[0].original.name}
