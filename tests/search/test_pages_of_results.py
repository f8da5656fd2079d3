"""The result page."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from search import facet_values, parameters, registry
from search.engines.fts5 import Fts5Engine
from search.exceptions import EngineUnavailableError
from search.facet_values import Label
from search.models import SearchOutbox
from search.outbox import drain, touch
from search.parameters import _read, read_kindly
from tests.search.fakes import FakeFile

pytestmark = pytest.mark.django_db

PAGES = [("en", f"This is page number {n} about nothing.") for n in range(1, 61)]


def text_of(response):
    body = re.sub(r"<svg.*?</svg>|</?bdi[^>]*>", "", response.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def get(client):
    def fetch(query="", language="en", status=200):
        response = client.get(f"/{language}/search/{query}")
        assert response.status_code == status
        return response

    return fetch


@pytest.fixture
def report(publish):
    pages = list(PAGES)
    pages[36] = ("en", "Page of <b>witnesses</b>. Reports travel along the same chain of command by which orders come.")
    pages[40] = ("en", "The command of another chain.")
    return publish("Annual report", summary="On prisons.", files=(FakeFile(pages),))


def test_hit_in_a_file_names_its_page_and_opens_it(get, report):
    body = get("?q=chain+of+command").content.decode()
    assert "<mark>chain of command</mark>" in body
    assert f"/d/{report.files[0].series}/v1/p/37/?q=chain of command" in body
    assert "&lt;b&gt;witnesses&lt;/b&gt;" in body and "<b>witnesses" not in body
    assert "Found on page 37 41" in re.sub(r"Annual report, page ", "", text_of(get("?q=chain+of+command")))


def test_count_and_words_are_in_title_and_heading(get, publish):
    publish("Torture")
    text = text_of(get("?q=torture"))
    assert "\u2068torture\u2069: 1 result" in text and "1 result for “torture”" in text


@pytest.mark.parametrize(("language", "query"), [("en", "احتجاز (2)"), ("ar", "prison (2)")])
def test_what_was_typed_turns_nothing_around_that_stands_beside_it(get, language, query):
    body = get(f"?q={query}", language).content.decode()
    title, heading = (re.search(f"<{tag}.*?</{tag}>", body, flags=re.S)[0] for tag in ("title", "h1"))
    assert f"\u2068{query}\u2069" in title and f"<bdi>{query}</bdi>" in heading
    assert re.search(f'<input id="q"[^>]* value="{re.escape(query)}"[^>]* dir="auto"', body)


def test_nothing_that_is_typed_ends_the_isolation_of_the_title(get):
    title = re.search("<title>.*?</title>", get("?q=a\u2069b\u2067c").content.decode(), flags=re.S)[0]
    assert "\u2068abc\u2069" in title


def test_what_was_typed_is_escaped_everywhere(get, publish):
    publish("Script alert")
    body = get('?q="><script>alert(1)</script>&kind="><script>').content.decode()
    assert "<script>alert" not in body


@pytest.mark.parametrize(
    "query",
    [
        "?page=0",
        "?page=x",
        "?page=9999",
        "?sort=best",
        "?topic=1",
        "?kind=nothing",
        "?year=20x",
        "?from=abc&to=12345",
        "?from=2020&to=2010",
        "?from=3000",
        "?to=0999",
        "?language=%00",
        "?q=%00%ff",
        "?q=" + "%22" * 500,
        "?unknown=1",
        "?" + "&".join(f"year={1000 + n}" for n in range(80)),
    ],
)
def test_parameters_that_cannot_be_used_are_left_out(get, query):
    get(query)


def test_what_can_be_used_stays_beside_what_cannot():
    within = "00000000-0000-4000-8000-000000000001"
    data = QueryDict(f"q=x&within={within}&kind=publication&from=3000&to=2020&year=soon&sort=size&page=x")
    read = read_kindly(data, "en")
    assert (read.within, read.filters["kind"], read.years) == (within, {"publication"}, [(1000, 2020)])


def test_what_cannot_be_used_costs_one_look_for_each_parameter(monkeypatch):
    """One for each name that was sent, it was minutes of work for one request."""
    looks = []
    monkeypatch.setattr(parameters, "_read", lambda *args: looks.append(1) or _read(*args))
    data = QueryDict("from=3000&" + "&".join([f"a{n}" for n in range(400)] + ["year=1000..2999"] * 60))
    read_kindly(data, "en")
    assert len(looks) <= 3


def test_filters_are_checkboxes_and_chips_remove_them(get, publish):
    publish("Report on prison")
    publish("Case on prison", kind="case")
    body = get("?q=prison&kind=case&kind=publication").content.decode()
    assert len(re.findall(r'<input type="checkbox" name="kind" value="\w+" checked>', body)) == 2
    assert 'href="?q=prison&amp;kind=publication"' in body
    assert "2 results" in text_of(get("?q=prison&kind=case&kind=publication"))
    only = get("?q=prison&kind=case").content.decode()
    assert 'value="publication"' in only and "Report on prison" not in only


def test_years_are_bars_that_select_and_a_range(get, publish):
    for year in (2019, 2021, 2022):
        publish(f"Report {year}", published=datetime(year, 5, 1, tzinfo=UTC))
    body = get("?q=report").content.decode()
    assert 'href="?q=report&amp;year=2021"' in body and body.count('class="years"') == 1
    assert "2 results for" in text_of(get("?q=report&from=2021&to=2022"))
    assert "Years: 2021 to 2022" in text_of(get("?q=report&from=2021&to=2022"))
    assert 'value="2021"' in get("?q=report&year=2021..2022").content.decode()
    two = get("?q=report&year=2019&year=2022").content.decode()
    assert two.count('<input type="hidden" name="year"') >= 2
    assert "2 results" in text_of(get("?q=report&year=2019&year=2022"))


def test_years_in_several_runs_are_a_chip_and_a_value_for_each(get, publish):
    """One for each year made a page of twelve megabytes of a question for two ranges."""
    publish("Report")
    body = get("?q=report&from=2020&year=1194..1197&year=1300").content
    shown = body.decode()
    assert len(body) < 20_000
    assert "1194 to 1197" in shown and "2020 to 2999" in shown and "1194, " not in shown
    assert shown.count('<input type="hidden" name="year"') % 3 == 0
    assert 'href="?q=report&amp;year=1194..1197&amp;year=2020..2999"' in shown


def test_topic_without_a_name_for_this_visitor_is_not_shown(get, publish):
    seen, hidden = "6f1c0000-0000-4000-8000-000000000001", "6f1c0000-0000-4000-8000-000000000002"
    publish("Report", topics=(seen, hidden))
    assert seen not in get("?q=report").content.decode()
    facet_values.register_labels(["topic"], lambda _, language, __: {"topic": {seen: Label(f"Impunity in {language}")}})
    body = get("?q=report", "de").content.decode()
    assert "Impunity in de" in body and hidden not in body


def topic(number):
    return f"6f1c0000-0000-4000-8000-{number:012}"


@pytest.fixture
def topics(publish):
    """``topics({2: 1, …})`` publishes a report about each topic, and says of which it is a part (0: of none)."""

    def make(parents, **more):
        labels = {topic(n): Label(f"Topic {n}", topic(up) if up else "") for n, up in parents.items()}
        facet_values.register_labels(["topic"], lambda _, language, __: {"topic": labels})
        for number, up in parents.items():
            publish(f"Report {number}", topics=tuple(topic(n) for n in (number, up) if n), **more)

    return make


def facet(response, name="topic"):
    """The filters of a facet: (value, depth) of those that are shown, and of those that are folded."""
    body = response.content.decode()
    group = next(part for part in body.split("<fieldset")[1:] if f'name="{name}"' in part).partition("</fieldset>")[0]
    found, depth, folds = ([], []), 0, 0
    for tag, value in re.findall(r'<(/?ul|/?details|input)\b(?:[^>]* value="([^"]+)")?', group):
        depth += {"ul": 1, "/ul": -1}.get(tag, 0)
        folds += {"details": 1, "/details": -1}.get(tag, 0)
        if tag == "input":
            found[bool(folds)].append((value, depth))
    return found


def test_every_value_of_a_filter_can_be_reached(get, topics):
    topics(dict.fromkeys(range(1, 31), 0))
    response = get("?q=report")
    shown, folded = facet(response)
    assert (len(shown), len(folded)) == (12, 18) and {v for v, _ in shown + folded} == {topic(n) for n in range(1, 31)}
    assert "Show more (18) Show less of Topic" in text_of(response)


def test_few_values_are_not_folded(get, topics):
    topics(dict.fromkeys(range(1, 14), 0))  # a thirteenth takes no more room than "Show more"
    assert '<details class="more"' not in get("?q=report").content.decode()


def test_what_is_selected_is_shown_however_rare_and_what_it_is_a_part_of_with_it(get, topics):
    topics({1: 0, **dict.fromkeys(range(2, 8), 1), **dict.fromkeys(range(10, 40), 0), 50: 49, 49: 0})
    shown, folded = facet(get(f"?q=report&topic={topic(50)}&topic={topic(39)}"))
    assert {(topic(39), 1), (topic(49), 1), (topic(50), 2)} <= set(shown) and len(shown) + len(folded) == 39


def test_no_value_is_shown_without_what_it_is_a_part_of(get, publish):
    """Both are as frequent, and the part's identifier comes first: it stood at the root, its parent was cut."""
    labels = {topic(n): Label(f"Topic {n}", topic(13) if n == 12 else "") for n in range(1, 16)}
    facet_values.register_labels(["topic"], lambda _, language, __: {"topic": labels})
    for number in (*range(1, 12), 14, 15):
        publish("Report", topics=(topic(number),))
    publish("Report", topics=(topic(12), topic(13)))
    shown, folded = facet(get("?q=report"))
    assert len(shown) == 13 and {(topic(13), 1), (topic(12), 2)} <= set(shown)
    assert folded == [(topic(14), 1), (topic(15), 1)]


