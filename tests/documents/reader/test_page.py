"""What a reader sees of a page."""

import io
import re

import PIL.Image
import pytest
from django.test.html import parse_html

from documents.models import DocumentImage
from documents.reader import pictures
from documents.releases import release
from tests.documents import making
from tests.factories import PublicationPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(client):
    """The HTML of a page of a version, as text."""

    def get(document, number, query="", **headers):
        response = client.get(f"/d/{document.series}/v{document.number}/p/{number}/{query}", **headers)
        assert response.status_code == 200
        parse_html(response.content.decode())
        return response.content.decode()

    return get


def prose(content):
    """The text part of the page."""
    return re.search(r'<div class="prose".*?</div>', content, re.DOTALL).group()


def links(content):
    """The addresses of all links."""
    return re.findall(r'<a [^>]*href="([^"]*)"', content)


def test_page_shows_text_picture_and_the_way_back(published, show):
    content = show(published, 3)
    assert '<div class="prose" lang="en" dir="ltr">' in content
    assert "The heron crossed the frontier at dawn." in " ".join(prose(content).split())
    assert f'href="/d/{published.series}/v1/p/3/image.webp"' in content
    assert "In the chain of command" in content
    assert f'rel="canonical" href="http://testserver/d/{published.series}/v1/p/3/"' in content
    assert "<mark" not in content
    assert "style=" not in content
    assert len(content) < 40_000


def test_page_37_is_page_37(filed, client, show):
    document = filed(making.report(60, planted={37: "The heron crossed the frontier at dawn."}))
    PublicationPageFactory(published=True, files=[document])
    content = show(document, 37, '?q="heron+crossed+the+frontier"')
    assert re.search(r'<mark id="m1" class="now">heron crossed\s+the\s+frontier<span', prose(content))
    assert "<mark" not in show(document, 36, '?q="heron+crossed+the+frontier"').split('class="tools"')[1]


def test_newest_version_answers_at_the_address_without_version(published, client):
    content = client.get(f"/d/{published.series}/p/3/").content.decode()
    assert "heron" in content
    assert f'href="http://testserver/d/{published.series}/v1/p/3/"' in content


def test_matches_are_marked_counted_and_stepped_through(published, show):
    content = show(published, 7, "?q=herons")
    assert "<b>Match 1 of 2</b>" in content
    assert prose(content).count("<mark") == 2
    assert '<mark id="m1" class="now">heron<span class="vh"> (match 1 of 2)</span></mark>' in content
    assert '<mark id="m2">heron<span class="vh"> (match 2 of 2)</span></mark>' in content
    base = f"/d/{published.series}/v1/p"
    assert f"{base}/7/?q=herons&amp;m=2#m2" in links(content)
    assert f"{base}/3/?q=herons&amp;m=last#turn" in links(content)
    second = show(published, 7, "?q=herons&m=2")
    assert "<b>Match 2 of 2</b>" in second
    assert '<mark id="m2" class="now">' in second
    first = show(published, 3, "?q=herons&m=last")
    assert f"{base}/7/?q=herons&amp;m=1#m1" in links(first)
    assert re.search(r'class="n">\(2\)', first)


def test_page_between_hits_leads_to_both(published, show):
    content = show(published, 5, "?q=heron")
    assert "No match on this page" in content
    base = f"/d/{published.series}/v1/p"
    assert f"{base}/3/?q=heron&amp;m=last#turn" in links(content)
    assert f"{base}/7/?q=heron&amp;m=1#m1" in links(content)


def test_word_that_is_not_in_the_file_is_said_so(published, show):
    assert "“<bdi>zeppelin</bdi>” is not in this file." in show(published, 5, "?q=zeppelin")


@pytest.mark.parametrize(
    "query", ["%22", "<script>alert(1)</script>", "(((", "%00", "a" * 5000, "-heron", "*", "%F0%9F"]
)
def test_any_query_gives_a_page(published, show, query):
    content = show(published, 7, f"?q={query}")
    assert "<script>alert" not in content


def test_text_of_the_file_is_never_markup(filed, show):
    document = filed(making.pdf_of(["<script>alert(1)</script> &amp; <img src=x onerror=y> heron"]))
    PublicationPageFactory(published=True, files=[document])
    content = prose(show(document, 1, "?q=script"))
    assert "<script>alert" not in content
    assert "<img" not in content
    assert "&lt;<mark" in content


