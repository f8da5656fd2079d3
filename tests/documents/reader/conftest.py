"""A published report with two versions, processed for real."""

import pytest
from django.core.files.base import ContentFile

from documents.actions import add_document
from documents.extraction.texts import OutlineEntry
from documents.models import Document, DocumentPageText
from documents.page_texts import renew_tokens, replace_outline
from documents.processing import process
from tests.documents import making
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory
from tests.kept import kept


def _filed(data, name="report.pdf", **values):
    """Files and processes bytes; gives the ready document."""
    document = add_document(ContentFile(data, name=name), **{"title": "Chain of command", "user": None} | values)
    assert process(document.pk)
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def filed(db):
    return _filed


@pytest.fixture(scope="package")
def read_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """The number of the report, which is read out once for all tests here."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("search")):
        planted = {
            3: "The heron crossed the frontier at dawn.",
            7: "A heron was seen. Nobody knew whose heron it was. The witness said chain of command.",
        }
        yield _filed(making.report(12, planted=planted)).pk


@pytest.fixture
def report(read_once, db):
    """Twelve pages; the heron stands on pages 3 and 7, twice on 7."""
    return Document.objects.get(pk=read_once)


@pytest.fixture
def published(report):
    """The report, released by a live publication."""
    PublicationPageFactory(published=True, title="In the chain of command", files=[report])
    return report


@pytest.fixture
def editor(db):
    return UserFactory(groups=["Editors"])


@pytest.fixture
def paged(db):
    """A published document with these texts as its pages, (language, text) each, nothing drawn and nothing read out."""

    def make(*pages, outline=(), **values):
        document = DocumentFactory(page_count=len(pages), **{"title": "Chain of command"} | values)
        DocumentPageText.objects.bulk_create(
            DocumentPageText(document=document, number=number, language=language, text=text)
            for number, (language, text) in enumerate(pages, 1)
        )
        renew_tokens(document)
        replace_outline(document, [OutlineEntry(*entry) for entry in outline])
        PublicationPageFactory(published=True, title="In the chain of command", files=[document])
        return document

    return make
