"""Elasticsearch by itself: the floor of ``over_elasticsearch``. The very requests of the product, by plain HTTP."""

from __future__ import annotations

import http.client
import json
import os
import time
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

RAW_SAMPLE = 5000
"""Documents of the raw bulk, spread over the whole archive."""
NO_STATEMENT = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Raw:
    """The engine by plain HTTP, over one kept-alive connection: the floor."""

    def __init__(self) -> None:
        parts = urlsplit(os.environ["SEARCH_URL"])
        self.connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 9200, timeout=120)

    def send(self, method: str, path: str, body: bytes | None, kind: str = "application/json") -> Any:
        """The answer, read as JSON."""
        self.connection.request(method, path, body, {"Content-Type": kind})
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path} answered {answer.status}: {text[:300]!r}"
        return json.loads(text)


@dataclass(frozen=True)
class Asked:
    """What a page asks others: the calls of the engine, each (method, path, body), and how many SQL statements."""

    calls: list[tuple[str, str, bytes | None]]
    statements: int


def asked_by(path: str) -> Asked:
    """What the page at ``path`` asks when it was asked for once before. In this process."""
    from django.db import connection
    from django.test import Client as InProcess
    from django.test.utils import CaptureQueriesContext

    from search.engines.elasticsearch_server import CompatibleNode

    calls: list[tuple[str, str, bytes | None]] = []
    perform = CompatibleNode.perform_request

    def noted(
        self: CompatibleNode, method: str, target: str, body: bytes | None = None, *rest: Any, **more: Any
    ) -> Any:
        calls.append((method, target, body))
        return perform(self, method, target, body, *rest, **more)

    browser = InProcess(SERVER_NAME="localhost")
    assert browser.get(path).status_code == 200, path
    counted = []
    for _ in range(2):  # what is remembered for some seconds may just have been read again
        calls.clear()
        with patch.object(CompatibleNode, "perform_request", noted), CaptureQueriesContext(connection) as captured:
            browser.get(path)
        counted.append(sum(not each["sql"].startswith(NO_STATEMENT) for each in captured))
    return Asked(calls, min(counted))


def raw_bulk() -> float:
    """Documents a second that the engine takes: bodies that the product makes, sent by plain HTTP to a scratch index.

    Only the requests count, and a refresh at the end. The index is made like the product's own.
    """
    from search import writing
    from search.engines.base import Operation
    from search.engines.elasticsearch_bulk import lines
    from search.engines.elasticsearch_server import Server
    from search.maintenance import all_keys

    prefix = os.environ["SEARCH_INDEX_PREFIX"]
    made = Server(os.environ["SEARCH_URL"], prefix)
    alias = f"{prefix}-scratch"
    settings = {"settings": made.settings(), "mappings": made.mappings(), "aliases": {alias: {}}}
    raw, seconds, count = Raw(), 0.0, 0
    raw.send("PUT", f"/{alias}-index", json.dumps(settings).encode())
    keys = list(all_keys())
    found = (each for each in writing.read(keys[:: max(1, len(keys) // RAW_SAMPLE)]) if isinstance(each, Operation))
    for batch in writing.portions(found):
        body = "".join(f"{json.dumps(line)}\n" for line in lines(batch)).encode()
        began = time.perf_counter()
        answer = raw.send("POST", f"/{alias}/_bulk", body, "application/x-ndjson")
        seconds += time.perf_counter() - began
        assert not answer["errors"], "the raw bulk was refused"
        count += len(batch)
    began = time.perf_counter()
    raw.send("POST", f"/{alias}/_refresh", None)
    seconds += time.perf_counter() - began
    raw.send("DELETE", f"/{alias}-index", None)
    return count / seconds
