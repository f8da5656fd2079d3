"""From an uploaded file to one that can be approved: public copy, text by page, search tokens, cover.

``waiting -> running -> ready | failed(reason)``. All that opens the file happens in limited child
processes (``documents.extraction``). Everything is written in one transaction at the end, so a worker
killed at any point leaves a document that can be processed again as if nothing had happened.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks_db.models import DBTaskResult

from documents import safety
from documents.exceptions import StorageError
from documents.extraction import (
    Extraction,
    ExtractionError,
    Inspection,
    Limits,
    PageText,
    clean_copy,
    extract,
    inspect,
    page_image,
)
from documents.extraction.cleaning import cleanable
from documents.extraction.errors import TooLongError
from documents.extraction.jobs import has_images
from documents.extraction.language import fits
from documents.models import (
    Document,
    DocumentImage,
    DocumentPageText,
    DocumentTokens,
    document_key,
)
from documents.models.derived import derived_key
from documents.originals import put_away
from documents.signals import document_processed
from documents.storage import STORAGE_FAULTS, discard, store
from search.pages import pack

logger = logging.getLogger(__name__)

BUDGET = 600.0
"""Seconds of wall-clock time that all child processes for one document have together."""
STUCK_AFTER = timedelta(minutes=20)
"""A document that runs for longer than budget and storage can take lost its worker."""
LOST_AFTER = timedelta(minutes=5)
"""A document that waits for longer without a task in the queue lost its task."""
MAX_ATTEMPTS = 3
"""Tasks after which a document that never finishes is given up."""
COVER_WIDTH = 400

MISSING = gettext_noop("The uploaded file is missing from the storage or was changed there. Upload it again.")
GIVEN_UP = gettext_noop("Processing was started several times and never finished. Export the file again and upload it.")


@dataclass
class _Result:
    """What processing made of a file, before any of it is in the database. ``public`` is None where nothing changed."""

    extraction: Extraction
    page_count: int
    public: Path | None = None
    removed: dict[str, int] = field(default_factory=dict)
    inspection: Inspection | None = None
    cover: Path | None = None
    cover_size: tuple[int, int] = (0, 0)


class _Budget:
    """Wall-clock time that is left for child processes."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def limits(self, at_most: Limits | None = None) -> Limits:
        """Limits for the next child; raises TooLongError when nothing is left."""
        limits = at_most or Limits()
        left = self._end - time.monotonic()
        if left <= 1:
            raise TooLongError
        return replace(limits, wall_seconds=min(limits.wall_seconds, left))


def process(document_id: int) -> bool:
    """Processes one document and records the outcome; returns whether it is ready now.

    Idempotent: ready documents and those that another worker has in hand are left alone. A file that can't be
    read ends as failed with its reason; a storage that doesn't answer leaves it waiting for the next try.
    """
    if not _claim(document_id):
        return Document.objects.filter(pk=document_id).ready().exists()
    document = Document.objects.get(pk=document_id)
    try:
        with tempfile.TemporaryDirectory(prefix="dossier-") as name:
            folder = Path(name)
            result = _read(document, _fetched(document.original, document.original_sha256, folder), folder)
            _record(document, result)
        transaction.on_commit(partial(put_away, document_id))
    except ExtractionError as error:
        _fail(document, error.sentence, error.code)
    except FileNotFoundError:
        _fail(document, MISSING, "missing")
    except (StorageError, *STORAGE_FAULTS):
        logger.warning("Storage failed", extra={"event": "document_storage_failed", "document_id": document_id})
        Document.objects.filter(pk=document_id).retry()
    return Document.objects.filter(pk=document_id).ready().exists()


def reread(document_id: int) -> None:
    """Reads the public copy of a ready document again: new text, tokens and cover; bytes and hash stay.

    Raises ExtractionError, FileNotFoundError or a storage error; nothing is changed then.
    """
    document = Document.objects.ready().get(pk=document_id)
    with tempfile.TemporaryDirectory(prefix="dossier-") as name:
        folder = Path(name)
        source = _fetched(document.file, document.sha256, folder)
        budget = _Budget(BUDGET)
        extraction = extract(source, document.mime, limits=budget.limits())
        result = _Result(extraction, document.page_count)
        _draw_cover(document, source, result, budget)
        _replace_derived(document, result)


