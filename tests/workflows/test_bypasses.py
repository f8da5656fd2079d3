"""Every way past approval that ``workflow.md`` names, as a request by the one who would try it: each must fail.

What ``test_gate`` tries as a superuser is tried here in the roles; what code could do stays there.
"""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision, TaskState, Workflow, WorkflowState

from access.models import User
from access.roles import EDITORS
from cms.core.models import Place, PublicationKind, WorkKind
from tests.factories import (
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    SectionPageFactory,
    WorkKindFactory,
    publish,
)
from tests.workflows.conftest import form_of, review_of
from tests.workflows.test_permissions import bulk, is_live
from tests.workflows.test_time import HOUR, embargoed, run_later
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db

SECRET = "Witness in Raqqa"
LATER = {"go_live_at": "2999-01-01 10:00"}


@pytest.fixture
def draft(people):
    """A draft of the author's."""
    page = SectionPageFactory(title="On witnesses", owner=people.author.user)
    page.save_revision(user=people.author.user)
    return page


@pytest.fixture
def report(people):
    page = PublicationPageFactory(title="Report", owner=people.author.user)
    page.save_revision(user=people.author.user)
    return page


def raw_edit(desk, page, data, **changes):
    """A POST to the edit screen that doesn't ask the screen whether it may."""
    return desk.post("wagtailadmin_pages:edit", page.pk, data={**data, **changes})


class TestPublishing:
    @pytest.mark.parametrize("who", ["author", "editor", "siteadmin", "legal", "translator_de", "reviewer_de"])
    def test_action_publish_posted_to_the_edit_view(self, people, draft, who):
        data = people.root.form(draft)
        raw_edit(getattr(people, who), draft, data, **{"action-publish": "1", "title": "Mine"})
        assert not is_live(draft)

    @pytest.mark.parametrize("who", ["author", "editor", "translator_de"])
    def test_bulk_publish(self, people, draft, who):
        bulk(getattr(people, who), "publish", draft, include_descendants="on")
        assert not is_live(draft)

    @pytest.mark.parametrize("who", ["author", "editor", "siteadmin"])
    def test_copy_that_stays_live(self, people, who):
        public = SectionPageFactory(published=True, owner=people.author.user)
        data = {"new_title": "Copy", "new_slug": "copy", "publish_copies": "on"}
        data["new_parent_page"] = public.get_parent().pk
        getattr(people, who).post("wagtailadmin_pages:copy", public.pk, data=data)
        assert not Page.objects.filter(slug="copy", live=True).exists()

    @pytest.mark.parametrize("who", ["author", "editor", "siteadmin", "root"])
    def test_a_schedule_posted_with_action_publish(self, people, draft, who):
        data = people.root.form(draft)
        raw_edit(getattr(people, who), draft, data, **LATER, **{"action-publish": "1"})
        assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
        run_later(datetime.timedelta(days=500_000))
        assert not is_live(draft)

    @pytest.mark.parametrize("who", ["editor", "siteadmin", "root"])
    def test_unpublish_and_publish_again(self, people, who):
        page = SectionPageFactory(published=True)
        people.editor.post("wagtailadmin_pages:unpublish", page.pk)
        desk = getattr(people, who)
        raw_edit(desk, page, people.root.form(page), **{"action-publish": "1"})
        bulk(desk, "publish", page)
        assert not is_live(page)

    @pytest.mark.parametrize("who", ["editor", "root"])
    def test_revert_to_an_older_revision_and_publish(self, people, who):
        page = SectionPageFactory(title="Names a witness")
        old = page.save_revision()
        publish(page, title="Names nobody")
        desk = getattr(people, who)
        data = form_of(desk.get("wagtailadmin_pages:revisions_revert", page.pk, old.pk), page)
        desk.post("wagtailadmin_pages:edit", page.pk, data={**data, "revision": old.pk, "action-publish": "1"})
        after = Page.objects.get(pk=page.pk)
        assert (after.title, after.live) == ("Names nobody", True)

    def test_a_revert_is_a_draft(self, people, client):
        page = SectionPageFactory(title="Old text", summary="")
        old = page.save_revision()
        publish(page, title="New text")
        data = form_of(people.editor.get("wagtailadmin_pages:revisions_revert", page.pk, old.pk), page)
        people.editor.post("wagtailadmin_pages:edit", page.pk, data={**data, "revision": old.pk})
        after = Page.objects.get(pk=page.pk)
        assert (after.title, after.get_latest_revision_as_object().title) == ("New text", "Old text")
        assert "Old text" not in client.get(after.get_url()).content.decode()


