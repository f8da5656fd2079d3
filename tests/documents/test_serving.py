"""Files and pictures under their addresses: the rule first, then conditions, parts, headers."""

from __future__ import annotations

import hashlib

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import reverse
from gunicorn.http.wsgi import FileWrapper
from wagtail.models import Page

from cms.publications.models import PublicationFile
from documents.models import Document
from documents.releases import withdraw_releases
from tests.documents.conftest import new_image
from tests.factories import DocumentFactory, PublicationPageFactory, publish

pytestmark = pytest.mark.django_db

BYTES = b"%PDF-1.7 " + b"0123456789" * 100_000


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def public():
    document = DocumentFactory(title="Chaîne de commandement", language="fr", content=BYTES.decode())
    page = PublicationPageFactory(published=True, files=[document])
    return document, page


def exchange(page, document):
    page = Page.objects.get(pk=page.pk).specific
    page.files = [PublicationFile(document=document)]
    publish(page)


class TestAddresses:
    def test_all_four_give_the_bytes(self, client, public):
        document, _ = public
        for url in (
            f"/d/{document.series}/",
            f"/d/{document.series}/anything.pdf",
            f"/d/{document.series}/v1/",
            document.url,
        ):
            response = client.get(url)
            assert response.status_code == 200, url
            assert body(response) == BYTES

    def test_a_missing_slash_never_gives_another_version(self, client, public):
        document, page = public
        exchange(page, DocumentFactory(series=document.series, number=2, content="second"))
        response = client.get(f"/d/{document.series}/v1", follow=True)
        assert body(response) == BYTES

    def test_the_series_leads_to_the_newest_release(self, client, public):
        document, page = public
        second = DocumentFactory(series=document.series, number=2, content="second")
        DocumentFactory(series=document.series, number=3, content="third")
        exchange(page, second)
        assert body(client.get(f"/d/{document.series}/")) == b"second"
        assert body(client.get(f"/d/{document.series}/v1/")) == BYTES
        assert client.get(f"/d/{document.series}/v3/").status_code == 404

    def test_headers(self, client, public):
        document, page = public
        headers = client.get(document.url).headers
        assert headers["Content-Type"] == "application/pdf"
        assert headers["Content-Length"] == str(len(BYTES))
        assert headers["ETag"] == f'"{hashlib.sha256(BYTES).hexdigest()}"'
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Accept-Ranges"] == "bytes"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Content-Disposition"] == "inline; filename*=utf-8''Cha%C3%AEne-de-commandement-fr-v1.pdf"
        assert f'<{page.full_url}>; rel="canonical"' in headers["Link"]
        assert f'</d/{document.series}/>; rel="latest-version"' in headers["Link"]
        assert "Set-Cookie" not in headers
        assert not {"Last-Modified", "X-Amz-Request-Id"} & set(headers)

    @pytest.mark.parametrize(
        ("mime", "disposition", "content_type"),
        [
            ("text/plain", "inline", "text/plain; charset=utf-8"),
            ("text/csv", "attachment", "text/csv; charset=utf-8"),
            ("image/png", "inline", "image/png"),
            ("application/epub+zip", "attachment", "application/epub+zip"),
            ("video/mp4", "attachment", "video/mp4"),
        ],
    )
    def test_only_harmless_types_open_in_the_browser(self, client, mime, disposition, content_type):
        document = DocumentFactory(mime=mime)
        PublicationPageFactory(published=True, files=[document])
        headers = client.get(document.url).headers
        assert headers["Content-Disposition"].startswith(disposition)
        assert headers["Content-Type"] == content_type

    def test_the_numbered_address_of_the_cms_leads_on_under_the_same_rule(self, client, public, people):
        document, _ = public
        draft = DocumentFactory(uploaded_by_user=people["author"])
        response = client.get(f"/documents/{document.pk}/{document.filename}")
        assert (response.status_code, response.url) == (302, document.url)
        assert client.get(f"/documents/{document.pk}/guess.pdf").status_code == 404
        hidden = client.get(f"/documents/{draft.pk}/{draft.filename}")
        missing = client.get(f"/documents/{draft.pk + 999}/{draft.filename}")
        assert (hidden.status_code, hidden.content) == (404, missing.content)

    def test_other_methods_are_refused_alike(self, client, public):
        document, _ = public
        assert client.post(document.url).status_code == 405
        assert client.post(f"/d/{DocumentFactory().series}/").status_code == 405


