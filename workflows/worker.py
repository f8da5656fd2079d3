"""The worker: tasks from the database and the jobs of ``access.schedule``, in one process.

Tasks run one after the other in the main thread. Each job has a thread and a connection of its
own, so that a slow task or a slow job never keeps an embargo or a withdrawal waiting. Any number of
workers may run: jobs are written to be safe then.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
from types import FrameType
from typing import Any

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as TaskLoop

from access.schedule import Job, jobs
from documents.extraction.jobs import surroundings

RETRY_AFTER = 2.0
"""Seconds to wait after the database failed."""

logger = logging.getLogger(__name__)


class Worker:
    """Runs until ``stop()``, or once."""

    def __init__(self, *, interval: float = 0.5, backend: str = "default") -> None:
        self.stopping = threading.Event()
        self.interval = interval
        self.backend = backend
        self._tasks: Any = None

    def run(self) -> None:
        """Runs tasks and jobs until ``stop()``. Survives errors of the database and of any job."""
        threads = [threading.Thread(target=self._repeat, args=(job,), name=job.name, daemon=True) for job in jobs()]
        for thread in threads:
            thread.start()
        if not surroundings().walled:
            logger.warning("No walls around programs that open uploads", extra={"event": "children_not_walled"})
        logger.info("Worker started", extra={"event": "worker_started", "jobs": [job.name for job in jobs()]})
        while not self.stopping.is_set():
            self._work_off(batch=False)
        for thread in threads:
            thread.join(timeout=10)
        logger.info("Worker stopped", extra={"event": "worker_stopped"})

    def run_once(self) -> bool:
        """Runs each job once, then all waiting tasks, then the jobs again for what the tasks left; True if all went well."""
        went_well = [run_job(job) for job in jobs()]
        went_well.append(self._work_off(batch=True))
        return all(went_well + [run_job(job) for job in jobs()])

    def stop(self) -> None:
        """Ends after the task that is running now."""
        self.stopping.set()
        if self._tasks is not None:
            self._tasks.running = False

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT end the worker after its task; a second one ends it at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            raise SystemExit(1)
        self.stop()

    def _work_off(self, *, batch: bool) -> bool:
        """Runs tasks: those waiting (``batch``), or for ever. False where the database failed."""
        self._tasks = TaskLoop(
            queue_names=["*"],
            interval=self.interval,
            batch=batch,
            backend_name=self.backend,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._tasks.running = not self.stopping.is_set()
        try:
            self._tasks.run()
        except DatabaseError:
            logger.exception("The database failed; trying again", extra={"event": "worker_database_failed"})
            close_old_connections()
            self.stopping.wait(0 if batch else RETRY_AFTER)
            return False
        return True

    def _repeat(self, job: Job) -> None:
        period = job.every.total_seconds()
        self.stopping.wait(random.uniform(0, min(period, 1.0)))  # noqa: S311 - spreads the workers' queries
        while not self.stopping.is_set():
            run_job(job)
            close_old_connections()
            self.stopping.wait(period)
        connections.close_all()


def run_job(job: Job) -> bool:
    """Runs ``job`` once; False, with a log entry, where it failed. Its next turn comes all the same."""
    try:
        job.run()
    except Exception:
        logger.exception("A job failed", extra={"event": "job_failed", "job": job.name})
        return False
    return True
