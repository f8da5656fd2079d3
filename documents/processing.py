"""From an uploaded file to one that can be approved: public copy, text by page, search tokens, cover.

``waiting -> running -> ready | failed(reason)``. All that opens the file happens in limited child
processes (``documents.extraction``). Everything is written in one transaction at the end, so a worker
killed at any point leaves a document that can be processed again as if nothing had happened. A worker
renews its hold on a document while it lives (``documents.holding``); should two work on one all the same, the first
that finishes counts, and what the other made is thrown away.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks_db.models import DBTaskResult

from documents import recognition, safety, scanning
from documents.exceptions import StorageError
from documents.extraction.cleaning import cleanable
from documents.extraction.converter import FORMATS, LIMITS, OLD
from documents.extraction.errors import ExtractionError, NoConverterError, TooLongError
from documents.extraction.jobs import (
    PDF,
    Inspection,
    can_convert,
    clean_and_inspect,
    convert,
    extract,
    has_images,
    inspect,
    page_image,
    read_pdf,
)
from documents.extraction.limits import Limits
from documents.extraction.texts import Extraction
from documents.fetching import fetched
from documents.holding import LOST_AFTER, claim, held
from documents.models import Document, DocumentImage, ErasedDocument, document_key
from documents.models.derived import derived_key
from documents.originals import put_away
from documents.page_texts import main_language, replace_outline, replace_pages
from documents.previews import preview_of
from documents.releases import compare_with_withdrawn
from documents.scratch import scratch
from documents.signals import document_processed
from documents.storage import STORAGE_FAULTS, discard, store

logger = logging.getLogger(__name__)

BUDGET = 600.0
"""Seconds of wall-clock time that all child processes for one document have together."""
STORAGE_PAUSE = timedelta(seconds=15)
"""Until the next try where the storage didn't answer."""
MAX_ATTEMPTS = 3
"""Tasks that may die or fail before a document is given up."""
COVER_WIDTH = 400
SHORT = 5 * 1024**2
"""Bytes of a PDF that one child reads at once."""
SHORT_LIMITS = Limits(cpu_seconds=60, wall_seconds=90)

MISSING = gettext_noop("The uploaded file is missing from the storage or was changed there. Upload it again.")
GIVEN_UP = gettext_noop("Processing was started several times and never finished. Export the file again and upload it.")


class ErasedError(ExtractionError):
    """The public copy would have bytes that were erased. The sentence is that of the door: it doesn't say what it was."""

    code = "erased"
    sentence = gettext_noop("This file can't be filed here. If you need it, ask Legal review.")


