"""Answers a search: asks the engine, re-reads the hits under the visitor's rights, finds their pages, marks them.

What changed and isn't in the index yet is asked for first, and left out where the visitor may not see it, so that
totals and facets count nothing hidden. Then nothing that the engine says is shown without being read again: a hit
that the visitor may not see all the same is dropped, counted out, and put on the outbox.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from search import breaker, compounds, facet_values, reduced, registry
from search.analysis import prefix_words
from search.board.promotions import promoted
from search.bridge import expanded
from search.engines import get_engine
from search.engines.base import Hit, Lookup, Place, SearchRequest, SearchResponse, Sort
from search.exceptions import EngineUnavailableError
from search.facets import FacetEntry, labelled
from search.fields import settled
from search.instead import How, Speller, corrected, steps
from search.languages import searched
from search.matching import Fact, Plan, plan, wanted_words
from search.outbox import touch_quietly, unwritten
from search.parameters import MAX_PAGE, NOTHING, Parameters
from search.query import ParsedQuery, parse
from search.ranking import FEW_RESULTS, PAGE_SIZE, PEOPLE_SUGGESTED, SUGGESTIONS, UNWRITTEN_LOOKED_AT
from search.registry import Found, Scope
from search.snippets import Result, results_of

if TYPE_CHECKING:
    from access.visitor import Visitor


@dataclass(frozen=True)
class Expansion:
    """Words of the query and the other names, each (name, language), of what they stand for."""

    words: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Instead:
    """What a search with ``parameters`` that asks for less finds: how many, and the first of them."""

    how: How
    parameters: Parameters
    total: int
    results: tuple[Result, ...]


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
    scope: Scope | None = None
    """What was searched within; None for everything, and where there is no such thing for this visitor."""
    suggestion: str = ""
    """The query in another spelling that finds something; empty for none."""
    instead: Instead | None = None
    """What a search that asks for less finds, where this one found nothing."""
    promoted: Result | None = None
    """What editors put on top for exactly this search."""

    @property
    def expanded(self) -> list[Expansion]:
        """The other names that were searched too."""
        words = [clause.words[0].text for clause in wanted_words(self.query)] if self.query.related else []
        return [Expansion(" ".join(words[r.first : r.first + r.size]), r.names) for r in self.query.related]


@dataclass(frozen=True)
class Suggestion:
    """A thing in whose title, or a person in whose name, a word begins like what was typed."""

    text: str
    kind: str
    kind_label: str
    url: str


@dataclass(frozen=True)
class _Asked:
    """A search understood: the query with other names, what to look for, and what is left out for this visitor."""

    parameters: Parameters
    query: ParsedQuery
    wanted: Plan
    unknown: tuple[Fact, ...]
    scope: Scope | None
    visitor: Visitor

    @classmethod
    def of(cls, parameters: Parameters, visitor: Visitor) -> _Asked:
        query = parse(parameters.q)
        if parameters.expand:
            query = expanded(query, visitor)
        within = parameters.within
        return cls(
            _knowing(parameters, visitor),
            query,
            *settled(plan(query, searched()), visitor),
            registry.scope(within, visitor, parameters.language) if within else None,
            visitor,
        )

    @property
    def only(self) -> frozenset[str] | None:
        """The keys that are searched; None for all."""
        nothing: frozenset[str] = frozenset()
        return (self.scope.keys if self.scope else nothing) if self.parameters.within else None

    def request(self, **options: Any) -> SearchRequest:
        """The engine's request for it; ``options`` replace what is asked for. Raises EngineUnavailableError."""
        asked = {
            "plan": self.wanted,
            "tokens": self.visitor.tokens,
            "filters": self.parameters.filters,
            "match_all": self.query.is_blank,
            "locale": self.parameters.language,
            "hidden": _hidden_from(self.visitor),
            "only": self.only,
        }
        return SearchRequest(**{**asked, **options})


def _knowing(parameters: Parameters, visitor: Visitor) -> Parameters:
    """``parameters`` with nothing in place of filters whose names ``visitor`` may not know.

    Whoever has the key of a topic from before its withdrawal would see what else is filed under it.
    """
    wanted = {facet: sorted(values) for facet, values in parameters.filters.items()}
    labels = facet_values.labels_of(wanted, parameters.language, visitor)
    known = {facet: parameters.filters[facet] & names.keys() or frozenset({NOTHING}) for facet, names in labels.items()}
    return replace(parameters, filters={**parameters.filters, **known})


