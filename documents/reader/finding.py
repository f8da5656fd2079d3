"""The list of the pages of one file that have the words one looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from documents.models import Document
from documents.previews import drawable
from documents.reader.hits import HitPage, Hits
from documents.reader.ways import Way, landmarks
from search.presentation import query_notices
from search.query import parse

PER_PAGE = 20
SNIPPET = 220
"""Characters around the words."""


@dataclass
class FoundPages:
    """Part ``wanted`` (from 1; the nearest there is) of the pages of a document with ``typed``, in their order."""

    way: Way
    typed: str = ""
    wanted: str = ""

    @property
    def document(self) -> Document:
        """The version that is searched."""
        return self.way.document

    @cached_property
    def has_pages(self) -> bool:
        """False where there are no pages to draw: then these are parts of a running text."""
        return drawable(self.document) is not None

    @cached_property
    def hits(self) -> Hits:
        """All pages with what is looked for."""
        return Hits(self.way)

    @property
    def total(self) -> int:
        """How many pages have it."""
        return len(self.hits.numbers)

    @property
    def parts(self) -> int:
        """How many parts the list has, at least one."""
        return max(1, ceil(self.total / PER_PAGE))

    @cached_property
    def part(self) -> int:
        """The part that is shown."""
        wanted = int(self.wanted) if self.wanted.isascii() and self.wanted.isdigit() and len(self.wanted) < 6 else 1
        return min(max(wanted, 1), self.parts)

    @property
    def first(self) -> int:
        """The number of the first entry shown."""
        return (self.part - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last entry shown."""
        return min(self.first + PER_PAGE - 1, self.total)

    @cached_property
    def listed(self) -> list[HitPage]:
        """The entries shown."""
        return self.hits.listed(self.hits.numbers[self.first - 1 : self.last], SNIPPET)

    @property
    def notices(self) -> Sequence[str]:
        """What of the words was left aside."""
        return query_notices(parse(self.typed))

    @property
    def pager(self) -> list[tuple[int, str, bool]]:
        """Number, address and whether it is the one shown, of the parts."""
        return [(part, self.way.found(part), part == self.part) for part in landmarks(self.part, self.parts)]

    @property
    def previous_url(self) -> str:
        """The part before, or ""."""
        return self.way.found(self.part - 1) if self.part > 1 else ""

    @property
    def next_url(self) -> str:
        """The part behind, or ""."""
        return self.way.found(self.part + 1) if self.part < self.parts else ""
