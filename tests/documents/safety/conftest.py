"""Files on disk, and people at the admin."""

import pytest
from django.core.files.base import ContentFile

from documents.actions import add_document
from documents.extraction.cleaning import clean
from documents.models import Document
from documents.processing import process


@pytest.fixture
def filed(django_capture_on_commit_callbacks):
    """Files bytes and processes them, as upload and worker do; gives the document."""

    def file(data, name="report.pdf", user=None):
        document = add_document(ContentFile(data, name=name), title="Report", user=user)
        with django_capture_on_commit_callbacks(execute=True):
            process(document.pk)
        return Document.objects.get(pk=document.pk)

    return file


@pytest.fixture
def cleaned(tmp_path):
    """Makes the public copy; gives its path and what was removed."""

    def make(data, mime):
        source, target = tmp_path / "source", tmp_path / "public"
        source.write_bytes(data)
        return target, clean(source, target, mime)["removed"]

    return make
