"""Review: who may approve what, by every way that the admin and code offer."""

import json
import threading
import time

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import (
    GroupApprovalTask,
    Page,
    Revision,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)
from wagtail_localize.models import Translation, TranslationSource

from documents.releases import withdraw_releases
from tests.factories import (
    DocumentFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
)
from tests.workflows.conftest import form_of, review_of
from workflows.exceptions import ApprovalRefused
from workflows.models import ApprovalRecord, ReviewTaskState, WorkflowChoice

pytestmark = pytest.mark.django_db

SUBMITTED = "You submitted this text: someone else has to approve it."


@pytest.fixture
def section(people):
    """A draft of the author's."""
    page = SectionPageFactory(title="On witnesses", owner=people.author.user)
    page.save_revision(user=people.author.user)
    return page


@pytest.fixture
def report(people):
    page = PublicationPageFactory(
        title="Report", owner=people.author.user, files=[DocumentFactory(uploaded_by_user=people.author.user)]
    )
    page.save_revision(user=people.author.user)
    return page


def is_live(page):
    return Page.objects.get(pk=page.pk).live


def decisions(page):
    return list(ApprovalRecord.objects.filter(page_id=page.pk).values_list("decision", "user__username", "task"))


class TestThePath:
    def test_an_editor_approves_and_it_is_public(self, people, section, fresh):
        state = people.author.submit_by_form(section)
        assert state.task.name == "Editorial review"
        people.editor.decide(section)
        page = fresh(section)
        assert page.live
        assert page.live_revision_id == state.revision_id
        assert decisions(section) == [
            ("step", "editor", "Editorial review"),
            ("approved", "editor", "Editorial review"),
        ]
        assert not page.workflow_in_progress

    def test_a_publication_passes_legal_review_too(self, people, report):
        people.author.submit_by_form(report)
        people.editor.decide(report)
        assert not is_live(report)
        assert review_of(report).task.name == "Legal review"
        people.legal.decide(report)
        assert is_live(report)
        record = ApprovalRecord.objects.filter(page_id=report.pk, decision="approved").get()
        assert list(record.documents.values()) == [report.files.first().document.sha256]

    def test_exactly_the_submitted_revision_is_published(self, people, section, fresh):
        state = people.author.submit_by_form(section, title="As submitted")
        people.editor.decide(section)
        assert fresh(section).title == "As submitted"
        assert fresh(section).live_revision_id == state.revision_id

    def test_changes_requested_then_resubmitted_in_one_post(self, people, section, fresh):
        first = people.author.submit_by_form(section, title="First try")
        people.editor.decide(section, "reject", comment="Names a witness.")
        assert not is_live(section)
        second = people.author.submit_by_form(section, title="Second try")
        assert second.revision_id != first.revision_id
        assert second.revision.content["title"] == "Second try"
        people.editor.decide(section)
        assert fresh(section).title == "Second try"
        assert ("rejected", "editor", "Editorial review") in decisions(section)

    def test_submitting_while_creating(self, people):
        parent = SectionPageFactory(published=True)
        url = reverse("wagtailadmin_pages:add", args=["cms_core", "sectionpage", parent.pk])
        data = form_of(people.author.client.get(url), parent)
        data.update({"title": "New", "slug": "new", "action-submit": "1"})
        people.author.client.post(url, data)
        page = Page.objects.get(slug="new")
        assert not page.live
        people.editor.decide(page)
        assert is_live(page)

    def test_submitting_while_autosave_creates_the_page_says_so(self, people, monkeypatch):
        parent = SectionPageFactory(published=True)
        url = reverse("wagtailadmin_pages:add", args=["cms_core", "sectionpage", parent.pk])
        data = form_of(people.author.client.get(url), parent)
        data.update({"title": "New", "slug": "new", "action-submit": "1"})
        submit = CreateView.submit_action

        def overtaken(view):  # between the check of the form and the save, as by another process
            SectionPageFactory(parent=parent, slug="new")
            return submit(view)

        monkeypatch.setattr(CreateView, "submit_action", overtaken)
        response = people.author.client.post(url, data, follow=True)
        assert response.redirect_chain == [(reverse("wagtailadmin_home"), 302)]
        assert "saved elsewhere at the same moment" in response.content.decode()

    def test_who_opens_a_page_that_came_back_reads_why(self, people, section):
        people.author.submit_by_form(section)
        people.editor.decide(section, "reject", comment="Names a witness.")
        response = people.author.get("wagtailadmin_pages:edit", section.pk)
        assert "editor asked for changes: Names a witness." in response.content.decode()
        people.author.submit_by_form(section, title="Second try")
        response = people.author.get("wagtailadmin_pages:edit", section.pk)
        assert "asked for changes" not in response.content.decode()

    def test_the_screen_of_a_decision_names_its_page(self, people, section):
        state = people.author.submit_by_form(section, title="About the archive")
        response = people.editor.get("workflows_review", state.pk)
        assert "About the archive" in response.content.decode().split("<h1", 1)[1].split("</h1>")[0]

    def test_saving_a_draft_while_creating(self, people):
        parent = SectionPageFactory(published=True)
        url = reverse("wagtailadmin_pages:add", args=["cms_core", "sectionpage", parent.pk])
        data = form_of(people.author.client.get(url), parent)
        data.update({"title": "New", "slug": "new"})
        people.author.client.post(url, data)
        assert not Page.objects.get(slug="new").live

    def test_a_change_of_a_public_page(self, people, fresh):
        page = SectionPageFactory(published=True, title="Old")
        people.editor2.submit_by_form(page, title="New")
        assert fresh(page).title == "Old"
        people.editor.decide(page)
        assert fresh(page).title == "New"


