"""What blocks approval."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Page

from cms.publications.models import PublicationFile
from documents.checks import blocking
from documents.models import Document, DocumentCheck
from documents.processing import MISSING
from documents.releases import withdraw_versions
from tests.factories import DocumentFactory, PublicationPageFactory, publish

pytestmark = pytest.mark.django_db


def test_nothing_blocks_a_ready_file():
    document = DocumentFactory()
    page = PublicationPageFactory(files=[document])
    page.save_revision()
    assert blocking([document.pk], page.pk) == []
    assert blocking([]) == []


def test_a_reason_is_told_in_the_language_of_who_decides(no_processing):
    failed = DocumentFactory(title="B", state=Document.State.FAILED, failure=MISSING)
    with translation.override("de"):
        assert blocking([failed.pk]) == [f"„B“ (Version 1) konnte nicht verarbeitet werden: {gettext(MISSING)}"]
        assert gettext(MISSING) != MISSING


def test_unfinished_and_failed_files_block(no_processing):
    waiting = DocumentFactory(title="A", state=Document.State.WAITING)
    failed = DocumentFactory(title="B", state=Document.State.FAILED, failure="It is broken.")
    assert blocking([waiting.pk, failed.pk]) == [
        "“A” (version 1) is still being processed.",
        "“B” (version 1) could not be processed: It is broken.",
    ]


def test_a_blocked_check_blocks_until_overridden(people):
    document = DocumentFactory(title="A")
    verdict = DocumentCheck.objects.create(
        document=document, name="leaks", state=DocumentCheck.State.BLOCKED, detail="Text under a black box."
    )
    assert blocking([document.pk]) == [
        "“A” (version 1) is blocked by the safety check “leaks”: Text under a black box."
    ]
    verdict.override_reason = "Only page numbers."
    verdict.override_by = people["legal"]
    verdict.save()
    assert blocking([document.pk]) == []
    assert "leaks" in str(verdict)


def test_a_version_withdrawn_in_favour_of_a_newer_one_blocks():
    first = DocumentFactory(title="A")
    page = PublicationPageFactory(published=True, files=[first])
    second = DocumentFactory(title="A", series=first.series, number=2)
    page = Page.objects.get(pk=page.pk).specific
    page.files = [PublicationFile(document=second)]
    publish(page)
    withdraw_versions(first.series, before=2, reason="Reason")
    assert blocking([first.pk]) == ["“A” (version 1) was withdrawn and replaced by a newer version."]
    assert blocking([second.pk]) == []


def test_a_file_under_embargo_elsewhere_blocks():
    document = DocumentFactory(title="A")
    PublicationPageFactory(embargoed=True, files=[document])
    page = PublicationPageFactory(files=[document])
    page.save_revision()
    assert "held back by another page" in blocking([document.pk], page.pk)[0]


def test_a_members_only_file_elsewhere_blocks_unless_it_is_public_too():
    document = DocumentFactory(title="A")
    PublicationPageFactory(restricted=True, published=True, files=[document])
    page = PublicationPageFactory(files=[document])
    page.save_revision()
    assert "held back by another page" in blocking([document.pk], page.pk)[0]
    PublicationPageFactory(published=True, files=[document])
    assert blocking([document.pk], page.pk) == []
