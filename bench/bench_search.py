"""How long a search takes in the browser's place, beside the bare statement of the engine that it runs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote_plus

import django

from bench.archive import import_rows, write_rows
from bench.measure import Client, Result, medians, server

PUBLICATIONS = 5000
QUERIES = ("report", "chain of command", '"human rights"')
LIMIT = 3.0
MANY_HITS = 1000
"""With fewer the engine has next to nothing to do, and the ratio says only what a page costs anyway."""


def fill() -> None:
    """Publications as an archive has them: the demo content alone is too small to search in."""
    from search.outbox import drain

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path, PUBLICATIONS, texts=4)
        import_rows(path)
    drain()


def run() -> list[Result]:
    """A result per query: the page over HTTP, and the API, against the engine's answer in this process."""
    django.setup()
    fill()
    from access.visitor import Visitor
    from search.engines import get_engine
    from search.engines.base import SearchRequest
    from search.languages import searched
    from search.matching import plan
    from search.query import parse

    engine = get_engine()
    results = []
    with server() as port:
        client = Client(port)
        for text in QUERIES:
            request = SearchRequest(plan=plan(parse(text), searched()), tokens=Visitor().tokens)
            total = engine.search(request).total
            query = quote_plus(text)
            times = medians(
                {
                    "page": lambda q=query: client.get(f"/en/search/?q={q}"),
                    "api": lambda q=query: client.get(f"/api/v1/search?q={q}&lang=en"),
                    "engine": lambda r=request: engine.search(r),
                },
                30,
            )
            results += [
                Result(
                    f"search {what}: {text}",
                    times[what],
                    "engine alone",
                    times["engine"],
                    "ms",
                    limit=limit,
                    note=f"{total} hits",
                )
                for what, limit in (("page", LIMIT if total >= MANY_HITS else None), ("api", None))
            ]
    return results
