"""Files that nothing names are removed; whatever names one keeps it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.publications.models import PublicationFile
from documents.models import Document, DocumentRelease
from tests.factories import CasePageFactory, DocumentFactory, PublicationPageFactory
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    """Makes a file that was uploaded long ago."""

    def make(**options):
        document = DocumentFactory(**options)
        Document.objects.filter(pk=document.pk).update(created_at=timezone.now() - timedelta(days=500))
        return document

    return make


def run(*options):
    out = StringIO()
    call_command("remove_unused_documents", *options, stdout=out)
    return out.getvalue()


def left():
    return set(Document.objects.values_list("pk", flat=True))


def test_without_apply_nothing_is_removed(old):
    document = old(title="Nobody's")
    out = run()
    assert f"{document.series} version 1" in out and "1 unused files" in out and "Nothing was removed" in out
    assert "Nobody" not in out
    assert left() == {document.pk}


def test_an_unused_file_goes_with_its_bytes_and_leaves_a_log_entry(old, django_capture_on_commit_callbacks):
    document = old()
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 of 1 unused files removed" in run("--apply")
    assert left() == set()
    storage = storages["documents"]
    assert not storage.exists(document.file.name) and not storage.exists(document.original.name)
    entry = ModelLogEntry.objects.get(action="dossier.document.unused")
    assert entry.data == {"series": str(document.series), "version": 1, "sha256": document.original_sha256}


def test_a_young_file_stays():
    document = DocumentFactory()
    assert "0 of 0" in run("--apply")
    assert left() == {document.pk}
    assert "1 unused" not in run("--days", "30")


def test_what_a_page_ever_named_stays(old):
    draft, public, replaced, case = old(), old(), old(), old()
    PublicationPageFactory(files=[draft]).save_revision()
    page = PublicationPageFactory(published=True, files=[replaced])
    page.files = [PublicationFile(document=public)]
    page.save_revision()
    CasePageFactory(documents=[case])
    run("--apply")
    assert left() == {draft.pk, public.pk, replaced.pk, case.pk}


def test_what_was_released_or_decided_about_stays(old):
    released, decided, unused = old(), old(), old()
    DocumentRelease.objects.create(document=released, page_id=999, revision_id=999, released_at=timezone.now())
    ApprovalRecord.objects.create(
        page_id=999,
        translation_key=released.series,
        language="en",
        decision=ApprovalRecord.Decision.REJECTED,
        documents={str(decided.pk): decided.sha256},
    )
    run("--apply")
    assert left() == {released.pk, decided.pk} and unused.pk not in left()


def test_an_age_of_no_days_is_refused(old):
    old()
    with pytest.raises(CommandError, match="from 1 on"):
        run("--days", "0", "--apply")
