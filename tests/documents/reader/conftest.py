"""A published report with two versions, processed for real."""

import pytest
from django.core.files.base import ContentFile

from documents.actions import add_document
from documents.models import Document
from documents.processing import process
from tests.documents import making
from tests.factories import PublicationPageFactory, UserFactory


@pytest.fixture
def filed(db):
    """Files and processes bytes; gives the ready document."""

    def file(data, name="report.pdf", **values):
        document = add_document(ContentFile(data, name=name), **{"title": "Chain of command", "user": None} | values)
        assert process(document.pk)
        return Document.objects.get(pk=document.pk)

    return file


@pytest.fixture
def report(filed):
    """Twelve pages; the heron stands on pages 3 and 7, twice on 7."""
    return filed(
        making.report(
            12,
            planted={
                3: "The heron crossed the frontier at dawn.",
                7: "A heron was seen. Nobody knew whose heron it was. The witness said chain of command.",
            },
        )
    )


@pytest.fixture
def published(report):
    """The report, released by a live publication."""
    PublicationPageFactory(published=True, title="In the chain of command", files=[report])
    return report


@pytest.fixture
def editor(db):
    return UserFactory(groups=["Editors"])
