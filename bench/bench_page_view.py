"""How long a page takes, beside a bare Django view in the same server behind the same middleware."""

from __future__ import annotations

import django

from bench.measure import Client, Result, medians, server

ROUNDS = 40


def addresses() -> dict[str, str]:
    """One public page per page type, found as an anonymous visitor finds them: {type: address}."""
    django.setup()
    from wagtail.models import Page

    from access.visibility import visible_to
    from access.visitor import Visitor

    found: dict[str, str] = {}
    for page in (
        visible_to(Page.objects.filter(locale__language_code="en"), Visitor()).specific().order_by("depth", "pk")
    ):
        found.setdefault(type(page).__name__, page.get_url())
    return found


def run() -> list[Result]:
    """A result per page type, and one for the search page."""
    pages = addresses() | {"search": "/en/search/?q=report"}
    results = []
    with server() as port:
        client = Client(port)
        for name, address in pages.items():
            size = len(client.get(address))
            times = medians(
                {"ours": lambda a=address: client.get(a), "floor": lambda: client.get("/bench/floor/")}, ROUNDS
            )
            results.append(
                Result(
                    f"page view: {name}", times["ours"], "bare view", times["floor"], "ms", note=f"{size / 1000:.0f} kB"
                )
            )
    return results
