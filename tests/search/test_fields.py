"""Fields of a query: what their values stand for, and what the page, the API and the help say."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.visitor import Visitor
from search import facet_values, query
from search.engines.base import SearchRequest
from search.fields import settled
from search.help import FIELDS, WORDS
from search.languages import searched
from search.marking import mark
from search.matching import leaves, plan
from search.query import MAX_DEPTH, MAX_TERMS, Nested, parse
from tests.search.fakes import FakeFile

pytestmark = pytest.mark.django_db

PARTS = st.sampled_from(
    [
        *'()-:"«»„“ ab١',
        *(
            " ",
            " OR ",
            " -",
            '"',
            "..",
            "year:",
            "year:2019..2021",
            "year:..",
            "title:",
            'title:"',
            "kind:case",
            "-lang:de",
        ),
        *(
            "topic:police",
            "author:(",
            "place:سوريا",
            "prison",
            "die",
            "OR",
            "the",
            "title:(",
            "-(",
            "'",
            ";",
            "NEAR",
            "{b}",
        ),
    ]
)
QUERIES = st.lists(PARTS, max_size=60).map("".join)


def settle(text):
    return settled(plan(parse(text), searched()), Visitor())


def shown(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_a_value_that_nothing_has_is_named_and_finds_nothing(content, client, publish):
    publish("Prison")
    answer = client.get('/api/v1/search?q=prison topic:"No <such>" year:soon&lang=en').json()
    assert answer["total"] == 0 and answer["query"] == 'prison topic:"No <such>" year:soon'
    assert answer["notices"] == [
        "Nothing here is known as topic:“No <such>”.",
        "“soon” is no year: write year:2019 or year:2019..2021.",
    ]
    page = client.get('/en/search/?q=prison topic:"No <such>"')
    assert page.status_code == 200 and "Nothing here is known as topic:“No <such>”." in shown(page)
    assert "<such>" not in page.content.decode()


def test_what_was_typed_stays_in_the_field_and_in_every_link(content, client, publish):
    for number in range(12):
        publish(f"Prison {number}", published=datetime(2019 + number % 2, 5, 1, tzinfo=UTC))
    typed = '(title:prison OR "a b") -kind:case year:2019..2021'
    body = client.get("/en/search/", {"q": typed}).content.decode()
    assert f'value="{html.escape(typed)}"' in body
    links = [html.unescape(link) for link in re.findall(r'href="(\?[^"]*|/api/v1/search[^"]*)"', body)]
    assert len(links) > 3 and {parse_qs(urlsplit(link).query)["q"][0] for link in links} == {typed}


def test_names_are_asked_for_once_a_facet_and_only_where_a_field_is(content):
    asked = []
    for facet in ("topic", "place", "author", "publication_kind"):
        facet_values.register_names(
            facet, lambda visitor, facet=facet: asked.append(facet) or [("Police", f"{facet}1")]
        )
    settle('police "topic:police"')
    assert asked == []
    wanted, unknown = settle("topic:police topic:POLICE (topic:x OR author:police) -place:police kind:police")
    assert sorted(asked) == ["author", "place", "publication_kind", "topic"]
    assert [fact.text for fact in unknown] == ["x"]
    values = [leaf.values for leaf in leaves(wanted.conditions)]
    assert values.count(frozenset({("topic", "topic1")})) == 2


def test_words_in_fields_are_marked_in_no_text(content, client, publish):
    publish("Prison", files=(FakeFile([("en", "a prison and a court for the police")]),))
    body = client.get("/en/search/?q=title:prison court -title:police").content.decode()
    assert "<mark>court</mark>" in body and "<mark>prison" not in body and "<mark>police" not in body
    assert mark("a prison", parse("title:prison OR -prison"), "en") == []


class TestHelp:
    @pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar"])
    def test_every_example_leads_to_a_search_that_is_understood(self, content, client, language):
        body = client.get(f"/{language}/search/help/").content.decode()
        with override(language):
            for example in (*WORDS, *FIELDS):
                assert html.escape(example.url) in body and str(example.url).startswith(f"/{language}/search/?q=")
                assert client.get(example.url).status_code == 200
                assert parse(str(example.query)).notices == ()
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in body

    def test_is_linked_from_the_results_and_from_none(self, content, client, publish):
        publish("Prison")
        for text in ("prison", "nothing", ""):
            assert '"/en/search/help/"' in client.get("/en/search/", {"q": text}).content.decode()

    def test_costs_at_most_twelve_queries_and_sixty_kilobytes(self, content, client):
        client.get("/en/search/help/")
        with CaptureQueriesContext(connection) as asked:
            response = client.get("/en/search/help/")
        assert len(asked) <= 12 and len(response.content) < 30_000
        assert client.post("/en/search/help/").status_code == 405


class Steps(str):
    """A text that counts how often a character of it is looked at."""

    seen = 0

    def __getitem__(self, at):
        Steps.seen += 1
        return super().__getitem__(at)


@pytest.mark.parametrize(
    "part", ['"', "(", ")", "-", "title:", "year:(", "a ", "OR ", "-(a OR ", 'kind:"', "a:b", "«", "٢"]
)
def test_parsing_takes_steps_in_proportion_to_the_length(part):
    def steps(length):
        Steps.seen = 0
        query._pieces(Steps((part * length)[:length]), [])
        return Steps.seen

    assert steps(2000) <= 2.1 * steps(1000) + 50
    assert steps(1000) <= 30 * 1000


def depth(clauses):
    inside = [option for clause in clauses for option in clause.options if isinstance(option, Nested)]
    return 1 + max((depth(option.clauses) for option in inside), default=0)


def terms(clauses):
    return sum(
        terms(option.clauses) if isinstance(option, Nested) else 1 for clause in clauses for option in clause.options
    )


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUERIES)
def test_any_query_is_understood_within_the_limits(content, text):
    parsed = parse(text)
    assert terms(parsed.clauses) <= MAX_TERMS and depth(parsed.clauses) <= MAX_DEPTH + 1
    assert parse(parsed.text).clauses == parsed.clauses
    wanted, _unknown = settle(text)
    assert all(form for group in wanted.words for form in group.forms)


def test_both_engines_answer_any_query_alike(request, content, tmp_path):
    request.getfixturevalue("elasticsearch_settings")
    from search.engines import get_engine
    from search.engines.fts5 import Fts5Engine
    from tests.search.conftest import Index

    facet_values.register_names("topic", lambda visitor: [("Police", "t1")])
    facet_values.register_names("place", lambda visitor: [("سوريا", "p1")])
    engines = [Index(engine, content) for engine in (get_engine(), Fts5Engine(tmp_path))]
    things = [
        content.add("Prison a", body="police b", topics=("t1",), published=datetime(2019, 5, 1, tzinfo=UTC)),
        content.add(
            "The b", body="prison die", kind="case", places=("p1",), published=datetime(2021, 5, 1, tzinfo=UTC)
        ),
        content.add("Die Haft", locale="de", topics=("t1",), published=datetime(2023, 5, 1, tzinfo=UTC)),
        content.add("Hidden prison a b", acl=frozenset({"login"})),
    ]
    for index in engines:
        index.engine.ensure_schema()
        index.put(*things)

    filters = st.fixed_dictionaries(
        {},
        optional={
            "kind": st.frozensets(st.sampled_from(["case", "publication", "x"]), min_size=1),
            "year": st.frozensets(st.sampled_from(["2019", "2021"]), min_size=1),
            "topic": st.just(frozenset({"t1"})),
        },
    )

    @settings(max_examples=120, deadline=None)
    @given(QUERIES, filters)
    def alike(text, chosen):
        wanted, _unknown = settle(text)
        asked = SearchRequest(wanted, frozenset({"public"}), chosen, match_all=parse(text).is_blank)
        answers = [index.engine.search(asked) for index in engines]
        assert len({answer.total for answer in answers}) == 1
        assert len({frozenset(hit.key for hit in answer.hits) for answer in answers}) == 1
        for facet in answers[0].facets:
            counts = [{(v.value, v.count, v.selected) for v in answer.facets[facet]} for answer in answers]
            assert counts[0] == counts[1], facet

    alike()
