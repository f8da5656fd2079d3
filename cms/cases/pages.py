"""What the templates of the case pages show."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext

from access.visibility import visible_to
from access.visitor import Visitor
from cms.cases.models import CaseDocument, CaseIndexPage, CasePage
from cms.core.blocks.media import MapPoint
from cms.core.cards import Card, best_translations
from cms.core.files import FileRow, best_formats
from cms.core.filters import FilteredList, kind_labels, place_labels
from cms.core.frame import Frame
from cms.core.listing import cards_of
from cms.core.models import Place
from cms.core.relations import in_memory
from cms.core.vocabulary import Kinds, MetaPart, kind_part, place_part, places_in
from cms.glossary.pages import terms_of
from cms.publications.models import PublicationFile, PublicationPage
from cms.topics.filters import topic_labels
from cms.topics.models import TopicPage
from cms.topics.pages import topics_of
from documents.access import readable_by

ORDER = (F("start_date").desc(nulls_last=True), F("pk").desc())
ZOOM = {Place.Precision.EXACT: 14, Place.Precision.CITY: 11, Place.Precision.COUNTRY: 6}
ZOOM_OF_A_REGION = 4
# Decimals of a degree that are told: about a metre, a kilometre, ten kilometres.
DECIMALS = {Place.Precision.EXACT: 5, Place.Precision.CITY: 2, Place.Precision.COUNTRY: 1}


def index_context(page: CaseIndexPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """The list with its filters."""
    rows = CasePage.objects.in_language_of(page, Visitor.of(request)).order_by(*ORDER)
    narrowed = FilteredList(rows, page, request)
    narrowed.by(
        "work",
        gettext("Kind of work"),
        kind_labels("work", request),
        lambda rows, keys: rows.filter(work_kind__translation_key__in=keys),
    )
    narrowed.by("topic", gettext("Topic"), topic_labels(request), lambda rows, keys: rows.about(keys))
    narrowed.by("place", gettext("Place"), place_labels, lambda rows, keys: rows.at(keys))
    narrowed.by_year("start_date")
    return {"listing": narrowed.listing(cards_of), "filters": narrowed.filters, "feed_url": frame.feed_url_of("cases")}


def case_context(page: CasePage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """Everything of the case that this visitor may see."""
    place = _place(page)
    return {
        "search_url": frame.search_url,
        "meta_line": meta_line(page, request, frame, place),
        "documents": documents_of(page, request),
        "terms": terms_of(page, request),
        "topics": topics_of(page, request),
        "map": map_of(place),
    }


def _place(page: CasePage) -> Place | None:
    if page.place_id is None:
        return None
    keys = Place.objects.filter(pk=page.place_id).values("translation_key")
    return next(iter(places_in(keys, page.locale.language_code)), None)


def meta_line(page: CasePage, request: HttpRequest, frame: Frame, place: Place | None) -> list[MetaPart]:
    """Place, kind of work, main topic: only the filled ones."""
    language = page.locale.language_code
    url = frame.list_url(CaseIndexPage)
    topic = next(iter(frame.linked(TopicPage)), None) if page.main_topic_id else None
    topic_part = None
    if topic is not None:
        code = topic.locale.language_code
        topic_part = MetaPart(topic.title, frame.url(topic), code, code != language, "topic")
    parts = (
        place_part(place, url, language),
        kind_part(Kinds.of(frame.visitor).named("work", page.work_kind_id, language), url, language),
        topic_part,
    )
    return [part for part in parts if part is not None]


def map_of(place: Place | None) -> MapPoint | None:
    """The place on a map, as precisely as it says. Nothing of a sensitive place is sent to a map provider."""
    if place is None or place.public() is not place or place.latitude is None or place.longitude is None:
        return None
    precision = Place.Precision(place.precision)
    zoom = ZOOM_OF_A_REGION if place.kind == Place.Kind.REGION else ZOOM[precision]
    latitude, longitude = (round(float(value), DECIMALS[precision]) for value in (place.latitude, place.longitude))
    return MapPoint(place.name, "", latitude, longitude, zoom)


def documents_of(page: CasePage, request: HttpRequest) -> list[Card]:
    """The case's publications and files in the editor's order, each with its readable files. Two queries.

    A publication is the work: shown in the page's language, else in the source language.
    """
    visitor = Visitor.of(request)
    language = page.locale.language_code
    draft = in_memory(page, "documents")
    publications = _publications(page, draft).select_related("locale")
    shown = list(best_translations(visible_to(publications, visitor), language).values())
    files, single = _files(page, draft, visitor, language)
    entries: list[tuple[int, Card]] = list(single)
    for row, card in zip(shown, cards_of(shown, page, request), strict=True):
        shown_files = best_formats(files.get(row.translation_key, []))
        card.files = sorted(shown_files, key=lambda file: file.language != language)
        entries.append((row.position or 0, card))
    return [card for _position, card in sorted(entries, key=lambda entry: entry[0])]


def _publications(page: CasePage, draft: list[Any] | None) -> QuerySet[Any]:
    if draft is not None:
        keys = [row.publication.translation_key for row in draft if row.publication_id]
        position = _position_of_draft(draft)
        return PublicationPage.objects.filter(translation_key__in=keys).annotate(position=position)
    page_rows = CaseDocument.objects.filter(page=page.pk)
    same = page_rows.filter(publication__translation_key=OuterRef("translation_key")).order_by("sort_order")
    return PublicationPage.objects.filter(
        translation_key__among=page_rows.filter(publication__isnull=False).values("publication__translation_key")
    ).annotate(position=Subquery(same.values("sort_order")[:1]))


def _position_of_draft(draft: list[Any]) -> Any:
    cases = [
        When(translation_key=row.publication.translation_key, then=Value(number))
        for number, row in enumerate(draft)
        if row.publication_id
    ]
    return Case(*cases, default=Value(0), output_field=IntegerField())


def _files(
    page: CasePage, draft: list[Any] | None, visitor: Visitor, language: str
) -> tuple[dict[Any, list[FileRow]], list[tuple[int, Card]]]:
    """Readable files by publication (translation key), and the cards of the single files. One query.

    Documents joined with the rows that name them, so that both ways come in one answer.
    """
    named = CaseDocument.objects.filter(page=page.pk)
    if draft is None:
        keys: Any = named.filter(publication__isnull=False).values("publication__translation_key")
        direct = {}
        single: Any = named.filter(document__isnull=False).values("document")
    else:
        keys = [row.publication.translation_key for row in draft if row.publication_id]
        direct = {row.document_id: (number, row.label) for number, row in enumerate(draft) if row.document_id}
        single = list(direct)
    shown = visible_to(PublicationPage.objects.filter(translation_key__among=keys), visitor)
    mine = named.filter(document=OuterRef("pk"))
    pages = shown.order_by().values("pk")
    # Which files first: else the rule of reading is asked of all that there are.
    theirs = PublicationFile.objects.filter(page__in=pages).values("document")
    rows = (
        readable_by(visitor)
        .filter(Q(pk__among=theirs) | Q(pk__among=single), Q(publication_files__page__in=pages) | Q(pk__among=single))
        .annotate(
            key_=F("publication_files__page__translation_key"),
            role_=F("publication_files__role"),
            label_=F("publication_files__label"),
            language_=F("publication_files__language"),
            format_group_=F("publication_files__format_group"),
            position_=Subquery(mine.values("sort_order")[:1]),
            own_label_=Subquery(mine.values("label")[:1]),
        )
        .order_by("publication_files__sort_order", "pk")
    )
    files: dict[Any, list[FileRow]] = {}
    cards: dict[int, tuple[int, Card]] = {}
    roles = dict(PublicationFile.Role.choices)
    for document in rows:
        if document.key_ is not None:
            label = document.label_ or str(roles.get(document.role_, ""))
            row = FileRow(
                document,
                label,
                document.language_ or document.language,
                document.role_,
                label,
                format_group=document.format_group_,
            )
            group = files.setdefault(document.key_, [])
            if all(known.document.pk != document.pk for known in group):
                group.append(row)
        if draft is None and document.position_ is not None:
            direct[document.pk] = (document.position_, document.own_label_)
        if document.pk in direct:
            position, label = direct[document.pk]
            cards[document.pk] = (position, _file_card(document, label, language))
    return files, list(cards.values())


def _file_card(document: Any, label: str, language: str) -> Card:
    row = FileRow(document, label or document.title, document.language)
    code = document.language or language
    return Card(
        title=row.label,
        url=row.read_url or row.download_url,
        language=code,
        foreign=code != language,
        kind="file",
        kind_label=row.format,
        anchor=f"d-{document.series}",
        files=[row],
    )
