"""What changed between two versions of a file: its text, page by page, word by word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.safestring import SafeString
from wagtail.admin.compare import diff_text

from documents.models import Document

MAX_SHOWN = 100
"""Changed pages that are shown; a book that was set anew differs on all of them."""
MAX_CHARACTERS = 20_000
"""Of a page; a longer one is shown as changed without its words (the comparison costs the square of them)."""


@dataclass(frozen=True)
class PageChange:
    """A page of the old version, of the new one, or both (numbers from 1); ``html`` has both texts, differences marked.

    ``html`` is None where the page is too long to compare by words.
    """

    old: int | None
    new: int | None
    html: SafeString | None
    language: str


@dataclass(frozen=True)
class Comparison:
    """The changed pages in order, how many were left out, and how many are the same."""

    changes: list[PageChange]
    left_out: int
    same: int


def compare(old: Document, new: Document) -> Comparison:
    """Compares the texts of two documents. Pages that moved are found again: only what differs is shown."""
    before, after = _texts(old), _texts(new)
    pairs, same = [], 0
    for first, second in _aligned([text for _, text, _ in before], [text for _, text, _ in after]):
        if first is not None and second is not None and before[first][1] == after[second][1]:
            same += 1
            continue
        pairs.append((first, second))
    changes = [
        _change(before[first] if first is not None else None, after[second] if second is not None else None)
        for first, second in pairs[:MAX_SHOWN]
    ]
    return Comparison(changes, len(pairs) - len(changes), same)


def _texts(document: Document) -> list[tuple[int, str, str]]:
    """(number, text, language) of each page, by number."""
    rows = document.page_texts.order_by("number").values_list("number", "text", "language")
    return [(number, " ".join(text.split()), language) for number, text, language in rows]


def _aligned(before: list[str], after: list[str]) -> Iterator[tuple[int | None, int | None]]:
    """Pairs of indexes: equal pages together, and between them page by page; None where one side has no more."""
    for _tag, a0, a1, b0, b1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for offset in range(max(a1 - a0, b1 - b0)):
            yield (
                a0 + offset if a0 + offset < a1 else None,
                b0 + offset if b0 + offset < b1 else None,
            )


def _change(old: tuple[int, str, str] | None, new: tuple[int, str, str] | None) -> PageChange:
    before, after = old[1] if old else "", new[1] if new else ""
    short = max(len(before), len(after)) <= MAX_CHARACTERS
    return PageChange(
        old[0] if old else None,
        new[0] if new else None,
        diff_text(before, after).to_html() if short else None,
        (new or old or (0, "", ""))[2],
    )
