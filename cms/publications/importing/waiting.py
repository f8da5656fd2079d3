"""Imported pages whose files are not through their checks: drafts that the worker publishes when nothing is in the way.

Who changes such a draft, submits it or takes the page down has decided otherwise: then it takes the editors' way.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext
from wagtail.models import Page, Revision

from cms.publications.models import ImportedRow
from documents.models import Document, DocumentCheck, DocumentUse
from workflows import approvals
from workflows.content import content_hash
from workflows.exceptions import NotApproved
from workflows.files import named_files, obstacles

if TYPE_CHECKING:
    from access.models import User

EVERY = timedelta(seconds=15)
"""How often the worker looks."""

logger = logging.getLogger(__name__)


def mark(revision: Revision | None) -> dict[str, Any]:
    """The fields of an ImportedRow that let ``revision`` wait, or nothing. Its content is kept as a hash: it may be
    overwritten by a form that was open."""
    return {"pending": revision, "pending_hash": content_hash(revision.content) if revision else ""}


def publish_or_wait(imported: ImportedRow, page: Page, revision: Revision, user: User | None) -> bool:
    """Publishes ``revision``, recorded as "import by" ``user``, or lets it wait for its files; whether it is approved.

    Raises NotApproved and ValidationError as publishing does.
    """
    approved = not obstacles(named_files(revision), page.pk)
    if approved:
        approvals.record_import([(page, revision)], user)
        revision.publish(user=user, skip_permission_checks=True)
    ImportedRow.objects.filter(pk=imported.pk).update(**mark(None if approved else revision))
    return approved


def waits(imported: ImportedRow) -> bool:
    """Whether its page still waits for its files, and nobody decided otherwise since."""
    revision, page = imported.pending, imported.page
    return (
        revision is not None
        and page.latest_revision_id == revision.pk != page.live_revision_id
        and content_hash(revision.content) == imported.pending_hash
        and not page.workflow_in_progress
        and not approvals.taken_down_since(page.pk, revision.created_at)
    )


def reasons(imported: ImportedRow) -> list[str]:
    """Why the page of ``imported``, which waits, can't be published, as sentences; empty while its files are in hand."""
    files = named_files(imported.pending) if imported.pending else {}
    if Document.objects.filter(pk__in=files, state__in=(Document.State.WAITING, Document.State.RUNNING)).exists():
        return []
    locked = [gettext("Locked.")] if imported.page.locked else []
    return locked + obstacles(files, imported.page_id)


def publish_due() -> int:
    """Publishes the pages whose files are through by now; returns how many. A job of the worker, safe in several at once."""
    return sum(_publish(pk) for pk in list(_due().values_list("pk", flat=True)))


def _due() -> QuerySet[ImportedRow]:
    """Those that may be ready, by what one query can tell."""
    named = DocumentUse.objects.filter(revision=OuterRef("pending"))
    unready = Exists(named.exclude(document__state=Document.State.READY))
    blocked = Exists(named.filter(document__in=DocumentCheck.objects.blocking().values("document")))
    rows = ImportedRow.objects.filter(pending=F("page__latest_revision"), page__locked=False)
    return rows.exclude(pending=F("page__live_revision")).exclude(unready).exclude(blocked).order_by("pk")


def _publish(pk: int) -> int:
    """Publishes one page, if it still waits and nothing is in the way: 1, else 0."""
    try:
        with transaction.atomic():
            wanted = ImportedRow.objects.filter(pk=pk).values("page")
            if not Page.objects.select_for_update(skip_locked=True).filter(pk__in=wanted).values_list("pk", flat=True):
                return 0
            imported = ImportedRow.objects.select_related("pending__user", "page").get(pk=pk)
            if imported.pending is None or not waits(imported):
                return 0
            return int(publish_or_wait(imported, imported.page, imported.pending, imported.pending.user))
    except (NotApproved, ValidationError):
        ImportedRow.objects.filter(pk=pk).update(**mark(None))
        logger.exception("An import was not published", extra={"event": "import_refused", "imported_row": pk})
        return 0