class TestFourEyes:
    def test_the_submitter(self, people, section):
        page = section
        people.editor.submit(page)
        response = people.editor.decide(page)
        assert not is_live(page)
        assert response.status_code == 302
        with pytest.raises(ApprovalRefused, match=SUBMITTED):
            review_of(page).approve(user=people.editor.user)

    def test_a_superuser_who_submitted(self, people, section):
        people.root.submit(section)
        people.root.decide(section)
        assert not is_live(section)
        with pytest.raises(ApprovalRefused):
            review_of(section).approve(user=people.root.user)

    def test_an_author_of_an_earlier_revision(self, people, section):
        section.save_revision(user=people.editor.user)
        people.author.submit(section)
        people.editor.decide(section)
        assert not is_live(section)
        with pytest.raises(ApprovalRefused, match="worked on this text"):
            review_of(section).approve(user=people.editor.user)
        people.editor2.decide(section)
        assert is_live(section)

    def test_a_superuser_who_wrote(self, people, section):
        section.save_revision(user=people.root.user)
        people.author.submit(section)
        with pytest.raises(ApprovalRefused):
            review_of(section).approve(user=people.root.user)

    def test_who_wrote_before_the_last_approval_may(self, people, section):
        section.save_revision(user=people.editor.user)
        people.author.submit(section)
        people.editor2.decide(section)
        assert is_live(section)
        people.author.submit(section, title="Next version")
        people.editor.decide(section)
        assert Page.objects.get(pk=section.pk).title == "Next version"

    def test_the_approver_of_an_earlier_step(self, people, report):
        people.author.submit(report)
        people.editor_and_legal.decide(report)
        people.editor_and_legal.decide(report)
        assert not is_live(report)
        with pytest.raises(ApprovalRefused, match="earlier step"):
            review_of(report).approve(user=people.editor_and_legal.user)
        people.legal.decide(report)
        assert is_live(report)

    def test_a_superuser_for_both_steps(self, people, report):
        people.author.submit(report)
        people.root.decide(report)
        people.root.decide(report)
        assert not is_live(report)

    @pytest.mark.parametrize("who", ["author", "author2", "legal", "translator_de", "reviewer_de", "siteadmin"])
    def test_nobody_outside_the_group(self, people, section, who):
        people.author.submit(section)
        desk = getattr(people, who)
        desk.decide(section)
        desk.decide(section, "reject")
        state = review_of(section)
        assert state.status == TaskState.STATUS_IN_PROGRESS
        for method in (state.approve, state.reject):
            with pytest.raises(ApprovalRefused, match="not one of the reviewers"):
                method(user=desk.user)
        assert desk.get("workflows_review", state.pk).status_code in (302, 404)
        assert not is_live(section)

    def test_without_a_user(self, people, section):
        people.author.submit(section)
        with pytest.raises(ApprovalRefused):
            review_of(section).approve()

    def test_someone_who_left(self, people, section):
        people.author.submit(section)
        people.editor.user.is_active = False
        people.editor.user.save()
        with pytest.raises(ApprovalRefused):
            review_of(section).approve(user=people.editor.user)

    def test_by_the_action_of_the_task(self, people, section):
        people.editor.submit(section)
        state = review_of(section)
        with pytest.raises(ApprovalRefused):
            state.task.specific.on_action(state, people.editor.user, "approve")
        assert not is_live(section)

    def test_the_menu_does_not_offer_it(self, people, section):
        people.editor.submit(section)
        state, page = review_of(section), Page.objects.get(pk=section.pk)
        names = [name for name, _label, _modal in state.task.specific.get_actions(page, people.editor.user)]
        assert names == ["reject"]
        names = [name for name, _label, _modal in state.task.specific.get_actions(page, people.editor2.user)]
        assert names == ["reject", "approve", "approve"]
        assert state.task.specific.get_actions(page, people.author.user) == []


