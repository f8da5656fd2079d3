"""Text for pages that have none: scans in PDFs, pictures, pictures pasted into office files.

It begins when the document is ready, so approval never waits for it, and goes page by page: each page is kept
when it is read, so a worker killed at any point costs one page. A task works for ``SLICE`` seconds and then
lets others in. When all pages were tried, the document's words are indexed again.

``waiting -> running -> waiting … -> done | failed(reason)``, or ``not_needed``, or ``unavailable`` until
Tesseract is installed.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks_db.models import DBTaskResult

from documents.exceptions import StorageError
from documents.extraction.errors import CrashedError, ExtractionError, NoRecognitionError, TooLongError
from documents.extraction.jobs import recognise_page
from documents.extraction.recognition import packs_for
from documents.fetching import fetched
from documents.models import Document, DocumentPageText, DocumentRecognition
from documents.page_texts import in_language, main_language, renew_tokens
from documents.previews import Drawable, drawable
from documents.scratch import scratch
from documents.signals import document_processed
from documents.storage import STORAGE_FAULTS

logger = logging.getLogger(__name__)

SLICE = 60.0
"""Seconds after which a task stops between two pages; uploads that came meanwhile are processed first."""
BUDGET = 4 * 3600.0
"""Seconds that all pages of one document have together: some thousand pages."""
STUCK_AFTER = timedelta(minutes=10)
"""Without a sign for longer than a page can take, the worker was killed."""
MAX_TRIES = 3
"""How often a page is begun before it is left out."""

SOME_FAILED = gettext_noop("Some pages could not be read. Scan them again in a higher quality and add a new version.")
State = DocumentRecognition.State


def plan(document: Document) -> None:
    """Notes whether a document that was just read has pages without text. Part of the caller's transaction."""
    state = _state_of(document)
    reason = NoRecognitionError.sentence if state == State.UNAVAILABLE else ""
    DocumentRecognition.objects.update_or_create(
        document=document, defaults={"state": state, "reason": reason, **DocumentRecognition.FRESH}
    )


def _state_of(document: Document) -> DocumentRecognition.State:
    if drawable(document) is None or not _without_text(document).exists():
        recognised = document.page_texts.filter(source=DocumentPageText.Source.OCR)
        return State.DONE if recognised.exists() else State.NOT_NEEDED
    return State.WAITING if _packs(document) else State.UNAVAILABLE


def is_waiting(document_id: int) -> bool:
    """Whether there is something to do for :func:`recognise`."""
    return DocumentRecognition.objects.filter(document=document_id, state=State.WAITING).exists()


def recognise(document_id: int) -> bool:
    """Reads pages for ``SLICE`` seconds; returns whether some are left for another task.

    Harmless when repeated or called at the same time: one worker holds a document. A storage that doesn't
    answer leaves it waiting.
    """
    if not _claim(document_id):
        return False
    document = Document.objects.get(pk=document_id)
    record = DocumentRecognition.objects.get(document=document)
    source = drawable(document)
    packs = _packs(document)
    if source is None or not packs:
        plan(document)
        return False
    try:
        with scratch() as folder:
            path = fetched(source.file, source.sha256, folder)
            return _read_for_a_while(document, record, source, path, packs)
    except (FileNotFoundError, StorageError, *STORAGE_FAULTS):
        logger.warning("Storage failed", extra={"event": "recognition_storage_failed", "document_id": document_id})
        _set(record, state=State.WAITING)
        return False


def unfinished(task_path: str) -> list[int]:
    """Primary keys of documents that need a task: their worker was killed, or Tesseract has come.

    ``task_path`` is the dotted name of the task; what is in the queue already is left out.
    """
    if packs_for(_languages()):
        DocumentRecognition.objects.filter(state=State.UNAVAILABLE).update(state=State.WAITING, reason="")
    lost = DocumentRecognition.objects.unfinished(timezone.now() - STUCK_AFTER)
    wanted = set(lost.values_list("document", flat=True))
    if not wanted:
        return []
    queue = DBTaskResult.objects.filter(task_path=task_path, status="READY")
    queued = {stored["args"][0] for stored in queue.values_list("args_kwargs", flat=True) if stored.get("args")}
    return sorted(wanted - queued)


def _languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]


def _packs(document: Document) -> list[str]:
    return packs_for(_languages(), document.language)


def _without_text(document: Document) -> QuerySet[DocumentPageText]:
    return document.page_texts.filter(source=DocumentPageText.Source.NONE).order_by("number")


def _claim(document_id: int) -> bool:
    free = DocumentRecognition.objects.unfinished(timezone.now() - STUCK_AFTER)
    return bool(free.filter(document=document_id).update(state=State.RUNNING, touched_at=timezone.now()))


def _set(record: DocumentRecognition, **values: object) -> None:
    """Changes the record in the database and here, with a sign of life; a row that is gone stays gone."""
    values["touched_at"] = timezone.now()
    DocumentRecognition.objects.filter(pk=record.pk).update(**values)
    for name, value in values.items():
        setattr(record, name, value)


def _read_for_a_while(
    document: Document, record: DocumentRecognition, source: Drawable, path: Path, packs: list[str]
) -> bool:
    pages = _without_text(document).values_list("number", flat=True)
    left = [number for number in pages if str(number) not in record.failed_pages]
    end = time.monotonic() + SLICE
    while left and time.monotonic() < end and record.seconds < BUDGET:
        _read_page(document, record, source, path, left.pop(0), packs)
    if left and record.seconds < BUDGET:
        _set(record, state=State.WAITING)
        return True
    _finish(document, record, TooLongError.sentence if left else "")
    return False


def _read_page(
    document: Document, record: DocumentRecognition, source: Drawable, path: Path, number: int, packs: list[str]
) -> None:
    """Reads one page and keeps it. One that was begun several times and never came to an end is left out."""
    tries = record.tries + 1 if record.at_page == number else 1
    _set(record, at_page=number, tries=tries)
    began = time.monotonic()
    failed = dict(record.failed_pages)
    try:
        if tries > MAX_TRIES:
            raise CrashedError
        page = in_language(recognise_page(path, source.mime, number, packs), document.language)
    except ExtractionError as error:
        failed[str(number)] = error.code
    else:
        _without_text(document).filter(number=number).update(
            text=page.text, language=page.language, layout=page.layout, source=page.source
        )
    took = record.seconds + time.monotonic() - began
    _set(record, failed_pages=failed, seconds=took, pages_read=record.pages_read + 1)


def _finish(document: Document, record: DocumentRecognition, reason: str) -> None:
    """Records the outcome; listeners put the pages that name the document on the search outbox with it."""
    failed = len(record.failed_pages)
    if failed and not reason:
        reason = SOME_FAILED
    with transaction.atomic():
        if language := main_language(document.page_texts.defer("layout")):
            # The public name is sealed by the first release, and the language is part of it.
            Document.objects.filter(pk=document.pk, language="", releases__isnull=True).update(language=language)
        renew_tokens(document)
        all_failed = bool(failed) and failed == record.pages_read
        ended_early = reason == TooLongError.sentence
        _set(record, state=State.FAILED if all_failed or ended_early else State.DONE, reason=reason)
        document_processed.send(sender=Document, document_id=document.pk, ready=True)
    logger.info(
        "Pages recognised",
        extra={
            "event": "document_recognised",
            "document_id": document.pk,
            "pages": record.pages_read,
            "failed": failed,
            "seconds": round(record.seconds),
        },
    )
