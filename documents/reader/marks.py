"""The text of a page as HTML with the searched words marked, and the same words as rectangles on its picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from documents.extraction.layout import Layout
from documents.reader.languages import direction, passage_language

_PARAGRAPH = re.compile(r"[^\n](?:[^\n]|\n(?!\n))*")


@dataclass(frozen=True)
class Match:
    """One place that was searched for: ``text[start:end]``. ``number`` counts from 1 on the page."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Outline:
    """A rectangle around (a line of) a match, in the units of the layout; ``current`` for the match one is at."""

    x: int
    y: int
    width: int
    height: int
    current: bool


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as safe HTML; ``differs`` where its language or direction must be marked on itself."""

    html: SafeString
    language: str
    direction: str
    differs: bool


def matches(text: str, places: Iterable[tuple[int, int]]) -> list[Match]:
    """The marked places as matches; words with nothing but a space between them are one."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [Match(number, start, end) for number, (start, end) in enumerate(joined, 1)]


def outlines(layout: Layout | None, found: Iterable[Match], current: int) -> list[Outline]:
    """Where the matches stand on the page; nothing for words whose place is unknown."""
    if layout is None:
        return []
    return [
        Outline(x0, y0, x1 - x0, y1 - y0, match.number == current)
        for match in found
        for x0, y0, x1, y1 in layout.boxes(match.start, match.end)
    ]


def paragraphs(
    text: str, language: str, found: Sequence[Match] = (), current: int = 0, *, keep_lines: bool
) -> list[Paragraph]:
    """The paragraphs of ``text``, a page in ``language``, with the matches marked.

    Lines run on where they are those of a printed page; with ``keep_lines`` each stays a line (tables, verses).
    """
    return [
        _paragraph(
            passage_language(block.group(), language),
            language,
            _marked(text, block.start(), block.end(), found, current, keep_lines=keep_lines),
        )
        for block in _PARAGRAPH.finditer(text)
        if block.group().strip()
    ]


def _paragraph(own: str, language: str, html: SafeString) -> Paragraph:
    # What is unknown is written as its own letters go, not as the first ones of the page.
    return Paragraph(html, own, direction(own), differs=own != language or not own)


def _marked(text: str, start: int, end: int, found: Sequence[Match], current: int, *, keep_lines: bool) -> SafeString:
    pieces: list[SafeString] = []
    at = start
    for match in found:
        if match.end <= at or match.start >= end:
            continue
        first, last = max(match.start, at), min(match.end, end)
        pieces.append(_lines(text[at:first], keep_lines=keep_lines))
        # A match that runs over a paragraph's end is marked in both; its anchor stands in the first.
        pieces.append(_mark(text[first:last], match, len(found), current, anchor=first == match.start))
        at = last
    pieces.append(_lines(text[at:end], keep_lines=keep_lines))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _mark(words: str, match: Match, total: int, current: int, *, anchor: bool) -> SafeString:
    if not anchor:
        return format_html("<mark>{}</mark>", words)
    now = mark_safe(' class="now"') if match.number == current else ""
    label = gettext("match %(number)s of %(total)s") % {"number": match.number, "total": total}
    return format_html('<mark id="m{}"{}>{}<span class="vh"> ({})</span></mark>', match.number, now, words, label)


def _lines(text: str, *, keep_lines: bool) -> SafeString:
    if not keep_lines:
        return format_html("{}", text)
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.split("\n")))
