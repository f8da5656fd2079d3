"""The worker: tasks and jobs in one process, whatever fails."""

import signal
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from access import schedule as registry
from access.schedule import Job
from documents.extraction.jobs import Surroundings
from workflows import worker
from workflows.worker import Worker, run_job


@pytest.fixture
def jobs(monkeypatch):
    """Replaces the registered jobs; returns the list to fill."""
    own: list[Job] = []
    monkeypatch.setattr(worker, "jobs", lambda: tuple(own))
    return own


@pytest.fixture
def database_tasks(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_our_jobs_are_registered():
    assert {job.name: job.every for job in registry.jobs() if job.name.startswith("workflows.")} == {
        "workflows.schedule": timedelta(seconds=15),
        "workflows.drift": timedelta(days=1),
        "workflows.requeue_lost_tasks": timedelta(minutes=1),
        "workflows.prune_task_results": timedelta(days=1),
    }


@pytest.mark.django_db(transaction=True)
class TestOnce:
    def test_it_runs_jobs_and_tasks(self, jobs, database_tasks):
        from wagtail.tasks import delete_file_from_storage_task

        ran = []
        jobs.append(Job("a", timedelta(days=1), lambda: ran.append(1)))
        storage = ("django.core.files.storage.FileSystemStorage", [], {})
        result = delete_file_from_storage_task.enqueue(storage, "no-such-file")
        call_command("run_worker", "--once")
        assert ran == [1, 1]
        assert DBTaskResult.objects.get(pk=result.id).status in ("SUCCESSFUL", "FAILED")

    def test_a_failing_job_does_not_keep_the_others(self, jobs, caplog):
        ran = []
        jobs.append(Job("broken", timedelta(days=1), lambda: 1 / 0))
        jobs.append(Job("whole", timedelta(days=1), lambda: ran.append(1)))
        with pytest.raises(CommandError):
            call_command("run_worker", "--once")
        assert ran
        assert {record.job for record in caplog.records if getattr(record, "event", "") == "job_failed"} == {"broken"}

    def test_a_database_error_is_reported(self, jobs, monkeypatch):
        def fail(self):
            raise OperationalError("gone")

        monkeypatch.setattr("workflows.worker.TaskLoop.run", fail)
        assert Worker().run_once() is False


class TestRunning:
    def test_it_survives_errors_of_the_database_and_stops(self, jobs, monkeypatch):
        monkeypatch.setattr(worker, "RETRY_AFTER", 0.01)
        runs, ticks = [], []
        running = Worker(interval=0.01)

        def fail(loop):
            runs.append(1)
            if len(runs) < 3:
                raise OperationalError("gone")
            running.stop()

        def tick():
            ticks.append(1)
            raise OperationalError("gone")

        monkeypatch.setattr("workflows.worker.TaskLoop.run", fail)
        monkeypatch.setattr("workflows.worker.random.uniform", lambda a, b: 0)
        jobs.append(Job("tick", timedelta(milliseconds=1), tick))
        thread = threading.Thread(target=running.run)
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive()
        assert len(runs) == 3
        assert ticks

    def test_its_start_says_that_there_are_no_walls(self, jobs, monkeypatch, caplog):
        running = Worker()
        running.stop()
        for found, said in ((Surroundings(walled=True), 0), (Surroundings(), 1)):
            monkeypatch.setattr(worker, "surroundings", lambda found=found: found)
            running.run()
            events = [getattr(record, "event", "") for record in caplog.records]
            assert events.count("children_not_walled") == said

    def test_the_second_signal_ends_it_at_once(self):
        running = Worker()
        running._on_signal(signal.SIGTERM, None)
        assert running.stopping.is_set()
        with pytest.raises(SystemExit):
            running._on_signal(signal.SIGTERM, None)

    def test_a_job_that_works(self):
        assert run_job(Job("x", timedelta(days=1), lambda: None))
