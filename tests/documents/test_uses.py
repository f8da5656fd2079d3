"""Which revision names which files, and when they are released."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.blocks import RichTextBlock
from wagtail.models import Page, PageViewRestriction, Revision

from cms.publications.models import PublicationFile
from documents.exceptions import AppendOnlyError
from documents.models import Document, DocumentRelease, DocumentUse, ImageUse
from documents.releases import public_withdrawal, release, withdraw_releases
from documents.safety import override
from documents.uses import Named, documents_named_by, named_by, named_by_revision, record_uses, record_uses_in_bulk
from documents.wording import WITHDRAWN
from tests.documents.conftest import new_image
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, publish

pytestmark = pytest.mark.django_db


def body_block_type():
    """The name of the rich text block in section bodies."""
    blocks = SectionPageFactory._meta.model._meta.get_field("body").stream_block.child_blocks
    return next(name for name, block in blocks.items() if isinstance(block, RichTextBlock))


class TestUses:
    def test_child_rows_foreign_keys_and_rich_text_are_found(self):
        in_row, in_text = DocumentFactory(), DocumentFactory()
        lead = new_image()
        page = PublicationPageFactory(files=[in_row], lead_image=lead)
        page.body = [(body_block_type(), f'<p><a linktype="document" id="{in_text.pk}">read</a></p>')]
        revision = page.save_revision()
        assert documents_named_by(revision) == {in_row.pk, in_text.pk}
        assert named_by_revision(revision.pk) == Named(frozenset({in_row.pk, in_text.pk}), frozenset({lead.pk}))
        assert set(revision.document_uses.values_list("page_id", flat=True)) == {page.pk}

    def test_a_reference_to_nothing_is_left_out(self):
        page = SectionPageFactory()
        page.body = [(body_block_type(), '<p><a linktype="document" id="999999">gone</a></p>')]
        revision = page.save_revision()
        assert named_by(revision) == Named()

    def test_the_draft_of_a_live_page_is_recorded_apart(self):
        first, second = DocumentFactory(), DocumentFactory()
        page = PublicationPageFactory(published=True, files=[first])
        page = Page.objects.get(pk=page.pk).specific
        page.files = [PublicationFile(document=second)]
        draft = page.save_revision()
        assert named_by_revision(draft.pk).documents == {second.pk}
        assert named_by_revision(page.live_revision_id).documents == {first.pk}

    def test_an_overwritten_revision_names_what_it_says_now(self):
        first, second = DocumentFactory(), DocumentFactory()
        page = PublicationPageFactory(files=[first])
        revision = page.save_revision()
        page.files = [PublicationFile(document=second)]
        page.save_revision(overwrite_revision=revision)
        assert named_by_revision(revision.pk).documents in ({second.pk}, {first.pk})
        assert named_by_revision(page.latest_revision_id).documents == {second.pk}

    def test_a_change_of_other_fields_reads_no_content(self, django_assert_num_queries):
        revision = PublicationPageFactory(files=[DocumentFactory()]).save_revision()
        revision.object_str = "Another name"
        with django_assert_num_queries(1):
            revision.save(update_fields=["object_str"])

    def test_none_names_nothing(self):
        assert named_by_revision(None) == Named()

    def test_bulk_made_revisions_are_recorded_in_bulk(self):
        document, image = DocumentFactory(), new_image()
        page = PublicationPageFactory()
        revision = page.save_revision()
        copies = Revision.objects.bulk_create(
            [
                Revision(
                    content_type=revision.content_type,
                    base_content_type=revision.base_content_type,
                    object_id=str(page.pk),
                    created_at=timezone.now(),
                    content=revision.content,
                )
                for _ in range(3)
            ]
        )
        named = Named(frozenset({document.pk}), frozenset({image.pk}))
        record_uses_in_bulk((copy, named) for copy in copies)
        assert DocumentUse.objects.filter(document=document, page_id=page.pk).count() == 3
        assert ImageUse.objects.filter(image=image).count() == 3

    def test_revisions_of_other_things_are_left_alone(self):
        page = PublicationPageFactory(files=[DocumentFactory()])
        revision = page.save_revision()
        DocumentUse.objects.all().delete()
        revision.base_content_type = ContentType.objects.get_for_model(DocumentUse)
        record_uses(revision)
        assert not DocumentUse.objects.exists()

    def test_a_used_document_and_picture_cannot_be_deleted(self):
        document, image = DocumentFactory(), new_image()
        page = PublicationPageFactory(files=[document], lead_image=image)
        page.save_revision()
        with pytest.raises(ProtectedError):
            document.delete()
        with pytest.raises(ProtectedError):
            image.delete()

    def test_deleting_the_page_frees_its_files(self):
        document = DocumentFactory()
        page = PublicationPageFactory(files=[document])
        page.save_revision()
        page.delete()
        document.delete()


class TestReleases:
    def test_going_live_releases_and_a_typo_does_not_again(self):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        row = DocumentRelease.objects.get()
        assert (row.document, row.page_id, row.revision_id) == (document, page.pk, page.live_revision_id)
        assert row.was_public
        publish(Page.objects.get(pk=page.pk).specific, summary="A typo less.")
        assert DocumentRelease.objects.count() == 1

    def test_a_scheduled_page_releases_nothing_until_its_time(self, monkeypatch):
        document = DocumentFactory()
        page = PublicationPageFactory(embargoed=True, files=[document])
        assert not DocumentRelease.objects.exists()
        revision = page.get_latest_revision()
        assert revision.approved_go_live_at
        later = timezone.now() + datetime.timedelta(days=2)
        monkeypatch.setattr(timezone, "now", lambda: later)
        call_command("publish_scheduled")
        assert DocumentRelease.objects.get().document == document

    def test_a_draft_releases_nothing(self):
        PublicationPageFactory(files=[DocumentFactory()]).save_revision()
        assert not DocumentRelease.objects.exists()

    def test_members_only_is_not_public(self):
        section = SectionPageFactory(published=True)
        PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
        document = DocumentFactory()
        page = PublicationPageFactory(files=[document])
        page.move(section, pos="last-child")
        publish(Page.objects.get(pk=page.pk).specific)
        assert not DocumentRelease.objects.get().was_public
        withdraw_releases([page.pk], "Reason")
        assert public_withdrawal(Document.objects.filter(pk=document.pk)) is None

    def test_a_withdrawal_is_written_once_and_nothing_else_changes(self):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        assert public_withdrawal(Document.objects.filter(pk=document.pk)) is None
        then = timezone.now() - datetime.timedelta(hours=1)
        assert withdraw_releases([page.pk], "First reason", when=then) == 1
        assert withdraw_releases([page.pk], "Second reason") == 0
        row = public_withdrawal(Document.objects.filter(pk=document.pk))
        assert (row.reason, row.withdrawn_at) == ("First reason", then)
        for change in (
            lambda: row.save(),
            lambda: row.delete(),
            lambda: DocumentRelease.objects.update(reason="x"),
            lambda: DocumentRelease.objects.all().delete(),
        ):
            with pytest.raises(AppendOnlyError):
                change()

    def test_published_again_after_a_withdrawal_is_released_again_when_legal_let_it_pass(self, people):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        withdraw_releases([page.pk], "Reason")
        override(document.checks.get(name=WITHDRAWN), people["legal"], "It was another file.")
        publish(Page.objects.get(pk=page.pk).specific)
        assert DocumentRelease.objects.active().count() == 1
        assert public_withdrawal(Document.objects.filter(pk=document.pk)) is None

    def test_two_versions_on_one_page_are_released_together_once(self):
        first = DocumentFactory()
        second = DocumentFactory(series=first.series, number=2)
        page = PublicationPageFactory(published=True, files=[first, second])
        publish(Page.objects.get(pk=page.pk).specific)
        assert DocumentRelease.objects.count() == 2
        assert DocumentRelease.objects.newest_first().first().document == second

    def test_a_page_without_files_releases_nothing(self):
        page = PublicationPageFactory(published=True)
        assert release(page, page.live_revision) == []
