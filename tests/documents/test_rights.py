"""Licence and credit of a file: what is stated, what was approved, and that readers get the second."""

from __future__ import annotations

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Collection, Page

from cms.publications.models import PublicationFile
from documents.actions import add_document, add_version
from documents.exceptions import AppendOnlyError
from documents.models import Document
from documents.models.querysets import STATED
from documents.rights import Licence, Rights, web_address
from tests.documents.conftest import small_pdf, upload
from tests.factories import DocumentFactory, PublicationPageFactory, publish

pytestmark = pytest.mark.django_db

STATEMENT = {"licence": "cc-by-4.0", "credit": "Photo: M. Osei"}


def text_of(client, address):
    return client.get(address).content.decode()


def edit(client, document, **changes):
    root = Collection.objects.get(depth=1).pk
    data = {"title": document.title, "language": document.language, "collection": root, "tags": "", **changes}
    return client.post(reverse("wagtaildocs:edit", args=[document.pk]), data)


@pytest.fixture
def published(people):
    document = DocumentFactory(title="Report", uploaded_by_user=people["author"], **STATEMENT)
    page = PublicationPageFactory(published=True, owner=people["author"], files=[document])
    document.refresh_from_db()
    return document, page


class TestTheStatement:
    @pytest.mark.parametrize(
        ("rights", "name", "url"),
        [
            (Rights(), "", ""),
            (Rights("cc-by-nc-sa-4.0"), "CC BY-NC-SA 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
            (Rights("cc0-1.0"), "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
            (Rights("all-rights-reserved"), "All rights reserved", ""),
            (Rights("other", "Ask us"), "Ask us", ""),
            (Rights("other", "", "https://e.org/x"), "https://e.org/x", "https://e.org/x"),
            (Rights("unheard-of"), "", ""),
        ],
    )
    def test_has_a_name_and_an_address(self, rights, name, url):
        assert (rights.name, rights.url) == (name, url)

    def test_no_address_ends_the_header_it_stands_in(self):
        address = 'https://e.org/a>; rel="canonical"<é'
        assert (
            Rights("other", "", address).link == '<https://e.org/a%3E;%20rel=%22canonical%22%3C%C3%A9>; rel="license"'
        )
        assert Rights(credit="X").link == ""

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://e.org/", "//e.org", "e.org"])
    def test_only_addresses_of_the_web_are_taken(self, address):
        with pytest.raises(ValidationError):
            web_address(address)
        with pytest.raises(ValidationError):
            DocumentFactory.build(licence="other", licence_url=address).full_clean(exclude=["collection"])


class TestTheForm:
    @pytest.fixture
    def document(self, people, client):
        client.force_login(people["author"])
        return DocumentFactory(uploaded_by_user=people["author"])

    def test_an_uploader_states_them(self, client, document):
        assert edit(client, document, **STATEMENT, licence_text="left over").status_code == 302
        document.refresh_from_db()
        assert document.stated_rights == Rights("cc-by-4.0", credit="Photo: M. Osei")
        assert document.public_rights == Rights()

    def test_other_terms_have_a_name_or_an_address(self, client, document):
        assert "Say what the terms are" in edit(client, document, licence="other").content.decode()
        assert edit(client, document, licence="other", licence_url="javascript:alert(1)").status_code == 200
        assert edit(client, document, licence="other", licence_url="https://e.org/terms").status_code == 302
        document.refresh_from_db()
        assert document.stated_rights.url == "https://e.org/terms"

    def test_language_and_label_are_there_too(self, client, document):
        edit(client, document, language="ar")
        document.refresh_from_db()
        assert document.language == "ar"
        names = [name for panel in PublicationFile.panels for name in _names(panel)]
        assert names == ["document", "language", "role", "label", "format_group"]


def _names(panel):
    """The fields of a panel and its children; a panel that only shows something has none."""
    if hasattr(panel, "field_name"):
        return [panel.field_name]
    return [name for each in getattr(panel, "children", []) for name in _names(each)]


class TestReadersGetWhatWasApproved:
    def test_everywhere(self, client, published):
        document, page = published
        assert document.public_rights == Rights(**STATEMENT)
        address = "https://creativecommons.org/licenses/by/4.0/"
        header = client.get(f"/d/{document.series}/v1/").headers["Link"]
        assert f'<{address}>; rel="license"' in header
        text = text_of(client, page.url)
        assert f'<a href="{address}" rel="license"><bdi>CC BY 4.0</bdi></a>' in text
        assert "<bdi>Photo: M. Osei</bdi>" in text
        assert re.search(r'<div class="cite">\s*<p>[^<]*Photo: M. Osei. CC BY 4.0. http', text)
        graph = json.loads(re.search(r"application/ld\+json\">(.*?)</script>", text).group(1))["@graph"]
        (file,) = next(each for each in graph if each["@type"] == "Report")["encoding"]
        assert (file["license"], file["creditText"]) == (address, "Photo: M. Osei")

    def test_a_change_waits_for_the_next_approval(self, client, published):
        document, page = published
        document.credit = "Photo: Nobody"
        document.save()
        assert "M. Osei" in text_of(client, page.url) and "Nobody" not in text_of(client, page.url)
        publish(Page.objects.get(pk=page.pk).specific)
        assert "Nobody" in text_of(client, page.url) and "M. Osei" not in text_of(client, page.url)

    def test_a_file_without_a_statement_says_nothing(self, client):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        assert "license" not in client.get(f"/d/{document.series}/v1/").headers["Link"]
        assert "Credit:" not in text_of(client, page.url)

    def test_a_closed_circle_changes_nothing_for_everybody(self, published):
        document, page = published
        document.credit = "For members"
        document.save()
        PublicationPageFactory(restricted=True, published=True, files=[document])
        document.refresh_from_db()
        assert document.public_rights.credit == "For members"  # it was public when that page went live
        document.credit = "For members only"
        document.save()
        closed = Page.objects.exclude(pk=page.pk).filter(view_restrictions__isnull=False).get().specific
        publish(closed)
        document.refresh_from_db()
        assert document.public_rights.credit == "For members"

    def test_the_reader_of_a_page_says_it(self, client, published):
        document, _page = published
        document.page_texts.create(number=1, language="en", text="A heron.")
        text = text_of(client, document.reading_url(1))
        assert text.count("Photo: M. Osei") == 2 and 'rel="license"' in text


class TestUnderReview:
    @pytest.fixture(params=["review", "schedule"])
    def waiting(self, request, people):
        document = DocumentFactory(uploaded_by_user=people["author"], **STATEMENT)
        if request.param == "schedule":
            PublicationPageFactory(embargoed=True, files=[document])
        else:
            page = PublicationPageFactory(files=[document])
            page.save_revision(user=people["author"])
            page.get_workflow().start(page, people["author"])
        return document

    def test_nothing_that_is_judged_changes(self, waiting):
        for name in [*STATED, "title", "language"]:
            document = Document.objects.get(pk=waiting.pk)
            setattr(document, name, "x")
            with pytest.raises(AppendOnlyError, match="under review"):
                document.save()
            with pytest.raises(AppendOnlyError, match="under review"):
                Document.objects.filter(pk=waiting.pk).update(**{name: "x"})
        document = Document.objects.get(pk=waiting.pk)
        document.save()  # what is not judged may be saved

    def test_the_form_says_so(self, client, people, waiting):
        client.force_login(people["author"])
        text = text_of(client, reverse("wagtaildocs:edit", args=[waiting.pk]))
        assert "under review or waits for its time" in text
        edit(client, waiting, licence="cc0-1.0", credit="Somebody")
        assert Document.objects.get(pk=waiting.pk).stated_rights == Rights(**STATEMENT)


def test_only_its_verb_changes_what_was_approved(published):
    document, _page = published
    document.approved_rights = {"credit": "Mine"}
    with pytest.raises(AppendOnlyError):
        document.save()
    with pytest.raises(AppendOnlyError):
        Document.objects.update(approved_rights={})


def test_a_new_version_has_the_rights_of_the_one_before(published, no_processing):
    document, _page = published
    second = add_version(document, upload(small_pdf(), "a.pdf"), user=None)
    assert second.stated_rights == document.stated_rights and second.public_rights == Rights()
    other = Rights(Licence.CC0)
    third = add_document(upload(small_pdf(2), "b.pdf"), title="x", user=None, series=document.series, rights=other)
    assert third.stated_rights == other
