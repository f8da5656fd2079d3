"""When a document became public, and when it was taken back. Rows are added and withdrawn, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, Revision

from access.models import User
from access.visibility import is_visible, visible_to
from access.visitor import Visitor
from documents import wording
from documents.access import released_to
from documents.models import Document, DocumentCheck, DocumentQuerySet, DocumentRelease, DocumentUse
from documents.models.derived import DocumentCheckQuerySet
from documents.models.uses import DocumentReleaseQuerySet
from documents.uses import named_by_revision


@transaction.atomic
def release(page: Page, revision: Revision, when: datetime | None = None) -> list[DocumentRelease]:
    """Records that the documents named by ``revision``, which went live on ``page``, are public from ``when`` on.

    A series that this page has released with the same versions already gets no new row: a corrected
    typo is no release. A version that was withdrawn stays withdrawn (``taken_back``), whatever way the page went live,
    and what has its bytes stays as it is (``same_as_withdrawn``).
    What is stated of their rights was approved with the page and is public from now on too. Returns the rows that were
    written.
    """
    when = when or timezone.now()
    named = named_by_revision(revision.pk).documents
    Document.objects.filter(pk__in=named).with_twins().lock()
    barred = Q(pk__in=taken_back().values("pk")) | Q(pk__in=same_as_withdrawn().values("document"))
    documents = list(Document.objects.filter(~barred, pk__in=named))
    if not documents:
        return []
    by_series: dict[UUID, set[int]] = defaultdict(set)
    for document in documents:
        by_series[document.series].add(document.pk)
    public = is_visible(page, Visitor())
    _approve_rights(documents, public)
    rows = DocumentRelease.objects.bulk_create(
        DocumentRelease(document_id=pk, page_id=page.pk, revision_id=revision.pk, released_at=when, was_public=public)
        for series, pks in by_series.items()
        if pks != _latest_of_page(page.pk, series)
        for pk in sorted(pks)
    )
    if public:
        _end_questions(documents)
    return rows


def _end_questions(documents: Iterable[Document]) -> None:
    """Ends the question about files with the bytes of ``documents``, which are public again: nothing is left to protect.

    Not where an embargo keeps readers from them yet, nor where another file with the bytes stays withdrawn.
    """
    back = [document.pk for document in documents if document.held_until is None]
    twins = Document.objects.filter(pk__in=back, checks__name=wording.WITHDRAWN).with_twins()
    for check in same_as_withdrawn().filter(document__in=twins.values("pk")).select_related("document"):
        if not withdrawn().same_bytes_as(check.document).exists():
            check.delete()


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


def withdrawn() -> DocumentQuerySet:
    """Versions that were released, of which no release holds any more."""
    released = DocumentRelease.objects.filter(document=OuterRef("pk"))
    return cast(DocumentQuerySet, Document.objects.filter(Exists(released), ~Exists(released.active())))


def replaced_and_withdrawn() -> DocumentQuerySet:
    """Versions that were withdrawn while a newer one of their series is released: they must never come back."""
    return withdrawn().filter(Exists(_newer()))


def taken_back() -> DocumentQuerySet:
    """Versions that no page may make public: they were withdrawn, and Legal has not brought them back since.

    What a newer released version replaced comes back by nobody.
    """
    brought_back = DocumentCheck.objects.filter(document=OuterRef("pk"), name=wording.WITHDRAWN)
    return withdrawn().filter(~Exists(brought_back.exclude(override_reason="")) | Exists(_newer()))


def gone_until_approved() -> DocumentQuerySet:
    """Versions that were withdrawn, or have the bytes of one that was, and that readers have through no page since.

    That Legal let one pass changes nothing here: readers get it with the next approval that people give.
    """
    released = DocumentRelease.objects.filter(document=OuterRef("pk"))
    same = DocumentCheck.objects.filter(document=OuterRef("pk"), name=wording.WITHDRAWN_BYTES)
    return cast(DocumentQuerySet, Document.objects.filter(Exists(released) | Exists(same), ~Exists(released.active())))


def same_as_withdrawn() -> DocumentCheckQuerySet:
    """The checks of files that readers don't have and that have the bytes of a withdrawn one, until Legal lets them pass."""
    return DocumentCheck.objects.blocking().filter(name=wording.WITHDRAWN_BYTES)


def withdrawn_since(document_ids: Iterable[int], when: datetime) -> bool:
    """Whether readers lost one of the documents, or what has its bytes, by a withdrawal after ``when``, for good so far.

    No decision that was made before says anything of it, whatever Legal said since. What readers have is no question.
    """
    ids = list(document_ids)
    same = DocumentCheck.objects.filter(name=wording.WITHDRAWN_BYTES, document__in=ids)
    asked = Document.objects.filter(pk__in=same.values("document")).exclude(pk__in=_read_by_anybody().values("pk"))
    gone = withdrawn().filter(Q(pk__in=ids) | Q(pk__in=asked.with_twins().values("pk")))
    return DocumentRelease.objects.filter(document__in=gone.values("pk"), withdrawn_at__gt=when).exists()


