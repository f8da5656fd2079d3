"""What is counted of searches: as an enemy would try to have a word written, or to learn who asked for it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import User
from access.visitor import Visitor
from search.board import counting, keeping, people
from search.board.figures import Figures, at_most
from search.board.terms import term_of
from search.engines import get_engine
from search.engines.base import Sort
from search.exceptions import EngineUnavailableError
from search.models import SearchDay, WantedTerm
from search.parameters import Parameters
from search.query import parse
from search.results import Answer, answer

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WORD = "folterkeller"


@pytest.fixture(autouse=True)
def nobody_counted():
    cache = caches["people"]
    counting.forget()
    cache.clear()
    yield
    counting.forget()
    cache.clear()


def asking(number=1, address=None, agent=BROWSER, user=None, method="get"):
    """The request of a reader; networks are far from each other."""
    factory = getattr(RequestFactory(), method)
    request = factory("/", REMOTE_ADDR=address or f"81.{number}.100.7", headers={"user-agent": agent})
    request.user = user or AnonymousUser()
    return request


def look(q, number=1, language="en", *, found=(), asked=(), **request):
    """The third reader's search, as the views count it: ``look("word", 3)``."""
    parameters = Parameters(q=q, language=language, **dict(asked))
    facts = {"total": 0, "partial": False, "took_ms": 7} | dict(found)
    answered = Answer(parameters, parse(q), total_relation="eq", pages=0, engine="fts5", results=(), facets={}, **facts)
    counting.note(asking(number, **request), answered)


@pytest.fixture
def visit(client, content):
    """``visit("word", 3)``: the same through an address."""

    def visited(q, number=1, path="/api/v1/search"):
        response = client.get(path, {"q": q}, REMOTE_ADDR=f"81.{number}.100.7", headers={"user-agent": BROWSER})
        assert response.status_code == 200
        return response

    return visited


def stored():
    """What the database has once all that waits is written."""
    counting.write()
    return dict(WantedTerm.objects.values_list("query", "people"))


def later(monkeypatch, **passed):
    moment = timezone.now() + timedelta(**passed)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


class TestFivePeople:
    def test_four_store_nothing_and_the_fifth_a_row_of_days(self, visit):
        for number in range(1, 5):
            visit("Folterkeller", number)
        assert stored() == {} and not WantedTerm.objects.exists()
        visit("folterkeller ", 5, path="/en/search/")
        assert stored() == {WORD: 5}
        row = WantedTerm.objects.get()
        assert (row.language, row.first_day, row.last_day) == ("en", row.first_day, row.first_day)
        fields = {field.name for field in WantedTerm._meta.get_fields()}
        assert fields == {"id", "language", "query", "people", "first_day", "last_day", "state", "adopted_by"}

    def test_one_person_is_one_however_often(self):
        for _time in range(50):
            look(WORD, 1)
        for number in (2, 3, 4):
            look(WORD, number)
        assert stored() == {}

    @pytest.mark.parametrize(
        "addresses",
        [
            [f"203.0.113.{host}" for host in range(1, 9)],
            [f"2001:db8:7:{net:x}::{net}" for net in range(1, 9)],
            ["203.0.113.1", "::ffff:203.0.113.2", "203.0.113.3", "::ffff:203.0.113.200", "203.0.113.5"],
            ["", "unix:", "nonsense", "1.2.3", "::g"],
        ],
    )
    def test_neighbours_one_exit_and_a_front_that_tells_no_address_are_one_person(self, addresses):
        for address in addresses:
            look(WORD, address=address or "none")
        assert stored() == {}

    def test_it_grows_by_fives_so_that_no_single_person_shows(self):
        seen = []
        for number in range(1, 11):
            look(WORD, number)
            seen.append(stored().get(WORD, 0))
        assert seen == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10]

    def test_languages_count_apart(self):
        for number in range(1, 6):
            look(WORD, number, "en" if number % 2 else "de")
        assert stored() == {}

    def test_the_database_itself_refuses_fewer(self):
        today = date(2026, 1, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            WantedTerm.objects.create(language="en", query=WORD, people=4, first_day=today, last_day=today)


class TestDays:
    def test_yesterday_is_forgotten_with_its_key(self, monkeypatch):
        for number in range(1, 5):
            look(WORD, number)
        old = caches["people"].get(f"search.{timezone.now().date()}.salt")
        moment = later(monkeypatch, days=1)
        look(WORD, 5)
        new = caches["people"].get(f"search.{moment.date()}.salt")
        assert stored() == {} and old != new and len(old) == len(new) == 32

    def test_everything_in_memory_ends_at_midnight(self, monkeypatch):
        set_until = []
        cache = caches["people"]
        add = cache.add
        monkeypatch.setattr(
            cache, "add", lambda key, value, timeout: set_until.append(timeout) or add(key, value, timeout)
        )
        monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, 23, 58, 20, tzinfo=UTC))
        look(WORD)
        assert set(set_until) == {100}

    def test_a_day_of_its_own_adds_to_the_row(self, monkeypatch):
        for number in range(1, 6):
            look(WORD, number)
        assert stored() == {WORD: 5}
        first = WantedTerm.objects.get().first_day
        moment = later(monkeypatch, days=2)
        for number in range(1, 6):
            look(WORD, number)
        assert stored() == {WORD: 10}
        row = WantedTerm.objects.get()
        assert (row.first_day, row.last_day) == (first, moment.date())


