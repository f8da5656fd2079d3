"""Embargo, expiry, withdrawal and the nightly check."""

import datetime
import logging
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, PageViewRestriction, Revision, WorkflowState

from access.visitor import Visitor
from documents import safety, wording
from documents.models import Document, DocumentCheck, DocumentRelease
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, publish
from tests.workflows.conftest import review_of
from workflows import approvals, schedule, withdrawals
from workflows.actions import WithdrawAction, withdraw
from workflows.drift import check_drift
from workflows.exceptions import NotApproved, WithdrawalRefused
from workflows.models import ApprovalRecord, Withdrawal

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def run_later(delay):
    """Runs the schedule as if ``delay`` had passed."""
    then = timezone.now() + delay
    with mock.patch("django.utils.timezone.now", lambda: then):
        return schedule.run_due()


def embargoed(people, delay=HOUR, **fields):
    """A page that went through review and waits for its time."""
    page = SectionPageFactory(owner=people.author.user, **fields)
    page.go_live_at = timezone.now() + delay
    page.save_revision(user=people.author.user)
    page.get_workflow().start(page, people.author.user)
    review_of(page).approve(user=people.editor.user)
    return Page.objects.get(pk=page.pk).specific


COUNTING_ON_IT = ["author@example.org", "editor@example.org", "legal@example.org"]
LATER = datetime.timedelta(seconds=15)


def reviewed_with_a_file(people):
    """A publication that went through both reviews and waits for its time, with a file."""
    author = people.author.user
    page = PublicationPageFactory(title="Chains", owner=author, files=[DocumentFactory(uploaded_by_user=author)])
    page.go_live_at = timezone.now() + HOUR
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    for who in ("editor", "legal"):
        review_of(page).approve(user=getattr(people, who).user)
    return Page.objects.get(pk=page.pk).specific


class TestRevert:
    def test_an_older_revision_comes_back_without_its_dates(self, people):
        author = people.author.user
        page = SectionPageFactory(owner=author, title="As it was")
        page.go_live_at, page.expire_at = timezone.now() + HOUR, timezone.now() + 2 * HOUR
        dated = page.save_revision(user=author)
        page.title, page.go_live_at, page.expire_at = "As it is", None, None
        page.save_revision(user=author)
        people.author.client.get(reverse("wagtailadmin_home"))
        shown = people.author.client.get(reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, dated.pk]))
        fields = shown.context["form"].initial
        assert fields["title"] == "As it was"
        assert (fields.get("go_live_at"), fields.get("expire_at")) == (None, None)


