"""The demo files: set in child processes, filed and processed by the product's own actions."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import connection, connections

from access.models import User
from documents.actions import add_document
from documents.models import Document
from documents.processing import process
from documents.rights import Rights
from home.demo.pdf.manuscripts import FileSpec, compose, specs
from home.demo.people import writer_of
from home.demo.pictures import CREDIT
from home.demo.texts import identifier

SOME = 4
"""Fewer files than this are not worth child processes."""
Files = dict[FileSpec, Document]


class Shelf:
    """The demo documents. Setting those that are missing begins at once, beside whatever else is done."""

    def __init__(self) -> None:
        wanted = specs()
        self._known = _known(wanted)
        self.missing = [spec for spec in wanted if spec not in self._known]
        workers = min(os.cpu_count() or 1, 4)
        self._pool = ProcessPoolExecutor(workers) if len(self.missing) > SOME and workers > 1 else None
        self._composed: Iterable[bytes] = (
            self._pool.map(compose, self.missing, chunksize=2) if self._pool else map(compose, self.missing)
        )

    def collect(self, people: dict[str, User]) -> Files:
        """Files what was missing and waits until all is ready; returns the documents.

        Raises RuntimeError where one could not be processed.
        """
        for spec, content in zip(self.missing, self._composed, strict=True):
            self._known[spec] = add_document(
                ContentFile(content, name=f"{spec.key}_{spec.language}_final.{spec.format}"),
                title=spec.title,
                user=people[writer_of(spec.language)],
                language=spec.language,
                series=_series(spec),
                rights=Rights(credit=CREDIT),
                judged=hashlib.sha256(content).hexdigest(),  # by who made it: us
            )
        if self._pool:
            self._pool.shutdown()
        _process([document.pk for document in self._known.values() if not document.is_ready])
        documents = Document.objects.in_bulk([document.pk for document in self._known.values()])
        failed = [str(document.series) for document in documents.values() if not document.is_ready]
        if failed:
            raise RuntimeError(f"{len(failed)} demo files could not be processed, for example {failed[0]}.")
        return {spec: documents[document.pk] for spec, document in self._known.items()}


def all_series() -> set[UUID]:
    """The series of all demo files."""
    return {_series(spec) for spec in specs()}


def _series(spec: FileSpec) -> UUID:
    """The same for all editions."""
    another = "" if spec.format == "pdf" else f"/{spec.format}"
    return identifier("file", f"{spec.key}/{spec.language}{another}")


def _known(wanted: Iterable[FileSpec]) -> Files:
    editions = {(_series(spec), spec.edition): spec for spec in wanted}
    rows = Document.objects.filter(series__in={series for series, _edition in editions})
    return {editions[row.series, row.number]: row for row in rows if (row.series, row.number) in editions}


def _process(documents: list[int]) -> None:
    """Processes documents, two at a time. One by one in a transaction or in memory: other connections don't see the rows."""
    if connection.in_atomic_block or "memory" in str(connection.settings_dict["NAME"]):
        for pk in documents:
            process(pk)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        list(pool.map(_process_one, documents))


def _process_one(pk: int) -> None:
    try:
        process(pk)
    finally:
        connections.close_all()
