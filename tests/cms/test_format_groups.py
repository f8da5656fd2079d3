"""The same thing in several formats: one entry of a list, one hit of a search."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from access.visitor import Visitor
from cms.core.files import FileRow, best_formats, entries
from cms.publications.models import PublicationFile
from documents.models import DocumentPageText, DocumentTokens
from search import registry
from search.outbox import drain
from search.pages import pack
from tests.factories import CasePageFactory, DocumentFactory, PublicationPageFactory, publish

pytestmark = pytest.mark.django_db

EPUB = "application/epub+zip"
MP3 = "audio/mpeg"


def filed(mime="application/pdf", **kwargs):
    document = DocumentFactory(mime=mime, **kwargs)
    text = "A wombat at the frontier"
    DocumentPageText.objects.create(document=document, number=1, language="en", text=text)
    DocumentTokens.objects.create(document=document, blob=pack([("en", text)]))
    return document


def with_rows(page, *rows):
    files = [
        PublicationFile(document=document, sort_order=n, **{"language": document.language} | values)
        for n, (document, values) in enumerate(rows)
    ]
    publish(Page.objects.get(pk=page.pk).specific, files=files)
    return page


@pytest.fixture
def formats():
    """An EPUB, a PDF, large print and sound of one report, in this order."""
    return [
        filed(EPUB, page_count=0),
        filed(),
        filed(),
        DocumentFactory(mime=MP3, page_count=0),
    ]


@pytest.fixture
def page(formats):
    values = [{}, {}, {"label": "Large print"}, {"label": "Read aloud"}]
    rows = [(document, {"format_group": "Report"} | more) for document, more in zip(formats, values, strict=True)]
    return with_rows(PublicationPageFactory(published=True), *rows, (filed(), {"role": "annex"}))


def shown(client, address):
    """The titles of the entries in the list of files."""
    text = client.get(address).content.decode()
    section = re.search(r'<ul class="files">.*?</section>', text, re.DOTALL).group()
    return re.findall(r'<li class="file">\s*<b><bdi[^>]*>(.*?)</bdi>', section)


class TestEntries:
    def test_without_groups_each_file_stands_alone(self):
        rows = [FileRow(DocumentFactory(), "Full report", "en") for _ in range(3)]
        assert [(entry.main, entry.others) for entry in entries(rows)] == [(row, ()) for row in rows]
        assert best_formats(rows) == rows

    def test_a_group_stands_where_its_first_file_stood_and_shows_its_pdf(self):
        epub = FileRow(DocumentFactory(mime=EPUB), "Full report", "en", format_group="report")
        annex = FileRow(DocumentFactory(), "Annex", "en")
        pdf = FileRow(DocumentFactory(), "Full report", "en", format_group="Report")
        assert [(entry.main, entry.others) for entry in entries([epub, annex, pdf])] == [(pdf, (epub,)), (annex, ())]

    def test_without_a_pdf_the_first_is_the_best(self):
        rows = [FileRow(DocumentFactory(mime=mime), "x", "en", format_group="x") for mime in (MP3, EPUB)]
        assert best_formats(rows) == rows[:1]

    def test_languages_are_not_formats(self):
        rows = [FileRow(DocumentFactory(), "x", language, format_group="x") for language in ("en", "ar")]
        assert best_formats(rows) == rows


class TestThePage:
    def test_one_entry_has_all_formats(self, client, page):
        assert shown(client, page.url) == ["Full report", "Annex"]
        text = client.get(page.url).content.decode()
        assert "The same in other formats:" in text
        for words in (
            "<bdi>EPUB</bdi>",
            "<bdi>Large print</bdi> (<bdi>PDF</bdi>)",
            "<bdi>Read aloud</bdi> (<bdi>MP3</bdi>)",
        ):
            assert words in text
        assert re.search(r'id="files"[^>]*>.*?\(2\)', text, re.DOTALL)

    def test_every_format_is_a_link(self, client, page, formats):
        text = client.get(page.url).content.decode()
        for document in formats:
            assert f'href="{document.url}"' in text

    def test_without_groups_nothing_is_said_of_formats(self, client, formats):
        page = PublicationPageFactory(published=True, files=formats)
        assert len(shown(client, page.url)) == 4
        assert "The same in other formats" not in client.get(page.url).content.decode()

    def test_a_format_under_embargo_is_no_format(self, client, page, formats):
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        type(formats[1]).objects.filter(pk__in=[formats[1].pk, formats[3].pk]).hold_back(tomorrow)
        text = client.get(page.url).content.decode()
        assert "Read aloud" not in text and str(formats[1].series) not in text
        assert shown(client, page.url) == ["Large print", "Annex"]

    def test_many_formats_ask_the_database_as_often_as_one(self, client, page):
        alone = with_rows(PublicationPageFactory(published=True), (filed(), {}))
        counts = []
        for address in (alone.url, page.url):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 12

    def test_a_case_names_the_group_once(self, client, page):
        case = CasePageFactory(published=True, documents=[page])
        text = client.get(case.url).content.decode()
        assert "MP3" not in text and "EPUB" not in text and text.count("<span>PDF</span>") == 2

    def test_in_arabic_the_formats_are_in_the_page_of_its_direction(self, client, formats):
        page = PublicationPageFactory(published=True, language="ar")
        documents = [DocumentFactory(language="ar"), DocumentFactory(language="ar", mime=EPUB, page_count=0)]
        with_rows(page, (documents[0], {"format_group": "x"}), (documents[1], {"format_group": "x", "label": "كتاب"}))
        text = client.get(page.url).content.decode()
        assert '<html lang="ar" dir="rtl"' in text and "<bdi>كتاب</bdi> (<bdi>EPUB</bdi>)" in text


class TestTheSearch:
    @staticmethod
    def files(page):
        """The files that the index holds of a page, and those that a hit is shown with."""
        source, key = registry.source("publication"), f"{page.translation_key}/en"
        indexed = [file.series for file in source.document(key).files]
        assert [file.series for file in source.found([key], Visitor(), "en")[key].files] == indexed
        return indexed

    def test_it_finds_a_group_once_by_its_best_file(self, client, formats):
        rows = [(document, {"format_group": "x"}) for document in formats]
        page = with_rows(PublicationPageFactory(published=True), *rows)
        assert self.files(page) == [str(formats[1].series)]
        drain()
        (hit,) = client.get("/api/v1/search?q=wombat&lang=en").json()["results"]
        assert [snippet["document"] for snippet in hit["snippets"]] == [str(formats[1].series)]

    def test_without_a_group_by_each_file(self, formats):
        page = with_rows(PublicationPageFactory(published=True), *[(document, {}) for document in formats])
        assert self.files(page) == [str(document.series) for document in formats[:3]]

    def test_by_the_next_best_while_the_best_is_under_embargo(self, formats):
        rows = [(document, {"format_group": "x"}) for document in formats[:2]]
        page = with_rows(PublicationPageFactory(published=True), *rows)
        type(formats[1]).objects.filter(pk=formats[1].pk).hold_back(timezone.now() + datetime.timedelta(days=1))
        assert self.files(page) == [str(formats[0].series)]

    def test_by_the_next_best_where_the_best_is_a_scan_without_words(self, formats):
        rows = [(document, {"format_group": "x"}) for document in formats[:2]]
        page = with_rows(PublicationPageFactory(published=True), *rows)
        DocumentTokens.objects.filter(document=formats[1]).update(blob=pack([("en", "")]))
        assert self.files(page) == [str(formats[0].series)]
