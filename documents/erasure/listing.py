"""What the screen of an erasure shows: before, what will go; afterwards, what went and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.utils.translation import gettext
from wagtail.models import Page

from access.editorial import knowable_pages
from access.models import User
from access.visitor import Visitor
from documents.access import released_to
from documents.erasure import steps, sweep, targets
from documents.erasure.running import BYTES_LEFT, TROUBLES
from documents.models import Document, DocumentUse, Erasure


@dataclass(frozen=True)
class Going:
    """A version that will go: ``pages`` is how many pages it has to read, ``pictures`` how many were drawn of it."""

    document: Document
    is_public: bool
    pictures: int


@dataclass(frozen=True)
class Changing:
    """A page that will change: in its public text, and in how many of its revisions."""

    page: Page
    is_public: bool
    revisions: int


@dataclass(frozen=True)
class Place:
    """Where words stand: a kind of thing and a field of it, with how many. ``stays`` says that only people can change it."""

    label: str
    count: int
    stays: bool


@dataclass(frozen=True)
class Progress:
    """One step: what it destroys, and whether it did."""

    label: Any
    is_done: bool


def going(erasure: Erasure) -> list[Going]:
    """The versions that the erasure takes, by series and number."""
    documents = targets.in_scope(erasure).annotate(pictures=Count("drawn_images"))
    public = set(released_to(Visitor()).filter(pk__in=documents.values("pk").order_by()).values_list("pk", flat=True))
    return [Going(document, document.pk in public, document.pictures) for document in documents]


def changing(erasure: Erasure, user: User) -> tuple[list[Changing], int]:
    """The pages that name one of them and that ``user`` may know of, by title; and how many more there are."""
    documents = targets.in_scope(erasure)
    ids = targets.pages_naming(documents)
    uses = DocumentUse.objects.filter(document__in=documents.order_by().values("pk"), page_id__in=ids)
    revisions = dict(
        uses.order_by().values("page_id").annotate(n=Count("revision", distinct=True)).values_list("page_id", "n")
    )
    live = Q(live=True, live_revision__in=uses.values("revision"))
    public = set(Page.objects.filter(live, pk__in=ids).values_list("pk", flat=True))
    pages = knowable_pages(user).filter(pk__in=ids).select_related("locale").order_by("title", "pk")
    shown = [Changing(page, page.pk in public, revisions.get(page.pk, 0)) for page in pages]
    return shown, len(ids) - len(shown)


def places(counts: Mapping[str, int]) -> list[Place]:
    """The places that a sweep counted, most first."""
    return sorted(
        (_place(name, count) for name, count in counts.items()), key=lambda place: (-place.count, place.label)
    )


def _place(name: str, count: int) -> Place:
    if name == BYTES_LEFT:
        return Place(gettext("Files in the storage"), count, stays=True)
    label, _dot, column = name.rpartition(".")
    model = apps.get_model(label)
    field = model._meta.get_field(column)
    title = gettext("%(thing)s: %(field)s") % {
        "thing": str(model._meta.verbose_name).capitalize(),
        "field": field.verbose_name,
    }
    return Place(title, count, sweep.stays(model, field))


def progress(erasure: Erasure) -> list[Progress]:
    """All steps in their order."""
    return [Progress(step.label, step.name in erasure.done) for step in steps.steps()]


def trouble(erasure: Erasure) -> str:
    """Why the last try stopped, as a sentence; empty where nothing did."""
    return gettext(TROUBLES[erasure.trouble]) if erasure.trouble in TROUBLES else ""
