"""The admin shows, chooses and changes only what its user has a right to, and keeps what is used."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.models import Collection

from documents.models import Document, Image
from documents.permissions import document_policy
from tests.documents.conftest import new_image, picture, upload
from tests.factories import DocumentFactory, PublicationPageFactory

pytestmark = pytest.mark.django_db

SECRET = "secret"


@pytest.fixture
def files(people):
    """A file and a picture of each kind, seen from ``author2``."""
    mine = people["author2"]
    made = {
        "own": (DocumentFactory(title="own file", uploaded_by_user=mine), new_image(mine, "red", "own picture")),
        "public": (DocumentFactory(title="public file"), new_image(None, "green", "public picture")),
        "foreign": (DocumentFactory(title=f"{SECRET} file"), new_image(None, "blue", f"{SECRET} picture")),
    }
    PublicationPageFactory(published=True, files=[made["public"][0]], lead_image=made["public"][1])
    PublicationPageFactory(files=[made["foreign"][0]], lead_image=made["foreign"][1]).save_revision()
    return made


@pytest.fixture
def author2(client, people):
    client.force_login(people["author2"])
    return client


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


LISTS = [
    "/admin/documents/",
    "/admin/documents/?q=secret",
    "/admin/documents/results/",
    "/admin/documents/chooser/",
    "/admin/documents/chooser/results/",
    "/admin/documents/chooser/results/?q=secret",
    "/admin/images/",
    "/admin/images/?q=secret",
    "/admin/images/results/",
    "/admin/images/chooser/",
    "/admin/images/chooser/results/",
    "/admin/images/chooser/results/?q=secret",
    "/admin/api/main/documents/",
    "/admin/api/main/images/",
    "/admin/",
]


@pytest.mark.parametrize("url", LISTS)
def test_no_list_names_a_foreign_file(author2, files, url):
    response = author2.get(url)
    assert response.status_code == 200
    text = (
        response.content.decode()
        .replace("?q=secret", "")
        .replace('value="secret"', "")
        .replace("&quot;secret&quot;", "")
    )
    text = text.replace("“<em>secret</em>”", "").replace("<em>secret</em>", "")
    assert f"{SECRET} file" not in text
    assert f"{SECRET} picture" not in text


def test_choosers_offer_what_is_readable_and_lists_what_is_ones_own(author2, files):
    chooser = author2.get("/admin/documents/chooser/results/").content.decode()
    assert "own file" in chooser
    assert "public file" in chooser
    listing = author2.get("/admin/documents/").content.decode()
    assert "own file" in listing
    assert "public file" not in listing


def test_administrators_list_everything_but_choose_what_they_may_read(client, people, files):
    unused = DocumentFactory(title="unused file of somebody")
    client.force_login(people["superuser"])
    assert "unused file of somebody" in client.get("/admin/documents/").content.decode()
    chooser = client.get("/admin/documents/chooser/results/").content.decode()
    assert "unused file of somebody" not in chooser
    assert f"{SECRET} file" in chooser
    assert client.get(f"/admin/documents/chooser/chosen/{unused.pk}/").status_code == 404


def numbered(document, image):
    return [
        f"/admin/documents/edit/{document}/",
        f"/admin/documents/delete/{document}/",
        f"/admin/documents/usage/{document}/",
        f"/admin/documents/versions/{document}/add/",
        f"/admin/documents/chooser/chosen/{document}/",
        f"/admin/images/{image}/",
        f"/admin/images/{image}/delete/",
        f"/admin/images/{image}/preview/max-20x20/",
        f"/admin/images/{image}/generate_url/",
        f"/admin/images/usage/{image}/",
        f"/admin/images/chooser/chosen/{image}/",
        f"/admin/images/chooser/{image}/select_format/",
    ]


def test_a_foreign_number_is_like_a_missing_one(author2, files):
    document, image = files["foreign"]
    for url, missing in zip(numbered(document.pk, image.pk), numbered(999_999, 999_999), strict=True):
        hidden, nothing = author2.get(url), author2.get(missing)
        assert (hidden.status_code, nothing.status_code) == (404, 404), url
        assert hidden.content == nothing.content
        assert author2.post(url).status_code == 404


def test_own_and_public_numbers_answer(author2, files):
    document, image = files["own"]
    for url in numbered(document.pk, image.pk):
        expected = 404 if "generate_url" in url else 200
        assert author2.get(url).status_code == expected, url
    document, image = files["public"]
    for url in (f"/admin/documents/chooser/chosen/{document.pk}/", f"/admin/images/chooser/chosen/{image.pk}/"):
        assert author2.get(url).status_code == 200
    assert author2.get(f"/admin/documents/edit/{document.pk}/").status_code == 404


def test_members_have_no_right_to_change_even_their_own_upload(people):
    document = DocumentFactory(uploaded_by_user=people["member"])
    assert not document_policy.user_has_permission_for_instance(people["member"], "change", document)
    assert document.is_editable_by_user(people["superuser"])
    assert not document.is_editable_by_user(people["member"])


def test_choosing_several_drops_foreign_ones(author2, files):
    ids = "&".join(f"id={pair[0].pk}" for pair in files.values())
    text = author2.get(f"/admin/documents/chooser/chosen-multiple/?{ids}").content.decode()
    assert "own file" in text
    assert SECRET not in text


def test_tags_of_foreign_files_are_not_proposed(author2, files):
    files["foreign"][0].tags.add("witness in raqqa")
    files["foreign"][1].tags.add("witness in homs")
    files["public"][0].tags.add("witnesses")
    files["own"][1].tags.add("witnesses", "without")
    assert author2.get("/admin/tag-autocomplete/?term=wit").json() == ["without", "witnesses"]
    assert author2.get("/admin/tag-autocomplete/taggit/tag/?term=wit").json() == ["without", "witnesses"]
    assert author2.get("/admin/tag-autocomplete/").json() == []
    assert author2.get("/admin/tag-autocomplete/?term=%00").json() == []


def test_lists_and_choosers_filter_by_known_tags_only(author2, files):
    files["foreign"][0].tags.add("witness in raqqa")
    files["foreign"][1].tags.add("witness in homs")
    for address in ("documents/", "documents/results/", "images/", "images/results/", "images/chooser/"):
        assert "witness" not in author2.get(f"/admin/{address}").content.decode(), address
    files["own"][0].tags.add("minutes")
    files["own"][1].tags.add("portrait")
    for address, tag in (("documents/", "minutes"), ("images/", "portrait"), ("images/chooser/", "portrait")):
        text = author2.get(f"/admin/{address}").content.decode()
        assert tag in text and "witness" not in text, address


class TestMultipleUploader:
    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_foreign_numbers_are_missing(self, author2, files, kind):
        item = files["foreign"][kind == "images"]
        assert author2.post(f"/admin/{kind}/multiple/{item.pk}/").status_code == 404
        assert author2.post(f"/admin/{kind}/multiple/{item.pk}/delete/").status_code == 404
        assert type(item).objects.filter(pk=item.pk).exists()

    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_what_is_used_stays(self, author2, files, kind, people):
        item = files["own"][kind == "images"]
        extra = {"files": [item]} if kind == "documents" else {"lead_image": item}
        PublicationPageFactory(**extra).save_revision()
        response = author2.post(f"/admin/{kind}/multiple/{item.pk}/delete/")
        assert response.status_code == 409
        assert "can't be deleted" in response.json()["error_message"]
        assert type(item).objects.filter(pk=item.pk).exists()

    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_what_is_unused_goes(self, author2, files, kind):
        item = files["own"][kind == "images"]
        assert author2.post(f"/admin/{kind}/multiple/{item.pk}/delete/").json()["success"]
        assert not type(item).objects.filter(pk=item.pk).exists()

    def test_several_pictures(self, author2, people):
        response = author2.post(
            "/admin/images/multiple/add/", {"files[]": upload(picture(), "a.png"), "title": "t" * 300}
        )
        assert response.json()["success"], response.content
        assert Image.objects.get().title == "t" * 255
        refused = author2.post("/admin/images/multiple/add/", {"files[]": upload(b"<svg/>", "a.svg"), "title": "t"})
        assert not refused.json()["success"]


class TestDeleting:
    def urls(self, kind, item):
        return {
            "documents": f"/admin/documents/delete/{item.pk}/",
            "images": f"/admin/images/{item.pk}/delete/",
        }[kind]

    def bulk(self, kind, *items):
        ids = "&".join(f"id={item.pk}" for item in items)
        return (
            f"/admin/bulk/documents/{'document' if kind == 'documents' else 'image'}/delete/?next=/admin/{kind}/&{ids}"
        )

    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_what_is_used_stays_with_a_sentence(self, client, people, files, kind):
        client.force_login(people["superuser"])
        item = files["foreign"][kind == "images"]
        for url in (self.urls(kind, item), self.bulk(kind, item)):
            response = client.post(url)
            assert response.status_code == 302, url
            assert type(item).objects.filter(pk=item.pk).exists()
        assert "can't be deleted" in said(response)

    def test_what_was_public_stays(self, client, people, files):
        client.force_login(people["superuser"])
        document = files["public"][0]
        response = client.post(self.urls("documents", document))
        assert "can be withdrawn" in said(response)
        assert Document.objects.filter(pk=document.pk).exists()

    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_what_is_unused_goes_with_its_bytes(self, author2, files, kind, django_capture_on_commit_callbacks):
        item = files["own"][kind == "images"]
        storage, name = item.file.storage, item.file.name
        with django_capture_on_commit_callbacks(execute=True):
            assert author2.post(self.urls(kind, item)).status_code == 302
        assert not type(item).objects.filter(pk=item.pk).exists()
        assert not storage.exists(name)
        if kind == "documents":
            assert not storage.exists(item.original.name)

    @pytest.mark.parametrize("kind", ["documents", "images"])
    def test_several_at_once(self, author2, files, kind):
        own, foreign = (files[name][kind == "images"] for name in ("own", "foreign"))
        page = author2.get(self.bulk(kind, own, foreign)).content.decode()
        assert SECRET not in page
        assert author2.post(self.bulk(kind, own, foreign)).status_code == 302
        left = set(type(own).objects.values_list("pk", flat=True))
        assert own.pk not in left
        assert foreign.pk in left
        assert author2.get(self.bulk(kind, foreign)).status_code == 404

    @pytest.mark.parametrize("action", ["add_tags", "add_to_collection"])
    def test_other_bulk_actions_name_no_foreign_file(self, author2, files, action):
        ids = "&".join(f"id={pair[0].pk}" for pair in files.values())
        page = author2.get(f"/admin/bulk/documents/document/{action}/?next=/admin/documents/&{ids}").content.decode()
        assert SECRET not in page


class TestForms:
    def test_title_and_language_of_a_public_document_are_fixed(self, client, people, files):
        document = files["public"][0]
        client.force_login(people["superuser"])
        url = reverse("wagtaildocs:edit", args=[document.pk])
        assert "Fixed, because the document is public" in client.get(url).content.decode()
        client.post(url, {"title": "Other", "tags": "tag", "collection": Collection.objects.get(depth=1).pk})
        after = Document.objects.get(pk=document.pk)
        assert after.title == "public file"
        assert after.tags.count() == 1

    def test_a_picture_has_no_file_field_on_edit(self, author2, files):
        image = files["own"][1]
        url = reverse("wagtailimages:edit", args=[image.pk])
        assert 'type="file"' not in author2.get(url).content.decode()
        author2.post(url, {"title": "New", "tags": "", "file": upload(picture("yellow"), "x.png")})
        after = Image.objects.get(pk=image.pk)
        assert (after.title, after.file.name) == ("New", image.file.name)

    def test_a_picture_by_the_add_view_loses_its_name(self, author2):
        response = author2.post(
            "/admin/images/add/", {"title": "P", "tags": "", "file": upload(picture(), "Informant.png")}
        )
        assert response.status_code == 302, response.content.decode()[:3000]
        assert "Informant" not in Image.objects.get().file.name

    def test_a_failing_storage_is_a_sentence(self, author2, monkeypatch):
        def dead(self, *args, **kwargs):
            raise OSError("gone")

        monkeypatch.setattr("documents.storage.PrivateFileStorage._save", dead)
        answer = author2.post("/admin/images/add/", {"title": "P", "tags": "", "file": upload(picture(), "a.png")})
        assert "Nothing was kept" in answer.content.decode()
        assert not Image.objects.exists()