def answer(parameters: Parameters, visitor: Visitor) -> Answer:
    """The answer for ``visitor``, a reduced one where the engine can't give one. Raises EngineUnavailableError without either."""
    started = time.monotonic()
    asked = _Asked.of(parameters, visitor)
    is_reduced = False
    try:
        request = asked.request(sort=parameters.sort, offset=(parameters.page - 1) * PAGE_SIZE, size=PAGE_SIZE)
        response = _ask("search", request)
    except EngineUnavailableError as err:
        response = reduced.search(asked.parameters, asked.query, visitor, err, wanted=asked.wanted, only=asked.only)
        asked, is_reduced = replace(asked, query=replace(asked.query, related=())), True
    # Before the hits, whose kinds have the names that are read here.
    facets = labelled(response.facets, parameters, visitor)
    found = _read_again(response.hits, visitor, parameters.language)
    dropped = 0 if is_reduced else _dropped(response, found)
    total = max(0, response.total - dropped)
    if dropped:
        # What was dropped is still counted in the facets: they wait until the index knows.
        facets = labelled({}, parameters, visitor)
    promotion = promoted(parameters, visitor)
    if promotion and found and found[0].key == promotion.key:
        promotion = None  # it stands on top by itself
    few = total < FEW_RESULTS and not (asked.query.is_blank or is_reduced or promotion)
    suggestion, instead = _elsewhere(asked, visitor, total) if few else ("", None)
    return Answer(
        parameters=parameters,
        query=asked.query,
        total=total,
        total_relation=response.total_relation,
        pages=min(ceil(total / PAGE_SIZE), MAX_PAGE),
        took_ms=round((time.monotonic() - started) * 1000),
        engine=response.engine,
        partial=response.partial,
        results=tuple(results_of(found, asked.query, asked.wanted)),
        facets=facets,
        unknown=asked.unknown,
        reduced=is_reduced,
        scope=asked.scope,
        suggestion=suggestion,
        instead=instead,
        promoted=results_of([promotion], asked.query, asked.wanted)[0] if promotion else None,
    )


def finds(parameters: Parameters, visitor: Visitor) -> bool:
    """Whether a search finds anything that ``visitor`` may see. Raises EngineUnavailableError."""
    asked = _Asked.of(parameters, visitor)
    response = _ask("finds", asked.request(size=PAGE_SIZE, with_facets=False), counts=False)
    keys = frozenset(hit.key for hit in response.hits)
    return bool(keys - _closed(keys, visitor))


def _elsewhere(asked: _Asked, visitor: Visitor, total: int) -> tuple[str, Instead | None]:
    """What else to try after an answer that found ``total``; nothing where the engine fails meanwhile, for the answer stands."""
    speller = Speller(lambda word: _finds(asked, word))
    try:
        return _suggestion(asked, visitor, total, speller), None if total else _instead(asked, visitor, speller)
    except EngineUnavailableError:
        return "", None


def _finds(asked: _Asked, word: str) -> bool:
    """Whether a word finds anything, by the index: what is offered in the end is looked up once more."""
    wanted = plan(parse(word), searched())
    request = asked.request(plan=wanted, match_all=False, filters={}, only=None, size=1, with_facets=False)
    return bool(_ask("word", request, counts=False).hits)


def _suggestion(asked: _Asked, visitor: Visitor, total: int, speller: Speller) -> str:
    """The query spelled otherwise, where that finds more than ``total`` and something that ``visitor`` may see."""
    query = corrected(asked.query, speller)
    if query is None:
        return ""
    wanted = replace(asked.wanted, required=plan(query, searched()).required, together=None)
    response = _ask("suggestion", asked.request(plan=wanted, size=PAGE_SIZE, with_facets=False), counts=False)
    keys = frozenset(hit.key for hit in response.hits)
    more = response.total > total and keys - _closed(keys, visitor)
    return query.text if more else ""