@dataclass
class _Result:
    """What processing made of a file, before any of it is in the database.

    ``public`` is None where nothing changed, ``mime`` empty where the type is the upload's.
    """

    extraction: Extraction
    page_count: int
    public: Path | None = None
    mime: str = ""
    preview: Path | None = None
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
    read or is infected ends as failed with its reason; a storage or a virus scanner that doesn't answer leaves it
    waiting for the next try.
    """
    if not claim(document_id):
        return Document.objects.filter(pk=document_id).ready().exists()
    document = Document.objects.get(pk=document_id)
    try:
        with held(document_id), scratch() as folder:
            source = fetched(document.original, document.original_sha256, folder)
            scanning.require_clean_document(document, source)
            result = _read(document, source, folder)
            _record(document, result)
        transaction.on_commit(partial(put_away, document_id))
    except scanning.ScannerDownError as error:
        logger.warning("Scanner failed", extra={"event": "document_not_scanned", "document_id": document_id})
        Document.objects.filter(pk=document_id).retry(timezone.now() + scanning.PAUSE, error.sentence)
    except (ExtractionError, scanning.ScanError) as error:
        _fail(document, error.sentence, error.code)
    except FileNotFoundError:
        _fail(document, MISSING, "missing")
    except (StorageError, *STORAGE_FAULTS):
        logger.warning("Storage failed", extra={"event": "document_storage_failed", "document_id": document_id})
        Document.objects.filter(pk=document_id).retry(timezone.now() + STORAGE_PAUSE)
    return Document.objects.filter(pk=document_id).ready().exists()


def reread(document_id: int, *, keep_recognised: bool = True) -> None:
    """Reads the public copy of a ready document again: new text, tokens and cover; bytes, hash and preview stay.

    What was recognised in scans stays too, or is done again later where ``keep_recognised`` is False. Raises
    ExtractionError, FileNotFoundError or a storage error; nothing is changed then.
    """
    document = Document.objects.ready().get(pk=document_id)
    with scratch() as folder:
        source = fetched(document.file, document.sha256, folder)
        budget = _Budget(BUDGET)
        result = _Result(Extraction(), document.page_count)
        stored = preview_of(document)
        if stored is None:
            result.preview = _converted(document, source, document.mime, folder, budget)
        else:
            (folder / "stored").mkdir()
            result.preview = fetched(stored.file, "", folder / "stored")
        _read_pages(document, source, document.mime, result, budget)
        with transaction.atomic():
            Document.objects.filter(pk=document.pk).recount(result.page_count)
            _replace_derived(document, result, keep_recognised=keep_recognised)


def unfinished(task_path: str) -> list[int]:
    """Primary keys of documents that need a new task; gives up those that never finish.

    ``task_path`` is the dotted name of the task. Those whose worker died are put back to waiting.
    """
    wanted = Document.objects.unfinished(timezone.now(), LOST_AFTER)
    abandoned = wanted.filter(state=Document.State.RUNNING)
    found = set(wanted.values_list("pk", flat=True))
    if not found:
        return []
    tasks = DBTaskResult.objects.filter(task_path=task_path)
    queued = {_argument(task) for task in tasks.filter(status="READY").values_list("args_kwargs", flat=True)}
    # A task that came to its end did its part, whatever became of the document: the storage may have been down.
    died = tasks.filter(status__in=("RUNNING", "FAILED"))
    attempts = Counter(_argument(task) for task in died.values_list("args_kwargs", flat=True))
    for document in abandoned.filter(pk__in=[pk for pk in found if attempts[pk] >= MAX_ATTEMPTS]):
        _fail(document, GIVEN_UP, "given_up")
        found.discard(document.pk)
    abandoned.filter(pk__in=found).retry()
    return sorted(found - queued)


def _argument(stored: dict[str, list[int]]) -> int:
    """The document of a queued task."""
    return stored["args"][0] if stored.get("args") else 0


def _read(document: Document, source: Path, folder: Path) -> _Result:
    """Runs the children. The text is read from the public copy: what is searched is what is served."""
    budget = _Budget(BUDGET)
    result = _Result(Extraction(), 0)
    original: Path | None = source
    mime = document.mime
    if mime in OLD:
        source = result.public = _modern(source, mime, folder, budget)
        mime = result.mime = OLD[mime]
        original = None  # nothing here looks into the old formats; what was made of it is looked at
    hosts = settings.INTERNAL_HOSTS
    if cleanable(mime):
        public = folder / "public"
        cleaned, result.inspection = clean_and_inspect(
            source, public, mime, original=original, hosts=hosts, limits=budget.limits()
        )
        result.page_count, result.removed = cleaned.page_count, cleaned.removed
        source = result.public = public
    else:
        result.inspection = inspect(original, source, mime, hosts=hosts, limits=budget.limits())
    result.preview = _converted(document, source, mime, folder, budget)
    _read_pages(document, source, mime, result, budget)
    return result


def _modern(source: Path, mime: str, folder: Path, budget: _Budget) -> Path:
    """A file of an old office format in the format that took its place: nothing else reads or cleans the old one."""
    if not can_convert():
        raise NoConverterError
    target = folder / "modern"
    convert(source, mime, target, to=FORMATS[OLD[mime]][0], limits=budget.limits(LIMITS))
    return target


def _converted(document: Document, source: Path, mime: str, folder: Path, budget: _Budget) -> Path | None:
    """The preview of an office file; None without a converter, and where it fails: the text alone is good too."""
    if mime not in FORMATS or not can_convert():
        return None
    target = folder / "preview"
    try:
        convert(source, mime, target, to="pdf", limits=budget.limits(LIMITS))
    except ExtractionError as error:
        logger.info(
            "No preview", extra={"event": "document_preview_failed", "document_id": document.pk, "reason": error.code}
        )
        return None
    return target


def _read_pages(document: Document, source: Path, mime: str, result: _Result, budget: _Budget) -> None:
    """Text and cover. A preview whose pages are not those of the text is dropped."""
    if mime == PDF and source.stat().st_size <= SHORT and _read_at_once(source, result, budget):
        return
    result.extraction = extract(source, mime, preview=result.preview, limits=budget.limits())
    if not result.extraction.drawn:
        result.preview = None
    if mime != PDF:
        result.page_count = len(result.extraction.pages) if result.preview else result.extraction.page_count
    if result.preview is not None:
        source, mime = result.preview, PDF
    _draw_cover(document, source, mime, result, budget)


def _read_at_once(source: Path, result: _Result, budget: _Budget) -> bool:
    """Text and cover of a short PDF by one child; whether it could. What stops there is tried one by one."""
    target = source.with_name("cover")
    try:
        result.extraction, size = read_pdf(source, target, width=COVER_WIDTH, limits=budget.limits(SHORT_LIMITS))
    except ExtractionError:
        return False
    if size is not None:
        result.cover, result.cover_size = target, size
    return True


def _draw_cover(document: Document, source: Path, mime: str, result: _Result, budget: _Budget) -> None:
    """Draws the first page. A cover that can't be drawn is missing; the document is good without."""
    if not has_images(mime):
        return
    target = source.with_name("cover")
    try:
        limits = budget.limits(Limits(cpu_seconds=60, wall_seconds=90))
        result.cover_size = page_image(source, mime, target, width=COVER_WIDTH, limits=limits)
        result.cover = target
    except ExtractionError as error:
        logger.info(
            "No cover", extra={"event": "document_cover_failed", "document_id": document.pk, "reason": error.code}
        )


