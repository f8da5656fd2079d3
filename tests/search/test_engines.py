"""What every engine must do alike: the same class runs against each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import ClassVar

import pytest

from search import facet_values, writing
from search.analysis import prefix_words
from search.engines.base import ItemResult, Lookup, Operation, Outcome, Role, Sort
from search.exceptions import EngineBusyError, EngineUnavailableError, RebuildError
from search.indexing import index_row
from search.matching import plan
from tests.search.fakes import FakeFile

NOW = datetime.now(UTC)


def counts(response, facet):
    return {value.value: value.count for value in response.facets[facet]}


def selected(response, facet):
    return {value.value for value in response.facets[facet] if value.selected}


def soup(seed):
    """A word from all scripts, which may be read in many ways, each of many tokens."""
    chance, scripts = Random(seed), ((0x20, 0x250), (0x300, 0x370), (0x590, 0x700), (0x900, 0xE00), (0x3040, 0x9FFF))
    return "".join(chr(chance.randrange(*chance.choice(scripts))) for _ in range(300))


class TestMatching:
    @pytest.mark.parametrize("query", [" ".join(f"{day:02}.03.2011" for day in range(1, 29)), *map(soup, range(8))])
    def test_no_query_is_too_long_to_be_answered(self, index, query):
        """Elasticsearch refuses some thousand clauses; the embedded engine takes its time."""
        index.add("Report")
        assert index.search(query).total == index.search(query, tokens=None).total == 0

    def test_what_is_shortened_finds_the_same_on_every_engine(self, index, monkeypatch):
        index.add("Folter, Gefängnis", locale="de")
        monkeypatch.setattr("search.matching.MOST_TOKENS", 2)
        plan.cache_clear()
        total = index.search("folter gefängnis").total
        plan.cache_clear()
        assert total == 0, "its German readings were left out"

    def test_all_words_must_be_there_in_whatever_field(self, index):
        index.add("Chain of custody", body="Orders come down.")
        both = index.add("Report", summary="The chain", body="of command")
        assert index.titles("chain command") == [both.title]
        assert index.search("chain").total == 2

    def test_phrase_wants_the_words_side_by_side(self, index):
        index.add("The chain of command")
        index.add("A command about a chain")
        assert index.titles('"chain of command"') == ["The chain of command"]
        assert index.search("chain of command").total == 2

    def test_words_side_by_side_come_first(self, index):
        index.add("Notes one", body="A command was given and a chain of it was found by others.")
        index.add("Notes two", body="The chain of command was a thing that was found by all others.")
        assert index.titles("chain of command")[0] == "Notes two"

    def test_minus_takes_away(self, index):
        index.add("Torture in prisons")
        index.add("Torture in police custody")
        assert index.titles("torture -police") == ["Torture in prisons"]
        assert index.titles("-police") == ["Torture in prisons"]
        assert index.titles('-"police custody"') == ["Torture in prisons"]

    def test_or_takes_either(self, index):
        index.add("Prison")
        index.add("Police")
        index.add("Court")
        assert sorted(index.titles("prison OR police")) == ["Police", "Prison"]

    def test_or_beside_another_word_needs_that_word_and_one_of_them(self, index):
        index.add("Court report on prison")
        index.add("Court report alone")
        assert index.titles("prison OR police court report") == ["Court report on prison"]

    def test_file_text_is_found_and_phrases_run_across_a_page_break(self, index):
        index.add("Study", files=(FakeFile([("en", "the chain of"), ("en", "command")]),))
        assert index.titles('"chain of command"') == ["Study"]

    def test_no_phrase_runs_from_one_file_into_the_next(self, index):
        files = (FakeFile([("en", "ends with zebra")]), FakeFile([("en", "giraffe begins")], title="Other"))
        index.add("Study", files=files)
        assert index.titles('"zebra giraffe"') == index.titles('"zebra other"') == []

    def test_stop_word_of_another_language_does_not_filter(self, index):
        index.add("Folter in Haft", locale="de")
        assert index.titles("die Folter") == ["Folter in Haft"]
        assert index.titles("die") == []

    def test_every_language_is_searched_at_once(self, index):
        index.add("Menschenrechte vor Gericht", locale="de")
        index.add("Tribunal arbitral", locale="fr")
        index.add("المحكمة الجنائية", locale="ar")
        assert index.titles("Menschenrechten") == ["Menschenrechte vor Gericht"]
        assert index.titles("tribunaux") == ["Tribunal arbitral"]
        assert index.titles("محكمة") == ["المحكمة الجنائية"]

    def test_signs_without_letters_find_nothing(self, index):
        index.add("Anything")
        assert index.search("!?").total == 0
        assert index.search('"').total == 0

    def test_hidden_keys_are_in_no_hit_no_total_and_no_facet(self, index):
        index.add("Open paper", published=datetime(2020, 1, 1, tzinfo=UTC))
        hidden = index.add("Hidden paper", published=datetime(2001, 1, 1, tzinfo=UTC))
        for text in ("paper", ""):
            answer = index.search(text, hidden=frozenset({hidden.key}))
            assert (answer.total, len(answer.hits), counts(answer, "year")) == (1, 1, {"2020": 1})
            assert index.search(text, hidden=frozenset({hidden.key}), tokens=None).total == 1

    def test_blank_query_lists_everything_newest_first(self, index):
        index.add("Old", published=NOW - timedelta(days=900))
        index.add("New", published=NOW - timedelta(days=1))
        assert index.titles("") == ["New", "Old"]

    @pytest.mark.parametrize(
        "text", ['" OR 1=1 --', "t:x AND", "NEAR(a b)", "^start", "a* {b}", "\\ / + [x TO y]", "'"]
    )
    def test_operators_of_the_engine_mean_nothing(self, index, text):
        index.add("Anything")
        assert index.search(text).total == 0


class TestFields:
    """The same sets and counts from both engines, whatever fields and brackets are put together."""

    NAMES: ClassVar = {
        "topic": [("Impunity", "t1"), ("Straflosigkeit", "t1"), ("Police", "t2"), ("police-violence", "t2")],
        "place": [("Syria", "p1"), ("سوريا", "p1"), ("São Tomé", "p2")],
        "publication_kind": [("Annual report", "d1")],
        "author": [("Jane Müller", "Jane Müller"), ("Karl Jane", "Karl Jane")],
    }

    @pytest.fixture
    def library(self, index):
        for facet, names in self.NAMES.items():
            facet_values.register_names(facet, lambda visitor, names=names: names)
        for title, fields in {
            "Prison": {"body": "torture police", "topics": ("t1",), "places": ("p1",), "year": 2019},
            "Torture": {"body": "prison court", "topics": ("t2",), "authors": ("Jane Müller",), "year": 2020},
            "Court": {"body": "police", "kind": "case", "places": ("p2",), "year": 2021},
            "Haft": {
                "locale": "de",
                "languages": ("de", "ar"),
                "authors": ("Karl Jane",),
                "doctype": "d1",
                "year": 2022,
            },
            "Hidden torture": {"topics": ("t1",), "acl": frozenset({"login"}), "year": 2019},
        }.items():
            index.add(title, published=datetime(fields.pop("year"), 5, 1, tzinfo=UTC), **fields)
        return index

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("title:torture", "Torture"),
            ("title:tortures", "Torture"),
            ('title:"torture"', "Torture"),
            ("-title:torture", "Court Haft Prison"),
            ("title:(torture OR prison)", "Prison Torture"),
            ("title:torture prison", "Torture"),
            ("title:prison OR court", "Court Prison Torture"),
            ("topic:impunity", "Prison"),
            ("topic:STRAFLOSIGKEIT", "Prison"),
            ("topic:police-violence", "Torture"),
            ('topic:"police violence"', "Torture"),
            ("-topic:impunity", "Court Haft Torture"),
            ("topic:impunity OR topic:police", "Prison Torture"),
            ("topic:impunity topic:police", ""),
            ("place:سوريا", "Prison"),
            ('place:"sao tome"', "Court"),
            ("kind:case", "Court"),
            ("kind:cases", "Court"),
            ("-kind:case police", "Prison"),
            ('kind:"annual report"', "Haft"),
            ("lang:ar", "Haft"),
            ("lang:Arabic", "Haft"),
            ("lang:Deutsch", "Haft"),
            ("lang:français", ""),
            ("author:muller", "Torture"),
            ("author:jane", "Haft Torture"),
            ('author:"Müller Jane"', "Torture"),
            ("year:2019", "Prison"),
            ("year:2020..2021", "Court Torture"),
            ("year:2021..", "Court Haft"),
            ("year:..2020", "Prison Torture"),
            ("-year:..2020", "Court Haft"),
            ("year:٢٠١٩", "Prison"),
            ("year:2021..2019", ""),
            ("year:soon", ""),
            ("topic:nowhere", ""),
            ("-topic:nowhere year:2019", "Prison"),
            ("topic:nowhere OR year:2019", "Prison"),
            ("(torture prison) OR kind:case", "Court Prison Torture"),
            ("(torture -topic:police) OR (court -police)", "Prison Torture"),
            ("-(police OR torture)", "Haft"),
            ("-(police torture)", "Court Haft Torture"),
            ("court -(kind:case OR year:2022)", "Torture"),
            ("(the title:court)", "Court"),
            ("die title:Haft", "Haft"),
            ("(((torture OR court) police) OR haft) -year:2022", "Court Prison"),
        ],
    )
    def test_exact_set_and_counts(self, library, text, found):
        titles = found.split()
        answer = library.search(text)
        assert sorted(library.titles(text)) == titles
        assert (
            answer.total == sum(counts(answer, "kind").values()) == sum(counts(answer, "year").values()) == len(titles)
        )

    def test_facets_count_under_fields(self, library):
        answer = library.search("year:2019..2021", filters={"kind": frozenset({"case"})})
        assert (answer.total, counts(answer, "kind")) == (1, {"publication": 2, "case": 1})
        assert counts(answer, "topic") == {} and counts(answer, "place") == {"p2": 1}

    def test_what_stands_in_the_title_comes_before_what_stands_in_the_text(self, library):
        assert library.titles("title:prison OR police") == ["Prison", "Court"]

    def test_fields_show_nothing_that_the_visitor_may_not_see(self, library):
        assert library.search("title:hidden").total == library.search("topic:impunity title:torture").total == 0
        assert library.search("title:hidden", tokens=frozenset({"public", "login"})).total == 1


class TestShelves:
    """What only some may find has its words where no stranger's search reads."""

    HIDDEN = frozenset({"login"})
    MEMBER = frozenset({"public", "login"})

    def scores(self, index, text):
        return {hit.key: pytest.approx(hit.score, rel=1e-4) for hit in index.search(text).hits}

    def test_what_is_hidden_moves_no_hit_of_a_stranger(self, index):
        for number in range(9):
            index.add(f"Report {number}", body="On other things.")
        for word in ("alpha", "beta"):
            index.add(f"Paper {word}", body=f"It names {word} twice: {word}.")
        before = {text: self.scores(index, text) for text in ("alpha OR beta", "paper title:alpha", "report -alpha")}
        for number in range(5):
            index.add(f"Hidden alpha {number}", body="alpha", acl=self.HIDDEN)
        assert {text: self.scores(index, text) for text in before} == before

    @pytest.mark.parametrize(
        "text",
        ["alpha", '"alpha case"', "title:alpha", "alpha -beta", "-beta", "(alpha OR gamma) case", "alpha OR x"],
    )
    def test_who_may_find_it_finds_both(self, index, text):
        index.add("Alpha case")
        index.add("Hidden alpha case", acl=self.HIDDEN)
        assert sorted(index.titles(text, tokens=self.MEMBER)) == ["Alpha case", "Hidden alpha case"]
        assert sorted(index.titles(text, tokens=None)) == ["Alpha case", "Hidden alpha case"]
        assert index.titles(text) == ["Alpha case"]

    def test_a_restricted_thing_by_its_title_comes_before_a_mention(self, index):
        for number in range(9):
            index.add(f"Report {number}", body="It mentions the alpha case." if number < 3 else "On other things.")
        for title in ("Alpha case", "Alpha annex"):
            index.add(title, body="alpha", acl=self.HIDDEN)
        assert index.titles("alpha case", tokens=self.MEMBER)[0] == "Alpha case"

    def test_what_is_excluded_is_on_both(self, index):
        index.add("Alpha case")
        index.add("Hidden alpha case", acl=self.HIDDEN)
        assert index.titles("case -alpha", tokens=self.MEMBER) == index.titles("case -alpha") == []

    def test_a_thing_changes_its_shelf_whenever_its_access_does(self, index):
        thing = index.add("Alpha case")
        for acl in (self.HIDDEN, frozenset({"public"}), self.HIDDEN):
            thing.acl = acl
            index.put(thing)
            assert index.titles("alpha") == (["Alpha case"] if "public" in acl else [])
            assert index.titles("alpha", tokens=self.MEMBER) == ["Alpha case"]
            assert len(index.engine.autocomplete(Lookup(("alp",), "en", self.MEMBER, 8))) == 1
        index.engine.write([Operation(thing.key, 99, None, NOW)])
        assert index.titles("alpha", tokens=None) == []


