"""Finding the best pages of a file and marking the words on them."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.marking import coverage, mark, snippet
from search.matching import plan
from search.pages import HEAD_BYTES, is_current, pack, page_count, unpack
from search.query import parse
from tests.pages import best_pages

LANGUAGES = ("en", "de", "fr", "es", "ar")


def pages(query, *texts, language="en", limit=10):
    return best_pages(pack([(language, text) for text in texts]), parse(query), LANGUAGES, limit)


def marked(text, query, language="en"):
    return [text[start:end] for start, end in mark(text, parse(query), language)]


class TestPages:
    def test_page_with_all_words_hides_those_with_a_part(self):
        assert pages("chain command", "a chain", "a command of the chain", "a command") == [2]

    def test_without_such_a_page_those_with_most_words(self):
        assert pages("chain command orders", "a chain", "nothing", "command and orders") == [3]

    def test_words_side_by_side_come_first_then_more_of_them(self):
        found = pages("chain of command", "chain chain command command", "command chain", "a chain of command")
        assert found == [3, 1, 2]

    def test_phrase_across_a_page_break_counts_where_it_begins(self):
        assert pages('"chain of command"', "no", "here the chain", "of command goes", "on") == [2]

    def test_empty_pages_keep_the_numbers_right(self):
        assert pages("word", "", "", "word", "") == [3]
        assert page_count(pack([("en", "")] * 4)) == 4

    def test_first_and_last_word_of_each_page_are_found(self):
        texts = ("alpha beta", "gamma delta", "epsilon")
        for word, number in (("alpha", 1), ("beta", 1), ("gamma", 2), ("delta", 2), ("epsilon", 3)):
            assert pages(word, *texts) == [number]

    def test_repeated_words_are_all_counted(self):
        assert pages('"a b"', "a b a b") == [1] and pages('"no no"', "no no no", "no") == [1]

    def test_every_page_by_its_own_language(self):
        blob = pack([("de", "Häuser"), ("en", "houses"), ("ar", "المنازل"), ("it", "case")])
        assert best_pages(blob, parse("Haus"), LANGUAGES, 9) == [1]
        assert best_pages(blob, parse("house"), LANGUAGES, 9) == [2]
        assert best_pages(blob, parse("منازل"), LANGUAGES, 9) == [3]
        assert best_pages(blob, parse("case"), LANGUAGES, 9) == [4]

    def test_excluded_words_and_limit(self):
        assert pages("word -other", "word", "word other", limit=1) == [1]
        assert pages("zebra", "word") == [] and pages("", "word") == []

    def test_blob_is_small_and_knows_who_made_it(self):
        blob = pack([("en", "Reports travel upwards along the same chain. " * 50)] * 100)
        assert len(blob) < 20_000 and is_current(blob) and is_current(blob[:HEAD_BYTES])

    @pytest.mark.parametrize("blob", [b"", b"rubbish", __import__("zlib").compress(b"other\n\n\n")])
    def test_other_bytes_are_refused(self, blob):
        with pytest.raises(ValueError, match="no blob"):
            unpack(blob)


class TestMarks:
    def test_words_in_every_form(self):
        assert marked("Victims and a victim's rights", "victim") == ["Victims", "victim"]

    def test_phrase_is_one_mark_and_stray_words_of_it_are_none(self):
        assert marked("a chain of command, a chain", '"chain of command"') == ["chain of command"]
        assert marked("a chain of command, a chain", "chain of command") == ["chain of command", "chain"]

    def test_stop_words_are_not_marked_by_themselves(self):
        assert marked("die Folter und die Haft", "die Folter", "de") == ["die Folter"]

    def test_excluded_words_are_not_marked(self):
        assert marked("police and prison", "prison -police") == ["prison"]

    def test_word_that_a_line_break_divided(self):
        assert marked("the com-\nmand came", "command") == ["com-\nmand"]

    def test_arabic_with_diacritics_and_article(self):
        assert marked("عن العَدَالَة هنا", "عدالة", "ar") == ["العَدَالَة"]

    def test_dates_in_another_order(self):
        assert marked("on 2024-05-12 it", "12.5.2024") == ["2024-05-12"]


class TestSnippets:
    def test_text_is_escaped_before_it_is_marked(self):
        assert snippet('<b onclick="x">torture</b> & more', parse("torture"), "en") == (
            "&lt;b onclick=&quot;x&quot;&gt;<mark>torture</mark>&lt;/b&gt; &amp; more"
        )

    def test_marks_never_cut_an_entity(self):
        assert snippet("a < amp & lt", parse("amp lt"), "en") == "a &lt; <mark>amp &amp; lt</mark>"

    def test_window_shows_the_words_with_ellipses(self):
        text = "filler words go here " * 40 + "then the chain of command appears " + "and more goes on " * 40
        found = snippet(text, parse("chain of command"), "en", 120)
        assert "<mark>chain of command</mark>" in found and found.startswith("… ") and found.endswith(" …")
        assert len(found) < 160

    def test_hit_at_the_very_end_fills_the_window(self):
        found = snippet("filler words go here " * 40 + "end", parse("end"), "en", 100)
        assert found.endswith("<mark>end</mark>") and len(found) > 80

    def test_without_a_hit_the_beginning(self):
        assert snippet("one two three four", parse("zebra"), "en", 9) == "one two …"
        assert snippet("short", parse("zebra"), "en", 9) == "short"

    def test_coverage_counts_the_groups(self):
        wanted = plan(parse("chain command zebra"), LANGUAGES)
        assert coverage("a command of the chain", wanted, "en") == 2

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet="ab<>&\"' \n-\u0627\u064e", max_size=300), st.integers(1, 60))
    def test_a_snippet_is_the_text_and_nothing_else(self, text, length):
        found = snippet(text, parse("ab a"), "en", length)
        bare = html.unescape(re.sub("</?mark>", "", found)).strip("… ")
        assert bare in " ".join(text.split())
        assert not re.search(r"[<>]", re.sub("</?mark>", "", found))