def _instead(asked: _Asked, visitor: Visitor, speller: Speller) -> Instead | None:
    """The first of the searches that ask for less which finds something."""
    for step in steps(asked.parameters, asked.query, asked.wanted, speller, compounds.current()):
        options = {"plan": step.wanted, "filters": step.parameters.filters}
        response = _ask("instead", asked.request(size=PAGE_SIZE, with_facets=False, **options), counts=False)
        found = _read_again(response.hits, visitor, asked.parameters.language)
        total = response.total - _dropped(response, found)
        if found:
            return Instead(step.how, step.parameters, total, tuple(results_of(found, step.query, step.wanted)))
    return None


def newest(
    parameters: Parameters, visitor: Visitor, size: int, after: Place | None
) -> tuple[int, list[Found], Place | None]:
    """How many ``visitor`` may find, the newest ``size`` of them behind ``after``, and the place of the last if more follow.

    The place is one that the visitor sees: another would tell of a hidden thing when it was published and that it has
    the words. Raises EngineUnavailableError.
    """
    asked = _Asked.of(parameters, visitor)
    dropped = 0
    while True:
        request = asked.request(sort=Sort.NEWEST, size=size + 1, after=after, with_facets=False)
        response = _ask("newest", request)
        more = len(response.hits) > size
        response = replace(response, hits=response.hits[:size])
        found = _read_again(response.hits, visitor, parameters.language)
        dropped += _dropped(response, found)
        places = {hit.key: (hit.at, hit.key) for hit in response.hits}
        if found or not more:
            return max(0, response.total - dropped), found, places[found[-1].key] if more else None
        after = (response.hits[-1].at, response.hits[-1].key)


def suggestions(text: str, language: str, visitor: Visitor) -> list[Suggestion]:
    """At most eight: things that ``visitor`` may see in whose title words begin like ``text``, then people who wrote some.

    Raises EngineUnavailableError.
    """
    words = prefix_words(text[:100], language)
    if not words or max(map(len, words)) < 2:
        return []
    try:
        lookup = Lookup(tuple(words), language, visitor.tokens, SUGGESTIONS * 2, _hidden_from(visitor))
        hits: Sequence[Hit] = breaker.ask("suggest", lambda: get_engine().autocomplete(lookup), counts=False)
    except EngineUnavailableError as err:
        asked = Parameters(q=text, language=language, filters={"language": frozenset({language})})
        hits = reduced.search(asked, parse(text), visitor, err, size=SUGGESTIONS).hits
    found = _read_again(hits, visitor, language)
    unique = {(each.kind, each.title): each for each in reversed(found)}
    kept = [each for each in found if unique[each.kind, each.title] is each]
    people = registry.people(text.strip()[:100], visitor, PEOPLE_SUGGESTED)
    things = [Suggestion(each.title, each.kind, str(each.kind_label), each.url) for each in kept]
    return [*things[: SUGGESTIONS - len(people)], *(_person(name) for name in people)]


def _person(name: str) -> Suggestion:
    query = 'author:"{}"'.format(name.replace('"', " "))
    address = f"{reverse('search')}?{urlencode({'q': query})}"
    return Suggestion(name, "person", gettext("Person"), address)


class _Hidden(frozenset[str]):
    """Keys that the index may still find and this visitor may not see by now."""


def _hidden_from(visitor: Visitor) -> _Hidden:
    """Asked once for each visitor. Raises EngineUnavailableError where too much waits to be looked at."""
    return visitor.own(_Hidden, lambda: _Hidden(registry.hidden(unwritten(UNWRITTEN_LOOKED_AT), visitor)))


def _closed(keys: frozenset[str], visitor: Visitor) -> frozenset[str]:
    """Those of found ``keys`` that the visitor may not see. By the words of a lost file nothing was: what waits was left out."""
    return registry.hidden(keys, visitor, with_files=False)


def _ask(kind: str, request: SearchRequest, *, counts: bool = True) -> SearchResponse:
    """The engine's answer, unless it isn't asked at the moment; ``counts`` as for the breaker."""
    return breaker.ask(kind, lambda: get_engine().search(request), counts=counts)


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
    touch_quietly(dropped)
    return len(dropped)
