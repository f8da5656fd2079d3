"""Permitted and recorded changes of files: filing one, adding a version, deleting one that nobody uses."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Collection

from access.models import User
from documents import scanning
from documents.exceptions import InUseError
from documents.intake import Inspected, inspect
from documents.models import Document, DocumentRecognition, ErasedDocument, document_key, document_storage
from documents.models.querysets import STATED
from documents.rights import Rights
from documents.storage import discard, store
from documents.tasks import process_document, recognise_document


def add_document(
    file: File[bytes],
    *,
    title: str,
    user: User | None,
    language: str = "",
    series: uuid.UUID | None = None,
    original_name: str | None = None,
    collection: Collection | None = None,
    rights: Rights | None = None,
    embargo: datetime | None = None,
    judged: str = "",
) -> Document:
    """Files ``file`` as a new document, or as the next version of ``series``; it is processed after the commit.

    ``original_name`` is what its uploader called it (default: ``file.name``); its extension must
    agree with the content. ``embargo`` is a time before which the public knows nothing of it. ``judged`` is as for
    ``inspect``. Raises IntakeError where the file is refused, StorageError where it could not be stored; both leave
    nothing behind.
    """
    inspected = inspect(file, original_name or file.name or "", judged=judged)
    stated = asdict(rights or Rights())
    document = Document(title=title.strip()[:255], language=language, uploaded_by_user=user, embargo=embargo, **stated)
    if series is not None:
        document.series = series
    if collection is not None:
        document.collection = collection
    seal(document, file, inspected)
    return save_sealed(document)


def add_version(
    document: Document, file: File[bytes], *, user: User | None, title: str = "", language: str = "", judged: str = ""
) -> Document:
    """Files ``file`` as the next version of ``document``'s series; ``judged`` and errors as for ``add_document``."""
    return add_document(
        file,
        title=title or document.title,
        user=user,
        language=language or document.language,
        series=document.series,
        collection=document.collection,
        judged=judged,
    )


def enqueue_processing(document_ids: Iterable[int]) -> None:
    """Queues new documents for processing after the commit; for those made by ``bulk_create``, which sends no signals."""
    for pk in document_ids:
        transaction.on_commit(partial(process_document.enqueue, pk))


def retry(document: Document, *, user: User | None) -> bool:
    """Queues a failed document, its scan for viruses or the recognition of its text again; False where nothing failed."""
    failed = Document.objects.filter(pk=document.pk, state=Document.State.FAILED)
    with transaction.atomic():
        if failed.retry():
            enqueue_processing([document.pk])
        elif scanning.is_on() and Document.objects.filter(pk=document.pk).scan_again():
            pass  # the worker's sweep takes it up
        elif DocumentRecognition.objects.filter(document=document).retry():
            transaction.on_commit(partial(recognise_document.enqueue, document.pk))
        else:
            return False
        log(instance=document, action="documents.retry", user=user)
    return True


def seal(document: Document, file: File[bytes], inspected: Inspected) -> None:
    """Stores an accepted file as the sealed original of an unsaved document and notes what it is.

    Raises StorageError; nothing is left in the storage then.
    """
    key = store(file, document_key(document, ""), document_storage())
    document.original = key
    document.file = ""
    document.original_sha256 = inspected.sha256
    document.original_name = inspected.original_name
    document.mime = inspected.mime
    document.size = document.file_size = inspected.size


def save_sealed(document: Document) -> Document:
    """Gives a sealed document the next number of its series and saves it; removes the blob where that fails.

    A version has the rights of the one before it, where none are stated. It is held back as long as any version of the
    series: a new version must not be the way out of an embargo.
    """
    try:
        with transaction.atomic():
            document.number = next_number(document.series)
            _inherit(document)
            document.save()
            log(instance=document, action="wagtail.create", user=document.uploaded_by_user)
    except BaseException:
        discard_sealed(document)
        raise
    return document


def discard_sealed(document: Document) -> None:
    """Removes the blob of a document that was not filed, for good. Where only what follows the commit failed, it was."""
    if not Document.objects.filter(pk=document.pk, original=document.original.name).exists():
        discard(document.original.name, document.original.storage, for_good=True)


def _inherit(document: Document) -> None:
    before = Document.objects.in_series(document.series).first()
    if before is None:
        return
    if not document.stated_rights:
        for name in STATED:
            setattr(document, name, getattr(before, name))
    held = [version.held_until for version in Document.objects.in_series(document.series)]
    document.embargo = max(filter(None, [document.embargo, *held]), default=None)


def next_number(series: uuid.UUID) -> int:
    """The number that the next version of ``series`` gets; the rows are locked until the transaction ends."""
    rows = Document.objects.filter(series=series)
    rows.lock()  # numbers are read afterwards: who waited here doesn't see the row of the other one in the same query
    erased = ErasedDocument.objects.filter(series=series)
    return max([*rows.values_list("number", flat=True), *erased.values_list("number", flat=True)], default=0) + 1


def refuse_deletion_in_use(items: models.QuerySet[Any]) -> None:
    """Raises InUseError, with a sentence, where a page names one of the documents or pictures or one was released."""
    released = items.model is Document and items.filter(releases__isnull=False).exists()
    if released:
        raise InUseError(gettext("This document was public once. It can be withdrawn, but not deleted."))
    if items.filter(uses__isnull=False).exists():
        sentence = (
            gettext("A page or an earlier revision of a page names this document. It can't be deleted.")
            if items.model is Document
            else gettext("A page or an earlier revision of a page shows this picture. It can't be deleted.")
        )
        raise InUseError(sentence)
