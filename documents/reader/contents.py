"""The contents that a file names itself, as nested links; of long ones the part around the page one is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from documents.reader.languages import direction, passage_language

Row = tuple[int, int, str]
"""Depth, page and title, as ``DocumentOutline`` keeps them."""
SHOWN = 40
"""Headings that are listed: more would weigh more than the page's text."""


@dataclass
class Heading:
    """An entry of the contents with those below it; ``current`` for the one whose pages one is reading."""

    title: str
    number: int
    url: str
    language: str
    direction: str
    current: bool
    children: list[Heading] = field(default_factory=list)


@dataclass(frozen=True)
class Contents:
    """The headings of the first level, and how many of all levels are left out."""

    headings: list[Heading]
    left_out: int


@dataclass(frozen=True)
class _Entry:
    """``parent`` is the place of the entry above, -1 for none."""

    depth: int
    page: int
    title: str
    parent: int


def contents(rows: Sequence[Row], number: int, language: str, address: Callable[[int], str]) -> Contents:
    """The contents of a file in ``language`` as seen from page ``number``; ``address`` gives that of a page."""
    entries = _nested(rows)
    current = max((at for at, entry in enumerate(entries) if entry.page <= number), key=_place(entries), default=-1)
    kept = _kept(entries, current)
    headings: dict[int, Heading] = {}
    first_level: list[Heading] = []
    for at in kept:
        entry = entries[at]
        own = passage_language(entry.title, language)
        heading = Heading(entry.title, entry.page, address(entry.page), own, direction(own), current=at == current)
        headings[at] = heading
        above = headings.get(entry.parent)
        (above.children if above else first_level).append(heading)
    return Contents(first_level, len(entries) - len(kept))


def _nested(rows: Sequence[Row]) -> list[_Entry]:
    """The rows with what stands above each: the nearest one before it with a smaller depth."""
    entries: list[_Entry] = []
    above: list[int] = []
    for depth, page, title in rows:
        while above and entries[above[-1]].depth >= depth:
            above.pop()
        entries.append(_Entry(depth, page, title, above[-1] if above else -1))
        above.append(len(entries) - 1)
    return entries


def _place(entries: list[_Entry]) -> Callable[[int], tuple[int, int]]:
    return lambda at: (entries[at].page, at)


def _kept(entries: list[_Entry], current: int) -> list[int]:
    """Places of the entries to list: all, else those beside and below the current one and what is above it.

    If these are still too many, those nearest to the current one, and what is above it.
    """
    if len(entries) <= SHOWN:
        return list(range(len(entries)))
    above = {-1}
    at = current
    while at >= 0:
        above.add(at)
        at = entries[at].parent
    beside = [at for at, entry in enumerate(entries) if entry.parent in above]
    nearest = sorted(beside, key=lambda at: abs(at - current))[:SHOWN]
    return sorted({*nearest, *(above - {-1})})
