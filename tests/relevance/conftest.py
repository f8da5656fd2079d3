from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import cache

import pytest
from django.conf import settings
from django.test import override_settings

from search import bridge
from search.engines import get_engine
from tests import servers
from tests.relevance.runs import answers, fill, table

ENGINES = ("fts5", "elasticsearch")


@pytest.fixture(scope="package")
def engine_of(tmp_path_factory):
    """``engine_of(name)``: the engine with all texts in it, filled once."""
    with ExitStack() as stack:

        @cache
        def filled(name):
            chosen = {"SEARCH_URL": "", "SEARCH_DIR": tmp_path_factory.mktemp("relevance")}
            if name == "elasticsearch":
                address = servers.url("TEST_SEARCH_URL", "Elasticsearch")
                prefix = stack.enter_context(servers.index_prefix(address))
                chosen = {"SEARCH_URL": address, "SEARCH_INDEX_PREFIX": prefix, "SEARCH_DIR": settings.SEARCH_DIR}
            with override_settings(**chosen):
                engine = get_engine()
            assert engine.name == name
            fill(engine)
            return engine

        yield filled


@pytest.fixture(scope="package")
def answers_of(engine_of):
    """``answers_of(name)``: what that engine finds for all that is judged; asked once. ``pytest -s`` prints the table."""

    @cache
    def asked(name):
        bridge.forget()
        found = answers(engine_of(name))
        sys.stdout.write(table(name, found))
        return found

    return asked
