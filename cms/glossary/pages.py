"""What the templates of the glossary show."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.models import Page
from wagtail.rich_text import RichText

from access.visitor import Visitor
from cms.core.cards import Card
from cms.core.filters import FilteredList
from cms.core.frame import Frame
from cms.core.listing import Listing
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


def index_context(page: GlossaryIndexPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """All terms by letter, or those of a topic."""
    narrowed = FilteredList(GlossaryTermPage.objects.in_language_of(page, Visitor.of(request)), page, request)
    narrowed.by("topic", gettext("Topic"), topic_labels(request), lambda rows, keys: rows.about(keys))
    terms = list(narrowed.rows.select_related("locale"))
    letters: dict[str, list[Card]] = {}
    for card in sorted(term_cards(terms, page, request), key=_sorting_key):
        letters.setdefault(sorting_letter(card.title), []).append(card)
    return {
        "letters": sorted(letters.items()),
        "count": len(terms),
        "filters": narrowed.filters,
        "feed_url": frame.feed_url_of("terms"),
    }


def _sorting_key(card: Card) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKD", card.title).casefold()
    return sorting_letter(card.title), "".join(sign for sign in plain if not unicodedata.combining(sign))


def term_context(page: GlossaryTermPage, request: HttpRequest) -> dict[str, Any]:
    """The term's words, its neighbours, and where it is used."""
    visitor = Visitor.of(request)
    used = Page.objects.filter(
        pk__in=Page.objects.filter(glossary_terms__term__translation_key=page.translation_key).order_by().values("pk")
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
