"""The right texts come first, in every language and from both engines, and a change that makes it worse fails.

The thresholds hold for the half of the queries that nobody looks at while tuning. How judging works and how to add to
it is in ``docs/explanation/relevance.md``.
"""

from __future__ import annotations

from collections import Counter
from statistics import fmean

import pytest

from tests.relevance.collection import LANGUAGES, bridges, documents, queries, read
from tests.relevance.conftest import ENGINES
from tests.relevance.runs import ask, half

LEAST_NDCG = 0.85
MOST_WORSE = 0.02
"""How far the order may fall below ``measured.toml``."""
LEAST_RECALL = 0.95
LEAST_BRIDGED = 0.9


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ENGINES)
def test_right_texts_come_first(answers_of, name, language):
    found = half(answers_of(name), language, tuning=False)
    order, recall = fmean(each.ndcg for each in found), fmean(each.recall for each in found)
    worst = {each.query.text: round(each.ndcg, 2) for each in found if each.ndcg < LEAST_NDCG}
    least = max(LEAST_NDCG, read("measured.toml")[name][language] - MOST_WORSE)
    assert order >= least and recall >= LEAST_RECALL, (order, recall, worst)


def test_both_engines_find_and_count_the_same(answers_of):
    one, other = (
        {
            each.query: (
                each.response.total,
                {hit.key for hit in each.response.hits},
                {facet: {(v.value, v.count) for v in values} for facet, values in each.response.facets.items()},
            )
            for each in answers_of(name)
        }
        for name in ENGINES
    )
    assert [(query.language, query.text) for query in one if one[query] != other[query]] == []
    assert all(total == len(keys) == sum(n for _, n in facets["kind"]) for total, keys, facets in one.values())


def first(response, language):
    """The five best hits in ``language``."""
    return [hit.key for hit in response.hits if hit.key.endswith(f"/{language}")][:5]


@pytest.mark.parametrize("name", ENGINES)
def test_a_name_finds_the_same_thing_in_every_other_language(engine_of, name):
    missed = {}
    for text, language, key in bridges():
        response, _less = ask(engine_of(name), text)
        lacking = [code for code in LANGUAGES if code != language and f"{key}/{code}" not in first(response, code)]
        if lacking:
            missed[text] = lacking
    assert 1 - len(missed) / len(list(bridges())) >= LEAST_BRIDGED, missed


def test_what_is_judged_is_enough_and_is_there():
    keys = {each.key for each in documents()}
    asked = Counter((query.language, query.tuning) for query in queries())
    assert len(keys) >= 300 and len(list(bridges())) >= 50
    assert all(asked[language, tuning] >= 30 for language in LANGUAGES for tuning in (True, False))
    assert all(query.grades.keys() <= keys and max(query.grades.values()) >= 2 for query in queries())
    assert all(set(query.grades.values()) <= {1, 2, 3} for query in queries())
    assert len({(query.language, query.text.casefold()) for query in queries()}) == len(queries())