class TestRanking:
    def test_title_before_summary_before_body_before_file(self, index):
        index.add("In file", files=(FakeFile([("en", "impunity")]),))
        index.add("In body", body="impunity")
        index.add("In summary", summary="impunity")
        index.add("Impunity")
        assert index.titles("impunity") == ["Impunity", "In summary", "In body", "In file"]

    def test_newer_wins_between_equals_but_an_old_title_beats_a_new_footnote(self, index):
        index.add("Impunity ended", published=NOW - timedelta(days=7000))
        index.add("Impunity began", published=NOW - timedelta(days=3))
        index.add("Other things", body="impunity", published=NOW - timedelta(days=1))
        assert index.titles("impunity") == ["Impunity began", "Impunity ended", "Other things"]

    def test_glossary_term_by_its_name_comes_first(self, index):
        for number in range(3):
            index.add(f"Impunity {number}")
        index.add("Impunity", kind="term")
        assert index.titles("impunity")[0] == "Impunity"

    def test_the_readers_language_comes_first_where_a_word_is_one_in_two_languages(self, index):
        index.add("Mandat", locale="fr", body="La détention d’un suspect.")
        for title in ("Camps", "Courts", "Cells"):
            index.add(title, body="The detention of suspects.")
        for number in range(9):
            index.add(f"Report {number}", body="On other things.")
        assert index.titles("detention")[0] == index.titles("detention", locale="de")[0] == "Mandat"
        assert index.titles("detention", locale="fr")[0] == index.titles("detention", locale="en")[-1] == "Mandat"

    def test_orders_by_date(self, index):
        for year in (2020, 2024, 2022):
            index.add(f"Report {year}", published=datetime(year, 5, 1, tzinfo=UTC))
        assert index.titles("report", sort=Sort.NEWEST) == ["Report 2024", "Report 2022", "Report 2020"]
        assert index.titles("report", sort=Sort.OLDEST) == ["Report 2020", "Report 2022", "Report 2024"]

    def test_pages_of_results_do_not_overlap(self, index):
        things = [index.content.add(f"Report {number:02}") for number in range(25)]
        index.put(*things)
        pages = [index.titles("report", offset=offset) for offset in (0, 10, 20)]
        assert [len(page) for page in pages] == [10, 10, 5]
        assert len({title for page in pages for title in page}) == 25
        assert index.search("report", offset=20).total == 25

    def test_parts_behind_a_place_hold_everything_once_whatever_comes_in_between(self, index):
        dates = [datetime(2020, 5, 1 + number % 3, 4, 5, 6, tzinfo=UTC) for number in range(11)]
        things = [index.content.add(f"Report {number:02}", published=dates[number]) for number in range(11)]
        index.put(*things)
        found, after = [], None
        for _part in range(4):
            hits = index.search("report", sort=Sort.NEWEST, size=3, after=after).hits
            found += [hit.key for hit in hits]
            after = (hits[-1].at, hits[-1].key)
            index.add("Report late", published=NOW)
        assert found == [each.key for each in sorted(things, key=lambda t: (-t.published.timestamp(), t.key))]
        assert index.search("report", sort=Sort.NEWEST, size=3, after=after).total == 15


