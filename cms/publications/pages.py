"""What the templates of the publication pages show."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.formats import date_format
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import Card
from cms.core.files import FileGroup, FileRow, grouped
from cms.core.frame import Frame
from cms.core.listing import cards_of
from cms.core.lists import backlinks
from cms.core.models import PagePlace
from cms.core.relations import in_memory
from cms.core.vocabulary import Kinds, MetaPart, kind_part, place_part, places_in
from cms.publications.filters import filtered
from cms.publications.models import (
    Contributor,
    PublicationFile,
    PublicationIndexPage,
    PublicationPage,
    RelatedPublication,
)
from cms.topics.pages import topics_of
from documents.access import readable_by

if TYPE_CHECKING:
    from documents.models import Document

ORDER = (F("date").desc(nulls_last=True), F("pk").desc())


@dataclass(frozen=True)
class Citation:
    """How to cite a publication, as a sentence, with its lasting address."""

    text: str
    url: str


def index_context(page: PublicationIndexPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """The list with its filters."""
    rows = PublicationPage.objects.in_language_of(page, Visitor.of(request))
    listing, filters = filtered(rows.order_by(*ORDER), page, request, cards_of)
    return {"listing": listing, "filters": filters, "feed_url": frame.feed_url}


def linked_pages(publication: Any, named_work: Any) -> list[QuerySet[Page]]:
    """Cases that name the work and publications that the publication with this key names, for the frame's question."""
    named = RelatedPublication.objects.filter(page_id=publication).values("publication__translation_key")
    return [Page.objects.filter(translation_key__in=named), backlinks("cases", named_work)]


def files_of(page: PublicationPage, visitor: Visitor) -> list[FileRow]:
    """The files of the work in all languages that ``visitor`` may read, the page's own first. One query.

    A draft that is previewed shows its own files instead of the live ones.
    """
    languages = visible_to(Page.objects.filter(translation_key=page.translation_key), visitor)
    draft = in_memory(page, "files")
    rows = PublicationFile.objects.filter(document__in=readable_by(visitor)).select_related("document", "page__locale")
    if draft is None:
        rows = rows.filter(page__in=languages.values("pk"))
    else:
        own = {row.document_id: row for row in draft}
        readable = {row.pk: row for row in readable_by(visitor).filter(pk__in=own)}
        rows = rows.filter(page__in=languages.exclude(pk=page.pk).values("pk"))
        return [
            *(
                file_row(row, readable[pk], page.locale.language_code, is_draft=True)
                for pk, row in own.items()
                if pk in readable
            ),
            *_distinct(rows, page, set(own)),
        ]
    return _distinct(rows, page, set())


def _distinct(rows: QuerySet[PublicationFile], page: PublicationPage, seen: set[int]) -> list[FileRow]:
    """Each document once: a translation may name a file that the source names too."""
    found = []
    for row in sorted(rows, key=lambda row: (row.page_id != page.pk, row.page_id, row.sort_order or 0)):
        if row.document_id not in seen:
            seen.add(row.document_id)
            found.append(file_row(row, row.document, row.page.locale.language_code))
    return found


def file_row(row: PublicationFile, document: Document, page_language: str, *, is_draft: bool = False) -> FileRow:
    """What is shown of a file: its label, else what its role is called; its language, else the document's."""
    label = row.label or str(row.get_role_display())
    return FileRow(
        document,
        label,
        row.language or document.language or page_language,
        row.role,
        label,
        own_label=row.label,
        format_group=row.format_group,
        is_draft=is_draft,
    )


def main_file(groups: Sequence[FileGroup], own: str) -> FileRow | None:
    """The file that "Read" and "Download" mean: the full report in the page's language, else the first there is."""
    rows = [entry.main for group in groups for entry in group.entries]
    best = sorted(rows, key=lambda row: (row.language != own, row.role != PublicationFile.Role.FULL))
    return best[0] if best else None


def publication_context(page: PublicationPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """Everything of the publication that this visitor may see."""
    visitor = Visitor.of(request)
    language = page.locale.language_code
    page.shown_files = files_of(page, visitor)
    page.shown_contributors = contributors = list(page.contributors.all())
    groups = grouped(page.shown_files, language)
    authors = [person for person in contributors if person.role == Contributor.Role.AUTHOR]
    main = main_file(groups, language)
    topics = topics_of(page, request)
    kind = kind_part(
        Kinds.of(visitor).named("kind", page.kind_id, language), frame.list_url(PublicationIndexPage), language
    )
    original = frame.original
    return {
        "kind": kind,
        "meta_line": meta_line(page, frame, kind, topics),
        "authors": authors,
        "editors": [person for person in contributors if person.role == Contributor.Role.EDITOR],
        "topics": topics,
        "cases": cards_of(frame.of_kind("case"), page, request),
        "related": cards_of(related(page, frame), page, request),
        "file_groups": groups,
        "file_count": sum(len(group.entries) for group in groups),
        "main_file": main,
        "cover_url": f"/d/{main.series}/v{main.version}/cover.webp" if main and main.pages else "",
        "cover_alt": "",
        "citation": citation(page, frame, authors, main),
        "change_notes": [note.value for note in page.change_notes],
        "updated": page.last_major_change,
        "original_title": Card.of(original, language, request)
        if original is not None and original.translation_key == page.translation_key and original.pk != page.pk
        else None,
    }


def related(page: PublicationPage, frame: Frame) -> list[PublicationPage]:
    """The publications that the page names, in the best language for it and in the editor's order. One query."""
    named = [row.pk for row in frame.linked(PublicationPage) if row.translation_key != page.translation_key]
    if not named:
        return []
    same = RelatedPublication.objects.filter(page=page.pk, publication__translation_key=OuterRef("translation_key"))
    rows = PublicationPage.objects.filter(pk__in=named).select_related("locale")
    return list(rows.annotate(position=Subquery(same.values("sort_order")[:1])).order_by("position", "pk"))


def meta_line(page: PublicationPage, frame: Frame, kind: MetaPart | None, topics: Sequence[Card]) -> list[MetaPart]:
    """Place, kind, main topic: only the filled ones."""
    language = page.locale.language_code
    draft = in_memory(page, "places")
    first: Any
    if draft is None:
        first = PagePlace.objects.filter(page=page.pk).order_by("sort_order").values("place__translation_key")[:1]
    else:
        first = [row.place.translation_key for row in draft[:1]]
    place = next(iter(places_in(first, language)), None)
    topic = topics[0] if topics else None
    parts = (
        place_part(place, frame.list_url(PublicationIndexPage), language),
        kind,
        MetaPart(topic.title, topic.url, topic.language, topic.foreign, "topic") if topic else None,
    )
    return [part for part in parts if part is not None]


def citation(
    page: PublicationPage, frame: Frame, authors: Sequence[Contributor], main: FileRow | None = None
) -> Citation:
    """ "Author (year): Title. Subtitle. Publisher. Credit and licence of the main file. DOI or address"."""
    names = "; ".join(person.name for person in authors)
    publisher = page.publisher or frame.publisher
    date: datetime.date | None = page.date
    head = f"{names or publisher} ({date_format(date, 'Y')})" if date else names or publisher
    title = ". ".join(part.rstrip(".") for part in (page.title, page.subtitle) if part)
    url = f"https://doi.org/{page.doi}" if page.doi else frame.canonical_url
    parts = [f"{head}: {title}"]
    if names:
        parts.append(publisher)
    if page.reference_number:
        parts.append(page.reference_number)
    if main is not None:
        parts += [part.rstrip(".") for part in (main.rights.credit, main.rights.name) if part]
    return Citation(". ".join([*parts, url]), url)
