"""The contents that a PDF names: those of honest files as they are, those of hostile ones cut short, the text never."""

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem

from documents.extraction.jobs import extract
from documents.extraction.outline import MAX_DEPTH, MAX_ENTRIES, MAX_LOOKED_AT, TITLE_LENGTH, from_json
from documents.extraction.texts import OutlineEntry
from tests.documents import making

PDF = "application/pdf"
WORDS = (
    "Findings, sections, rosters; a footnote in the annex. By action, old and new, one and two, here and nowhere: no "
    "such destination, missing name, another file far away, a page that is none, an address, an array, a script. "
    "Mirror, entry, too late, level, long."
)


@pytest.fixture
def outline_of(stored):
    """The outline that is read from a file of three pages after ``change(pdf)``; its text must be there.

    The words of all titles below stand on its second page.
    """

    def read(change, pages=3):
        found = extract(stored(making.changed(making.report(pages, planted={2: WORDS}), change)), PDF)
        assert [page.number for page in found.pages] == list(range(1, pages + 1))
        assert all("Folio" in page.text and page.layout for page in found.pages)
        return found.outline

    return read


def linked(pdf, items):
    """A chain of entries made by hand: dictionaries that may break every rule."""
    entries = [pdf.make_indirect(Dictionary(Title=title, **more)) for title, more in items]
    for one, following in zip(entries, entries[1:], strict=False):
        one.Next = following
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=entries[0], Last=entries[-1]))
    return entries


def to(pdf, index):
    return {"Dest": Array([pdf.pages[index].obj, Name.Fit])}


def test_file_without_an_outline_has_none(outline_of):
    assert outline_of(lambda pdf: None) == []


def test_entries_come_with_depth_and_page_down_to_the_third_level(outline_of):
    def change(pdf):
        with pdf.open_outline() as outline:
            chapter, section, detail = (
                OutlineItem("Findings", 0),
                OutlineItem("Sections", 1),
                OutlineItem("Rosters", 1),
            )
            detail.children.append(OutlineItem("A footnote", 2))
            section.children.append(detail)
            chapter.children.append(section)
            outline.root.extend([chapter, OutlineItem("  Annex\n\x07A ", 2)])

    assert outline_of(change) == [
        OutlineEntry(1, 1, "Findings"),
        OutlineEntry(2, 2, "Sections"),
        OutlineEntry(3, 2, "Rosters"),
        OutlineEntry(1, 3, "Annex A"),
    ]


def test_destinations_by_name_and_by_action_lead_to_their_page(outline_of):
    def change(pdf):
        pdf.Root.Dests = Dictionary(old=Array([pdf.pages[1].obj, Name.Fit]))
        pdf.Root.Names = Dictionary(
            Dests=Dictionary(Names=Array([pikepdf.String("new"), Array([pdf.pages[2].obj, Name.Fit])]))
        )
        goto = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))
        linked(pdf, [("By action", {"A": goto}), ("Old", {"Dest": Name.old}), ("New", {"Dest": pikepdf.String("new")})])

    assert [(entry.title, entry.page) for entry in outline_of(change)] == [("By action", 1), ("Old", 2), ("New", 3)]


def test_entries_that_lead_nowhere_or_elsewhere_are_left_out(outline_of):
    def change(pdf):
        stranger = pdf.make_indirect(Dictionary(Type=Name.Page))
        linked(
            pdf,
            [
                ("No destination", {}),
                ("Missing name", {"Dest": pikepdf.String("nowhere")}),
                ("A page that is none", {"Dest": Array([stranger, Name.Fit])}),
                ("A page far away", {"Dest": Array([99, Name.Fit])}),
                ("No array", {"Dest": 7}),
                ("Another file", {"A": Dictionary(S=Name.GoToR, F="other.pdf", D=Array([0, Name.Fit]))}),
                ("An address", {"A": Dictionary(S=Name.URI, URI="https://example.org/")}),
                ("A script", {"A": Dictionary(S=Name.JavaScript, JS="1")}),
                ("   ", to(pdf, 0)),
                ("Here", to(pdf, 2)),
            ],
        )

    assert outline_of(change) == [OutlineEntry(1, 3, "Here")]


