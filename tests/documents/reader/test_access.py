"""The reader shows what the access rule allows, and refuses everything else with one 404."""

import uuid

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from documents.models import Document
from documents.releases import withdraw_versions
from tests.documents import making
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory

pytestmark = pytest.mark.django_db


def addresses(document, page=1):
    version = f"/d/{document.series}/v{document.number}/"
    return [
        f"/d/{document.series}/p/{page}/",
        f"{version}p/{page}/",
        f"{version}p/{page}/?q=heron",
        f"{version}p/{page}/?n=2",
        f"{version}p/{page}/?text=1",
        f"{version}p/{page}/?zoom=1",
        f"{version}p/{page}/image.webp",
        f"{version}p/{page}/large.webp",
        f"/d/{document.series}/search/?q=heron",
        f"{version}search/",
        f"{version}search/?q=heron&page=2",
        f"{version}text.html",
        f"{version}cover.webp",
    ]


@pytest.mark.parametrize("state", ["draft", "embargoed", "expired", "restricted"])
def test_what_is_not_public_is_as_if_it_were_not_there(report, client, state):
    PublicationPageFactory(files=[report], **({state: True} if state != "draft" else {})).save_revision()
    nothing = str(uuid.uuid4())
    for address in addresses(report):
        for method in (client.get, client.head):
            response = method(address, HTTP_IF_NONE_MATCH="*", HTTP_RANGE="bytes=0-1")
            assert response.status_code == 404, address
        response = client.get(address)
        missing = client.get(address.replace(str(report.series), nothing))
        assert response.content == missing.content, address
        assert response.headers == missing.headers, address


def test_published_file_is_read_by_everybody(published, client):
    for address in addresses(published):
        assert client.get(address).status_code in (200, 302), address


def test_editor_reads_a_draft_privately(report, client, editor):
    PublicationPageFactory(files=[report]).save_revision()
    client.force_login(editor)
    response = client.get(f"/d/{report.series}/v1/p/1/")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    for address in addresses(report):
        if response := client.get(address):
            assert response.headers["Cache-Control"] == "private, no-store", address


def test_member_reads_a_restricted_file(report, client):
    PublicationPageFactory(files=[report], restricted=True)
    client.force_login(UserFactory(groups=["Readers"]))
    assert client.get(f"/d/{report.series}/v1/p/1/").status_code == 200


def test_uploader_without_a_page_reads_the_own_file_only(filed, client):
    owner, other = UserFactory(groups=["Authors"]), UserFactory(groups=["Authors"])
    document = filed(making.report(1), user=owner)
    client.force_login(owner)
    assert client.get(f"/d/{document.series}/v1/p/1/").status_code == 200
    client.force_login(other)
    assert client.get(f"/d/{document.series}/v1/p/1/").status_code == 404


def test_withdrawn_version_is_gone(published, client):
    withdraw_versions(published.series, 2, "It named a witness.", timezone.now())
    for address in addresses(published):
        response = client.get(address)
        assert response.status_code == 410, address
        assert b"frontier" not in response.content, address


@pytest.mark.parametrize("number", [0, 13, 99999999999999999999])
def test_pages_that_do_not_exist_are_not_found(published, client, number):
    for suffix in ("", "image.webp", "large.webp"):
        assert client.get(f"/d/{published.series}/v1/p/{number}/{suffix}").status_code == 404
    for address in ("p/1/", "search/?q=heron", "text.html", "p/1/large.webp"):
        assert client.get(f"/d/{published.series}/v{number or 9}/{address}").status_code == 404


def test_anonymous_page_and_picture_revalidate(published, client):
    version = f"/d/{published.series}/v1/"
    for address in ("p/3/", "p/3/?text=1", "p/3/image.webp", "p/3/large.webp", "search/?q=heron", "text.html"):
        response = client.get(version + address)
        assert response.headers["Cache-Control"] == "no-cache"
        assert ("X-Robots-Tag" in response.headers) == address.startswith("search")
        assert not response.cookies
        again = client.get(version + address, HTTP_IF_NONE_MATCH=response.headers["ETag"])
        assert again.status_code == 304


def test_post_is_refused(published, client):
    for address in ("p/3/", "p/3/large.webp", "search/", "text.html"):
        assert client.post(f"/d/{published.series}/v1/{address}").status_code == 405


def test_only_visible_pages_are_linked(published, client):
    PublicationPageFactory(title="Secret dossier", files=[published]).save_revision()
    PublicationPageFactory(title="Members dossier", files=[published], restricted=True)
    content = client.get(f"/d/{published.series}/v1/p/1/").content.decode()
    assert "In the chain of command" in content
    assert "Secret dossier" not in content
    assert "Members dossier" not in content


def test_a_file_that_is_not_ready_has_no_pages_for_its_uploader_either(client, editor):
    document = DocumentFactory(uploaded_by_user=editor, state=Document.State.WAITING)
    client.force_login(editor)
    for address in addresses(document):
        assert client.get(address).status_code == 404, address


def test_a_file_without_pages_leads_to_none(client, paged):
    document = paged()
    assert client.get(f"/d/{document.series}/v1/p/1/?n=2").status_code == 404


@pytest.mark.parametrize("asked", ["size", "_open"])
def test_a_picture_that_the_storage_does_not_give_is_a_sentence(published, client, monkeypatch, asked):
    address = f"/d/{published.series}/v1/p/1/image.webp"
    assert client.get(address).status_code == 200

    if asked == "size":  # of one that was drawn before sizes were noted
        published.drawn_images.update(size=0)

    def away(self, *args):
        raise OSError("away")

    monkeypatch.setattr(FileSystemStorage, asked, away)
    answer = client.get(address)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert "try again" in answer.content.decode().lower()
