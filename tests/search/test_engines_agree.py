"""Both engines find and count exactly what the rule says, whatever is asked: queries made at random, with filters.

A few dozen in each run, two thousand in a deep one (SEARCH_QUERIES). SEARCH_SEED asks others.
"""

from __future__ import annotations

from random import Random

import pytest

from search import facet_values, registry
from search.analysis.compounds import Compounds, vocabulary
from search.engines.base import Operation, Sort
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch_server import Server
from search.engines.fts5 import Fts5Engine
from search.indexing import index_row
from tests import depth, servers
from tests.search import fakes, library

QUERIES = depth.number("SEARCH_QUERIES", usual=60, deep=2000)
SEED = depth.number("SEARCH_SEED", usual=1, deep=1)
THINGS = 300
pytestmark = pytest.mark.timeout(max(300, QUERIES))


@pytest.fixture(scope="module")
def rows():
    """Three hundred things as engines store them, by key; their vocabulary is registered."""
    with pytest.MonkeyPatch.context() as patch:
        content = fakes.install(patch)
        made = [content.add(title, **fields) for title, fields in library.things(Random(7), THINGS)]
        for facet, names in library.NAMES.items():
            facet_values.register_names(facet, lambda _visitor, names=names: names.items())
        registry.register_terms("terms", library.terms)
        compounds = Compounds(vocabulary((thing.locale, f"{thing.title} {thing.body}") for thing in made))
        yield {thing.key: index_row(content.sources[thing.kind].document(thing.key), compounds) for thing in made}


def filled(engine, rows):
    engine.ensure_schema()
    results = engine.write([Operation(key, 1, row, row.updated) for key, row in rows.items()])
    assert {result.outcome for result in results} == {"written"}
    return engine


@pytest.fixture(scope="module")
def embedded(rows, tmp_path_factory):
    return filled(Fts5Engine(tmp_path_factory.mktemp("library")), rows)


@pytest.fixture(scope="module")
def server(rows, elasticsearch_url):
    with servers.index_prefix(elasticsearch_url) as prefix:
        yield filled(ElasticsearchEngine(Server(elasticsearch_url, prefix)), rows)


@pytest.mark.parametrize("name", ["embedded", "server"])
def test_sets_totals_and_facets_are_what_the_rule_says(request, rows, name):
    engine, rng = request.getfixturevalue(name), Random(SEED)
    wrong, found = [], 0
    for number in range(QUERIES):
        text = library.queries(rng) if number % 20 else ""
        asked = library.requests(rng, text, list(rows))
        due, answer = library.due(asked, rows), engine.search(asked)
        found += bool(due.keys)
        said = {
            "total": (answer.total, len(due.keys)),
            "keys": ({hit.key for hit in answer.hits}, due.keys),
            **{facet: ({v.value: v.count for v in answer.facets[facet]}, due.facets[facet]) for facet in due.facets},
            "order": _order(answer, asked, rows),
        }
        wrong += [(text, asked.filters, what, *pair) for what, pair in said.items() if pair[0] != pair[1]]
    assert wrong[:5] == [], f"{len(wrong)} differences"
    assert found > QUERIES / 2, "or they could not differ"


def _order(answer, asked, rows):
    """The order by date, as it is and as it should be; by relevance each engine has its own."""
    keys = [hit.key for hit in answer.hits]
    if asked.sort == Sort.RELEVANCE:
        return keys, keys
    sign = -1 if asked.sort == Sort.NEWEST else 1
    return keys, sorted(keys, key=lambda key: (sign * rows[key].published.timestamp(), key))
