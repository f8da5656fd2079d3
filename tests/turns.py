"""Turns of test passes that run side by side: what promises seconds has the machine for itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Waits until no pass is ``alone``, or until no other pass is in a turn. TEST_TURNS names the file that they share."""
    path = os.environ.get("TEST_TURNS")
    if not path:
        yield
        return
    with Path(path).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
