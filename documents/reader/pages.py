"""What the reader shows of one page, as plain values for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from documents.access import current_version
from documents.extraction.layout import Layout, unpack
from documents.models import Document, DocumentOutline, DocumentPageText, DocumentRelease
from documents.previews import drawable
from documents.reader import contents, marks
from documents.reader.hits import HitPage, Hits
from documents.reader.languages import direction
from documents.reader.pictures import Weight, weight_of
from documents.reader.ways import Show, Way, landmarks
from documents.releases import told_since

LISTED_HITS = 12
"""Pages with hits that are listed beside the text, those around the page one is at."""
SNIPPET = 90

TEXT_LINES = frozenset({"text/plain", "text/csv"})
"""Types whose lines are lines, and not those of a printed page."""


@dataclass(frozen=True)
class Use:
    """A page of the site that publishes the file."""

    title: str
    url: str
    language: str


@dataclass
class ReaderPage:
    """Page ``number`` of a document for ``visitor``, read in this ``way``; ``wanted`` is the match to stand at."""

    way: Way
    number: int
    visitor: Visitor
    wanted: str = ""
    page_text: DocumentPageText = field(init=False)
    total: int = field(init=False)
    released_at: datetime | None = field(init=False)
    """When this version became public, as readers are told."""

    def __post_init__(self) -> None:
        """Reads the page. Raises DocumentPageText.DoesNotExist."""
        found = _with_surroundings(self.document.page_texts).get(number=self.number)
        self.page_text, self.total = found, found.total
        self.released_at = told_since(self.document, found.released_at)
        self._outline = found.outline_entries

    @property
    def document(self) -> Document:
        """The version that is read."""
        return self.way.document

    @property
    def query(self) -> str:
        """What is looked for; "" for nothing."""
        return self.way.query

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

    @property
    def has_picture(self) -> bool:
        """Whether the page's picture is shown."""
        return self.has_pages and self.way.show != Show.TEXT

    @property
    def is_large(self) -> bool:
        """Whether that is the large one."""
        return self.has_picture and self.way.show == Show.LARGE

    @cached_property
    def hits(self) -> Hits:
        """The pages with what is looked for."""
        return Hits(self.way)

    @cached_property
    def matches(self) -> list[marks.Match]:
        """What of the query is on this page."""
        return self.hits.on(self.text, self.language)

    @cached_property
    def current(self) -> int:
        """The number of the match one is at, from 1; 0 without matches."""
        if self.wanted == "last":
            return len(self.matches)
        wanted = int(self.wanted) if self.wanted.isascii() and self.wanted.isdigit() and len(self.wanted) < 6 else 1
        return min(max(wanted, 1), len(self.matches))

    @cached_property
    def paragraphs(self) -> list[marks.Paragraph]:
        """The text as safe HTML."""
        keep_lines = self.document.mime in TEXT_LINES
        return marks.paragraphs(self.text, self.language, self.matches, self.current, keep_lines=keep_lines)

    @cached_property
    def layout(self) -> Layout | None:
        """Size of the page and places of its words; None where no picture of it is shown."""
        return unpack(bytes(self.page_text.layout)) if self.has_picture else None

    @cached_property
    def outlines(self) -> list[marks.Outline]:
        """The matches on the picture."""
        return marks.outlines(self.layout, self.matches, self.current)

    @cached_property
    def hit_pages(self) -> list[HitPage]:
        """The pages with hits around this page, each with a snippet."""
        return self.hits.listed(self.hits.around(self.number, LISTED_HITS), SNIPPET)

    @cached_property
    def contents(self) -> contents.Contents:
        """The contents that the file names itself."""
        return contents.contents(self._outline or [], self.number, self.document.language, self.way.page)

    @cached_property
    def landmarks(self) -> list[tuple[int, str]]:
        """Pages to jump to, each with its address."""
        return [(page, self.way.page(page)) for page in landmarks(self.number, self.total)]

    @property
    def permanent_url(self) -> str:
        """The address to cite: this page of this version."""
        return self.document.reading_url(self.number)

    @property
    def image_url(self) -> str:
        """The address of the page's picture, in the size that is shown."""
        return f"{self.permanent_url}{'large' if self.is_large else 'image'}.webp"

    @cached_property
    def picture_weight(self) -> Weight:
        """How heavy the page's picture is, for one who pays for each kilobyte."""
        return weight_of(self.document, self.number)

    @property
    def text_url(self) -> str:
        """This page without its picture."""
        return self.way.showing(Show.TEXT).page(self.number, at="text")

    @property
    def picture_url(self) -> str:
        """This page with its picture, as large as the column."""
        return self.way.showing(Show.PAGE).page(self.number, at="image")

    @property
    def large_url(self) -> str:
        """This page with its picture twice as large."""
        return self.way.showing(Show.LARGE).page(self.number, at="image")

    @property
    def previous_url(self) -> str:
        """The page before, or ""."""
        return self.way.page(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """The page behind, or ""."""
        return self.way.page(self.number + 1) if self.number < self.total else ""

    @cached_property
    def previous_match(self) -> tuple[str, int] | None:
        """Address and page of the match before, on this page or an earlier one."""
        if self.current > 1:
            return self.way.page(self.number, self.current - 1), self.number
        number = max((hit for hit in self.hits.numbers if hit < self.number), default=0)
        return (self.way.page(number, "last"), number) if number else None

    @cached_property
    def next_match(self) -> tuple[str, int] | None:
        """Address and page of the match behind, on this page or a later one."""
        if self.current < len(self.matches):
            return self.way.page(self.number, self.current + 1), self.number
        number = min((hit for hit in self.hits.numbers if hit > self.number), default=0)
        return (self.way.page(number, 1), number) if number else None

    @cached_property
    def newest(self) -> Document | None:
        """The version that replaced this one, if the visitor may read it; None for the newest."""
        newest = current_version(self.visitor, self.document.series)
        return newest if newest and newest.number > self.document.number else None

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


def _with_surroundings(pages: QuerySet[DocumentPageText]) -> QuerySet[Any]:
    """``pages`` with ``total``, ``outline_entries`` and ``released_at`` of their document: one question instead of four."""
    same = {"document": OuterRef("document")}
    total = DocumentPageText.objects.filter(**same).order_by().values("document").annotate(total=Count("pk"))
    released = DocumentRelease.objects.filter(**same).told_first()
    return pages.annotate(
        total=Subquery(total.values("total")),
        outline_entries=Subquery(DocumentOutline.objects.filter(**same).values("entries")),
        released_at=Subquery(released.values("released_at")[:1]),
    )
