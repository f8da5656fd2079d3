"""The picture of a page, in two sizes: drawn when it is first asked for, stored beside the document, drawn once."""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Avg, Max, Q, QuerySet

from access import prepared
from access.visitor import Visitor
from documents.access import readable_by
from documents.extraction.errors import ExtractionError
from documents.extraction.jobs import page_image
from documents.models import Document, DocumentImage
from documents.previews import drawable
from documents.processing import store_image
from documents.scratch import scratch

logger = logging.getLogger(__name__)

WIDTHS = {DocumentImage.Kind.PAGE: 1000, DocumentImage.Kind.LARGE: 2000}
"""Pixels across; there are no other sizes, so that nobody can have the same page drawn without end."""
AT_ONCE = 2
"""Pages that one web process draws at the same time; a crawler on a big file must not starve readers."""
PATIENCE = 15.0
"""Seconds that a request waits for its turn."""

_turns = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """Too many pages are being drawn; ask again in a moment."""


def is_drawn(document: Document) -> bool:
    """Whether pages of this document have pictures."""
    return drawable(document) is not None


@dataclass(frozen=True)
class Weight:
    """Bytes of a page's picture: its own, or (not ``exact``) what the document's others have; 0 for unknown."""

    size: int
    exact: bool


def weight_of(document: Document, number: int) -> Weight:
    """How heavy the picture of page ``number`` is. Nothing is drawn for the answer."""
    drawn = document.drawn_images.filter(kind=DocumentImage.Kind.PAGE, size__gt=0)
    found = drawn.aggregate(own=Max("size", filter=Q(number=number)), mean=Avg("size"))
    return Weight(int(found["own"] or found["mean"] or 0), exact=found["own"] is not None)


def picture_of(
    document: Document, number: int, kind: DocumentImage.Kind = DocumentImage.Kind.PAGE
) -> DocumentImage | None:
    """The stored picture of page ``number``, drawn now if it is the first time; None where it can't be drawn.

    ``kind`` is one of WIDTHS. Raises BusyError, StorageError, or what the storage raises.
    """
    stored = stored_picture(document, number, kind)
    if stored is not None or not is_drawn(document):
        return stored
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        return stored_picture(document, number, kind) or _draw(document, number, kind)
    finally:
        _turns.release()


@dataclass(frozen=True)
class Stored:
    """A picture that was drawn before: its key in the storage, its bytes (0: not noted), the hash of its document."""

    key: str
    size: int
    sha256: str


def stored_for(visitor: Visitor, series: UUID, version: int, number: int, kind: DocumentImage.Kind) -> Stored | None:
    """The picture of a page of a servable document that ``visitor`` may read, if it was drawn before. One statement."""
    values = {"series": series, "version": version, "number": number, "kind": kind.value}
    return next((Stored(*row) for row in visitor.ask(_readable, **values)), None)


def _readable(visitor: Visitor, series: Any, version: Any, number: Any, kind: Any) -> QuerySet[Any, Any]:
    readable = readable_by(visitor).servable().filter(series=series, number=version)
    pictures = DocumentImage.objects.filter(document__in=readable.values("pk"), kind=kind, number=number)
    return pictures.order_by("pk").values_list("file", "size", "document__sha256")[:1]


def stored_picture(document: Document, number: int, kind: DocumentImage.Kind) -> DocumentImage | None:
    """The picture that was drawn before, if it was."""
    return next(iter(prepared.rows(_stored, document=document.pk, number=number, kind=kind.value)), None)


def _stored(document: Any, number: Any, kind: Any) -> QuerySet[DocumentImage]:
    return DocumentImage.objects.filter(document_id=document, kind=kind, number=number).order_by("pk")[:1]


def _draw(document: Document, number: int, kind: DocumentImage.Kind) -> DocumentImage | None:
    drawn_from = drawable(document)
    if drawn_from is None:
        return None
    with scratch() as folder:
        source, target = folder / "file", folder / "page"
        with drawn_from.file.open("rb") as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy, 1024 * 1024)
        try:
            size = page_image(source, drawn_from.mime, target, number=number, width=WIDTHS[kind])
        except ExtractionError as error:
            logger.warning(
                "Page not drawn",
                extra={"event": "page_not_drawn", "document_id": document.pk, "reason": error.code},
            )
            return None
        return _keep(document, number, kind, target, size)


def _keep(
    document: Document, number: int, kind: DocumentImage.Kind, path: Path, size: tuple[int, int]
) -> DocumentImage | None:
    try:
        with transaction.atomic():
            return store_image(document, kind, number, path, size)
    except IntegrityError:
        return stored_picture(document, number, kind)  # another process was quicker
