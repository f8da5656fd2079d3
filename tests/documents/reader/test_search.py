"""Search within one file: which pages, with what around the words, and what is said where there is nothing."""

import re

import pytest

from documents.models import DocumentTokens
from tests.documents.making import ARABIC, FILLER

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(paged):
    """Fifty pages; the heron is on each that ends in 3 or 7, twice on page 7."""
    texts = [FILLER + (" A heron was seen." if number % 10 in (3, 7) else "") for number in range(1, 51)]
    texts[6] += " Nobody knew whose heron it was."
    return paged(*[("en", text) for text in texts])


@pytest.fixture
def find(client):
    def get(document, parameters, where="v1/"):
        response = client.get(f"/d/{document.series}/{where}search/?{parameters}")
        assert response.status_code == 200
        return response.content.decode()

    return get


def main(content):
    return content.split("<main", 1)[1].split("</main>", 1)[0]


def test_pages_with_the_words_are_listed_in_their_order(report, find):
    whole = find(report, "q=herons")
    content = main(whole)
    assert "10 results for “<bdi>herons</bdi>”" in content and "<title>\u2068herons\u2069: 10 results" in whole
    links = re.findall(r'<h2><a href="([^"]*)">(.*?)</a>', content)
    base = f"/d/{report.series}/v1/p"
    assert links[1] == (f"{base}/7/?q=herons&amp;m=1#m1", 'Page 7<span class="vh"> (match 1 of 2)</span>')
    assert [int(re.search(r"/p/(\d+)/", url)[1]) for url, _ in links] == [n for n in range(1, 51) if n % 10 in (3, 7)]
    assert "2 matches" in content
    assert 'lang="en" dir="ltr">' in content
    assert "<mark>heron</mark>" in content
    assert "Results" in content and "1 to 10 of 10" in content


def test_address_without_a_version_searches_the_newest(report, find):
    assert "10 results" in find(report, "q=heron", where="")


def test_long_list_comes_in_parts_that_keep_words_and_way(report, find):
    content = main(find(report, "q=roster&text=1&page=2"))
    assert "21 to 40 of 50" in content
    base = f"/d/{report.series}/v1/search/?q=roster&amp;text=1"
    assert f'href="{base}" rel="prev"' in content.replace('class="step" ', "")
    assert f'href="{base}&amp;page=3" rel="next"' in content.replace('class="step" ', "")
    assert '/v1/p/21/?q=roster&amp;text=1&amp;m=1#m1"' in content
    assert '<input type="hidden" name="text" value="1">' in content


@pytest.mark.parametrize(("page", "first"), [("0", 1), ("-1", 1), ("x", 1), ("99", 41), ("9" * 50, 1), ("٢", 1)])
def test_any_part_that_is_asked_for_is_one_that_there_is(report, find, page, first):
    assert f"{first} to" in main(find(report, f"q=roster&page={page}"))


@pytest.mark.parametrize("query", ["", "q=", "q=+++", "q=%00"])
def test_no_words_get_a_sentence(report, find, query):
    assert "Type a word, or a phrase in quotation marks" in main(find(report, query))


@pytest.mark.parametrize("query", ["***", "(((", '"', "-heron", "- -", "\U0001f426"])
def test_what_holds_no_word_gets_a_sentence(report, find, query):
    assert "There is no word in this to look for." in main(find(report, f"q={query}"))


def test_words_that_are_not_there_get_a_sentence(report, find):
    content = main(find(report, "q=zeppelin"))
    assert "“<bdi>zeppelin</bdi>” is not in this file." in content
    assert "0 results" in content


def test_file_without_text_says_that_it_cannot_be_searched(report, find, paged):
    DocumentTokens.objects.filter(document=report).delete()
    empty = paged(("", ""))
    for document in (report, empty):
        assert "No text could be read out of this file" in main(find(document, "q=heron"))


def test_words_are_never_markup(report, find):
    content = find(report, "q=%3Cscript%3Ealert(1)%3C/script%3E heron")
    assert "<script>alert" not in content
    assert "Only the first 300 characters were searched." in find(report, f"q={'x' * 301}")


def test_arabic_words_are_found_with_their_prefixes(paged, find):
    document = paged(("ar", ARABIC), ("en", FILLER), language="ar")
    content = main(find(document, "q=إنسان"))
    assert "1 result for" in content
    assert re.search(r'<p class="snip" lang="ar" dir="rtl">.*<mark>الإنسان</mark>', content)


@pytest.mark.parametrize("pages", [1, 50])
def test_search_asks_the_database_equally_often(paged, client, pages, django_assert_num_queries):
    document = paged(*[("en", f"{FILLER} heron")] * pages)
    address = f"/d/{document.series}/v1/search/?q=heron"
    client.get(address)
    with django_assert_num_queries(6):
        client.get(address)