class TestFacets:
    @pytest.fixture
    def filled(self, index):
        index.add("Report A", topics=("t1",), languages=("en", "de"), doctype="d1", places=("p1", "p2"))
        index.add("Report B", topics=("t2", "t1"), published=datetime(2020, 1, 1, tzinfo=UTC))
        index.add("Report C", kind="case", topics=("t2",), published=datetime(2020, 1, 1, tzinfo=UTC))
        index.add("Report D", topics=("t1",), acl=frozenset({"login"}))
        index.add("Unrelated", topics=("t1",))
        return index

    def test_counts_are_of_the_hits(self, filled):
        found = filled.search("report")
        assert found.total == 3 and found.total_relation == "eq"
        assert counts(found, "kind") == {"publication": 2, "case": 1}
        assert counts(found, "topic") == {"t1": 2, "t2": 2}
        assert counts(found, "place") == {"p1": 1, "p2": 1}
        assert counts(found, "language") == {"en": 3, "de": 1}
        assert counts(found, "year") == {"2020": 2, "2024": 1}
        assert counts(found, "publication_kind") == {"d1": 1}

    def test_a_facet_ignores_its_own_selection_and_obeys_all_others(self, filled):
        found = filled.search("report", filters={"topic": frozenset({"t2"}), "kind": frozenset({"publication"})})
        assert found.total == 1
        assert counts(found, "topic") == {"t1": 2, "t2": 1}
        assert counts(found, "kind") == {"publication": 1, "case": 1}
        assert counts(found, "year") == {"2020": 1}
        assert selected(found, "topic") == {"t2"} and selected(found, "kind") == {"publication"}

    def test_several_values_of_one_facet_add_up(self, filled):
        assert filled.search("report", filters={"year": frozenset({"2020", "2024"})}).total == 3
        assert filled.search("report", filters={"topic": frozenset({"t1", "t2"})}).total == 3

    def test_a_selected_value_without_hits_is_still_listed(self, filled):
        found = filled.search("report", filters={"place": frozenset({"nowhere"})})
        assert found.total == 0
        assert counts(found, "place") == {"nowhere": 0, "p1": 1, "p2": 1}
        assert counts(filled.search("zebra", filters={"kind": frozenset({"case"})}), "kind") == {"case": 0}


