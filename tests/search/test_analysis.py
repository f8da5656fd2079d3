"""The analysis by itself: one table of examples per language is its specification."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import grams, is_stop_word, joined, prefix_words, query_tokens, spans, stamp, surfaces, tokens
from search.analysis.dates import read_date
from search.analysis.names import other_spellings
from tests.search.examples import arabic, english, french, german, names, spanish

TABLES = {"en": english, "de": german, "fr": french, "es": spanish, "ar": arabic}


def meets(asked, written, language):
    run = f" {' '.join(tokens(written, language))} "
    return any(f" {' '.join(form)} " in run for form in query_tokens(asked, language))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_are_full_enough(table):
    assert len(set(table.MUST_MEET)) >= 120 and len(set(table.MUST_NOT_MEET)) >= 60


@pytest.mark.parametrize("language", TABLES)
def test_words_that_must_meet(language):
    assert [pair for pair in TABLES[language].MUST_MEET if not meets(*pair, language)] == []


@pytest.mark.parametrize("language", TABLES)
def test_words_that_must_not_meet(language):
    strangers = TABLES[language].MUST_NOT_MEET
    assert [pair for pair in strangers if meets(*pair, language) or meets(*reversed(pair), language)] == []


def finds(asked, written, language):
    """Whether somebody who asks in any language finds a text in ``language`` that has ``written`` in it."""
    run = f" {' '.join(tokens(written, language))} "
    return any(f" {' '.join(form)} " in run for code in (*TABLES, "xx") for form in query_tokens(asked, code))


def test_names_and_dates_that_are_one_and_that_are_two():
    assert [pair for pair in names.MUST_MEET if not finds(*pair)] == []
    assert [pair for pair in names.MUST_NOT_MEET if finds(*pair)] == []


def test_spellings_of_one_name_find_each_other():
    assert set(other_spellings("Mohammed")) == set(other_spellings("محمد")) ^ {"mohammed", "محمد"}
    assert other_spellings("torture") == other_spellings("Hans") == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12 March 2011", (2011, 3, 12)),
        ("12. Jänner 2011", (2011, 1, 12)),
        ("1er août 1999", (1999, 8, 1)),
        ("12 de setiembre del 1973", (1973, 9, 12)),
        ("5 تشرين الثاني 2001", (2001, 11, 5)),
        ("3/25/2011", (2011, 3, 25)),
        ("March 2011", None),
        ("32 March 2011", None),
        ("12.13.14", None),
        ("may 5 people", None),
    ],
)
def test_full_dates_are_read(text, date):
    assert read_date(text) == date


def test_words_of_one_date_number_or_acronym_are_put_together():
    assert joined(["killed", "on", "12", "March", "2011", "with", "10", "000", "others", "in", "EE.", "UU."]) == [
        "killed",
        "on",
        "12 March 2011",
        "with",
        "10 000",
        "others",
        "in",
        "EE. UU.",
    ]
    assert joined(["article", "5", "200"]) == ["article", "5 200"]
    assert joined(["in", "2011", "500", "people"]) == ["in", "2011", "500", "people"]


def test_places_are_those_of_the_original_text():
    text = "Die Menschen-\nrechte: l’État, U.N. 1,000 العَدَالَة"
    assert [text[s.start : s.end] for s in spans(text, "de")] == [
        "Die",
        "Menschen-\nrechte",
        "État",
        "U.N.",
        "1,000",
        "العَدَالَة",
    ]


def test_script_decides_where_language_cannot_fit():
    assert tokens("تعذيب", "en") == tokens("تعذيب", "ar")
    assert tokens("UNHCR", "ar") == tokens("UNHCR", "xx") == ["xxunhcr"]
    assert tokens("Мемориал", "en") == tokens("мемориал", "xx")


def test_numbers_are_the_same_in_every_language():
    assert {tuple(tokens("2024", code)) for code in ("en", "de", "ar", "xx")} == {("xx2024",)}


def test_dates_meet_in_every_order():
    dates = ("2024-05-12", "12.05.2024", "12/5/2024", "12.5.2024")
    assert {tuple(tokens(date, "de")) for date in dates} == {("xx12", "xx5", "xx2024")}
    assert tokens("5/24/2024", "en") == tokens("24.5.2024", "en")


def test_languages_do_not_mix():
    assert tokens("die", "de") != tokens("die", "en")
    assert tokens("Report", "en-gb") == tokens("report", "en")


def test_a_language_without_a_module_has_its_stemmer_or_none():
    assert tokens("diritti", "it") == tokens("diritto", "it")
    assert tokens("Prawa", "pl") == ["plprawa"]


def test_scripts_without_spaces_are_found_by_their_characters():
    assert tokens("人权", "zh") == ["zh人", "zh权"]
    assert tokens("第1条", "en") == ["xx第", "xx1", "xx条"]


def test_surfaces_keep_the_ending():
    assert surfaces("Reports", "en") == ["enreports"]


def test_stop_words_of_any_wanted_language():
    assert is_stop_word("die", ("en", "de")) and not is_stop_word("die", ("en", "fr"))
    assert is_stop_word("THE", ("en",)) and is_stop_word("في", ("ar",))


def test_grams_are_beginnings_of_two_to_fifteen_letters():
    assert grams("Haft im", "de") == ["ha", "haf", "haft", "im"]
    assert max(map(len, grams("Menschenrechtsverletzungen", "de"))) == 15
    assert prefix_words("Menschenrechtsverletz", "de") == ["menschenrechtsv"]
    assert "احت" in grams("الاحتجاز", "ar") and "الا" in grams("الاحتجاز", "ar")


def test_analysis_needs_no_django():
    code = "import sys, search.analysis as a; a.tokens('x', 'en'); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_stamp_is_stable():
    assert stamp() == stamp() and len(stamp()) == 16


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["en", "de", "fr", "es", "ar", "ru", "xx", ""]))
def test_any_text_gives_plain_tokens_with_places_inside_it(text, language):
    for span in spans(text, language):
        assert 0 <= span.start < span.end <= len(text)
        assert not any(char.isspace() or char in '"|' for char in span.token)
        assert len(span.token) <= 60
    assert [span.token for span in spans(text, language)] == tokens(text, language)


@pytest.mark.parametrize("text", ["1" * 100_000, "a-" * 50_000, "a'" * 50_000, "A." * 50_000, "1,111" * 20_000])
def test_hostile_texts_take_linear_time(text):
    assert len(tokens(text, "fr")) <= len(text)
