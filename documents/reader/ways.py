"""How somebody reads: which words are looked for, whether with pictures. It travels in links; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from documents.models import Document
from search.query import parse

FEW = 12
"""Pages up to which each is linked."""
STEPS = (10, 50, 100, 500, 1000, 5000)
AROUND = 2


class Show(StrEnum):
    """What is shown beside the text: the value is the name of the parameter."""

    PAGE = ""
    TEXT = "text"
    LARGE = "zoom"


@dataclass(frozen=True)
class Way:
    """One way to read ``document``: with ``query`` marked (at most 300 characters), and with what beside the text."""

    document: Document
    query: str = ""
    show: Show = Show.PAGE

    @classmethod
    def of(cls, document: Document, asked: QueryDict) -> Way:
        """The way that the parameters of an address describe; whatever else they say is left aside."""
        show = next((show for show in (Show.TEXT, Show.LARGE) if asked.get(show) == "1"), Show.PAGE)
        return cls(document, parse(asked.get("q", "")).text, show)

    def showing(self, show: Show) -> Way:
        """The same with another thing beside the text."""
        return replace(self, show=show)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Name and value of what a form carries along besides the words."""
        return [(str(self.show), "1")] if self.show else []

    def page(self, number: int, match: int | str = "", at: str = "turn") -> str:
        """The address of a page of this version, at a match of it (from 1, or ``last``).

        It leads to the page itself, or to the part ``at`` of it, and not to the head of the site, which a phone is full of.
        """
        address = self._address("documents_version_page", number=number)
        values = [("m", str(match))] if match else []
        return self._with(address, values) + (f"#m{match}" if isinstance(match, int) else f"#{at}")

    @property
    def search_url(self) -> str:
        """Where the search in the file is asked."""
        return self._address("documents_version_search")

    def found(self, page: int = 1) -> str:
        """The address of the list of pages with the words, from its ``page`` on."""
        return self._with(self.search_url, [("page", str(page))] if page > 1 else [])

    def _address(self, name: str, **where: int) -> str:
        return reverse(name, kwargs={"series": self.document.series, "version": self.document.number} | where)

    def _with(self, address: str, more: list[tuple[str, str]]) -> str:
        values = ([("q", self.query)] if self.query else []) + self.shown + more
        return f"{address}?{urlencode(values)}" if values else address


def landmarks(number: int, total: int) -> list[int]:
    """Pages to jump to from page ``number``: all of a few; else the ends, the neighbours and round numbers."""
    if total <= FEW:
        return list(range(1, total + 1))
    step = next((step for step in STEPS if total <= 10 * step), STEPS[-1])
    near = range(max(number - AROUND, 1), min(number + AROUND, total) + 1)
    return sorted({1, total, *near, *range(step, total, step)})
