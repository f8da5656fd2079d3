"""Naming is reading: nobody puts a file into a page that they may not read."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import Page

from access.visitor import Visitor
from cms.publications.models import PublicationFile
from documents.access import can_read
from documents.naming import NamingDenied, assert_may_name, check
from tests.documents.conftest import new_image
from tests.factories import DocumentFactory, PublicationPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign(people):
    """A draft's file that only its own people read."""
    document = DocumentFactory(uploaded_by_user=people["author"])
    PublicationPageFactory(files=[document]).save_revision()
    return document


def test_a_foreign_file_in_an_own_draft_is_refused_and_stays_unread(people, foreign):
    page = PublicationPageFactory(owner=people["author2"])
    page.files = [PublicationFile(document=foreign)]
    with pytest.raises(PermissionDenied, match="a file that you may not read"):
        page.save_revision(user=people["author2"])
    assert not can_read(Visitor(people["author2"]), foreign)


def test_what_one_may_read_one_may_name(people, foreign):
    page = PublicationPageFactory(owner=people["author2"])
    public = DocumentFactory()
    PublicationPageFactory(published=True, files=[public])
    own = DocumentFactory(uploaded_by_user=people["author2"])
    page.files = [PublicationFile(document=public), PublicationFile(document=own)]
    page.save_revision(user=people["author2"])
    page.files = [PublicationFile(document=foreign)]
    page.save_revision(user=people["editor"])


def test_what_the_page_names_already_may_stay(people, foreign):
    page = PublicationPageFactory(owner=people["author2"], files=[foreign])
    page.save_revision(user=people["editor"])
    page = Page.objects.get(pk=page.pk).specific
    page.title = "Another title"
    page.save_revision(user=people["author2"])


def test_pictures_too(people):
    picture = new_image(people["author"])
    page = PublicationPageFactory(owner=people["author2"], lead_image=picture)
    with pytest.raises(NamingDenied, match="a picture that you may not see"):
        assert_may_name(people["author2"], page)
    assert_may_name(people["author"], page)


def test_the_sentence_counts_and_tells_nothing_else(people):
    documents = [DocumentFactory(title="secret") for _ in range(2)]
    pictures = [new_image(color=color).pk for color in ("red", "green")]
    with pytest.raises(NamingDenied) as denied:
        check(people["author2"], [], [document.pk for document in documents], [], pictures)
    assert "2 files" in str(denied.value)
    assert "2 pictures" in str(denied.value)
    assert "secret" not in str(denied.value)


def test_the_system_itself_is_not_asked(foreign):
    page = PublicationPageFactory(files=[foreign])
    assert_may_name(None, page)
    assert_may_name(None, page, page.save_revision())
