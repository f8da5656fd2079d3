"""What the benchmarks share: a result, an interleaved stopwatch, a web server with the demo content."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Result:
    """One line of the table. ``ratio`` is ours to the floor in ``unit``; ``limit`` is the ratio to keep.

    ``higher_is_better`` is True for throughputs: the ratio must then not fall below the limit.
    """

    name: str
    ours: float
    floor_name: str
    floor: float
    unit: str
    limit: float | None = None
    higher_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours divided by the floor."""
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def kept(self) -> bool:
        """Whether the limit is kept; True where there is none."""
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.higher_is_better else self.ratio <= self.limit


def medians(actions: dict[str, Callable[[], object]], rounds: int, warm_up: int = 5) -> dict[str, float]:
    """Milliseconds (median) of each action. One of each per round, so that a busy machine hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(warm_up + rounds):
        for name, action in actions.items():
            began = time.perf_counter()
            action()
            if number >= warm_up:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


class Client:
    """One kept-alive connection, as a browser has."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, expect: int = 200) -> bytes:
        """The body of ``path``. Raises AssertionError on another status: a 404 is quick and proves nothing."""
        self.connection.request("GET", path, headers={"Accept-Language": "en"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == expect, f"{path} answered {answer.status}, not {expect}"
        return body


@contextmanager
def server() -> Iterator[int]:
    """gunicorn with one process and ``bench.settings`` on a free port; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "settings.wsgi", "--config", "deploy/gunicorn.conf.py"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2"),
        ],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings"},
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                Client(port).get("/bench/floor/")
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(20)
