"""With the picture, with a larger one, or with none: what is sent, what is remembered, what is drawn."""

import io
import re

import PIL.Image
import pytest
from django.core.files.base import ContentFile

from documents.models import DocumentImage
from documents.processing import reread
from documents.reader import pictures
from tests.documents import making
from tests.documents.conftest import picture
from tests.factories import PublicationPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(client):
    def get(document, rest):
        response = client.get(f"/d/{document.series}/v{document.number}/p/{rest}")
        assert response.status_code == 200
        return response.content.decode().split("<main", 1)[1]

    return get


def drawn(document, number, size, kind=DocumentImage.Kind.PAGE):
    return DocumentImage.objects.create(document=document, kind=kind, number=number, width=1000, size=size)


def links(content):
    return re.findall(r'<a [^>]*href="([^"]*)"', content)


def test_text_mode_sends_no_picture_and_stays_in_links(paged, show):
    document = paged(*[("en", "The heron")] * 3)
    content = show(document, "2/?text=1&q=heron")
    assert ".webp" not in content
    assert "<image" not in content and "<img" not in content
    base = f"/d/{document.series}/v1/p"
    for number in (1, 3):
        assert f"{base}/{number}/?q=heron&amp;text=1#turn" in links(content)
    assert f"{base}/2/?q=heron#image" in links(content)
    assert content.count('<input type="hidden" name="text" value="1">') == 2


def test_text_mode_asks_the_database_at_most_12_times(paged, client, django_assert_max_num_queries):
    document = paged(*[("en", "The heron")] * 3, mime=making.DOCX)
    drawn(document, 1, 0, DocumentImage.Kind.PDF)
    address = f"/d/{document.series}/v1/p/2/?text=1&q=heron"
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)


def test_link_to_the_picture_says_what_it_weighs(paged, show):
    document = paged(*[("en", "The heron")] * 3)
    assert ">Show page image</a>" in show(document, "1/?text=1")
    drawn(document, 1, 84_000)
    drawn(document, 3, 0)  # drawn before sizes were noted
    assert ">Show page image (84 kB)</a>" in show(document, "1/?text=1")
    assert ">Show page image (about 84 kB)</a>" in show(document, "2/?text=1")
    assert ">Show page image (about 84 kB)</a>" in show(document, "3/?text=1")
    assert not DocumentImage.objects.filter(number=2).exists()


def test_jump_to_a_page_keeps_the_way(paged, client):
    document = paged(*[("en", "The heron")] * 3)
    response = client.get(f"/d/{document.series}/v1/p/1/?n=3&q=heron&text=1")
    assert response.headers["Location"] == f"/d/{document.series}/v1/p/3/?q=heron&text=1#turn"


def test_large_picture_is_linked_shown_and_stays_in_links(paged, show):
    document = paged(*[("en", "The heron")] * 3)
    base = f"/d/{document.series}/v1/p"
    assert f"{base}/2/?zoom=1#image" in links(show(document, "2/"))
    content = show(document, "2/?zoom=1")
    assert f'src="{base}/2/large.webp"' in content
    assert 'class="page page--large scroll" id="image" tabindex="0"' in content
    assert f"{base}/3/?zoom=1#turn" in links(content)
    assert f"{base}/2/#image" in links(content)


def test_picture_is_drawn_in_two_sizes_and_no_other(published, client, monkeypatch):
    base = f"/d/{published.series}/v1/p/3"
    wide = {}
    for name in ("image", "large"):
        data = b"".join(client.get(f"{base}/{name}.webp").streaming_content)
        wide[name] = PIL.Image.open(io.BytesIO(data)).width
        assert DocumentImage.objects.get(kind="page" if name == "image" else name, number=3).size == len(data)
    assert wide == {"image": 1000, "large": 2000}
    monkeypatch.setattr(pictures, "page_image", None)
    assert client.get(f"{base}/large.webp").status_code == 200
    for name in ("huge", "image-3000", "large2"):
        assert client.get(f"{base}/{name}.webp").status_code == 404
    assert client.get(f"{base}/large.webp?width=9000").status_code == 200


def test_small_picture_file_is_shown_in_both_sizes(filed, client):
    document = filed(picture(), name="scan.png")
    PublicationPageFactory(published=True, files=[document])
    for name in ("image", "large"):
        assert client.get(f"/d/{document.series}/v1/p/1/{name}.webp").status_code == 200


def test_office_file_with_a_preview_is_read_like_a_pdf(paged, show):
    document = paged(("en", "The heron"), mime=making.DOCX)
    assert ".webp" not in show(document, "1/")
    assert "zoom=1" not in show(document, "1/")
    assert "text=1" not in show(document, "1/")
    drawn(document, 1, 9000, DocumentImage.Kind.PDF)
    content = show(document, "1/")
    assert f"/d/{document.series}/v1/p/1/image.webp" in content
    assert "zoom=1" in content and "text=1" in content
    assert "page 1" in content and "part 1" not in content


def test_pictures_go_with_the_preview_that_they_were_drawn_from(filed, no_converter):
    document = filed(making.docx_of([making.FILLER] * 9), name="report.docx")
    preview = ContentFile(making.pdf_of(["Another text."]), name="preview")
    DocumentImage.objects.create(document=document, kind="pdf", number=1, width=0, file=preview)
    for kind in (DocumentImage.Kind.PAGE, DocumentImage.Kind.LARGE):
        drawn(document, 1, 9000, kind)
    reread(document.pk)
    assert not document.drawn_images.exists()


def test_pages_are_listed_from_the_first_to_the_last(paged, show):
    document = paged(*[("en", "The heron")] * 60)
    pager = re.search(r'<nav class="pager".*?</nav>', show(document, "30/?q=heron"), re.DOTALL).group()
    numbers = [int(number) for number in re.findall(r"/p/(\d+)/\?q=heron", pager)]
    assert numbers == [29, 1, 10, 20, 28, 29, 31, 32, 40, 50, 60, 31]
    assert '<b aria-current="page">' in pager
    assert "<ol>" not in re.search(r'<nav class="pager".*?</nav>', show(paged(("en", "x")), "1/"), re.DOTALL).group()


def test_text_can_be_reached_past_the_tools(paged, show):
    content = show(paged(("en", "The heron")), "1/")
    assert content.index('<a class="skip" href="#text">') < content.index('id="fq"') < content.index('id="text"')


def test_heavy_page_weighs_less_than_60_kb(paged, client, settings):
    outline = [(1 + number % 3, number, f"{number}. {'A heading of some length ' * 3}") for number in range(1, 301)]
    document = paged(*[("en", f"{making.FILLER} heron " * 6)] * 300, outline=outline)
    html = client.get(f"/d/{document.series}/v1/p/150/?q=heron+seldom").content
    sheets = sum(
        (settings.BASE_DIR / "cms/core/static/cms" / name).stat().st_size for name in ("site.css", "search.css")
    )
    assert len(html) + sheets < 60_000
