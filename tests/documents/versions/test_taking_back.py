"""Taking versions back from the public, and restoring one: by approval only."""

from __future__ import annotations

import threading
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision

from access.roles import ADMINISTRATORS
from access.visitor import Visitor
from cms.publications.adding import PublicationFilesView
from cms.publications.models import PublicationFile
from documents import processing, releases, safety, wording
from documents.access import released_to
from documents.actions import add_document
from documents.checks import blocking
from documents.exceptions import OverrideRefused
from documents.models import Document, DocumentCheck, DocumentTokens
from documents.names import TYPES
from documents.processing import process
from documents.versions import usage
from documents.versions.actions import WithdrawalRefused, restore, take_back
from search import registry
from search.models import SearchOutbox
from search.pages import pack
from tests.documents.conftest import picture_by, small_pdf, upload
from tests.documents.making import docx_of
from tests.factories import CasePageFactory, DocumentFactory, PublicationPageFactory, UserFactory, publish
from workflows import actions as workflow_actions
from workflows import approvals, schedule
from workflows.emergency import emergency
from workflows.exceptions import NotApproved
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    """A page that showed version 1 and shows version 2 now."""
    first = DocumentFactory(title="Report", content="first")
    page = PublicationPageFactory(published=True, files=[first])
    second = DocumentFactory(title="Report", series=first.series, number=2, content="second")
    show(page, second)
    return page, first, second


def show(page, document):
    page = Page.objects.get(pk=page.pk).specific
    page.files = [PublicationFile(document=document)]
    publish(page)


def statuses(client, document) -> dict[str, int]:
    return {
        end: client.get(f"/d/{document.series}/{end}").status_code for end in ("", "v1/", "v2/", "v1/p/1/", "v2/p/1/")
    }


def test_an_old_version_alone(client, people, published):
    page, first, second = published
    assert [one.number for one in take_back(first, people["editor"], "It named a witness.")] == [1]
    answer = client.get(f"/d/{first.series}/v1/")
    assert answer.status_code == 410
    assert "It named a witness." in answer.content.decode()
    assert client.get(f"/d/{first.series}/").status_code == 200
    assert client.get(page.get_url()).status_code == 200


def test_the_newest_alone_brings_no_older_one_back(client, people, published):
    _page, first, second = published
    take_back(second, people["legal"], "It named a witness.")
    assert client.get(f"/d/{first.series}/").status_code != 200
    assert client.get(f"/d/{first.series}/v2/").status_code == 410
    assert client.get(f"/d/{first.series}/v1/").status_code != 200


def test_all_before_it_too(client, people, published):
    _page, first, second = published
    gone = take_back(second, people["editor"], "It named a witness.", all_before=True)
    assert [one.number for one in gone] == [1, 2]
    assert set(statuses(client, first).values()) <= {404, 410}


def test_the_index_is_told_in_the_same_transaction(people, published, settings):
    """And not after it: a process that died between the two left the page to be found by the words of the file."""
    page, _first, second = published
    settings.SEARCH_DRAIN_INLINE = False
    SearchOutbox.objects.all().delete()
    take_back(second, people["editor"], "It named a witness.")
    assert list(SearchOutbox.objects.values_list("key", flat=True)) == [f"{page.translation_key}/en"]


