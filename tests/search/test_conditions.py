"""Who has an answer already gets 304, and learns from an ETag nothing that the answer doesn't show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from access.models import User
from search import exports, views
from search.models import SearchOutbox

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/api/v1/search?q=report&lang=en",
    "/api/v1/suggest?q=rep&lang=en",
    "/api/v1/export?q=report&lang=en",
    "/api/v1/export?q=report&lang=en&format=csv",
    "/api/v1/schema",
]
HIDDEN = frozenset({"login"})


@pytest.fixture(params=ADDRESSES)
def address(request):
    return request.param


def test_an_unchanged_answer_is_not_sent_again(client, publish, address, monkeypatch):
    publish("Report")
    monkeypatch.setattr(views, "answer", timed(views.answer, iter(range(9))))
    first = client.get(address)
    assert first["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again["ETag"] == first["ETag"] and not again.content
    head = client.head(address, headers={"If-None-Match": f'"other", {first["ETag"]}'})
    assert head.status_code == 304


def timed(answer, times):
    """``answer``, which takes another time at each call."""
    return lambda *args: replace(answer(*args), took_ms=next(times))


def test_what_is_hidden_changes_no_etag_and_what_is_shown_does(client, content, publish, address, everywhere):
    publish("Report")
    etag = client.get(address)["ETag"]
    hidden = publish("Report hidden", acl=HIDDEN)
    assert client.get(address)["ETag"] == etag
    content.remove(hidden)
    assert client.get(address)["ETag"] == etag
    publish("Report two")
    assert (client.get(address)["ETag"] == etag) is (address == "/api/v1/schema")


def test_a_session_gets_no_etag_and_no_304(client, publish, address):
    publish("Report")
    etag = client.get(address)["ETag"]
    client.force_login(User.objects.create_user("member"))
    response = client.get(address, headers={"If-None-Match": etag})
    assert response.status_code == 200 and "ETag" not in response and response["Cache-Control"] == "private, no-store"


def test_what_a_member_sees_is_no_condition_that_a_stranger_could_guess(client, publish):
    """The tag of the answer that would show it is known to who can guess its title: it must be answered as any other."""
    address = "/api/v1/export?q=hidden&lang=en"
    thing = publish("Report hidden")
    shown = client.get(address)["ETag"]
    thing.acl = HIDDEN  # the index still says public
    guessed = client.get(address, headers={"If-None-Match": shown})
    assert guessed.status_code == 200 and guessed.json()["total"] == 0
    SearchOutbox.objects.all().delete()
    nothing = client.get("/api/v1/export?q=zzzz&lang=en")
    assert nothing["ETag"] == guessed["ETag"], "nothing is nothing, whatever was asked"


@pytest.mark.parametrize("guess", ["*", "W/*", '"', "", "x" * 6000, 'W/"\u00e9"', '"a\r\nX-Evil: 1"', 'W/"0", "1",,'])
def test_guesses_tell_hidden_and_missing_apart_by_nothing(client, publish, guess):
    publish("Secret report", acl=HIDDEN)
    hidden, missing = (
        client.get(f"/api/v1/export?q={word}&lang=en", headers={"If-None-Match": guess})
        for word in ("secret", "zzzzzz")
    )
    assert hidden.status_code == missing.status_code == (304 if guess == "*" else 200)
    assert hidden.content == missing.content and hidden["ETag"] == missing["ETag"] and "X-Evil" not in hidden


def test_a_table_that_goes_on_since_is_another(client, publish, monkeypatch):
    """The rows are the same, and where they go on stands in a header alone."""
    monkeypatch.setattr(exports, "EXPORT_SIZE", 1)
    address = "/api/v1/export?q=report&lang=en&format=csv"
    publish("Report")
    first = client.get(address)
    publish("Report of old", published=datetime(2001, 1, 1, tzinfo=UTC))
    second = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200 and second.content == first.content and "Link" in second


@pytest.mark.parametrize("name", ["q", "cursor", "lang", "format", "x"])
def test_no_parameter_writes_a_header(client, publish, name):
    publish("Report")
    response = client.get(
        "/api/v1/export", {name: 'x\r\nX-Evil: 1>; rel="next"', "lang": "en"} if name != "lang" else {}
    )
    assert "X-Evil" not in response and "\n" not in "".join(response.headers.values())