class TestTimeChangedAfterApproval:
    @pytest.mark.parametrize("who", ["author", "editor", "siteadmin", "root"])
    def test_an_earlier_go_live_time_on_a_scheduled_page(self, people, who):
        page = embargoed(people)
        planned = page.scheduled_revision.approved_go_live_at
        data = people.root.form(page)
        raw_edit(getattr(people, who), page, data, go_live_at="2001-01-01 10:00", **{"action-publish": "1"})
        assert not is_live(page)
        assert Page.objects.get(pk=page.pk).scheduled_revision.approved_go_live_at == planned

    def test_an_unscheduled_page_with_another_time_needs_a_fresh_approval(self, people):
        page = embargoed(people)
        people.editor.post("wagtailadmin_pages:revisions_unschedule", page.pk, page.scheduled_revision.pk)
        people.editor.edit(page, go_live_at="")
        raw_edit(people.root, page, people.root.form(page), **{"action-publish": "1"})
        assert run_later(2 * HOUR) == 0
        assert not is_live(page)

    def test_a_later_expiry_of_a_public_page(self, people):
        page = SectionPageFactory()
        publish(page, expire_at=timezone.now() + HOUR)
        people.editor.edit(page, expire_at="2999-01-01 10:00")
        assert run_later(HOUR) == 1
        assert not is_live(page)


class TestOverwritingARevision:
    @pytest.mark.parametrize("who", ["author", "editor", "root"])
    def test_overwrite_revision_id_posted_while_in_review(self, people, draft, who):
        data = people.root.form(draft)
        state = people.author.submit(draft)
        data = {**data, "title": "What nobody judged", "overwrite_revision_id": str(state.revision_id)}
        desk = getattr(people, who)
        for headers in ({}, {"Accept": "application/json"}):
            desk.client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data, headers=headers)
        assert Revision.objects.get(pk=state.revision_id).content["title"] == "On witnesses"
        assert Revision.objects.for_instance(draft).latest("pk").pk == state.revision_id

    def test_a_colleagues_revision_is_not_overwritten_under_their_name(self, people, draft):
        revision = draft.latest_revision
        data = {**people.editor.form(draft), "title": "Mine", "overwrite_revision_id": str(revision.pk)}
        url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
        answer = people.editor.client.post(url, data, headers={"Accept": "application/json"})
        assert json.loads(answer.content)["success"] is False
        assert Revision.objects.get(pk=revision.pk).content["title"] == "On witnesses"