def test_outline_lies_on_the_word(published, client, show):
    """The drawn page has the ink of the marked word inside the rectangle, and none just left of the text."""
    content = show(published, 7, "?q=heron")
    width, height = map(int, re.search(r'<svg viewBox="0 0 (\d+) (\d+)" role="img"', content).groups())
    boxes = re.findall(r'<rect class="(hit[^"]*)" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', content)
    assert [kind for kind, *_ in boxes] == ["hit hit--now", "hit"]
    data = b"".join(client.get(f"/d/{published.series}/v1/p/7/image.webp").streaming_content)
    picture = PIL.Image.open(io.BytesIO(data)).convert("L")
    zoom = picture.width / width
    assert picture.height / height == pytest.approx(zoom, rel=0.01)
    for _, *numbers in boxes:
        x, y, across, down = (int(number) * zoom for number in numbers)
        word = picture.crop((int(x), int(y), int(x + across), int(y + down)))
        assert sum(word.histogram()[:128]) > 0.03 * word.width * word.height
        assert 20 < across < 90
        assert 10 < down < 45


def test_page_form_leads_to_the_nearest_page_and_keeps_the_query(published, client):
    base = f"/d/{published.series}/v1/p"
    for wanted, page in (("9", 9), ("999999", 12), ("0", 1)):
        response = client.get(f"{base}/3/?n={wanted}&q=heron")
        assert response.status_code == 302
        assert response.headers["Location"] == f"{base}/{page}/?q=heron#turn"
    assert client.get(f"{base}/3/?n=abc").status_code == 200


def test_arabic_page_is_written_from_the_right(filed, show):
    document = filed(making.pdf_of([making.ARABIC], rtl=True), title="الاختفاء القسري")
    PublicationPageFactory(published=True, files=[document], title="الاختفاء")
    content = show(document, 1, "?q=الإنسان")
    assert '<div class="prose" lang="ar" dir="rtl">' in content
    assert '<mark id="m1" class="now">إنسان<' in content
    assert '<mark id="m2">الإنسان<' in content
    assert content.count('<rect class="hit') == 2


def test_word_document_is_read_in_parts_without_pictures(filed, client, show, no_converter):
    document = filed(making.docx_of([f"{n} {making.FILLER}" for n in range(200)]), name="report.docx")
    PublicationPageFactory(published=True, files=[document])
    content = show(document, 2)
    assert "part 2" in content
    assert "image.webp" not in content
    assert client.get(f"/d/{document.series}/v1/p/1/image.webp").status_code == 404
    assert client.get(f"/d/{document.series}/v1/cover.webp").status_code == 404


def test_old_version_says_what_replaced_it(published, filed, show, client):
    newer = filed(making.report(4), series=published.series)
    page = PublicationPageFactory(published=True, files=[newer])
    release(page, page.live_revision)
    content = show(published, 3)
    assert "This version was replaced" in content
    assert f"/d/{published.series}/v2/p/1/" in links(content)
    assert "This version was replaced" not in show(newer, 3)
    assert "heron" not in client.get(f"/d/{published.series}/p/3/").content.decode()


def test_newer_draft_version_is_not_named(published, filed, show):
    newer = filed(making.report(4), series=published.series)
    PublicationPageFactory(files=[newer]).save_revision()
    content = show(published, 3)
    assert "This version was replaced" not in content
    assert "v2" not in content


def test_picture_is_drawn_once(published, client, monkeypatch):
    address = f"/d/{published.series}/v1/p/3/image.webp"
    first = b"".join(client.get(address).streaming_content)
    assert len(first) < 100_000
    monkeypatch.setattr(pictures, "page_image", None)
    assert b"".join(client.get(address).streaming_content) == first
    assert DocumentImage.objects.filter(kind="page", number=3).count() == 1
    response = client.get(address)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_picture_that_must_wait_too_long_is_asked_for_again(published, client, monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    monkeypatch.setattr(pictures, "_turns", pictures.threading.BoundedSemaphore(1))
    pictures._turns.acquire()
    response = client.get(f"/d/{published.series}/v1/p/3/image.webp")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("pages", [1, 6])
def test_queries_do_not_grow_with_the_file(filed, client, pages, django_assert_max_num_queries):
    document = filed(making.report(pages, planted=dict.fromkeys(range(1, pages + 1), "The heron crossed.")))
    PublicationPageFactory(published=True, files=[document])
    address = f"/d/{document.series}/v1/p/1/?q=heron"
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)
