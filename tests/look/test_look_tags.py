"""Dates, numbers, sizes and languages as readers write them."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from cms.core.templatetags import look_tags


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "14 May 2025"),
        ("de", "14. Mai 2025"),
        ("fr", "14 mai 2025"),
        ("es", "14 de mayo de 2025"),
        ("ar", "١٤ مايو، ٢٠٢٥"),
    ],
)
def test_date_is_written_as_in_the_readers_language(language, words):
    with override(language):
        assert look_tags.date_words(date(2025, 5, 14)) == words


def test_date_element_carries_the_machines_date():
    with override("ar"):
        html = look_tags.reader_date(datetime(2025, 5, 14, 9, 0, tzinfo=UTC))
    assert html == '<time datetime="2025-05-14">١٤ مايو، ٢٠٢٥</time>'
    assert look_tags.reader_date(None) == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "1,204"), ("de", "1.204"), ("fr", "1\N{NO-BREAK SPACE}204"), ("es", "1204"), ("ar", "١٬٢٠٤")],
)
def test_thousands_are_grouped_as_in_the_readers_language(language, words):
    with override(language):
        assert look_tags.num(1204) == words


def test_years_and_pages_are_never_grouped():
    with override("en"):
        assert look_tags.plain_num(2025) == "2025"
    with override("ar"):
        assert look_tags.plain_num("2025") == "٢٠٢٥"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, ""),
        (None, ""),
        (12, "0.1 kB"),
        (64_000, "64 kB"),
        (999_999, "1.0 MB"),
        (2_400_000, "2.4 MB"),
        (31_000_000, "31 MB"),
        (5_100_000_000, "5.1 GB"),
    ],
)
def test_file_size(size, words):
    with override("en"):
        assert look_tags.file_size(size) == words


def test_file_size_in_arabic_has_arabic_digits_and_separator():
    with override("ar"):
        assert look_tags.file_size(2_400_000).startswith("٢٫٤")


def test_text_in_the_pages_language_is_not_marked():
    with override("en"):
        assert look_tags.lang_attrs("en") == look_tags.lang_attrs("en-gb") == look_tags.lang_attrs("") == ""
        assert look_tags.other_mark("en") == ""


def test_text_in_another_language_says_so_to_machines_and_to_people():
    with override("en"):
        assert look_tags.lang_attrs("ar") == ' lang="ar" dir="rtl"'
        assert look_tags.lang_attrs("de") == ' lang="de" dir="ltr"'
        assert "in German" in look_tags.other_mark("de")


def test_language_code_cannot_break_out_of_its_attribute():
    assert '"><script>' not in look_tags.lang_attrs('"><script>')


def test_cover_of_a_work_is_the_same_everywhere():
    html = Template("{% load look_tags %}{% cover_drawing title %}").render(Context({"title": "In the Chain"}))
    assert html.endswith(f"#cover-{look_tags.cover_number('In the Chain')}")


def test_titles_with_a_very_long_word_are_set_smaller():
    assert look_tags.is_long_title("Vorgesetztenverantwortlichkeit")
    assert not look_tags.is_long_title("In the Chain of Command")
