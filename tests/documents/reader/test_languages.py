"""What ``lang`` and ``dir`` say of a page and of a passage in another language on it."""

import re

import pytest

from documents.reader.languages import passage_language
from tests.documents.making import ARABIC, FILLER, GERMAN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "page", "language"),
    [
        (FILLER, "en", "en"),
        (GERMAN, "en", "de"),
        (ARABIC, "en", "ar"),
        (FILLER, "ar", "en"),
        ("المادة ٧", "en", "ar"),
        ("Befehlskette", "en", "en"),
        ("E/CN.4/2005/102", "ar", ""),
        ("12.5.2021 – 37", "ar", "ar"),
        ("", "en", "en"),
        ("Heron", "", ""),
        (GERMAN, "", "de"),
        ("Права человека и основные свободы", "en", ""),
    ],
)
def test_passage_has_a_language_of_its_own(text, page, language):
    assert passage_language(text, page) == language


def prose(client, document):
    content = client.get(f"/d/{document.series}/v1/p/1/").content.decode()
    return re.search(r'<div class="prose".*?</div>', content, re.DOTALL).group()


def test_mixed_page_marks_the_passages_that_differ(client, paged):
    shown = prose(client, paged(("en", f"{FILLER}\n\n{ARABIC}\n\n{GERMAN}\n\nE/CN.4/2005")))
    assert shown.startswith('<div class="prose" lang="en" dir="ltr">')
    assert re.findall(r"<p([^>]*)>", shown) == ["", ' lang="ar" dir="rtl"', ' lang="de" dir="ltr"', ""]


def test_arabic_page_marks_what_is_written_from_the_left(client, paged):
    shown = prose(client, paged(("ar", f"{ARABIC}\n\nE/CN.4/2005/102\n\n{FILLER}"), language="ar"))
    assert shown.startswith('<div class="prose" lang="ar" dir="rtl">')
    assert re.findall(r"<p([^>]*)>", shown) == ["", ' lang="" dir="auto"', ' lang="en" dir="ltr"']


def test_unknown_language_is_not_said_to_be_that_of_the_interface(client, paged):
    shown = prose(client, paged(("", "Права человека"), language=""))
    assert shown.startswith('<div class="prose" lang="" dir="auto">')
    assert re.findall(r"<p([^>]*)>", shown) == [' lang="" dir="auto"']