class TestReview:
    @pytest.mark.parametrize("who", ["author2", "legal", "translator_de", "reviewer_de", "member"])
    @pytest.mark.parametrize("action", ["action-cancel-workflow", "action-restart-workflow"])
    def test_a_stranger_cancels_or_restarts_a_workflow(self, people, draft, who, action):
        data = people.root.form(draft)
        state = people.author.submit(draft)
        raw_edit(getattr(people, who), draft, data, **{action: "1"})
        assert review_of(draft).pk == state.pk
        assert review_of(draft).status == TaskState.STATUS_IN_PROGRESS

    @pytest.mark.parametrize("who", ["author2", "legal", "translator_de", "member"])
    def test_a_stranger_submits_or_resumes_a_workflow(self, people, draft, who):
        data = people.root.form(draft)
        raw_edit(getattr(people, who), draft, data, **{"action-submit": "1"})
        assert not WorkflowState.objects.exists()
        people.author.submit(draft)
        people.editor.decide(draft, "reject")
        raw_edit(getattr(people, who), draft, data, **{"action-submit": "1"})
        assert WorkflowState.objects.get().status == WorkflowState.STATUS_NEEDS_CHANGES

    def test_who_resubmits_in_another_ones_name_does_not_approve(self, people, draft):
        people.author.submit(draft)
        people.editor.decide(draft, "reject")
        people.editor.submit(draft, title="Mended by the editor")
        people.editor.decide(draft)
        assert not is_live(draft)
        people.editor2.decide(draft)
        assert is_live(draft)

    def test_after_changes_at_the_last_step_all_steps_decide_again(self, people, report):
        people.author.submit(report)
        people.editor.decide(report)
        people.legal.decide(report, "reject", comment="Names a witness.")
        people.author.submit(report, title="Mended")
        people.legal.decide(report)
        assert not is_live(report), "the first step approved another text"
        people.editor.decide(report)
        assert Page.objects.get(pk=report.pk).title == "Mended"

    def test_a_group_membership_lost_while_the_text_waits(self, people, draft):
        state = people.author.submit(draft)
        assert people.editor.get("workflows_review", state.pk).status_code == 200
        people.editor.user.groups.set(people.author.user.groups.all())
        people.editor.decide(draft)
        assert people.editor.post("workflows_review", state.pk, data={"decision": "approve"}).status_code in (302, 404)
        assert not is_live(draft)
        assert not ApprovalRecord.objects.filter(page_id=draft.pk).exists()

    def test_disabling_the_step_at_which_a_text_waits_does_not_publish_it(self, people, report):
        people.author.submit(report)
        people.editor.decide(report)
        task = review_of(report).task
        response = people.siteadmin.post("wagtailadmin_workflows:disable_task", task.pk)
        assert not is_live(report)
        assert people.siteadmin.messages(response) == [
            "A text waits at this step. It would be published without it: let it be decided or taken back first."
        ]
        task.refresh_from_db()
        assert task.active, "something of the refused request was kept"
        people.legal.decide(report)
        assert is_live(report)

    def test_disabling_the_workflow_does_not_publish(self, people, report):
        people.author.submit(report)
        people.editor.decide(report)
        workflow = review_of(report).workflow_state.workflow
        people.siteadmin.post("wagtailadmin_workflows:disable", workflow.pk)
        assert not Workflow.objects.get(pk=workflow.pk).active
        assert not is_live(report)


class TestLocks:
    @pytest.fixture
    def locked(self, people, draft):
        Page.objects.filter(pk=draft.pk).update(locked=True, locked_by=people.editor2.user)
        return draft

    def test_an_edit_of_a_locked_page(self, people, locked):
        data = people.editor2.form(locked)
        raw_edit(people.author, locked, data, title="Changed under the lock")
        raw_edit(people.author, locked, data, title="Changed under the lock", **{"action-submit": "1"})
        assert Revision.objects.for_instance(locked).latest("pk").content["title"] == "On witnesses"
        assert not WorkflowState.objects.exists()

    @pytest.mark.parametrize("who", ["author", "author2", "translator_de", "legal"])
    def test_a_lock_is_not_opened_by_those_who_may_not(self, people, locked, who):
        getattr(people, who).post("wagtailadmin_pages:unlock", locked.pk)
        assert Page.objects.get(pk=locked.pk).locked


class TestOwnersOfPublicPages:
    """An author owns a page that went public: it is no longer theirs to take away or to move."""

    @pytest.fixture
    def owned(self, people):
        return SectionPageFactory(published=True, owner=people.author.user)

    def test_unpublish_delete_and_move(self, people, owned):
        target, parent = SectionPageFactory(published=True), owned.get_parent().pk
        people.author.post("wagtailadmin_pages:unpublish", owned.pk)
        bulk(people.author, "unpublish", owned)
        people.author.post("wagtailadmin_pages:move_confirm", owned.pk, target.pk)
        bulk(people.author, "move", owned, chooser=str(target.pk))
        people.author.post("wagtailadmin_pages:delete", owned.pk)
        bulk(people.author, "delete", owned)
        people.author.post("wagtailadmin_pages:set_privacy", owned.pk, data={"restriction_type": "login"})
        after = Page.objects.get(pk=owned.pk)
        assert (after.live, after.get_parent().pk) == (True, parent)
        assert not PageViewRestriction.objects.exists()

    def test_their_own_draft_is_theirs(self, people, draft):
        people.author.post("wagtailadmin_pages:delete", draft.pk)
        assert not Page.objects.filter(pk=draft.pk).exists()


