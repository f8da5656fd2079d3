"""How many publications a second the import publishes, beside Wagtail's own way of adding bare pages."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import django

from bench.archive import import_rows, write_rows
from bench.measure import Result

ROWS = 1000
BARE = 100


def bare_pages() -> float:
    """Pages a second by ``add_child``: no revision, no approval, no index."""
    from django.db import transaction
    from wagtail.models import Page

    # Below a home page: beside one, each page would be a new language tree and make roles.
    root = Page.objects.get(depth=2, locale__language_code="en")
    began = time.perf_counter()
    with transaction.atomic():
        for number in range(BARE):
            root.add_child(instance=Page(title=f"Bare {number}", slug=f"bare-{number}", locale=root.locale, live=False))
        speed = BARE / (time.perf_counter() - began)
        transaction.set_rollback(True)
    return speed


def run() -> list[Result]:
    """Publications a second, the first time and again (when nothing changes)."""
    django.setup()
    floor = bare_pages()
    speeds = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path, ROWS)
        for expected in ("created", "unchanged"):
            began = time.perf_counter()
            summary = import_rows(path)
            speeds.append(ROWS / (time.perf_counter() - began))
            assert getattr(summary, expected) == ROWS, f"{summary} instead of {ROWS} {expected}"
    return [
        Result("import, published", speeds[0], "bare add_child", floor, "1/s", limit=1.0, higher_is_better=True),
        Result(
            "import again, unchanged", speeds[1], "first import", speeds[0], "1/s", limit=5.0, higher_is_better=True
        ),
    ]
