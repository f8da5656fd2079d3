"""Who may read a file: the one rule, as a queryset, so that a list and a single answer can't differ.

A visitor reads a document

1. because it was **released** (and not withdrawn, no virus was found in it, and an embargo of its own is over) and the
   live revision of the page that released it, which this visitor may see, names it; an older version, because it was
   released to everybody, or by a page that this visitor may see, and the newest release of its series is readable, or
2. because they are **entitled**: they uploaded it, or may edit or review a page one of whose
   revisions names it. Only an account can be: what is answered to one is kept by no cache.

A picture is read by the same two reasons; it needs no release, the approved revision is enough.
Nothing is public by a stored flag. Everything that can show a file asks here.
"""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from wagtail.models import Page, TaskState
from wagtail.permissions import page_permission_policy

from access.visibility import visible_to
from access.visitor import Visitor
from documents.models import Document, DocumentQuerySet, DocumentRelease, DocumentUse, Image, ImageUse


def readable_by(visitor: Visitor) -> DocumentQuerySet:
    """All documents that ``visitor`` may read, now."""
    return cast(DocumentQuerySet, Document.objects.filter(_released_to(visitor) | _entitled(visitor, DocumentUse)))


def released_to(visitor: Visitor) -> DocumentQuerySet:
    """Those that ``visitor`` reads as part of what is published: rule 1 alone."""
    return cast(DocumentQuerySet, Document.objects.filter(_released_to(visitor)))


def entitled_documents(visitor: Visitor) -> DocumentQuerySet:
    """Those that ``visitor`` reads by a right of their own: rule 2 alone."""
    return cast(DocumentQuerySet, Document.objects.filter(_entitled(visitor, DocumentUse)))


def can_read(visitor: Visitor, document: Document) -> bool:
    """Whether ``visitor`` may read ``document``, now."""
    return bool(visitor.ask(_key, document=document.pk))


def _key(visitor: Visitor, document: int) -> QuerySet[Document, int]:
    return readable_by(visitor).filter(pk=document).values_list("pk", flat=True)


def readable_versions(visitor: Visitor, series: uuid.UUID) -> list[Document]:
    """The readable versions of a series, highest number first."""
    return visitor.ask(_versions, series=series)


def _versions(visitor: Visitor, series: uuid.UUID) -> QuerySet[Document]:
    return readable_by(visitor).filter(series=series).order_by("-number")


def presented_versions(visitor: Visitor, series: uuid.UUID) -> list[Document]:
    """The same, each with ``page_path_``: the ``url_path`` of the first page that names the series, if one may be seen."""
    return visitor.ask(_presented, series=series)


def _presented(visitor: Visitor, series: uuid.UUID) -> QuerySet[Document]:
    uses = DocumentUse.objects.filter(revision=OuterRef("live_revision"), document__series=series)
    pages = visible_to(Page.objects.filter(Exists(uses)), visitor).order_by("pk").values("url_path")
    return _versions(visitor, series).annotate(page_path_=Subquery(pages[:1]))


def version(visitor: Visitor, series: uuid.UUID, number: int | None) -> Document | None:
    """Version ``number`` of a series, or its current one, if ``visitor`` may read it.

    Missing and unreadable take the same queries: the rule is part of the search.
    """
    if number is None:
        return current_version(visitor, series)
    return next(iter(visitor.ask(_version, series=series, number=number)), None)


def _version(visitor: Visitor, series: uuid.UUID, number: int) -> QuerySet[Document]:
    return _versions(visitor, series).filter(number=number)


def current_version(visitor: Visitor, series: uuid.UUID) -> Document | None:
    """The newest released version that ``visitor`` may read (not the highest number).

    For one who is entitled to a series of which nothing was released, its highest number.
    """
    released = next(iter(visitor.ask(_newest_released, series=series)), None)
    return released or next(iter(visitor.ask(_highest, series=series)), None)


def _highest(visitor: Visitor, series: uuid.UUID) -> QuerySet[Document]:
    return _versions(visitor, series)[:1]


def _newest_released(visitor: Visitor, series: uuid.UUID) -> QuerySet[Document]:
    released_at = _releases().filter(document=OuterRef("pk")).values("released_at")[:1]
    released = released_to(visitor).filter(series=series).annotate(newest=Subquery(released_at))
    return released.order_by("-newest", "-number")[:1]


