"""Sets the demo PDFs: paragraphs, headings, contents and page numbers on A5 or A4, in both directions of writing.

A small typesetter on fpdf2. Lines are broken here, from widths that are measured once per word: fpdf2's own
``multi_cell`` shapes a line again for each character, which is ten times slower with ligatures.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from fpdf import FPDF

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of every font
FONTS = Path(__file__).resolve().parent.parent / "fonts"
RIGHT_TO_LEFT = frozenset({"ar"})
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PAPER = {"A5": (148.0, 210.0), "A4": (210.0, 297.0)}
"""Width and height in millimetres."""
INK = (28, 32, 36)
QUIET = (96, 104, 112)
ACCENT = (23, 78, 92)


@dataclass(frozen=True)
class Style:
    """One kind of paragraph: size in points, leading as a factor, space before and after in millimetres."""

    size: float
    bold: bool = False
    leading: float = 1.45
    before: float = 0.0
    after: float = 2.2
    colour: tuple[int, int, int] = INK
    indent: float = 0.0


BODY = Style(10)
LEAD = Style(11.5, after=3)
SMALL = Style(8.2, after=1.4, colour=QUIET)
BULLET = Style(10, indent=5, after=1.4)
HEADING = Style(15, bold=True, leading=1.25, before=2, after=3, colour=ACCENT)
SUBHEADING = Style(11, bold=True, leading=1.3, before=2, after=1.2)
TITLE = Style(23, bold=True, leading=1.2, after=4, colour=(255, 255, 255))
SUBTITLE = Style(13, leading=1.3, after=3, colour=(255, 255, 255))


@dataclass(frozen=True)
class Imprint:
    """What a file says of itself: on its cover and in its metadata (which the clean copy removes again)."""

    title: str
    subtitle: str
    language: str
    authors: tuple[str, ...]
    publisher: str
    date: date
    date_text: str
    reference: str
    contents_word: str


class Booklet:
    """One PDF while it is being set. Call ``cover``, ``contents``, then text; ``bytes()`` ends it."""

    def __init__(self, imprint: Imprint, *, paper: str = "A5", columns: int = 1) -> None:
        self.imprint = imprint
        self.rtl = imprint.language in RIGHT_TO_LEFT
        self.pdf = FPDF(format=PAPER[paper])
        self.pdf.set_auto_page_break(False)
        self._fonts()
        self._metadata()
        self.margin = 17.0
        self.columns = columns
        self.gutter = 7.0
        self.column = 0
        self.y = self.margin
        self.headings: list[tuple[str, int]] = []
        self._contents_pages: list[int] = []
        self._widths: dict[tuple[str, float, bool], float] = {}

    # -- set-up

    def _fonts(self) -> None:
        """Latin texts have no Arabic in them, Arabic ones have Latin names: a font takes long to read."""
        families = {"text": "NotoSansArabic", "latin": "NotoSerif"} if self.rtl else {"text": "NotoSerif"}
        for family, name in families.items():
            self.pdf.add_font(family, "", FONTS / f"{name}-Regular.ttf")
            self.pdf.add_font(family, "B", FONTS / f"{name}-Bold.ttf")
        if self.rtl:
            self.pdf.set_fallback_fonts(["latin"], exact_match=True)
        self.pdf.set_font("text", size=10)
        self.pdf.set_text_shaping(True)

    def _metadata(self) -> None:
        imprint = self.imprint
        self.pdf.set_title(imprint.title)
        self.pdf.set_author(", ".join(imprint.authors) or imprint.publisher)
        self.pdf.set_subject(imprint.subtitle)
        self.pdf.set_creator("Lantern Archive, workstation 4")
        self.pdf.set_keywords(imprint.reference)
        self.pdf.set_lang(imprint.language)
        self.pdf.set_creation_date(datetime(imprint.date.year, imprint.date.month, imprint.date.day, 9, tzinfo=UTC))

    # -- measures in millimetres

    @property
    def column_width(self) -> float:
        """Width of a line of text."""
        inner = self.pdf.w - 2 * self.margin
        return float(inner - self.gutter * (self.columns - 1)) / self.columns

    @property
    def bottom(self) -> float:
        """Where text ends on a page."""
        return float(self.pdf.h) - self.margin - 4

    @property
    def left(self) -> float:
        """Left edge of the column that is being filled; the first one is at the right in Arabic."""
        place = self.columns - 1 - self.column if self.rtl else self.column
        return self.margin + place * (self.column_width + self.gutter)

    @property
    def page(self) -> int:
        """Number of the page that is being filled, from 1."""
        return int(self.pdf.page)

    # -- parts

    def cover(self, publisher_line: str) -> None:
        """The first page: a band with title and subtitle, below it who, when and the reference number."""
        self.pdf.add_page()
        columns, self.columns = self.columns, 1
        self.pdf.set_fill_color(*ACCENT)
        self.pdf.rect(0, 0, self.pdf.w, self.pdf.h * 0.62, style="F")
        self.y = self.pdf.h * 0.16
        self.paragraph(self.imprint.title, TITLE)
        if self.imprint.subtitle:
            self.paragraph(self.imprint.subtitle, SUBTITLE)
        self.y = self.pdf.h * 0.68
        if self.imprint.authors:
            self.paragraph((", " if not self.rtl else "، ").join(self.imprint.authors), LEAD)
        self.paragraph(publisher_line, BODY)
        self.paragraph(self.imprint.date_text, BODY)
        self.paragraph(self.imprint.reference, SMALL)
        self.columns = columns

    def contents(self, entries: int) -> None:
        """Keeps room for a table of contents of that many headings; it is filled in at the end."""
        per_page = int((self.bottom - self.margin - 14) / 6)
        for _ in range(-(-entries // per_page)):
            self.new_page()
            self._contents_pages.append(self.page)

    def new_page(self) -> None:
        """Starts a page, with its running title and number."""
        self.pdf.add_page()
        self.column = 0
        self.y = self.margin
        self._line(self.imprint.title, SMALL, 8, x=self.margin, width=self.pdf.w - 2 * self.margin)
        number = str(self.page).translate(ARABIC_DIGITS) if self.rtl else str(self.page)
        self._line(number, SMALL, self.pdf.h - 13, x=self.margin, width=self.pdf.w - 2 * self.margin, centred=True)

    def heading(self, text: str, *, new_page: bool = False) -> None:
        """A heading that goes into the contents and the outline."""
        if new_page or not self._fits(30):
            self.new_page()
        self.headings.append((text, self.page))
        self.pdf.set_y(self.y)
        self.pdf.start_section(text)
        self.paragraph(text, HEADING)

    def subheading(self, text: str) -> None:
        """A heading inside a section."""
        if not self._fits(22):
            self._next_column()
        self.paragraph(text, SUBHEADING)

    def bullets(self, items: Iterable[str]) -> None:
        """A list, each item with a dot at its start."""
        for item in items:
            self.paragraph(item, BULLET, dotted=True)

    def paragraph(self, text: str, style: Style = BODY, *, dotted: bool = False) -> None:
        """Sets one paragraph, over as many columns and pages as it takes."""
        self.y += style.before
        height = style.size * 0.3528 * style.leading * (1.12 if self.rtl else 1)
        for number, line in enumerate(self._broken(text, style)):
            if self.y + height > self.bottom:
                self._next_column()
            if dotted and number == 0:
                self._dot(height)
            x = self.left + (0 if self.rtl else style.indent)
            self._line(line, style, self.y, x=x, width=self.column_width - style.indent, height=height)
            self.y += height
        self.y += style.after

    def table(self, rows: Iterable[tuple[str, str]]) -> None:
        """Two columns: a term and its meaning, as paragraphs under each other where they are long."""
        for term, meaning in rows:
            self.paragraph(term, SUBHEADING)
            self.paragraph(meaning, BODY)

    def bytes(self) -> bytes:
        """Fills in the contents and returns the file."""
        self._fill_contents()
        return bytes(self.pdf.output())

    # -- lines

    def _fits(self, height: float) -> bool:
        return self.page > 0 and self.y + height <= self.bottom

    def _next_column(self) -> None:
        if self.column + 1 < self.columns:
            self.column += 1
            self.y = self.margin
        else:
            self.new_page()

    def _set(self, style: Style) -> None:
        """Names the font anew each time: fpdf2 leaves it out where it thinks it is set, also on another page."""
        self.pdf.font_family = ""
        self.pdf.set_font("text", style="B" if style.bold else "", size=style.size)
        self.pdf.set_text_color(*style.colour)

    def _width(self, word: str, style: Style) -> float:
        key = (word, style.size, style.bold)
        if key not in self._widths:
            self._widths[key] = float(self.pdf.get_string_width(word))
        return self._widths[key]

    def _broken(self, text: str, style: Style) -> list[str]:
        """The lines of a paragraph, as many words on each as fit."""
        self._set(style)
        room = self.column_width - style.indent - 0.5
        space = self._width(" ", style)
        lines: list[str] = []
        line: list[str] = []
        used = 0.0
        for word in text.split():
            width = self._width(word, style)
            if line and used + space + width > room:
                lines.append(" ".join(line))
                line, used = [], 0.0
            used += width + (space if line else 0)
            line.append(word)
        return [*lines, " ".join(line)] if line else lines

    def _dot(self, height: float) -> None:
        """Drawn and not written: it must not turn up in the text that is read back."""
        x = self.left + (self.column_width - 2 if self.rtl else 1)
        self.pdf.set_fill_color(*ACCENT)
        self.pdf.ellipse(x, self.y + height / 2 - 0.5, 1, 1, style="F")

    def _line(
        self, text: str, style: Style, y: float, *, x: float, width: float, height: float = 5, centred: bool = False
    ) -> None:
        self._set(style)
        self.pdf.set_xy(x, y)
        align = "C" if centred else "R" if self.rtl else "L"
        margin, self.pdf.c_margin = self.pdf.c_margin, 0
        self.pdf.cell(width, height, text, align=align)
        self.pdf.c_margin = margin

    def _fill_contents(self) -> None:
        if not self._contents_pages:
            return
        per_page = -(-len(self.headings) // len(self._contents_pages))
        last = self.pdf.page
        for index, page in enumerate(self._contents_pages):
            self.pdf.page = page
            y = self.margin
            width = self.pdf.w - 2 * self.margin
            if index == 0:
                self._line(self.imprint.contents_word, HEADING, y, x=self.margin, width=width, height=8)
            y += 13
            for text, number in self.headings[index * per_page : (index + 1) * per_page]:
                self._contents_row(text, number, y)
                y += 6
        self.pdf.page = last

    def _contents_row(self, text: str, number: int, y: float) -> None:
        width = self.pdf.w - 2 * self.margin
        self._set(BODY)
        shown, words = text, text.split()
        while len(words) > 1 and self._width(shown, BODY) > width - 14:
            words.pop()
            shown = " ".join(words) + " …"
        self._line(shown, BODY, y, x=self.margin + (12 if self.rtl else 0), width=width - 12)
        written = str(number).translate(ARABIC_DIGITS) if self.rtl else str(number)
        self._line(written, BODY, y, x=self.margin + (0 if self.rtl else width - 12), width=12, centred=True)
