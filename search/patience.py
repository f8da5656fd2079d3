"""Writing beside an answer: where somebody else writes, it is left for another time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PATIENCE = 50
"""Milliseconds."""


@contextmanager
def impatient() -> Iterator[None]:
    """Lets nothing in the block wait for a writer of SQLite, who may be an import: it raises OperationalError soon.

    Whoever changes something waits for its turn, by ``OPTIONS["timeout"]``; readers don't. PostgreSQL's writers of other
    rows are in nobody's way.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {before}")
