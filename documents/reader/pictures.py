"""The picture of a page, in two sizes: drawn when it is first asked for, stored beside the document, drawn once."""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Avg, Max, Q

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
    stored = _stored(document, number, kind)
    if stored is not None or not is_drawn(document):
        return stored
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        return _stored(document, number, kind) or _draw(document, number, kind)
    finally:
        _turns.release()


def _stored(document: Document, number: int, kind: DocumentImage.Kind) -> DocumentImage | None:
    return document.drawn_images.filter(kind=kind, number=number).first()


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
        return _stored(document, number, kind)  # another process was quicker