class TestAccess:
    def test_exact_visible_set_and_counts_per_visitor(self, index):
        index.add("Report public")
        index.add("Report members", acl=frozenset({"login"}))
        index.add("Report group", acl=frozenset({"g:4"}))
        index.add("Report pair", acl=frozenset({"g:4+7"}))
        index.add("Report nobody", acl=frozenset({"nobody"}))
        expected = {
            frozenset({"public"}): {"Report public"},
            frozenset({"public", "login"}): {"Report public", "Report members"},
            frozenset({"public", "login", "g:4"}): {"Report public", "Report members", "Report group"},
            frozenset({"public", "login", "g:9"}): {"Report public", "Report members"},
            None: {"Report public", "Report members", "Report group", "Report pair", "Report nobody"},
            frozenset(): set(),
        }
        for tokens, titles in expected.items():
            found = index.search("report", tokens=tokens)
            assert set(index.titles("report", tokens=tokens)) == titles
            assert found.total == len(titles)
            assert sum(value.count for value in found.facets["kind"]) == len(titles)

    def test_expired_is_gone_at_once(self, index):
        index.add("Report over", live_to=NOW - timedelta(seconds=1))
        index.add("Report still", live_to=NOW + timedelta(days=1))
        found = index.search("report")
        assert found.total == 1 and counts(found, "kind") == {"publication": 1}

    def test_suggestions_obey_access_and_expiry(self, index):
        index.add("Impunity public")
        index.add("Impunity members", acl=frozenset({"login"}))
        index.add("Impunity over", live_to=NOW - timedelta(seconds=1))
        found = index.engine.autocomplete(Lookup(("impun",), "en", frozenset({"public"}), 8))
        assert len(found) == 1
        assert len(index.engine.autocomplete(Lookup(("impun",), "en", frozenset({"public", "login"}), 8))) == 2


