"""How long a search takes in the browser's place, beside the bare statement of the engine that it runs."""

from __future__ import annotations

from urllib.parse import quote_plus

import django

from bench.measure import Client, Result, medians, server

QUERIES = ("report", "chain of command", '"human rights"')
LIMIT = 3.0


def run() -> list[Result]:
    """A result per query: the page over HTTP, and the API, against the engine's answer in this process."""
    django.setup()
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
                for what, limit in (("page", LIMIT), ("api", None))
            ]
    return results