def test_parts_are_folded_below_what_they_are_a_part_of(get, topics):
    topics({1: 0, **dict.fromkeys(range(2, 20), 1)})
    response = get("?q=report")
    shown, folded = facet(response)
    assert shown[0] == (topic(1), 1) and {depth for _, depth in shown[1:] + folded} == {2}
    assert (len(shown), len(folded)) == (12, 7) and "Show more (7) Show less of Topic 1" in text_of(response)


def test_pages_of_results(get, publish):
    for number in range(23):
        publish(f"Report {number:02}")
    first, last = text_of(get("?q=report")), text_of(get("?q=report&page=3"))
    assert "Results 1 to 10 of 23" in first and "Results 21 to 23 of 23" in last
    body = get("?q=report&page=2").content.decode()
    assert 'href="?q=report&amp;page=3"' in body and 'href="?q=report"' in body
    assert "no results on this page" in text_of(get("?q=report&page=50"))


def test_nothing_found_offers_what_to_do(get):
    text = text_of(get("?q=zebra"))
    assert "0 results for “zebra”" in text and "every word must occur" in text


def test_long_query_says_that_it_was_cut(get):
    assert "Only the first 300 characters" in text_of(get("?q=" + "word+" * 100))


@pytest.mark.parametrize(
    ("query", "notice"),
    [("rep*", "The star was left out"), ("report | paper", "OR between words"), ("-", "nothing to look for")],
)
def test_what_lost_its_meaning_is_said(get, query, notice):
    assert notice in text_of(get(f"?q={query}"))


