"""The rows of erased files: a tombstone for each, then everything else that names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.admin.models import FormState
from wagtail.models import ModelLogEntry, ReferenceIndex

from documents.erasure import targets
from documents.exceptions import ErasureRefused
from documents.models import Document, DocumentUse, ErasedDocument, Erasure


class NamedAgain(ErasureRefused):
    """A revision that was saved meanwhile names the file: the pages have to be cleaned once more."""


@transaction.atomic
def erase_rows(erasure: Erasure) -> None:
    """Writes the tombstones and deletes the documents with all that hangs on them, protected rows too.

    Whatever storage keys they have by now are noted on ``erasure``. Raises NamedAgain.
    """
    documents = targets.present(erasure.targets)
    locked = list(documents.order_by("pk").select_for_update())
    if DocumentUse.objects.filter(document__in=locked).exists():
        raise NamedAgain
    erasure.keys = sorted({*erasure.keys, *targets.keys_of(documents)})
    _bury(erasure, [*erasure.targets, *targets.targets_of(locked)])
    _clear_log(locked)
    _clear_references(locked)
    for relation in Document._meta.related_objects:
        if getattr(relation, "on_delete", None) is models.PROTECT:
            # Past the model's own delete(), which refuses: this is the one case in which it must give way.
            rows: Any = models.QuerySet(relation.related_model).filter(**{f"{relation.field.name}__in": locked})
            rows._raw_delete(rows.db)
    for document in locked:
        document.delete()
    _clear_tasks()
    erasure.keep("keys")  # last: until the commit nobody renews the hold on the row, which is locked then


def _bury(erasure: Erasure, found: Iterable[targets.Target]) -> None:
    """A tombstone for each version that has none; a repetition finds them there, or a backup took them away."""
    for target in found:
        ErasedDocument.objects.get_or_create(
            series=target["series"],
            number=target["number"],
            defaults={
                "erasure": erasure,
                "original_sha256": target["original_sha256"],
                "sha256": target["sha256"],
                "was_public": target["was_public"],
                "asked_by_name": erasure.asked_by_name,
                "confirmed_by_name": erasure.decided_by_name,
                "reason": erasure.reason,
                "erased_at": timezone.now(),
            },
        )


def _clear_log(documents: Iterable[Document]) -> None:
    """Log entries stay, with who and when; the title and what was said about it go."""
    content_type = ContentType.objects.get_for_model(Document)
    for document in documents:
        entries = ModelLogEntry.objects.filter(content_type=content_type, object_id=str(document.pk))
        entries.update(label=f"{document.series} v{document.number}", data={})


def _clear_references(documents: Iterable[Document]) -> None:
    """The index of references, and what forms keep between two clicks; the admin's search goes with the row."""
    content_type = ContentType.objects.get_for_model(Document)
    ids = [str(document.pk) for document in documents]
    ReferenceIndex.objects.filter(to_content_type=content_type, to_object_id__in=ids).delete()
    ReferenceIndex.objects.filter(content_type=content_type, object_id__in=ids).delete()
    # Texts of forms as they were last previewed, for a day, of whatever page: nothing is lost with them.
    FormState.objects.all().delete()


def _clear_tasks() -> None:
    """Finished tasks about files, and every traceback: an error message may quote what it stumbled over."""
    over = DBTaskResult.objects.filter(status__in=(TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED))
    over.filter(models.Q(task_path__startswith="documents.") | ~models.Q(traceback="")).exclude(
        task_path__startswith="documents.tasks.erase"
    ).delete()