def _newer() -> DocumentReleaseQuerySet:
    return DocumentRelease.objects.active().filter(
        document__series=OuterRef("series"), document__number__gt=OuterRef("number")
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

    Returns how many releases ended. A document that another public page released too, and shows now, stays readable
    there. One that is down at the moment, by itself or with its section, or that names another version by now, doesn't
    keep it.
    """
    ids = list(page_ids)
    documents = set(DocumentRelease.objects.filter(page_id__in=ids).values_list("document", flat=True))
    elsewhere = pages_with_readers().exclude(pk__in=ids)
    shown = DocumentUse.objects.filter(document=OuterRef("document"), page_id=OuterRef("page_id"))
    rows = DocumentRelease.objects.filter(document__in=documents)
    rows = rows.filter(~Exists(shown.filter(revision__in=elsewhere.values("live_revision"))))
    return _withdraw(documents, rows, reason, when)


def withdraw_versions(
    series: UUID | str, before: int, reason: str, when: datetime | None = None, *, first: int = 1
) -> int:
    """Takes back the versions of a series from number ``first`` to below ``before``: all older ones, if not said
    otherwise, because a correction must not leave v1 readable. Returns how many releases ended.
    """
    versions = Document.objects.filter(series=series, number__gte=first, number__lt=before)
    ids = set(versions.values_list("pk", flat=True))
    return _withdraw(ids, DocumentRelease.objects.filter(document__in=ids), reason, when)


@transaction.atomic
def _withdraw(documents: set[int], rows: DocumentReleaseQuerySet, reason: str, when: datetime | None) -> int:
    """Ends ``rows`` behind the lock that ``release`` takes. What nobody releases then is blocked anew for each page:
    Legal brought back an earlier withdrawal only. Files with the same bytes are held too, all in one order: one whose
    approval is under way must not go public past its new check. Those that readers don't have now are blocked as well,
    whether they were public before and whatever Legal said of them; those that readers have, people are asked about.
    """
    when = when or timezone.now()
    Document.objects.filter(pk__in=documents).with_twins().lock()
    ending = set(rows.active().values_list("document", flat=True))
    ended = rows.withdraw(when=when, reason=reason)
    read = _read_by_anybody().values("pk")
    for document in withdrawn().filter(pk__in=ending):
        _block(document, wording.WITHDRAWN, reason)
        for twin in Document.objects.same_bytes_as(document).exclude(pk__in=read):
            # Approved for later, or below what is closed for now, it would go public by itself. The reason may be for
            # others than its readers.
            DocumentRelease.objects.filter(document=twin).withdraw(when=when, reason="")
            was_withdrawn = withdrawn().filter(pk=twin.pk).exists()
            _block(twin, wording.WITHDRAWN if was_withdrawn else wording.WITHDRAWN_BYTES, reason)
    return ended


def pages_with_readers() -> QuerySet[Page]:
    """Pages that somebody reads now, be it in a closed circle."""
    return visible_to(Page.objects.all(), _somebody())


def _read_by_anybody() -> DocumentQuerySet:
    """Files that somebody has now, be it in a closed circle."""
    return released_to(_somebody())


def _somebody() -> Visitor:
    """A superuser passes every closed circle, and reads nothing that is down."""
    return Visitor(User(is_superuser=True))


def compare_with_withdrawn(document: Document) -> None:
    """Blocks a new document that has the bytes of a withdrawn one: restoring or uploading it again is no way back."""
    rows = DocumentRelease.objects.filter(document__in=withdrawn().same_bytes_as(document))
    for reason in rows.order_by("withdrawn_at").values_list("reason", flat=True):
        _block(document, wording.WITHDRAWN_BYTES, reason)


def told_places(check: DocumentCheck) -> list[dict[str, Any]]:
    """The places of ``check`` without what only Legal may read: of a withdrawal's reasons those of the file's own, and
    those of files with its bytes that anyone could read.

    Who has the bytes of what was there for a closed circle must not learn why it went.
    """
    if check.name not in (wording.WITHDRAWN, wording.WITHDRAWN_BYTES):
        return list(check.places)
    ended = DocumentRelease.objects.filter(withdrawn_at__isnull=False).select_related("document")
    same = ended.filter(document__in=Document.objects.same_bytes_as(check.document))
    told = {row.reason for row in ended.filter(document=check.document_id)}
    told |= {row.reason for row in same if row.anyone_could_read}
    return [place for place in check.places if place["words"] in told]


def _block(document: Document, name: str, reason: str) -> None:
    """Writes a check that Legal alone can override; what was decided about an earlier withdrawal is over.

    Reasons of withdrawals about which nobody decided yet stay beside this one.
    """
    open_question = document.checks.blocking().filter(name=name).first()
    known = [place["words"] for place in open_question.places] if open_question else []
    places = [{"words": words} for words in dict.fromkeys([*known, reason]) if words]
    values = {"state": DocumentCheck.State.BLOCKED, "places": places, "override_by": None, "override_reason": ""}
    DocumentCheck.objects.update_or_create(document=document, name=name, defaults=values)


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