class TestConditions:
    def test_not_modified_reads_nothing(self, client, public, monkeypatch):
        document, _ = public
        monkeypatch.setattr("documents.serving.read_range", None)
        monkeypatch.setattr("documents.serving.whole", None)
        for value in (f'"{document.sha256}"', f'W/"{document.sha256}"', f'"x", "{document.sha256}"', "*"):
            response = client.get(document.url, headers={"if-none-match": value})
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["ETag"] == f'"{document.sha256}"'
            assert response.headers["Cache-Control"] == "no-cache"

    def test_another_etag_gives_the_bytes(self, client, public):
        assert client.get(public[0].url, headers={"if-none-match": '"other"'}).status_code == 200

    def test_if_match(self, client, public):
        assert client.get(public[0].url, headers={"if-match": '"other"'}).status_code == 412

    def test_head_reads_nothing(self, client, public, monkeypatch):
        document, _ = public
        monkeypatch.setattr("documents.serving.read_range", None)
        monkeypatch.setattr("documents.serving.whole", None)
        response = client.head(document.url)
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Length"] == str(len(BYTES))

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [
            ("bytes=0-0", 0, 0),
            ("bytes=9-18", 9, 18),
            ("bytes=1000000-", 1_000_000, len(BYTES) - 1),
            ("bytes=-5", len(BYTES) - 5, len(BYTES) - 1),
            ("bytes=-99999999999", 0, len(BYTES) - 1),
            ("bytes=5-99999999999", 5, len(BYTES) - 1),
        ],
    )
    def test_a_part(self, client, public, asked, first, last):
        response = client.get(public[0].url, headers={"range": asked})
        assert response.status_code == 206
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"
        assert response.headers["Content-Length"] == str(last - first + 1)
        assert body(response) == BYTES[first : last + 1]

    @pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=99999999-99999999999", "bytes=-0"])
    def test_a_part_behind_the_end(self, client, public, asked):
        response = client.get(public[0].url, headers={"range": asked})
        assert response.status_code == 416
        assert response.headers["Content-Range"] == f"bytes */{len(BYTES)}"

    @pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=-", "bytes=5-3", "lines=1-2", "bytes=x-1", "nonsense"])
    def test_what_is_no_single_part_gives_all(self, client, public, asked):
        response = client.get(public[0].url, headers={"range": asked})
        assert response.status_code == 200
        assert len(body(response)) == len(BYTES)

    def test_a_part_of_what_has_changed_gives_all(self, client, public):
        document, _ = public
        part = {"range": "bytes=0-3"}
        good = client.get(document.url, headers={**part, "if-range": f'"{document.sha256}"'})
        assert good.status_code == 206
        for other in ('"other"', f'W/"{document.sha256}"', "Wed, 21 Oct 2015 07:28:00 GMT"):
            assert client.get(document.url, headers={**part, "if-range": other}).status_code == 200

    def test_memory_stays_small(self, client, public):
        response = client.get(public[0].url)
        sizes = [len(chunk) for chunk in response.streaming_content]
        assert len(sizes) > 2
        assert max(sizes) <= 256 * 1024

    def test_the_web_server_may_send_the_file_by_itself(self, public):
        """gunicorn hands it to the kernel. Django would name it by its key and guess its type."""
        document, _ = public
        given: dict[str, object] = {}

        def start(status, headers):
            given.update(status=status, **dict(headers))

        environ = RequestFactory().get(document.url).environ | {"wsgi.file_wrapper": FileWrapper}
        answer = WSGIHandler()(environ, start)
        assert isinstance(answer, FileWrapper) and answer.filelike.fileno()
        assert b"".join(answer) == BYTES
        assert (given["status"], given["Content-Length"]) == ("200 OK", str(len(BYTES)))
        assert given["Content-Type"] == "application/pdf"
        assert "Cha%C3%AEne" in given["Content-Disposition"] and given["Content-Disposition"].startswith("inline")
        assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
        answer.filelike.close()


