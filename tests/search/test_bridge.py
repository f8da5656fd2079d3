"""The vocabulary bridge: other names of what is asked for are searched too, told and can be switched off."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import User
from access.visitor import Visitor
from search import bridge, memory, registry
from search.engines.base import SearchRequest
from search.languages import searched
from search.marking import mark
from search.matching import plan
from search.pages import page_hits, unpack
from search.query import parse
from search.ranking import RELATED_NAMES
from search.registry import Name
from tests.search.fakes import FakeFile

pytestmark = pytest.mark.django_db


class Vocabulary:
    """Names that anybody may know, as a list that can change. ``asked`` counts the readings."""

    def __init__(self):
        self.names = [
            Name("uj", "en", "Universal jurisdiction"),
            Name("uj", "de", "Weltrechtsprinzip"),
            Name("uj", "fr", "Compétence universelle"),
            Name("uj", "ar", "الولاية القضائية العالمية"),
            Name("uj", "en", "extraterritorial prosecution", 2),
            Name("j", "en", "Jurisdiction"),
            Name("j", "de", "Gerichtsbarkeit"),
            Name("icc", "en", "International Criminal Court"),
            Name("icc", "en", "ICC", 1),
            Name("icc", "de", "Internationaler Strafgerichtshof"),
            Name("who", "en", "World Health Organization"),
            Name("who", "en", "WHO", 1),
        ]
        self.asked = []

    def __call__(self, visitor, keys=None):
        assert visitor.tokens == {"public"}, "whoever asks, only what anybody may know"
        self.asked.append(keys)
        return [name for name in self.names if keys is None or name.key in keys]


@pytest.fixture
def vocabulary(content):
    found = Vocabulary()
    registry.register_terms("terms", found)
    return found


def widened(text, visitor=None):
    return bridge.expanded(parse(text), visitor or Visitor())


def names(text, visitor=None):
    return [[name for name, _language in each.names] for each in widened(text, visitor).related]


class TestNames:
    def test_longest_name_first_and_titles_before_variants(self, vocabulary):
        (found,) = names("cases of universal jurisdictions today")
        assert found == [
            "Weltrechtsprinzip",
            "Compétence universelle",
            "الولاية القضائية العالمية",
            "extraterritorial prosecution",
        ]
        assert names("jurisdiction") == [["Gerichtsbarkeit"]], "what has the longer name has the word too"

    def test_any_name_leads_to_the_others_inflected_or_short(self, vocabulary):
        assert names("WELTRECHTSPRINZIP")[0][0] == "Universal jurisdiction"
        assert names("extraterritorial prosecutions")[0][0] == "Universal jurisdiction"
        assert names("والولاية القضائية العالمية") == [] or "Weltrechtsprinzip" in names("الولاية القضائية العالمية")[0]
        assert names("icc") == [["International Criminal Court", "Internationaler Strafgerichtshof"]]

    @pytest.mark.parametrize(
        "text",
        [
            *('"universal jurisdiction"', "-jurisdiction", "title:jurisdiction", "jurisdiction OR court"),
            *("(jurisdiction OR court)", "who", "WHO report", "zebra", "", "!?"),
        ],
    )
    def test_what_is_searched_as_it_stands(self, vocabulary, text):
        assert names(text) == []

    def test_two_capitals_are_a_name_where_they_are_typed_so(self, vocabulary):
        vocabulary.names += [
            Name("un", "en", "United Nations"),
            Name("un", "de", "Vereinte Nationen"),
            Name("un", "en", "UN", 1),
            Name("x", "fr", "au"),
            Name("x", "en", "Gold"),
        ]
        assert names("UN") == names("UN report") == names("U.N.") == [["United Nations", "Vereinte Nationen"]]
        assert names("un") == names("Un rapport") == names("AU") == names("au") == []
        assert names("vereinte nationen") == [["United Nations", "UN"]]

    def test_at_most_ten_names_in_all(self, vocabulary):
        vocabulary.names += [Name("j", "en", f"power number {at}", 2) for at in range(30)]
        assert sum(map(len, names("jurisdiction icc"))) == RELATED_NAMES
        assert "International Criminal Court" in names("jurisdiction icc")[1]

    def test_what_is_gone_or_renamed_adds_nothing_at_once(self, vocabulary):
        assert names("weltrechtsprinzip")
        vocabulary.names = [name for name in vocabulary.names if name.text != "Weltrechtsprinzip"]
        assert names("weltrechtsprinzip") == [] and "Weltrechtsprinzip" not in str(names("universal jurisdiction"))
        vocabulary.names = []
        assert names("universal jurisdiction") == []

    def test_what_is_new_is_known_within_a_minute(self, vocabulary, monkeypatch):
        assert names("chain of command") == []
        vocabulary.names += [Name("c", "en", "Chain of command"), Name("c", "de", "Befehlskette")]
        assert names("chain of command") == []
        now = memory.time.monotonic()
        monkeypatch.setattr(memory.time, "monotonic", lambda: now + 59)
        assert names("chain of command") == [["Befehlskette"]]

    def test_the_vocabulary_is_read_once_and_what_is_added_each_time(self, vocabulary):
        for _time in range(3):
            names("jurisdiction")
            names("zebra")
        assert vocabulary.asked == [None, ["j"], ["j"], ["j"]]

    def test_staff_get_what_a_stranger_gets(self, vocabulary):
        root = User.objects.create_superuser("root")
        assert names("jurisdiction", Visitor(root)) == names("jurisdiction")


class TestOnEngines:
    @pytest.fixture
    def library(self, index, vocabulary):
        for title, fields in {
            "Universal jurisdiction": {},
            "Das Weltrechtsprinzip": {"locale": "de"},
            "Jurisdiction": {"body": "It is universal."},
            "Bericht": {"locale": "de", "files": (FakeFile([("de", "nichts"), ("de", "Das Weltrechtsprinzip gilt")]),)},
            "Hidden": {"body": "Weltrechtsprinzip", "locale": "de", "acl": frozenset({"login"})},
            "Gerichtsbarkeit": {"locale": "de", "body": "Immunität"},
            "Court": {"body": "universal"},
        }.items():
            index.add(title, **fields)
        return index

    def found(self, library, text, **options):
        wanted = plan(widened(text), searched())
        answer = library.engine.search(SearchRequest(wanted, frozenset({"public"}), **options))
        by_key = {key: thing.title for s in library.content.sources.values() for key, thing in s.things.items()}
        return [by_key[hit.key] for hit in answer.hits], answer

    def test_two_capitals_are_wanted_though_they_are_an_article_elsewhere(self, library, vocabulary):
        vocabulary.names += [Name("un", "en", "United Nations"), Name("un", "en", "UN", 1)]
        library.add("UN report")
        library.add("Report of the United Nations")
        library.add("Report")
        assert sorted(self.found(library, "UN report")[0]) == ["Report of the United Nations", "UN report"]
        assert "Report" in self.found(library, "un report")[0]

    @pytest.mark.parametrize(
        ("text", "titles"),
        [
            (
                "universal jurisdiction",
                ["Bericht", "Das Weltrechtsprinzip", "Jurisdiction", "Universal jurisdiction"],
            ),
            ("weltrechtsprinzip", ["Bericht", "Das Weltrechtsprinzip", "Universal jurisdiction"]),
            ("jurisdiction", ["Gerichtsbarkeit", "Jurisdiction", "Universal jurisdiction"]),
            ("universal jurisdiction nichts", ["Bericht"]),
            ("universal jurisdiction -nichts", ["Das Weltrechtsprinzip", "Jurisdiction", "Universal jurisdiction"]),
            ("jurisdiction immunität", ["Gerichtsbarkeit"]),
        ],
    )
    def test_exact_set_and_counts(self, library, text, titles):
        found, answer = self.found(library, text)
        assert sorted(found) == titles and answer.total == len(titles)
        assert sum(value.count for value in answer.facets["language"]) == len(titles)

    def test_the_words_themselves_come_first_and_names_in_titles_before_names_in_texts(self, library):
        found, _answer = self.found(library, "universal jurisdiction")
        assert found[0] == "Universal jurisdiction" and found.index("Das Weltrechtsprinzip") < found.index("Bericht")

    def test_a_glossary_term_by_another_name_is_lifted(self, library):
        library.add("Weltrechtsprinzip", kind="term", locale="de")
        for number in range(6):
            library.add(f"Note {number}", body="Weltrechtsprinzip und noch ein Wort", locale="de")
        found, _answer = self.found(library, "universal jurisdiction")
        assert "Weltrechtsprinzip" in found[:3]


def test_pages_and_marks_know_the_other_names(vocabulary):
    file = FakeFile([("de", "nichts"), ("de", "Das Weltrechtsprinzip gilt")])
    query = widened("universal jurisdiction")
    assert [hit.number for hit in page_hits(unpack(file.blob), plan(query, searched()))] == [2]
    assert mark("Das Weltrechtsprinzip gilt", query, "de") == [(4, 21)]


class TestAnswers:
    @pytest.fixture
    def report(self, publish, vocabulary):
        pages = [("de", "nichts"), ("de", "Das Weltrechtsprinzip gilt")]
        return publish("Bericht", locale="de", files=(FakeFile(pages),))

    def test_the_api_tells_what_was_added_and_leaves_it_out_on_request(self, client, report):
        answer = client.get("/api/v1/search?q=universal+jurisdiction&lang=en").json()
        assert answer["total"] == 1 and answer["query"] == "universal jurisdiction"
        (added,) = answer["expanded"]
        assert added["from"] == "universal jurisdiction" and added["to"][0] == "Weltrechtsprinzip"
        typed = client.get("/api/v1/search?q=universal+jurisdiction&lang=en&expand=0").json()
        assert (typed["total"], typed["expanded"]) == (0, [])
        assert client.get("/api/v1/search?q=x&expand=maybe").json()["error"]["parameter"] == "expand"
        assert client.get("/api/v1/export?q=universal+jurisdiction").json()["total"] == 1
        assert client.get("/api/v1/export?q=universal+jurisdiction&expand=0").json()["total"] == 0

    def test_the_link_to_a_page_asks_for_the_name_that_is_on_it(self, client, report):
        (result,) = client.get("/api/v1/search?q=universal+jurisdiction").json()["results"]
        (snippet,) = result["snippets"]
        assert "<mark>Weltrechtsprinzip</mark>" in snippet["html"]
        assert snippet["url"].endswith('/v1/p/2/?q="Weltrechtsprinzip"')
        (typed,) = client.get("/api/v1/search?q=weltrechtsprinzip").json()["results"]
        assert typed["snippets"][0]["url"].endswith("?q=weltrechtsprinzip")

    def test_the_page_shows_them_with_a_way_back(self, client, report):
        body = client.get("/en/search/?q=universal+jurisdiction").content.decode()
        text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))
        assert "Also searched for: Weltrechtsprinzip" in text and '<bdi lang="de" dir="ltr">Weltrechtsprinzip' in body
        assert 'href="?q=universal+jurisdiction&amp;expand=0"' in body
        plain = client.get("/en/search/?q=universal+jurisdiction&expand=0&kind=publication").content.decode()
        assert "Also searched" not in plain and "Weltrechtsprinzip" not in plain
        assert 'href="?q=universal+jurisdiction&amp;kind=publication"' in plain
        assert '<input type="hidden" name="expand" value="0">' in plain

    def test_a_stranger_and_a_member_are_told_the_same(self, client, report):
        stranger = client.get("/api/v1/search?q=universal+jurisdiction").json()["expanded"]
        client.force_login(User.objects.create_user("member"))
        assert client.get("/api/v1/search?q=universal+jurisdiction").json()["expanded"] == stranger


def test_only_what_is_public_now_bridges(client, publish, vocabulary):
    """What was withdrawn while this process remembers it: as if it had never been."""
    names("jurisdiction")
    before = client.get("/api/v1/search?q=zebra").json()
    vocabulary.names = []
    after = client.get("/api/v1/search?q=jurisdiction").json()
    for answer in (before, after):
        answer.pop("took_ms"), answer.pop("query")
    assert after == before


def test_what_a_search_costs_the_database(client, publish, vocabulary):
    publish("Universal jurisdiction")
    client.get("/en/search/?q=universal+jurisdiction")
    with CaptureQueriesContext(connection) as bridged:
        client.get("/en/search/?q=universal+jurisdiction")
    with CaptureQueriesContext(connection) as typed:
        client.get("/en/search/?q=universal+jurisdiction&expand=0")
    assert len(bridged) == len(typed) and len(typed) <= 12
