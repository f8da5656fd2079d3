"""The cache contract at every address: strangers revalidate, nothing that hangs on a session is stored."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.slow]


def test_strangers_revalidate_everything_and_304_has_no_body(client, library):
    for name, address in library.addresses.items():
        response = client.get(address)
        assert response.status_code == 200, name
        assert response["Cache-Control"] == "no-cache", name
        again = client.get(address, headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b""), name
        assert again["ETag"] == response["ETag"], name
        assert again["Cache-Control"] == "no-cache", name


def test_answers_to_a_session_are_never_stored(client, library):
    client.force_login(UserFactory(groups=["Readers"]))
    for name, address in library.addresses.items():
        response = client.get(address)
        assert response["Cache-Control"] == "private, no-store", name


def test_what_a_stranger_kept_is_not_confirmed_once_it_is_hidden(client, library):
    address = library.addresses["topic en"]
    kept = client.get(address)["ETag"]
    page = library.topics["en"][0]
    publish(page, summary="Another summary")
    assert client.get(address, headers={"if-none-match": kept}).status_code == 200
    kept = client.get(address)["ETag"]
    page.unpublish()
    assert client.get(address, headers={"if-none-match": kept}).status_code == 404


def test_missing_pages_have_no_etag(client, library):
    for address in ("/en/nothing/", "/d/00000000-0000-4000-8000-000000000000/", "/feeds/xx/publications.atom"):
        response = client.get(address)
        assert (response.status_code, response["Cache-Control"]) == (404, "no-cache"), address
        assert "ETag" not in response
