"""What an answer costs the database: as much with two thousand publications as with ten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import translation

from search.board import counting

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.slow]

MAX_QUERIES = 12
MAX_OF_A_SEARCH = 10
"""One that bridges names asks once more for each vocabulary, one that filters whether the visitor may know by what."""


def queries(client, address: str, **headers) -> list[str]:
    """The statements behind the answer to ``address``, without the savepoints of the test's own transaction."""
    counting.forget()  # whoever asks when the minute is over has them written
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, headers=headers)
        assert response.status_code in (200, 304), address
        if response.streaming:
            b"".join(response.streaming_content)
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("library", [10, 2000], indirect=True)
def test_no_address_costs_a_stranger_more_than_twelve_queries(client, library):
    counts = {}
    for name, address in library.addresses.items():
        client.get(address)  # sizes of pictures and the site's roots are kept in the cache
        counts[name] = len(queries(client, address))
    assert {name: count for name, count in counts.items() if count > MAX_QUERIES} == {}
    plain = {name for name in counts if name.startswith("search ") and not {"names", "facets"} & set(name.split())}
    searches = {name: counts[name] for name in plain}
    assert {name: count for name, count in searches.items() if count > MAX_OF_A_SEARCH} == {}


@pytest.mark.parametrize("library", [10], indirect=True)
def test_pictures_and_files_of_all_texts_of_a_page_take_two_queries(client, library):
    """Lead image, pictures in the text, a poster and a picture in a topic's text; files in two texts."""
    for name in ("case en", "publication ar"):
        client.get(library.addresses[name])
        asked = queries(client, library.addresses[name])
        assert len([sql for sql in asked if sql.startswith('SELECT "documents_image"."id"')]) == 1, name
        in_texts = [sql for sql in asked if '"documents_documentuse"."revision_id" IN' in sql]
        assert len(in_texts) == 1, name


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/en/",
        "/en/publications/some/",
        "/en/search/",
        "/api/v1/search",
        "/api/v1/suggest",
        "/feeds/en/publications.atom",
        "/sitemap.xml",
        "/sitemap-en.xml",
        "/d/00000000-0000-4000-8000-000000000000/",
        "/d/00000000-0000-4000-8000-000000000000/v1/p/1/",
        "/i/00000000-0000-4000-8000-000000000000/width-480/image.webp",
    ],
)
def test_readers_hold_no_lock_for_writing(address):
    """ATOMIC_REQUESTS would take SQLite's one lock for writing, and readers would wait for imports."""
    with translation.override("en"):
        assert resolve(address).func._non_atomic_requests == {"default"}


def test_editors_work_in_a_transaction():
    assert not getattr(resolve("/admin/pages/").func, "_non_atomic_requests", None)
