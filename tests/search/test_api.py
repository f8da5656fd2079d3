"""The public API, in the shape that others rely on."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate as validate_description

from access.models import User
from search.engines import get_engine
from search.exceptions import EngineUnavailableError
from tests.search.described import validate
from tests.search.fakes import FakeFile

pytestmark = pytest.mark.django_db

PAGES = [("en", "nothing"), ("en", "along the same chain of command by which orders come")]


def conforms(client, path, name):
    """The answer of ``path``, checked against the published description."""
    response = client.get(path)
    assert response.status_code == 200
    validate(name, response.json())
    return response.json()


def test_the_answer_is_that_of_the_contract(client, publish, everywhere):
    file = FakeFile(PAGES)
    thing = publish("Annual report", summary="On orders.", files=(file,), topics=("t",))
    found = conforms(client, "/api/v1/search?q=chain+of+command&lang=en", "SearchAnswer")
    took = found.pop("took_ms")
    assert took >= 0 and found == {
        "query": "chain of command",
        "language": "en",
        "total": 1,
        "total_relation": "eq",
        "page": 1,
        "pages": 1,
        "engine": everywhere,
        "reduced": False,
        "suggestion": None,
        "expanded": [],
        "notices": [],
        "instead": None,
        "promoted": None,
        "results": [
            {
                "key": thing.key,
                "kind": "publication",
                "language": "en",
                "title": "Annual report",
                "url": f"/en/things/{thing.translation_key}/",
                "summary": "On orders.",
                "date": "2024-06-01",
                "snippets": [
                    {
                        "html": "along the same <mark>chain of command</mark> by which orders come",
                        "source": "file",
                        "language": "en",
                        "document": file.series,
                        "version": 1,
                        "page": 2,
                        "url": f"/d/{file.series}/v1/p/2/?q=chain of command",
                    }
                ],
            }
        ],
        "facets": {
            "kind": [{"value": "publication", "label": "Publications", "count": 1, "selected": False}],
            "topic": [],
            "place": [],
            "language": [{"value": "en", "label": "English", "count": 1, "selected": False}],
            "year": [{"value": "2024", "label": "2024", "count": 1, "selected": False}],
            "publication_kind": [],
        },
    }


def test_export_is_that_of_the_description(client, publish, everywhere):
    publish("Annual report", summary="On orders.")
    found = conforms(client, "/api/v1/export?q=report&lang=en", "Export")
    assert (found["total"], found["next"], found["results"][0]["title"]) == (1, None, "Annual report")
    assert found["results"][0]["url"].startswith("http")


def test_filters_are_marked_and_counted(client, publish, everywhere):
    publish("Report")
    publish("Report of a case", kind="case")
    found = conforms(client, "/api/v1/search?q=report&kind=case&year=2020..2030", "SearchAnswer")
    assert found["total"] == 1
    assert [(f["value"], f["count"], f["selected"]) for f in found["facets"]["kind"]] == [
        ("case", 1, True),
        ("publication", 1, False),
    ]


def test_thing_without_words_of_its_own_has_no_snippet(client, publish):
    publish("Report")
    assert conforms(client, "/api/v1/search?q=report", "SearchAnswer")["results"][0]["snippets"] == []


def test_summary_is_the_snippet_where_only_the_title_has_the_words(client, publish):
    publish("Report", summary="Other < things")
    (result,) = conforms(client, "/api/v1/search?q=report", "SearchAnswer")["results"]
    assert result["snippets"] == [{"html": "Other &lt; things", "source": "summary", "language": "en"}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page=0", "page"),
        ("page=101", "page"),
        ("page=x", "page"),
        ("page=١", "page"),
        ("sort=best", "sort"),
        ("kind=nothing", "kind"),
        ("topic=12", "topic"),
        ("place=Berlin", "place"),
        ("publication_kind=x", "publication_kind"),
        ("language=english", "language"),
        ("year=20", "year"),
        ("year=2022..2020", "year"),
        ("year=0999", "year"),
        ("from=20", "from"),
        ("from=2022&to=2020", "to"),
        ("lang=xx", "lang"),
        ("limit=5", "limit"),
        ("&".join(["kind=case"] * 51), "kind"),
    ],
)
def test_a_wrong_parameter_is_named(client, content, query, parameter):
    response = client.get(f"/api/v1/search?q=x&{query}")
    error = response.json()["error"]
    assert response.status_code == 400 and error["parameter"] == parameter
    assert error["code"] in {"invalid_value", "invalid_page", "unknown_parameter", "too_many_values"}
    assert error["message"].endswith(".")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=350))
def test_any_text_answers_200(client, content, text):
    assert client.get("/api/v1/search", {"q": text.encode("utf-8", "replace")}).status_code == 200
    assert client.get("/api/v1/suggest", {"q": text.encode("utf-8", "replace")}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/suggest", "/api/v1/schema"])
def test_only_get_and_head(client, content, path):
    for method in ("post", "put", "delete", "patch"):
        response = getattr(client, method)(path)
        assert response.status_code == 405 and response["Allow"] == "GET, HEAD"
    assert client.head(path).status_code == 200


def test_engine_down_is_503_with_a_time_to_come_back(client, content, monkeypatch):
    def down(*args):
        raise EngineUnavailableError("http://user:secret@host")

    monkeypatch.setattr(type(get_engine()), "search", down)
    monkeypatch.setattr(type(get_engine()), "autocomplete", down)
    for path in ("/api/v1/search?q=x", "/api/v1/suggest?q=xy"):
        response = client.get(path)
        assert response.status_code == 503 and response["Retry-After"] == "15"
        assert response.json()["error"]["code"] == "search_unavailable" and "secret" not in response.content.decode()


def test_server_that_is_not_there_is_503_and_quick(client, content, settings):
    settings.SEARCH_URL = "http://127.0.0.1:9"
    assert client.get("/api/v1/search?q=x").status_code == 503
    assert get_engine().health().ok is False


def test_visitors_see_what_they_may(client, publish, everywhere):
    publish("Report public")
    publish("Report members", acl=frozenset({"login"}))
    user = User.objects.create_user("member")

    def seen():
        found = client.get("/api/v1/search?q=report").json()
        return found["total"], {result["title"] for result in found["results"]}, found["facets"]["kind"][0]["count"]

    assert seen() == (1, {"Report public"}, 1)
    client.force_login(user)
    assert seen() == (2, {"Report public", "Report members"}, 2)
    assert client.get("/api/v1/search?q=report")["Cache-Control"] == "private, no-store"


def test_what_is_in_the_language_of_the_answer_comes_first(client, publish, everywhere):
    for language in ("en", "fr"):
        publish(f"Detention {language}", locale=language)
    for language in ("en", "fr"):
        found = conforms(client, f"/api/v1/search?q=detention&lang={language}", "SearchAnswer")["results"]
        assert found[0]["language"] == language and len(found) == 2


class TestSuggest:
    def test_titles_that_the_visitor_may_see(self, client, publish, everywhere):
        publish("Universal jurisdiction", kind="term")
        publish("Universal secrets", acl=frozenset({"login"}))
        stale = publish("Universal stale")
        stale.acl = frozenset({"login"})  # the index still says public
        found = conforms(client, "/api/v1/suggest?q=univ&lang=en", "Suggestions")
        assert [each["text"] for each in found["suggestions"]] == ["Universal jurisdiction"]
        assert found["suggestions"][0]["kind"] == "term"

    def test_short_and_empty_texts_suggest_nothing(self, client, publish):
        publish("Universal jurisdiction")
        for text in ("", "u", "!", "u u"):
            assert client.get("/api/v1/suggest", {"q": text}).json()["suggestions"] == []

    def test_one_title_once_and_at_most_eight(self, client, publish):
        for number in range(12):
            publish(f"Report {number}")
        publish("Report 1")
        texts = [each["text"] for each in client.get("/api/v1/suggest?q=rep").json()["suggestions"]]
        assert len(texts) == len(set(texts)) == 8

    def test_unknown_parameters_are_named(self, client, content):
        assert client.get("/api/v1/suggest?q=x&kind=case").json()["error"]["parameter"] == "kind"


def test_description_is_valid_openapi(client, content):
    found = client.get("/api/v1/schema").json()
    validate_description(found)
    assert found["openapi"].startswith("3.1") and set(found["paths"]) == {
        "/api/v1/search",
        "/api/v1/export",
        "/api/v1/suggest",
        "/api/v1/schema",
    }


def test_no_primary_key_and_no_cookie(client, publish):
    publish("Report", files=(FakeFile(PAGES),))
    response = client.get("/api/v1/search?q=report")
    assert not response.cookies and not re.search(r'"(id|pk)":', response.content.decode())
