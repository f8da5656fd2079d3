"""What is shown of each hit: the best pages of its files, and the stretches of text that say most, marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString

from search import registry
from search.marking import best_snippet, coverage, mark
from search.matching import Plan
from search.pages import page_hits, unpack
from search.query import ParsedQuery, parse
from search.ranking import PAGES_READ_PER_REQUEST, SNIPPET_TEXT
from search.registry import Found, FoundFile, PageText

PageId = tuple[str, int, int]
"""(series, version, page number)."""


@dataclass(frozen=True)
class Snippet:
    """A marked stretch of text. ``source``: summary, body or file; of a file also its series, version, page, address."""

    html: SafeString
    source: str
    language: str
    document: str | None = None
    version: int | None = None
    page: int | None = None
    url: str | None = None


@dataclass(frozen=True)
class PageLink:
    """A page of a file that has the words, and where to read it."""

    number: int
    url: str


@dataclass(frozen=True)
class Result:
    """One hit as it is shown."""

    key: str
    kind: str
    kind_label: str
    language: str
    title: str
    url: str
    summary: str
    date: date | None
    snippets: tuple[Snippet, ...]
    spec: str = ""
    pages: tuple[PageLink, ...] = ()
    """Pages of the best file that have the words, best ones first."""


@dataclass(frozen=True)
class _FileHit:
    file: FoundFile
    pages: tuple[int, ...]
    coverage: int


def results_of(found: Sequence[Found], query: ParsedQuery, wanted: Plan) -> list[Result]:
    """``found`` with the pages of their files that have the words, and what to read of each."""
    budget = PAGES_READ_PER_REQUEST
    file_hits: dict[str, _FileHit] = {}
    for each in found:
        hit, budget = _best_file(each.files, wanted, budget)
        if hit is not None:
            file_hits[each.key] = hit
    texts = _page_texts(file_hits.values())
    return [_result(each, query, wanted, file_hits.get(each.key), texts) for each in found]


def _best_file(files: Sequence[FoundFile], wanted: Plan, budget: int) -> tuple[_FileHit | None, int]:
    """The file with most of the words on one page; files beyond the budget of pages aren't looked into."""
    best: _FileHit | None = None
    for file in files:
        try:
            pages = unpack(file.blob)
        except ValueError:  # not read out yet, or by an older version; indexing has logged it
            continue
        if len(pages.ends) > budget:
            continue
        budget -= len(pages.ends)
        hits = page_hits(pages, wanted)
        if hits and (best is None or hits[0].coverage > best.coverage):
            best = _FileHit(file, tuple(hit.number for hit in hits), hits[0].coverage)
    return best, budget


def _page_texts(hits: Iterable[_FileHit]) -> dict[PageId, PageText]:
    """The texts of the best page of each file, in one reading where the app that keeps them can."""
    wanted = [(hit.file, (hit.file.series, hit.file.version, hit.pages[0])) for hit in hits]
    if not wanted:
        return {}
    reader = registry.page_reader()
    if reader is not None:
        return dict(reader([page for _file, page in wanted]))
    return {page: text for file, page in wanted for text in file.page_texts([page[2]]).values()}


def _result(
    found: Found, query: ParsedQuery, wanted: Plan, hit: _FileHit | None, texts: Mapping[PageId, PageText]
) -> Result:
    pages: tuple[PageLink, ...] = ()
    if hit is not None:
        asked = _asked(query, hit, texts)
        pages = tuple(PageLink(number, hit.file.page_url(number, asked)) for number in hit.pages)
    file = hit.file if hit is not None else next(iter(found.files), None)
    return Result(
        key=found.key,
        kind=found.kind,
        kind_label=str(found.kind_label),
        language=found.language,
        title=found.title,
        url=found.url,
        summary=found.summary,
        date=found.date,
        snippets=_snippets(found, query, wanted, hit, texts),
        spec=file.spec if file is not None else "",
        pages=pages,
    )


def _snippets(
    found: Found, query: ParsedQuery, wanted: Plan, hit: _FileHit | None, texts: Mapping[PageId, PageText]
) -> tuple[Snippet, ...]:
    """The best stretch of the thing's own text and that of its file, the one that has more of the words first."""
    own = _own_snippet(found, query, wanted)
    file = _file_snippet(query, hit, texts)
    candidates = [each for each in (own, file) if each is not None]
    candidates.sort(key=lambda each: -each[0])
    return tuple(snippet for _coverage, snippet in candidates) or _opening(found)


def _own_snippet(found: Found, query: ParsedQuery, wanted: Plan) -> tuple[int, Snippet] | None:
    best: tuple[int, Snippet] | None = None
    for source, text in (("summary", found.summary), ("body", found.body[:SNIPPET_TEXT])):
        text = " ".join(text.split())  # as the snippet reads it: its tokens are made once
        covered = coverage(text, wanted, found.language)
        if covered and (best is None or covered > best[0]):
            best = (covered, Snippet(best_snippet(text, query, found.language)[0], source, found.language))
    return best


def _file_snippet(
    query: ParsedQuery, hit: _FileHit | None, texts: Mapping[PageId, PageText]
) -> tuple[int, Snippet] | None:
    if hit is None:
        return None
    file, number = hit.file, hit.pages[0]
    page = texts.get((file.series, file.version, number))
    if page is None:
        return None
    language, text = page
    html, has_hit = best_snippet(text, query, language)
    if not has_hit:  # half of a phrase that runs over the page break
        return None
    url = file.page_url(number, _asked(query, hit, texts))
    return hit.coverage, Snippet(html, "file", language, file.series, file.version, number, url)


def _asked(query: ParsedQuery, hit: _FileHit, texts: Mapping[PageId, PageText]) -> str:
    """What to look for in the file: what was typed, or the other name of it that its best page has instead."""
    page = texts.get((hit.file.series, hit.file.version, hit.pages[0]))
    if page is None or not query.related:
        return query.text
    language, text = page
    if mark(text, replace(query, related=()), language):
        return query.text
    names = (f'"{name}"' for related in query.related for name, _language in related.names)
    return next((name for name in names if mark(text, parse(name), language)), query.text)


def _opening(found: Found) -> tuple[Snippet, ...]:
    text = found.summary or found.body[:SNIPPET_TEXT]
    html, _has_hit = best_snippet(text, ParsedQuery(""), found.language)
    return (Snippet(html, "summary" if found.summary else "body", found.language),) if text else ()
