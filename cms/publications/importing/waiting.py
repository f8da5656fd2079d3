"""Imported pages whose files are not through their checks: drafts that the worker publishes when nothing is in the way.

Who changes such a draft, submits it or takes the page down has decided otherwise, also where a review sent it back:
then it takes the editors' way. So does one that names a file that was withdrawn, whoever lets that pass.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext
from wagtail.models import Page, Revision, TaskState

from cms.publications.models import ImportedRow
from documents.locks import hold_pages
from documents.models import Document, DocumentCheck, DocumentUse
from documents.releases import gone_until_approved
from workflows import approvals
from workflows.content import content_hash
from workflows.exceptions import NotApproved, Overtaken
from workflows.files import in_hand, named_files, obstacles

if TYPE_CHECKING:
    from access.models import User

EVERY = timedelta(seconds=15)
"""How often the worker looks."""

WITHDRAWN = "A file of it was withdrawn: no import brings it back. Submit the draft for review."
KEPT = (
    "Somebody changed this publication since its import, and that isn't public yet. Their draft was kept: "
    "publish it or revert it, then import the row again."
)

logger = logging.getLogger(__name__)


def mark(revision: Revision | None) -> dict[str, Any]:
    """The fields of an ImportedRow that let ``revision`` wait, or nothing. Its content is kept as a hash: it may be
    overwritten by a form that was open."""
    return {"pending": revision, "pending_hash": content_hash(revision.content) if revision else ""}


def publish_or_wait(imported: ImportedRow, page: Page, revision: Revision, user: User | None) -> bool:
    """Publishes ``revision``, recorded as "import by" ``user``, or lets it wait for its files; whether it is approved.

    It doesn't wait for a file that was withdrawn: whoever lets that pass doesn't judge this page, so people approve it.
    Raises NotApproved and ValidationError as publishing does.
    """
    files = named_files(revision)
    gone = _gone(files)
    approved = not gone and not obstacles(files, page.pk)
    if approved:
        approvals.record_import([(page, revision)], user)
        revision.publish(user=user, skip_permission_checks=True)
    ImportedRow.objects.filter(pk=imported.pk).update(**mark(None if approved else revision))
    if gone:
        _let_go(imported.pk)
    return approved


def waits(imported: ImportedRow) -> bool:
    """Whether its page still waits for its files, and nobody decided otherwise since."""
    return imported.pending is not None and _untouched(imported, imported.pending)


def judged(revision_id: int | None) -> bool:
    """Whether the revision is, or was, under review: then its reviewers decide, also where they sent it back."""
    return TaskState.objects.filter(revision=revision_id).exists()


def is_an_editors_draft(imported: ImportedRow, revision: Revision | None) -> bool:
    """Whether ``revision``, the newest one, says something that neither the import wrote last nor readers read by now.

    What the import wrote isn't known of rows that an earlier version imported: their drafts count as an editor's.
    """
    live = imported.page.live_revision
    if revision is None or revision == live:
        return False
    return content_hash(revision.content) not in (imported.written_hash, live and content_hash(live.content))


def reasons(imported: ImportedRow) -> list[str]:
    """Why an import's draft, which nobody touched, isn't published, as sentences; empty while its files are in hand."""
    revision = imported.pending or imported.page.latest_revision
    if revision is None or not _untouched(imported, revision):
        return []
    files = named_files(revision)
    if _gone(files):
        return [*obstacles(files, imported.page_id), WITHDRAWN]
    if imported.pending is None or in_hand(files):
        return []
    locked = [gettext("Locked.")] if imported.page.locked else []
    return locked + obstacles(files, imported.page_id)


def sentence(refusal: NotApproved | Overtaken | ValidationError) -> str:
    """What a refusal says, in one line."""
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


def publish_due() -> int:
    """Publishes the pages whose files are through by now; returns how many. A job of the worker, safe in several at once."""
    return sum(_publish(pk) for pk in list(_due().values_list("pk", flat=True)))


def _untouched(imported: ImportedRow, revision: Revision) -> bool:
    """Whether ``revision`` is the newest draft, says what the import wrote, and nobody decided about it."""
    page = imported.page
    return (
        page.latest_revision_id == revision.pk != page.live_revision_id
        and content_hash(revision.content) == imported.pending_hash
        and not page.workflow_in_progress
        and not judged(revision.pk)
        and not approvals.taken_down_since(page.pk, revision.created_at)
    )


def _gone(files: Iterable[str]) -> bool:
    return gone_until_approved().filter(pk__in=list(files)).exists()


def _let_go(pk: int) -> None:
    """Leaves a row to people. Its hash stays: no later run takes it for a draft that never waited."""
    ImportedRow.objects.filter(pk=pk).update(pending=None)


def _due() -> QuerySet[ImportedRow]:
    """Those that may be ready, or to be let go, by what one query can tell."""
    named = DocumentUse.objects.filter(revision=OuterRef("pending"))
    unready = Exists(named.exclude(document__state=Document.State.READY))
    blocked = Exists(named.filter(document__in=DocumentCheck.objects.blocking().values("document")))
    gone = Exists(named.filter(document__in=gone_until_approved().values("pk")))
    rows = ImportedRow.objects.filter(pending__isnull=False, pending=F("page__latest_revision"), page__locked=False)
    return rows.exclude(pending=F("page__live_revision")).filter(gone | (~unready & ~blocked)).order_by("pk")


def _publish(pk: int) -> int:
    """Publishes one page, if it still waits and nothing is in the way: 1, else 0. Whatever fails holds up no other."""
    try:
        with transaction.atomic():
            wanted = ImportedRow.objects.filter(pk=pk).values("page")
            if not hold_pages(Page.objects.filter(pk__in=wanted), skip_locked=True):
                return 0
            imported = ImportedRow.objects.select_related("pending__user", "page").get(pk=pk)
            if imported.pending is None or imported.page.locked or not waits(imported):
                return 0
            return int(publish_or_wait(imported, imported.page, imported.pending, imported.pending.user))
    except (NotApproved, ValidationError):
        _let_go(pk)
        _log(pk)
    except Exception:  # noqa: BLE001  # the border of one page: the next round tries it again
        _log(pk)
    return 0


def _log(pk: int) -> None:
    logger.exception("An import was not published", extra={"event": "import_refused", "imported_row": pk})
