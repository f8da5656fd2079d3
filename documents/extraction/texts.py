"""The values that extraction gives, and the text as all readers leave it: one normal form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from documents.extraction.errors import TooLargeError
from documents.extraction.language import detect
from documents.extraction.limits import MAX_CHARACTERS, MAX_PAGE_CHARACTERS, MAX_PAGES

Source = Literal["text", "ocr", "none"]

PART_LENGTH = 6000
"""Characters of one part of a text that has no pages of its own."""


@dataclass(frozen=True)
class PageText:
    """One page: ``number`` from 1, ``language`` as ISO 639-1 or "" where unknown, ``layout`` as of ``layout.py``."""

    number: int
    language: str
    text: str
    source: Source
    layout: bytes = b""


@dataclass(frozen=True)
class OutlineEntry:
    """A heading of the file's own contents: ``depth`` and ``page`` from 1."""

    depth: int
    page: int
    title: str


@dataclass(frozen=True)
class Extraction:
    """What a file says.

    ``page_count`` counts the pages that the file itself has: 0 where its format has none, and then
    ``pages`` are parts of readable length. Without a reader for the format ``pages`` is empty. ``drawn`` says
    that these are the pages of the preview that was made of the file. ``outline`` is in the order of the file.
    """

    pages: list[PageText] = field(default_factory=list)
    page_count: int = 0
    drawn: bool = False
    outline: list[OutlineEntry] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        """Whether anything can be searched or read."""
        return any(page.text for page in self.pages)


class Extractor(Protocol):
    """Reads one family of formats. Called in the limited child process only; may raise anything."""

    def extract(self, path: Path) -> Extraction:
        """The text of the file at ``path``, normalised by :func:`pages_from`."""
        ...


@runtime_checkable
class SheetExtractor(Extractor, Protocol):
    """An extractor of workbooks."""

    def hides_sheets(self, path: Path) -> bool:
        """Whether the workbook at ``path`` has sheets that only a click shows."""
        ...


# Bidirectional controls reorder what is read against what is searched; the soft hyphen and the byte order mark
# split words; other controls (NUL first of all) are refused by databases and by XML.
_DROPPED = dict.fromkeys(
    [
        0x00AD,
        0x061C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
        *range(0x09),
        0x0B,
        *range(0x0E, 0x20),
        *range(0x7F, 0xA0),
        *range(0xD800, 0xE000),
        0xFFFE,
        0xFFFF,
    ]
)
_PLAIN = re.compile(r"[\t\n -~\u00c0-\u00ff\u0152\u0153\u2013\u2014\u2018\u2019\u201c-\u201e]*")
"""What the normal form leaves as it is: all that most pages have."""
# These begin with what is rare, and match only where something changes: all text of all files goes through them.
_HYPHEN_AT_LINE_END = re.compile(r"[-\u2010\u00ad]\n(?<=[^\W\d_]..)[ \t]*(?=[^\W\d_])", re.DOTALL)
_SPACES = re.compile(r"[ \t\u00a0]{2,}|[\t\u00a0]")
_SPACED_BREAK = re.compile(r" \n ?|\n ")
_BREAKS = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """``text`` in the form that is stored, searched and shown.

    NFKC (ligatures and Arabic presentation forms become letters), no bidirectional or other controls,
    single spaces, at most one empty line, and words that a line break cut in two joined again.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n\n").replace("\u0085", "\n")
    text = text.replace("\x02", "-\n").replace("\ufffe", "-\n")  # PDFium's marks for a hyphen at the end of a line
    # Looking for a few letters first is many times quicker than a search by pattern that finds nothing.
    if any(mark in text for mark in ("-\n", "\u2010\n", "\u00ad\n")):
        text = _HYPHEN_AT_LINE_END.sub(_join, text)
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFKC", text.translate(_DROPPED))
    if any(mark in text for mark in ("  ", "\t", "\u00a0")):
        text = _SPACES.sub(" ", text)
    if " \n" in text or "\n " in text:
        text = _SPACED_BREAK.sub("\n", text)
    return (_BREAKS.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def _join(match: re.Match[str]) -> str:
    """Lower case on both sides: one word cut in two. Else the hyphen is the word's own ("Anti-\\nFolter")."""
    before, after = match.string[match.start() - 1], match.string[match.end()]
    return "" if before.islower() and after.islower() else "-"


def with_paragraphs(text: str) -> str:
    """``text`` with an empty line where a paragraph seems to end, if its reader left none.

    A paragraph ends with a sentence on a line that is clearly shorter than others; a short line before a capital
    or an Arabic line is a heading.
    """
    lines = text.split("\n")
    if "\n\n" in text or len(lines) < 3:
        return text
    full = max(map(len, lines))
    found: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found.append(line)
        sentence = line.endswith((".", "!", "?", ":", "\u061f", "\u201d", "\u00bb")) and len(line) < 0.8 * full
        heading = len(line) < 0.6 * full and following[:1].isalpha() and not following[:1].islower()
        if following and (sentence or heading):
            found.append("")
    return "\n".join(found)


def pages_from(texts: Iterable[str], *, page_count: int = 0) -> Extraction:
    """Normalises and names the language of each text; refuses more than the limits allow (TooLargeError)."""
    pages: list[PageText] = []
    total = 0
    for number, raw in enumerate(texts, 1):
        text = with_paragraphs(normalise(raw)) if len(raw) <= MAX_PAGE_CHARACTERS else raw
        total += len(text)
        if number > MAX_PAGES or total > MAX_CHARACTERS or len(text) > MAX_PAGE_CHARACTERS:
            raise TooLargeError
        pages.append(PageText(number, detect(text), text, "text" if text else "none"))
    return Extraction(pages, page_count)


def sheets_from(texts: list[str]) -> Extraction:
    """A page for each text (a sheet of a workbook); parts of readable length where one is too long for a page."""
    if all(len(text) <= MAX_PAGE_CHARACTERS for text in texts):
        return pages_from(texts, page_count=len(texts))
    return pages_from(part for text in texts for part in parts(text))


def parts(text: str) -> list[str]:
    """Cuts a text without pages into parts of about ``PART_LENGTH`` characters, between paragraphs or lines."""
    found: list[str] = []
    start, end = 0, len(text)
    while start < end:
        cut = min(start + PART_LENGTH, end)
        if cut < end:
            least = start + PART_LENGTH // 2
            cut = next((at for mark in ("\n\n", "\n", " ") if (at := text.rfind(mark, least, cut)) > 0), cut)
        if part := text[start:cut].strip():
            found.append(part)
        start = cut
    return found


def as_json(extraction: Extraction) -> dict[str, Any]:
    """The form in which an extraction leaves the child process; layouts and outline follow apart."""
    return {
        "page_count": extraction.page_count,
        "pages": [[page.number, page.language, page.text, page.source] for page in extraction.pages],
    }


def from_json(answer: dict[str, Any]) -> Extraction:
    """The reverse of :func:`as_json`. Checks every value: the child that wrote them read a stranger's file."""
    pages = [
        PageText(int(number), str(language), str(text), source if source in ("text", "ocr") else "none")
        for number, language, text, source in answer["pages"]
    ]
    return Extraction(pages, int(answer["page_count"]))