class TestNothingLeaks:
    """The traps of the design, each as a request."""

    CONDITIONS = (
        {},
        {"range": "bytes=0-3"},
        {"range": "bytes=999999-"},
        {"if-none-match": "*"},
        {"if-match": '"x"'},
    )

    def unreadable(self, people):
        author = people["author"]
        files = {name: DocumentFactory(title="secret", uploaded_by_user=author) for name in "abcdef"}
        PublicationPageFactory(files=[files["b"]]).save_revision()
        PublicationPageFactory(embargoed=True, files=[files["c"]])
        PublicationPageFactory(expired=True, files=[files["d"]])
        PublicationPageFactory(restricted=True, published=True, files=[files["e"]])
        page = PublicationPageFactory(published=True, files=[files["f"]])
        page.unpublish()
        return files.values()

    def test_every_state_gives_the_same_404(self, client, people):
        documents = self.unreadable(people)
        for headers in self.CONDITIONS:
            for method in (client.get, client.head):
                missing = method("/d/6f1c8ad4-4c51-4c8e-8a37-0d1a4b1a9d11/v1/", headers=headers)
                assert missing.status_code == 404
                for document in documents:
                    for url in (f"/d/{document.series}/v1/", document.url, f"/d/{document.series}/"):
                        answer = method(url, headers=headers)
                        assert answer.status_code == 404, (url, headers)
                        assert answer.content == missing.content
                        assert dict(answer.headers) == dict(missing.headers)

    def test_an_unfinished_file_has_no_bytes_even_for_its_uploader(self, client, people, no_processing):
        document = DocumentFactory(uploaded_by_user=people["author"], state=Document.State.WAITING)
        client.force_login(people["author"])
        assert client.get(document.url).status_code == 404

    def test_a_session_is_never_stored(self, client, people, public):
        document, _ = public
        draft = DocumentFactory(uploaded_by_user=people["author"])
        client.force_login(people["author"])
        for url in (document.url, draft.url):
            for headers in ({}, {"if-none-match": "*"}, {"range": "bytes=0-3"}):
                assert client.get(url, headers=headers).headers["Cache-Control"] == "private, no-store"

    def test_withdrawn_is_gone_with_its_reason(self, client, public):
        document, page = public
        withdraw_releases([page.pk], "A witness asked for it.")
        Page.objects.get(pk=page.pk).specific.unpublish()
        for url in (document.url, f"/d/{document.series}/", f"/d/{document.series}/v1/"):
            response = client.get(url)
            assert response.status_code == 410
            assert "A witness asked for it." in response.content.decode()
            assert document.title not in response.content.decode()
        assert client.get(f"/d/{document.series}/v2/").status_code == 404

    def test_what_was_never_public_is_never_gone(self, client, people):
        document = DocumentFactory()
        page = PublicationPageFactory(restricted=True, published=True, files=[document])
        document.releases.all()._raw_delete("default")
        page = Page.objects.get(pk=page.pk).specific
        publish(page)
        withdraw_releases([page.pk], "Reason")
        assert client.get(document.url).status_code == 404

    def test_a_withdrawn_version_beside_a_public_one(self, client, public):
        document, page = public
        second = DocumentFactory(series=document.series, number=2, content="second")
        exchange(page, second)
        document.releases.all().withdraw(when=page.last_published_at, reason="A name had to go.")
        assert client.get(f"/d/{document.series}/v1/").status_code == 410
        assert body(client.get(f"/d/{document.series}/")) == b"second"

    def test_the_programming_interfaces_of_the_cms_are_not_there(self, client, people, public):
        for url in (
            "/api/v2/documents/",
            "/api/v2/images/",
            "/api/v3/documents/",
            "/api/v3/images/",
            "/api/main/pages/",
        ):
            assert client.get(url).status_code == 404, url
        client.force_login(people["author"])
        secret = DocumentFactory(title="secret file")
        picture = new_image(title="secret picture")
        for kind, item in (("documents", secret), ("images", picture)):
            answer = client.get(f"/admin/api/main/{kind}/")
            assert "secret" not in answer.content.decode()
            assert answer.json()["meta"]["total_count"] == Document.objects.filter(releases__isnull=False).count() * (
                kind == "documents"
            )
            assert client.get(f"/admin/api/main/{kind}/{item.pk}/").status_code == 404

    def test_no_blob_has_an_address(self, client, public):
        document, _ = public
        for url in (f"/media/{document.file.name}", f"/{document.file.name}", f"/static/{document.file.name}"):
            assert client.get(url, follow=True).status_code == 404