class TestReadOnly:
    """A text in review changes under nobody's hands."""

    @pytest.mark.parametrize("who", ["author", "editor", "editor2", "root"])
    def test_nobody_edits(self, people, section, who):
        people.author.submit(section)
        before = Revision.objects.for_instance(section).count()
        desk = getattr(people, who)
        data = desk.form(section)
        data["title"] = "Changed in review"
        url = reverse("wagtailadmin_pages:edit", args=[section.pk])
        assert "locked" in desk.client.post(url, data).content.decode()
        answer = json.loads(desk.client.post(url, data, headers={"Accept": "application/json"}).content)
        assert answer["error_code"] == "locked"
        assert Revision.objects.for_instance(section).count() == before

    @pytest.mark.parametrize("live", [False, True])
    def test_an_autosave_that_was_under_way_when_it_was_submitted(self, people, section, live, monkeypatch):
        """It passed Wagtail's lock before the other request took it; the page of a live one carries older states."""
        author = people.author
        if live:
            author.submit(section)
            people.editor.decide(section)
        url = reverse("wagtailadmin_pages:edit", args=[section.pk])
        data = author.form(section) | {"title": "Saved a moment later"}
        save, submitted = EditView.save_action, []

        def overtaken(view):
            submitted.append(author.submit(section))
            return save(view)

        monkeypatch.setattr(EditView, "save_action", overtaken)
        answer = author.client.post(url, data, headers={"Accept": "application/json"})
        assert "in review by now" in answer.json()["error_message"]
        titles = {revision.content["title"] for revision in Revision.objects.for_instance(section)}
        assert submitted and "Saved a moment later" not in titles

    def test_the_second_of_two_submissions_changes_nothing(self, people, section, monkeypatch):
        """Both forms were sent before either was read; the page's own row stays that of the revision in review."""
        author, submitted = people.author, []
        url = reverse("wagtailadmin_pages:edit", args=[section.pk])
        data = author.form(section) | {"title": "The second", "action-submit": "true"}
        submit = EditView.submit_action

        def overtaken(view):
            monkeypatch.setattr(EditView, "submit_action", submit)
            submitted.append(author.submit(section))
            return submit(view)

        monkeypatch.setattr(EditView, "submit_action", overtaken)
        answer = author.client.post(url, data, follow=True)
        assert "in review by now" in answer.content.decode()
        assert submitted and Page.objects.get(pk=section.pk).title == "On witnesses"

    def test_edit_and_approve_in_one_post(self, people, section):
        people.author.submit(section)
        data = people.editor.form(section)
        data.update({"title": "Mine", "action-workflow-action": "true", "workflow-action-name": "approve"})
        people.editor.post("wagtailadmin_pages:edit", section.pk, data=data)
        assert not is_live(section)
        assert Revision.objects.for_instance(section).order_by("-pk").first().content["title"] == "On witnesses"

    def test_a_reviewer_takes_no_lock(self, people, section):
        state = people.author.submit(section)
        assert not state.task.specific.user_can_lock(section, people.editor.user)

    def test_the_author_may_take_it_back(self, people, section):
        people.author.submit(section)
        people.author.edit(section, action="cancel-workflow")
        assert review_of(section) is None


