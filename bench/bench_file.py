"""How fast a file of 20 MB leaves ``/d/…``, beside Django's own FileResponse in the same server."""

from __future__ import annotations

import os
from pathlib import Path

import django

from bench.measure import Client, Result, medians, server

MEGABYTES = 20


def prepare() -> str:
    """Puts a large file in the place of a public demo document's bytes. Returns the document's address."""
    django.setup()
    from django.conf import settings
    from django.db.models import QuerySet

    from access.visitor import Visitor
    from documents.access import released_to

    content = os.urandom(MEGABYTES * 1024 * 1024)
    (Path(settings.VAR_DIR) / "bench-file.bin").write_bytes(content)
    document = released_to(Visitor()).filter(mime="application/pdf").first()
    assert document is not None, "the demo content has no public file"
    Path(document.file.path).write_bytes(content)
    # Past the append-only manager: this database is thrown away after the run.
    QuerySet(type(document)).filter(pk=document.pk).update(size=len(content))
    return f"/d/{document.series}/v{document.number}/"


def run() -> list[Result]:
    """The time of the whole file, over one kept-alive connection."""
    address = prepare()
    with server() as port:
        client = Client(port)
        assert len(client.get(address)) == MEGABYTES * 1024 * 1024
        times = medians({"ours": lambda: client.get(address), "floor": lambda: client.get("/bench/file/")}, 15, 2)
    return [Result(f"file of {MEGABYTES} MB", times["ours"], "FileResponse", times["floor"], "ms", limit=2.0)]
