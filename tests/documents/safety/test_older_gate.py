"""A gate that learned to find more: files that an older one let pass are looked at again before they are published."""

from pathlib import Path

import pytest
from django.urls import reverse

from access.roles import EDITORS, LEGAL
from documents import safety
from documents.checks import blocking
from documents.extraction.errors import BrokenFileError, TooLongError
from documents.models import DocumentCheck, DocumentRelease
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
        (mail,) = mailoutbox
        assert mail.to == [legal.email]
        assert public.title not in mail.subject + mail.body
        assert "A check finds something in public files" in caplog.text
        public.checks.filter(name=INSPECTED).update(gate=safety.GATE - 1)
        safety.check_older()
        assert len(mailoutbox) == 1

    def test_one_that_takes_too_long_blocks_approval_and_is_no_finding(self, public, monkeypatch, mailoutbox):
        def break_off(*args, limits, **kwargs):
            assert limits is None, "as much as when it was filed"
            raise TooLongError

        monkeypatch.setattr(safety, "inspect", break_off)
        UserFactory(groups=[LEGAL], email="legal@dossier.example")
        safety.check_older()
        assert TooLongError.sentence in blocking([public.pk])[0]
        assert not safety.found_afterwards().exists() and mailoutbox == []

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