class TestItStaysWithdrawn:
    """Whatever way a page goes live: its approval says nothing of a file that was taken back since, or before."""

    @pytest.fixture
    def named(self, people):
        """A public page, and its file that was withdrawn: the page names it still."""
        document = DocumentFactory(title="Report")
        page = PublicationPageFactory(title="Report", published=True, files=[document])
        take_back(document, people["editor"], "It named a witness.")
        return Page.objects.get(pk=page.pk).specific, document

    def status(self, client, document):
        return client.get(f"/d/{document.series}/v{document.number}/").status_code

    def check(self, document):
        return DocumentCheck.objects.get(document=document, name=wording.WITHDRAWN)

    def test_who_approves_is_told_what_to_do(self, named):
        (sentence,) = blocking([named[1].pk], named[0].pk)
        assert sentence == (
            "“Report” (version 1) was withdrawn. Take it out of the page or choose another version. If it shall be "
            "public again, Legal review has to let it pass on the file's safety screen, with a reason."
        )

    def test_a_corrected_typo_does_not_bring_it_back(self, client, named):
        page, document = named
        with pytest.raises(NotApproved, match="was withdrawn"):
            publish(page, title="Typo mended")
        assert Page.objects.get(pk=page.pk).title == "Report"
        assert self.status(client, document) == 410

    def test_the_same_revision_once_more_does_not(self, client, named):
        page, document = named
        with pytest.raises(NotApproved, match="was withdrawn"):
            page.live_revision.publish(skip_permission_checks=True)
        assert self.status(client, document) == 410

    def test_an_approved_schedule_does_not(self, client, people, monkeypatch):
        document = DocumentFactory()
        page = PublicationPageFactory(title="Old", published=True, files=[document])
        page = Page.objects.get(pk=page.pk).specific
        planned = publish(page, title="New", go_live_at=timezone.now() + timedelta(hours=1))
        take_back(document, people["editor"], "It named a witness.")
        later = timezone.now() + timedelta(hours=2)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert schedule.run_due() == 0
        assert self.status(client, document) == 410
        assert Page.objects.get(pk=page.pk).title == "Old"
        assert Revision.objects.get(pk=planned.pk).approved_go_live_at is None

    def test_it_is_not_scheduled_either(self, named):
        with pytest.raises(NotApproved, match="was withdrawn"):
            publish(named[0], title="New", go_live_at=timezone.now() + timedelta(hours=1))

    def test_a_withdrawn_page_is_not_approved_with_it(self, client, people):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        workflow_actions.withdraw(page, people["editor"], "A witness asked for it.")
        assert "was withdrawn" in blocking([document.pk], page.pk)[0]
        with pytest.raises(NotApproved, match="was withdrawn"):
            publish(Page.objects.get(pk=page.pk).specific)
        assert not Page.objects.get(pk=page.pk).live
        assert self.status(client, document) == 410

    def test_an_emergency_does_not(self, client, people, named):
        page, document = named
        page.title = "Now"
        revision = page.save_revision()
        with pytest.raises(NotApproved, match="was withdrawn"), emergency(people["superuser"], "Now."):
            revision.publish(skip_permission_checks=True)
        assert self.status(client, document) == 410

    def test_another_page_does_not(self, client, named):
        with pytest.raises(NotApproved, match="was withdrawn"):
            PublicationPageFactory(published=True, files=[named[1]])
        assert self.status(client, named[1]) == 410

    def test_a_page_that_was_down_meanwhile_does_not(self, client, people):
        document = DocumentFactory()
        down, page = (PublicationPageFactory(published=True, files=[document]) for _ in range(2))
        Page.objects.get(pk=down.pk).specific.unpublish()
        workflow_actions.withdraw(page, people["editor"], "A witness asked for it.")
        with pytest.raises(NotApproved, match="was withdrawn"):
            publish(Page.objects.get(pk=down.pk).specific)
        assert self.status(client, document) == 410

    @pytest.mark.parametrize("shows", ["another file", "a newer version"])
    def test_a_page_that_shows_it_no_more_does_not(self, client, people, shows):
        document = DocumentFactory()
        page, other = (PublicationPageFactory(published=True, files=[document]) for _ in range(2))
        show(other, DocumentFactory(**{"series": document.series, "number": 2} if shows == "a newer version" else {}))
        workflow_actions.withdraw(page, people["editor"], "It named a witness.")
        assert self.status(client, document) == 410
        assert self.check(document).blocks
        with pytest.raises(NotApproved, match="was withdrawn"):
            PublicationPageFactory(published=True, files=[document])

    @pytest.mark.parametrize("content", ["the file", "its bytes"])
    def test_a_page_below_a_section_that_is_down_does_not(self, client, people, content):
        document = DocumentFactory(content="same")
        other = document if content == "the file" else DocumentFactory(content="same")
        case = CasePageFactory(published=True, documents=[other])
        section = case.get_parent().specific
        section.unpublish()
        page = PublicationPageFactory(published=True, files=[document])
        assert usage.shown_elsewhere([page.pk], people["editor"]) == ([], 0)
        workflow_actions.withdraw(page, people["editor"], "It named a witness.")
        publish(Page.objects.get(pk=section.pk).specific)
        assert client.get(case.get_url()).status_code == 200
        assert self.status(client, other) != 200

    def test_a_release_past_the_gate_does_not(self, client, named):
        page, document = named
        assert releases.release(page, page.live_revision) == []
        assert self.status(client, document) == 410

    def test_another_version_goes_public(self, client, published, people):
        page, first, second = published
        take_back(second, people["editor"], "It named a witness.")
        show(page, first)
        assert (self.status(client, first), self.status(client, second)) == (200, 410)
        third = DocumentFactory(title="Report", series=first.series, number=3, content="third")
        show(page, third)
        assert (self.status(client, third), self.status(client, second)) == (200, 410)

    def test_an_older_one_that_was_withdrawn_holds_up_nothing(self, client, published, people):
        page, first, second = published
        take_back(first, people["editor"], "It named a witness.")
        publish(Page.objects.get(pk=page.pk).specific, title="Typo mended")
        assert (self.status(client, first), self.status(client, second)) == (410, 200)

    def test_it_comes_back_from_being_unpublished(self, client):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        Page.objects.get(pk=page.pk).specific.unpublish()
        publish(Page.objects.get(pk=page.pk).specific)
        assert self.status(client, document) == 200

    def test_legal_brings_it_back_with_a_reason(self, client, people, named):
        page, document = named
        for who in ("author", "editor"):
            with pytest.raises(OverrideRefused, match="Only Legal"):
                safety.override(self.check(document), people[who], "I want it.")
        safety.override(self.check(document), people["legal"], "It was another file.")
        assert self.status(client, document) == 410  # until a page is approved with it
        assert blocking([document.pk], page.pk) == []
        publish(page, title="Typo mended")
        assert self.status(client, document) == 200
        assert "withdrawn: It was another file." in ApprovalRecord.objects.latest("pk").overrides[0]

    @pytest.mark.parametrize("names", ["the file", "its bytes"])
    @pytest.mark.parametrize("carried", [False, True])
    def test_by_no_approval_that_was_given_before(self, client, people, monkeypatch, names, carried):
        document = DocumentFactory(content="same")
        page = PublicationPageFactory(title="Old", published=True, files=[document])
        page = Page.objects.get(pk=page.pk).specific
        if names == "its bytes":
            named = DocumentFactory(content="same")
            page = PublicationPageFactory(title="Old", published=True)
            page.files = [PublicationFile(document=named)]
        else:
            named = document
        planned = publish(page, title="New", go_live_at=timezone.now() + timedelta(hours=1))
        take_back(document, people["editor"], "It named a witness.")
        if carried:
            approvals.record(page, planned, approvals.Decision.MERGE, None)
        safety.override(named.checks.blocking().get(), people["legal"], "Once the page is rewritten.")
        later = timezone.now() + timedelta(hours=2)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert schedule.run_due() == 0
        assert Page.objects.get(pk=page.pk).title == "Old"
        assert self.status(client, named) != 200
        publish(Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object(), go_live_at=None)
        assert self.status(client, named) == 200
        assert "Once the page is rewritten." in ApprovalRecord.objects.latest("pk").overrides[0]

    def test_nor_for_more_people_than_that_approval_was_about(self, client, people, named):
        """A page for members is approved anew: the public one that named it before says no more than it did."""
        page, document = named
        members = CasePageFactory(documents=[document])
        PageViewRestriction.objects.create(page=members, restriction_type=PageViewRestriction.LOGIN)
        safety.override(self.check(document), people["legal"], "For members only.")
        publish(members)
        assert document in released_to(Visitor(people["author"]))
        assert self.status(client, document) in (404, 410)
        DocumentTokens.objects.update_or_create(document=document, defaults={"blob": pack([])})
        key = f"{page.translation_key}/en"
        assert registry.source("publication").document(key).files == ()
        publish(page, title="Rewritten")
        assert self.status(client, document) == 200
        assert len(registry.source("publication").document(key).files) == 1

    def test_nor_does_the_revision_that_is_public_already(self, client, people, named):
        page, document = named
        safety.override(self.check(document), people["legal"], "Once the page is rewritten.")
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        client.force_login(people["superuser"])
        client.post(f"{address}?id={page.pk}")
        client.logout()
        assert self.status(client, document) == 410
        publish(page, title="Rewritten")
        assert self.status(client, document) == 200

    def test_that_holds_until_it_is_withdrawn_again(self, client, people, named):
        page, document = named
        safety.override(self.check(document), people["legal"], "It was another file.")
        publish(page, title="Typo mended")
        take_back(document, people["legal"], "It named a witness after all.")
        assert self.check(document).blocks
        with pytest.raises(NotApproved, match="was withdrawn"):
            publish(Page.objects.get(pk=page.pk).specific, title="Once more")
        assert self.status(client, document) == 410

    def test_what_a_newer_version_replaced_is_brought_back_by_nobody(self, published, people):
        _page, first, _second = published
        take_back(first, people["editor"], "It named a witness.")
        with pytest.raises(OverrideRefused, match="it stays withdrawn"):
            safety.override(self.check(first), people["legal"], "I want it.")

    def test_the_safety_screen_says_it_and_offers_the_way_back(self, client, people, named):
        document = named[1]
        client.force_login(people["legal"])
        screen = client.get(reverse("document_safety", args=[document.pk])).content.decode()
        assert "This version was withdrawn." in screen and "It named a witness." in screen
        address = reverse("document_override", args=[document.pk, self.check(document).pk])
        assert not client.get(reverse("document_blocked_list")).context["documents"]  # it waits for nobody
        client.post(address, {"reason": "It was another file.", "seen": self.check(document).stamp})
        assert blocking([document.pk]) == []

    def test_what_was_withdrawn_before_there_was_the_check_gets_it(self, people, named, published):
        DocumentCheck.objects.filter(name=wording.WITHDRAWN).delete()
        assert blocking([named[1].pk]) != []
        import_module("documents.migrations.0015_withdrawn_checks").add_checks(apps, None)
        (check,) = DocumentCheck.objects.filter(name=wording.WITHDRAWN)
        assert (check.document, check.blocks, check.places) == (named[1], True, [{"words": "It named a witness."}])

    def test_so_does_what_had_its_bytes_before(self, people, published):
        document, draft, public = (DocumentFactory(content="same") for _ in range(3))
        for each in (document, public):
            PublicationPageFactory(published=True, files=[each])
        copied = DocumentFactory(content="other", original_sha256=document.sha256)
        take_back(document, people["editor"], "It named a witness.")
        DocumentCheck.objects.filter(state=DocumentCheck.State.BLOCKED).delete()
        import_module("documents.migrations.0015_withdrawn_checks").add_checks(apps, None)
        found = DocumentCheck.objects.blocking().filter(name=wording.WITHDRAWN_BYTES)
        assert {check.document for check in found} == {draft, copied}
        assert all(check.places == [{"words": "It named a witness."}] for check in found)