class TestEmbargo:
    def test_it_is_kept_and_then_ends(self, people, caplog):
        page = embargoed(people)
        assert (page.live, page.approved_schedule) == (False, True)
        assert schedule.run_due() == 0
        assert not Page.objects.get(pk=page.pk).live
        with caplog.at_level(logging.INFO):
            assert run_later(HOUR) == 1
        page = Page.objects.get(pk=page.pk)
        assert page.live
        assert run_later(HOUR) == 0

    def test_going_live_in_time_raises_no_alarm(self, people, caplog):
        page = embargoed(people)
        set_due(page, seconds=20)
        with caplog.at_level(logging.INFO):
            schedule.run_due()
        assert [record.event for record in caplog.records if hasattr(record, "event")] == ["embargo_over"]

    def test_going_live_late_raises_an_alarm(self, people, caplog):
        page = embargoed(people)
        set_due(page, seconds=61)
        schedule.run_due()
        (alarm,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert (alarm.event, alarm.page_id) == ("embargo_late", page.pk)
        assert alarm.seconds >= 61

    def test_a_rewritten_revision_is_not_published(self, people, caplog):
        page = embargoed(people)
        other = embargoed(people)
        revision = page.scheduled_revision
        revision.content["title"] = "Rewritten"
        revision.save()
        assert run_later(HOUR) == 1
        assert not Page.objects.get(pk=page.pk).live
        assert Page.objects.get(pk=other.pk).live, "one refusal kept another page from going live"
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at is None
        assert PageLogEntry.objects.filter(page=page.pk, action="dossier.schedule.refused").exists()
        assert "embargo_refused" in [getattr(record, "event", "") for record in caplog.records]
        assert people.editor.get("wagtailadmin_pages:history", page.pk).status_code == 200

    def test_a_file_that_is_no_longer_ready(self, people):
        file = DocumentFactory()
        page = PublicationPageFactory(embargoed=True, files=[file])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE documents_document SET state = 'failed'")
        assert run_later(48 * HOUR) == 0
        assert not Page.objects.get(pk=page.pk).live

    def test_it_waits_for_the_gate_that_looks_again_and_tells_once(
        self, people, mailoutbox, caplog, django_capture_on_commit_callbacks
    ):
        page = reviewed_with_a_file(people)
        mailoutbox.clear()
        gate = DocumentCheck.objects.filter(name=wording.INSPECTED)
        gate.update(gate=0)
        with django_capture_on_commit_callbacks(execute=True):
            assert (run_later(HOUR), run_later(HOUR + LATER)) == (0, 0)
            assert not mailoutbox
        with django_capture_on_commit_callbacks(execute=True):
            assert [run_later(2 * HOUR) for _ in range(3)] == [0, 0, 0]
        assert sorted(mail.to[0] for mail in mailoutbox) == COUNTING_ON_IT
        assert all("late" in mail.subject and "Chains" not in mail.subject + mail.body for mail in mailoutbox)
        assert [getattr(record, "event", "") for record in caplog.records].count("embargo_waits") == 1
        assert people.editor.get("wagtailadmin_pages:history", page.pk).status_code == 200
        gate.update(gate=99)
        assert run_later(2 * HOUR) == 1
        assert Page.objects.get(pk=page.pk).live

    def test_the_gate_looks_first_at_what_is_waited_for(self, people, monkeypatch):
        page, newer = reviewed_with_a_file(people), DocumentFactory()
        DocumentCheck.objects.filter(name=wording.INSPECTED).update(gate=0)
        asked = []
        monkeypatch.setattr(safety, "check_again", asked.append)
        assert safety.check_older() == 2
        assert asked == [page.files.get().document, newer]

    @pytest.mark.parametrize("state", [{"state": "waiting"}, {"scan": ""}])
    def test_it_waits_for_the_worker_and_the_scanner(self, people, state, monkeypatch):
        page = reviewed_with_a_file(people)
        monkeypatch.setattr("documents.scanning.is_on", lambda: True)
        QuerySet(Document).update(**{"scan": "clean", **state})
        assert run_later(HOUR) == 0
        QuerySet(Document).update(state="ready", scan="clean")
        assert run_later(HOUR) == 1
        assert Page.objects.get(pk=page.pk).live

    def test_a_refusal_is_told(self, people, mailoutbox, django_capture_on_commit_callbacks):
        page = reviewed_with_a_file(people)
        mailoutbox.clear()
        DocumentCheck.objects.filter(name=wording.INSPECTED).update(state="blocked", gate=0)
        with django_capture_on_commit_callbacks(execute=True):
            assert run_later(HOUR) == 0
        assert not Page.objects.get(pk=page.pk).approved_schedule
        assert sorted(mail.to[0] for mail in mailoutbox) == COUNTING_ON_IT
        assert all("not published" in mail.subject and "Chains" not in mail.body for mail in mailoutbox)

    @pytest.mark.parametrize(
        "fault", [ValidationError("Another page has this DOI."), RuntimeError("Nobody thought of it")]
    )
    def test_what_can_not_be_published_holds_up_nothing_else(
        self, people, monkeypatch, fault, caplog, mailoutbox, django_capture_on_commit_callbacks
    ):
        first, second = embargoed(people), embargoed(people, delay=HOUR + LATER)
        expired = SectionPageFactory(published=True)
        type(expired).objects.filter(pk=expired.pk).update(expire_at=timezone.now() + HOUR)
        publish_any = Revision.publish

        def publish_one(revision, *args, **kwargs):
            if revision.object_id == str(first.pk):
                raise fault
            return publish_any(revision, *args, **kwargs)

        monkeypatch.setattr(Revision, "publish", publish_one)
        with django_capture_on_commit_callbacks(execute=True):
            assert run_later(2 * HOUR) == 2
        live = Page.objects.live().in_bulk()
        assert second.pk in live and not {first.pk, expired.pk} & live.keys()
        events = [getattr(record, "event", "") for record in caplog.records if record.levelname == "ERROR"]
        assert events[0] == ("schedule_failed" if isinstance(fault, RuntimeError) else "embargo_refused")
        told = [mail for mail in mailoutbox if "another page has its number" in mail.body]
        assert bool(told) is isinstance(fault, ValidationError)
        again = Page.objects.get(pk=first.pk).approved_schedule
        assert again is isinstance(fault, RuntimeError)  # what a person has to mend is theirs again

    def test_a_public_page_with_a_scheduled_change(self, people, fresh):
        page = SectionPageFactory(published=True, title="Old")
        publish(page, title="New", go_live_at=timezone.now() + HOUR)
        assert fresh(page).title == "Old"
        run_later(HOUR)
        assert fresh(page).title == "New"

    def test_a_revision_that_another_worker_published_meanwhile(self, people):
        page = embargoed(people)
        revision = page.scheduled_revision
        Revision.objects.update(approved_go_live_at=None)
        assert schedule._publish(revision.pk, timezone.now() + HOUR) == 0

    def test_a_page_that_is_gone(self, people):
        page = embargoed(people)
        Page.objects.filter(pk=page.pk).delete()
        assert run_later(HOUR) == 0


def set_due(page, seconds):
    Revision.objects.filter(pk=page.scheduled_revision.pk).update(
        approved_go_live_at=timezone.now() - datetime.timedelta(seconds=seconds)
    )


class TestExpiry:
    def test_an_expired_page_is_taken_down(self, caplog):
        page = SectionPageFactory(published=True)
        type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - HOUR)
        with caplog.at_level(logging.INFO):
            assert schedule.run_due() == 1
        page.refresh_from_db()
        assert (page.live, page.expired) == (False, True)
        assert schedule.run_due() == 0
        revision = Revision.objects.for_instance(page).first()
        with pytest.raises(NotApproved):
            revision.publish()

    def test_a_page_that_another_worker_took_down(self):
        assert schedule._expire(SectionPageFactory().pk, timezone.now()) == 0


