"""Every engine finds what the tables of examples say, and nothing that they forbid."""

from __future__ import annotations

import pytest

from search.engines.base import SearchRequest
from search.marking import mark
from search.matching import plan
from search.query import parse
from tests.search.examples import arabic, english, french, german, names, spanish
from tests.search.fakes import FakeFile

LANGUAGES = ("en", "de", "fr", "es", "ar")
TABLES = {"en": english, "de": german, "fr": french, "es": spanish, "ar": arabic}


class Asked:
    """A text for each written word, all in one index; asks as a reader does, every word once."""

    def __init__(self, index, texts):
        self.engine = index.engine
        things = [index.content.add("–", body=written, locale=language) for written, language in sorted(texts)]
        self.by_key = {thing.key: (thing.body, thing.locale) for thing in things}
        index.put(*things)
        self.answers = {}

    def found(self, text, languages):
        if (text, languages) not in self.answers:
            wanted = plan(parse(text), languages)
            request = SearchRequest(plan=wanted, tokens=frozenset({"public"}), size=400, with_facets=False)
            self.answers[text, languages] = {self.by_key[hit.key] for hit in self.engine.search(request).hits}
        return self.answers[text, languages]


@pytest.mark.parametrize("language", TABLES)
def test_every_pair_of_a_language(index, language):
    table = TABLES[language]
    pairs = (*table.MUST_MEET, *table.MUST_NOT_MEET)
    asked = Asked(index, {(word, language) for pair in pairs for word in pair})
    missed = [pair for pair in table.MUST_MEET if (pair[1], language) not in asked.found(pair[0], (language,))]
    met = [pair for pair in table.MUST_NOT_MEET if (pair[1], language) in asked.found(pair[0], (language,))]
    met += [pair for pair in table.MUST_NOT_MEET if (pair[0], language) in asked.found(pair[1], (language,))]
    assert (missed, met) == ([], [])


def test_names_and_dates_across_languages(index):
    pairs = (*names.MUST_MEET, *names.MUST_NOT_MEET)
    asked = Asked(index, {(written, language) for _, written, language in pairs})
    missed = [pair for pair in names.MUST_MEET if pair[1:] not in asked.found(pair[0], LANGUAGES)]
    met = [pair for pair in names.MUST_NOT_MEET if pair[1:] in asked.found(pair[0], LANGUAGES)]
    assert (missed, met) == ([], [])


class TestMixedLanguages:
    def test_a_quotation_is_found_by_the_words_of_its_own_language(self, index):
        quoted = "The prosecutions were blocked."
        body = f"Der Zeuge sagte: {quoted}"
        index.add("Bericht", locale="de", body=body, passages=(("en", quoted),))
        assert index.titles("prosecution block") == index.titles("Zeugen") == ["Bericht"]
        assert index.titles('"blocked prosecutions"') == []

    def test_without_a_mark_a_foreign_word_is_found_as_it_is_written(self, index):
        index.add("Bericht", locale="de", body="Er sprach von policies.")
        assert index.titles("policies") == ["Bericht"]
        assert index.titles("policy") == []

    def test_each_page_of_a_file_has_its_own_language(self, index):
        index.add("Akte", locale="de", files=(FakeFile([("de", "Häuser"), ("en", "prosecutions"), ("", "Qalandiya")]),))
        for text in ("Haus", "prosecution", "qalandiya"):
            assert index.titles(text) == ["Akte"], text

    def test_a_text_in_an_unknown_language_is_found_by_its_words(self, index):
        index.add("Prawa człowieka", locale="pl")
        assert index.titles("prawa") == index.titles("czlowieka") == ["Prawa człowieka"]
        assert index.titles("praw") == []

    def test_scripts_mix_in_one_text(self, index):
        index.add("Report", body="UNHCR und المحكمة and Мемориал")
        for text in ("unhcr", "محكمة", "мемориал", "unhcr محكمة"):
            assert index.titles(text) == ["Report"], text


def test_a_word_for_all_genders_is_in_phrases_and_marked_once(index):
    index.add("Bericht", locale="de", body="Viele Journalist:innen in Haft.")
    for text in ('"viele Journalistinnen"', '"Journalisten in Haft"', '"viele Journalist:innen in Haft"'):
        assert index.titles(text) == ["Bericht"], text
    assert index.titles('"Journalist:innen in Haft"') == index.titles("Journalisten Haft") == ["Bericht"]
    for text in ("Journalisten", "Journalistin", "Journalist:innen"):
        assert mark("Viele Journalist:innen in Haft.", parse(text), "de") == [(6, 22)], text


def test_typed_dates_and_numbers_are_found_however_they_are_written(index):
    index.add("One", body="On 12 March 2011 some 10 000 people, 250 of them minors.")
    index.add("Two", locale="de", body="Am 12.03.2011 waren es 10.000.")
    index.add("Three", body="In March 2011, and again 12 months later.")
    assert sorted(index.titles("12 March 2011")) == sorted(index.titles("2011-03-12")) == ["One", "Two"]
    assert sorted(index.titles("12. März 2011 10000")) == sorted(index.titles("10 000")) == ["One", "Two"]
    assert sorted(index.titles("March 2011")) == ["One", "Three"]
