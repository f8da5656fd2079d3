"""Composes the demo files: what stands in each PDF, page by page, and in its EPUB where there is one.

No model is imported here: the files are set in child processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from home.demo.pdf.ebook import Ebook
from home.demo.pdf.layout import ARABIC_DIGITS, BODY, LEAD, RIGHT_TO_LEFT, SMALL, Booklet, Imprint
from home.demo.texts import CONTENT, Entry, entries, read, structure

PUBLISHER = "Lantern Archive"
SHORT = ("fact-sheet", "statement", "press-kit")


@dataclass(frozen=True)
class FileSpec:
    """Which file: the key of its publication, its language, who composes it, and which edition it is."""

    key: str
    language: str
    role: str = "full"
    composer: str = "booklet"
    edition: int = 1

    @property
    def title(self) -> str:
        """The title on the cover."""
        return text_of(self)["title"]

    @property
    def format(self) -> str:
        """How its name ends."""
        return "epub" if self.composer == "ebook" else "pdf"


def specs() -> list[FileSpec]:
    """All demo files, the current editions and the earlier ones, in a fixed order."""
    return [spec for row in structure("publications") for spec in specs_of(row)]


def specs_of(row: dict[str, Any]) -> list[FileSpec]:
    """The files of one publication."""
    found = []
    for written in row["files"]:
        language, role, composer = [*written.split(":"), "", ""][:3]
        spec = FileSpec(row["key"], language, role or "full", composer or "booklet")
        found.append(spec)
        if row.get("second_edition") and language == "en":
            found.append(replace(spec, edition=2))
    return found


def compose(spec: FileSpec) -> bytes:
    """The file itself. The same bytes for the same spec."""
    return COMPOSERS[spec.composer](spec)


def text_of(spec: FileSpec) -> Entry:
    """The publication's text in the language of the file."""
    return entries(spec.language, "publications")[spec.key]


def row_of(spec: FileSpec) -> dict[str, Any]:
    """What the publication says in all languages."""
    return next(row for row in structure("publications") if row["key"] == spec.key)


def booklet_texts(language: str, part: str) -> list[str]:
    """The paragraphs that all booklets of a language choose from."""
    return entries(language, "booklet")[part].points


def imprint(spec: FileSpec) -> Imprint:
    """Title page and metadata."""
    text, row, words = text_of(spec), row_of(spec), words_in(spec.language)
    names = tuple(name.rstrip("*") for name in row["authors"] if not name.startswith(PUBLISHER))
    edition = f" / {spec.edition}" if spec.edition > 1 else ""
    return Imprint(
        title=text["title"],
        subtitle=text["subtitle"],
        language=spec.language,
        authors=names,
        publisher=PUBLISHER,
        date=date.fromisoformat(row["date"]),
        date_text=long_date(date.fromisoformat(row["date"]), spec.language),
        reference=row["number"] + edition,
        contents_word=words["contents"],
    )


def words_in(language: str) -> dict[str, str]:
    """The headings that every booklet has."""
    pairs = (item.partition(":") for item in entries(language, "booklet")["words"].points)
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def long_date(day: date, language: str) -> str:
    """A date as the language writes it."""
    words = words_in(language)
    month = words["months"].split()[day.month - 1].replace("_", " ")
    written = words["date"].format(day=day.day, month=month, year=day.year)
    return written.translate(ARABIC_DIGITS) if language in RIGHT_TO_LEFT else written


def _opened_ebook(spec: FileSpec) -> Ebook:
    book = Ebook(imprint(spec))
    book.cover(PUBLISHER)
    return book


def opened(spec: FileSpec, *, paper: str = "A5", columns: int = 1) -> Booklet:
    """A booklet with its cover."""
    booklet = Booklet(imprint(spec), paper=paper, columns=columns)
    booklet.cover(PUBLISHER)
    return booklet


def paragraphs(booklet: Booklet | Ebook, items: Iterable[str]) -> None:
    """Plain paragraphs."""
    for item in items:
        booklet.paragraph(item)


def booklet(spec: FileSpec) -> bytes:
    """The usual publication: summary, findings, method, background, what should be done, terms."""
    text, row, words = text_of(spec), row_of(spec), words_in(spec.language)
    short = row["kind"] in SHORT or spec.role == "press"
    book = _opened_ebook(spec) if spec.format == "epub" else opened(spec)
    if not short:
        book.contents(7)
    book.heading(words["summary"], new_page=True)
    book.paragraph(text["summary"], LEAD)
    paragraphs(book, text.paragraphs)
    _findings(book, spec, new_page=not short)
    if not short:
        book.heading(words["method"], new_page=True)
        paragraphs(book, booklet_texts(spec.language, "method"))
    book.heading(words["background"], new_page=not short)
    for key in row["topics"]:
        topic = entries(spec.language, "topics")[key]
        book.subheading(topic["title"])
        paragraphs(book, topic.paragraphs)
    book.heading(words["recommendations"], new_page=not short)
    book.bullets(_turned(booklet_texts(spec.language, "recommendations"), spec.key)[:5])
    _terms(book, spec)
    _about(book, spec)
    return book.bytes()


def _turned(items: list[str], seed: str) -> list[str]:
    """The items, beginning elsewhere for each publication."""
    start = sum(seed.encode()) % len(items)
    return items[start:] + items[:start]


def _findings(book: Booklet | Ebook, spec: FileSpec, *, new_page: bool) -> None:
    book.heading(words_in(spec.language)["findings"], new_page=new_page)
    remarks = _turned(booklet_texts(spec.language, "elaborations"), spec.key)
    for number, point in enumerate(text_of(spec).points):
        book.paragraph(point, LEAD)
        book.paragraph(remarks[(2 * number) % len(remarks)])
        book.paragraph(remarks[(2 * number + 1) % len(remarks)])


def _terms(book: Booklet | Ebook, spec: FileSpec) -> None:
    row = row_of(spec)
    terms = entries(spec.language, "glossary")
    keys = list(terms) if row.get("all_terms") else row["terms"]
    if keys:
        book.heading(words_in(spec.language)["terms"], new_page=bool(row.get("all_terms")))
        for key in keys:
            book.subheading(terms[key]["title"])
            book.paragraph(terms[key]["summary"])
            if row.get("all_terms"):
                paragraphs(book, terms[key].paragraphs)


def _about(book: Booklet | Ebook, spec: FileSpec) -> None:
    book.heading(words_in(spec.language)["about"])
    for paragraph in booklet_texts(spec.language, "about"):
        book.paragraph(paragraph, SMALL)
    if spec.edition > 1:
        day, _bar, note = row_of(spec)["change_note"].partition("|")
        book.paragraph(f"{long_date(date.fromisoformat(day), spec.language)}: {note}", SMALL)


def bulletin(spec: FileSpec) -> bytes:
    """The bulletin: two columns on A4."""
    book = opened(spec, paper="A4", columns=2)
    book.new_page()
    for line in read(CONTENT / "long" / "bulletin.md")[spec.key].lines:
        if line.startswith("### "):
            book.heading(line[4:])
        elif line:
            book.paragraph(line, BODY)
    _about(book, spec)
    return book.bytes()


def _long(name: str) -> Callable[[FileSpec], bytes]:
    def composer(spec: FileSpec) -> bytes:
        from home.demo.pdf import long  # it imports this module

        return long.LONG[name](spec)

    return composer


COMPOSERS: dict[str, Callable[[FileSpec], bytes]] = {
    "booklet": booklet,
    "ebook": booklet,
    "bulletin": bulletin,
    "proceedings": _long("proceedings"),
    "situations": _long("situations"),
    "chronicle": _long("chronicle"),
}
