"""The query language: any input gives a result."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search import matching
from search.engines.fts5_search import expression
from search.matching import leaves, plan
from search.query import (
    FIELD_EMPTY,
    MAX_CHARACTERS,
    MAX_TERMS,
    NOTHING,
    OPERATOR,
    STAR,
    TOO_DEEP,
    TOO_LONG,
    TOO_MANY_TERMS,
    Clause,
    Nested,
    Term,
    parse,
)

LANGUAGES = ("en", "de", "fr", "es", "ar")


def words(text):
    return [clause.options[0].text for clause in parse(text).clauses]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("chain command", [Clause((Term("chain"),)), Clause((Term("command"),))]),
        ('"chain of command"', [Clause((Term("chain of command", True),))]),
        ("“chain of command”", [Clause((Term("chain of command", True),))]),
        ("„eine Kette“", [Clause((Term("eine Kette", True),))]),
        ("«la chaîne»", [Clause((Term("la chaîne", True),))]),
        ('"never closed', [Clause((Term("never closed", True),))]),
        ('a"b c"d', [Clause((Term("a"),)), Clause((Term("b c", True),)), Clause((Term("d"),))]),
        ("torture -police", [Clause((Term("torture"),)), Clause((Term("police"),), True)]),
        ('-"police custody"', [Clause((Term("police custody", True),), True)]),
        ("non-refoulement", [Clause((Term("non-refoulement"),))]),
        ("a - b", [Clause((Term("a"),)), Clause((Term("b"),))]),
        ("--option", [Clause((Term("--option"),))]),
        ("prison OR police", [Clause((Term("prison"), Term("police")))]),
        ("a OR b OR c d", [Clause((Term("a"), Term("b"), Term("c"))), Clause((Term("d"),))]),
        ("OR a", [Clause((Term("OR"),)), Clause((Term("a"),))]),
        ("a OR", [Clause((Term("a"),)), Clause((Term("OR"),))]),
        ("(a OR b) c", [Clause((Term("a"), Term("b"))), Clause((Term("c"),))]),
        ("tortur*", [Clause((Term("tortur"),))]),
        ("why?", [Clause((Term("why"),))]),
        ("!?", []),
        ("", []),
        ("   ", []),
        ('""', []),
        ("-", []),
        ("))((", []),
    ],
)
def test_what_is_understood(text, clauses):
    assert list(parse(text).clauses) == clauses


def test_a_minus_beside_or_takes_away():
    assert [c.excluded for c in parse("a OR -b").clauses] == [False, True]


def test_control_characters_are_spaces():
    assert words("a\x00b\nc\u2028d") == ["a", "b", "c", "d"]


def term(text, name="", phrase=False):
    return Term(text, phrase, name)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("title:torture", [Clause((term("torture", "title"),))]),
        ("Title:torture", [Clause((term("torture", "title"),))]),
        ('title:"a phrase" b', [Clause((term("a phrase", "title", True),)), Clause((term("b"),))]),
        ("-kind:case", [Clause((term("case", "kind"),), True)]),
        ('-title:"a b"', [Clause((term("a b", "title", True),), True)]),
        ("year:2019.. a", [Clause((term("2019..", "year"),)), Clause((term("a"),))]),
        ("title:(a OR b) c", [Clause((term("a", "title"), term("b", "title"))), Clause((term("c"),))]),
        ("title:(a year:2019)", [Clause((term("a", "title"),)), Clause((term("2019", "year"),))]),
        ("a OR topic:b", [Clause((term("a"), term("b", "topic")))]),
        ("title:OR", [Clause((term("OR", "title"),))]),
        ('"title:a"', [Clause((term("title:a", "", True),))]),
        ("subtitle:a", [Clause((term("subtitle:a"),))]),
        ("title:-a", [Clause((term("-a", "title"),))]),
        ("(a b) OR c", [Clause((Nested((Clause((term("a"),)), Clause((term("b"),)))), term("c")))]),
        ("-(a b)", [Clause((Nested((Clause((term("a"),)), Clause((term("b"),)))),), True)]),
        ("-(a OR b)", [Clause((term("a"), term("b")), True)]),
        ("(a b) c", [Clause((term("a"),)), Clause((term("b"),)), Clause((term("c"),))]),
        ("(-a)", [Clause((term("a"),), True)]),
        ("(a OR) b", [Clause((term("a"),)), Clause((term("OR"),)), Clause((term("b"),))]),
        ("a OR () b", [Clause((term("a"), term("b")))]),
        ("((a) b", [Clause((term("a"),)), Clause((term("b"),))]),
    ],
)
def test_fields_and_brackets(text, clauses):
    assert list(parse(text).clauses) == clauses and parse(text).notices == ()


def test_field_without_a_value_gets_a_notice():
    for text in ("title: a", "a title:", 'title:"" a', "(title:) a", "year:.. a"):
        assert words(text) == ["a"] and parse(text).notices == (FIELD_EMPTY,)
    assert parse("https://example.org").notices == () and parse("12:30").notices == ()


@pytest.mark.parametrize("text", ["rep*", "*port", "re*rt", "title:rep*", "-rep*", "paper (rep*)"])
def test_star_gets_a_notice(text):
    assert parse(text).notices == (STAR,)


@pytest.mark.parametrize(
    "text",
    ["report AND paper", "report NOT paper", "NOT paper", "report AND NOT paper", "report OR NOT paper", "(a) AND (b)"]
    + ["report | paper", "report|paper", "A || B", "report && paper", "report ODER paper", "تقرير AND ورقة"]
    + ["Bericht UND Papier", "Bericht NICHT Papier", "rapport OU papier", "rapport SAUF papier", "title:a AND lang:en"],
)
def test_operators_of_others_get_a_notice(text):
    assert parse(text).notices == (OPERATOR,)


@pytest.mark.parametrize(
    "text",
    ["* report", '"rep* AND paper"', "report and paper", "AND", "NOT", "report AND", "AND report", "a OR b", "-NOT x"]
    + ["WAR AND PEACE", "title:NOT x", "(AND)", "Smith & Co", "why?", "12.03.2011", "AND) a"],
)
def test_what_only_looks_like_an_operator_gets_none(text):
    assert parse(text).notices == ()


@pytest.mark.parametrize("text", ["-", "()", '"', '""', "*", "|", "&&", "!?", "- | -", "☃"])
def test_nothing_to_look_for_gets_a_notice(text):
    assert parse(text).notices == (NOTHING,) and parse("").notices == ()


def test_words_in_fields_and_what_is_excluded_are_looked_for_on_no_page():
    wanted = plan(parse("prison title:torture -police year:2019 (court OR topic:x) -(fence title:b)"), ("en",))
    assert [group.forms[0] for group in wanted.words] == [("enprison",), ("encourt",)]
    assert plan(parse("title:torture"), ("en",)).words == ()


def test_too_long_is_cut_with_a_notice():
    query = parse("a" * (MAX_CHARACTERS + 1))
    assert len(query.text) == MAX_CHARACTERS and query.notices == (TOO_LONG,)
    assert parse("a" * MAX_CHARACTERS).notices == ()


def test_too_many_terms_are_cut_with_a_notice():
    query = parse("a " * (MAX_TERMS + 1))
    assert len(query.clauses) == MAX_TERMS and query.notices == (TOO_MANY_TERMS,)
    assert parse("a " * MAX_TERMS).notices == ()
    assert sum(len(c.options) for c in parse("a OR " * 40 + "a").clauses) == MAX_TERMS


def test_too_deep_gets_a_notice():
    assert parse("((((a))))").notices == () and parse("(((((a)))))").notices == (TOO_DEEP,)


def test_blank_is_not_the_same_as_nothing_to_look_for():
    assert parse("").is_blank and not parse("!").is_blank
    assert plan(parse("!"), LANGUAGES).is_empty


def test_word_that_is_written_twice_is_wanted_once():
    assert (
        plan(parse("12.03.2011 court " * 9), LANGUAGES).required == plan(parse("12.03.2011 court"), LANGUAGES).required
    )


def test_only_what_has_too_many_forms_is_shortened(monkeypatch):
    """All words stay, each with its first forms or the beginning of the first, in brackets too."""
    queries = [
        " ".join(f"Menschenrechtsverletzungen{n}" for n in range(11)),
        "12.03.2011 (title:3.4.2012 OR -5.6.2013)",
    ]
    whole = [plan(parse(query), LANGUAGES) for query in queries]
    monkeypatch.setattr(matching, "MOST_TOKENS", 10**6)
    plan.cache_clear()
    assert whole == [plan(parse(query), LANGUAGES) for query in queries]
    monkeypatch.setattr(matching, "MOST_TOKENS", 6)
    plan.cache_clear()
    short = [plan(parse(query), LANGUAGES) for query in queries]
    plan.cache_clear()
    assert [len(each.required) for each in short] == [len(each.required) for each in whole] == [11, 1]
    for before, after in zip(whole, short, strict=True):
        groups_left = [*after.required, *leaves(after.conditions)]
        # Whatever has these has the shortened words no more, and one engine would find it by them alone.
        assert after.together is None and not any(group.surfaces for group in groups_left)
        groups = zip(*([*each.required, *leaves(each.conditions)] for each in (before, after)), strict=True)
        for all_, some in groups:
            assert 0 < len(some.forms) <= len(all_.forms) and sum(map(len, some.forms)) <= 3
            assert all(form == all_.forms[at][: len(form)] for at, form in enumerate(some.forms))


def test_stop_words_do_not_filter_beside_others_but_alone_they_do():
    assert len(plan(parse("die Folter"), LANGUAGES).required) == 1
    assert len(plan(parse("die"), LANGUAGES).required) == 1
    assert len(plan(parse('"die" Folter'), LANGUAGES).required) == 2


def test_words_together_lift_only_without_or():
    assert plan(parse("chain of command"), LANGUAGES).together is not None
    assert plan(parse("a OR b c d"), LANGUAGES).together is None
    assert plan(parse("chain"), LANGUAGES).together is None


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400) | st.text(alphabet='ab -"():*OR|^{}«»„“\u0627\u0644\x00\ud800', max_size=400))
@example('"' * 400)
@example("-" * 400)
@example("OR " * 100)
@example("a:" * 150)
@example("(" * 300)
def test_any_text_gives_a_plan_and_a_statement(text):
    query = parse(text)
    assert len(query.text) <= MAX_CHARACTERS
    assert sum(len(clause.options) for clause in query.clauses) <= MAX_TERMS
    wanted = plan(query, LANGUAGES)
    for group in (*wanted.required, *wanted.excluded):
        assert group.forms and all(token and '"' not in token for form in group.forms for token in form)
    assert expression(wanted).count('"') % 2 == 0


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[])
@given(text=st.text(alphabet="ab -\"():*ORNEAT^{}+'\\;,", max_size=60))
def test_fts5_answers_any_text(text):
    import tempfile
    from pathlib import Path

    from search.engines.base import SearchRequest
    from search.engines.fts5 import Fts5Engine

    with tempfile.TemporaryDirectory() as folder:
        query = parse(text)
        request = SearchRequest(plan=plan(query, LANGUAGES), tokens=None, match_all=query.is_blank)
        assert Fts5Engine(Path(folder)).search(request).total == 0


@pytest.mark.parametrize(
    ("text", "quotable"),
    [
        ('"chain of command"', "chain of command"),
        ("„Kette von Befehlen“", "Kette von Befehlen"),
        ('"one" "two"', '"one" "two"'),
        ('"never closed', '"never closed'),
        ("plain", "plain"),
        ('"', '"'),
        ('""', '""'),
    ],
)
def test_phrase_stands_in_one_pair_of_quotation_marks(text, quotable):
    assert parse(text).quotable == quotable
