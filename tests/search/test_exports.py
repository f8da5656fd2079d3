"""Results to take along: the same as the visitor sees, part by part, and nothing that a spreadsheet would compute."""

from __future__ import annotations

import base64
import csv
import io
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from access.models import User
from search import exports
from search.outbox import touch

LARGE = base64.urlsafe_b64encode(b'[1%s,"a"]' % (b"0" * 320)).decode()
"""A place at a number that no float can hold."""
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def local(address):
    return address.partition("/api")[1] + address.partition("/api")[2]


def test_parts_follow_each_other_and_hold_everything_once(client, publish, monkeypatch):
    monkeypatch.setattr(exports, "EXPORT_SIZE", 3)
    for number in range(7):
        publish(f"Report {number}", published=datetime(2020 + number % 2, 5, 1, tzinfo=UTC))
    publish("Other")
    found, address = [], "/api/v1/export?q=title:report&lang=en"
    while address:
        answer = client.get(address).json()
        assert answer["total"] == 7 and len(answer["results"]) <= 3
        found += [each["title"] for each in answer["results"]]
        address = answer["next"] and local(answer["next"])
    assert sorted(found) == [f"Report {number}" for number in range(7)]
    table = client.get("/api/v1/export?q=title:report&lang=en&format=csv")
    assert len(rows(table)) == 3 and 'rel="next"' in table["Link"] and "format=csv" in table["Link"]


def test_the_next_part_of_many_years_and_a_range_can_be_asked_for(client, publish, monkeypatch):
    monkeypatch.setattr(exports, "EXPORT_SIZE", 1)
    for number in range(2):
        publish(f"Report {number}", published=datetime(2020, 5, 1, tzinfo=UTC))
    years = "&".join(f"year={year}" for year in range(1902, 2000, 2))
    answer = client.get(f"/api/v1/export?q=report&lang=en&from=2020&{years}").json()
    assert client.get(local(answer["next"])).status_code == 200
    refused = client.get(f"/api/v1/export?q=report&lang=en&from=2020&{years}&year=1900")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "too_many_values"), "its next part would be"
    page = client.get(f"/en/search/?q=report&from=2020&{years}&year=1900")
    carried = page.content.count(b'<input type="hidden" name="year"')
    assert carried and carried % 50 == 0


def test_what_the_visitor_may_not_see_is_in_none(client, publish, settings):
    publish("Report open")
    publish("Report hidden", acl=frozenset({"login"}))
    settings.SEARCH_DRAIN_INLINE = False
    stale = publish("Report stale")
    waiting = publish("Report waiting")
    stale.acl = waiting.acl = frozenset({"login"})  # the index still says public
    touch([waiting.key])
    for form in ("csv", "json"):
        response = client.get(f"/api/v1/export?q=report&lang=en&format={form}")
        assert b"Report open" in response.content
        for word in (b"hidden", b"stale", b"waiting"):
            assert word not in response.content
    assert client.get("/api/v1/export?q=report&lang=en").json()["total"] == 1
    client.force_login(User.objects.create_user("member"))
    assert client.get("/api/v1/export?q=report&lang=en").json()["total"] == 4


def test_what_lies_on_other_parts_is_counted_for_the_visitor_alone(client, publish, monkeypatch):
    monkeypatch.setattr(exports, "EXPORT_SIZE", 1)
    publish("Report open", published=datetime(2024, 5, 1, tzinfo=UTC))
    for year in (2019, 2020):
        publish("Report hidden", acl=frozenset({"login"}), published=datetime(year, 5, 1, tzinfo=UTC))
    answer = client.get("/api/v1/export?q=report&lang=en").json()
    assert (answer["total"], answer["next"]) == (1, None)


def test_a_place_tells_of_nothing_hidden(client, publish, settings, monkeypatch):
    """Not where the last thing of a part was hidden meanwhile, nor where all of a part were."""
    settings.SEARCH_DRAIN_INLINE = False
    monkeypatch.setattr(exports, "EXPORT_SIZE", 2)
    years = {2026: True, 2025: False, 2024: False, 2023: False, 2022: True, 2021: True}
    things = {year: publish(f"Report {year}", published=datetime(year, 5, 1, tzinfo=UTC)) for year in years}
    for year, is_open in years.items():
        if not is_open:
            things[year].acl = frozenset({"login"})  # the index still says public
    seen, address = [], "/api/v1/export?q=report&lang=en"
    while address:
        answer = client.get(address).json()
        seen.append([each["title"] for each in answer["results"]])
        if address := answer["next"] and local(answer["next"]):
            place = base64.urlsafe_b64decode(answer["cursor"] + "==").decode()
            assert things[int(seen[-1][-1].split()[-1])].key in place
    assert seen == [["Report 2026"], ["Report 2022", "Report 2021"]]


def test_a_table_says_that_it_is_utf8_and_its_further_parts_can_be_joined(client, publish, monkeypatch):
    monkeypatch.setattr(exports, "EXPORT_SIZE", 1)
    for number in range(2):
        publish(f"Häftlinge {number}")
    first = client.get("/api/v1/export?q=title:h%C3%A4ftlinge&lang=en&format=csv")
    following = client.get(local(first["Link"].partition(">")[0]))
    assert first.content.startswith(b"\xef\xbb\xbfkey,") and following.content.startswith(b"key,")
    assert "Häftlinge" in rows(first)[0]["title"] and "Häftlinge" in rows(following)[0]["title"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(client, publish, start):
    publish(f"{start}HYPERLINK(1)", summary=f'{start}2+"3"')
    (row,) = rows(client.get("/api/v1/export?q=hyperlink&lang=en&format=csv"))
    assert row["title"].startswith("'") and row["summary"].startswith("'")
    assert client.get("/api/v1/export?q=hyperlink&lang=en").json()["results"][0]["title"].startswith(start)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [("format=xls", "format"), ("sort=newest", "sort"), ("page=2", "page"), ("x=1", "x"), ("year=soon", "year")]
    + [
        (f"cursor={quote(each)}", "cursor")
        for each in ("x", "é", "bnVsbA", "WzFd", "WzFlOTk5LCAiYSJd", "W25hbiwgMV0", "WzEsICJcdWQ4MDAiXQ", LARGE)
    ],
)
def test_what_cannot_be_used_is_named(client, content, asked, parameter):
    response = client.get(f"/api/v1/export?{asked}")
    assert response.status_code == 400 and response.json()["error"]["parameter"] == parameter


def test_results_link_to_table_and_feed(client, publish):
    publish("Report")
    body = client.get("/en/search/?q=report&kind=publication&sort=newest").content.decode()
    assert 'href="/api/v1/export?q=report&amp;kind=publication&amp;lang=en&amp;format=csv"' in body
    assert 'href="/feeds/en/search.atom?q=report&amp;kind=publication"' in body
