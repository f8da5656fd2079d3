"""German compounds: split by our own words, found by their parts, frozen with the index."""

from __future__ import annotations

import pytest
from django.db import connection

from search import compounds, rebuilding, registry
from search.analysis import tokens
from search.analysis.compounds import SEPARATOR, Compounds, vocabulary
from search.engines import get_engine
from search.exceptions import RebuildError
from search.models import SearchVocabulary
from search.outbox import drain, touch

WORDS = (
    "Menschenrechte Mensch Menschen Recht Rechte Verletzung Verletzungen Folter Opfer Opfer Schutz Zeuge Zeugen Aussage"
    " Krieg Kriege Verbrechen Gericht Gerichte Hof Straf Strafe Völker Mord Haft Untersuchung Leben überleben Ende"
    " Gefängnis Aufseher Staat Anwalt Anwaltschaft Bericht Massen Grab Gräber"
)


@pytest.fixture(scope="module")
def german():
    return Compounds(vocabulary([("de", WORDS)]))


def parts(splitter, word):
    stem = tokens(word, "de")[0][2:]
    return [own for _, own in splitter.split(stem)]


def stems(text):
    return [token[2:] for token in tokens(text, "de")]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Folteropfer", "Folter Opfer"),
        ("Folteropfern", "Folter Opfer"),
        ("Opferschutz", "Opfer Schutz"),
        ("Zeugenaussagen", "Zeugen Aussage"),
        ("Kriegsverbrechen", "Krieg Verbrechen"),
        ("Völkermord", "Völker Mord"),
        ("Voelkermordes", "Völker Mord"),
        ("Untersuchungshaft", "Untersuchung Haft"),
        ("Gefängnisaufseher", "Gefängnis Aufseher"),
        ("Massengräber", "Massen Grab"),
        ("Staatsanwalt", "Staat Anwalt"),
        ("Opferzeugenschutz", "Opfer Zeugen Schutz"),
    ],
)
def test_compounds_are_split(german, word, expected):
    assert parts(german, word) == stems(expected)


@pytest.mark.parametrize("word", ["Folter", "Überlebende", "Gericht", "Rechtsruck", "Opferanode", "Berichte", "x" * 59])
def test_other_words_stay_whole(german, word):
    assert parts(german, word) == []


def test_the_split_with_the_commonest_parts_wins():
    common = Compounds({"menschenrechte": 40, "menschen": 2, "rechte": 2, "verletzung": 20})
    assert parts(common, "Menschenrechtsverletzung") == stems("Menschenrechte Verletzung")
    assert parts(common, "Menschenrechte") == []
    term = Compounds({"untersuchungshaft": 50, "untersuchung": 30, "haft": 40})
    assert parts(term, "Untersuchungshaft") == stems("Untersuchung Haft")
    rare = Compounds({"menschenrechte": 1, "menschen": 9, "rechte": 9, "verletzung": 20})
    assert parts(rare, "Menschenrechtsverletzung") == stems("Menschen Rechte Verletzung")


def test_a_site_with_few_titles_splits_by_the_commonest_words_too():
    assert parts(Compounds({"bericht": 1}), "Untersuchungshaft") == stems("Untersuchung Haft")
    assert parts(Compounds({}), "Untersuchungshaft") == []


def test_field_lists_parts_and_the_shorter_compounds(german):
    field = german.field(" ".join(tokens("Opferzeugenschutz und Opferzeugenschutz", "de")))
    assert field.split(f" {SEPARATOR}")[0] == " ".join(tokens("Opfer Zeugen Schutz", "de"))
    assert tokens("Opferzeugen", "de")[0] in field.split() and tokens("Zeugenschutz", "de")[0] in field.split()
    assert field.count("deschutz") == 1


def test_only_german_tokens_are_split(german):
    assert german.field(" ".join(tokens("Folteropfer", "en"))) == ""
    assert Compounds({}).field(" ".join(tokens("Folteropfer", "de"))) == ""


def test_vocabulary_has_german_words_without_stop_words():
    counts = vocabulary(
        [("de", "Die Folter, der Mord und die Folter im Amt"), ("en", "Torture"), ("de-at", "Haft 2024")]
    )
    assert counts == {"folter": 2, "haft": 1, "mord": 1}


class TestOnEngines:
    @pytest.fixture
    def filled(self, index, german):
        index.compounds = german
        index.add("Hilfe für Folteropfer", locale="de")
        index.add("Menschenrechtsverletzungen in Haft", locale="de")
        index.add("Bericht", locale="de", body="Der Opferzeugenschutz und ein Schutzgebiet.")
        return index

    def test_parts_find_the_compound(self, filled):
        assert filled.titles("Opfer der Folter") == ["Hilfe für Folteropfer"]
        assert filled.titles("Verletzung Menschenrechte") == ["Menschenrechtsverletzungen in Haft"]
        assert filled.titles("Zeugenschutz") == filled.titles("Opferzeugen") == ["Bericht"]

    def test_parts_side_by_side_are_a_phrase_and_no_phrase_runs_into_the_next(self, filled):
        assert filled.titles('"Folter Opfer"') == ["Hilfe für Folteropfer"]
        assert filled.titles('"Opfer Folter"') == filled.titles('"Opfer Zeugen Opferzeugen"') == []

    def test_a_compound_does_not_find_its_parts(self, index, german):
        index.compounds = german
        index.add("Opfer von Folter", locale="de")
        assert index.titles("Folteropfer") == []

    def test_what_a_word_finds_its_minus_takes_away(self, filled):
        assert filled.titles("Bericht -Opfer") == []

    def test_the_word_itself_ranks_before_a_compound_with_it(self, filled):
        filled.add("Opfer", locale="de")
        assert filled.titles("Opfer")[0] == "Opfer"


