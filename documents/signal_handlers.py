"""What this app does when something is saved, published or deleted elsewhere."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Revision
from wagtail.signals import page_published
from wagtail.tasks import delete_file_from_storage_task

from documents.actions import enqueue_processing
from documents.models import Document, DocumentImage
from documents.releases import release
from documents.uses import record_uses


def _after_revision(
    sender: type[Revision],
    instance: Revision,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    """Records what the revision names, in the same transaction, whenever its content was written."""
    if not raw and (update_fields is None or "content" in update_fields):
        record_uses(instance)


def _after_publish(sender: type[Page], instance: Page, revision: Revision | None = None, **kwargs: Any) -> None:
    """Releases the documents of what went live.

    Core sends the signal for a page that is only scheduled too; nothing is released then, nor
    without a revision.
    """
    if revision is not None and instance.live and instance.live_revision_id == revision.pk:
        release(instance, revision)


def _after_document(
    sender: type[Document], instance: Document, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    """A new document is processed after the commit, whichever way it came in."""
    if created and not raw:
        enqueue_processing([instance.pk])


def _after_document_delete(sender: type[Document], instance: Document, **kwargs: Any) -> None:
    """Removes the sealed original when the deletion is final; it may be the same blob as the public copy."""
    _delete_blobs({instance.original.name} - {instance.file.name})  # core removes the public copy


def _after_drawn_image_delete(sender: type[DocumentImage], instance: DocumentImage, **kwargs: Any) -> None:
    _delete_blobs({instance.file.name})


def _delete_blobs(keys: set[str | None]) -> None:
    storage = Document._meta.get_field("original").storage
    for key in sorted(key for key in keys if key):
        transaction.on_commit(partial(delete_file_from_storage_task.enqueue, storage.deconstruct(), key))


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    post_save.connect(_after_revision, sender=Revision, dispatch_uid="documents.uses")
    page_published.connect(_after_publish, dispatch_uid="documents.releases")
    post_save.connect(_after_document, sender=Document, dispatch_uid="documents.processing")
    post_delete.connect(_after_document_delete, sender=Document, dispatch_uid="documents.blobs")
    post_delete.connect(_after_drawn_image_delete, sender=DocumentImage, dispatch_uid="documents.drawn_blobs")