class TestNobodyIsKept:
    def test_memory_holds_neither_words_nor_addresses_nor_a_link_between_two_words(self):
        look(WORD, 1)
        look("streckbank", 1)
        kept = repr(caches["people"]._cache)
        assert all(told not in kept for told in (WORD, "streckbank", "81.1.", "100.7", "en\\x00"))
        pairs = [key for key in caches["people"]._cache if "salt" not in key]
        assert len(pairs) == 6, "one for each word and person, and counts of words, the person and all"

    def test_another_secret_or_another_day_is_another_hash(self, settings):
        look(WORD, 1)
        before = set(caches["people"]._cache)
        settings.SECRET_KEY = "another secret of fifty signs or more, as it has to be."
        look(WORD, 1)
        assert len(set(caches["people"]._cache)) == 2 * len(before) - 1, "only the salt is the same"

    def test_hashes_hang_on_the_key_of_the_day(self):
        def hashes():
            return {name.rpartition(".")[2] for name in caches["people"]._cache} - {"salt"}

        look(WORD, 1)
        before = hashes()
        caches["people"].delete(f"search.{timezone.now().date()}.salt")
        look(WORD, 1)
        assert len(hashes()) == 2 * len(before) == 8

    def test_no_log_has_it(self, caplog, monkeypatch):
        monkeypatch.setattr(counting, "_write_day", lambda *_: (_ for _ in ()).throw(DatabaseError(WORD)))
        with caplog.at_level("DEBUG"):
            for number in range(1, 6):
                look(WORD, number)
            counting.write()
        told = caplog.text + repr([record.__dict__ for record in caplog.records])
        assert "search_statistics_wait" in told and WORD not in told and "100.7" not in told

    @pytest.mark.parametrize(
        "typed",
        [
            "anna@example.org",
            "anna＠example.org",
            "mail anna.kowalska@example",
            "+49 30 1234567",
            "030 12 34 56",
            "٠٣٠١٢٣٤٥",
            "DE12 5001",
            "case 12345/09",
            "https://example.org/x",
            "example.org",
            "one two three four five six seven",
            "x" * 81,
            "2019",
            '"folter keller"',
            "folter -keller",
            "folter OR keller",
            "(folter keller) OR x",
            "title:folter",
            "author:Kowalska",
            "\u202e\u200b",
            "   ",
            "a" * 400,
        ],
    )
    def test_never_kept(self, typed):
        assert term_of(Parameters(q=typed)) == ""

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("  Folter\u00a0 KELLER ", "folter keller"),
            ("Ｆolter", "folter"),
            ("fol\u200bter\u202e", "folter"),
            ("Straße 2019", "straße 2019"),
            ("الاحتجاز التعسفي", "الاحتجاز التعسفي"),
            ("U.N. (resolution)", "u.n. resolution"),
        ],
    )
    def test_kept_as_people_write_it(self, typed, kept):
        assert term_of(Parameters(q=typed)) == kept


