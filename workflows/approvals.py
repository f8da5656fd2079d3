"""Records of decisions: written by the finish action, the emergency exit and the import, read by the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from documents.uses import documents_named_by
from workflows.content import content_hash
from workflows.exceptions import NotApproved
from workflows.files import file_hashes, named_files, obstacles, unchanged, withdrawn, withdrawn_since
from workflows.files import overrides as overridden_checks
from workflows.models.records import ApprovalRecord

if TYPE_CHECKING:
    from access.models import User

Decision = ApprovalRecord.Decision


def record(
    page: Page,
    revision: Revision | None,
    decision: str,
    user: User | None,
    *,
    task: str = "",
    comment: str = "",
    overrides: Sequence[str] = (),
) -> ApprovalRecord:
    """Writes down ``decision`` about ``revision`` of ``page``, with the hashes of its content and of its files.

    ``decision`` is a value of ``ApprovalRecord.Decision``; ``overrides`` are named beside the safety checks of
    its files that were overridden. Returns the new row.
    """
    row = _row(page, revision, decision, user, named_files(revision) if revision else {})
    row.task, row.comment = task, comment
    row.overrides = [*overrides, *overridden_checks(row.documents)]
    row.save()
    return row


def carry_over(
    page: Page, content: Mapping[str, Any], revision: Revision | None, user: User | None, reason: str
) -> ApprovalRecord:
    """Lets ``content`` of ``page`` stay public: approved content from which only an erased file and words were taken."""
    row = _row(page, revision, Decision.ERASED, user, named_files(revision) if revision else {})
    row.content_hash, row.comment = content_hash(content), reason
    row.save()
    return row


def is_approved(page: Page, revision: Revision) -> bool:
    """Whether an approval that still holds covers exactly what ``revision`` says."""
    rows = ApprovalRecord.objects.valid_for(page.pk)
    return bool(rows.filter(revision_id=revision.pk, content_hash=content_hash(revision.content)).exists())


def taken_down(page_id: int) -> bool:
    """Whether the page was ever withdrawn or taken down, be it as a draft that nobody had read."""
    return bool(ApprovalRecord.objects.of_page(page_id).filter(decision=Decision.TAKEN_DOWN).exists())


def taken_down_since(page_id: int, when: datetime) -> bool:
    """Whether the page was withdrawn or taken down at ``when`` or later."""
    return bool(ApprovalRecord.objects.of_page(page_id).filter(decision=Decision.TAKEN_DOWN, at__gte=when).exists())


def record_import(
    pages_and_revisions: Iterable[tuple[Page, Revision]],
    user: User | None,
    named: Sequence[frozenset[int]] | None = None,
) -> int:
    """Approves imported pages in one statement: they may be published as they are. Returns how many.

    ``named`` are the documents that each revision names, where the caller knows them: reading a
    revision takes longer than writing it. Raises NotApproved where one of the files is not ready or is blocked: nobody
    decides about an import, so nobody may let it past a check either.
    """
    pairs = list(pages_and_revisions)
    named = named if named is not None else [frozenset(documents_named_by(revision)) for _page, revision in pairs]
    hashes = file_hashes(set().union(*named))
    if sentences := obstacles(hashes):
        raise NotApproved(" ".join(sentences))
    rows = [
        _row(page, revision, Decision.IMPORT, user, {str(pk): hashes[str(pk)] for pk in ids if str(pk) in hashes})
        for (page, revision), ids in zip(pairs, named, strict=True)
    ]
    if overridden_checks(hashes):
        for row in rows:
            row.overrides = overridden_checks(row.documents)
    return len(ApprovalRecord.objects.bulk_create(rows, batch_size=500))


def _row(
    page: Page, revision: Revision | None, decision: str, user: User | None, files: dict[str, str]
) -> ApprovalRecord:
    return ApprovalRecord(
        page_id=page.pk,
        translation_key=page.translation_key,
        language=page.locale.language_code,
        revision_id=revision.pk if revision else None,
        content_hash=content_hash(revision.content) if revision else "",
        documents=files,
        decision=decision,
        user=user,
        user_name=str(user) if user else "",
    )


def assert_approved(page: Page, revision_id: int | None, becoming: Any) -> None:
    """Raises NotApproved unless an approval that still holds covers what would be public.

    ``revision_id`` is the revision that the page would show from now on; ``becoming`` is the page
    as it would be stored, and must have the content of that revision.
    """
    revision = Revision.objects.filter(pk=revision_id).first() if revision_id else None
    if revision is None:
        raise NotApproved(_("Only a revision that was approved can be made public."))
    approved = content_hash(revision.content)
    rows = ApprovalRecord.objects.valid_for(page.pk).filter(revision_id=revision.pk, content_hash=approved)
    row = rows.order_by("-pk").first()
    if row is None:
        raise NotApproved(_("This content has not been approved. Submit it for review."))
    if not unchanged(row.documents):
        raise NotApproved(_("A file of this content changed after its approval. Submit it for review again."))
    if not _shows(becoming, revision, approved):
        raise NotApproved(_("This is not the content that was approved. Submit it for review."))
    assert_none_withdrawn(revision)
    if withdrawn_since(revision.pk, _decided_at(row)):
        raise NotApproved(_("A file of this content was withdrawn after its approval. Submit it for review again."))


def _decided_at(row: ApprovalRecord) -> datetime:
    """When people last decided about what ``row`` lets through: what was carried over is as old as what it came from."""
    earlier = ApprovalRecord.objects.valid_for(row.page_id).filter(pk__lte=row.pk)
    decided = earlier.exclude(decision__in=ApprovalRecord.CARRIED).order_by("-pk").first()
    return (decided or row).at


def assert_none_withdrawn(revision: Revision) -> None:
    """Raises NotApproved where ``revision`` names a file that was withdrawn: no approval that was given before, and no
    emergency, brings it back."""
    if sentences := withdrawn(revision.pk):
        raise NotApproved(" ".join(sentences))


def assert_content_approved(page: Page, revision_id: int | None, becoming: Any) -> None:
    """Raises NotApproved where a save would change the text of a live page behind its approval.

    The live revision may have been purged: the records stay, and the content must be that of one of
    them.
    """
    rows = ApprovalRecord.objects.valid_for(page.pk)
    if revision_id:
        rows = rows.filter(revision_id=revision_id)
    hashes = set(rows.values_list("content_hash", flat=True))
    revision = Revision.objects.filter(pk=revision_id).first() if revision_id else None
    if not hashes or not (
        content_hash(becoming.serializable_data()) in hashes
        or (revision and content_hash(revision.content) in hashes and _shows(becoming, revision, ""))
    ):
        raise NotApproved(_("A public page changes by an approved revision only. Submit the change for review."))


def _shows(becoming: Any, revision: Revision, approved: str) -> bool:
    """Whether the page as it would be stored has the content of ``revision``.

    Asked twice: as stored, and as the revision reads with today's fields, so that a field added to
    the page type since its approval is no change.
    """
    shown = content_hash(becoming.serializable_data())
    return shown == approved or shown == content_hash(revision.as_object().serializable_data())