class TestWhatIsApproved:
    def test_a_rewritten_revision(self, people, section):
        state = people.author.submit(section)
        state.revision.content["title"] = "Rewritten in the database"
        state.revision.save()
        people.editor.decide(section)
        assert not is_live(section)
        with pytest.raises(ApprovalRefused, match="text changed"):
            review_of(section).approve(user=people.editor.user)

    def test_a_newer_revision(self, people, section):
        people.author.submit(section)
        section.save_revision()
        with pytest.raises(ApprovalRefused, match="text changed"):
            review_of(section).approve(user=people.editor.user)

    def test_a_stale_review(self, people, section):
        stale = people.author.submit(section)
        people.author.edit(section, action="cancel-workflow")
        current = people.author.submit(section)
        assert current.pk != stale.pk
        people.editor.decide(section, state=stale)
        stale = ReviewTaskState.objects.get(pk=stale.pk)
        with pytest.raises(ApprovalRefused, match="over"):
            stale.approve(user=people.editor.user)
        assert not is_live(section)

    def test_a_review_approved_twice(self, people, report):
        state = people.author.submit(report)
        people.editor.decide(report)
        with pytest.raises(ApprovalRefused, match="over"):
            state.approve(user=people.editor2.user)

    def test_a_review_of_another_page_through_this_page(self, people, section):
        people.editor.submit(section)
        other = SectionPageFactory(title="Other", owner=people.author.user)
        other.save_revision(user=people.author.user)
        people.author.submit(other)
        people.editor.decide(other, state=review_of(section))
        assert not is_live(section)

    def test_a_file_that_is_not_ready(self, people):
        page = PublicationPageFactory(
            owner=people.author.user,
            files=[
                DocumentFactory(state="waiting", sha256="", file="", title="Annex", uploaded_by_user=people.author.user)
            ],
        )
        page.save_revision(user=people.author.user)
        people.author.submit(page)
        with pytest.raises(ApprovalRefused, match="“Annex”.*still being processed"):
            review_of(page).approve(user=people.editor.user)

    def test_a_file_that_becomes_ready_during_the_review(self, people):
        file = DocumentFactory(state="waiting", sha256="", file="", uploaded_by_user=people.author.user)
        page = PublicationPageFactory(owner=people.author.user, files=[file])
        page.save_revision(user=people.author.user)
        people.author.submit(page)
        type(file).objects.filter(pk=file.pk).finish(file=file.original.name, sha256="a" * 64, size=3, page_count=1)
        people.editor.decide(page)
        people.legal.decide(page)
        assert is_live(page)
        record = ApprovalRecord.objects.get(page_id=page.pk, decision="approved")
        assert record.documents == {str(file.pk): "a" * 64}

    def test_a_file_that_changed_during_the_review(self, people, report):
        people.author.submit(report)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE documents_document SET sha256 = 'other'")
        with pytest.raises(ApprovalRefused, match="file changed"):
            review_of(report).approve(user=people.editor.user)

    def test_a_refusal_keeps_nothing(self, people, section):
        state = people.author.submit(section)
        state.revision.content["title"] = "Rewritten"
        state.revision.save()
        people.editor.decide(section)
        assert decisions(section) == []
        assert review_of(section).status == TaskState.STATUS_IN_PROGRESS


class TestWorkflowsWithoutReview:
    def assign(self, page, *tasks):
        workflow = Workflow.objects.create(name="Own")
        for task in tasks:
            WorkflowTask.objects.create(workflow=workflow, task=task)
        WorkflowPage.objects.create(page=page, workflow=workflow)
        return workflow

    def test_one_without_a_step_publishes_nothing(self, people, section):
        self.assign(section)
        response = people.author.edit(section, action="submit")
        assert response.status_code == 302
        assert not is_live(section)
        assert people.author.messages(response) == [
            "This workflow has no review by a second person: nothing was published."
        ]
        assert not WorkflowState.objects.exists()

    def test_one_with_a_step_of_wagtails_own_kind_publishes_nothing(self, people, section):
        task = GroupApprovalTask.objects.create(name="Anyone")
        task.groups.set(people.author.user.groups.all())
        self.assign(section, task)
        people.author.submit(section)
        people.author2.decide(section)
        assert not is_live(section)

    def test_an_own_workflow_of_a_section_is_respected(self, people, section):
        own = self.assign(section, review_task("Editorial review"))
        below = SectionPageFactory(parent=section)
        assert below.get_workflow() == own