def _record(document: Document, result: _Result) -> None:
    """Writes everything: files first, then all rows in one transaction. Raises ErasedError; nothing is kept then."""
    key, sha256, size = document.original.name, document.original_sha256, document.original.size
    if result.public is not None:
        size = result.public.stat().st_size
        with result.public.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            key = store(File(file), document_key(document, ""), document.original.storage)
    try:
        with transaction.atomic():
            # With all that has the bytes: a withdrawal under way ends before, a later one sees this file.
            Document.objects.of_bytes(document.original_sha256, sha256).lock()
            if ErasedDocument.objects.of_bytes(sha256).exists():
                raise ErasedError
            finished = Document.objects.filter(pk=document.pk).finish(
                file=key,
                sha256=sha256,
                size=size,
                page_count=result.page_count,
                language=main_language(result.extraction.pages),
                mime=result.mime,
                removed=result.removed,
                original_kept=settings.ORIGINALS,
            )
            if finished:
                if result.inspection is not None:
                    safety.record(document, result.inspection)
                compare_with_withdrawn(Document.objects.get(pk=document.pk))
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
    """Removes a public copy for good, for the document may have been erased meanwhile; not where only what follows the
    commit failed: a row names it then."""
    if key != document.original.name and not Document.objects.filter(pk=document.pk, file=key).exists():
        discard(key, document.original.storage, for_good=True)


def _replace_derived(document: Document, result: _Result, *, keep_recognised: bool = True) -> None:
    """New page texts, tokens, outline and pictures instead of the old ones; listeners are told in the same transaction."""
    document.refresh_from_db(fields=["language", "mime"])
    with transaction.atomic():
        replace_pages(document, result.extraction.pages, keep_recognised=keep_recognised)
        replace_outline(document, result.extraction.outline)
        _replace_preview(document, result)
        _replace_cover(document, result)
        recognition.plan(document)
        _tell(document.pk, ready=True)


def _replace_preview(document: Document, result: _Result) -> None:
    """Keeps a new preview; drops the old one, and the pages drawn from it, where it no longer fits the text."""
    if result.preview is None:
        if stored := preview_of(document):
            document.drawn_images.filter(kind__in=(DocumentImage.Kind.PAGE, DocumentImage.Kind.LARGE)).delete()
            stored.delete()
    elif preview_of(document) is None:
        store_image(document, DocumentImage.Kind.PDF, 1, result.preview, (0, 0))


def _replace_cover(document: Document, result: _Result) -> None:
    document.drawn_images.filter(kind=DocumentImage.Kind.COVER).delete()
    if result.cover is not None:
        store_image(document, DocumentImage.Kind.COVER, 1, result.cover, result.cover_size)


def store_image(document: Document, kind: str, number: int, path: Path, size: tuple[int, int]) -> DocumentImage:
    """Stores a drawn picture or a preview (at ``path``) and its row; ``size`` is width and height in pixels.

    Raises StorageError, and IntegrityError where the row exists or the document was erased meanwhile; nothing is left
    behind then.
    """
    image = DocumentImage(
        document=document, kind=kind, number=number, width=size[0], height=size[1], size=path.stat().st_size
    )
    with path.open("rb") as file:
        image.file.name = store(File(file), derived_key(image, ""), image.file.storage)
    try:
        with transaction.atomic():
            image.save()
            # The database looks at the end of the outermost transaction only, too late for the blob.
            if not Document.objects.select_for_update(no_key=True).filter(pk=document.pk).exists():
                raise IntegrityError("The document is gone.")
    except BaseException:
        discard(image.file.name, image.file.storage, for_good=True)
        raise
    return image


def _fail(document: Document, reason: str, code: str) -> None:
    """Records a failure. ``reason`` is an English msgid: whoever shows it translates it."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).fail(reason)
        _tell(document.pk, ready=False)
    logger.info("Document failed", extra={"event": "document_failed", "document_id": document.pk, "reason": code})


def _tell(document_id: int, *, ready: bool) -> None:
    document_processed.send(sender=Document, document_id=document_id, ready=ready)