def unfinished(task_path: str) -> list[int]:
    """Primary keys of documents that need a new task; gives up those that never finish.

    ``task_path`` is the dotted name of the task. Stuck documents (their worker was killed) are put back to
    waiting; waiting ones are found by their age and the lack of a task in the queue.
    """
    now = timezone.now()
    stuck = Document.objects.filter(state=Document.State.RUNNING, started_at__lt=now - STUCK_AFTER)
    waiting = Document.objects.filter(state=Document.State.WAITING, created_at__lt=now - LOST_AFTER)
    wanted = set(stuck.values_list("pk", flat=True)) | set(waiting.values_list("pk", flat=True))
    if not wanted:
        return []
    tasks = DBTaskResult.objects.filter(task_path=task_path)
    queued = {_argument(task) for task in tasks.filter(status="READY").values_list("args_kwargs", flat=True)}
    attempts = Counter(_argument(task) for task in tasks.values_list("args_kwargs", flat=True))
    for document in Document.objects.filter(pk__in=[pk for pk in wanted if attempts[pk] >= MAX_ATTEMPTS]):
        if document.state == Document.State.RUNNING:
            _fail(document, GIVEN_UP, "given_up")
            wanted.discard(document.pk)
    stuck.retry()
    return sorted(wanted - queued)


def _argument(stored: dict[str, list[int]]) -> int:
    """The document of a queued task."""
    return stored["args"][0] if stored.get("args") else 0


def _claim(document_id: int) -> bool:
    """Takes the document for this worker. False where it is ready, gone, or in another worker's hands."""
    free = Q(state__in=(Document.State.WAITING, Document.State.FAILED)) | Q(
        state=Document.State.RUNNING, started_at__lt=timezone.now() - STUCK_AFTER
    )
    return bool(Document.objects.filter(free, pk=document_id).start())


def _fetched(stored: File[bytes], sha256: str, folder: Path) -> Path:
    """A local copy of a stored file, verified. Raises FileNotFoundError where it is gone or has changed."""
    target = folder / "file"
    digest = hashlib.sha256()
    try:
        with stored.open("rb") as source, target.open("wb") as copy:
            for chunk in source.chunks():
                digest.update(chunk)
                copy.write(chunk)
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError from error
        raise
    if sha256 and digest.hexdigest() != sha256:
        raise FileNotFoundError
    return target


def _read(document: Document, source: Path, folder: Path) -> _Result:
    """Runs the children. The text is read from the public copy: what is searched is what is served."""
    budget = _Budget(BUDGET)
    result = _Result(Extraction(), 0)
    original = source
    if cleanable(document.mime):
        result.public = folder / "public"
        cleaned = clean_copy(source, result.public, mime=document.mime, limits=budget.limits())
        result.page_count, result.removed = cleaned.page_count, cleaned.removed
        source = result.public
    result.inspection = inspect(original, source, document.mime, hosts=settings.INTERNAL_HOSTS, limits=budget.limits())
    result.extraction = extract(source, document.mime, limits=budget.limits())
    _draw_cover(document, source, result, budget)
    return result


def _draw_cover(document: Document, source: Path, result: _Result, budget: _Budget) -> None:
    """Draws the first page. A cover that can't be drawn is missing; the document is good without."""
    if not has_images(document.mime):
        return
    target = source.with_name("cover")
    try:
        limits = budget.limits(Limits(cpu_seconds=60, wall_seconds=90))
        result.cover_size = page_image(source, document.mime, target, width=COVER_WIDTH, limits=limits)
        result.cover = target
    except ExtractionError as error:
        logger.info(
            "No cover", extra={"event": "document_cover_failed", "document_id": document.pk, "reason": error.code}
        )