class TestWithdraw:
    @pytest.mark.parametrize("who", ["editor", "legal", "siteadmin", "root"])
    def test_one_person_takes_a_work_out_of_public_in_all_languages(self, people, who):
        file = DocumentFactory()
        source = PublicationPageFactory(published=True, files=[file])
        german = PublicationPageFactory(published=True, translation_of=source, language="de")
        assert DocumentRelease.objects.active().count() == 1
        response = getattr(people, who).post("workflows_withdraw", german.pk, data={"reason": "A witness asked."})
        assert response.status_code == 302
        assert not Page.objects.filter(translation_key=source.translation_key, live=True).exists()
        assert not DocumentRelease.objects.active().exists()
        rows = Withdrawal.objects.order_by("language").values_list("language", "reason", "was_public", "user_name")
        assert list(rows) == [("de", "A witness asked.", True, who), ("en", "A witness asked.", True, who)]
        assert PageLogEntry.objects.filter(action="dossier.withdraw").count() == 2
        message = getattr(people, who).messages(response)[0]
        assert message.startswith("Withdrawn in de, en: 2 public pages taken down, 1 files withdrawn")

    @pytest.mark.parametrize("who", ["author", "translator_de", "reviewer_de", "member"])
    def test_nobody_else(self, people, who):
        page = SectionPageFactory(published=True, owner=people.author.user)
        response = getattr(people, who).post("workflows_withdraw", page.pk, data={"reason": "I want."})
        assert response.status_code in (302, 404)
        with pytest.raises(WithdrawalRefused):
            withdraw(page, getattr(people, who).user, "I want.")
        assert Page.objects.get(pk=page.pk).live

    def test_someone_who_left(self, people):
        people.editor.user.is_active = False
        with pytest.raises(WithdrawalRefused):
            withdraw(SectionPageFactory(published=True), people.editor.user, "Bye.")

    def test_not_without_a_reason(self, people):
        page = SectionPageFactory(published=True)
        assert people.editor.post("workflows_withdraw", page.pk, data={"reason": " "}).status_code == 200
        with pytest.raises(WithdrawalRefused, match="Say why"):
            withdraw(page, people.editor.user, " ")
        with pytest.raises(WithdrawalRefused):
            withdraw(Page.get_first_root_node(), people.editor.user, "All.")
        assert Page.objects.get(pk=page.pk).live
        WithdrawAction(page, "By the system.").execute(skip_permission_checks=True)
        assert not Page.objects.get(pk=page.pk).live

    def test_a_refusal_of_the_action_is_shown(self, people, monkeypatch):
        page = SectionPageFactory(published=True)

        def refuse(*args, **kwargs):
            raise WithdrawalRefused("Not now.")

        monkeypatch.setattr("workflows.views.WithdrawAction.execute", refuse)
        response = people.editor.post("workflows_withdraw", page.pk, data={"reason": "Now."})
        assert "Not now." in response.content.decode()

    def test_while_locked(self, people):
        page = SectionPageFactory(published=True)
        type(page).objects.filter(pk=page.pk).update(locked=True, locked_by=people.editor2.user)
        people.legal.post("workflows_withdraw", page.pk, data={"reason": "Now."})
        assert not Page.objects.get(pk=page.pk).live

    def test_while_in_review(self, people):
        page = SectionPageFactory(published=True, title="Old")
        state = people.editor2.submit(page, title="New")
        people.legal.post("workflows_withdraw", page.pk, data={"reason": "Now."})
        assert not Page.objects.get(pk=page.pk).live
        assert not WorkflowState.objects.active().exists()
        people.editor.decide(page, state=state)
        assert not Page.objects.get(pk=page.pk).live

    def test_while_scheduled(self, people):
        page = embargoed(people)
        assert people.editor2.post("workflows_withdraw", page.pk, data={"reason": "Now."}).status_code == 302
        assert run_later(HOUR) == 0
        assert not Page.objects.get(pk=page.pk).live
        assert Withdrawal.objects.get().was_public is False
        revision = Revision.objects.for_instance(page).order_by("-pk").first()
        with pytest.raises(NotApproved):
            revision.publish()

    def test_while_scheduled_by_legal_review(self, people):
        page = embargoed(people)
        report = withdraw(page, people.legal.user, "Now.")
        assert (report.schedules_cleared, report.taken_down) == (1, 0)
        assert run_later(HOUR) == 0
        assert not Page.objects.get(pk=page.pk).live

    def test_it_comes_back_by_a_fresh_approval_only(self, people):
        page = SectionPageFactory(published=True)
        revision = page.live_revision
        withdraw(page, people.legal.user, "A mistake.")
        with pytest.raises(NotApproved):
            revision.publish()
        people.author2.user.groups.add(*people.editor2.user.groups.all())
        people.author2.submit(page)
        people.editor.decide(page)
        page = Page.objects.get(pk=page.pk)
        assert page.live
        assert withdrawals.at(page.url_path, page, Visitor()) is None

    def test_the_button(self, people):
        page = SectionPageFactory(published=True)
        link = reverse("workflows_withdraw", args=[page.pk])
        for who in ("editor", "root"):
            assert link in getattr(people, who).get("wagtailadmin_pages:edit", page.pk).content.decode()
        owned = SectionPageFactory(owner=people.author.user)
        owned.save_revision(user=people.author.user)
        text = people.author.get("wagtailadmin_pages:edit", owned.pk).content.decode()
        assert reverse("workflows_withdraw", args=[owned.pk]) not in text
        assert reverse("workflows_emergency", args=[owned.pk]) not in text

    def test_the_screen(self, people):
        page = SectionPageFactory(published=True)
        SectionPageFactory(translation_of=page, language="de")
        text = people.legal.get("workflows_withdraw", page.pk).content.decode()
        assert "English: live" in text
        assert "draft" in text

    def test_the_screen_names_other_pages_that_show_its_files(self, people):
        file, annex = DocumentFactory(content="same"), DocumentFactory()
        page = PublicationPageFactory(published=True, files=[file])
        german = PublicationPageFactory(published=True, files=[annex], translation_of=page, language="de")
        with_it = PublicationPageFactory(title="Reading list", published=True, files=[file, annex])
        PublicationPageFactory(title="Same bytes", published=True, files=[DocumentFactory(content="same")])
        PublicationPageFactory(title="Draft of it", files=[file]).save_revision()
        PublicationPageFactory(title="Something else", published=True, files=[DocumentFactory()])
        for who in ("editor", "legal"):
            answer = getattr(people, who).get("workflows_withdraw", german.pk)
            assert [each.title for each in answer.context["elsewhere"]] == ["Reading list", "Same bytes"]
            assert reverse("workflows_withdraw", args=[with_it.pk]) in answer.content.decode()
        withdraw(with_it, people.editor.user, "A witness asked.")
        answer = people.editor.get("workflows_withdraw", page.pk)
        assert [each.title for each in answer.context["elsewhere"]] == ["Same bytes"]

    def test_of_those_that_one_may_not_see_it_tells_the_number_only(self, people):
        file = DocumentFactory()
        page, other = (PublicationPageFactory(title=title, published=True, files=[file]) for title in ("One", "Hidden"))
        PageViewRestriction.objects.create(page=other, restriction_type=PageViewRestriction.GROUPS)
        text = people.legal.get("workflows_withdraw", page.pk).content.decode()
        assert "Hidden" not in text
        assert "1 more page that you may not see shows them too." in text

    def test_the_screen_of_a_work_whose_files_are_nowhere_else_names_none(self, people):
        page = PublicationPageFactory(published=True, files=[DocumentFactory()])
        text = people.legal.get("workflows_withdraw", page.pk).content.decode()
        assert "Other public pages" not in text and "may not see" not in text

    def test_rows_are_append_only(self, people):
        withdraw(SectionPageFactory(published=True), people.legal.user, "A mistake.")
        with pytest.raises(TypeError):
            Withdrawal.objects.get().save()


