"""Bookmarks of a PDF that say what no page says: a name that was taken off the page stands there still."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pypdfium2
from pypdfium2 import raw

from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.made import PAGE
from documents.extraction.outline import MAX_LOOKED_AT, Said, title_of

MAX_DEPTH = 15
"""Levels that are looked at; programs write six at most."""
MAX_LENGTH = 100_000
"""Characters of a title that are looked at."""


def inspect_bookmarks(document: pypdfium2.PdfDocument, said: Said, findings: Findings) -> None:
    """Adds the bookmarks with words that are not ``said`` on any page.

    What can't be looked at (too many, too deep, no text) is a finding too: nobody knows what it says. In a scan
    without text nothing can be compared: its bookmarks are shown to whoever judges. Raises pypdfium2.PdfiumError.
    """
    for number, bookmark in enumerate(islice(document.get_toc(max_depth=MAX_DEPTH), MAX_LOOKED_AT + 1)):
        title = title_of(bookmark, MAX_LENGTH)
        if number == MAX_LOOKED_AT or title is None or _has_more_below(document, bookmark):
            findings.add("bookmarks")
        elif not said and _own(title):
            findings.add("bookmarks_unread", Place(words=title))
        elif not said.has(_own(title)):
            findings.add("bookmarks", Place(words=title))


def _own(title: str) -> str:
    """A title without the number of a slide or sheet, which programs put before it, or in its place."""
    found = PAGE.match(title)
    return title[found.end() :] if found else title


def _has_more_below(document: pypdfium2.PdfDocument, bookmark: Any) -> bool:
    return bookmark.level == MAX_DEPTH - 1 and bool(raw.FPDFBookmark_GetFirstChild(document, bookmark))
