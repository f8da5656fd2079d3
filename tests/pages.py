"""Which pages of a file answer a query, as the search and the page reader find them."""

from __future__ import annotations

from collections.abc import Sequence

from search.matching import plan
from search.pages import page_hits, unpack
from search.query import ParsedQuery


def best_pages(blob: bytes, query: ParsedQuery, languages: Sequence[str], limit: int) -> list[int]:
    """The numbers of at most ``limit`` pages, the best first."""
    return [hit.number for hit in page_hits(unpack(blob), plan(query, tuple(languages)))[:limit]]
