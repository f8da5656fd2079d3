"""The outline of a PDF: what its own author calls its contents, as links to pages.

It is a stranger's data like the rest: a chain that bites its tail, a hundred thousand entries, titles as long as
books and places that don't exist end in a shorter outline or in none, never in a file without text.

A bookmark is easily forgotten: its title may hold the name that was taken off the page. So an entry is left out
unless all its words stand somewhere in the text of the file; a scan has none.
"""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Set
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.extraction.texts import OutlineEntry, normalise

if TYPE_CHECKING:
    import pypdfium2

MAX_ENTRIES = 1000
"""Entries that are kept."""
MAX_LOOKED_AT = 5000
"""Entries that are looked at, those without a page included."""
MAX_DEPTH = 3
"""Levels that are kept; what is below is for the file itself."""
TITLE_LENGTH = 200
"""Characters of a title."""
SECONDS = 10.0
"""For all of it: a destination may be looked up by name in a table without end."""

_WORD = re.compile(r"\w{2,}")
"""What is looked for in the text. A single letter or digit names nobody."""
LOOSE_LETTERS = 2
"""Single letters that a title may have beside its words: "Annex A, part b"."""


def outline(source: Path, texts: Path) -> list[tuple[int, int, str]]:
    """``(depth, page, title)`` of each entry of the PDF ``source`` that leads to a page, in order, both from 1.

    ``texts`` is a JSON file with the list of the pages' final texts.
    """
    import pypdfium2  # in the child only: the rest of this module is the parent's

    found: list[tuple[int, int, str]] = []
    end = time.monotonic() + SECONDS
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            # It leaves a chain where it meets an entry for the second time.
            for bookmark in islice(pdf.get_toc(max_depth=MAX_DEPTH), MAX_LOOKED_AT):
                if len(found) == MAX_ENTRIES or time.monotonic() > end:
                    break
                page, title = _page(bookmark), title_of(bookmark)
                if page and title:
                    found.append((bookmark.level + 1, page, title))
    except pypdfium2.PdfiumError:
        return []  # the text was read all the same
    if not found:
        return []
    said = Said()
    for text in json.loads(texts.read_text(encoding="utf-8")):
        said.add(text)
    return [entry for entry in found if said.has(entry[2])]


class Said:
    """The words of a text, each as its letters: readers of PDFs differ in the order of Arabic ones."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._words)

    def add(self, text: str) -> None:
        """Adds the words of ``text``, as a reader of PDFs gives it."""
        self._words |= _words(normalise(text))

    def has(self, title: str) -> bool:
        """Whether all words of ``title`` are among them. What is spelt out letter by letter is no word, and is not."""
        plain = _plain(title)
        letters = sum(character.isalpha() for character in _WORD.sub("", plain))
        return letters <= LOOSE_LETTERS and _words(plain) <= self._words


def _words(text: str) -> Set[str]:
    from documents.extraction.layout import word_key

    return {word_key(word) for word in set(_WORD.findall(_plain(text)))}


def _plain(text: str) -> str:
    """Without vowel signs and accents, which stand between letters and make single ones of them."""
    if text.isascii():
        return text
    return "".join(
        mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.category(mark).startswith("M")
    )


def _page(bookmark: pypdfium2.PdfBookmark) -> int:
    """The number of the page from 1; 0 for none, for one that isn't there, and for other files."""
    from pypdfium2 import raw

    action = raw.FPDFBookmark_GetAction(bookmark)
    if action and raw.FPDFAction_GetType(action) != raw.PDFACTION_GOTO:
        return 0  # the number of a page of another file is none of this one
    target = bookmark.get_dest()
    index = target.get_index() if target is not None else None
    return 0 if index is None else index + 1


def title_of(bookmark: pypdfium2.PdfBookmark, length: int = TITLE_LENGTH) -> str | None:
    """What a bookmark says, in one line of at most ``length`` characters; None where it is no text."""
    try:
        title = bookmark.get_title()
    except UnicodeDecodeError:
        return None
    return " ".join(normalise(title[: 2 * length]).split())[:length].rstrip()


def from_json(rows: list[Any], pages: int) -> list[OutlineEntry]:
    """What :func:`outline` gave, after its way through the child's answer; ``pages`` is how many there are to link to.

    Checks every value: the child that wrote them read a stranger's file.
    """
    entries = [OutlineEntry(int(depth), int(page), str(title)[:TITLE_LENGTH]) for depth, page, title in rows]
    fitting = [entry for entry in entries if 1 <= entry.depth <= MAX_DEPTH and 1 <= entry.page <= pages and entry.title]
    return fitting[:MAX_ENTRIES]
