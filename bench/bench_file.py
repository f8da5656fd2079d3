"""How fast files and pictures of pages leave ``/d/…``, beside Django's FileResponse and a static file in the same server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench.measure import Client, Result, medians, server

if TYPE_CHECKING:
    from documents.models import Document

MEGABYTE = 1024 * 1024
BIG, SMALL = 20, 1
STATIC = "bench-page.webp"


def public_files() -> list[Document]:
    """Three public demo documents with pages, whose bytes may be replaced: this database is thrown away after the run."""
    from access.visitor import Visitor
    from documents.access import released_to

    found = list(released_to(Visitor()).filter(mime="application/pdf").order_by("pk")[:3])
    assert len(found) == 3, "the demo content has too few public files"
    return found


def made_large(document: Document, megabytes: int) -> str:
    """Puts so many megabytes in the place of the document's bytes, and beside as the floor's file; its address."""
    from django.conf import settings
    from django.db.models import QuerySet

    content = os.urandom(megabytes * MEGABYTE)
    (Path(settings.VAR_DIR) / f"bench-file-{megabytes}.bin").write_bytes(content)
    Path(document.file.path).write_bytes(content)
    # Past the append-only manager.
    QuerySet(type(document)).filter(pk=document.pk).update(size=len(content))
    return f"/d/{document.series}/v{document.number}/"


def picture(document: Document) -> str:
    """Draws the first page and puts the same bytes among the static files; its address."""
    from django.conf import settings

    from documents.reader.pictures import picture_of

    image = picture_of(document, 1)
    assert image is not None, "the page can't be drawn"
    with image.file.open("rb") as drawn:
        (Path(settings.STATIC_ROOT) / STATIC).write_bytes(drawn.read())
    return f"/d/{document.series}/v{document.number}/p/1/image.webp"


def run() -> list[Result]:
    """Times over one kept-alive connection."""
    django.setup()
    first, second, third = public_files()
    pairs = [
        (f"file of {BIG} MB", made_large(first, BIG), f"/bench/file/{BIG}/", "FileResponse", 2.0, 15),
        (f"file of {SMALL} MB", made_large(second, SMALL), f"/bench/file/{SMALL}/", "FileResponse", 3.0, 60),
        ("picture of a page", picture(third), f"/static/{STATIC}", "static file", 3.0, 60),
    ]
    results = []
    with server() as port:
        client = Client(port)
        for name, ours, floor, floor_name, limit, rounds in pairs:
            assert len(client.get(ours)) == len(client.get(floor)), name
            times = medians({"ours": lambda a=ours: client.get(a), "floor": lambda a=floor: client.get(a)}, rounds)
            results.append(Result(name, times["ours"], floor_name, times["floor"], "ms", limit=limit))
    return results