def review_task(name):
    from workflows.models import ReviewTask

    return ReviewTask.objects.get(name=name)


@pytest.mark.parametrize("credit", ["Photo: a witness", ""])
def test_the_reviewer_reads_what_changes_of_a_files_rights(people, credit):
    document = DocumentFactory(credit="Photo: M. Osei", uploaded_by_user=people.author.user)
    other = PublicationPageFactory(files=[document], owner=people.author.user)
    people.author.submit(other)
    screen = people.editor.get("workflows_review", review_of(other).pk).content.decode()
    assert "Photo: M. Osei" in screen and "Changes for readers." not in screen, "nobody reads it yet"
    Page.objects.get(pk=other.pk).specific.current_workflow_state.cancel()
    PublicationPageFactory(published=True, files=[document])
    document.refresh_from_db()
    document.credit = credit
    document.save()
    people.author.submit(other)
    screen = people.editor.get("workflows_review", review_of(other).pk).content.decode()
    changes = " ".join(screen.partition("Changes for readers.")[2].partition("</li>")[0].split())
    assert "Until now: Credit: <bdi>Photo: M. Osei</bdi>" in changes
    assert f"With the approval: {f'Credit: <bdi>{credit}</bdi>' if credit else 'nothing stated'}" in changes


def translate(source, language, **fields):
    """A page in ``language`` that wagtail-localize knows as the translation of ``source``."""
    page = type(source)._default_manager.get(pk=source.pk)
    factory = {"PublicationPage": PublicationPageFactory, "TopicPage": TopicPageFactory}[type(source).__name__]
    page = factory(translation_of=source, language=language, **fields)
    localize, _ = TranslationSource.get_or_create_from_instance(source)
    Translation.objects.get_or_create(source=localize, target_locale=page.locale)
    return page


class TestChoiceOfWorkflow:
    def test_by_kind_of_page(self):
        assert SectionPageFactory().get_workflow().name == "Editorial review"
        assert PublicationPageFactory().get_workflow().name == "Editorial and legal review"
        assert TopicPageFactory().has_workflow

    def test_a_translation(self):
        source = PublicationPageFactory(published=True)
        assert translate(source, "de").get_workflow().name == "Translation review (de)"
        assert source.get_workflow().name == "Editorial and legal review", "the original is no translation"

    def test_a_translation_with_a_file_of_its_own(self):
        source = PublicationPageFactory(published=True)
        page = translate(source, "de", files=[DocumentFactory(language="de")])
        assert page.get_workflow().name == "Editorial and legal review"

    def test_a_translation_that_links_a_file_in_its_text(self):
        source, document = PublicationPageFactory(published=True), DocumentFactory()
        page = translate(source, "de", abstract=f'<p><a linktype="document" id="{document.pk}">Akte</a></p>')
        page.save_revision()
        assert page.get_workflow().name == "Editorial and legal review"
        PublicationPageFactory(published=True, files=[document])
        assert page.get_workflow().name == "Translation review (de)", "the file is public: it was judged"
        document.refresh_from_db()
        document.credit = "Photo: a witness"
        document.save()
        assert page.get_workflow().name == "Editorial and legal review", "its credit was not"

    def test_a_file_that_only_the_draft_names(self):
        page = translate(TopicPageFactory(published=True), "de")
        page.body = [{"type": "text", "value": f'<a linktype="document" id="{DocumentFactory().pk}">Akte</a>'}]
        page.save_revision()
        assert Page.objects.get(pk=page.pk).specific.get_workflow().name == "Editorial review"

    def test_a_file_that_is_withdrawn_while_the_translation_waits(self, people):
        document = DocumentFactory()
        other = PublicationPageFactory(published=True, files=[document])
        text = f'<p><a linktype="document" id="{document.pk}">Akte</a></p>'
        page = translate(PublicationPageFactory(published=True), "de", abstract=text)
        page.save_revision()
        page.get_workflow().start(page, people.translator_de.user)
        state = review_of(page)
        withdraw_releases([other.pk], "A witness asked for it.")
        with pytest.raises(ApprovalRefused, match="isn't public"):
            state.approve(user=people.reviewer_de.user)
        assert not Page.objects.get(pk=page.pk).live

    def test_a_translation_of_a_draft(self):
        assert translate(PublicationPageFactory(), "de").get_workflow().name == "Editorial and legal review"

    def test_a_page_of_its_own_in_another_language(self):
        assert PublicationPageFactory(language="de").get_workflow().name == "Editorial and legal review"

    def test_where_the_translation_workflow_was_disabled(self):
        source = TopicPageFactory(published=True)
        page = translate(source, "de")
        page.get_workflow().deactivate()
        assert page.get_workflow().name == "Editorial review"

    def test_where_the_standard_workflow_was_disabled(self):
        choice = WorkflowChoice.objects.get(purpose="editorial")
        choice.workflow.deactivate()
        page = SectionPageFactory()
        assert (page.get_workflow(), page.has_workflow) == (None, False)

    def test_where_workflows_are_off(self, settings):
        settings.WAGTAIL_WORKFLOW_ENABLED = False
        assert not SectionPageFactory().has_workflow

    def test_the_reviewers_of_the_language_decide(self, people):
        page = translate(TopicPageFactory(published=True), "de", owner=people.translator_de.user)
        page.save_revision(user=people.translator_de.user)
        page.get_workflow().start(page, people.translator_de.user)
        for who in ("reviewer_ar", "editor", "translator_de"):
            getattr(people, who).decide(page)
            assert not is_live(page)
        people.reviewer_de.decide(page)
        assert is_live(page)