class TestNoteForReaders:
    def test_what_was_public_says_why_it_is_gone(self, people):
        page = SectionPageFactory(published=True)
        withdraw(page, people.legal.user, "A witness asked.")
        page.refresh_from_db()
        assert withdrawals.at(page.url_path, page, Visitor()).reason == "A witness asked."
        path = page.url_path
        page.delete()
        assert withdrawals.at(path, None, Visitor()).reason == "A witness asked."

    @pytest.mark.parametrize("state", [{}, {"embargoed": True}, {"restricted": True}])
    def test_what_was_not_public_is_not_there(self, people, state):
        page = SectionPageFactory(**state)
        withdraw(page, people.legal.user, "A witness asked.")
        page.refresh_from_db()
        path = page.url_path
        assert withdrawals.at(page.url_path, page, Visitor()) is None
        page.delete()
        assert withdrawals.at(path, None, Visitor()) is None

    def test_a_section_closed_later_tells_nothing(self, people):
        page = SectionPageFactory(published=True)
        withdraw(page, people.legal.user, "A witness asked.")
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        page.refresh_from_db()
        assert withdrawals.at(page.url_path, page, Visitor()) is None


class TestDrift:
    def test_approved_pages_agree_with_their_records(self):
        SectionPageFactory(published=True, title="Fine")
        PublicationPageFactory(published=True, files=[DocumentFactory()], authors=["A", "B"])
        Page.get_first_root_node().add_child(instance=Page(title="Plain", slug="plain"))
        assert check_drift() == []

    def test_a_statement_in_sql_is_found(self, caplog):
        page = SectionPageFactory(published=True, title="Fine")
        Page.objects.filter(pk=page.pk).update(title="Changed past the gate")
        assert check_drift() == [page.pk]
        (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert line.page_id == page.pk
        assert "Changed" not in line.getMessage()

    def test_a_page_made_live_in_sql_is_found(self):
        page = SectionPageFactory()
        Page.objects.filter(pk=page.pk).update(live=True)
        assert check_drift() == [page.pk]

    def test_a_child_row_is_found(self):
        page = PublicationPageFactory(published=True, files=[DocumentFactory()])
        page.files.model.objects.filter(page=page).update(document=DocumentFactory())
        assert check_drift() == [page.pk]

    def test_what_was_taken_down_since_its_approval_is_found(self, people):
        page = SectionPageFactory(published=True)
        withdraw(page, people.legal.user, "A witness asked.")
        Page.objects.filter(pk=page.pk).update(live=True)
        assert check_drift() == [page.pk]

    def test_the_approval_of_another_revision_is_none(self):
        page = SectionPageFactory(published=True, title="First")
        publish(page, title="Second")
        Page.objects.filter(pk=page.pk).update(title="First")
        assert check_drift() == [page.pk]

    def test_many_pages_take_no_more_statements_than_few(self):
        def statements():
            with CaptureQueriesContext(connection) as asked:
                assert check_drift() == []
            return len(asked)

        publications = [PublicationPageFactory(published=True, files=[DocumentFactory()]) for _number in range(2)]
        few = statements()
        publications += [PublicationPageFactory(published=True, authors=["A"]) for _number in range(8)]
        assert statements() == few

    def test_a_purged_revision_is_no_drift(self):
        page = SectionPageFactory(published=True)
        page.title = "Next"
        page.save_revision()
        call_command("purge_revisions", verbosity=0)
        assert check_drift() == []
        assert ApprovalRecord.objects.filter(page_id=page.pk).exists()


def test_an_approval_of_expiry_counts(people):
    """The times are part of what is approved."""
    page = SectionPageFactory()
    revision = page.save_revision()
    approvals.record(page, revision, approvals.Decision.APPROVED, None)
    changed = revision.as_object()
    changed.live, changed.live_revision = True, revision
    changed.expire_at = timezone.now() + HOUR
    with pytest.raises(NotApproved):
        changed.save()