class TestMovingIntoTheOpen:
    def parent(self, page):
        return Page.objects.get(pk=page.pk).get_parent().pk

    def test_a_draft_stays_a_draft_in_a_public_section(self, people, draft, client):
        target = SectionPageFactory(published=True)
        people.editor.post("wagtailadmin_pages:move_confirm", draft.pk, target.pk)
        after = Page.objects.get(pk=draft.pk)
        assert (after.get_parent().pk, after.live) == (target.pk, False)
        assert client.get(after.get_url()).status_code == 404

    def test_out_of_a_section_whose_translation_is_restricted(self, people):
        english = SectionPageFactory(restricted=True)
        german = SectionPageFactory(published=True, translation_of=english, language="de")
        inside = SectionPageFactory(published=True, parent=german)
        target = SectionPageFactory(published=True, language="de")
        people.editor.post("wagtailadmin_pages:move_confirm", inside.pk, target.pk)
        bulk(people.editor, "move", inside, chooser=str(target.pk))
        assert self.parent(inside) == german.pk

    @pytest.mark.parametrize("state", [{}, {"embargoed": True}, {"expired": True}])
    def test_a_public_page_out_of_a_hidden_section(self, people, state):
        hidden = SectionPageFactory(**state)
        inside = SectionPageFactory(published=True, parent=hidden)
        draft = SectionPageFactory(parent=hidden)
        target = SectionPageFactory(published=True)
        for page in (inside, draft):
            people.editor.post("wagtailadmin_pages:move_confirm", page.pk, target.pk)
        assert self.parent(inside) == hidden.pk
        assert self.parent(draft) == target.pk, "a draft may go where it likes"

    def test_between_two_hidden_sections(self, people):
        inside = SectionPageFactory(published=True, parent=SectionPageFactory())
        target = SectionPageFactory()
        people.editor.post("wagtailadmin_pages:move_confirm", inside.pk, target.pk)
        assert self.parent(inside) == target.pk