class TestWhoAndWhatCounts:
    @pytest.mark.parametrize(
        "asked",
        [
            {"agent": ""},
            {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
            {"agent": "curl/8.5.0"},
            {"agent": "python-requests/2.32"},
            {"method": "head"},
            {"asked": {"filters": {"kind": frozenset(["case"])}}},
            {"asked": {"page": 2}},
            {"asked": {"sort": Sort.NEWEST}},
            {"asked": {"expand": False}},
            {"asked": {"within": "00000000-0000-4000-8000-000000000000"}},
        ],
    )
    def test_robots_filters_and_further_pages_do_not(self, asked):
        for number in range(1, 6):
            look(WORD, number, **asked)
        assert stored() == {} and not SearchDay.objects.exists()

    def test_whoever_is_signed_in_does_not(self):
        member = User.objects.create_user("member")
        for number in range(1, 6):
            look(WORD, number, user=member)
        assert stored() == {} and not SearchDay.objects.exists()

    @pytest.mark.parametrize(
        "found", [{"total": 1}, {"partial": True}, {"reduced": True}, {"unknown": ("fact",)}, {"promoted": "page"}]
    )
    def test_what_is_found_or_was_not_looked_for_everywhere_is_not_missing(self, found):
        for number in range(1, 6):
            look(WORD, number, found=found)
        assert stored() == {} and SearchDay.objects.get().searches == 5

    def test_nothing_is_counted_where_that_is_switched_off(self, settings):
        settings.SEARCH_STATISTICS_DAYS = 0
        for number in range(1, 6):
            look(WORD, number)
        assert stored() == {} and not SearchDay.objects.exists()


class TestFloods:
    def test_one_network_has_thirty_words_a_day(self):
        counted = [f"word{'x' * at}" for at in range(people.TERMS_OF_A_PERSON + 10)]
        request = asking()
        for term in counted:
            people.completes_five("en", term, request)
        pairs = len(caches["people"]._cache)
        people.completes_five("en", "another", request)
        assert pairs == len(caches["people"]._cache) == 2 * people.TERMS_OF_A_PERSON + 3

    def test_memory_is_bounded(self, monkeypatch):
        monkeypatch.setattr(people, "ENTRIES", 4)
        for number in range(1, 8):
            look(WORD, number)
        assert stored() == {} and len(caches["people"]._cache) == 4 + 4 + 3

    def test_people_at_once_are_counted_right(self):
        found = []

        def ask(number):
            found.append(people.completes_five("en", WORD, asking(number % 10)))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(found) == 2, "ten people, each four times"

    def test_shared_through_redis(self, settings, redis_url):
        redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
        settings.CACHES = {"default": redis, "people": {**redis, "KEY_PREFIX": f"people-{id(settings)}"}}
        asked = [asking(number % 5) for number in range(15)]
        assert [people.completes_five("en", WORD, request) for request in asked] == [False] * 4 + [True] + [False] * 10

    def test_a_cache_that_is_away_costs_counts_and_no_search(self, settings):
        settings.CACHES = settings.CACHES | {
            "people": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
        }
        for number in range(1, 6):
            look(WORD, number)
        assert stored() == {} and SearchDay.objects.get().nothing == 5


class TestNumbers:
    def test_a_day_in_a_language(self):
        look("torture", 1, found={"total": 3, "took_ms": 3})
        look("torture", 1, found={"total": 3})
        look("tortrue", 1, found={"suggestion": "torture"})
        look(WORD, 2, "de")
        look("torture", 3, found={"reduced": True})
        counting.write()
        rows = {row.language: row for row in SearchDay.objects.all()}
        assert set(rows) == {"en", "de"}
        numbers = {language: (row.searches, row.nothing, row.reduced, row.suggested) for language, row in rows.items()}
        assert numbers == {"en": (4, 2, 1, 1), "de": (1, 1, 0, 0)} and rows["en"].times == {"5": 1, "10": 3}
        fields = {field.name for field in SearchDay._meta.get_fields()}
        assert fields == {"id", "day", "language", "searches", "nothing", "reduced", "suggested", "times"}

    def test_counting_costs_a_search_no_statement(self, client, visit):
        visit(WORD, 1)
        with CaptureQueriesContext(connection) as uncounted:
            client.get("/api/v1/search", {"q": WORD})
        with CaptureQueriesContext(connection) as counted:
            visit(WORD, 2)
        assert len(counted) == len(uncounted)

    def test_written_once_a_minute_after_an_answer_has_left(self, visit, monkeypatch):
        visit(WORD, 1)
        assert not SearchDay.objects.exists()
        monkeypatch.setattr(counting, "WRITTEN_EVERY", 0)
        visit(WORD, 2)
        assert SearchDay.objects.get().searches == 2

    def test_numbers_wait_where_the_database_can_not_take_them(self, monkeypatch):
        write = counting._write_day
        monkeypatch.setattr(counting, "_write_day", lambda *_: (_ for _ in ()).throw(DatabaseError("locked")))
        for number in range(1, 6):
            look(WORD, number)
        counting.write()
        monkeypatch.setattr(counting, "_write_day", write)
        look(WORD, 6)
        assert stored() == {WORD: 5} and SearchDay.objects.get().searches == 6

    def test_half_and_95_of_100(self):
        times = {"10": 50, "20": 44, "100": 5, "500": 1}
        assert (at_most(times, 50), at_most(times, 95), at_most({}, 50)) == (10, 100, None)
        day = SearchDay(searches=2, nothing=1, times={"5": 1, "30": 1})
        assert Figures.of([day, day]) == Figures(4, 2, 0, 0, 5, 30)

    def test_times_are_kept_as_steps(self):
        assert [counting._step(ms) for ms in (0, 5, 6, 9_999, 60_000)] == [5, 5, 10, 10_000, 10_000]


class TestForgetting:
    def test_old_days_and_terms_go(self, settings):
        today = timezone.now().date()
        for days in (10, 11):
            day = today - timedelta(days=days)
            SearchDay.objects.create(day=day, language="en")
            WantedTerm.objects.create(language="en", query=f"{days}", people=5, first_day=day, last_day=day)
        settings.SEARCH_STATISTICS_DAYS = 10
        keeping.forget_old()
        assert [row.query for row in WantedTerm.objects.all()] == ["10"] and SearchDay.objects.count() == 1

    def test_what_anybody_finds_by_now_goes_and_what_only_members_find_stays(self, publish, monkeypatch):
        today = timezone.now().date()
        for query in ("open", "members", "missing"):
            WantedTerm.objects.create(language="en", query=query, people=5, first_day=today, last_day=today)
        publish("An open door")
        publish("Members and others", acl=frozenset({"login"}))
        root = User.objects.create_superuser("root", None, None)
        assert answer(Parameters(q="members"), Visitor(root)).total == 1
        keeping.keep_quietly()
        assert {row.query for row in WantedTerm.objects.all()} == {"members", "missing"}

    def test_nothing_goes_while_the_engine_can_not_say(self, publish, monkeypatch):
        today = timezone.now().date()
        WantedTerm.objects.create(language="en", query="open", people=5, first_day=today, last_day=today)
        publish("An open door")
        monkeypatch.setattr(get_engine(), "search", lambda request: (_ for _ in ()).throw(EngineUnavailableError("")))
        keeping.forget_found()
        assert WantedTerm.objects.count() == 1
