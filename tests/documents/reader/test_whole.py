"""The text of all pages as one file: whole, safe, true to its origin, made while it is sent."""

import base64
import hashlib
import re
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import DocumentPageText
from documents.reader.whole import BATCH, whole_text
from documents.serving import answer_made
from tests.documents import making
from tests.documents.making import ARABIC, FILLER

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(client):
    def get(document, **headers):
        response = client.get(f"/d/{document.series}/v1/text.html", headers=headers)
        return response, b"".join(response.streaming_content).decode() if response.streaming else ""

    return get


def test_file_has_all_pages_and_says_where_it_is_from(paged, save):
    document = paged(("en", f"{FILLER}\n\nThe heron."), ("ar", ARABIC), ("", ""), title="Chain <of> command")
    response, content = save(document)
    assert response.headers["Content-Disposition"] == 'attachment; filename="Chain-of-command-en-v1.html"'
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "<title>Chain &lt;of&gt; command</title>" in content
    assert f"http://testserver/d/{document.series}/v1/" in content
    assert document.sha256 in content
    assert "Version 1 of " in content
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", content) == ["Page 1", "Page 2", "Page 3"]
    assert re.findall(r"<div ([^>]*)>", content) == ['lang="en" dir="ltr"', 'lang="ar" dir="rtl"']
    assert "<p>The heron.</p>" in content
    assert "This page holds no text" in content


def test_file_runs_nothing_and_asks_no_host_for_anything(paged, save):
    document = paged(("en", '<script>alert(1)</script> <img src="https://evil.example/x.png"> & "quotes"'))
    response, content = save(document)
    assert re.findall(r"<(?:script|img|link|iframe|object|video|form|base)\b", content) == []
    assert re.findall(r'\s(?:src|style|on[a-z]+)="', content) == []
    assert "url(" not in content
    style = base64.b64encode(hashlib.sha256(re.search("<style>(.*?)</style>", content)[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'"
    assert response.headers["Content-Security-Policy"] == f"{policy}; sandbox"
    assert policy in content.replace("&#x27;", "'")


def test_interface_language_is_the_readers(paged, save):
    document = paged(("en", FILLER))
    response, content = save(document, accept_language="ar")
    assert '<html lang="ar" dir="rtl">' in content
    assert '<div lang="en" dir="ltr">' in content
    assert "Accept-Language" in response.headers["Vary"]
    assert response.headers["ETag"] != save(document)[0].headers["ETag"]


def test_conditions_are_answered_without_making_anything(paged, client):
    document = paged(*[("en", FILLER)] * 3)
    address = f"/d/{document.series}/v1/text.html"
    etag = client.get(address).headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304
        assert client.get(address, HTTP_IF_MATCH='"other"').status_code == 412
        assert client.head(address, HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert not any('"text" ' in query["sql"] and "LIMIT 20" in query["sql"] for query in queries)


def test_head_goes_through_no_text(paged, client):
    document = paged(*[("en", FILLER)] * 3)
    with CaptureQueriesContext(connection) as queries:
        response = client.head(f"/d/{document.series}/v1/text.html")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "ETag" not in response.headers
    texts = [query["sql"] for query in queries if "documents_documentpagetext" in query["sql"]]
    assert texts and not any('"text"' in sql for sql in texts)
    assert client.head(f"/d/{paged(mime='audio/mpeg').series}/v1/text.html").status_code == 404


def test_head_makes_nothing(paged, rf):
    made = whole_text(paged(("en", FILLER)), "https://example.org/")
    response = answer_made(rf.head("/"), made, private=False)
    assert response.headers["ETag"] == f'"{made.etag}"'
    assert list(response.streaming_content) == []


def test_new_text_makes_old_copies_stale(paged, client):
    document = paged(("en", FILLER), ("", ""))
    address = f"/d/{document.series}/v1/text.html"
    etag = client.get(address).headers["ETag"]
    DocumentPageText.objects.filter(number=2).update(text="Recognised.", source="ocr")
    response = client.get(address, HTTP_IF_NONE_MATCH=etag)
    assert response.status_code == 200
    assert b"Recognised." in b"".join(response.streaming_content)


def test_range_is_not_given(paged, client):
    response = client.get(f"/d/{paged(('en', FILLER)).series}/v1/text.html", HTTP_RANGE="bytes=0-9")
    assert response.status_code == 200
    assert "Accept-Ranges" not in response.headers


def test_lines_of_a_table_stay_lines(paged, save):
    document = paged(("en", "Name,Rank\nA,Major"), mime="text/csv")
    assert "Name,Rank<br>A,Major" in save(document)[1]
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", save(document)[1]) == ["Part 1"]


def test_document_without_pages_has_no_text_to_save(paged, client):
    document = paged(mime="audio/mpeg")
    assert client.get(f"/d/{document.series}/v1/text.html").status_code == 404


def test_thousand_pages_take_the_memory_of_a_few(paged):
    document = paged(*[("en", f"{making.FILLER} " * 60)] * 1000)
    pages = whole_text(document, "https://example.org/")
    for _ in range(3):  # templates and tables of the first parts are kept for good
        next(pages.chunks)
    tracemalloc.start()
    sent, count = 0, 0
    for chunk in pages.chunks:
        sent, count = sent + len(chunk), count + 1
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 9_000_000
    assert count == 1000 // BATCH - 1
    assert most < sent / 4


def test_other_language_does_not_stay_switched_on(paged, client):
    from django.utils.translation import get_language, override

    with override("ar"):
        made = whole_text(paged(("en", FILLER)), "https://example.org/")
    with override("de"):
        first = next(made.chunks)
        assert get_language() == "de"
    assert b'lang="ar" dir="rtl"' in first