class TestTheSameBytesAgain:
    SENTENCE = (
        "“Report” (version %d) has the same bytes as a file that was withdrawn, for this reason: “It named a witness.” "
        "Take it out of the page, or Legal review has to let it pass on the file's safety screen, with a reason."
    )

    @pytest.fixture
    def withdrawn(self, people, no_processing):
        """A processed file that was public, and the bytes that were uploaded."""
        data = small_pdf(2)
        document = add_document(upload(data, "one.pdf"), title="Report", user=people["author"])
        assert process(document.pk)
        PublicationPageFactory(published=True, files=[document])
        take_back(document, people["editor"], "It named a witness.")
        return Document.objects.get(pk=document.pk), data

    def test_restoring_a_withdrawn_version_needs_legal(self, withdrawn, people):
        again = restore(withdrawn[0], people["author"])
        assert process(again.pk)
        assert self.SENTENCE % 2 in blocking([again.pk])
        safety.override(again.checks.get(name=wording.WITHDRAWN_BYTES), people["legal"], "Only the cover was wrong.")
        assert blocking([again.pk]) == []
        assert "Only the cover was wrong." in safety.overridden([again.pk])[0]

    def test_so_does_uploading_it_as_another_file(self, withdrawn, people):
        other = add_document(upload(withdrawn[1], "two.pdf"), title="Report", user=people["author"])
        assert process(other.pk)
        assert blocking([other.pk]) == [self.SENTENCE % 1]

    def test_so_does_a_draft_of_another_file_that_was_there_already(self, people):
        document, draft = DocumentFactory(content="same"), DocumentFactory(content="same", title="Report")
        PublicationPageFactory(published=True, files=[document])
        assert blocking([draft.pk]) == []
        take_back(document, people["editor"], "It named a witness.")
        assert blocking([draft.pk]) == [self.SENTENCE % 1]

    def test_no_way_makes_it_public_either(self, client, people):
        document, draft = DocumentFactory(content="same"), DocumentFactory(content="same", title="Report")
        PublicationPageFactory(published=True, files=[document])
        page = PublicationPageFactory(files=[draft])
        take_back(document, people["editor"], "It named a witness.")
        with pytest.raises(NotApproved, match="same bytes"):
            publish(page)
        assert releases.release(page, page.latest_revision) == []
        safety.override(draft.checks.get(name=wording.WITHDRAWN_BYTES), people["legal"], "Only the cover was wrong.")
        publish(page)
        assert client.get(f"/d/{draft.series}/v1/").status_code == 200

    @pytest.fixture
    def brought_back(self, people):
        """A file that Legal let come back, its page, which isn't approved anew yet, and a draft with the bytes."""
        document, draft = DocumentFactory(content="same"), DocumentFactory(content="same", title="Report")
        page = PublicationPageFactory(published=True, files=[document])
        take_back(document, people["editor"], "It named a witness.")
        safety.override(document.checks.get(name=wording.WITHDRAWN), people["legal"], "It was another file.")
        return Page.objects.get(pk=page.pk).specific, document, draft

    def test_the_question_ends_when_the_withdrawn_file_is_public_again(self, brought_back, people):
        page, document, draft = brought_back
        assert blocking([draft.pk]) == [self.SENTENCE % 1]
        publish(page)
        assert blocking([draft.pk]) == []
        take_back(document, people["editor"], "It named a witness.")
        assert blocking([draft.pk]) == [self.SENTENCE % 1]

    @pytest.mark.parametrize("how", ["closed circle", "embargo", "another one is withdrawn"])
    def test_not_before(self, brought_back, people, how):
        page, document, draft = brought_back
        if how == "closed circle":
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        elif how == "embargo":
            Document.objects.filter(pk=document.pk).hold_back(timezone.now() + timedelta(days=1), was_public=True)
        else:
            safety.override(draft.checks.get(name=wording.WITHDRAWN_BYTES), people["legal"], "It is another file.")
            publish(PublicationPageFactory(files=[draft]))
            take_back(draft, people["editor"], "It named a witness.")
            safety.override(document.checks.get(name=wording.WITHDRAWN), people["legal"], "It was another file.")
            draft = DocumentFactory(content="same", title="Report")
            releases.compare_with_withdrawn(draft)
        publish(page)
        assert blocking([draft.pk]) == [self.SENTENCE % 1]

    @pytest.mark.parametrize("was", ["withdrawn and let pass", "taken down", "public once and withdrawn"])
    def test_so_does_what_was_public_before(self, client, people, was):
        document, other = DocumentFactory(content="same"), DocumentFactory(content="same", title="Report")
        PublicationPageFactory(published=True, files=[document])
        page = Page.objects.get(pk=PublicationPageFactory(published=True, files=[other]).pk).specific
        if was == "taken down":
            page.unpublish()
        else:
            take_back(other, people["editor"], "Wrong cover.")
        if was == "withdrawn and let pass":
            safety.override(other.checks.get(name=wording.WITHDRAWN), people["legal"], "The cover was right.")
        take_back(document, people["editor"], "It named a witness.")
        (check,) = DocumentCheck.objects.blocking().filter(document=other)
        reasons = (
            ["Wrong cover.", "It named a witness."] if was == "public once and withdrawn" else ["It named a witness."]
        )
        assert [place["words"] for place in check.places] == reasons
        with pytest.raises(NotApproved, match="withdrawn"):
            publish(Page.objects.get(pk=page.pk).specific, title="Typo mended")
        assert client.get(f"/d/{other.series}/v1/").status_code != 200

    def test_what_was_approved_for_later_is_not_public_then(self, client, people, monkeypatch):
        document, other = DocumentFactory(content="same"), DocumentFactory(content="same", title="Report")
        until = timezone.now() + timedelta(hours=1)
        Document.objects.filter(pk=other.pk).hold_back(until, was_public=False)
        PublicationPageFactory(published=True, files=[document])
        page = PublicationPageFactory(published=True, files=[other])
        take_back(document, people["editor"], "It named a witness.")
        check = other.checks.blocking().get()
        assert (check.name, check.places) == (wording.WITHDRAWN, [{"words": "It named a witness."}])
        with monkeypatch.context() as later:
            later.setattr(timezone, "now", lambda: until + timedelta(hours=1))
            assert client.get(f"/d/{other.series}/v1/").status_code == 404
        safety.override(check, people["legal"], "It was another file.")
        publish(Page.objects.get(pk=page.pk).specific, title="Once more")
        monkeypatch.setattr(timezone, "now", lambda: until + timedelta(hours=1))
        assert client.get(f"/d/{other.series}/v1/").status_code == 200

    def test_what_members_have_is_theirs_until_somebody_takes_it(self, people):
        document, other = DocumentFactory(content="same"), DocumentFactory(content="same")
        PublicationPageFactory(published=True, files=[document])
        PublicationPageFactory(restricted=True, files=[other])
        take_back(document, people["editor"], "It named a witness.")
        assert blocking([other.pk]) == []

    @pytest.mark.parametrize("was", ["for members", "for all"])
    def test_the_reason_is_for_those_who_could_read_the_file(self, client, people, was):
        document = DocumentFactory(content="same")
        mine = DocumentFactory(content="same", title="Report", uploaded_by_user=people["author"])
        page = PublicationPageFactory(published=True)
        if was == "for members":
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        show(page, document)
        take_back(document, people["editor"], "It named a witness.")
        (sentence,) = blocking([mine.pk])
        assert ("It named a witness." in sentence) is (was == "for all")
        assert "has the same bytes as a file that was withdrawn" in sentence
        screens = {}
        for role in ("author", "legal"):
            client.force_login(people[role])
            screens[role] = client.get(reverse("document_safety", args=[mine.pk])).content.decode()
        assert ("It named a witness." in screens["author"]) is (was == "for all")
        assert "It named a witness." in screens["legal"]
        assert all("A file with the same bytes was withdrawn." in screen for screen in screens.values())

    def test_other_bytes_need_nobody(self, withdrawn, people):
        other = add_document(upload(small_pdf(3), "two.pdf"), title="Report", user=people["author"])
        assert process(other.pk)
        assert blocking([other.pk]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks: its writers queue up anyway")
class TestTwoAtOnce:
    def beside(self, work, other):
        """Runs ``work`` in a transaction, ``other`` from its middle on in another thread."""
        ContentType.objects.clear_cache()

        def run():
            other()
            connection.close()

        thread = threading.Thread(target=run)
        with transaction.atomic():
            work()
            thread.start()
            thread.join(timeout=1)
            assert thread.is_alive()  # it waits
        thread.join()

    def test_what_is_approved_beside_a_withdrawal_is_not_released(self, client, people):
        document, outcomes = DocumentFactory(), []
        page = PublicationPageFactory(published=True, files=[document])
        page = Page.objects.get(pk=page.pk).specific

        def approve():
            try:
                publish(page, title="Typo mended")
            except NotApproved:
                outcomes.append("refused")

        self.beside(lambda: take_back(document, people["editor"], "It named a witness."), approve)
        assert outcomes == ["refused"]
        assert client.get(f"/d/{document.series}/v1/").status_code == 410

    def test_nor_is_what_has_its_bytes(self, client, people):
        twin, document, outcomes = DocumentFactory(content="same"), DocumentFactory(content="same"), []
        PublicationPageFactory(published=True, files=[document])
        page = PublicationPageFactory(files=[twin])

        def approve():
            try:
                publish(page)
            except NotApproved:
                outcomes.append("refused")

        self.beside(lambda: take_back(document, people["editor"], "It named a witness."), approve)
        assert outcomes == ["refused"]
        assert client.get(f"/d/{twin.series}/v1/").status_code == 404

    def test_what_is_withdrawn_beside_an_approval_is_withdrawn_with_it(self, client, people):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        page = Page.objects.get(pk=page.pk).specific
        other = PublicationPageFactory(files=[document])
        self.beside(
            lambda: publish(other),
            lambda: take_back(document, people["editor"], "It named a witness."),
        )
        assert client.get(f"/d/{document.series}/v1/").status_code == 410

    @pytest.fixture
    def meet(self, monkeypatch):
        """Runs ``work``, and ``other`` in another thread from where ``work`` first calls what lies at ``place``; returns
        what they raised: a circle of waiting is an OperationalError of one of them."""

        def met(work, place, other):
            ContentType.objects.clear_cache()
            raised, real, threads = [], getattr(*place), []

            def run():
                try:
                    with transaction.atomic():
                        other()
                except OperationalError as error:
                    raised.append(error)
                connection.close()

            def stop(*args, **kwargs):
                if not threads:
                    threads.append(threading.Thread(target=run))
                    threads[0].start()
                    threads[0].join(timeout=0.5)
                return real(*args, **kwargs)

            monkeypatch.setattr(*place, stop)
            try:
                with transaction.atomic():
                    work()
            except OperationalError as error:
                raised.append(error)
            threads[0].join()
            return raised

        return met

    def test_two_pages_with_the_same_files(self, people, meet):
        files = [DocumentFactory(), DocumentFactory()]
        one, other = (PublicationPageFactory(published=True, files=order) for order in (files, files[::-1]))
        assert not meet(
            lambda: workflow_actions.withdraw(one, people["editor"], "It named a witness."),
            (workflow_actions, "withdraw_releases"),
            lambda: workflow_actions.withdraw(other, people["legal"], "It named a witness."),
        )
        assert not released_to(Visitor()).exists()

    def test_a_page_and_a_version_of_its_file(self, people, meet, published):
        page, _first, second = published
        assert not meet(
            lambda: workflow_actions.withdraw(page, people["editor"], "It named a witness."),
            (releases, "_block"),
            lambda: pytest.raises(WithdrawalRefused, take_back, second, people["legal"], "It named a witness."),
        )
        assert not released_to(Visitor()).exists()

    def test_a_file_and_the_processing_of_one_with_its_bytes(self, people, meet, no_processing):
        """Other details about its maker; the public copies are the same."""
        one, other = (
            add_document(upload(picture_by(name), "map.png"), title="Map", user=people["author"])
            for name in ("Anna", "Bert")
        )
        assert process(one.pk)
        PublicationPageFactory(published=True, files=[one])
        assert not meet(
            lambda: process(other.pk),
            (processing, "_replace_derived"),
            lambda: take_back(one, people["editor"], "It named a witness."),
        )
        one, other = Document.objects.get(pk=one.pk), Document.objects.get(pk=other.pk)
        assert (one.sha256, one.original_sha256 != other.original_sha256) == (other.sha256, True)
        assert "same bytes" in blocking([other.pk])[0]

    def test_a_page_and_its_own_approval(self, people, meet):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        page.title = "Typo mended"
        revision = page.save_revision()
        approvals.record(page, revision, approvals.Decision.APPROVED, None)
        assert not meet(
            lambda: workflow_actions.withdraw(page, people["editor"], "It named a witness."),
            (workflow_actions.WithdrawAction, "_note"),
            lambda: pytest.raises(NotApproved, revision.publish, skip_permission_checks=True),
        )
        assert not released_to(Visitor()).exists()

    def test_a_work_and_the_move_of_its_pages_to_another_version(self, people, meet):
        first = DocumentFactory(language="de")
        page = PublicationPageFactory(title="B", published=True, files=[first])
        german = PublicationPageFactory(title="A", files=[first], translation_of=page, language="de")
        german.save_revision()
        second = DocumentFactory(series=first.series, number=2, uploaded_by_user=people["superuser"])
        assert not meet(
            lambda: usage.move([page, german], second, people["superuser"]),
            (usage, "log"),
            lambda: workflow_actions.withdraw(page, people["legal"], "It named a witness."),
        )
        assert not released_to(Visitor()).exists()

    def test_a_page_and_the_files_that_somebody_adds_to_it(self, people, meet, rf):
        page, document = PublicationPageFactory(published=True), DocumentFactory(uploaded_by_user=people["superuser"])
        request = rf.get("/")
        request.user, request._messages = people["superuser"], SimpleNamespace(add=lambda *args, **kwargs: None)
        screen = PublicationFilesView(request=request, kwargs={"page_id": page.pk})
        data = {"language": "en", "role": "full", "label": "", "format_group": ""}
        assert not meet(
            lambda: workflow_actions.withdraw(page, people["editor"], "It named a witness."),
            (workflow_actions.WithdrawAction, "_note"),
            lambda: screen.filed([(document, data)]),
        )
        assert not Page.objects.get(pk=page.pk).live

    def test_a_version_and_what_legal_decides_about_it(self, people, meet):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        take_back(document, people["editor"], "It named a witness.")
        check = document.checks.get(name=wording.WITHDRAWN)
        safety.override(check, people["legal"], "It was another file.")
        publish(Page.objects.get(pk=page.pk).specific, title="Back")
        assert not meet(
            lambda: take_back(document, people["editor"], "It named a witness after all."),
            (releases, "_block"),
            lambda: safety.override(check, people["legal"], "I want it."),
        )
        assert not released_to(Visitor()).exists()


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        ("author", "Reason", "Only editors"),
        ("translator-de", "Reason", "Only editors"),
        ("leaver", "Reason", "Only editors"),
        ("editor", "  ", "Say why"),
    ],
)
def test_refusals(people, published, who, reason, sentence):
    with pytest.raises(WithdrawalRefused, match=sentence):
        take_back(published[1], people[who], reason)


