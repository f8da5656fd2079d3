"""Asks an engine everything that is judged, as the result page does: same parser, same vocabulary bridge, same plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import fmean

import pytest

from access.visitor import Visitor
from search import bridge, registry
from search.analysis.compounds import Compounds, vocabulary
from search.engines.base import Engine, Operation, SearchRequest, SearchResponse
from search.indexing import index_row
from search.languages import searched
from search.matching import Plan, plan
from search.query import parse
from tests.relevance.collection import LANGUAGES, Query, documents, names, queries, terms
from tests.relevance.metrics import ndcg, recall, reciprocal_rank

EVERYTHING = 1000
"""More hits than there are texts: whole sets are compared."""


@dataclass(frozen=True)
class Answer:
    """What an engine found for a query. ``ranked`` are the hits in one language, best first."""

    query: Query
    response: SearchResponse

    @property
    def ranked(self) -> list[str]:
        """As a reader sees them who chose the language: that filter takes away and does not rank."""
        return in_language(self.response, self.query.language)

    @property
    def ndcg(self) -> float:
        return ndcg(self.ranked, self.query.grades)

    @property
    def recall(self) -> float:
        return recall(self.ranked, self.query.grades)

    @property
    def reciprocal_rank(self) -> float:
        return reciprocal_rank(self.ranked, self.query.grades)


def in_language(response: SearchResponse, language: str) -> list[str]:
    """The keys of the hits in ``language``, best first."""
    return [hit.key for hit in response.hits if hit.key.endswith(f"/{language}")]


def fill(engine: Engine) -> None:
    """Puts the texts into ``engine``, with compounds split as in production: by titles and names."""
    engine.ensure_schema()
    titles = [(each.locale, each.title) for each in documents()]
    parts = Compounds(vocabulary([*titles, *((name.language, name.text) for name in names())]))
    engine.write([Operation(each.key, 1, index_row(each, parts), each.updated) for each in documents()])


def planned(text: str) -> Plan:
    """What is looked for by an anonymous visitor who types ``text``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry._registry, "terms", {"judged": terms})
        return plan(bridge.expanded(parse(text), Visitor()), searched())


def ask(engine: Engine, text: str) -> SearchResponse:
    """Everything that ``engine`` finds for ``text`` in all languages, with its facets."""
    return engine.search(SearchRequest(planned(text), frozenset({"public"}), size=EVERYTHING))


def answers(engine: Engine) -> list[Answer]:
    """What ``engine`` finds for all that is judged."""
    return [Answer(query, ask(engine, query.text)) for query in queries()]


MEASURES: dict[str, Callable[[Answer], float]] = {
    "nDCG@10": lambda answer: answer.ndcg,
    "MRR": lambda answer: answer.reciprocal_rank,
    "recall@50": lambda answer: answer.recall,
}


def half(found: Iterable[Answer], language: str, *, tuning: bool) -> list[Answer]:
    """The answers of ``found`` in ``language``, of one half."""
    return [each for each in found if each.query.language == language and each.query.tuning == tuning]


def table(name: str, found: list[Answer]) -> str:
    """The measures of an engine, for people."""
    lines = [f"\n{name:<14} {'queries':>8}" + "".join(f"{measure:>11}" for measure in MEASURES)]
    for language in LANGUAGES:
        for tuning in (True, False):
            several = half(found, language, tuning=tuning)
            means = "".join(f"{fmean(map(measure, several)):>11.3f}" for measure in MEASURES.values())
            lines.append(f"{language} {'tuning' if tuning else 'test':<11} {len(several):>8}{means}")
    return "\n".join(lines) + "\n"
