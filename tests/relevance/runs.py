"""Asks an engine everything that is judged, as the result page does: same parser, same vocabulary bridge, same plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import fmean

import pytest

from access.visitor import Visitor
from search import bridge, registry
from search.analysis.compounds import Compounds, vocabulary
from search.engines.base import Engine, Operation, SearchRequest, SearchResponse
from search.indexing import index_row
from search.instead import How, Speller, steps
from search.languages import searched
from search.matching import Plan, plan
from search.parameters import Parameters
from search.query import parse
from tests.relevance.collection import LANGUAGES, Query, documents, names, queries, terms
from tests.relevance.metrics import ndcg, recall, reciprocal_rank

EVERYTHING = 1000
"""More hits than there are texts: whole sets are compared."""


@dataclass(frozen=True)
class Answer:
    """What an engine found for a query, in the language of the query alone."""

    query: Query
    response: SearchResponse
    less: bool
    """Whether nothing has all that was asked for: these have some of the words, and the page says so."""

    @property
    def ranked(self) -> list[str]:
        """The keys of the hits, best first."""
        return [hit.key for hit in self.response.hits]

    @property
    def ndcg(self) -> float:
        return ndcg(self.ranked, self.query.grades)

    @property
    def recall(self) -> float:
        return recall(self.ranked, self.query.grades)

    @property
    def reciprocal_rank(self) -> float:
        return reciprocal_rank(self.ranked, self.query.grades)


@cache
def compounds() -> Compounds:
    """Splits by the words of titles and names, as in production."""
    titles = [(each.locale, each.title) for each in documents()]
    return Compounds(vocabulary([*titles, *((name.language, name.text) for name in names())]))


def fill(engine: Engine) -> None:
    """Puts the texts into ``engine``."""
    engine.ensure_schema()
    engine.write([Operation(each.key, 1, index_row(each, compounds()), each.updated) for each in documents()])


class _NoSpeller(Speller):
    """Other spellings have tests of their own; here everything is spelled as it should be."""

    def of(self, word: str) -> list[tuple[str, str]]:
        return []


def ask(engine: Engine, text: str, language: str = "", reader: str = "") -> tuple[SearchResponse, bool]:
    """What an anonymous visitor is shown who types ``text`` and chose ``language`` (empty for none): everything that
    ``engine`` finds, or, where that is nothing, what has some of the words; and whether it came to that.

    ``reader`` is the language of the site that is read, whose texts are lifted; empty for none.
    """
    filters = {"language": frozenset({language})} if language else {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry._registry, "terms", {"judged": terms})
        query = bridge.expanded(parse(text), Visitor())
    wanted = plan(query, searched())
    found = _search(engine, wanted, filters, reader)
    if found.total:
        return found, False
    less = steps(Parameters(q=text, filters=filters), query, wanted, _NoSpeller(lambda word: False), compounds())
    searches = (_search(engine, step.wanted, filters, reader) for step in less if step.how != How.OTHER_LANGUAGES)
    return next((each for each in searches if each.total), found), True


def _search(engine: Engine, wanted: Plan, filters: Mapping[str, frozenset[str]], reader: str) -> SearchResponse:
    return engine.search(SearchRequest(wanted, frozenset({"public"}), filters, size=EVERYTHING, locale=reader))


def answers(engine: Engine) -> list[Answer]:
    """What ``engine`` finds for all that is judged."""
    return [Answer(query, *ask(engine, query.text, query.language)) for query in queries()]


MEASURES: dict[str, Callable[[Answer], float]] = {
    "nDCG@10": lambda answer: answer.ndcg,
    "MRR": lambda answer: answer.reciprocal_rank,
    "recall@50": lambda answer: answer.recall,
    "as asked": lambda answer: not answer.less,
}


def half(found: Iterable[Answer], language: str, *, tuning: bool) -> list[Answer]:
    """The answers of ``found`` in ``language``, of one half."""
    return [each for each in found if each.query.language == language and each.query.tuning == tuning]


def table(name: str, found: list[Answer]) -> str:
    """The measures of an engine, for people; ``as asked`` is the share of queries that something has all words of."""
    lines = [f"\n{name:<14} {'queries':>8}" + "".join(f"{measure:>11}" for measure in MEASURES)]
    for language in LANGUAGES:
        for tuning in (True, False):
            several = half(found, language, tuning=tuning)
            means = "".join(f"{fmean(map(measure, several)):>11.3f}" for measure in MEASURES.values())
            lines.append(f"{language} {'tuning' if tuning else 'test':<11} {len(several):>8}{means}")
    return "\n".join(lines) + "\n"
