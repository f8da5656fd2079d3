"""The demo's texts: complete in every language, and readable by the small parser."""

import pytest

from home.demo.files import specs
from home.demo.pictures import ALT
from home.demo.texts import LANGUAGES, Entry, blocks, entries, html, read, structure
from home.demo.tree import SECTIONS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "at_least"), [("topics", 12), ("glossary", 25), ("pages", 10)])
def test_topics_terms_and_sections_exist_in_every_language(language, name, at_least):
    source, texts = entries("en", name), entries(language, name)
    assert list(texts) == list(source)
    assert len(texts) >= at_least
    for text in texts.values():
        assert text["title"] and text["summary"]
        assert name == "pages" or text.paragraphs, text.key


@pytest.mark.parametrize("name", ["topics", "glossary", "cases", "publications"])
def test_summaries_fit_their_field_and_no_two_pages_of_a_language_share_a_title(name):
    for language in LANGUAGES:
        texts = entries(language, name).values()
        assert all(0 < len(text["summary"]) <= 600 for text in texts)
        assert len({text["title"] for text in texts}) == len(texts)


def test_enough_of_everything():
    public = [row for row in structure("publications") if not row.get("state")]
    assert len(public) >= 40
    assert {row["state"] for row in structure("publications") if row.get("state")} == {
        "draft",
        "in-review",
        "embargoed",
        "expired",
        "withdrawn",
        "members",
    }
    assert len(entries("de", "publications")) >= 12
    assert all(len(entries(language, "publications")) >= 5 for language in ("fr", "es", "ar"))
    assert all(len(entries(language, "cases")) == 6 for language in ("en", "de", "ar"))


def test_every_key_that_is_named_exists():
    topics, terms, publications = (set(entries("en", name)) for name in ("topics", "glossary", "publications"))
    places = {row["code"] for row in structure("vocabulary")["places"]}
    kinds = {code for code, _names in structure("vocabulary")["publication_kinds"]}
    assert {row["key"] for row in structure("publications")} == publications
    for row in structure("publications"):
        assert set(row["topics"]) <= topics and set(row["terms"]) <= terms
        assert set(row["places"]) <= places and row["kind"] in kinds
        assert set(row.get("related", [])) <= publications
        assert row.get("image", "files") in ALT
    for row in structure("cases"):
        assert set(row["documents"]) <= publications and {row["main_topic"], *row["topics"]} <= topics
        assert set(row["terms"]) <= terms and row["place"] in places
    assert set(structure("glossary")) == terms
    assert set(SECTIONS) <= set(entries("en", "pages"))


def test_a_file_has_a_text_in_its_language_and_a_translation_with_a_text_has_a_file():
    for spec in specs():
        assert spec.key in entries(spec.language, "publications")
    named = {(spec.key, spec.language) for spec in specs()}
    for language in LANGUAGES:
        assert {(key, language) for key in entries(language, "publications")} <= named


def test_the_parser_reads_fields_lists_quotations_and_parts(tmp_path):
    path = tmp_path / "text.md"
    path.write_text(
        "## one\ntitle: A <title>\nsynonyms: a; b\n\nFirst & only.\n\n- x\n- y\n\n### Next\n\n> Said.\n> — Somebody\n\n"
        "::: timeline\nheading: When\n- June | 2024-06-01 | It began | With two.\n:::\n\nLast.\n"
    )
    text = read(path)["one"]
    assert text["title"] == "A <title>" and text.several("synonyms") == ["a", "b"]
    assert html(Entry("x", lines=["a < b", "- c"])) == "<p>a &lt; b</p><ul><li>c</li></ul>"
    found = blocks(text, "seed")
    assert [block["type"] for block in found] == ["text", "heading", "quote", "timeline", "text"]
    assert found[0]["value"] == "<p>First &amp; only.</p><ul><li>x</li><li>y</li></ul>"
    assert found[2]["value"]["attribution"] == "Somebody"
    assert found[3]["value"]["events"][0]["value"]["date"] == "2024-06-01"
    assert [block["id"] for block in blocks(text, "seed")] == [block["id"] for block in found]
