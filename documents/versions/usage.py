"""Which pages name which version of a document, and moving them to another one: as drafts, each through its own approval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from access.editorial import knowable_pages
from access.models import User
from documents.locks import hold_pages
from documents.models import Document, DocumentRelease, DocumentUse
from documents.releases import pages_with_readers
from documents.versions.references import exchange


@dataclass(frozen=True)
class Use:
    """A page that names a document: the version numbers of its public text and of its newest text.

    ``obstacle`` says why its text can't be changed by this person now; empty where it can.
    """

    page: Page
    live: tuple[int, ...]
    latest: tuple[int, ...]
    obstacle: str


def uses_of(series: UUID, user: User) -> list[Use]:
    """The pages that name any version of ``series`` and that ``user`` may know of, by title."""
    rows = DocumentUse.objects.filter(document__series=series).values_list("revision", "document__number")
    numbers: dict[int, set[int]] = defaultdict(set)
    for revision, number in rows:
        numbers[revision].add(number)
    pages: Any = (
        knowable_pages(user)
        .filter(Q(latest_revision__in=numbers) | Q(live_revision__in=numbers))
        .select_related("locale")
        .order_by("title", "pk")
    )
    return [
        Use(
            page,
            tuple(sorted(numbers.get(page.live_revision_id or 0, ()))) if page.live else (),
            tuple(sorted(numbers.get(page.latest_revision_id or 0, ()))),
            obstacle(page, user),
        )
        for page in pages.specific()
    ]


def shown_elsewhere(page_ids: Collection[int], user: User) -> tuple[list[Page], int]:
    """Other public pages that show a file which the pages released, or one with its bytes: those that ``user`` may know
    of, by title; and how many more there are. A withdrawal of the pages leaves the file readable there.
    """
    released = DocumentRelease.objects.active().filter(page_id__in=page_ids)
    files = Document.objects.filter(pk__in=released.values("document")).with_twins()
    uses = DocumentUse.objects.filter(revision=OuterRef("live_revision"), document__in=files.values("pk"))
    others = pages_with_readers().filter(Exists(uses)).exclude(pk__in=page_ids)
    shown = list(
        knowable_pages(user).filter(pk__in=others.values("pk")).select_related("locale").order_by("title", "pk")
    )
    return shown, others.count() - len(shown)


def obstacle(page: Page, user: User) -> str:
    """Why ``user`` can't change ``page`` now, as a sentence; "" where nothing is in the way."""
    permissions = page.permissions_for_user(user)
    if not permissions.can_edit():
        return gettext("You may not edit this page.")
    if page.current_workflow_state is not None:
        return gettext("Under review: what is being judged doesn't change.")
    if permissions.page_locked():
        return gettext("Locked.")
    return ""


@transaction.atomic
def move(pages: Iterable[Page], document: Document, user: User) -> list[Revision]:
    """Makes a draft of each page that names ``document`` in place of any other version of its series.

    Pages that ``user`` can't change now, and those that name only this version, are left alone. Returns the
    new revisions; nothing of it is public before its approval.
    """
    versions = Document.objects.filter(series=document.series).exclude(pk=document.pk)
    ids = {int(pk): document.id for pk in versions.values_list("pk", flat=True)}
    wanted = set(hold_pages(Page.objects.filter(pk__in=[page.pk for page in pages])))
    made = []
    for use in uses_of(document.series, user):
        if use.page.pk not in wanted or use.obstacle or set(use.latest) <= {document.number}:
            continue
        draft = use.page.get_latest_revision_as_object()
        exchange(draft, ids)
        revision = draft.save_revision(user=user, log_action=True)
        log(
            instance=draft,
            action="dossier.document.move",
            user=user,
            revision=revision,
            data={"version": document.number, "series": str(document.series)},
        )
        made.append(revision)
    return made
