"""Taking versions back from the public, and restoring one: by approval only."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms.publications.models import PublicationFile
from documents.actions import add_document
from documents.models import Document
from documents.versions.actions import WithdrawalRefused, restore, take_back
from search.models import SearchOutbox
from tests.documents.conftest import small_pdf, upload
from tests.factories import DocumentFactory, PublicationPageFactory, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    """A page that showed version 1 and shows version 2 now."""
    first = DocumentFactory(title="Report", content="first")
    page = PublicationPageFactory(published=True, files=[first])
    second = DocumentFactory(title="Report", series=first.series, number=2, content="second")
    show(page, second)
    return page, first, second


def show(page, document):
    page = Page.objects.get(pk=page.pk).specific
    page.files = [PublicationFile(document=document)]
    publish(page)


def statuses(client, document) -> dict[str, int]:
    return {
        end: client.get(f"/d/{document.series}/{end}").status_code for end in ("", "v1/", "v2/", "v1/p/1/", "v2/p/1/")
    }


def test_an_old_version_alone(client, people, published):
    page, first, second = published
    assert [one.number for one in take_back(first, people["editor"], "It named a witness.")] == [1]
    answer = client.get(f"/d/{first.series}/v1/")
    assert answer.status_code == 410
    assert "It named a witness." in answer.content.decode()
    assert client.get(f"/d/{first.series}/").status_code == 200
    assert client.get(page.get_url()).status_code == 200


def test_the_newest_alone_brings_no_older_one_back(client, people, published):
    _page, first, second = published
    take_back(second, people["legal"], "It named a witness.")
    assert client.get(f"/d/{first.series}/").status_code != 200
    assert client.get(f"/d/{first.series}/v2/").status_code == 410
    assert client.get(f"/d/{first.series}/v1/").status_code != 200


def test_all_before_it_too(client, people, published):
    _page, first, second = published
    gone = take_back(second, people["editor"], "It named a witness.", all_before=True)
    assert [one.number for one in gone] == [1, 2]
    assert set(statuses(client, first).values()) <= {404, 410}


def test_the_index_forgets_at_once(people, published, settings, django_capture_on_commit_callbacks):
    page, _first, second = published
    settings.SEARCH_DRAIN_INLINE = False
    SearchOutbox.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        take_back(second, people["editor"], "It named a witness.")
    assert list(SearchOutbox.objects.values_list("key", flat=True)) == [f"{page.translation_key}/en"]


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        ("author", "Reason", "Only editors"),
        ("translator-de", "Reason", "Only editors"),
        ("leaver", "Reason", "Only editors"),
        ("editor", "  ", "Say why"),
    ],
)
def test_refusals(people, published, who, reason, sentence):
    with pytest.raises(WithdrawalRefused, match=sentence):
        take_back(published[1], people[who], reason)


def test_what_was_never_public_can_not_be_withdrawn(people):
    with pytest.raises(WithdrawalRefused, match="Nothing of this is public"):
        take_back(DocumentFactory(), people["editor"], "Reason")


def test_the_screen(client, people, published):
    _page, first, _second = published
    client.force_login(people["superuser"])
    address = reverse("document_withdraw", args=[first.pk])
    assert "All older versions too" in client.get(address).content.decode()
    assert "This field is required" in client.post(address, {"reason": ""}).content.decode()
    answer = client.post(address, {"reason": "A name had to go."}, follow=True)
    assert "Withdrawn: version 1." in answer.content.decode()
    assert "withdrawn" in answer.content.decode()
    refused = client.post(address, {"reason": "Again."})
    assert "Nothing of this is public" in refused.content.decode()


def test_an_author_has_no_such_screen(client, people):
    mine = DocumentFactory(uploaded_by_user=people["author"])
    client.force_login(people["author"])
    assert client.post(reverse("document_withdraw", args=[mine.pk]), {"reason": "x"}).status_code == 404


class TestRestore:
    @pytest.fixture
    def versions(self, people, no_processing):
        first = add_document(upload(small_pdf(1), "one.pdf"), title="Report", user=people["author"])
        Document.objects.filter(pk=first.pk).finish(
            file=first.original.name, sha256=first.original_sha256, size=first.size, page_count=1
        )
        return Document.objects.get(pk=first.pk), DocumentFactory(series=first.series, number=2, content="second")

    def test_the_bytes_come_back_as_the_newest_version(self, versions, people):
        first, _second = versions
        third = restore(first, people["author"])
        assert (third.number, third.series, third.original_sha256) == (3, first.series, first.sha256)
        assert third.original.name != first.original.name

    def test_nothing_is_public_by_it(self, versions, people, client):
        third = restore(versions[0], people["author"])
        assert client.get(f"/d/{third.series}/v3/").status_code == 404

    def test_the_screen_asks_first(self, versions, people, client):
        client.force_login(people["superuser"])
        address = reverse("document_restore", args=[versions[0].pk])
        assert client.get(address).status_code == 200
        assert Document.objects.count() == 2
        answer = client.post(address, follow=True)
        assert "Version 1 was added again as version 3." in answer.content.decode()

    def test_a_missing_file_is_a_sentence(self, versions, people, client):
        first, _second = versions
        first.file.storage.delete(first.file.name)
        client.force_login(people["superuser"])
        answer = client.post(reverse("document_restore", args=[first.pk]), follow=True)
        assert "can&#x27;t be read at the moment" in answer.content.decode()
        assert Document.objects.count() == 2


def test_versions_name_their_neighbours(client, published):
    _page, first, second = published
    series = first.series
    old = client.get(f"/d/{series}/v1/").headers["Link"]
    new = client.get(f"/d/{series}/v2/").headers["Link"]
    assert f'</d/{series}/v2/>; rel="successor-version"' in old
    assert "predecessor-version" not in old
    assert f'</d/{series}/v1/>; rel="predecessor-version"' in new
    assert "successor-version" not in new


def test_a_hidden_neighbour_is_not_named(client, published):
    _page, first, _second = published
    DocumentFactory(series=first.series, number=3, content="third")
    assert "v3" not in client.get(f"/d/{first.series}/v2/").headers["Link"]