def _record(document: Document, result: _Result) -> None:
    """Writes everything: files first, then all rows in one transaction."""
    key, sha256, size = document.original.name, document.original_sha256, document.original.size
    if result.public is not None:
        size = result.public.stat().st_size
        with result.public.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            key = store(File(file), document_key(document, ""), document.original.storage)
    try:
        with transaction.atomic():
            finished = Document.objects.filter(pk=document.pk).finish(
                file=key,
                sha256=sha256,
                size=size,
                page_count=result.page_count,
                removed=result.removed,
                original_kept=settings.ORIGINALS,
                language=_main_language(result.extraction.pages),
            )
            if finished:
                if result.inspection is not None:
                    safety.record(document, result.inspection)
                _replace_derived(document, result)
    except BaseException:
        _discard(key, document)
        raise
    if not finished:
        _discard(key, document)
        return
    logger.info(
        "Document processed",
        extra={
            "event": "document_processed",
            "document_id": document.pk,
            "pages": result.page_count,
            "removed": result.removed,
        },
    )


def _discard(key: str | None, document: Document) -> None:
    """Removes a public copy that no row names."""
    if key != document.original.name:
        discard(key, document.original.storage)


def _replace_derived(document: Document, result: _Result) -> None:
    """New page texts, tokens and cover instead of the old ones; listeners are told after the commit."""
    document.refresh_from_db(fields=["language"])
    pages = [_with_language(page, document.language) for page in result.extraction.pages]
    with transaction.atomic():
        document.page_texts.all().delete()
        DocumentPageText.objects.bulk_create(
            (
                DocumentPageText(
                    document=document,
                    number=page.number,
                    language=page.language,
                    text=page.text,
                    source=page.source,
                    layout=page.layout,
                )
                for page in pages
            ),
            batch_size=200,
        )
        DocumentTokens.objects.update_or_create(
            document=document, defaults={"blob": pack([(page.language, page.text) for page in pages])}
        )
        _replace_cover(document, result)
        transaction.on_commit(lambda: _tell(document.pk, ready=True))


def _with_language(page: PageText, language: str) -> PageText:
    """A page too short to tell is in the document's language, if its letters allow that."""
    if page.language or not fits(page.text, language):
        return page
    return replace(page, language=language)


def _main_language(pages: list[PageText]) -> str:
    """The language of more than half of the text; "" where none is."""
    lengths: Counter[str] = Counter()
    for page in pages:
        lengths[page.language] += len(page.text)
    language, length = lengths.most_common(1)[0] if lengths else ("", 0)
    return language if length * 2 > lengths.total() else ""


def _replace_cover(document: Document, result: _Result) -> None:
    document.drawn_images.filter(kind=DocumentImage.Kind.COVER).delete()
    if result.cover is not None:
        store_image(document, DocumentImage.Kind.COVER, 1, result.cover, result.cover_size)


def store_image(document: Document, kind: str, number: int, path: Path, size: tuple[int, int]) -> DocumentImage:
    """Stores a drawn picture (WebP at ``path``) and its row; ``size`` is width and height in pixels.

    Raises StorageError, and IntegrityError where the row exists; nothing is left behind then.
    """
    image = DocumentImage(document=document, kind=kind, number=number, width=size[0], height=size[1])
    with path.open("rb") as file:
        image.file.name = store(File(file), derived_key(image, ""), image.file.storage)
    try:
        image.save()
    except BaseException:
        discard(image.file.name, image.file.storage)
        raise
    return image


def _fail(document: Document, reason: str, code: str) -> None:
    """Records a failure. ``reason`` is an English msgid: whoever shows it translates it."""
    Document.objects.filter(pk=document.pk).fail(reason)
    logger.info("Document failed", extra={"event": "document_failed", "document_id": document.pk, "reason": code})
    transaction.on_commit(lambda: _tell(document.pk, ready=False))


def _tell(document_id: int, *, ready: bool) -> None:
    document_processed.send(sender=Document, document_id=document_id, ready=ready)