def readable_image(visitor: Visitor, public_id: uuid.UUID) -> Image | None:
    """The picture with this public key, if ``visitor`` may see it now."""
    return next(iter(visitor.ask(_image, public_id=public_id)), None)


def _image(visitor: Visitor, public_id: uuid.UUID) -> QuerySet[Image]:
    return readable_images(visitor).filter(public_id=public_id)


def readable_images(visitor: Visitor) -> QuerySet[Image]:
    """All pictures that ``visitor`` may see, now."""
    return cast("QuerySet[Image]", Image.objects.filter(_shown_to(visitor) | _entitled(visitor, ImageUse)))


def entitled_images(visitor: Visitor) -> QuerySet[Image]:
    """Pictures that ``visitor`` sees by a right of their own."""
    return cast("QuerySet[Image]", Image.objects.filter(_entitled(visitor, ImageUse)))


def may_be_shown(visitor: Visitor, prefix: str = "") -> Q:
    """What rule 1 asks of a document itself, now: no virus, no embargo of its own. ``prefix`` leads to the document."""
    no_embargo = Q(**{f"{prefix}embargo": None}) | Q(**{f"{prefix}embargo__lte": visitor.now})
    return no_embargo & ~Q(**{f"{prefix}scan": Document.Scan.INFECTED})


def _releases() -> QuerySet[DocumentRelease]:
    return DocumentRelease.objects.active().newest_first()


def releases_by_page() -> QuerySet[DocumentRelease]:
    """Active releases of the outer use's document by the outer use's page."""
    return DocumentRelease.objects.active().filter(document=OuterRef("document"), page_id=OuterRef("page_id"))


def _live_pages(visitor: Visitor) -> QuerySet[Page]:
    """Pages that ``visitor`` may see and whose live revision is the outer use's revision."""
    return visible_to(Page.objects.filter(live_revision=OuterRef("revision")), visitor)


def _released_to(visitor: Visitor) -> Q:
    """Rule 1 as a filter on Document.

    The newest release of the series decides for the older versions: it must itself be named by a
    live page and be under no embargo. A version that is still named by a live page stands on its own.
    A page names what it released itself: a file that was withdrawn comes back to readers of those pages alone that
    were approved with it since.
    """
    shown = DocumentUse.objects.filter(Exists(_live_pages(visitor)), Exists(releases_by_page()))
    named = shown.filter(document=OuterRef("pk"))
    newest = Subquery(_releases().filter(document__series=OuterRef("document__series")).values("document")[:1])
    # What only a closed circle had is not opened by a newer version that is for everybody.
    had = Q(was_public=True)
    if not visitor.is_anybody:
        had |= Q(Exists(visible_to(Page.objects.filter(pk=OuterRef("page_id")), visitor)))
    successors = (
        DocumentRelease.objects.active()
        .filter(had, document=OuterRef("pk"))
        .annotate(newest=newest)
        .filter(newest__in=shown.filter(may_be_shown(visitor, "document__")).values("document"))
    )
    return may_be_shown(visitor) & (Q(Exists(named)) | Q(Exists(successors)))


def _shown_to(visitor: Visitor) -> Q:
    """Rule 1 as a filter on Image."""
    return Q(Exists(ImageUse.objects.filter(Exists(_live_pages(visitor)), image=OuterRef("pk"))))


def _entitled(visitor: Visitor, uses: type[DocumentUse] | type[ImageUse]) -> Q:
    """Rule 2 as a filter on Document or Image. Nobody without an active account is entitled to anything."""
    if not visitor.is_staff_member:
        return Q(pk__in=[])
    subject = "document" if uses is DocumentUse else "image"
    editable = page_permission_policy.instances_user_has_permission_for(visitor.user, "change")
    mine = uses._default_manager.filter(
        Q(page_id__in=editable.order_by().values("pk")) | Q(page_id__in=_pages_to_review(visitor)),
        **{subject: OuterRef("pk")},
    )
    return Q(uploaded_by_user=visitor.user) | Q(Exists(mine))


def _pages_to_review(visitor: Visitor) -> list[int]:
    """Primary keys of the pages that wait for a decision of this visitor, now."""
    page_type = ContentType.objects.get_for_model(Page)
    states = TaskState.objects.reviewable_by(visitor.user).filter(
        workflow_state__base_content_type=page_type, workflow_state__current_task_state=F("pk")
    )
    return [int(pk) for pk in states.values_list("workflow_state__object_id", flat=True)]