class TestScreens:
    def test_the_review_screen_names_the_files(self, people, report):
        state = people.author.submit(report)
        text = people.editor.get("workflows_review", state.pk).content.decode()
        assert report.title in text.partition("<h1")[2].partition("</h1>")[0]
        assert report.files.first().document.title in text
        assert "This page makes these files public" in text
        people.editor.post("workflows_review", state.pk, data={"decision": "approve", "comment": "Fine."})
        assert review_of(report).task.name == "Legal review"
        assert ApprovalRecord.objects.get(page_id=report.pk, decision="step").comment == "Fine."
        assert people.editor2.get("workflows_review", state.pk).status_code == 404, "it is over"

    def test_the_review_screen_says_why_not(self, people, section):
        state = people.editor.submit(section)
        assert SUBMITTED in people.editor.get("workflows_review", state.pk).content.decode()
        response = people.editor.post("workflows_review", state.pk, data={"decision": "approve"})
        assert SUBMITTED in response.content.decode()
        assert not is_live(section)

    def test_the_review_screen_hands_back(self, people, section):
        state = people.author.submit(section)
        people.editor.post("workflows_review", state.pk, data={"decision": "reject", "comment": "No."})
        assert Page.objects.get(pk=section.pk).current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES

    def test_the_review_of_a_public_page_offers_a_comparison(self, people):
        page = SectionPageFactory(published=True)
        state = people.editor2.submit(page, title="New")
        assert "revisions/compare/live" in people.editor.get("workflows_review", state.pk).content.decode()

    def test_the_edit_screen_leads_there(self, people, section):
        state = people.author.submit(section)
        link = reverse("workflows_review", args=[state.pk])
        assert link in people.editor.get("wagtailadmin_pages:edit", section.pk).content.decode()
        assert link not in people.author.get("wagtailadmin_pages:edit", section.pk).content.decode()

    def test_nobody_is_offered_to_publish(self, people, section):
        assert "action-publish" not in people.root.get("wagtailadmin_pages:edit", section.pk).content.decode()

    def test_the_home_page_shows_what_waits_for_me(self, people, section):
        page = translate(TopicPageFactory(published=True), "de", title="Nur Deutsch", owner=people.translator_de.user)
        page.save_revision(user=people.translator_de.user)
        page.get_workflow().start(page, people.translator_de.user)
        people.author.submit(section)
        seen = {
            who: {
                title
                for title in ("On witnesses", "Nur Deutsch")
                if title in getattr(people, who).get("wagtailadmin_home").content.decode()
            }
            for who in ("author", "author2", "editor", "legal", "translator_de", "reviewer_de", "reviewer_ar")
        }
        assert seen == {
            "author": {"On witnesses"},
            "author2": set(),
            "editor": {"On witnesses"},
            "legal": set(),
            "translator_de": {"Nur Deutsch"},
            "reviewer_de": {"Nur Deutsch"},
            "reviewer_ar": set(),
        }