def test_other_language_is_marked(get, publish):
    publish("Folter in Haft", locale="de", summary="Folter überall")
    body = get("?q=Folter").content.decode()
    assert '<h2 lang="de" dir="ltr">' in body and "in German" in text_of(get("?q=Folter"))


def test_page_in_arabic_reads_from_right_to_left(get, publish):
    publish("الاحتجاز التعسفي", locale="ar", summary="تقرير عن الاحتجاز")
    body = get("?q=احتجاز", "ar").content.decode()
    assert 'dir="rtl"' in body and "<mark>الاحتجاز</mark>" in body


def test_engine_down_says_so_and_when_to_come_back(get, publish, monkeypatch):
    def down(self, request):
        raise EngineUnavailableError("down")

    monkeypatch.setattr(Fts5Engine, "search", down)
    response = get("?q=report", status=503)
    assert response["Retry-After"] == "15"
    assert "Search can’t answer at the moment" in text_of(response)


def test_hit_that_is_gone_from_the_database_is_dropped_counted_out_and_repaired(get, publish, content, settings):
    publish("Report one")
    stale = publish("Report two")
    content.remove(stale)
    settings.SEARCH_DRAIN_INLINE = False
    text = text_of(get("?q=report"))
    assert "1 result for" in text and "two" not in text
    assert list(SearchOutbox.objects.values_list("key", flat=True)) == [stale.key]
    drain()
    assert Fts5Engine(settings.SEARCH_DIR).health().documents == 1


def test_hit_to_be_repaired_that_waits_already_is_not_noted_again(get, publish, settings, monkeypatch):
    monkeypatch.setattr("search.results.unwritten", lambda limit: set())  # as if many newer changes waited
    thing = publish("Secret report")
    thing.acl = frozenset({"login"})
    settings.SEARCH_DRAIN_INLINE = False
    for _ in range(3):
        get("?q=secret")
    assert SearchOutbox.objects.count() == 1


def test_database_that_cannot_be_written_breaks_no_answer(get, publish, settings, caplog):
    publish("Secret report").acl = frozenset({"login"})
    publish("Secret paper")
    settings.SEARCH_DRAIN_INLINE = False

    def locked(execute, sql, *rest):
        if sql.startswith("INSERT"):
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    with connection.execute_wrapper(locked):
        assert "1 result for" in text_of(get("?q=secret"))
    (record,) = [record for record in caplog.records if record.name == "search.outbox"]
    assert (record.event, record.reason) == ("search_hit_not_noted", "OperationalError")
    assert "secret" not in str(vars(record))