class TestOpeningWhatIsClosed:
    @pytest.fixture
    def closed(self):
        return SectionPageFactory(restricted=True)

    @pytest.mark.parametrize("kind", ["none", "groups", "password"])
    def test_an_editor_alone_does_not_open_a_closed_page(self, people, closed, client, kind):
        data = {"restriction_type": kind, "password": "x", "groups": [people.editor.user.groups.get().pk]}
        people.editor.post("wagtailadmin_pages:set_privacy", closed.pk, data=data)
        assert PageViewRestriction.objects.get().restriction_type == PageViewRestriction.LOGIN
        assert client.get(closed.get_url()).status_code == 404

    def test_an_administrator_does(self, people, closed, client):
        people.siteadmin.post("wagtailadmin_pages:set_privacy", closed.pk, data={"restriction_type": "none"})
        assert client.get(closed.get_url()).status_code == 200

    @pytest.mark.parametrize("who", ["editor", "siteadmin", "root"])
    def test_a_shared_password_is_refused_as_a_restriction(self, people, who):
        page = SectionPageFactory(published=True)
        data = {"restriction_type": "password", "password": "open sesame"}
        response = getattr(people, who).post("wagtailadmin_pages:set_privacy", page.pk, data=data)
        assert "password" not in str(response.context["form"].fields["restriction_type"].choices)
        assert not PageViewRestriction.objects.exists()

    def test_the_stock_address_for_passwords_tells_nothing(self, client, closed):
        rule = PageViewRestriction.objects.get()
        answers = [client.get(f"/en/_util/authenticate_with_password/{rule.pk}/{pk}/") for pk in (closed.pk, 99_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content

    def test_a_restriction_added_later_reaches_the_translations(self, people, client):
        english = SectionPageFactory(published=True)
        german = SectionPageFactory(published=True, translation_of=english, language="de")
        assert client.get(german.get_url()).status_code == 200
        people.editor.post("wagtailadmin_pages:set_privacy", english.pk, data={"restriction_type": "login"})
        assert client.get(german.get_url()).status_code == 404

    def test_deleting_the_restricted_page_does_not_open_its_translations(self, people, client, closed):
        german = SectionPageFactory(published=True, translation_of=closed, language="de")
        inside = SectionPageFactory(published=True, parent=german)
        people.editor.post("wagtailadmin_pages:delete", closed.pk)
        assert not Page.objects.filter(pk=closed.pk).exists()
        for page in (german, inside):
            assert client.get(page.get_url()).status_code == 404
        assert list(PageViewRestriction.objects.values_list("page", "restriction_type")) == [(german.pk, "login")]

    def test_a_restriction_to_groups_is_handed_on_with_its_groups(self, people):
        english = SectionPageFactory(published=True)
        german = SectionPageFactory(published=True, translation_of=english, language="de")
        group = people.legal.user.groups.get()
        PageViewRestriction.objects.create(page=english, restriction_type="groups").groups.add(group)
        bulk(people.editor, "delete", english)
        rule = PageViewRestriction.objects.get()
        assert (rule.page_id, list(rule.groups.all())) == (german.pk, [group])

    def test_the_last_page_of_a_work_takes_its_restriction_along(self, people, closed):
        people.editor.post("wagtailadmin_pages:delete", closed.pk)
        assert not PageViewRestriction.objects.exists()


class TestTranslators:
    """They hold *change* in their own tree, and nothing else."""

    @pytest.fixture
    def german(self, people):
        page = PublicationPageFactory(language="de", title="Deutsch", owner=people.author.user)
        page.save_revision()
        return page

    def test_edits_a_page_outside_the_own_locale(self, people, draft):
        data = people.root.form(draft)
        for who in ("translator_de", "reviewer_de", "reviewer_ar"):
            raw_edit(getattr(people, who), draft, data, title="Changed")
        assert Revision.objects.for_instance(draft).latest("pk").content["title"] == "On witnesses"

    def test_adds_a_page_in_the_own_locale(self, people, german):
        parent = german.get_parent()
        url = reverse("wagtailadmin_pages:add", args=["publications", "publicationpage", parent.pk])
        data = form_of(people.root.client.get(url), german)
        data.update({"title": "New", "slug": "new-by-translator"})
        people.translator_de.client.post(url, data)
        copy = {"new_title": "Copy", "new_slug": "new-by-translator", "new_parent_page": parent.pk}
        people.translator_de.post("wagtailadmin_pages:copy", german.pk, data=copy)
        assert not Page.objects.filter(slug="new-by-translator").exists()

    def test_deletes_moves_closes_or_orders_a_page_in_the_own_locale(self, people, german):
        index, parent = german.get_parent(), german.get_parent().pk
        desk = people.translator_de
        desk.post("wagtailadmin_pages:delete", german.pk)
        bulk(desk, "delete", german)
        desk.post("wagtailadmin_pages:set_privacy", german.pk, data={"restriction_type": "login"})
        desk.post("wagtailadmin_pages:lock", german.pk)
        desk.post("wagtailadmin_pages:unpublish", index.pk)
        desk.post("wagtailadmin_pages:delete", index.pk)
        after = Page.objects.get(pk=german.pk)
        assert (after.get_parent().pk, after.locked, is_live(index)) == (parent, False, True)
        assert not PageViewRestriction.objects.exists()
        tester = german.permissions_for_user(desk.user)
        assert (tester.can_edit(), tester.can_delete(), tester.can_move()) == (True, False, False)


VOCABULARY = {"place": PlaceFactory, "publicationkind": PublicationKindFactory, "workkind": WorkKindFactory}


class TestVocabulary:
    """Places and kinds stand on public pages at once, without approval: for Editors and nobody below."""

    def data(self, entry):
        data = {"name": "Changed", "code": "changed", "sort_order": "1", "kind": "city", "precision": "city"}
        return {**data, "latitude": "", "longitude": "", "parent": "", "iso": "", "alternative_names": ""}

    @pytest.mark.parametrize("who", ["author", "legal", "translator_de", "reviewer_de", "member"])
    @pytest.mark.parametrize("kind", VOCABULARY)
    def test_nobody_but_editors_changes_it(self, people, kind, who):
        entry = VOCABULARY[kind](language="de", name="Before")
        base = f"wagtailsnippets_cms_core_{kind}"
        desk = getattr(people, who)
        desk.post(f"{base}:edit", entry.pk, data=self.data(entry))
        desk.post(f"{base}:add", data=self.data(entry))
        desk.post(f"{base}:delete", entry.pk)
        assert list(type(entry).objects.filter(pk=entry.pk).values_list("name", flat=True)) == ["Before"]
        assert not type(entry).objects.filter(name="Changed").exists()

    @pytest.mark.parametrize("kind", VOCABULARY)
    def test_editors_do(self, people, kind):
        entry = VOCABULARY[kind](name="Before")
        people.editor.post(f"wagtailsnippets_cms_core_{kind}:edit", entry.pk, data=self.data(entry))
        assert type(entry).objects.get(pk=entry.pk).name == "Changed"

    def test_no_vocabulary_has_drafts_that_would_want_approval(self):
        for model in (Place, PublicationKind, WorkKind):
            assert not hasattr(model, "publish")


class TestTheRulesThemselves:
    """Who may change workflows, groups and accounts could change who approves."""

    @pytest.mark.parametrize("who", ["author", "editor", "legal", "translator_de", "reviewer_de"])
    def test_only_administrators_change_workflows_groups_and_accounts(self, people, who):
        desk = getattr(people, who)
        workflow = Workflow.objects.get(name="Editorial review")
        task = workflow.workflow_tasks.get().task
        editors = people.editor.user.groups.get(name=EDITORS)
        before = set(desk.user.groups.all())
        for name, args in {
            "wagtailadmin_workflows:edit": [workflow.pk],
            "wagtailadmin_workflows:disable": [workflow.pk],
            "wagtailadmin_workflows:edit_task": [task.pk],
            "wagtailadmin_workflows:disable_task": [task.pk],
            "wagtailusers_users:edit": [desk.user.pk],
            "wagtailusers_groups:edit": [editors.pk],
        }.items():
            data = {"name": "Mine", "groups": [editors.pk], "is_superuser": "on", "username": "mine"}
            assert desk.post(name, *args, data=data).status_code in (302, 403, 404), name
        workflow.refresh_from_db()
        task.refresh_from_db()
        user = User.objects.get(pk=desk.user.pk)
        assert (workflow.name, workflow.active, task.active) == ("Editorial review", True, True)
        assert (set(user.groups.all()), user.is_superuser, user.username) == (before, False, who)


class TestWithdrawnUnderAHiddenSection:
    """410 is for what anyone could read: a page below a draft section never was."""

    def test_it_is_a_404_for_ever(self, people, client):
        section = SectionPageFactory()
        inside = SectionPageFactory(published=True, parent=section)
        people.editor.post("workflows_withdraw", inside.pk, data={"reason": "A witness asked."})
        publish(Page.objects.get(pk=section.pk).specific)
        assert client.get(Page.objects.get(pk=inside.pk).get_url()).status_code == 404

    @pytest.mark.parametrize("then", ["restricted", "unpublished"])
    def test_the_address_of_a_deleted_page_below_a_section_that_was_closed_later(self, people, client, then):
        section = SectionPageFactory(published=True)
        inside = SectionPageFactory(published=True, parent=section)
        people.editor.post("workflows_withdraw", inside.pk, data={"reason": "A witness asked."})
        address = Page.objects.get(pk=inside.pk).get_url()
        people.editor.post("wagtailadmin_pages:delete", inside.pk)
        assert client.get(address).status_code == 410
        if then == "restricted":
            PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
        else:
            people.editor.post("wagtailadmin_pages:unpublish", section.pk)
        assert client.get(address).status_code == 404
