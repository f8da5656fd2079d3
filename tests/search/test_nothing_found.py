"""What somebody is offered who found little: other spellings, searches that ask for less. Never a hidden word."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import User
from search import compounds, facet_values, rebuilding, registry, words
from search.engines import get_engine
from search.exceptions import EngineUnavailableError
from search.facet_values import Label
from search.instead import Speller
from search.models import SearchOutbox, SearchWord, WordBearer
from search.outbox import drain, touch
from search.registry import Name, Scope
from tests.search.fakes import FakeFile, FakeSource

pytestmark = pytest.mark.django_db


@pytest.fixture
def learn(monkeypatch):
    """Makes the table of words of what anybody may read among the fakes."""

    def texts(self, keys):
        return {
            key: (thing.locale, f"{thing.title}\n{thing.summary}\n{thing.body}")
            for key, thing in self.things.items()
            if key in keys and "public" in thing.acl
        }

    monkeypatch.setattr(FakeSource, "texts", texts, raising=False)

    def learned():
        words.forget()
        return words.refresh()

    return learned


@pytest.fixture
def vocabulary(monkeypatch):
    """``vocabulary("…")`` makes these the words by which German compounds are split."""

    def known(text):
        monkeypatch.setattr(registry._registry, "vocabulary", {"words": lambda: [("de", text)]})
        compounds.freeze()

    return known


@pytest.fixture
def ask(client):
    def asked(query, language="en"):
        answer = client.get(f"/api/v1/search?lang={language}&q={query}").json()
        return {**answer, "titles": [result["title"] for result in answer["results"]]}

    return asked


def shown(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def instead(answer):
    found = answer["instead"]
    return found and (found["how"], found["total"], [result["title"] for result in found["results"]])


class TestSpelling:
    def test_offered_and_never_searched_silently(self, client, publish, learn, ask, everywhere):
        publish("Torture in detention", body="Detention again")
        publish("Retention of data")
        learn()
        answer = ask("tortrue+detentoin")
        assert (answer["suggestion"], answer["total"], answer["titles"]) == ("torture detention", 0, [])
        page = client.get("/en/search/?q=tortrue+detentoin&kind=publication")
        assert "0 results for “ tortrue detentoin ”" in shown(page) and "Did you mean torture detention ?" in shown(
            page
        )
        assert 'href="?q=torture+detention&amp;kind=publication"' in page.content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "torture",
            "tortures",
            '"tortrue"',
            "-tortrue+zebra",
            "title:tortrue",
            "tort",
            "torture+zebra",
            "t0rture",
            "x",
        ],
    )
    def test_nothing_is_offered_for_what_is_known_short_or_said_otherwise(self, publish, learn, ask, query):
        publish("Torture tort")
        learn()
        assert ask(query)["suggestion"] is None

    def test_only_what_finds_something_under_the_same_filters(self, publish, learn, ask):
        publish("Torture")
        learn()
        assert ask("tortrue")["suggestion"] == "torture"
        assert ask("tortrue&kind=case")["suggestion"] is None
        assert ask("tortrue+zebra")["suggestion"] is None

    def test_a_word_that_is_found_often_enough_is_no_mistake(self, publish, learn, ask):
        for number in range(3):
            publish(f"Note {number}", files=(FakeFile([("en", "tortrue")]),))
        publish("Torture")
        learn()
        assert ask("tortrue")["suggestion"] is None

    def test_what_was_withdrawn_since_is_as_if_it_had_never_been_learned(self, publish, learn, ask, content):
        publish("Kowalska before the court")
        learn()
        never = {word: ask(word)["suggestion"] for word in ("kowalski", "kowalskj", "kowalsky")}
        thing = publish("Kowalski and Kowalsko")
        learn()
        content.remove(thing)
        touch([thing.key])
        drain()
        assert {word: ask(word)["suggestion"] for word in never} == never == {**never, "kowalski": "kowalska"}

    def test_the_word_itself_is_replaced_and_no_part_of_another(self, publish, learn, ask):
        publish("Tortures")
        publish("Detention and tortures")
        learn()
        assert ask("detentions+torturez+torture-z")["suggestion"] is None
        assert ask("tortures+tortur")["suggestion"] in (None, "tortures tortures")
        assert ask("detentionx+detention")["suggestion"] == "detention detention"

    def test_a_long_query_costs_a_few_comparisons(self, publish, learn, ask, monkeypatch):
        publish("Torture")
        learn()
        compared = []
        monkeypatch.setattr(words.process, "extract", lambda *args, **options: compared.append(args) or [])
        ask("+".join(f"invented{letter * 3}" for letter in "abcdefghijklm"))
        assert len(compared) == 3

    def test_words_that_say_nothing_or_are_right_keep_no_mistake_from_being_seen(self, publish, learn, ask):
        publish("The torture of a prison camp guard in detention")
        learn()
        asked = "the+torture+of+a+prison+camp+guard+in+"
        assert ask(asked + "detentoin")["suggestion"] == "the torture of a prison camp guard in detention"
        spelled = []
        speller = Speller(lambda word: spelled.append(word) or False)
        assert [speller.of(word) for word in ("the", "with", "tortrue", "prisno", "guadr", "camps")] == [[]] * 6
        assert "the" not in spelled and "with" not in spelled and "camps" not in spelled

    def test_accents_and_scripts(self, publish, learn, ask):
        publish("La compétence universelle", locale="fr")
        publish("الاحتجاز التعسفي", locale="ar")
        learn()
        assert ask("compétance")["suggestion"] == "compétence"
        assert ask("competance")["suggestion"] == "compétence"
        assert ask("الاحتجار")["suggestion"] == "الاحتجاز"

    def test_the_table_has_words_of_public_texts_and_of_no_file(self, publish, learn):
        publish("Torture", files=(FakeFile([("en", "scanned mistaek")]),))
        publish("Hidden giraffe", acl=frozenset({"login"}))
        assert learn() == 1
        assert list(SearchWord.objects.values_list("language", "word", "count")) == [("en", "torture", 1)]

    def test_words_go_with_the_last_thing_that_has_them(self, publish, learn, content):
        publish("Torture prison", summary="Torture")
        open_, gone = publish("Prison camp"), publish("Camp of Quillbramble")
        learn()

        def known():
            return set(SearchWord.objects.values_list("word", "count"))

        assert known() == {("torture", 1), ("prison", 2), ("camp", 2), ("quillbramble", 1)}
        content.remove(gone)
        touch([gone.key])
        drain()
        assert known() == {("torture", 1), ("prison", 2), ("camp", 1)}
        open_.title = "Prison"  # an edit is no withdrawal, and hides a word as well
        touch([open_.key])
        drain()
        drain()
        assert known() == {("torture", 1), ("prison", 2)}
        open_.acl = frozenset({"login"})
        touch([open_.key])
        drain()
        touch([open_.key])
        drain()
        assert known() == {("torture", 1), ("prison", 1)}
        assert words.refresh() == 2 and known() == {("torture", 1), ("prison", 1)}

    def test_words_go_while_the_engine_is_away(self, publish, learn, content, monkeypatch):
        gone = publish("Quillbramble")
        learn()
        content.remove(gone)
        touch([gone.key])

        def away(*args, **options):
            raise EngineUnavailableError("Away.")

        monkeypatch.setattr(type(get_engine()), "write", away)
        with pytest.raises(EngineUnavailableError):
            drain()
        assert not SearchWord.objects.exists() and not WordBearer.objects.exists()

    def test_a_name_that_a_hidden_thing_made_known_goes_with_it(self, publish, learn, content, monkeypatch):
        names = [Name("1", "en", "Quillbramble town"), Name("2", "de", "Nebelstadt")]
        monkeypatch.setattr(registry._registry, "terms", {"places": lambda visitor, keys: names})
        thing = publish("Torture", acl=frozenset({"public"}))
        learn()
        del names[0]
        touch([thing.key])
        drain()
        assert set(SearchWord.objects.values_list("language", "word")) == {("en", "torture"), ("de", "nebelstadt")}

    def test_no_source_holds_up_a_withdrawal(self, publish, learn, content, monkeypatch):
        gone = publish("Quillbramble")
        learn()
        content.remove(gone)
        monkeypatch.setattr(registry._registry, "terms", {"broken": lambda visitor, keys: 1 / 0})
        touch([gone.key])
        drain()
        assert not SearchOutbox.objects.exists() and get_engine().version(gone.key) is None

    @pytest.mark.parametrize("reading", ["_of_things", "_of_names"])
    def test_what_is_hidden_while_words_are_counted_is_not_counted(self, publish, learn, content, monkeypatch, reading):
        gone, other = publish("Quillbramble"), publish("Torture")
        learn()
        real, hidden = getattr(words, reading), []

        def late(*args):
            found = real(*args)
            if not hidden:
                hidden.append(gone)
                content.remove(gone)
                words.keep_up([gone.key])
            return found

        monkeypatch.setattr(words, reading, late)
        assert words.refresh() == 1
        assert list(SearchWord.objects.values_list("word", flat=True)) == ["torture"]
        assert list(WordBearer.objects.values_list("key", flat=True)) == [other.key]

    def test_what_is_hidden_all_the_time_is_not_counted_either(self, publish, learn, content, monkeypatch):
        things = [publish(f"Quill{letter}bramble") for letter in "abcdef"]
        real = words._of_names

        def late():
            found = real()
            if not connection.savepoint_ids[depth:]:  # else it would wait
                content.remove(things[-1])
                words.keep_up([things.pop().key])
            return found

        learn()
        depth = len(connection.savepoint_ids)
        with monkeypatch.context() as patch:
            patch.setattr(words, "_of_names", late)
            assert words.refresh() == len(things) == 3
        assert words.refresh() == 3

    def test_a_count_that_dies_before_a_withdrawal_is_written_keeps_no_word(self, publish, learn, content, monkeypatch):
        gone = publish("Quillbramble")
        learn()
        gone.title = "Torture"
        touch([gone.key])
        with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
            patch.setattr(words, "_of_names", lambda: 1 / 0)
            words.refresh()
        drain()
        assert not SearchWord.objects.exists()

    def test_nobody_waits_while_words_are_read_and_counted(self, publish, learn, monkeypatch):
        publish("Torture prison")
        learn()
        depth, held = len(connection.savepoint_ids), {}
        for name in ("_of_things", "_of_names"):
            real = getattr(words, name)

            def reading(*args, name=name, real=real):
                held[name] = connection.savepoint_ids[depth:]
                return real(*args)

            monkeypatch.setattr(words, name, reading)

        def counting(execute, sql, *args):
            if sql.startswith("SELECT") and '."words" FROM "search_wordbearer"' in sql.replace(' AS "words"', ""):
                held["counting"] = connection.savepoint_ids[depth:]
            return execute(sql, *args)

        with connection.execute_wrapper(counting):
            learn()
        assert held == {"_of_things": [], "_of_names": [], "counting": []}

    def test_what_waits_for_the_index_is_learned_where_it_was_never_counted(self, publish, learn, content):
        """A new site has all of it on the outbox: nothing would be known until the next night."""
        gone = content.add("Quillbramble")
        touch([gone.key, content.add("Torture").key])
        assert learn() == 2
        content.remove(gone)
        drain()
        assert list(SearchWord.objects.values_list("word", flat=True)) == ["torture"]

    def test_learned_by_a_rebuild_and_at_once_on_a_new_site(self, publish, learn):
        publish("Torture")
        rebuilding.rebuild()
        assert list(SearchWord.objects.values_list("word", flat=True)) == ["torture"]
        publish("Prison")
        rebuilding.work_off_quietly()
        assert SearchWord.objects.count() == 1  # more tomorrow
        SearchWord.objects.all().delete()
        rebuilding.work_off_quietly()
        assert SearchWord.objects.count() == 2

    def test_two_workers_may_learn_at_once(self, publish, learn):
        publish("Torture prison")
        other = []

        def quicker(execute, sql, *args):
            if sql.startswith("INSERT") and "search_searchword" in sql and not other:
                other.append(SearchWord.objects.model(language="en", word="torture", count=1))
                other[0].save()
            return execute(sql, *args)

        with connection.execute_wrapper(quicker):
            learn()
        assert other and SearchWord.objects.count() == 2


class TestAskingForLess:
    def test_some_of_the_words(self, client, publish, ask, everywhere):
        publish("Torture in prison")
        publish("Torture")
        publish("Police", body="nothing here")
        answer = ask("torture+prison+zebra")
        assert (answer["total"], answer["titles"]) == (0, [])
        how, total, titles = instead(answer)
        assert (how, total, titles) == ("some_words", 2, ["Torture in prison", "Torture"])
        assert "some of them: " in shown(client.get("/en/search/?q=torture+prison+zebra"))
        assert instead(ask('"prison+torture"')) == ("some_words", 2, titles)
        assert instead(ask("torture+prison+-torture")) is None

    def test_words_that_are_written_much_alike(self, publish, learn, ask, everywhere):
        publish("Torture")
        publish("Tortuga")
        learn()
        how, total, titles = instead(ask("tortura"))
        assert (how, total, sorted(titles)) == ("similar_words", 2, ["Tortuga", "Torture"])
        assert instead(ask("tortura&kind=case")) is None

    def test_words_that_a_german_compound_begins_or_ends_with(self, publish, ask, everywhere, vocabulary):
        vocabulary("Folter Opfer")
        publish("Opfer von Folter", locale="de")
        publish("Police")
        assert instead(ask("folteropfer")) == ("some_words", 1, ["Opfer von Folter"])
        assert instead(ask("opferberatung")) == ("some_words", 1, ["Opfer von Folter"])
        assert instead(ask("folteropfer&kind=case")) is None

    def test_other_languages(self, client, publish, ask, everywhere):
        publish("Folter", locale="de")
        assert instead(ask("folter&language=fr")) == ("other_languages", 1, ["Folter"])
        body = client.get("/en/search/?q=folter&language=fr").content.decode()
        assert 'href="?q=folter">All results in other languages' in body
        assert instead(ask("folter&language=fr&kind=case")) is None

    def test_nothing_where_something_was_found_or_nothing_was_asked(self, publish, ask):
        publish("Torture")
        assert instead(ask("torture")) is None and instead(ask("")) is None and instead(ask("!?")) is None


class TestHiddenWords:
    """A hidden word that a stranger types, or nearly types, is answered as a word that nobody ever wrote."""

    def answers(self, client, text):
        answer = client.get("/api/v1/search", {"q": text, "lang": "en"}).json()
        page = client.get("/en/search/", {"q": text}).content.decode().replace(text, "WORD")
        suggested = client.get("/api/v1/suggest", {"q": text, "lang": "en"}).json()["suggestions"]
        return {**answer, "took_ms": 0, "query": ""}, page, suggested

    @pytest.mark.parametrize("text", ["kowalski", "kowalskj", "kowalsk"])
    def test_restricted(self, client, publish, learn, text):
        publish("Public report on prisons")
        publish("Kowalski testifies", acl=frozenset({"login"}))
        learn()
        assert self.answers(client, text) == self.answers(client, "qzvxwjkp"[: len(text)])
        client.force_login(User.objects.create_user("member"))
        assert client.get("/api/v1/search?q=kowalski").json()["total"] == 1

    @pytest.mark.parametrize("text", ["kowalski", "kowalskj"])
    def test_withdrawn_since_the_table_was_made(self, client, content, publish, learn, text):
        publish("Public report on prisons")
        thing = publish("Kowalski testifies")
        learn()
        assert self.answers(client, "kowalskj")[0]["suggestion"] == "kowalski"
        content.remove(thing)
        touch([thing.key])
        drain()
        assert self.answers(client, text) == self.answers(client, "qzvxwjkp")

    def test_the_vocabulary_of_compounds_still_knows_it(self, client, publish, vocabulary):
        publish("Bericht", locale="de")
        publish("Kowal", locale="de")
        publish("Kowalski", locale="de", acl=frozenset({"login"}))
        vocabulary("Bericht Kowal")
        never = self.answers(client, "kowalskibericht")
        assert never[0]["instead"]["total"] == 2
        vocabulary("Bericht Kowal Kowalski")
        assert self.answers(client, "kowalskibericht") == never

    def test_hidden_while_the_index_does_not_know(self, client, publish, learn, settings):
        publish("Public report on prisons")
        thing = publish("Kowalski testifies")
        learn()
        settings.SEARCH_DRAIN_INLINE = False
        thing.acl = frozenset({"login"})
        assert self.answers(client, "kowalskj")[0]["suggestion"] is None, "read again before it is offered"
        touch([thing.key])
        assert self.answers(client, "kowalskj") == self.answers(client, "qzvxwjkp")


class TestWithin:
    @pytest.fixture
    def case(self, publish):
        case = publish("Torture case", kind="case")
        report, other = publish("Torture report"), publish("Torture elsewhere")
        hidden = publish("Torture secret", acl=frozenset({"login"}))
        keys = frozenset({case.key, report.key, hidden.key})

        def scope(key, visitor, language):
            return Scope("The case", "en", keys) if key == case.translation_key else None

        registry.register_scope(scope)
        return case, other

    def test_only_what_belongs_to_it_is_found_and_counted(self, everywhere, client, case, ask):
        key = case[0].translation_key
        answer = ask(f"torture&within={key}")
        assert sorted(answer["titles"]) == ["Torture case", "Torture report"] and answer["total"] == 2
        assert {value["value"]: value["count"] for value in answer["facets"]["kind"]} == {"case": 1, "publication": 1}
        assert ask(f"&within={key}")["total"] == 2
        assert client.get(f"/api/v1/export?q=torture&within={key}").json()["total"] == 2

    def test_a_chip_names_it_and_takes_it_away(self, client, case):
        key = case[0].translation_key
        page = client.get(f"/en/search/?q=torture&within={key}")
        assert "Within: The case" in shown(page) and 'href="?q=torture"' in page.content.decode()
        assert f'<input type="hidden" name="within" value="{key}">' in page.content.decode()

    def test_unknown_finds_nothing_and_says_so(self, client, case, ask):
        answer = ask("torture&within=00000000-0000-4000-8000-000000000000")
        assert answer["total"] == 0 and answer["notices"] == ["What you wanted to search within is not here."]
        assert instead(answer) is None
        assert client.get("/api/v1/search?q=x&within=12").json()["error"]["parameter"] == "within"
        damaged = shown(client.get("/en/search/?q=torture&within=12"))
        assert "0 results" in damaged and "What you wanted to search within is not here" in damaged


def test_narrower_values_stand_below_wider_ones(client, publish):
    wide, narrow, hidden, orphan = (f"6f1c0000-0000-4000-8000-00000000000{n}" for n in range(1, 5))
    labels = {wide: Label("Liberty"), narrow: Label("Detention", wide), orphan: Label("Orphan", hidden)}
    facet_values.register_labels(
        ["topic"], lambda values, *_: {"topic": {v: labels[v] for v in values["topic"] if v in labels}}
    )
    publish("Report", topics=(wide, narrow))
    publish("Paper on a report", topics=(wide, hidden, orphan))
    body = client.get(f"/en/search/?q=report&topic={narrow}").content.decode()
    tree = re.search(r"<legend>Topic</legend>(.*?)</fieldset>", body, re.S).group(1)
    assert re.search(rf'value="{wide}".*?<ul>\s*<li>\s*<label><input[^>]*value="{narrow}" checked', tree, re.S)
    assert tree.count("<ul>") == 2 and "Orphan" in tree and hidden not in body


def test_people_are_suggested_after_titles(client, publish):
    for number in range(8):
        publish(f"Jane's report {number}", locale="de")
    registry.register_people(lambda text, visitor, limit: ['Jane "J" Doe', "Jane Roe"][:limit] if text == "jan" else [])
    found = client.get("/api/v1/suggest?q=jan&lang=de").json()["suggestions"]
    assert len(found) == 8 and [each["kind"] for each in found[6:]] == ["person", "person"]
    assert found[6]["url"] == "/de/search/?q=author%3A%22Jane++J++Doe%22"


def test_what_nothing_found_costs_the_database(client, publish, learn):
    for number in range(12):
        publish(f"Torture in prison {number}", files=(FakeFile([("en", "page")]),))
    learn()
    client.get("/en/search/?q=x")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/en/search/?q=prison+zebrra+tortrue&language=fr")
    assert "some of them" not in shown(page)
    with CaptureQueriesContext(connection) as more:
        page = client.get("/en/search/?q=prison+zebrra")
    assert "some of them" in shown(page)
    assert max(len(asked), len(more)) <= 12
