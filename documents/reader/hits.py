"""The pages of a file that have the words one looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from documents.models import DocumentTokens
from documents.reader import marks
from documents.reader.languages import direction, passage_language
from documents.reader.ways import Way
from search.languages import searched
from search.marking import mark, snippet
from search.matching import plan
from search.pages import has_words, page_hits, unpack
from search.query import ParsedQuery, parse

MAX_HITS = 2000
"""Pages with hits that one can step through."""


@dataclass(frozen=True)
class HitPage:
    """A page with hits as it is listed: ``html`` is a snippet, ``url`` leads to the page, ``match_url`` to its first hit."""

    number: int
    url: str
    match_url: str
    html: SafeString
    language: str
    direction: str
    matches: int


@dataclass
class Hits:
    """What ``way.query`` finds in ``way.document``."""

    way: Way

    @cached_property
    def parsed(self) -> ParsedQuery | None:
        """The query, if there is something in it to look for."""
        parsed = parse(self.way.query)
        return parsed if plan(parsed, searched()).words else None

    @cached_property
    def is_readable(self) -> bool:
        """Whether any text could be read out of the file."""
        return self._tokens is not None and has_words(self._tokens)

    @cached_property
    def _tokens(self) -> bytes | None:
        row = DocumentTokens.objects.filter(document=self.way.document).first()
        return bytes(row.blob) if row else None

    @cached_property
    def numbers(self) -> list[int]:
        """The pages with hits, in order; the best ones where there are too many."""
        if self.parsed is None or not self.is_readable or self._tokens is None:
            return []
        found = page_hits(unpack(self._tokens), plan(self.parsed, searched()))
        return sorted(hit.number for hit in found[:MAX_HITS])

    def around(self, number: int, count: int) -> list[int]:
        """``count`` of the pages with hits, those around page ``number``."""
        before = sum(hit < number for hit in self.numbers)
        first = max(0, min(before - count // 2, len(self.numbers) - count))
        return self.numbers[first : first + count]

    def on(self, text: str, language: str) -> list[marks.Match]:
        """What of the query is in ``text``, a page in ``language``."""
        return marks.matches(text, mark(text, self.parsed, language)) if self.parsed else []

    def listed(self, numbers: Sequence[int], length: int) -> list[HitPage]:
        """The pages ``numbers`` with a snippet of about ``length`` characters each."""
        if self.parsed is None or not numbers:
            return []
        texts = self.way.document.page_texts.defer("layout").filter(number__in=numbers)
        found = []
        for text in texts.order_by("number"):
            html = snippet(text.text, self.parsed, text.language, length)
            language = passage_language(strip_tags(html), text.language)
            found.append(
                HitPage(
                    text.number,
                    self.way.page(text.number),
                    self.way.page(text.number, 1),
                    html,
                    language,
                    direction(language),
                    len(self.on(text.text, text.language)),
                )
            )
        return found