class TestStorageFails:
    def test_503_with_a_time_to_come_back(self, client, public):
        document, _ = public
        document.file.storage.delete(document.file.name)
        response = client.get(document.url)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert response.headers["Cache-Control"] == "private, no-store"

    def test_the_rule_comes_before(self, client):
        document = DocumentFactory()
        document.file.storage.delete(document.file.name)
        assert client.get(document.url).status_code == 404


class TestPictures:
    def rendition(self, people, **states):
        image = new_image(people["author"])
        page = PublicationPageFactory(lead_image=image, **states)
        if not states:
            page.save_revision()
        return image.get_rendition("max-20x20|format-webp"), page

    def test_a_picture_of_a_public_page(self, client, people):
        rendition, _ = self.rendition(people, published=True)
        response = client.get(rendition.url)
        assert response.status_code == 200
        assert body(response) == rendition.file.storage.open(rendition.file.name).read()
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Cache-Control"] == "no-cache"
        again = client.get(rendition.url, headers={"if-none-match": response.headers["ETag"]})
        assert again.status_code == 304

    def test_a_picture_of_a_draft_is_a_404_like_any(self, client, people):
        rendition, _ = self.rendition(people)
        missing = client.get("/i/6f1c8ad4-4c51-4c8e-8a37-0d1a4b1a9d11/max-20x20.format-webp/image.webp")
        hidden = client.get(rendition.url)
        assert (hidden.status_code, hidden.content) == (404, missing.content)
        client.force_login(people["editor"])
        seen = client.get(rendition.url)
        assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")

    def test_a_picture_goes_with_its_page(self, client, people):
        rendition, page = self.rendition(people, published=True)
        Page.objects.get(pk=page.pk).specific.unpublish()
        assert client.get(rendition.url).status_code == 404

    def test_no_size_is_made_by_its_address(self, client, people):
        rendition, _ = self.rendition(people, published=True)
        image = rendition.image
        for spec in ("original", "max-9000x9000", "width-1", "nonsense"):
            assert client.get(f"/i/{image.public_id}/{spec}/image.png").status_code == 404
        assert image.renditions.count() == 1

    def test_a_lost_picture_is_a_503(self, client, people):
        rendition, _ = self.rendition(people, published=True)
        rendition.file.storage.delete(rendition.file.name)
        assert client.get(rendition.url).status_code == 503

    def test_the_image_tag_gives_our_address(self, rf, people):
        from django.template import engines

        image = new_image(people["author"])
        template = engines["django"].from_string("{% load wagtailimages_tags %}{% image image max-20x20 %}")
        html = template.render({"image": image})
        assert f"/i/{image.public_id}/max-20x20/image.png" in html
        assert "original_images" not in html


def test_reverse_names():
    assert reverse("wagtaildocs_serve", args=[1, "x.pdf"]) == "/documents/1/x.pdf"
