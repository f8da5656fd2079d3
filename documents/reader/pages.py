"""What the reader shows of one page, as plain values for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from documents.access import current_version
from documents.extraction.layout import Layout, unpack
from documents.models import Document, DocumentPageText, DocumentTokens
from documents.previews import drawable
from documents.reader import marks
from search.languages import searched
from search.marking import mark, snippet
from search.pages import best_pages
from search.query import ParsedQuery, parse

MAX_HITS = 2000
"""Pages with hits that one can step through."""
LISTED_HITS = 12
"""Pages with hits that are listed beside the text, those around the page one is at."""
SNIPPET = 90

_TEXT_LINES = frozenset({"text/plain", "text/csv"})


def direction(language: str) -> str:
    """The value of ``dir`` for a text in ``language``."""
    if not language:
        return "auto"
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


@dataclass(frozen=True)
class HitPage:
    """A page with hits, as listed beside the text."""

    number: int
    url: str
    html: SafeString
    language: str
    direction: str
    current: bool


@dataclass(frozen=True)
class Use:
    """A page of the site that publishes the file."""

    title: str
    url: str
    language: str


@dataclass
class ReaderPage:
    """Page ``number`` of ``document`` for ``visitor``, with ``query`` marked; ``wanted`` is the match to stand at."""

    document: Document
    number: int
    visitor: Visitor
    query: str = ""
    wanted: str = ""
    page_text: DocumentPageText = field(init=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        """Reads the page. Raises DocumentPageText.DoesNotExist."""
        self.page_text = self.document.page_texts.get(number=self.number)
        self.total = self.document.page_texts.count()

    @property
    def text(self) -> str:
        """The text of the page, plain."""
        return str(self.page_text.text)

    @property
    def language(self) -> str:
        """The language of the page's text; "" where unknown."""
        return str(self.page_text.language)

    @property
    def direction(self) -> str:
        """The direction of the text, for ``dir``; by its letters where the language is unknown."""
        return direction(self.language)

    @cached_property
    def has_pages(self) -> bool:
        """False where there are no pages to draw: then these are parts of a running text."""
        return drawable(self.document) is not None

    @cached_property
    def parsed(self) -> ParsedQuery | None:
        """The query, if there is something in it to look for."""
        parsed = parse(self.query) if self.query.strip() else None
        return None if parsed is None or parsed.is_blank else parsed

    @cached_property
    def matches(self) -> list[marks.Match]:
        """What of the query is on this page."""
        if self.parsed is None:
            return []
        return marks.matches(self.text, mark(self.text, self.parsed, self.language))

    @cached_property
    def current(self) -> int:
        """The number of the match one is at, from 1; 0 without matches."""
        if self.wanted == "last":
            return len(self.matches)
        wanted = int(self.wanted) if self.wanted.isascii() and self.wanted.isdigit() and len(self.wanted) < 6 else 1
        return min(max(wanted, 1), len(self.matches))

    @cached_property
    def paragraphs(self) -> list[SafeString]:
        """The text as safe HTML."""
        return marks.paragraphs(self.text, self.matches, self.current, keep_lines=self.document.mime in _TEXT_LINES)

    @cached_property
    def layout(self) -> Layout | None:
        """Size of the page and places of its words; None where there is no picture of it."""
        return unpack(bytes(self.page_text.layout)) if self.has_pages else None

    @cached_property
    def outlines(self) -> list[marks.Outline]:
        """The matches on the picture."""
        return marks.outlines(self.layout, self.matches, self.current)

    @cached_property
    def hit_numbers(self) -> list[int]:
        """The pages with hits, in order."""
        if self.parsed is None:
            return []
        tokens = DocumentTokens.objects.filter(document=self.document).first()
        return sorted(best_pages(bytes(tokens.blob), self.parsed, searched(), MAX_HITS)) if tokens else []

    @cached_property
    def hit_pages(self) -> list[HitPage]:
        """Those around this page, each with a snippet."""
        if self.parsed is None:
            return []
        before = sum(number < self.number for number in self.hit_numbers)
        first = max(0, min(before - LISTED_HITS // 2, len(self.hit_numbers) - LISTED_HITS))
        texts = self.document.page_texts.defer("layout").filter(
            number__in=self.hit_numbers[first : first + LISTED_HITS]
        )
        return [
            HitPage(
                text.number,
                self.address(text.number),
                snippet(text.text, self.parsed, text.language, SNIPPET),
                text.language,
                direction(text.language),
                text.number == self.number,
            )
            for text in texts.order_by("number")
        ]

    def address(self, number: int, match: int | str = "") -> str:
        """The address of another page of this version, with the query, at a match of it."""
        values = {"q": self.query, "m": str(match)} if match else {"q": self.query}
        url = reverse(
            "documents_version_page",
            kwargs={"series": self.document.series, "version": self.document.number, "number": number},
        )
        if not self.query:
            return url
        anchor = f"#m{match}" if isinstance(match, int) else ""
        return f"{url}?{urlencode(values)}{anchor}"

    @property
    def permanent_url(self) -> str:
        """The address to cite: this page of this version."""
        return self.document.reading_url(self.number)

    @property
    def image_url(self) -> str:
        """The address of the page's picture."""
        return f"{self.permanent_url}image.webp"

    @property
    def previous_url(self) -> str:
        """The page before, or ""."""
        return self.address(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """The page behind, or ""."""
        return self.address(self.number + 1) if self.number < self.total else ""

    @cached_property
    def previous_match(self) -> tuple[str, int] | None:
        """Address and page of the match before, on this page or an earlier one."""
        if self.current > 1:
            return self.address(self.number, self.current - 1), self.number
        number = max((hit for hit in self.hit_numbers if hit < self.number), default=0)
        return (self.address(number, "last"), number) if number else None

    @cached_property
    def next_match(self) -> tuple[str, int] | None:
        """Address and page of the match behind, on this page or a later one."""
        if self.current < len(self.matches):
            return self.address(self.number, self.current + 1), self.number
        number = min((hit for hit in self.hit_numbers if hit > self.number), default=0)
        return (self.address(number, 1), number) if number else None

    @cached_property
    def newest(self) -> Document | None:
        """The version that replaced this one, if the visitor may read it; None for the newest."""
        newest = current_version(self.visitor, self.document.series)
        return newest if newest and newest.number > self.document.number else None

    @cached_property
    def released_at(self) -> datetime | None:
        """When this version became public: an embargo of its own is not told."""
        first = self.document.releases.order_by("released_at").first()
        if first is None:
            return None
        return max(first.released_at, self.document.embargo or first.released_at)

    def uses(self, languages: Sequence[str]) -> list[Use]:
        """The pages that publish this file and that the visitor may see, those in ``languages`` first."""
        pages = visible_to(
            Page.objects.filter(live_revision__document_uses__document__series=self.document.series).distinct(),
            self.visitor,
        ).select_related("locale")
        found = [Use(page.title, page.get_url() or "", page.locale.language_code) for page in pages]
        rank = {code: place for place, code in enumerate(languages)}
        found.sort(key=lambda use: (rank.get(use.language, len(rank)), use.title))
        return [use for use in found if use.url]