def test_what_was_never_public_can_not_be_withdrawn(people):
    with pytest.raises(WithdrawalRefused, match="Nothing of this is public"):
        take_back(DocumentFactory(), people["editor"], "Reason")


def test_the_screen(client, people, published):
    _page, first, _second = published
    client.force_login(people["superuser"])
    address = reverse("document_withdraw", args=[first.pk])
    assert "All older versions too" in client.get(address).content.decode()
    assert "This field is required" in client.post(address, {"reason": ""}).content.decode()
    answer = client.post(address, {"reason": "A name had to go."}, follow=True)
    assert "Withdrawn: version 1." in answer.content.decode()
    assert "withdrawn" in answer.content.decode()
    refused = client.post(address, {"reason": "Again."})
    assert "Nothing of this is public" in refused.content.decode()


class TestWhatSaysTheSame:
    """Of one report: PDF and EPUB, in English and German; and the PDF once more, on another page."""

    @pytest.fixture
    def report(self, client, people):
        epub = {"mime": "application/epub+zip", "title": "Report as EPUB"}
        files = {
            "pdf": DocumentFactory(title="Report", content="pdf"),
            "epub": DocumentFactory(**epub),
            "annex": DocumentFactory(title="Annex"),
            "german": DocumentFactory(title="Bericht", language="de"),
            "elsewhere": DocumentFactory(title="Reading list", content="pdf"),
            "draft": DocumentFactory(title="Draft", content="pdf"),
        }
        page = PublicationPageFactory()
        page.files = [
            PublicationFile(document=files["pdf"], language="en", format_group="Report"),
            PublicationFile(document=files["epub"], language="en", format_group="report"),
            PublicationFile(document=files["annex"], language="en", role="annex"),
        ]
        publish(page)
        PublicationPageFactory(published=True, files=[files["german"]], translation_of=page, language="de")
        PublicationPageFactory(published=True, files=[files["elsewhere"]])
        client.force_login(people["editor"])
        return files

    def readable(self, files):
        return {name for name, document in files.items() if document in released_to(Visitor())}

    def test_the_screen_lists_it_ticked_and_the_rest_of_the_work_below(self, client, report):
        form = client.get(reverse("document_withdraw", args=[report["pdf"].pk])).context["form"]
        assert [label for _key, label in form.fields["together"].choices] == [
            "Bericht, PDF: in another language (German)",
            "Reading list, PDF: the same bytes",
            "Report as EPUB, EPUB: in another format",
            "Annex, PDF: of the same work (Annex)",
        ]
        named = [report[name] for name in ("german", "elsewhere", "epub")]
        assert form["together"].initial == [str(document.pk) for document in named]

    def test_a_summary_in_another_language_is_no_other_format(self, client, report):
        row = PublicationFile.objects.get(document=report["german"])
        row.role, row.format_group = PublicationFile.Role.SUMMARY, "Report"
        row.save()
        form = client.get(reverse("document_withdraw", args=[report["pdf"].pk])).context["form"]
        labels = dict(form.fields["together"].choices)
        german = str(report["german"].pk)
        assert labels[german] == "Bericht, PDF: of the same work (Summary)"
        assert german not in form["together"].initial

    def test_it_goes_with_it(self, client, report):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        ticked = client.get(address).context["form"]["together"].initial
        answer = client.post(address, {"reason": "It named a witness.", "together": ticked}, follow=True)
        assert "Withdrawn with it: Bericht; Reading list; Report as EPUB." in answer.content.decode()
        assert self.readable(report) == {"annex"}
        client.logout()
        assert client.get(report["epub"].url).status_code == 410

    def test_what_is_not_ticked_stays(self, client, report):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        client.post(address, {"reason": "It named a witness.", "together": [str(report["epub"].pk)]})
        assert self.readable(report) == {"annex", "german", "elsewhere"}

    @pytest.mark.parametrize("gone", ["pdf", "elsewhere"])
    def test_what_a_colleague_withdrew_meanwhile_is_in_the_way_of_nothing(self, client, report, people, gone):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        ticked = client.get(address).context["form"]["together"].initial
        take_back(report[gone], people["legal"], "It named a witness.")
        answer = client.post(address, {"reason": "It named a witness.", "together": ticked}, follow=True)
        assert "Withdrawn with it: Bericht; " in answer.content.decode()
        assert self.readable(report) == {"annex"}

    def test_what_went_public_meanwhile_is_named(self, client, report):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        ticked = client.get(address).context["form"]["together"].initial
        PublicationPageFactory(published=True, files=[report["draft"]])
        answer = client.post(address, {"reason": "It named a witness.", "together": ticked}, follow=True)
        assert "Says the same and is public still: Draft, PDF: the same bytes." in answer.content.decode()

    def test_what_an_editor_may_not_know_of_is_counted(self, client, report, people):
        page = PublicationPageFactory(published=True, files=[DocumentFactory(title="Witness list", content="pdf")])
        Page.objects.get(pk=page.pk).specific.delete()
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        screen = client.get(address).content.decode()
        assert "Witness list" not in screen and "1 more file that you may not see" in screen
        client.force_login(people["legal"])
        screen = client.get(address).content.decode()
        assert "Witness list" in screen and "that you may not see" not in screen

    def test_the_rest_of_the_work_goes_where_it_is_ticked(self, client, report):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        client.post(address, {"reason": "It named a witness.", "together": [str(report["annex"].pk)]})
        assert self.readable(report) == {"epub", "german", "elsewhere"}

    def test_nothing_else_can_be_named(self, client, report):
        address = reverse("document_withdraw", args=[report["pdf"].pk])
        other = DocumentFactory()
        PublicationPageFactory(published=True, files=[other])
        answer = client.post(address, {"reason": "It named a witness.", "together": [str(other.pk)]})
        assert answer.context["form"].errors["together"]
        assert "pdf" in self.readable(report)

    def test_of_an_older_version_what_was_replaced_with_it(self, client, report):
        page = Page.objects.get(publicationpage__files__document=report["pdf"]).specific
        newer = {
            name: DocumentFactory(title="New", series=report[name].series, number=2, mime=report[name].mime)
            for name in ("pdf", "epub")
        }
        page.files = [PublicationFile(document=each, language="en", format_group="Report") for each in newer.values()]
        publish(page)
        form = client.get(reverse("document_withdraw", args=[report["pdf"].pk])).context["form"]
        labels = [label for _key, label in form.fields["together"].choices]
        assert labels == [
            "Bericht, PDF: in another language (German)",  # nobody corrected it
            "Reading list, PDF: the same bytes",
            "Report as EPUB, EPUB: in another format",
        ]

    def test_an_older_version_with_the_same_bytes(self, client, people, published):
        _page, first, _second = published
        again = DocumentFactory(title="Report", series=first.series, number=3, content="first")
        show(_page, again)
        client.force_login(people["editor"])
        form = client.get(reverse("document_withdraw", args=[again.pk])).context["form"]
        assert form["together"].initial == [str(first.pk)]

    def test_who_holds_back_or_erases_one_is_told(self, client, report, people):
        held = client.get(reverse("document_embargo", args=[report["pdf"].pk])).content.decode()
        assert all(title in held for title in ("Bericht", "Reading list", "Report as EPUB"))
        client.force_login(people["legal"])
        erased = client.get(reverse("document_erase", args=[report["pdf"].pk])).content.decode()
        assert "Report as EPUB" in erased and "Reading list" not in erased

    def test_nobody_is_told_of_what_they_may_not_know(self, client, people):
        mine = DocumentFactory(content="same", uploaded_by_user=people["author"])
        DocumentFactory(content="same", title="Witness list", uploaded_by_user=people["author2"])
        client.force_login(people["author"])
        assert "Witness list" not in client.get(reverse("document_embargo", args=[mine.pk])).content.decode()


