"""Jobs that the worker runs again and again: embargoes, expiries, the search outbox, sweeps.

Here, at the bottom, because every app registers jobs and only the worker runs them. There is no
cron to set up: the worker that runs the tasks keeps the schedule too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Job:
    """``run`` is called every ``every``; it must be idempotent and short, and may be called by several workers."""

    name: str
    every: timedelta
    run: Callable[[], object]


_jobs: dict[str, Job] = {}


def register(name: str, every: timedelta, run: Callable[[], object]) -> None:
    """Adds a job, called from ``AppConfig.ready()``. Raises ValueError where another job has the name."""
    if name in _jobs and _jobs[name].run is not run:
        raise ValueError(f"There is a job called {name} already.")
    _jobs[name] = Job(name, every, run)


def jobs() -> Iterable[Job]:
    """All registered jobs, in the order of their registration."""
    return tuple(_jobs.values())