class TestSuggestions:
    def ask(self, index, text, locale="en"):
        return len(index.engine.autocomplete(Lookup(tuple(prefix_words(text, locale)), locale, None, 8)))

    def test_beginnings_of_words_in_any_order(self, index):
        index.add("Universal jurisdiction in practice")
        assert self.ask(index, "jur") == self.ask(index, "uni jur") == self.ask(index, "practice univ") == 1
        assert self.ask(index, "risdiction") == self.ask(index, "uni x") == 0

    def test_long_words_are_found_beyond_the_longest_gram(self, index):
        index.add("Menschenrechtsverletzungen", locale="de")
        assert self.ask(index, "Menschenrechtsverl", "de") == 1

    def test_arabic_with_and_without_the_article(self, index):
        index.add("الاختصاص القضائي", locale="ar")
        assert self.ask(index, "اختص", "ar") == self.ask(index, "الاخت", "ar") == 1

    def test_only_titles_of_the_language_asked_for(self, index):
        index.add("Impunity", locale="de")
        assert self.ask(index, "impunity", "en") == 0
        assert index.engine.autocomplete(Lookup((), "en", None, 8)) == []


class TestWriting:
    def operation(self, index, thing, version, *, gone=False):
        document = index.content.sources[thing.kind].document(thing.key)
        return Operation(thing.key, version, None if gone else index_row(document), NOW)

    def test_a_newer_state_replaces_and_an_older_one_is_refused(self, index):
        thing = index.content.add("First")
        first = self.operation(index, thing, 10)
        thing.title = "Second"
        second = self.operation(index, thing, 20)
        assert [r.outcome for r in index.engine.write([second])] == [Outcome.WRITTEN]
        assert [r.outcome for r in index.engine.write([first])] == [Outcome.SUPERSEDED]
        assert index.search("second").total == 1 and index.search("first").total == 0

    def test_the_same_version_again_is_written(self, index):
        thing = index.content.add("Once")
        operation = self.operation(index, thing, 10)
        assert [index.engine.write([operation])[0].outcome for _ in range(2)] == [Outcome.WRITTEN] * 2
        assert index.search("once").total == 1

    def test_a_tombstone_keeps_a_late_write_out(self, index):
        thing = index.content.add("Withdrawn")
        late = self.operation(index, thing, 10)
        index.engine.write([late])
        index.engine.write([self.operation(index, thing, 20, gone=True)])
        assert index.search("withdrawn").total == 0
        assert index.engine.write([late])[0].outcome == Outcome.SUPERSEDED
        assert index.search("withdrawn").total == 0 and index.search("").total == 0

    def test_tombstones_are_forgotten_after_their_time(self, index):
        thing = index.add("Kept")
        gone = index.content.add("Gone")
        index.engine.write([self.operation(index, gone, 20, gone=True)])
        assert index.engine.remove_tombstones(NOW - timedelta(days=1)) == 0
        assert index.engine.remove_tombstones(NOW + timedelta(days=1)) == 1
        assert list(index.engine.keys()) == [thing.key]

    def test_results_are_in_the_order_of_the_operations(self, index):
        things = [index.content.add(f"Thing {number}") for number in range(250)]
        results = index.put(*things)
        assert [result.key for result in results] == [thing.key for thing in things]
        assert list(index.engine.keys()) == sorted(thing.key for thing in things)

    def test_one_refused_item_does_not_hold_up_the_others(self, index):
        good, bad = index.content.add("Good"), index.content.add("Bad")
        operations = [self.operation(index, each, 5) for each in (bad, good)]
        broken = operations[0].row
        object.__setattr__(broken, "facets", {**broken.facets, "year": ("99999999999999999999",), "topic": (object(),)})
        if index.engine.name == "elasticsearch":
            object.__setattr__(broken, "facets", {**broken.facets, "topic": ()})
        results = index.engine.write(operations)
        assert [result.outcome for result in results] == [Outcome.REFUSED, Outcome.WRITTEN]
        assert results[0].error and index.titles("") == ["Good"]

    def test_nothing_to_write_is_fine(self, index):
        assert index.engine.write([]) == []


