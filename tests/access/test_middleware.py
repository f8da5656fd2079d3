"""The cache contract and the language rules, as seen from outside."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from access.middleware import CacheContractMiddleware
from access.models import User

pytestmark = pytest.mark.django_db


def answer(user=None, method="get", make=lambda: HttpResponse("text"), **headers) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/en/", **headers)
    request.user = user or AnonymousUser()
    return CacheContractMiddleware(lambda _request: make())(request)


def test_an_anonymous_page_revalidates_with_an_etag():
    response = answer()
    assert response["Cache-Control"] == "no-cache"
    assert response["ETag"]


def test_an_unchanged_page_answers_304():
    etag = answer()["ETag"]
    assert answer(headers={"if-none-match": etag}).status_code == 304


def test_a_signed_in_answer_is_never_stored():
    response = answer(user=User(username="x"))
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response


def test_a_view_that_set_its_own_rule_keeps_it():
    assert (
        answer(make=lambda: HttpResponse(headers={"Cache-Control": "private, no-store"}))["Cache-Control"]
        == "private, no-store"
    )


def test_a_post_gets_no_etag():
    assert "ETag" not in answer(method="post")


def test_a_404_gets_no_etag():
    response = answer(make=lambda: HttpResponse(status=404))
    assert response["Cache-Control"] == "no-cache"
    assert "ETag" not in response


@pytest.mark.parametrize("address", ["/d/00000000-0000-4000-8000-000000000000/", "/api/v1/nothing", "/feeds/nothing"])
def test_a_missing_machine_address_stays_404_and_is_not_redirected_to_a_language(client, address):
    assert client.get(address).status_code == 404


def test_the_admin_lets_browsers_send_their_origin_and_the_public_site_nothing(client):
    assert client.get("/admin/login/")["Referrer-Policy"] == "same-origin"
    assert client.get("/en/")["Referrer-Policy"] == "no-referrer"