@pytest.fixture
def words(content, monkeypatch):
    found = [("de", "Nebel und Lampe")]
    monkeypatch.setattr(registry._registry, "vocabulary", {"words": lambda: found})
    return found


@pytest.mark.django_db
class TestFreezing:
    @pytest.fixture(autouse=True)
    def embedded(self, settings):
        settings.SEARCH_URL = ""
        get_engine().ensure_schema()

    def test_a_rebuild_takes_up_the_words_of_today(self, words):
        assert rebuilding.is_outdated()
        rebuilding.rebuild()
        assert not rebuilding.is_outdated()
        assert parts(compounds.current(), "Nebellampe") == stems("Nebel Lampe")

    def test_new_words_wait_for_the_next_rebuild(self, words):
        rebuilding.rebuild()
        words += [("de", "Zirkus Tanz")]
        assert parts(compounds.current(), "Zirkustanz") == []
        assert rebuilding.is_outdated()
        rebuilding.sweep_quietly()
        assert parts(compounds.current(), "Zirkustanz") == stems("Zirkus Tanz")

    def test_few_new_words_force_no_rebuild(self, words):
        words += [("de", "Alpha Beta Gamma Delta Epsilon Zeta Theta Jota Kappa Lambda Sigma Omega")]
        rebuilding.rebuild()
        words += [("de", "Neuwort")]
        assert not rebuilding.is_outdated()

    def test_a_rebuild_that_fails_keeps_the_old_words(self, words, monkeypatch):
        rebuilding.rebuild()
        before = SearchVocabulary.objects.get(pk=compounds.IN_USE).stamp
        words += [("de", "Zirkus Tanz")]

        def fail(*args):
            raise RebuildError("No.")

        monkeypatch.setattr(type(get_engine()), "swap", fail)
        with pytest.raises(RebuildError):
            rebuilding.rebuild()
        assert SearchVocabulary.objects.get(pk=compounds.IN_USE).stamp == before
        assert parts(compounds.current(), "Zirkustanz") == []

    def test_words_that_nobody_may_read_any_more_are_forgotten_by_the_sweep(self, words):
        words += [("de", "Zirkus Tanz Alpha Beta Gamma Delta Epsilon Theta Lambda Sigma Omega Kappa Ypsilon")]
        rebuilding.rebuild()
        words[0] = ("de", "Lampe")
        rebuilding.sweep_quietly()
        rebuilding.rebuild()
        words[0] = ("de", "Lampen")
        rebuilding.sweep_quietly()
        for kept in SearchVocabulary.objects.all():  # those for going back among them
            assert "nebel" not in kept.counts and "lampe" not in kept.counts
        words[0] = ("de", "Lampe")
        rebuilding.rebuild()
        assert "lampe" in SearchVocabulary.objects.get(pk=compounds.IN_USE).counts
        assert parts(compounds.current(), "Nebellampe") == []

    def test_words_of_what_is_withdrawn_go_with_it(self, words, content, publish):
        gone = publish("Nebel", locale="de")
        words += [("de", "Zirkus Tanz Alpha Beta Gamma Delta Epsilon Theta Lambda Sigma Omega Kappa Ypsilon")]
        rebuilding.rebuild()
        words += [("de", "Zirkel")]
        rebuilding.rebuild()  # both rows have it
        words[0] = ("de", "Lampe")
        content.remove(gone)
        touch([gone.key])
        drain()
        assert SearchVocabulary.objects.count() == 2
        for kept in SearchVocabulary.objects.all():
            assert "nebel" not in kept.counts and "lampe" in kept.counts

    def test_words_that_change_while_they_are_read_are_not_taken_for_none(self, words, monkeypatch):
        """A process would split nothing by them for as long as it lives, had a rebuild that failed brought them back."""
        compounds.freeze()
        compounds._compounds.cache_clear()
        changed = []

        def quicker(execute, sql, *args):
            if sql.startswith("SELECT") and "counts" in sql and not changed:
                changed.append(words.append(("de", "Zirkus Tanz")))
                compounds.freeze()
            return execute(sql, *args)

        with connection.execute_wrapper(quicker):
            assert parts(compounds.current(), "Nebellampe") == stems("Nebel Lampe")
        compounds.take_back()
        assert changed and parts(compounds.current(), "Nebellampe") == stems("Nebel Lampe")

    def test_new_words_that_are_frozen_while_gone_ones_are_looked_for_stay(self, words, monkeypatch):
        compounds.freeze()
        real = compounds.vocabulary

        def late(texts):
            found = real(texts)
            monkeypatch.setattr(compounds, "vocabulary", real)
            words[:] = [("de", "Lampe und Zirkus")]
            compounds.freeze()
            return found

        words[:] = [("de", "Lampe")]
        monkeypatch.setattr(compounds, "vocabulary", late)
        compounds.forget_gone_words()
        in_use, before = (SearchVocabulary.objects.get(pk=pk).counts for pk in (compounds.IN_USE, compounds.BEFORE))
        assert {"lampe", "zirkus"} <= in_use.keys() and "nebel" not in before and "lampe" in before

    def test_indexing_reads_one_stamp(self, words, django_assert_num_queries):
        rebuilding.rebuild()
        compounds.current()
        with django_assert_num_queries(1):
            compounds.current()