def test_hit_that_the_visitor_may_no_longer_see_is_dropped(get, publish, client):
    thing = publish("Secret report", summary="secret giraffe")
    thing.acl = frozenset({"login"})  # the index still says public
    response = get("?q=secret")
    assert "0 results" in text_of(response) and "giraffe" not in response.content.decode().split("<main")[1]
    answer = client.get("/api/v1/search?q=secret&lang=en").json()
    assert (answer["total"], [found for found in answer["facets"].values() if found]) == (0, [])


def test_what_was_hidden_and_waits_for_the_index_is_counted_nowhere(get, publish, client, settings):
    settings.SEARCH_DRAIN_INLINE = False
    for number in range(12):
        publish(f"Secret report {number}", published=datetime(2024, 6, 1, tzinfo=UTC))
    hidden = [publish(f"Secret paper {number}", published=datetime(2001, 6, 1, tzinfo=UTC)) for number in range(3)]
    for thing in hidden:
        thing.acl = frozenset({"login"})  # the index still says public
    touch([thing.key for thing in hidden])
    for page in (1, 2):  # none of the hidden ones is among the first ten
        answer = client.get(f"/api/v1/search?q=secret&lang=en&page={page}").json()
        assert answer["total"] == 12
        assert [year["value"] for year in answer["facets"]["year"]] == ["2024"]
    assert client.get("/api/v1/search?q=paper&lang=en").json()["total"] == 0


def test_what_was_hidden_and_waits_takes_no_place_of_a_suggestion(publish, client, settings):
    settings.SEARCH_DRAIN_INLINE = False
    publish("Operation known to all, with a long title")
    hidden = [publish(f"Operation {number}") for number in range(17)]
    for thing in hidden:
        thing.acl = frozenset({"login"})  # the index still says public
    touch([thing.key for thing in hidden])
    suggested = client.get("/api/v1/suggest?q=operat&lang=en").json()["suggestions"]
    assert [each["text"] for each in suggested] == ["Operation known to all, with a long title"]


def test_what_changed_and_may_be_seen_is_found_before_the_index_knows(publish, client, settings):
    settings.SEARCH_DRAIN_INLINE = False
    touch([publish("Open report").key])
    assert client.get("/api/v1/search?q=report&lang=en").json()["total"] == 1


def test_expired_between_indexing_and_search(get, publish):
    publish("Report", live_to=datetime.now(UTC) + timedelta(hours=1))
    publish("Report over", live_to=datetime.now(UTC) - timedelta(hours=1))
    assert "1 result for" in text_of(get("?q=report"))


def test_only_get_and_head(client):
    assert client.post("/en/search/").status_code == 405
    assert client.head("/en/search/").status_code == 200


def test_the_number_of_results_does_not_change_the_number_of_statements(client, publish, db):
    publish("Report 1", files=(FakeFile(PAGES),))
    client.get("/en/search/?q=page")  # fills what is remembered between requests
    with CaptureQueriesContext(connection) as one:
        client.get("/en/search/?q=page")
    for number in range(12):
        publish(f"Report {number + 2}", files=(FakeFile(PAGES),))
    with CaptureQueriesContext(connection) as many:
        client.get("/en/search/?q=page")
    assert len(many) == len(one)


def test_search_itself_asks_the_database_only_what_waits_for_the_index(publish, django_assert_num_queries):
    from access.visitor import Visitor
    from search.parameters import Parameters
    from search.results import answer

    for number in range(12):
        publish(f"Report {number}", files=(FakeFile(PAGES),))
    answer(Parameters(q="page"), Visitor())  # which terms have a promotion is remembered between requests
    with django_assert_num_queries(1):
        found = answer(Parameters(q="page"), Visitor())
    assert found.total == 12 and found.results[0].pages


def test_page_texts_are_read_at_once_where_the_app_can(publish):
    from access.visitor import Visitor
    from search.parameters import Parameters
    from search.results import answer

    calls = []

    def reader(pages):
        calls.append(pages)
        return dict.fromkeys(pages, ("en", "the page as kept"))

    files = [FakeFile(PAGES) for _ in range(3)]
    for file in files:
        publish("Report", files=(file,))
    registry.register_page_reader(reader)
    found = answer(Parameters(q="page"), Visitor())
    assert len(calls) == 1 and len(calls[0]) == 3
    assert all("<mark>page</mark>" in str(result.snippets[0].html) for result in found.results)
    assert not any(file.reads for file in files)