class TestMails:
    """A mail is read on the way: no title, no text, no file name."""

    @pytest.mark.parametrize("html", [False, True])
    def test_they_say_nothing(self, people, report, settings, html):
        settings.WAGTAILADMIN_NOTIFICATION_USE_HTML = html
        UserFactory(is_superuser=True, email="root@example.org")
        assert [desk.user.email for desk in (people.editor, people.legal)]
        people.author.submit(report, title="Witness list of Operation Dawn")
        people.editor.decide(report, "reject", comment="The comment names Mr. Kay.")
        people.author.submit(report)
        people.editor.decide(report, comment="The comment names Mr. Kay.")
        people.legal.decide(report)
        assert {mail_.subject for mail_ in mail.outbox} == {
            "A text waits for your review",
            "A text was submitted for review",
            "Changes were requested",
            "Your text was approved",
        }
        for message in mail.outbox:
            whole = message.message().as_string()
            for word in ("Witness", "Dawn", "Kay", "comment names", "Report", report.files.first().document.title):
                assert word not in whole
            assert f"/admin/pages/{report.pk}/edit/" in message.body
        assert {"editor@example.org", "legal@example.org"} <= {to for m in mail.outbox for to in m.to}

    def test_comments(self, people):
        page = SectionPageFactory(published=True, title="Witness list")
        page.save_revision()
        from wagtail.admin.mail import send_notification

        send_notification(
            [people.author.user],
            "updated_comments",
            {"page": page, "editor": people.editor.user, "new_comments": [], "replied_comments": []},
        )
        (message,) = mail.outbox
        assert "Witness" not in message.subject + message.body


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks: its writers queue up anyway")
class TestTwoAtOnce:
    def test_the_second_of_two_approvers_is_told(self, people, report):
        people.author.submit(report)
        state_pk = review_of(report).pk
        users = [people.editor.user, people.editor2.user]
        barrier, outcomes = threading.Barrier(2), []

        def approve(user):
            state = ReviewTaskState.objects.get(pk=state_pk)
            barrier.wait()
            try:
                state.approve(user=user)
                outcomes.append("approved")
            except PermissionDenied:
                outcomes.append("refused")
            connection.close()

        threads = [threading.Thread(target=approve, args=[user]) for user in users]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(outcomes) == ["approved", "refused"]

    @pytest.mark.slow
    def test_what_is_decided_about_is_what_was_submitted(self, people):
        """The form that submits and an autosave at once, real requests, met at other moments in each round."""
        author, met = people.author, set()
        for offset in (-2, -0.5, -0.3, -0.2, -0.1, 0, 0.03, 0.1, 0.15, 0.2, 0.3, 2):  # of the autosave, in seconds
            page = SectionPageFactory(title="On witnesses", owner=author.user)
            page.save_revision(user=author.user)
            url, data = reverse("wagtailadmin_pages:edit", args=[page.pk]), author.form(page)

            def send(wait, form, url=url, **headers):
                client = Client()
                client.cookies = author.client.cookies
                time.sleep(wait)
                client.post(url, form, headers=headers)
                connection.close()

            forms = data | {"title": "Submitted", "action-submit": "true"}, data | {"title": "Saved beside it"}
            threads = [
                threading.Thread(target=send, args=[max(-offset, 0), forms[0]]),
                threading.Thread(target=send, args=[max(offset, 0), forms[1]], kwargs={"Accept": "application/json"}),
            ]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            state = review_of(page)
            assert state.revision.content["title"] == "Submitted"
            assert Page.objects.get(pk=page.pk).latest_revision_id == state.revision_id
            met.add(Revision.objects.for_instance(page).filter(content__title="Saved beside it").exists())
        assert met == {True, False}, "one was always first"
