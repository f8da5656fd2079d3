"""Pages of other sites may read what anybody may, and never what somebody may."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings

from access.models import User
from search import limits
from search.engines import get_engine
from search.exceptions import EngineUnavailableError, OverBudgetError

pytestmark = pytest.mark.django_db

ELSEWHERE = {"Origin": "https://elsewhere.example"}
ASKED = {**ELSEWHERE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
ADDRESSES = ["/api/v1/search?q=report", "/api/v1/suggest?q=rep", "/api/v1/export", "/api/v1/schema"]


def leave(response):
    """What the answer allows other sites: the headers of CORS."""
    return {name: value for name, value in response.items() if name.lower().startswith("access-control-")}


READABLE = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag, Link, Retry-After"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_anybody_gets_anybody_may_read(client, publish, address):
    publish("Report")
    response = client.get(address, headers=ELSEWHERE)
    assert response.status_code == 200 and leave(response) == READABLE
    unchanged = client.get(address, headers={**ELSEWHERE, "If-None-Match": response["ETag"]})
    assert unchanged.status_code == 304 and leave(unchanged) == READABLE


def test_errors_can_be_read_too(client, content, monkeypatch):
    def down(*args, **options):
        raise EngineUnavailableError("down")

    assert leave(client.get("/api/v1/search?sort=x", headers=ELSEWHERE)) == READABLE
    assert leave(client.post("/api/v1/search", headers=ELSEWHERE)) == READABLE
    monkeypatch.setattr(get_engine(), "search", down)
    unavailable = client.get("/api/v1/search?q=x", headers=ELSEWHERE)
    assert unavailable.status_code == 503 and leave(unavailable) == READABLE


def test_a_refusal_can_be_read_too(client, content, monkeypatch, settings):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(limits._limits, "wait", lambda network: 7)
    refused = client.get("/api/v1/search?q=x", headers=ELSEWHERE, REMOTE_ADDR="93.184.215.14")
    assert refused.status_code == 429 and refused["Retry-After"] == "7" and leave(refused) == READABLE
    assert OverBudgetError(7).seconds == 7


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_to_a_session_is_for_no_other_site(client, publish, address):
    publish("Report hidden", acl=frozenset({"login"}))
    client.force_login(User.objects.create_user("member"))
    response = client.get(address, headers=ELSEWHERE)
    assert response.status_code == 200 and leave(response) == {}
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_nor_is_one_to_anything_that_could_be_a_sign_in(client, content, address):
    assert leave(client.get(address, headers={**ELSEWHERE, "Authorization": "Bearer x"})) == {}
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "made-up"
    assert leave(client.get(address, headers=ELSEWHERE)) == {}
    assert leave(client.options(address, headers=ASKED)) == {}


def test_a_preflight_allows_reading_and_nothing_else(client, content):
    response = client.options("/api/v1/search", headers=ASKED)
    assert (
        response.status_code == 200
        and response.content == b""
        and leave(response)
        == {
            **READABLE,
            "access-control-allow-methods": "GET, HEAD",
            "access-control-allow-headers": "if-none-match",
            "access-control-max-age": "86400",
        }
    )
    for method in ("POST", "DELETE"):
        asked = client.options("/api/v1/search", headers={**ASKED, "Access-Control-Request-Method": method})
        assert asked["access-control-allow-methods"] == "GET, HEAD"
    assert client.options("/api/v1/search", headers=ELSEWHERE).status_code == 405


@pytest.mark.parametrize(
    "address",
    ["/en/", "/en/search/?q=x", "/feeds/en/search.atom?q=x", "/admin/login/", "/healthz", "/api/v10/search", "/api/v1"]
    + ["/en/api/v1/search", "//api/v1/search", "/d/00000000-0000-4000-8000-000000000000/", "/robots.txt"],
)
def test_nothing_but_the_api_is_read_by_other_sites(client, content, address):
    assert leave(client.get(address, headers=ELSEWHERE)) == {}
    assert leave(client.options(address, headers=ASKED)) == {}


@pytest.mark.parametrize("origin", ["null", "https://a.example\r\nX-Evil: 1", "x" * 5000, "http://[", "file://"])
def test_the_origin_is_never_repeated(client, content, origin):
    response = client.get("/api/v1/schema", headers={"Origin": origin})
    assert response.status_code == 200 and set(leave(response).values()) <= set(READABLE.values())
    assert "X-Evil" not in response


def test_the_session_does_not_travel_to_other_sites():
    assert django_settings.SESSION_COOKIE_SAMESITE == "Lax" and django_settings.SESSION_COOKIE_HTTPONLY
    assert not django_settings.CORS_ALLOW_CREDENTIALS
