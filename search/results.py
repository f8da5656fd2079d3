"""Answers a search: asks the engine, re-reads the hits under the visitor's rights, finds their pages, marks them.

What changed and isn't in the index yet is asked for first, and left out where the visitor may not see it, so that
totals and facets count nothing hidden. Then nothing that the engine says is shown without being read again: a hit
that the visitor may not see all the same is dropped, counted out, and put on the outbox.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from search import breaker, reduced, registry
from search.analysis import prefix_words
from search.engines import get_engine
from search.engines.base import Hit, Place, SearchRequest, SearchResponse, Sort
from search.exceptions import EngineUnavailableError
from search.facets import FacetEntry, labelled
from search.fields import settled
from search.languages import searched
from search.marking import best_snippet, coverage
from search.matching import Fact, Plan, plan
from search.outbox import touch, unwritten
from search.pages import page_hits, unpack
from search.parameters import MAX_PAGE, Parameters
from search.query import ParsedQuery, parse
from search.ranking import PAGE_SIZE, PAGES_READ_PER_REQUEST, SNIPPET_TEXT, SUGGESTIONS, UNWRITTEN_LOOKED_AT
from search.registry import Found, FoundFile, PageText

if TYPE_CHECKING:
    from access.visitor import Visitor

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
class Answer:
    """Everything that the page and the API show."""

    parameters: Parameters
    query: ParsedQuery
    total: int
    total_relation: str
    pages: int
    took_ms: int
    engine: str
    partial: bool
    results: tuple[Result, ...]
    facets: Mapping[str, tuple[FacetEntry, ...]]
    unknown: tuple[Fact, ...] = ()
    """Values of fields that stand for nothing that this visitor may know."""
    reduced: bool = False
    """Whether only titles and summaries in the database were looked at: the engine can't answer."""


@dataclass(frozen=True)
class Suggestion:
    """A thing whose title begins like what was typed."""

    text: str
    kind: str
    kind_label: str
    url: str


@dataclass(frozen=True)
class _FileHit:
    file: FoundFile
    pages: tuple[int, ...]
    coverage: int


def answer(parameters: Parameters, visitor: Visitor) -> Answer:
    """The answer for ``visitor``, a reduced one where the engine can't give one. Raises EngineUnavailableError without either."""
    started = time.monotonic()
    query = parse(parameters.q)
    wanted, unknown = settled(plan(query, searched()), visitor)
    is_reduced = False
    try:
        offset = (parameters.page - 1) * PAGE_SIZE
        request = _request(parameters, visitor, wanted, sort=parameters.sort, offset=offset, size=PAGE_SIZE)
        response = breaker.ask("search", lambda: get_engine().search(request))
    except EngineUnavailableError as err:
        response = reduced.search(parameters, query, visitor, err)
        is_reduced = True
    found = _read_again(response.hits, visitor, parameters.language)
    dropped = 0 if is_reduced else _dropped(response, found)
    total = max(0, response.total - dropped)
    results = _results(found, query, wanted)
    # What was dropped is still counted in the facets: they wait until the index knows.
    facets = labelled({} if dropped else response.facets, parameters, visitor)
    return Answer(
        parameters=parameters,
        query=query,
        total=total,
        total_relation=response.total_relation,
        pages=min(ceil(total / PAGE_SIZE), MAX_PAGE),
        took_ms=round((time.monotonic() - started) * 1000),
        engine=response.engine,
        partial=response.partial,
        results=tuple(results),
        facets=facets,
        unknown=unknown,
        reduced=is_reduced,
    )


def newest(
    parameters: Parameters, visitor: Visitor, size: int, after: Place | None
) -> tuple[int, list[Found], Place | None]:
    """How many ``visitor`` may find, the newest ``size`` of them behind ``after``, and the place of the last if more follow.

    Raises EngineUnavailableError.
    """
    wanted, _unknown = settled(plan(parse(parameters.q), searched()), visitor)
    asked = _request(parameters, visitor, wanted, sort=Sort.NEWEST, size=size + 1, after=after, with_facets=False)
    response = breaker.ask("newest", lambda: get_engine().search(asked))
    more = len(response.hits) > size
    response = replace(response, hits=response.hits[:size])
    found = _read_again(response.hits, visitor, parameters.language)
    total = max(0, response.total - _dropped(response, found))
    return total, found, (response.hits[-1].at, response.hits[-1].key) if more else None


def _request(parameters: Parameters, visitor: Visitor, wanted: Plan, **options: Any) -> SearchRequest:
    return SearchRequest(
        plan=wanted,
        tokens=visitor.tokens,
        filters=parameters.filters,
        match_all=parse(parameters.q).is_blank,
        hidden=registry.hidden(unwritten(UNWRITTEN_LOOKED_AT), visitor),
        **options,
    )


def suggestions(text: str, language: str, visitor: Visitor) -> list[Suggestion]:
    """At most eight things that ``visitor`` may see whose title has words that begin like ``text``.

    Raises EngineUnavailableError.
    """
    words = prefix_words(text[:100], language)
    if not words or max(map(len, words)) < 2:
        return []
    try:
        hits: Sequence[Hit] = breaker.ask(
            "suggest", lambda: get_engine().autocomplete(words, language, visitor.tokens, SUGGESTIONS * 2)
        )
    except EngineUnavailableError as err:
        asked = Parameters(q=text, language=language, filters={"language": frozenset({language})})
        hits = reduced.search(asked, parse(text), visitor, err, SUGGESTIONS).hits
    found = _read_again(hits, visitor, language)
    unique = {(each.kind, each.title): each for each in reversed(found)}
    kept = [each for each in found if unique[each.kind, each.title] is each]
    return [Suggestion(each.title, each.kind, str(each.kind_label), each.url) for each in kept[:SUGGESTIONS]]


def _read_again(hits: Sequence[Hit], visitor: Visitor, language: str) -> list[Found]:
    """What the visitor may see of ``hits`` now, in their order."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        by_kind[hit.kind].append(hit.key)
    found = registry.found(by_kind, visitor, language)
    return [found[hit.key] for hit in hits if hit.key in found]


def _dropped(response: SearchResponse, found: Sequence[Found]) -> int:
    """How many hits the visitor may not see by now; they go onto the outbox to be set right."""
    kept = {each.key for each in found}
    dropped = [hit.key for hit in response.hits if hit.key not in kept]
    touch(dropped)
    return len(dropped)


def _results(found: Sequence[Found], query: ParsedQuery, wanted: Plan) -> list[Result]:
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
            size = len(unpack(file.blob).ends)
        except ValueError:  # not read out yet, or by an older version; indexing has logged it
            continue
        if size > budget:
            continue
        budget -= size
        hits = page_hits(file.blob, wanted)
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
        pages = tuple(PageLink(number, hit.file.page_url(number, query.text)) for number in hit.pages)
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
    url = file.page_url(number, query.text)
    return hit.coverage, Snippet(html, "file", language, file.series, file.version, number, url)


def _opening(found: Found) -> tuple[Snippet, ...]:
    text = found.summary or found.body[:SNIPPET_TEXT]
    html, _has_hit = best_snippet(text, ParsedQuery(""), found.language)
    return (Snippet(html, "summary" if found.summary else "body", found.language),) if text else ()
