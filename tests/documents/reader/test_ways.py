"""How one reads travels in links, and where links lead in long files."""

import pytest
from django.http import QueryDict

from documents.models import Document
from documents.reader.ways import Show, Way, landmarks

DOCUMENT = Document(series="6f1c2f0e-6d0a-4a53-9a0e-0d6c0f0f3a11", number=2, collection_id=1)
BASE = "/d/6f1c2f0e-6d0a-4a53-9a0e-0d6c0f0f3a11/v2"


@pytest.mark.parametrize(
    ("asked", "show", "query"),
    [
        ("", Show.PAGE, ""),
        ("q=heron&text=1", Show.TEXT, "heron"),
        ("zoom=1", Show.LARGE, ""),
        ("text=1&zoom=1", Show.TEXT, ""),
        ("text=yes&zoom=9999", Show.PAGE, ""),
        ("width=99999&q=%00a%0ab", Show.PAGE, "a b"),
        ("q=" + "x" * 5000, Show.PAGE, "x" * 300),
    ],
)
def test_address_says_how_one_reads(asked, show, query):
    way = Way.of(DOCUMENT, QueryDict(asked))
    assert (way.show, way.query) == (show, query)


def test_links_carry_the_words_and_what_is_shown():
    way = Way(DOCUMENT, "حقوق & x", Show.TEXT)
    words = "q=%D8%AD%D9%82%D9%88%D9%82+%26+x"
    assert way.page(7) == f"{BASE}/p/7/?{words}&text=1#turn"
    assert way.page(7, 2) == f"{BASE}/p/7/?{words}&text=1&m=2#m2"
    assert way.page(7, "last") == f"{BASE}/p/7/?{words}&text=1&m=last#turn"
    assert way.found() == f"{BASE}/search/?{words}&text=1"
    assert way.showing(Show.PAGE).found(3) == f"{BASE}/search/?{words}&page=3"
    assert Way(DOCUMENT).page(7, at="image") == f"{BASE}/p/7/#image"


@pytest.mark.parametrize(
    ("number", "total", "pages"),
    [
        (1, 1, [1]),
        (5, 12, list(range(1, 13))),
        (1, 60, [1, 2, 3, 10, 20, 30, 40, 50, 60]),
        (37, 60, [1, 10, 20, 30, 35, 36, 37, 38, 39, 40, 50, 60]),
        (60, 60, [1, 10, 20, 30, 40, 50, 58, 59, 60]),
        (2, 14, [1, 2, 3, 4, 10, 14]),
    ],
)
def test_landmarks_are_ends_neighbours_and_round_numbers(number, total, pages):
    assert landmarks(number, total) == pages


@pytest.mark.parametrize("total", [13, 100, 101, 999, 5001, 20_000])
def test_landmarks_stay_few_in_files_of_any_length(total):
    assert all(len(landmarks(number, total)) <= 16 for number in (1, total // 2, total))
