"""Marks the words of a query in a text. Text is escaped first and marked then: a snippet is data, never markup."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.analysis import Span, spans
from search.languages import index_language, searched
from search.matching import Form, Plan, plan
from search.query import ParsedQuery
from search.ranking import SNIPPET_LENGTH

Place = tuple[int, int]
_ELLIPSIS = "…"


def mark(text: str, query: ParsedQuery, language: str) -> list[Place]:
    """Where ``text`` (in ``language``) has what ``query`` asks for: (start, end) in characters, in order, no overlaps."""
    forms = _forms(query, searched())
    found = _spans(text, index_language(language))
    places: list[Place] = []
    for at, span in enumerate(found):
        for form in forms.get(span.token, ()):
            same = found[at : at + len(form)]
            if tuple([each.token for each in same]) == form:
                # Not always in the order of the text: a date's tokens are day, month, year.
                places.append((min(each.start for each in same), max(each.end for each in same)))
    return _merged(places)


@lru_cache(maxsize=16)
def _forms(query: ParsedQuery, languages: tuple[str, ...]) -> Mapping[str, list[Form]]:
    """What is marked for ``query``, by the first token. The twenty texts of a page of results ask for the same."""
    wanted = plan(query, languages)
    groups = [*wanted.words, *([wanted.together] if wanted.together else [])]
    forms: dict[str, list[Form]] = {}
    for form in {form for group in groups for form in group.readings}:
        forms.setdefault(form[0], []).append(form)
    return forms


@lru_cache(maxsize=4)
def _spans(text: str, language: str) -> list[Span]:
    """The tokens of a text, which is asked for how much it has and right after it for what to mark."""
    return spans(text, language)


def marked(text: str, places: list[Place]) -> SafeString:
    """``text`` as safe HTML with ``<mark>`` around ``places``."""
    parts: list[str] = []
    at = 0
    for start, end in places:
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    parts.append(escape(text[at:]))
    return mark_safe("".join(parts))  # every piece was escaped above


def snippet(text: str, query: ParsedQuery, language: str, length: int = SNIPPET_LENGTH) -> SafeString:
    """The stretch of ``text`` that says most about ``query``, at most about ``length`` characters, as safe HTML.

    Whitespace is one space each. Without a hit, the beginning of the text.
    """
    return best_snippet(text, query, language, length)[0]


def best_snippet(text: str, query: ParsedQuery, language: str, length: int = SNIPPET_LENGTH) -> tuple[SafeString, bool]:
    """As ``snippet``, and whether there is a hit in it."""
    text = " ".join(text.split())
    places = mark(text, query, language)
    start, end = _window(text, places, length)
    inside = [(a - start, b - start) for a, b in places if a >= start and b <= end]
    html = marked(text[start:end], inside)
    before = f"{_ELLIPSIS} " if start > 0 else ""
    after = f" {_ELLIPSIS}" if end < len(text) else ""
    return mark_safe(f"{before}{html}{after}"), bool(places)  # html is escaped


def coverage(text: str, wanted: Plan, language: str) -> int:
    """How many of the wanted groups ``text`` has."""
    run = f" {' '.join([span.token for span in _spans(text, index_language(language))])} "
    return sum(any(f" {' '.join(form)} " in run for form in group.readings) for group in wanted.words)


def _merged(places: list[Place]) -> list[Place]:
    merged: list[Place] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, places: list[Place], length: int) -> Place:
    """The stretch with most distinct marked words, cut at word borders; a third of it lies before the first."""
    if len(text) <= length:
        return 0, len(text)
    if not places:
        return 0, _word_end(text, length)
    ends = [end for _, end in places]
    best, best_score = places[0], (0, 0)
    for start, end in places:
        last = bisect_left(ends, start + length * 2 // 3 + 1)
        first = bisect_left(ends, end)
        inside = [text[a:b].casefold() for a, b in places[first:last]]
        score = (len(set(inside)), max((b - a for a, b in places[first:last]), default=0))
        if score > best_score:
            best, best_score = (start, end), score
    start = max(0, best[0] - length // 3)
    if start:
        start = text.find(" ", start, best[0]) + 1 or best[0]
    end = _word_end(text, max(start + length, best[1]))
    if end == len(text) and end - start < length:
        start = max(0, end - length)
        start = text.find(" ", start, best[0]) + 1 if start else 0
        start = min(start or 0, best[0])
    return start, end


def _word_end(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", end - 40 if end > 40 else 0, end + 1)
    return space if space > 0 else end
