"""What the templates of the glossary show."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.models import Page
from wagtail.rich_text import RichText

from access.visitor import Visitor
from cms.core.cards import Card
from cms.core.filters import FilteredList
from cms.core.frame import Frame
from cms.core.listing import PAGE_SIZE, Listing, cards_of, page_url
from cms.core.models import in_language_of
from cms.core.relations import named_pages
from cms.glossary.models import GlossaryTermPage
from cms.topics.filters import topic_labels
from cms.topics.pages import topics_of

if TYPE_CHECKING:
    from cms.glossary.models import GlossaryIndexPage

ARTICLE = "ال"


def term_cards(terms: Sequence[GlossaryTermPage], shown_on: Page, request: HttpRequest) -> list[Card]:
    """Cards of terms, with the full text to open."""
    language = shown_on.locale.language_code
    return [
        Card.of(term, language, request, more=RichText(term.body) if term.body else None, date=None) for term in terms
    ]


def terms_of(page: Any, request: HttpRequest) -> list[Card]:
    """The terms that a page names. One query."""
    terms = named_pages(page, "glossary_terms", "term", GlossaryTermPage, Visitor.of(request))
    return term_cards(terms, page, request)


def sorting_letter(title: str) -> str:
    """The letter under which a term stands: without accents, the Arabic article passed over."""
    word = title.strip()
    if word.startswith(ARTICLE) and len(word) > len(ARTICLE) + 1:
        word = word[len(ARTICLE) :]
    letters = [sign for sign in unicodedata.normalize("NFKD", word) if sign.isalnum()]
    return letters[0].upper()[:1] if letters else "#"


@dataclass(frozen=True)
class Letter:
    """A letter of the alphabet: where its first term stands, and its terms on the page that is shown."""

    sign: str
    url: str
    cards: list[Card]


def index_context(page: GlossaryIndexPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """One page of the terms, or of those of a topic, by letter, and where each letter begins. Two queries.

    All titles are read: an alphabet that passes over the Arabic article is no order of a database.
    """
    narrowed = FilteredList(GlossaryTermPage.objects.in_language_of(page, Visitor.of(request)), page, request)
    narrowed.by("topic", gettext("Topic"), topic_labels(request), lambda rows, keys: rows.about(keys))
    rows = narrowed.rows
    titles = sorted(rows.order_by().values_list("title", "pk"), key=_sorting_key)
    part = Paginator(titles, PAGE_SIZE).get_page(request.GET.get("page"))
    terms = rows.select_related("locale").in_bulk([pk for _title, pk in part])
    # Short definitions: the full texts of a page of terms would weigh too much.
    cards = cards_of([terms[pk] for _title, pk in part if pk in terms], page, request)
    pages: dict[str, int] = {}
    for place, (title, _pk) in enumerate(titles):
        pages.setdefault(sorting_letter(title), place // PAGE_SIZE + 1)
    shown = {sign: list(of_letter) for sign, of_letter in groupby(cards, lambda card: sorting_letter(card.title))}
    letters = [
        Letter(sign, f"{page_url(request, number)}#letter-{place}", shown.get(sign, []))
        for place, (sign, number) in enumerate(pages.items(), 1)
    ]
    return {
        "letters": letters,
        "listing": Listing.part(cards, part, request),
        "filters": narrowed.filters,
        "feed_url": frame.feed_url_of("terms"),
    }


def _sorting_key(row: tuple[str, int]) -> tuple[str, str, int]:
    title, pk = row
    plain = unicodedata.normalize("NFKD", title).casefold()
    return sorting_letter(title), "".join(sign for sign in plain if not unicodedata.combining(sign)), pk


def term_context(page: GlossaryTermPage, request: HttpRequest) -> dict[str, Any]:
    """The term's words, its neighbours, and where it is used."""
    visitor = Visitor.of(request)
    used = Page.objects.filter(
        pk__among=Page.objects.filter(glossary_terms__term__translation_key=page.translation_key)
        .order_by()
        .values("pk")
    )
    used = in_language_of(used, page, visitor).order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    see_also = named_pages(page, "see_also", "term", GlossaryTermPage, visitor)
    return {
        "variants": page.variant_list,
        "avoid": page.avoid_list,
        "see_also": term_cards(see_also, page, request),
        "topics": topics_of(page, request),
        "used_in": Listing.of(used, page, request, visitor, specific=True),
    }
