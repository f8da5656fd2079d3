"""What a process remembers for some seconds, because to read it takes longer than an answer may; and the cache, which may be away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """A value that is made again when it is older than ``seconds``. Who comes meanwhile takes the old one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: tuple[T, float] | None = None

    def get(self, make: Callable[[], T]) -> T:
        """The value, made by ``make`` where there is none or an old one."""
        kept = self._kept
        if kept is None:
            return self._renewed(make)
        if time.monotonic() - kept[1] < self._seconds or not self._lock.acquire(blocking=False):
            return kept[0]
        try:
            return self._renewed(make)
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Forgets it; for tests."""
        self._kept = None

    def _renewed(self, make: Callable[[], T]) -> T:
        value = make()
        self._kept = (value, time.monotonic())
        return value


def safely(use: Callable[[], T], otherwise: T) -> T:
    """What ``use`` gives of the cache. One that is away, or forgets a count in between, must not be the end of search."""
    try:
        return use()
    except Exception:  # noqa: BLE001  # boundary to the cache, whose errors depend on what it is
        return otherwise
