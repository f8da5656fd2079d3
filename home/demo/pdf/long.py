"""The three long files. Each has a page per proceeding, situation or quarter, written from a stock of sentences.

The stocks have lengths without a common divisor, so that no two pages are the same. Each file has one phrase
that stands on one page only (``PLANTED_PAGE``): what a search for it must open.
"""

from __future__ import annotations

from collections.abc import Callable

from home.demo.pdf.layout import LEAD, SMALL, SUBHEADING, Booklet
from home.demo.pdf.manuscripts import FileSpec, booklet_texts, opened, paragraphs, text_of, words_in
from home.demo.texts import CONTENT, Entry, read

PLANTED_PAGE = {"proceedings": 37, "situations": 29, "chronicle": 43}
FIRST_YEAR, QUARTERS = 2015, 40
PROCEEDINGS = 48
ORDINALS = ("First", "Second", "Third", "Fourth")


class Stock:
    """Sentences by part, handed out in an order that repeats late."""

    def __init__(self, name: str) -> None:
        self._parts: dict[str, Entry] = read(CONTENT / "long" / f"{name}.md")

    def all(self, part: str) -> list[str]:
        """All sentences of a part."""
        return self._parts[part].points

    def one(self, part: str, number: int, step: int = 1) -> str:
        """The sentence of a part for page ``number``."""
        items = self.all(part)
        return items[number * step % len(items)]


def _begun(spec: FileSpec, stock: Stock, entries: int) -> Booklet:
    """Cover, contents, summary and introduction."""
    text, words = text_of(spec), words_in(spec.language)
    book = opened(spec)
    book.contents(entries)
    book.heading(words["summary"], new_page=True)
    book.paragraph(text["summary"], LEAD)
    paragraphs(book, text.paragraphs)
    book.bullets(text.points)
    book.heading("How to read this book", new_page=True)
    paragraphs(book, stock.all("introduction"))
    return book


def _planted(book: Booklet, stock: Stock, name: str) -> None:
    """The phrase that stands on one page only."""
    if book.page == PLANTED_PAGE[name]:
        book.paragraph(stock.one("plant", 0), LEAD)


def _ended(book: Booklet, stock: Stock) -> bytes:
    book.heading("In conclusion", new_page=True)
    paragraphs(book, stock.all("closing"))
    return book.bytes()


def proceedings(spec: FileSpec) -> bytes:
    """The study of superiors: forty-eight proceedings, a page each."""
    stock = Stock("proceedings")
    book = _begun(spec, stock, PROCEEDINGS + 6)
    for number in range(PROCEEDINGS):
        unit = stock.one("unit", number, 5)
        year = 1975 + (number * 17) % 45
        book.heading(f"Proceeding {number + 1}: {unit}, {year}", new_page=True)
        book.subheading("What happened")
        book.paragraph(f"{stock.one('facts', number, 3)} {stock.one('more_facts', number, 3)}")
        book.subheading("What was on the table")
        book.paragraph(f"{stock.one('evidence', number, 4)} {stock.one('more_evidence', number, 3)}")
        _planted(book, stock, "proceedings")
        book.subheading("The question")
        book.paragraph(stock.one("question", number, 2))
        book.subheading("The answer")
        book.paragraph(stock.one("result", number, 3))
        book.subheading("What can be learned")
        book.paragraph(stock.one("lesson", number, 2))
    _register(book, stock)
    book.heading("Where to look", new_page=True)
    book.bullets(stock.all("evidence"))
    book.heading(words_in(spec.language)["method"], new_page=True)
    paragraphs(book, booklet_texts(spec.language, "method"))
    return _ended(book, stock)


def _register(book: Booklet, stock: Stock) -> None:
    """A list of all proceedings with their outcome: a page of small print, as such books have."""
    book.heading("Register of proceedings", new_page=True)
    for number in range(PROCEEDINGS):
        unit = stock.one("unit", number, 5)
        book.paragraph(f"{number + 1}. {unit[0].upper()}{unit[1:]}. {stock.one('result', number, 3)}", SMALL)


