"""When a document became public, and when it was taken back. Rows are added and withdrawn, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from wagtail.models import Page, Revision

from access.visibility import is_visible
from access.visitor import Visitor
from documents.models import Document, DocumentQuerySet, DocumentRelease
from documents.uses import named_by_revision


def release(page: Page, revision: Revision, when: datetime | None = None) -> list[DocumentRelease]:
    """Records that the documents named by ``revision``, which went live on ``page``, are public from ``when`` on.

    A series that this page has released with the same versions already gets no new row: a corrected
    typo is no release. A version that was withdrawn in favour of a newer one stays withdrawn. What is stated of their
    rights was approved with the page and is public from now on too. Returns the rows that were written.
    """
    when = when or timezone.now()
    documents = list(
        Document.objects.filter(pk__in=named_by_revision(revision.pk).documents).exclude(
            pk__in=replaced_and_withdrawn().values("pk")
        )
    )
    if not documents:
        return []
    by_series: dict[UUID, set[int]] = defaultdict(set)
    for document in documents:
        by_series[document.series].add(document.pk)
    public = is_visible(page, Visitor())
    _approve_rights(documents, public)
    return DocumentRelease.objects.bulk_create(
        DocumentRelease(document_id=pk, page_id=page.pk, revision_id=revision.pk, released_at=when, was_public=public)
        for series, pks in by_series.items()
        if pks != _latest_of_page(page.pk, series)
        for pk in sorted(pks)
    )


def public_since(document: Document) -> datetime | None:
    """When ``document`` became public, as it is told; None for what never was released."""
    first = DocumentRelease.objects.filter(document=document).told_first().first()
    return told_since(document, first.released_at if first else None)


def told_since(document: Document, released_at: datetime | None) -> datetime | None:
    """The day that readers are told of a release at ``released_at``: an embargo of the file's own is not told."""
    return max(released_at, document.delayed_until or released_at) if released_at else None


def _approve_rights(documents: Iterable[Document], public: bool) -> None:
    """Makes licence and credit, as they are stated, those that readers are told.

    What was approved for a closed circle, or for later (``public`` is False), changes nothing that everybody reads.
    """
    changed = [document for document in documents if document.stated_rights != document.public_rights]
    if changed and not public:
        open_to_all = DocumentRelease.objects.active().filter(document__in=changed, was_public=True)
        known = set(open_to_all.values_list("document", flat=True))
        changed = [document for document in changed if document.pk not in known]
    for document in changed:
        Document.objects.filter(pk=document.pk).approve_rights(document.stated_rights)


def replaced_and_withdrawn() -> DocumentQuerySet:
    """Versions that were withdrawn while a newer one of their series is released: they must never come back."""
    released = DocumentRelease.objects.filter(document=OuterRef("pk"))
    newer = DocumentRelease.objects.active().filter(
        document__series=OuterRef("series"), document__number__gt=OuterRef("number")
    )
    return cast(
        DocumentQuerySet,
        Document.objects.filter(Exists(released.filter(withdrawn_at__isnull=False)), Exists(newer)).exclude(
            Exists(released.active())
        ),
    )


def _latest_of_page(page_id: int, series: UUID) -> set[int]:
    """The versions of a series that a page released last, as far as they are not withdrawn."""
    rows = DocumentRelease.objects.active().filter(page_id=page_id, document__series=series)
    newest = rows.newest_first().first()
    if newest is None:
        return set()
    return set(rows.filter(released_at=newest.released_at).values_list("document", flat=True))


def withdraw_releases(page_ids: Iterable[int], reason: str, when: datetime | None = None) -> int:
    """Takes back everything that the pages released, all versions; ``reason`` is shown to the public.

    Returns how many releases ended. A document that another page released too stays readable there.
    """
    rows = DocumentRelease.objects.filter(page_id__in=list(page_ids))
    return rows.withdraw(when=when or timezone.now(), reason=reason)


def withdraw_versions(
    series: UUID | str, before: int, reason: str, when: datetime | None = None, *, first: int = 1
) -> int:
    """Takes back the versions of a series from number ``first`` to below ``before``: all older ones, if not said
    otherwise, because a correction must not leave v1 readable. Returns how many releases ended.
    """
    rows = DocumentRelease.objects.filter(
        document__series=series, document__number__gte=first, document__number__lt=before
    )
    return rows.withdraw(when=when or timezone.now(), reason=reason)


def public_withdrawal(documents: DocumentQuerySet) -> DocumentRelease | None:
    """The last withdrawal of the newest of ``documents`` that was public; None where one is still released.

    A version that is released and whose embargo was never over doesn't count: its approval would be told by a 404.
    One query, whatever there is: the time that a refusal takes must not tell what is refused.
    """
    rows = DocumentRelease.objects.filter(document__in=documents.order_by().values("pk")).select_related("document")
    found = list(rows.order_by("-document__number", "-withdrawn_at"))
    now = timezone.now()
    if any(row.withdrawn_at is None and not _is_to_come(row, now) for row in found):
        return None
    return next((row for row in found if row.withdrawn_at and row.anyone_could_read), None)


def _is_to_come(row: DocumentRelease, now: datetime) -> bool:
    """Whether an embargo has kept the file from the public since before its release: nothing may tell of it."""
    delayed = row.document.delayed_until
    return delayed is not None and delayed > now
