"""An engine that doesn't answer isn't asked for a while, and the database answers instead, saying so."""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from access.visitor import Visitor
from cms.core.models import Place
from search import breaker, results
from search.breaker import Breaker
from search.engines import get_engine
from search.engines.base import SearchRequest
from search.exceptions import EngineUnavailableError, TooMuchAskedError
from search.matching import plan
from search.parameters import Parameters
from search.query import parse
from search.reduced import Asked
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationPageFactory,
    TopicPageFactory,
    UserFactory,
)


class Engine:
    """Counts questions; fails while ``down``."""

    def __init__(self):
        self.asked, self.down = 0, True

    def __call__(self, *args, **options):
        self.asked += 1
        if self.down:
            raise EngineUnavailableError("down")
        return "answer"


@pytest.fixture
def engine():
    return Engine()


def ask(engine):
    try:
        return breaker.ask("search", engine)
    except EngineUnavailableError:
        return None


def over(name):
    """The time of a mark in the cache is over."""
    cache.delete(dict(zip(breaker._NAMES, breaker._marks(), strict=True))[name])


class TestBreaker:
    def test_five_failures_open_it_then_one_probe_decides(self, engine):
        for _ in range(4):
            ask(engine)
        assert breaker.state() == Breaker.CLOSED
        ask(engine)
        assert breaker.state() == Breaker.OPEN
        ask(engine)
        assert engine.asked == 5

        over("open")
        assert breaker.state() == Breaker.TRYING
        ask(engine)
        assert engine.asked == 6 and breaker.state() == Breaker.OPEN, "one failed probe is enough"

        over("open")
        engine.down = False
        inner = []
        assert breaker.ask("search", lambda: inner.append(ask(engine)) or engine()) == "answer"
        assert inner == [None] and engine.asked == 7, "one probe at a time"
        assert breaker.state() == Breaker.CLOSED and ask(engine) == "answer"

    def test_failures_far_apart_do_not_count_together(self, engine):
        for _ in range(9):
            ask(engine)
            if engine.asked == 4:
                over("count")
            if engine.asked == 8:
                assert breaker.state() == Breaker.CLOSED
        assert breaker.state() == Breaker.OPEN

    def test_odd_questions_of_one_reader_take_the_search_from_nobody(self, engine):
        def refused():
            raise TooMuchAskedError("too many clauses")

        for _ in range(9):
            with pytest.raises(TooMuchAskedError):
                breaker.ask("search", refused)
            with pytest.raises(EngineUnavailableError):
                breaker.ask("suggest", engine, counts=False)
        assert breaker.state() == Breaker.CLOSED and engine.asked == 9
        for _ in range(5):
            ask(engine)
        over("open")
        with pytest.raises(EngineUnavailableError):
            breaker.ask("suggest", engine, counts=False)
        assert engine.asked == 14, "what doesn't count is not the one that tries"

    def test_a_search_of_the_embedded_engine_that_takes_too_long_is_no_failure_of_it(self, monkeypatch):
        monkeypatch.setattr("search.engines.fts5.SEARCH_TIMEOUT_SECONDS", 0)
        monkeypatch.setattr("search.engines.fts5._STEPS_BETWEEN_LOOKS", 1)
        with pytest.raises(TooMuchAskedError):
            get_engine().search(SearchRequest(plan(parse("torture"), ("en",)), frozenset({"public"})))

    def test_another_site_in_the_same_cache_has_its_own(self, engine, settings):
        for _ in range(5):
            ask(engine)
        settings.SEARCH_INDEX_PREFIX = "another"
        assert breaker.state() == Breaker.CLOSED

    def test_a_cache_that_is_away_is_not_the_end_of_search(self, engine, settings):
        settings.CACHES = {
            "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
        }
        engine.down = False
        assert ask(engine) == "answer" and breaker.state() == Breaker.CLOSED

    def test_shared_through_redis(self, engine, settings, redis_url):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
        for _ in range(5):
            ask(engine)
        assert breaker.state() == Breaker.OPEN
        cache.delete_many(breaker._marks())

    def test_slow_answers_are_logged_without_their_words(self, engine, settings, caplog):
        settings.SEARCH_SLOW_MS = 0
        engine.down = False
        ask(engine)
        (record,) = [each for each in caplog.records if getattr(each, "event", "") == "search_slow"]
        assert record.kind == "search" and record.took_ms >= 0
        settings.SEARCH_SLOW_MS = 60_000
        ask(engine)
        assert len([each for each in caplog.records if getattr(each, "event", "") == "search_slow"]) == 1


