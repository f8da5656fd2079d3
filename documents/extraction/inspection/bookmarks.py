"""Bookmarks of a PDF that say what no page says: a name that was taken off the page stands there still."""

from __future__ import annotations

from collections.abc import Set
from itertools import islice

import pypdfium2

from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.outline import MAX_LOOKED_AT, title_of, words_of

MAX_DEPTH = 15
"""Levels that are looked at; programs write six at most."""

MAX_LENGTH = 100_000
"""Characters of a title that are looked at."""


def inspect_bookmarks(document: pypdfium2.PdfDocument, said: Set[str], findings: Findings) -> None:
    """Adds the bookmarks of which a word is not among ``said``, the words of all pages as ``words_of`` gives them.

    More than are looked at are a finding too: nobody knows what they say. Raises pypdfium2.PdfiumError.
    """
    for number, bookmark in enumerate(islice(document.get_toc(max_depth=MAX_DEPTH), MAX_LOOKED_AT + 1)):
        if number == MAX_LOOKED_AT:
            findings.add("bookmarks")
            return
        title = title_of(bookmark, MAX_LENGTH)
        if not words_of(title) <= said:
            findings.add("bookmarks", Place(words=title))
