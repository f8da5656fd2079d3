from __future__ import annotations

import pytest
from django.test import override_settings

from search.engines import get_engine
from search.maintenance import all_keys
from search.outbox import drain, touch
from tests import servers
from tests.kept import kept
from tests.security.search import shelf as shelves


@pytest.fixture(scope="package")
def shelf(django_db_setup, django_db_blocker, tmp_path_factory):
    """What there is, made once, in an embedded index. Its tests are ``shared_search`` and change none of it."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("shelf")), override_settings(SEARCH_URL=""):
        made = shelves.build()
        drain()
        yield made


@pytest.fixture(scope="package")
def on_server(shelf, elasticsearch_url):
    """The prefix of the same on Elasticsearch."""
    with (
        servers.index_prefix(elasticsearch_url) as prefix,
        override_settings(SEARCH_URL=elasticsearch_url, SEARCH_INDEX_PREFIX=prefix),
    ):
        get_engine().ensure_schema()
        touch(all_keys())
        drain()
        yield prefix


@pytest.fixture(params=["fts5", "elasticsearch"])
def engine(request, settings, shelf):
    """Each engine in turn."""
    settings.SEARCH_URL = ""
    if request.param == "elasticsearch":
        settings.SEARCH_INDEX_PREFIX = request.getfixturevalue("on_server")
        settings.SEARCH_URL = request.getfixturevalue("elasticsearch_url")
    return get_engine()
