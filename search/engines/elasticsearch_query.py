"""Search requests as Elasticsearch bodies, and its facets back again. Calls nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from search.engines.base import FACETS, FacetValue, Lookup, SearchRequest, Sort, asks_as_anybody
from search.engines.elasticsearch_bulk import OPEN, SHELVES
from search.matching import Both, Condition, Fact, Form, Group, Without, Years
from search.ranking import (
    FACET_SIZE,
    FIELD_WEIGHTS,
    GLOSSARY_BOOST,
    GLOSSARY_KIND,
    GLOSSARY_MAX_WORDS,
    MATCH_FIELDS,
    OWN_LANGUAGE_BOOST,
    PHRASE_BOOST,
    RECENCY_FLOOR,
    RECENCY_HALF_LIFE_DAYS,
    RECENCY_SHARE,
    RELATED_WEIGHT,
    TIE_BREAKER,
)

Body = dict[str, Any]
FIELDS = {
    "kind": "kind",
    "topic": "topic",
    "place": "place",
    "language": "languages",
    "year": "year",
    "publication_kind": "doctype",
}
_FACT_FIELDS = {**FIELDS, "author": "author"}
_TIES: list[Body] = [{"published": "desc"}, {"doc_key": "asc"}]
_ORDERS: dict[Sort, list[Body | str]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, *_TIES],
    Sort.NEWEST: [*_TIES],
    Sort.OLDEST: [{"published": "asc"}, {"doc_key": "asc"}],
}


def search_body(request: SearchRequest) -> Body:
    """Arguments of the client's ``search`` for ``request``."""
    chosen = {facet: _chosen(facet, request) for facet in FACETS if request.filters.get(facet)}
    allowed = _allowed(request)
    if request.only is not None:
        allowed.append({"ids": {"values": sorted(request.only)}})
    body: Body = {
        "query": _scored(request, allowed),
        "sort": _ORDERS[request.sort],
        "track_scores": True,
        "track_total_hits": True,
        "from_": request.offset,
        "size": request.size,
        "source": ["kind"],
    }
    if chosen:
        body["post_filter"] = {"bool": {"filter": list(chosen.values())}}
    if request.after:
        body["search_after"] = [round(request.after[0] * 1000), request.after[1]]
    if request.with_facets:
        body["aggs"] = {facet: _facet(facet, chosen) for facet in FACETS}
    return body


def autocomplete_body(lookup: Lookup) -> Body:
    """Arguments of the client's ``search`` for ``lookup``."""
    shelves = _shelves(lookup.tokens)
    on_shelves = [{"bool": {"must": [{"term": {shelf + "a": word}} for word in lookup.words]}} for shelf in shelves]
    return {
        "query": {
            "bool": {
                "must": [{"dis_max": {"queries": on_shelves}}],
                "filter": [*_allowed(lookup), {"term": {"locale": lookup.locale}}],
            }
        },
        "sort": _ORDERS[Sort.RELEVANCE],
        "track_scores": True,
        "size": lookup.size,
        "source": ["kind"],
    }


def facets_of(aggregations: Mapping[str, Any] | None, request: SearchRequest) -> dict[str, tuple[FacetValue, ...]]:
    """Counted facets; what is selected is listed even where it has no hit."""
    found: dict[str, tuple[FacetValue, ...]] = {}
    for facet in FACETS:
        buckets = (aggregations or {}).get(facet, {}).get("values", {}).get("buckets", [])
        chosen = request.filters.get(facet) or frozenset()
        counts = dict.fromkeys(chosen, 0) | {str(each["key"]): each["doc_count"] for each in buckets}
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        found[facet] = tuple(FacetValue(value, count, value in chosen) for value, count in ordered if value)
    return found


def _facet(facet: str, chosen: Mapping[str, Body]) -> Body:
    """Counts of one facet under the selections of all others."""
    others = [each for name, each in chosen.items() if name != facet]
    return {
        "filter": {"bool": {"filter": others}} if others else {"match_all": {}},
        "aggs": {"values": {"terms": {"field": FIELDS[facet], "size": FACET_SIZE}}},
    }


def _chosen(facet: str, request: SearchRequest) -> Body:
    return {"terms": {FIELDS[facet]: sorted(request.filters[facet])}}


def _allowed(asked: SearchRequest | Lookup) -> list[Body]:
    moment = (asked.now or datetime.now(UTC)).isoformat()
    still = {
        "bool": {
            "should": [{"range": {"live_to": {"gt": moment}}}, {"bool": {"must_not": {"exists": {"field": "live_to"}}}}]
        }
    }
    allowed: list[Body] = [{"term": {"state": "live"}}, still]
    if asked.tokens is not None:
        allowed.append({"terms": {"acl": sorted(asked.tokens)}})
    if asked.hidden:
        allowed.append({"bool": {"must_not": {"ids": {"values": sorted(asked.hidden)}}}})
    return allowed


def _shelves(tokens: frozenset[str] | None) -> tuple[str, ...]:
    return (OPEN,) if asks_as_anybody(tokens) else SHELVES


