"""Where the versions of a document are used, and moving pages to another one: as drafts, never past approval."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Page

from documents.models import DocumentUse
from documents.naming import NamingDenied
from documents.versions.usage import move, uses_of
from tests.factories import CasePageFactory, DocumentFactory, PublicationPageFactory, SectionPageFactory, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(people):
    """Version 1 and 2 of one document, both the editor's; nothing names the second."""
    editor = people["editor"]
    first = DocumentFactory(title="Report", content="first", uploaded_by_user=editor)
    return first, DocumentFactory(
        title="Report", series=first.series, number=2, content="second", uploaded_by_user=editor
    )


def draft(**values):
    page = PublicationPageFactory(**values)
    page.save_revision()
    return page


def latest(page) -> set[int]:
    page = Page.objects.get(pk=page.pk)
    return set(DocumentUse.objects.filter(revision=page.latest_revision_id).values_list("document", flat=True))


def live(page) -> set[int]:
    page = Page.objects.get(pk=page.pk)
    return set(DocumentUse.objects.filter(revision=page.live_revision_id).values_list("document", flat=True))


def test_every_kind_of_reference_is_moved(versions, people):
    first, second = versions
    link = (
        f'<p>Read <a linktype="document" id="{first.pk}">it</a>, not <a linktype="page" id="{first.pk}">this</a>.</p>'
    )
    section = SectionPageFactory()
    section.body = [
        ("text", link),
        ("document", {"document": first, "title": "", "description": ""}),
    ]
    publish(section)
    pages = [
        PublicationPageFactory(published=True, files=[first]),
        CasePageFactory(published=True, documents=[first]),
        section,
    ]
    moved = move(Page.objects.all(), second, people["editor"])
    assert len(moved) == 3
    for page in pages:
        assert latest(page) == {second.pk}
        assert live(page) == {first.pk}
    body = Page.objects.get(pk=section.pk).specific.get_latest_revision_as_object().body.get_prep_value()
    assert f'linktype="page" id="{first.pk}"' in str(body)


def test_what_is_public_stays_until_the_draft_is_approved(versions, people, client):
    first, second = versions
    page = PublicationPageFactory(published=True, files=[first])
    move([page], second, people["editor"])
    assert client.get(f"/d/{first.series}/v2/").status_code == 404
    assert b"".join(client.get(f"/d/{first.series}/").streaming_content) == b"first"


def test_an_author_moves_only_what_they_may_edit_and_know_of(versions, people):
    first, second = versions
    theirs = draft(title="Their draft", owner=people["author2"], files=[first])
    public = PublicationPageFactory(title="Public", published=True, owner=people["author2"], files=[first])
    mine = draft(title="Mine", owner=people["author"], files=[first])
    found = {use.page.title: use.obstacle for use in uses_of(first.series, people["author"])}
    assert found == {"Public": "You may not edit this page.", "Mine": ""}
    own = DocumentFactory(series=first.series, number=3, uploaded_by_user=people["author"])
    assert len(move([theirs, public, mine], own, people["author"])) == 1
    assert (latest(theirs), latest(public), latest(mine)) == ({first.pk}, {first.pk}, {own.pk})


def test_naming_is_reading_here_too(versions, people, client):
    first, second = versions
    page = draft(owner=people["author"], files=[first])
    with pytest.raises(NamingDenied):
        move([page], second, people["author"])
    assert latest(page) == {first.pk}


def test_a_page_under_review_is_left_alone(versions, people):
    first, second = versions
    page = draft(files=[first])
    revision = page.latest_revision
    page.get_workflow().start(page, people["author"])
    (use,) = uses_of(first.series, people["editor"])
    assert use.obstacle == "Under review: what is being judged doesn't change."
    assert move([page], second, people["editor"]) == []
    assert Page.objects.get(pk=page.pk).latest_revision_id == revision.pk


def test_the_screen_lists_and_moves(versions, people, client):
    first, second = versions
    page = PublicationPageFactory(title="A publication", published=True, files=[first])
    client.force_login(people["editor"])
    address = reverse("document_uses", args=[second.pk])
    shown = client.get(address).content.decode()
    assert "A publication" in shown
    assert "Move these pages to version 2" in shown
    answer = client.post(address, {"page": [page.pk, "x", "99999999"]}, follow=True)
    assert "1 page has a draft with version 2 now." in answer.content.decode()
    assert latest(page) == {second.pk}
    again = client.post(address, {"page": [page.pk]}, follow=True)
    assert "No page was changed." in again.content.decode()


@pytest.mark.parametrize("name", ["document_uses", "document_restore", "document_compare", "document_withdraw"])
def test_screens_are_not_there_for_those_without_a_right(versions, people, client, name):
    client.force_login(people["author2"])
    hidden = client.get(reverse(name, args=[versions[0].pk]))
    missing = client.get(reverse(name, args=[versions[1].pk + 1000]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