def situations(spec: FileSpec) -> bytes:
    """The handbook: fifty situations, a page each."""
    stock = Stock("situations")
    described = [item.split(" | ") for item in stock.all("situations")]
    book = _begun(spec, stock, len(described) + 8)
    for number, (title, what) in enumerate(described):
        book.heading(f"{number + 1}. {title}", new_page=True)
        book.paragraph(what, LEAD)
        _planted(book, stock, "situations")
        for heading, part, step in (
            ("First step", "first_step", 3),
            ("Leave alone", "leave", 2),
            ("Who decides", "decides", 3),
            ("For the file", "file", 3),
            ("A sentence that helps", "sentence", 4),
        ):
            book.subheading(heading)
            book.paragraph(stock.one(part, number, step))
    book.heading("All sentences that help", new_page=True)
    book.bullets(stock.all("sentence"))
    book.heading("A page for notes", new_page=True)
    book.paragraph("What helped? What would you leave alone next time? Whom will you call?", SUBHEADING)
    _checklist(book, stock)
    return _ended(book, stock)


def _checklist(book: Booklet, stock: Stock) -> None:
    for heading, part in (("First steps", "first_step"), ("Better left alone", "leave"), ("The file", "file")):
        book.heading(heading, new_page=True)
        book.bullets(stock.all(part))


def chronicle(spec: FileSpec) -> bytes:
    """The chronicle: forty quarters, a page each, and a look back after each year."""
    stock = Stock("chronicle")
    book = _begun(spec, stock, QUARTERS + QUARTERS // 4 + 6)
    for number in range(QUARTERS):
        year, quarter = FIRST_YEAR + number // 4, number % 4
        book.heading(f"{ORDINALS[quarter]} quarter of {year}", new_page=True)
        for heading, part, step in (
            ("What moved", "moved", 3),
            ("What stood still", "still", 2),
            ("A ruling in brief", "ruling", 3),
            ("Somebody who kept at it", "people", 5),
        ):
            book.subheading(heading)
            book.paragraph(stock.one(part, number, step))
        _planted(book, stock, "chronicle")
        _figures(book, stock, number)
        if quarter == len(ORDINALS) - 1:
            _year(book, stock, number)
    for heading, part in (("All rulings in brief", "ruling"), ("Those who kept at it", "people")):
        book.heading(heading, new_page=True)
        book.bullets(stock.all(part))
    book.heading(words_in(spec.language)["method"], new_page=True)
    paragraphs(book, booklet_texts(spec.language, "method"))
    return _ended(book, stock)


def _figures(book: Booklet, stock: Stock, number: int) -> None:
    book.subheading("Figures on the last day")
    for row, label in enumerate(stock.all("table")):
        book.paragraph(f"{label}: {_count(row, number)}", SMALL)


def _count(row: int, number: int) -> int:
    """A figure that grows, more slowly in some quarters than in others."""
    start, growth = ((38, 4), (5, 1), (2, 1), (1, 1), (60, 11))[row]
    return start + growth * number - (number * (row + 3)) % 5


def _year(book: Booklet, stock: Stock, number: int) -> None:
    """A look back: the people of the year and the change in the figures."""
    year = FIRST_YEAR + number // 4
    book.heading(f"{year} in a page", new_page=True)
    for label, row in zip(stock.all("table"), range(5), strict=True):
        before = _count(row, max(number - 4, 0))
        book.paragraph(f"{label}: from {before} to {_count(row, number)} within the year.")
    book.subheading("What the partners wrote")
    book.bullets(stock.one("people", number - offset, 7) for offset in range(3))
    book.subheading("What had to wait")
    book.bullets(stock.one("still", number - offset, 4) for offset in range(2))


LONG: dict[str, Callable[[FileSpec], bytes]] = {
    "proceedings": proceedings,
    "situations": situations,
    "chronicle": chronicle,
}