def test_chain_that_bites_its_tail_ends(outline_of):
    def change(pdf):
        first, second = linked(pdf, [("One", to(pdf, 0)), ("Two", to(pdf, 1))])
        second.Next = first
        second.First = first

    assert outline_of(change) == [OutlineEntry(1, 1, "One"), OutlineEntry(1, 2, "Two")]


def test_entry_that_is_its_own_child_ends(outline_of):
    def change(pdf):
        (entry,) = linked(pdf, [("Mirror", to(pdf, 0))])
        entry.First = entry

    assert outline_of(change) == [OutlineEntry(1, 1, "Mirror")]


def test_hundred_thousand_entries_are_cut(outline_of):
    def change(pdf):
        linked(pdf, [("Entry", to(pdf, n % 3)) for n in range(100_000)])

    found = outline_of(change)
    assert len(found) == MAX_ENTRIES
    assert [entry.page for entry in found[:4]] == [1, 2, 3, 1]


def test_entries_without_a_page_are_not_looked_at_for_ever(outline_of):
    def change(pdf):
        linked(pdf, [("Nowhere", {})] * MAX_LOOKED_AT + [("Too late", to(pdf, 0))])

    assert outline_of(change) == []


def test_deep_outline_is_cut_at_the_third_level(outline_of):
    def change(pdf):
        (parent,) = linked(pdf, [("Level 1", to(pdf, 0))])
        for depth in range(2, 5000):
            child = pdf.make_indirect(Dictionary(Title=f"Level {depth}", **to(pdf, 0)))
            parent.First = parent.Last = child
            parent = child

    assert [entry.title for entry in outline_of(change)] == [f"Level {depth}" for depth in range(1, MAX_DEPTH + 1)]


def test_title_as_long_as_a_book_is_cut(outline_of):
    assert len(outline_of(lambda pdf: linked(pdf, [("long " * 1_000_000, to(pdf, 0))]))[0].title) <= TITLE_LENGTH


@pytest.mark.parametrize("root", [Array([]), 7, Dictionary(), Dictionary(First=7), Dictionary(First=Dictionary())])
def test_outline_that_is_none_is_none(outline_of, root):
    def change(pdf):
        pdf.Root.Outlines = root

    assert outline_of(change) == []


def test_title_with_a_word_that_no_page_has_is_not_shown(outline_of):
    def change(pdf):
        titles = ["Findings", "Findings of Ann Witness", "FINDINGS: 1.2", "Findings 4711"]
        linked(pdf, [(title, to(pdf, 0)) for title in titles])

    assert [entry.title for entry in outline_of(change)] == ["Findings", "FINDINGS: 1.2"]


def test_arabic_titles_are_found_in_arabic_text(stored):
    def change(pdf):
        linked(pdf, [("حقوق الإنسان", to(pdf, 0)), ("شاهدة سرية", to(pdf, 0))])

    found = extract(stored(making.changed(making.pdf_of([making.ARABIC], rtl=True), change)), PDF)
    assert [entry.title for entry in found.outline] == ["حقوق الإنسان"]


def test_pages_without_text_have_no_outline(stored):
    found = extract(
        stored(making.changed(making.pdf_of([""]), lambda pdf: linked(pdf, [("Ann Witness", to(pdf, 0))]))), PDF
    )
    assert found.outline == []


def test_answer_of_the_child_is_not_believed():
    rows = [[1, 1, "Good"], [0, 1, "Too high"], [4, 1, "Too deep"], [1, 4, "No such page"], [1, 0, "None"], [1, 1, ""]]
    assert from_json(rows, 3) == [OutlineEntry(1, 1, "Good")]
    assert len(from_json([[1, 1, "x" * 999]] * 9999, 3)) == MAX_ENTRIES
    assert len(from_json([[1, 1, "x" * 999]], 3)[0].title) == TITLE_LENGTH
    with pytest.raises(ValueError, match="unpack"):
        from_json([[1, 1]], 3)