def test_each_role_that_may_withdraw_has_the_screen(client, people, published):
    people["administrator"] = UserFactory(groups=[ADMINISTRATORS])
    allowed = set()
    for role, user in people.items():
        if user is not None:
            client.force_login(user)
        if client.get(reverse("document_withdraw", args=[published[1].pk])).status_code == 200:
            allowed.add(role)
    assert allowed == {"editor", "legal", "administrator", "superuser"}


def test_who_may_not_know_of_a_file_has_no_screen_for_it(client, people):
    mine = DocumentFactory(uploaded_by_user=people["author"])
    for role in ("author", "editor"):
        client.force_login(people[role])
        assert client.post(reverse("document_withdraw", args=[mine.pk]), {"reason": "x"}).status_code == 404


def test_legal_withdraws_from_the_safety_screen(client, people, published):
    first = published[1]
    client.force_login(people["legal"])
    address = reverse("document_withdraw", args=[first.pk])
    screen = reverse("document_safety", args=[first.pk])
    assert f'href="{address}"' in client.get(screen).content.decode()
    answer = client.post(address, {"reason": "A name had to go."})
    assert (answer.status_code, answer.url) == (302, screen)
    assert f'href="{address}"' not in client.get(screen).content.decode()
    assert client.get(f"/d/{first.series}/v1/").status_code == 410


