"""Where files are worked on: folders of our own below ``VAR_DIR``, which nobody else may open.

A process that is killed leaves its folder, with a draft in it. The worker removes such folders when it
starts and every hour; in a shared temporary folder they would stay for good.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

LEFT_AFTER = 3600.0
"""Seconds. Nothing is worked on for so long: the budget of a document is ten minutes."""


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder for the block; gone afterwards."""
    root = _root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as name:
        yield Path(name)


def clear(left_after: float = LEFT_AFTER) -> int:
    """Removes what killed processes left ``left_after`` seconds ago and earlier; returns how many folders."""
    before = time.time() - left_after
    left = [path for path in _root().glob("*") if path.stat().st_mtime < before]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _root() -> Path:
    return Path(settings.VAR_DIR) / "scratch"
