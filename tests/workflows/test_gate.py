"""The gate: every way to put something live past approval that Wagtail and wagtail-localize offer."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, Revision
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.operations import translate_object
from wagtail_localize.views.convert import convert_to_alias

from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, TopicPageFactory, publish
from tests.workflows.conftest import form_of
from workflows import approvals
from workflows.content import content_hash
from workflows.emergency import emergency
from workflows.exceptions import NotApproved
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


def live_pages():
    return set(Page.objects.filter(live=True).values_list("pk", "live_revision", "title"))


@pytest.fixture
def draft():
    page = SectionPageFactory(title="Secret draft")
    page.save_revision()
    return Page.objects.get(pk=page.pk).specific


@pytest.fixture
def public():
    return SectionPageFactory(published=True, title="Public text")


class TestTheAdminCannotPublish:
    """Each by a superuser, whom no permission stops, as a request."""

    def test_edit_view(self, people, draft, fresh):
        before = live_pages()
        response = people.root.edit(draft, action="publish", title="Changed in the same request")
        assert live_pages() == before
        assert people.root.messages(response) == ["This content has not been approved. Submit it for review."]
        assert fresh(draft).draft_title == "Secret draft", "something of the refused request was kept"
        assert Revision.objects.for_instance(draft).count() == 1

    def test_edit_view_of_a_public_page(self, people, public, fresh):
        before = live_pages()
        people.root.edit(public, action="publish", title="Changed")
        assert live_pages() == before

    def test_edit_view_with_xmlhttprequest(self, people, draft):
        before = live_pages()
        data = people.root.form(draft)
        data["action-publish"] = "1"
        url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
        people.root.client.raise_request_exception = False
        people.root.client.post(url, data, headers={"X-Requested-With": "XMLHttpRequest"})
        assert live_pages() == before
        assert Revision.objects.for_instance(draft).count() == 1

    def test_create_view(self, people, public):
        before = live_pages()
        url = reverse("wagtailadmin_pages:add", args=["cms_core", "sectionpage", public.pk])
        data = form_of(people.root.client.get(url), public)
        data.update({"title": "Brand new", "slug": "brand-new", "action-publish": "1"})
        response = people.root.client.post(url, data)
        assert live_pages() == before
        assert not Page.objects.filter(slug="brand-new").exists()
        assert "approval" in people.root.messages(response)[0]

    def test_bulk_publish(self, people, draft):
        other = SectionPageFactory(title="Other")
        other.save_revision()
        before = live_pages()
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        response = people.root.client.post(f"{url}?id={draft.pk}&id={other.pk}", {"include_descendants": "on"})
        assert response.status_code == 302
        assert live_pages() == before
        assert people.root.messages(response) == ["This content has not been approved. Submit it for review."]

    def test_copy_that_stays_live(self, people, public):
        before = live_pages()
        count = Page.objects.count()
        response = people.root.post(
            "wagtailadmin_pages:copy",
            public.pk,
            data={
                "new_title": "Copy",
                "new_slug": "copy",
                "new_parent_page": public.get_parent().pk,
                "publish_copies": "on",
            },
        )
        assert live_pages() == before
        assert Page.objects.count() == count
        assert people.root.messages(response) == ["A new page starts as a draft: it is published after its approval."]

    def test_copy_as_a_draft_is_allowed(self, people, public):
        before = live_pages()
        data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": public.get_parent().pk}
        people.root.post("wagtailadmin_pages:copy", public.pk, data=data)
        assert live_pages() == before
        assert Page.objects.filter(slug="copy", live=False).exists()

    def test_alias(self, people, public):
        before = live_pages()
        data = {"new_title": "A", "new_slug": "a", "new_parent_page": public.get_parent().pk, "alias": "on"}
        people.root.post("wagtailadmin_pages:copy", public.pk, data=data)
        assert live_pages() == before

    def test_convert_to_alias_by_a_translator(self, people):
        source = TopicPageFactory(published=True, title="Source")
        german = TopicPageFactory(translation_of=source, language="de", title="Deutsch")
        german.save_revision()
        translation_source, _ = TranslationSource.get_or_create_from_instance(source)
        Translation.objects.create(source=translation_source, target_locale=Locale.objects.get(language_code="de"))
        before = live_pages()
        people.translator_de.client.post(reverse("wagtail_localize:convert_to_alias", args=[german.pk]))
        assert live_pages() == before
        request = RequestFactory().post("/")  # the view itself, past whatever shadows its address
        request.user = people.translator_de.user
        with pytest.raises(NotApproved):
            convert_to_alias(request, german.pk)
        assert live_pages() == before
        assert not Page.objects.get(pk=german.pk).alias_of_id

    def test_the_convert_alias_view_of_core(self, people, public):
        # A live alias as an older version may have left it: its text may not become a revision of its own, live.
        draft_alias = SectionPageFactory(title="x")
        Page.objects.filter(pk=draft_alias.pk).update(alias_of=public, live=True)
        before = live_pages()
        people.root.post("wagtailadmin_pages:convert_alias", draft_alias.pk)
        assert live_pages() == before


class TestCodeCannotPublish:
    def test_publish_of_a_revision(self, draft):
        with pytest.raises(NotApproved):
            draft.latest_revision.publish(skip_permission_checks=True)
        assert not Page.objects.get(pk=draft.pk).live

    def test_a_live_new_page(self):
        parent = SectionPageFactory(published=True)
        with pytest.raises(NotApproved, match="starts as a draft"):
            parent.add_child(instance=type(parent)(title="Live by default", slug="live"))
        assert not Page.objects.filter(slug="live").exists()

    def test_setting_live(self, draft):
        draft.live = True
        with pytest.raises(NotApproved):
            draft.save()
        with pytest.raises(NotApproved):
            draft.save(update_fields=["live"])

    def test_setting_live_on_a_plain_page(self, draft):
        plain = Page.objects.get(pk=draft.pk)
        plain.live = True
        with pytest.raises(NotApproved):
            plain.save()
        with pytest.raises(NotApproved):
            plain.save(update_fields=["live"])

    def test_a_new_title_on_a_public_plain_page(self, public):
        plain = Page.objects.get(pk=public.pk)
        plain.title = "Changed"
        with pytest.raises(NotApproved):
            plain.save()
        plain.refresh_from_db()
        plain.locked = True
        plain.save()

    def test_pointing_a_public_page_at_another_revision(self, public):
        public.title = "Draft of the next version"
        revision = public.save_revision()
        public = type(public).objects.get(pk=public.pk)
        public.live_revision = revision
        with pytest.raises(NotApproved, match="not been approved"):
            public.save(update_fields=["live_revision"])
        public.live_revision = None
        with pytest.raises(NotApproved):
            public.save()

    def test_an_approved_revision_with_other_content(self, draft):
        revision = draft.latest_revision
        approvals.record(draft, revision, approvals.Decision.APPROVED, None)
        page = revision.as_object()
        page.live, page.live_revision, page.title = True, revision, "Not what was approved"
        with pytest.raises(NotApproved, match="not the content"):
            page.save()
        page.title = "Secret draft"
        page.save()

    def test_an_approved_revision_that_was_rewritten(self, draft):
        revision = draft.latest_revision
        approvals.record(draft, revision, approvals.Decision.APPROVED, None)
        revision.content["title"] = "Rewritten"
        revision.save()
        with pytest.raises(NotApproved, match="not been approved"):
            revision.publish()

    def test_an_approval_of_another_page(self, draft, public):
        approvals.record(public, draft.latest_revision, approvals.Decision.APPROVED, None)
        with pytest.raises(NotApproved):
            draft.latest_revision.publish()

    @pytest.mark.parametrize("decision", ["step", "rejected", "taken_down"])
    def test_other_decisions(self, draft, decision):
        approvals.record(draft, draft.latest_revision, decision, None)
        with pytest.raises(NotApproved):
            draft.latest_revision.publish()

    def test_changing_a_public_page_in_place(self, public):
        public.title = "Changed behind its approval"
        with pytest.raises(NotApproved, match="by an approved revision only"):
            public.save()
        with pytest.raises(NotApproved):
            public.save(update_fields=["title"])
        with pytest.raises(NotApproved):
            public.save(update_fields=["summary", "places"])

    def test_saving_a_public_page_unchanged_or_its_bookkeeping(self, public):
        public.save()
        public.locked = True
        public.save(update_fields=["locked"])
        public.save(update_fields=["title"])
        public.save_revision()

    def test_changing_a_public_page_whose_revision_was_purged(self, public):
        public.title = "Next"
        public.save_revision()
        call_command("purge_revisions", verbosity=0)
        public = type(public).objects.get(pk=public.pk)
        assert public.live_revision_id is None
        public.save()
        public.title = "Changed"
        with pytest.raises(NotApproved):
            public.save()

    def test_only_what_is_written_counts(self, public):
        public.title = "Changed in memory"
        public.save(update_fields=["lead_image_id"])
        assert type(public).objects.get(pk=public.pk).title == "Public text"

    def test_copy_that_keeps_live(self, public):
        with pytest.raises(NotApproved):
            public.copy(to=public.get_parent(), update_attrs={"slug": "copy"}, keep_live=True)

    def test_aliases_stay_as_they_are_when_their_source_is_published(self):
        source = TopicPageFactory(title="Source")
        source.save_revision()
        alias = source.create_alias(parent=source.get_parent(), update_slug="alias")
        assert not alias.live
        publish(source, title="Published")
        assert not Page.objects.get(pk=alias.pk).live

    def test_aliases_that_translate_object_makes_of_parents(self, public):
        child = SectionPageFactory(parent=public, published=True)
        german = Locale.objects.get(language_code="de")
        before = live_pages()
        with pytest.raises(NotApproved):
            translate_object(child, [german])
        assert live_pages() == before

    @pytest.mark.parametrize("also_publish", [True, False])
    def test_save_target(self, also_publish):
        source = TopicPageFactory(published=True, title="Source")
        target = TopicPageFactory(published=True, translation_of=source, language="de", title="Deutsch")
        translation_source, _ = TranslationSource.get_or_create_from_instance(source)
        translation = Translation.objects.create(source=translation_source, target_locale=target.locale)
        with pytest.raises(NotApproved):
            translation.save_target(publish=also_publish)
        assert Page.objects.get(pk=target.pk).title == "Deutsch"

    def test_scheduling_for_later(self, people, draft):
        draft.go_live_at = timezone.now() + datetime.timedelta(days=1)
        revision = draft.save_revision()
        with pytest.raises(NotApproved), transaction.atomic():
            revision.publish(skip_permission_checks=True)
        assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
        with emergency(people.root.user, "Agreed with the court."):
            Revision.objects.get(pk=revision.pk).publish(user=people.root.user)
        assert ApprovalRecord.objects.get(page_id=draft.pk).decision == "emergency"
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at

    def test_scheduling_of_a_public_page(self, public):
        public.go_live_at = timezone.now() + datetime.timedelta(days=1)
        with pytest.raises(NotApproved):
            public.save_revision().publish(skip_permission_checks=True)

    def test_publish_scheduled(self, draft):
        Revision.objects.filter(pk=draft.latest_revision_id).update(
            approved_go_live_at=timezone.now() - datetime.timedelta(minutes=1)
        )
        with pytest.raises(NotApproved):
            call_command("publish_scheduled")
        assert not Page.objects.get(pk=draft.pk).live

    def test_a_field_added_since_the_approval_is_no_change(self, draft):
        revision = draft.latest_revision
        del revision.content["review_due"]
        revision.save()
        approvals.record(draft, revision, approvals.Decision.APPROVED, None)
        revision.publish()
        page = type(draft).objects.get(pk=draft.pk)
        assert page.live
        page.save()

    def test_a_taken_down_page_needs_a_fresh_approval(self, public):
        revision = public.live_revision
        public.unpublish()
        with pytest.raises(NotApproved):
            revision.publish()

    def test_a_draft_read_from_an_old_revision_claims_no_live_revision(self, public):
        public.save_revision()
        public.unpublish()
        old = type(public).objects.get(pk=public.pk).latest_revision.as_object()
        assert old.live_revision_id
        old.save()
        assert Page.objects.get(pk=public.pk).live_revision_id is None

    def test_a_page_of_another_kind_is_not_our_business(self):
        root = Page.get_first_root_node()
        plain = root.add_child(instance=Page(title="Plain", slug="plain", locale=Locale.get_default()))
        plain.go_live_at = timezone.now() + datetime.timedelta(days=1)
        plain.save_revision().publish()
        assert Page.objects.get(pk=plain.pk).approved_schedule


class TestFiles:
    def test_a_changed_file_closes_the_gate(self):
        page = PublicationPageFactory(files=[DocumentFactory()])
        revision = page.save_revision()
        record = approvals.record(page, revision, approvals.Decision.APPROVED, None)
        (pk,) = record.documents
        with connection.cursor() as cursor:
            cursor.execute("UPDATE documents_document SET sha256 = 'other' WHERE id = %s", [int(pk)])
        with pytest.raises(NotApproved, match="file"):
            revision.publish()

    def test_the_record_names_the_files_and_their_hashes(self):
        file = DocumentFactory()
        page = PublicationPageFactory(files=[file], published=True)
        record = ApprovalRecord.objects.get(page_id=page.pk)
        assert record.documents == {str(file.pk): file.sha256}
        assert record.content_hash == content_hash(page.live_revision.content)

    def test_imports_are_recorded_in_one_go(self, people, django_assert_max_num_queries):
        files = [DocumentFactory(), DocumentFactory()]
        pages = [PublicationPageFactory(files=[file]) for file in files]
        pairs = [(page, page.save_revision()) for page in pages]
        assert approvals.record_import(pairs, people.root.user) == 2
        for (page, revision), file in zip(pairs, files, strict=True):
            record = ApprovalRecord.objects.get(page_id=page.pk)
            assert (record.documents, record.user_name) == ({str(file.pk): file.sha256}, "root")
            revision.publish()
        assert approvals.record_import([], None) == 0

    @pytest.mark.parametrize("file", [{"state": "waiting"}, {"inspected": False}])
    def test_an_import_lets_no_file_past_the_checks(self, people, file):
        page = PublicationPageFactory(files=[DocumentFactory(**file)])
        with pytest.raises(NotApproved):
            approvals.record_import([(page, page.save_revision())], people.root.user)
        assert not ApprovalRecord.objects.filter(page_id=page.pk).exists()


class TestRevisionsAreNotOverwritten:
    def overwrite(self, desk, page, revision, title):
        data = desk.form(page)
        data.update({"title": title, "overwrite_revision_id": str(revision.pk)})
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return desk.client.post(url, data, headers={"Accept": "application/json"})

    def test_an_autosaved_draft_is_overwritten(self, people, draft):
        first = people.author.user
        revision = draft.save_revision(user=first)
        type(draft).objects.filter(pk=draft.pk).update(owner=first)
        response = self.overwrite(people.author, draft, revision, "Autosaved")
        assert json.loads(response.content)["revision_id"] == revision.pk

    def test_a_live_revision(self, people, public):
        editor = people.editor
        public.title = "By the editor"
        revision = public.save_revision(user=editor.user)
        approvals.record(public, revision, approvals.Decision.APPROVED, None)
        revision.publish()
        response = self.overwrite(editor, public, revision, "Rewritten under its approval")
        assert json.loads(response.content)["revision_id"] != revision.pk
        assert Revision.objects.get(pk=revision.pk).content["title"] == "By the editor"

    def test_a_revision_that_was_under_review(self, people, draft):
        type(draft).objects.filter(pk=draft.pk).update(owner=people.author.user)
        state = people.author.submit(draft)
        people.editor.decide(draft, "reject")
        self.overwrite(people.author, draft, state.revision, "Changed after it was judged")
        state.revision.refresh_from_db()
        assert state.revision.content["title"] == "Secret draft"

    def test_a_scheduled_revision(self, draft):
        revision = draft.save_revision(approved_go_live_at=timezone.now() + datetime.timedelta(days=1))
        assert draft.save_revision(overwrite_revision=revision).pk != revision.pk

    def test_a_revision_with_a_record(self, draft):
        revision = draft.save_revision()
        approvals.record(draft, revision, approvals.Decision.REJECTED, None)
        assert draft.save_revision(overwrite_revision=revision).pk != revision.pk


class TestEmergency:
    def test_an_administrator_publishes_with_a_reason(self, people, draft):
        with emergency(people.siteadmin.user, "The court sits today."):
            draft.latest_revision.publish(user=people.siteadmin.user)
        record = ApprovalRecord.objects.get(page_id=draft.pk)
        assert (record.decision, record.comment, record.user) == (
            "emergency",
            "The court sits today.",
            people.siteadmin.user,
        )
        assert Page.objects.get(pk=draft.pk).live

    @pytest.mark.parametrize(("role", "reason"), [("editor", "A reason."), ("legal", "A reason."), ("siteadmin", " ")])
    def test_nobody_else_and_not_without_a_reason(self, people, draft, role, reason):
        with pytest.raises(NotApproved), emergency(getattr(people, role).user, reason):
            draft.latest_revision.publish()
        assert not Page.objects.get(pk=draft.pk).live

    def test_it_ends_with_its_block(self, people, draft):
        with emergency(people.root.user, "A reason."):
            pass
        with pytest.raises(NotApproved):
            draft.latest_revision.publish()

    def test_not_without_a_revision(self, people):
        page = SectionPageFactory()
        page.live = True
        with emergency(people.root.user, "A reason."), pytest.raises(NotApproved, match="save a revision"):
            page.save()

    def test_the_screen(self, people, draft):
        assert people.editor.get("workflows_emergency", draft.pk).status_code == 404
        assert people.editor.post("workflows_emergency", draft.pk, data={"reason": "x"}).status_code == 404
        assert not Page.objects.get(pk=draft.pk).live
        assert people.siteadmin.post("workflows_emergency", draft.pk).status_code == 200
        people.siteadmin.post("workflows_emergency", draft.pk, data={"reason": "The court sits today."})
        assert Page.objects.get(pk=draft.pk).live

    def test_the_screen_waits_for_files(self, people):
        page = PublicationPageFactory(files=[DocumentFactory(state="waiting", sha256="", file="")])
        page.save_revision()
        response = people.siteadmin.post("workflows_emergency", page.pk, data={"reason": "Now."})
        assert "still being processed" in response.content.decode()
        assert not Page.objects.get(pk=page.pk).live

    def test_the_screen_wants_a_saved_page(self, people):
        page = SectionPageFactory()
        response = people.siteadmin.post("workflows_emergency", page.pk, data={"reason": "Now."})
        assert "Save the page once" in response.content.decode()


class TestRecords:
    def test_they_are_append_only(self, public):
        record = ApprovalRecord.objects.get(page_id=public.pk)
        for change in (
            record.save,
            record.delete,
            lambda: ApprovalRecord.objects.update(comment="x"),
            lambda: ApprovalRecord.objects.all().delete(),
        ):
            with pytest.raises(TypeError):
                change()

    def test_they_outlive_page_and_user(self, people, draft):
        with emergency(people.siteadmin.user, "A reason."):
            draft.latest_revision.publish()
        pk = draft.pk
        draft.delete()
        people.siteadmin.user.delete()
        record = ApprovalRecord.objects.get(page_id=pk, decision="emergency")
        assert (record.user, record.user_name) == (None, "siteadmin")