class TestRestore:
    @pytest.fixture
    def versions(self, people, no_processing):
        first = add_document(upload(small_pdf(1), "one.pdf"), title="Report", user=people["author"])
        Document.objects.filter(pk=first.pk).finish(
            file=first.original.name, sha256=first.original_sha256, size=first.size, page_count=1
        )
        return Document.objects.get(pk=first.pk), DocumentFactory(series=first.series, number=2, content="second")

    def test_the_bytes_come_back_as_the_newest_version(self, versions, people):
        first, _second = versions
        third = restore(first, people["author"])
        assert (third.number, third.series, third.original_sha256) == (3, first.series, first.sha256)
        assert third.original.name != first.original.name

    def test_what_was_uploaded_in_an_old_format_comes_back_in_the_one_of_its_public_copy(self, people, no_processing):
        data = docx_of(["hello"])
        document = DocumentFactory(
            mime=TYPES["docx"], original_name="w.doc", file=ContentFile(data, name="f"), size=len(data)
        )
        assert restore(document, people["author"]).original_name == "w.docx"

    def test_nothing_is_public_by_it(self, versions, people, client):
        third = restore(versions[0], people["author"])
        assert client.get(f"/d/{third.series}/v3/").status_code == 404

    def test_the_screen_asks_first(self, versions, people, client):
        client.force_login(people["superuser"])
        address = reverse("document_restore", args=[versions[0].pk])
        assert client.get(address).status_code == 200
        assert Document.objects.count() == 2
        answer = client.post(address, follow=True)
        assert "Version 1 was added again as version 3." in answer.content.decode()

    def test_a_missing_file_is_a_sentence(self, versions, people, client):
        first, _second = versions
        first.file.storage.delete(first.file.name)
        client.force_login(people["superuser"])
        answer = client.post(reverse("document_restore", args=[first.pk]), follow=True)
        assert "can&#x27;t be read at the moment" in answer.content.decode()
        assert Document.objects.count() == 2


def test_versions_name_their_neighbours(client, published):
    _page, first, second = published
    series = first.series
    old = client.get(f"/d/{series}/v1/").headers["Link"]
    new = client.get(f"/d/{series}/v2/").headers["Link"]
    assert f'</d/{series}/v2/>; rel="successor-version"' in old
    assert "predecessor-version" not in old
    assert f'</d/{series}/v1/>; rel="predecessor-version"' in new
    assert "successor-version" not in new


def test_a_hidden_neighbour_is_not_named(client, published):
    _page, first, _second = published
    DocumentFactory(series=first.series, number=3, content="third")
    assert "v3" not in client.get(f"/d/{first.series}/v2/").headers["Link"]
