"""What becomes of tasks whose worker was killed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from documents.tasks import process_document
from workflows import task_queue
from workflows.worker import Worker

pytestmark = pytest.mark.django_db
REMOVAL = "wagtail.tasks.delete_file_from_storage_task"


@pytest.fixture(autouse=True)
def queue(settings):
    """The queue of the product: other tests run tasks at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def task(path=REMOVAL, status="RUNNING", minutes=30, workers=1, arguments=()):
    return DBTaskResult.objects.create(
        task_path=path,
        status=status,
        args_kwargs={"args": list(arguments), "kwargs": {}},
        backend_name="default",
        run_after=timezone.now() - timedelta(hours=1),
        started_at=timezone.now() - timedelta(minutes=minutes),
        finished_at=timezone.now() - timedelta(minutes=minutes) if status in ("SUCCESSFUL", "FAILED") else None,
        worker_ids=["w"] * workers,
        exception_class_path="",
        traceback="",
    )


def status(one):
    return DBTaskResult.objects.get(pk=one.pk).status


@pytest.mark.django_db(transaction=True)  # the worker takes tasks with a connection's own transaction
def test_a_file_that_wagtail_wanted_removed_is_removed_though_its_worker_was_killed(tmp_path):
    (tmp_path / "left").write_bytes(b"x")
    storage = ["django.core.files.storage.FileSystemStorage", [], {"location": str(tmp_path)}]
    lost = task(arguments=[storage, "left"])
    assert task_queue.requeue_lost() == 1
    Worker().run_once()
    assert not (tmp_path / "left").exists() and status(lost) == "SUCCESSFUL"


def test_a_task_that_may_still_run_is_left_alone():
    running = task(minutes=15)
    assert task_queue.requeue_lost() == 0
    assert status(running) == "RUNNING"


def test_a_task_that_kills_its_workers_is_given_up():
    deadly = task(workers=3)
    assert task_queue.requeue_lost() == 0
    assert status(deadly) == "FAILED"


def test_files_are_queued_again_by_their_own_state():
    reading = task(path=process_document.module_path, arguments=[1])
    assert task_queue.requeue_lost() == 0
    assert status(reading) == "FAILED"


def test_old_results_are_deleted_and_young_ones_and_waiting_tasks_stay():
    days = 24 * 60
    task(status="SUCCESSFUL", minutes=15 * days)
    task(status="FAILED", minutes=15 * days)
    kept = {task(status="FAILED", minutes=13 * days).pk, task(status="READY", minutes=15 * days).pk}
    task_queue.prune()
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == kept
