"""The picture of a page: drawn when it is first asked for, stored beside the document, drawn once."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

from django.db import IntegrityError, transaction

from documents.extraction import ExtractionError, page_image
from documents.models import Document, DocumentImage
from documents.previews import drawable
from documents.processing import store_image
from documents.scratch import scratch

logger = logging.getLogger(__name__)

PAGE_WIDTH = 1000
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


def picture_of(document: Document, number: int) -> DocumentImage | None:
    """The stored picture of page ``number``, drawn now if it is the first time; None where it can't be drawn.

    Raises BusyError, StorageError, or what the storage raises.
    """
    stored = _stored(document, number)
    if stored is not None or not is_drawn(document):
        return stored
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        return _stored(document, number) or _draw(document, number)
    finally:
        _turns.release()


def _stored(document: Document, number: int) -> DocumentImage | None:
    return document.drawn_images.filter(kind=DocumentImage.Kind.PAGE, number=number).first()


def _draw(document: Document, number: int) -> DocumentImage | None:
    drawn_from = drawable(document)
    if drawn_from is None:
        return None
    with scratch() as folder:
        source, target = folder / "file", folder / "page"
        with drawn_from.file.open("rb") as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy, 1024 * 1024)
        try:
            size = page_image(source, drawn_from.mime, target, number=number, width=PAGE_WIDTH)
        except ExtractionError as error:
            logger.warning(
                "Page not drawn",
                extra={"event": "page_not_drawn", "document_id": document.pk, "reason": error.code},
            )
            return None
        return _keep(document, number, target, size)


def _keep(document: Document, number: int, path: Path, size: tuple[int, int]) -> DocumentImage | None:
    try:
        with transaction.atomic():
            return store_image(document, DocumentImage.Kind.PAGE, number, path, size)
    except IntegrityError:
        return _stored(document, number)  # another process was quicker