class TestRebuild:
    def test_writes_during_a_rebuild_are_in_both_and_the_swap_is_at_once(self, index):
        old = index.add("Old thing")
        name = index.engine.begin_rebuild()
        index.add("Meanwhile")
        assert index.search("").total == 2
        index.engine.swap(name)
        assert index.titles("") == ["Meanwhile"]
        assert index.engine.health().target == name
        index.put(old)
        assert index.search("").total == 2

    def test_building_is_not_seen_before_the_swap(self, index):
        thing = index.add("Thing")
        name = index.engine.begin_rebuild()
        document = index.content.sources["publication"].document(thing.key)
        index.engine.write([Operation("other/en", 9, index_row(document), NOW)], rebuilding=name)
        assert index.search("").total == 1
        index.engine.abort()
        assert index.search("").total == 1

    def test_a_rebuild_that_was_overtaken_cannot_swap(self, index):
        first = index.engine.begin_rebuild()
        second = index.engine.begin_rebuild()
        with pytest.raises(RebuildError):
            index.engine.swap("not this one")
        index.engine.abort()
        with pytest.raises(RebuildError):
            index.engine.swap(second)
        assert first and index.engine.health().ok

    def test_a_rebuild_that_was_overtaken_writes_nothing(self, index):
        thing = index.add("Thing")
        first = index.engine.begin_rebuild()
        index.engine.begin_rebuild()
        document = index.content.sources["publication"].document(thing.key)
        with pytest.raises(RebuildError):
            index.engine.write([Operation(thing.key, 9, index_row(document), NOW)], rebuilding=first)
        assert list(index.engine.keys(Role.BUILDING)) == []

    def test_the_old_index_is_kept_gets_writes_and_deletes_and_comes_back(self, index):
        stays, goes = index.add("Stays"), index.add("Goes")
        old = index.engine.health().target
        index.engine.swap(index.engine.begin_rebuild())
        assert index.engine.health().previous == old and index.search("").total == 0
        later = index.add("Later")
        index.version += 1
        index.engine.write([Operation(goes.key, index.version, None, NOW)])
        assert index.engine.roll_back() == old
        assert sorted(index.titles("")) == ["Later", "Stays"]
        assert index.engine.targets() == {Role.CURRENT: old}
        assert index.engine.version(later.key) and index.engine.version(goes.key) is None
        assert index.engine.version(stays.key) == 1
        with pytest.raises(RebuildError):
            index.engine.roll_back()

    def test_a_second_swap_keeps_the_last_index_only(self, index):
        names = []
        for _ in range(2):
            names.append(index.engine.begin_rebuild())
            index.engine.swap(names[-1])
        assert index.engine.targets() == {Role.CURRENT: names[1], Role.PREVIOUS: names[0]}
        index.engine.forget_previous()
        assert index.engine.targets() == {Role.CURRENT: names[1]}

    def test_a_swap_in_the_middle_of_a_write_leaves_it_out_of_no_index(self, index, monkeypatch):
        thing = index.content.add("Thing")
        name = index.engine.begin_rebuild()
        targets = index.engine.targets
        looks = []

        def swapped_after_the_first_look():
            found = targets()
            looks.append(found)
            if len(looks) == 1:
                found = {Role.CURRENT: found[Role.CURRENT]}  # the look came before the rebuild began
                index.engine.swap(name)
            return found

        monkeypatch.setattr(index.engine, "targets", swapped_after_the_first_look)
        index.put(thing)
        monkeypatch.undo()
        assert index.engine.health().target == name
        assert list(index.engine.keys()) == list(index.engine.keys(Role.PREVIOUS)) == [thing.key]

    @pytest.mark.parametrize("back", [False, True])
    def test_a_change_over_between_two_writes_leaves_out_nothing_that_is_in_use(self, index, monkeypatch, back):
        thing = index.content.add("Thing")
        name = index.engine.begin_rebuild()
        if back:
            index.engine.swap(name)
        write, changed = index.engine.write_to, []

        def late(role, operations):
            if role != Role.CURRENT and not changed:
                changed.append(role)
                index.engine.roll_back() if back else index.engine.swap(name)
            return write(role, operations)

        monkeypatch.setattr(index.engine, "write_to", late)
        assert index.put(thing)[0].outcome == Outcome.WRITTEN
        assert changed == [Role.PREVIOUS if back else Role.BUILDING]
        for role in index.engine.targets():
            assert list(index.engine.keys(role)) == [thing.key]

    def test_trouble_beside_the_index_in_use_holds_up_no_write(self, index, monkeypatch, caplog):
        thing, other = index.content.add("Thing"), index.content.add("Other")
        operations = [Operation(each.key, 9, None, NOW) for each in (thing, other)]
        write = index.engine.write_to
        for role in (Role.PREVIOUS, Role.BUILDING):
            for trouble in (EngineUnavailableError("away"), EngineBusyError("busy"), None):
                name = index.engine.begin_rebuild()
                if role == Role.PREVIOUS:
                    index.engine.swap(name)

                def troubled(at, given, role=role, trouble=trouble):
                    if at != role:
                        return write(at, given)
                    if trouble:
                        raise trouble
                    return index.engine.targets()[at], [ItemResult(each.key, Outcome.BUSY, "x") for each in given]

                with monkeypatch.context() as patch:
                    patch.setattr(index.engine, "write_to", troubled)
                    results = writing.write(index.engine, operations)
                assert {each.outcome for each in results} <= {Outcome.WRITTEN, Outcome.SUPERSEDED}
                assert role not in index.engine.targets() and caplog.records[-1].event == f"search_{role}_lost"
        with pytest.raises(RebuildError):
            index.engine.write(operations, rebuilding=name)

    def test_an_engine_that_has_no_room_for_anything_loses_no_index(self, index, monkeypatch):
        index.engine.swap(index.engine.begin_rebuild())
        index.engine.begin_rebuild()
        before = index.engine.targets()

        def full(role, operations):
            return before[role], [ItemResult(each.key, Outcome.BUSY, "x") for each in operations]

        monkeypatch.setattr(index.engine, "write_to", full)
        results = writing.write(index.engine, [Operation("a/en", 9, None, NOW)])
        assert results[0].outcome == Outcome.BUSY and index.engine.targets() == before

    def test_only_the_index_that_is_named_is_thrown_away(self, index):
        index.engine.swap(index.engine.begin_rebuild())
        name = index.engine.begin_rebuild()
        before = index.engine.targets()
        index.engine.abort("another")
        index.engine.forget_previous("another")
        assert index.engine.targets() == before
        index.engine.abort(name)
        index.engine.forget_previous(before[Role.PREVIOUS])
        assert index.engine.targets() == {Role.CURRENT: before[Role.CURRENT]}

    def test_what_the_old_index_refuses_is_lost_there_and_not_stale(self, index, monkeypatch):
        thing = index.add("Thing")
        index.engine.swap(index.engine.begin_rebuild())
        write = index.engine.write_to

        def refusing(role, operations):
            if role == Role.PREVIOUS and operations[0].row is not None:
                return index.engine.targets()[role], [ItemResult(o.key, Outcome.REFUSED, "x") for o in operations]
            return write(role, operations)

        monkeypatch.setattr(index.engine, "write_to", refusing)
        thing.title = "Corrected"
        assert index.put(thing)[0].outcome == Outcome.WRITTEN
        index.engine.roll_back()
        assert index.search("").total == 0

    def test_an_old_index_that_cannot_be_written_is_thrown_away(self, index):
        thing = index.add("Thing")
        index.engine.swap(index.engine.begin_rebuild())
        old = index.engine.targets()[Role.PREVIOUS]
        if index.engine.name == "fts5":
            path = index.engine._files.directory / old
            index.engine._files.remove(path)
        else:
            index.engine._client.indices.add_block(index=old, block="write")
        assert index.put(thing)[0].outcome == Outcome.WRITTEN
        assert Role.PREVIOUS not in index.engine.targets() and index.search("thing").total == 1

    def test_only_certain_keys_are_asked_for(self, index):
        one, _other = index.add("Report one"), index.add("Report two")
        assert index.titles("report", only=frozenset({one.key})) == ["Report one"]
        assert index.titles("", only=frozenset({one.key})) == ["Report one"]
        assert index.search("two", only=frozenset({one.key})).total == 0
        assert index.search("report", only=frozenset()).total == 0

    def test_health_tells_what_is_in_use(self, index):
        index.add("Thing")
        health = index.engine.health()
        assert (health.ok, health.documents, health.stamp, health.engine) == (
            True,
            1,
            index.engine.stamp(),
            index.engine.name,
        )
