"""What the screen of an erasure shows: before, what will go; afterwards, what went and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.utils.translation import gettext, gettext_noop
from modelcluster.fields import ParentalKey
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
    """Where words stand, in how many fields. ``stays`` says that only people can change it."""

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
    """The places that a sweep counted, put together by what people call them, most first."""
    found: Counter[tuple[str, bool]] = Counter()
    for name, count in counts.items():
        found[_place(name)] += count
    rows = (Place(label, count, stays) for (label, stays), count in found.items())
    return sorted(rows, key=lambda place: (-place.count, place.label))


def _place(name: str) -> tuple[str, bool]:
    """What a column is called, and whether only people may change it."""
    if name == BYTES_LEFT:
        return gettext("Files in the storage"), True
    label, _dot, column = name.rpartition(".")
    model = apps.get_model(label)
    stays = sweep.stays(model, model._meta.get_field(column))
    if stays and issubclass(model, Page):
        return gettext("Addresses of pages"), True
    if issubclass(model, Page) or any(isinstance(field, ParentalKey) for field in model._meta.concrete_fields):
        return gettext("Texts of pages"), stays
    known = _NAMES.get(label) or _NAMES.get(model._meta.app_label)
    return (gettext(known) if known else str(model._meta.verbose_name).capitalize()), stays


_NAMES = {
    "documents.document": gettext_noop("Titles and names of files"),
    "documents.documentpagetext": gettext_noop("Texts of files"),
    "documents.documentcheck": gettext_noop("Findings of safety checks"),
    "wagtailcore.revision": gettext_noop("Drafts and earlier texts"),
    "wagtailcore.pagelogentry": gettext_noop("Log"),
    "wagtailcore.modellogentry": gettext_noop("Log"),
    "wagtailcore.comment": gettext_noop("Comments"),
    "wagtailcore.commentreply": gettext_noop("Comments"),
    "search.searchvocabulary": gettext_noop("The words in the search index"),
    "search.searchword": gettext_noop("The words in the search index"),
    "search.wordbearer": gettext_noop("The words in the search index"),
    "wagtailsearch": gettext_noop("Search in the admin"),
    "wagtail_localize": gettext_noop("Texts for translation and their translations"),
    "django_tasks_database": gettext_noop("Background work"),
    "workflows": gettext_noop("Records of decisions"),
}
"""What people call the tables of a model or an app."""


def progress(erasure: Erasure) -> list[Progress]:
    """All steps in their order."""
    return [Progress(step.label, step.name in erasure.done) for step in steps.steps()]


def trouble(erasure: Erasure) -> str:
    """Why the last try stopped, as a sentence; empty where nothing did."""
    return gettext(TROUBLES[erasure.trouble]) if erasure.trouble in TROUBLES else ""
