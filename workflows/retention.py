"""Removing files that nothing names: uploads that never became part of anything.

Here and not with the files, because a decision of the past counts as much as a page of today: what an approval
record or a review names is evidence of what was decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import PROTECT, Exists, OuterRef, ProtectedError
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex

from access.models import User
from documents.models import Document, DocumentQuerySet
from workflows.models import ApprovalRecord
from workflows.models.review import ReviewTaskState


@dataclass
class Removal:
    """How many files were found unused, their bytes, and how many of them were removed."""

    found: int = 0
    size: int = 0
    removed: int = 0


def unused(older_than: timedelta) -> DocumentQuerySet:
    """Documents uploaded longer ago than ``older_than`` that nothing names: no revision, release or row, no record
    of a decision, and no text that links to them."""
    found: DocumentQuerySet = Document.objects.filter(created_at__lt=timezone.now() - older_than)
    for relation in Document._meta.related_objects:
        if getattr(relation, "on_delete", None) is PROTECT:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.exclude(Exists(rows))
    content_type = ContentType.objects.get_for_model(Document)
    linked = ReferenceIndex.objects.filter(to_content_type=content_type).values_list("to_object_id", flat=True)
    kept = {int(pk) for pk in linked if pk.isdecimal()} | _decided_about()
    return found.exclude(pk__in=kept).order_by("pk")


def _decided_about() -> set[int]:
    """Primary keys of all documents that a record of a decision, or a review, names."""
    records = [*ApprovalRecord.objects.values_list("documents", flat=True).exclude(documents={})]
    records += [*ReviewTaskState.objects.values_list("documents", flat=True).exclude(documents={})]
    return {int(pk) for documents in records for pk in documents}


def remove_unused(
    older_than: timedelta,
    *,
    apply: bool = False,
    user: User | None = None,
    progress: Callable[[Document], None] = lambda document: None,
) -> Removal:
    """Finds unused files and, with ``apply``, removes them with their bytes; the log keeps what each was."""
    result = Removal()
    for pk in list(unused(older_than).values_list("pk", flat=True)):
        document = Document.objects.filter(pk=pk).first()
        if document is None:
            continue
        result.found += 1
        result.size += document.size
        progress(document)
        if apply and _remove(document, older_than, user):
            result.removed += 1
    return result


def _remove(document: Document, older_than: timedelta, user: User | None) -> bool:
    """Removes one file unless somebody named it meanwhile."""
    facts = {"series": str(document.series), "version": document.number, "sha256": document.original_sha256}
    try:
        with transaction.atomic():
            if not unused(older_than).filter(pk=document.pk).select_for_update().exists():
                return False
            log(instance=document, action="dossier.document.unused", user=user, data=facts)
            document.delete()
    except ProtectedError:
        return False
    return True