@pytest.mark.django_db
class TestReduced:
    @pytest.fixture
    def down(self, monkeypatch):
        engine = Engine()
        for name in ("search", "autocomplete"):
            monkeypatch.setattr(get_engine(), name, engine)
        return engine

    @pytest.fixture
    def pages(self):
        topic = TopicPageFactory(published=True, title="Prisons")
        return {
            "open": PublicationPageFactory(published=True, title="Torture in prisons", topics=[topic]),
            "summary": CasePageFactory(published=True, title="Case of A", summary="Torture, said the court."),
            "members": PublicationPageFactory(restricted=True, title="Torture among members"),
            "draft": PublicationPageFactory(title="Torture draft"),
            "expired": PublicationPageFactory(expired=True, title="Torture expired"),
            "german": PublicationPageFactory(published=True, title="Folter", language="de"),
            "topic": topic,
        }

    def found(self, pages, q="", user=None, **filters):
        wanted = Parameters(q=q, filters={name: frozenset([value]) for name, value in filters.items()})
        answer = results.answer(wanted, Visitor(user))
        assert answer.reduced and answer.engine == "database" and answer.total == len(answer.results)
        names = {page.title: name for name, page in pages.items()}
        return {names[result.title] for result in answer.results if result.title in names}

    def test_exact_visible_sets(self, down, pages):
        assert self.found(pages, "torture") == {"open", "summary"}
        assert self.found(pages, "torture", UserFactory()) == {"open", "summary", "members"}
        assert PageViewRestriction.objects.count() == 1
        assert self.found(pages, "torture prisons") == {"open"}
        assert self.found(pages, "torture -prisons") == {"summary"}
        assert self.found(pages, "title:torture") == {"open"}
        assert self.found(pages, "folter OR (court torture)") == {"german", "summary"}
        assert self.found(pages, "die folter") == {"german"}
        assert self.found(pages, "100%") == self.found(pages, "!?") == set()
        assert self.found(pages) == {"open", "summary", "german", "topic"}

    def test_filters_count_as_ever(self, down, pages):
        topic = str(pages["topic"].translation_key)
        assert self.found(pages, topic=topic) == {"open", "topic"}
        assert self.found(pages, "torture", topic=topic) == {"open"}
        assert self.found(pages, "torture", kind="case") == {"summary"}
        assert self.found(pages, language="de") == {"german"}
        assert self.found(pages, "torture", year="1999") == set()
        assert self.found(pages, place=topic) == self.found(pages, publication_kind=topic) == set()
        country = PlaceFactory(kind=Place.Kind.COUNTRY)
        village = PlaceFactory(parent=country, sensitive=True)
        pages["place"] = PublicationPageFactory(published=True, title="Torture in a village", places=[village])
        assert self.found(pages, "torture", place=str(country.translation_key)) == {"place"}
        assert self.found(pages, "torture", place=str(village.translation_key)) == set()

    def test_fields_of_the_query_count_as_ever(self, down, pages, django_assert_max_num_queries):
        when = datetime.date(2019, 5, 1)
        pages["mine"] = PublicationPageFactory(published=True, title="Torture alone", authors=["Ana Ruiz"], date=when)
        assert self.found(pages, "author:ruiz") == self.found(pages, "torture author:ana") == {"mine"}
        assert self.found(pages, "torture -author:ruiz") == {"open", "summary"}
        assert self.found(pages, "year:2019") == self.found(pages, "torture year:..2020") == {"mine"}
        assert self.found(pages, "folter OR year:2019") == {"german", "mine"}
        assert self.found(pages, "(court OR author:ruiz) -folter") == {"summary", "mine"}
        assert self.found(pages, "torture -(alone author:ruiz)") == {"open", "summary"}
        assert self.found(pages, "topic:prisons") == {"open", "topic"}
        assert self.found(pages, "lang:de") == {"german"} and self.found(pages, "torture kind:case") == {"summary"}
        assert self.found(pages, "author:nobody") == self.found(pages, "torture year:soon") == set()
        assert self.found(pages, "author:ruiz", year="2018") == set()
        with django_assert_max_num_queries(40):
            self.found(pages, "torture author:ruiz year:2019")

    def test_says_so_where_only_the_newest_were_looked_at(self, down, pages, monkeypatch, client):
        monkeypatch.setattr("cms.core.reduced.LOOKED_AT", 1)
        for query, relation in (("torture", "eq"), ("torture lang:en", "eq"), ("lang:en", "gte"), ("year:2024", "gte")):
            data = client.get("/api/v1/search", {"q": query}).json()
            assert (query, data["total_relation"]) == (query, relation)
            assert any("Only the newest" in notice for notice in data["notices"]) == (relation == "gte")
        data = client.get("/api/v1/search", {"q": "", "year": "2024"}).json()
        assert data["total_relation"] == "gte" and data["reduced"]

    def test_chosen_filters_can_be_taken_back_and_no_other_names_are_claimed(self, down, pages, client):
        topic = str(pages["topic"].translation_key)
        page = client.get("/en/search/", {"q": "torture", "topic": topic, "kind": "publication"}).content.decode()
        assert 'href="?q=torture&amp;kind=publication"' in page and f'href="?q=torture&amp;topic={topic}"' in page
        GlossaryTermPageFactory(published=True, title="Torture", variants="Torment")
        assert client.get("/api/v1/search", {"q": "torture"}).json()["expanded"] == []

    def test_within_a_case_nothing_else_is_found(self, down, pages, client):
        case = CasePageFactory(published=True, title="Torture case", documents=[pages["open"]])
        found = client.get("/api/v1/search", {"q": "torture", "within": str(case.translation_key)}).json()
        assert {each["title"] for each in found["results"]} <= {"Torture case", "Torture in prisons"} and found["total"]

    def test_page_api_and_suggestions_answer_and_say_so(
        self, down, pages, client: Client, django_assert_max_num_queries
    ):
        client.get("/en/search/?q=zebra")  # names of the vocabulary are read once in twenty seconds
        with django_assert_max_num_queries(12):
            page = client.get("/en/search/", {"q": "torture"})
        assert page.status_code == 200 and "Reduced search" in page.content.decode()
        data = client.get("/api/v1/search", {"q": "torture"}).json()
        assert data["reduced"] is True and data["total"] == 2 and data["facets"]["kind"] == []
        found = client.get("/api/v1/suggest", {"q": "tortu", "lang": "en"}).json()["suggestions"]
        assert [each["text"] for each in found] == ["Torture in prisons", "Case of A"] or len(found) == 2
        # What others keep, feeds and exports, is whole or not at all.
        assert client.get("/api/v1/export", {"q": "torture"}).status_code == 503
        assert client.get(reverse("search_feed", args=["en"]), {"q": "torture"}).status_code == 503

    def test_an_engine_that_is_back_is_asked_again(self, down, pages, monkeypatch):
        for _ in range(6):
            results.answer(Parameters(q="torture"), Visitor())
        assert down.asked == 5
        monkeypatch.undo()
        over("open")
        assert not results.answer(Parameters(q="torture"), Visitor()).reduced and breaker.state() == Breaker.CLOSED

    def test_brackets_to_the_limit_are_no_trouble(self):
        asked = Asked(parse("((((a OR b) c) -d) e) topic:x"))
        assert asked.has_fields and asked.roughly(("title",)) and asked.exactly(("title",), lambda _term: Q(pk=1))
        assert not Asked(parse("topic:x")).roughly(("title",)) and Asked(parse("!?")).finds_nothing