def _scored(request: SearchRequest, allowed: list[Body]) -> Body:
    plan, words = request.plan, _Words(_shelves(request.tokens))
    if plan.is_empty and not request.match_all:
        return {"match_none": {}}
    query: Body = {
        "bool": {
            "filter": allowed,
            "must": [*words.required(plan.required), *[words.meets(each) for each in plan.conditions]],
            "must_not": [words.forms(group.forms) for group in plan.excluded],
        }
    }
    if not (plan.required or plan.texts):
        return query
    if plan.together:
        query["bool"]["should"] = [{"bool": {"should": [words.forms(plan.together.forms)], "boost": PHRASE_BOOST}}]
    recency = {"exp": {"published": {"origin": "now/d", "scale": f"{RECENCY_HALF_LIFE_DAYS}d", "decay": 0.5}}}
    scored: Body = {
        "function_score": {
            "query": query,
            "functions": [{"weight": RECENCY_FLOOR}, {**recency, "weight": RECENCY_SHARE}],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }
    lifts = list(_lifts(request, words))
    return {"function_score": {"query": scored, "functions": lifts, "boost_mode": "multiply"}} if lifts else scored


def _lifts(request: SearchRequest, words: _Words) -> Iterator[Body]:
    """What multiplies the score of some hits."""
    required = request.plan.required
    if request.locale:
        yield {"filter": {"term": {"locale": request.locale}}, "weight": OWN_LANGUAGE_BOOST}
    if 1 <= len(required) <= GLOSSARY_MAX_WORDS:
        named = [{"term": {"kind": GLOSSARY_KIND}}, *words.required(required, in_title=True)]
        yield {"filter": {"bool": {"filter": named}}, "weight": GLOSSARY_BOOST}


@dataclass(frozen=True)
class _Words:
    """The words of a plan as queries on ``shelves``: those that this visitor may look on."""

    shelves: tuple[str, ...]

    def meets(self, condition: Condition) -> Body:
        """``condition`` as a query; only words add to the score."""
        if isinstance(condition, Group):
            return self.group(condition)
        if isinstance(condition, Years):
            return {"bool": {"filter": [{"range": {"year": {"gte": condition.first, "lte": condition.last}}}]}}
        if isinstance(condition, Fact):
            return _fact(condition)
        if isinstance(condition, Without):
            return {"bool": {"must_not": [self.meets(condition.part)]}}
        parts = [self.meets(each) for each in condition.parts]
        return {"bool": {"must": parts}} if isinstance(condition, Both) else {"bool": {"should": parts}}

    def required(self, groups: Sequence[Group], *, in_title: bool = False) -> Iterator[Body]:
        """``groups``; those with the same other names together, or one of these names."""
        for also, several in groupby(groups, key=lambda group: group.also):
            own = [self.forms(group.forms, ("t",)) if in_title else self.group(group) for group in several]
            if also:
                names = self.forms(also, ("t",) if in_title else MATCH_FIELDS)
                either = [{"bool": {"must": own}}, {"bool": {"must": [names], "boost": RELATED_WEIGHT}}]
                yield {"dis_max": {"queries": either}}
            else:
                yield from own

    def group(self, group: Group) -> Body:
        """One word: any of its forms somewhere; the very word in the title adds to the score."""
        forms = self.forms(group.forms, ("t",) if group.in_title else MATCH_FIELDS)
        if not group.surfaces:
            return forms
        as_written = [
            {"match_phrase": {f"{shelf}tx": {"query": " ".join(form), "boost": FIELD_WEIGHTS["tx"]}}}
            for form in group.surfaces
            for shelf in self.shelves
        ]
        return {"bool": {"must": [forms], "should": as_written}}

    def forms(self, forms: Sequence[Form], fields: Sequence[str] = MATCH_FIELDS) -> Body:
        """Any of ``forms`` in any of ``fields``."""
        weighted = [f"{shelf}{name}^{FIELD_WEIGHTS[name]}" for shelf in self.shelves for name in fields]
        singles = [form[0] for form in forms if len(form) == 1]
        wanted: list[Body] = []
        if singles:
            options = {"type": "best_fields", "operator": "or", "tie_breaker": TIE_BREAKER}
            wanted.append(_multi(" ".join(singles), weighted, **options))
        wanted += [_multi(" ".join(form), weighted, type="phrase") for form in forms if len(form) > 1]
        return wanted[0] if len(wanted) == 1 else {"bool": {"should": wanted, "minimum_should_match": 1}}


def _fact(fact: Fact) -> Body:
    if not fact.values:
        return {"match_none": {}}
    facets = {facet for facet, _value in fact.values}
    terms = [
        {"terms": {_FACT_FIELDS[facet]: sorted(value for name, value in fact.values if name == facet)}}
        for facet in sorted(facets)
    ]
    return {"bool": {"filter": [{"bool": {"should": terms, "minimum_should_match": 1}}]}}


def _multi(text: str, fields: Sequence[str], **options: Any) -> Body:
    return {"multi_match": {"query": text, "fields": list(fields), **options}}
