"""A gate that learned to find more: files that an older one let pass are looked at again before they are published."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from access import schedule
from access.roles import EDITORS, LEGAL
from documents import safety
from documents.checks import blocking
from documents.extraction.errors import BrokenFileError, TooLongError
from documents.models import Document, DocumentCheck, DocumentRelease
from documents.tasks import check_document
from documents.wording import INSPECTED
from tests.documents.safety import pdfs
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(filed):
    """A ready file that an older gate found in order, though it has white text."""
    document = filed(pdfs.white())
    document.checks.all().delete()
    document.checks.create(name=INSPECTED, state=DocumentCheck.State.OK, gate=safety.GATE - 1)
    return document


def test_it_is_not_published_before_this_gate_has_looked(older):
    (sentence,) = blocking([older.pk])
    assert "being searched for leaks again" in sentence
    assert safety.check_older() == 1
    (sentence,) = blocking([older.pk])
    assert "text_colour" in set(older.checks.blocking().values_list("name", flat=True))
    assert "being searched" not in sentence
    assert safety.check_older() == 0


def test_a_file_at_which_no_gate_ever_looked_is_no_better(older):
    older.checks.all().delete()
    assert "being searched for leaks again" in blocking([older.pk])[0]
    assert safety.check_older() == 1


def test_what_this_gate_let_pass_is_left_alone():
    document = DocumentFactory()
    assert blocking([document.pk]) == []
    assert safety.check_older() == 0


def test_what_can_not_be_read_is_blocked_with_the_reason(older, monkeypatch):
    def break_off(*args, **kwargs):
        raise BrokenFileError

    monkeypatch.setattr(safety, "inspect", break_off)
    assert safety.check_older() == 1
    (sentence,) = blocking([older.pk])
    assert BrokenFileError.sentence in sentence
    assert safety.check_older() == 0, "or the worker would try for ever"
    monkeypatch.undo()
    safety.check_again(older)
    assert older.checks.get(name=INSPECTED).state == DocumentCheck.State.OK


def test_a_file_that_is_gone_is_blocked_until_it_is_back(older, settings):
    stored = Path(settings.DOCUMENTS_ROOT) / older.file.name
    elsewhere = stored.rename(stored.with_suffix(".gone"))
    safety.check_older()
    assert any(safety.MISSING in sentence for sentence in blocking([older.pk]))
    elsewhere.rename(stored)
    safety.check_older()
    assert older.checks.get(name=INSPECTED).state == DocumentCheck.State.OK
    assert not any(safety.MISSING in sentence for sentence in blocking([older.pk]))


class TestPublished:
    @pytest.fixture
    def unread(self):
        """A file that is looked at after all newer ones."""
        return DocumentFactory(inspected=False)

    @pytest.fixture
    def public(self, older):
        PublicationPageFactory(published=True, files=[older])
        return older

    def panel(self, client, group):
        client.force_login(UserFactory(groups=[group]))
        return client.get(reverse("wagtailadmin_home")).content.decode()

    def test_legal_reads_it_on_the_first_page_with_the_way_to_withdraw(self, client, public):
        assert "found-afterwards" not in self.panel(client, LEGAL)
        safety.check_older()
        text = self.panel(client, LEGAL)
        assert reverse("document_safety", args=[public.pk]) in text
        assert reverse("document_withdraw", args=[public.pk]) in text
        assert "found-afterwards" not in self.panel(client, EDITORS)

    def test_it_is_an_error_in_the_log_and_one_mail_that_names_nothing(self, public, mailoutbox, caplog):
        legal = UserFactory(groups=[LEGAL], email="legal@dossier.example")
        UserFactory(groups=[EDITORS], email="editor@dossier.example")
        safety.check_older()
        safety.tell_findings()
        (mail,) = mailoutbox
        assert mail.to == [legal.email]
        assert public.title not in mail.subject + mail.body
        assert "A check finds something in public files" in caplog.text
        public.checks.filter(name=INSPECTED).update(gate=safety.GATE - 1)
        caplog.clear()
        safety.check_older()
        assert safety.tell_findings() == 0
        assert len(mailoutbox) == 1 and "public files" not in caplog.text

    def test_work_that_broke_off_loses_no_alarm(self, unread, public, mailoutbox, caplog, monkeypatch):
        """It told at its end only, and what it had found was known the next time."""
        UserFactory(groups=[LEGAL], email="legal@dossier.example")
        check_again = safety.check_again
        monkeypatch.setattr(safety, "check_again", lambda each: check_again(each) if each == public else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            safety.check_older()
        (job,) = [job for job in schedule.jobs() if job.name == "documents.tell_findings"]
        assert job.run() == 1
        assert len(mailoutbox) == 1 and "A check finds something in public files" in caplog.text

    @pytest.mark.parametrize("hours", [0, 2])
    def test_a_later_finding_is_told_though_the_first_is_unsettled(
        self, filed, public, mailoutbox, caplog, hours, monkeypatch
    ):
        UserFactory(groups=[LEGAL], email="legal@dossier.example")
        safety.check_older()
        safety.tell_findings()
        second = filed(pdfs.white())
        second.checks.blocking().update(state=DocumentCheck.State.OK)
        PublicationPageFactory(published=True, files=[second])
        check_document.call(second.pk)
        now = timezone.now() + timedelta(hours=hours)
        monkeypatch.setattr(timezone, "now", lambda: now)
        caplog.clear()
        assert safety.tell_findings() == 1
        (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert said.document_ids == [second.pk]
        assert len(mailoutbox) == (2 if hours else 1)
        now += timedelta(hours=1, seconds=1)
        assert safety.tell_findings() == 0
        assert len(mailoutbox) == 2

    def test_one_that_takes_too_long_blocks_approval_and_is_no_finding(self, public, monkeypatch, mailoutbox):
        def break_off(*args, limits, **kwargs):
            assert limits is None, "as much as when it was filed"
            raise TooLongError

        monkeypatch.setattr(safety, "inspect", break_off)
        UserFactory(groups=[LEGAL], email="legal@dossier.example")
        safety.check_older()
        assert TooLongError.sentence in blocking([public.pk])[0]
        assert not safety.found_afterwards().exists() and mailoutbox == []

    @pytest.mark.parametrize("what", ["a finding", "a file that can't be read"])
    def test_what_comes_after_is_told_anew(self, public, mailoutbox, monkeypatch, what):
        """Settled and found again, it is news."""
        UserFactory(groups=[LEGAL], email="legal@dossier.example")
        if what == "a finding":
            write = partial(safety._write, public, "text_covered")
            find, settle = partial(write, "blocked", [{"words": "a name"}]), partial(write, "ok", [])
        else:
            find, settle = partial(safety._looked, public, BrokenFileError.sentence), partial(safety._looked, public)
        now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: now)
        for mails in (1, 2):
            find()
            assert (safety.tell_findings(), len(mailoutbox)) == (1, mails)
            settle()
            now += timedelta(hours=2)

    def test_what_an_embargo_keeps_from_readers_is_no_alarm(self, public):
        safety.check_older()
        Document.objects.filter(pk=public.pk).hold_back(timezone.now() + timedelta(days=1))
        assert not safety.found_afterwards().exists()

    @pytest.mark.parametrize("how", ["overridden", "withdrawn", "draft"])
    def test_what_is_settled_or_not_public_is_not_told(self, older, how, mailoutbox):
        page = PublicationPageFactory(published=how != "draft", files=[older])
        safety.check_older()
        assert safety.found_afterwards().exists() is (how != "draft")
        if how == "overridden":
            older.checks.blocking().update(override_reason="It is meant so.")
        else:
            DocumentRelease.objects.filter(page_id=page.pk).withdraw(when=page.latest_revision_created_at, reason="x")
        assert not safety.found_afterwards().exists()
