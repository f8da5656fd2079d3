from __future__ import annotations

import pytest

from access.visitor import Visitor
from search.analysis.compounds import WHOLE
from search.engines import get_engine
from search.engines.base import Operation, SearchRequest
from search.fields import settled
from search.indexing import index_row
from search.languages import searched
from search.matching import plan
from search.outbox import drain, touch
from search.query import parse
from tests.search import fakes
from tests.search.described import DescribedClient


@pytest.fixture
def client():
    """Every answer of the API is held against its description."""
    return DescribedClient()


@pytest.fixture
def content(monkeypatch):
    return fakes.install(monkeypatch)


@pytest.fixture(params=["fts5", "elasticsearch"])
def engine(request, settings):
    """Each engine in turn, with an empty index."""
    if request.param == "elasticsearch":
        request.getfixturevalue("elasticsearch_settings")
    else:
        settings.SEARCH_URL = ""
    engine = get_engine()
    assert engine.name == request.param
    engine.ensure_schema()
    return engine


class Index:
    """Puts fake things straight into an engine and asks it."""

    def __init__(self, engine, content):
        self.engine, self.content, self.version = engine, content, 0
        self.compounds = WHOLE

    def put(self, *things):
        self.version += 1
        operations = []
        for thing in things:
            document = self.content.sources[thing.kind].document(thing.key)
            operations.append(Operation(thing.key, self.version, index_row(document, self.compounds), document.updated))
        return self.engine.write(operations)

    def add(self, title, **fields):
        thing = self.content.add(title, **fields)
        self.put(thing)
        return thing

    def search(self, text="", tokens=frozenset({"public"}), **options):
        query = parse(text)
        wanted, _unknown = settled(plan(query, searched()), Visitor())
        return self.engine.search(SearchRequest(plan=wanted, tokens=tokens, match_all=query.is_blank, **options))

    def titles(self, text="", **options):
        by_key = {key: thing.title for s in self.content.sources.values() for key, thing in s.things.items()}
        return [by_key[hit.key] for hit in self.search(text, **options).hits]


@pytest.fixture
def index(content, engine):
    return Index(engine, content)


@pytest.fixture
def publish(content):
    """``publish("title", …)`` makes a thing and lets it through the outbox, as a page does."""

    def make(title, **fields):
        thing = content.add(title, **fields)
        touch([thing.key])
        drain()  # a test's transaction never commits, so nothing drains by itself
        return thing

    return make
