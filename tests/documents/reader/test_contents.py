"""The contents of a file as nested links, whatever its author made of them."""

import re

import pytest

from documents.models import DocumentOutline
from documents.processing import reread
from documents.reader.contents import SHOWN, contents
from tests.documents import making

pytestmark = pytest.mark.django_db


def titles(headings):
    """Title, page and children of each, ``*`` before the current one."""
    return [
        (f"{'*' * heading.current}{heading.title}", heading.number, titles(heading.children)) for heading in headings
    ]


def of(rows, number):
    return contents(rows, number, "en", "/p/{}/".format)


def test_headings_are_nested_and_know_where_one_is():
    rows = [[1, 1, "A"], [2, 2, "A.1"], [3, 2, "A.1.a"], [2, 5, "A.2"], [1, 9, "B"]]
    assert titles(of(rows, 4).headings) == [
        ("A", 1, [("A.1", 2, [("*A.1.a", 2, [])]), ("A.2", 5, [])]),
        ("B", 9, []),
    ]
    assert titles(of(rows, 99).headings)[1][0] == "*B"
    assert of(rows, 4).left_out == 0


def test_levels_that_are_missing_do_not_lose_a_heading():
    assert titles(of([[3, 1, "Deep"], [1, 2, "A"], [3, 3, "A deep"], [2, 4, "A.1"]], 1).headings) == [
        ("*Deep", 1, []),
        ("A", 2, [("A deep", 3, []), ("A.1", 4, [])]),
    ]


def test_page_before_the_first_heading_is_in_none():
    assert titles(of([[1, 3, "A"]], 1).headings) == [("A", 3, [])]


def test_of_long_contents_the_part_around_the_page_is_shown():
    rows = [
        [depth, 10 * chapter + part, f"{chapter}.{part}"]
        for chapter in range(20)
        for part, depth in enumerate((1, 2, 2, 2), 1)
    ]
    shown = of(rows, 52)
    assert len(shown.headings) == 20
    assert [heading.title for heading in shown.headings if heading.children] == ["5.1"]
    assert [child.title for child in shown.headings[5].children] == ["5.2", "5.3", "5.4"]
    assert shown.left_out == 80 - 23


def test_flat_contents_without_end_are_cut_around_the_page():
    shown = of([[1, number, f"Paragraph {number}"] for number in range(1, 1001)], 500)
    numbers = [heading.number for heading in shown.headings]
    assert len(numbers) == SHOWN
    assert numbers == sorted(numbers)
    assert min(numbers) < 500 < max(numbers)
    assert shown.left_out == 1000 - SHOWN


def test_reader_lists_the_contents_with_the_words_kept(client, paged):
    document = paged(
        ("en", "Heron"),
        ("en", "Two"),
        ("ar", "ثلاثة"),
        outline=[(1, 1, "Summary <b>"), (2, 2, "Part"), (1, 3, "الخلاصة")],
    )
    content = client.get(f"/d/{document.series}/v1/p/2/?q=heron&text=1").content.decode()
    nav = re.search(r'<nav class="contents".*?</nav>', content, re.DOTALL).group()
    base = f"/d/{document.series}/v1/p"
    assert re.findall(r'href="([^"]*)"', nav) == [f"{base}/{n}/?q=heron&amp;text=1#turn" for n in (1, 2, 3)]
    assert "Summary &lt;b&gt;" in nav
    assert '<bdi lang="ar" dir="rtl">الخلاصة</bdi>' in nav
    assert re.search(rf'href="{base}/2/[^"]*" aria-current="location"', nav)


def test_reader_of_a_file_without_contents_has_no_list(client, paged):
    document = paged(("en", "Heron"))
    assert b'class="contents"' not in client.get(f"/d/{document.series}/v1/p/1/").content


def test_contents_come_with_the_text_and_again_with_reextract(filed):
    def change(pdf):
        with pdf.open_outline() as outline:
            outline.root.append(making.pikepdf.OutlineItem("Duty rosters", 1))

    document = filed(making.changed(making.report(2), change))
    assert document.outline.entries == [[1, 2, "Duty rosters"]]
    DocumentOutline.objects.all().delete()  # a file of earlier days
    reread(document.pk)
    assert DocumentOutline.objects.get(document=document).entries == [[1, 2, "Duty rosters"]]
