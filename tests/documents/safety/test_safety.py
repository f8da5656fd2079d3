"""Verdicts on documents: what processing records, what the editor sees, who may let a file pass, what is kept of it."""

from __future__ import annotations

import io

import pytest
from django.urls import resolve, reverse
from PIL import Image
from wagtail.models import ModelLogEntry

from cms.publications.models import PublicationFile
from documents import safety, safety_views, wording
from documents.adding import views as adding
from documents.checks import blocking
from documents.exceptions import OverrideRefused
from documents.extraction.cleaning import CLEANERS
from documents.extraction.errors import TooLongError
from documents.extraction.inspection import CODES
from documents.models import Document, DocumentCheck
from documents.processing import process
from tests.documents import making
from tests.documents.safety import offices, others, pdfs
from tests.documents.safety.planting import NAME, holds
from tests.factories import PublicationPageFactory
from tests.workflows.conftest import Desk, review_of
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocked(filed, people):
    """A file of the author's with a name under a box."""
    return filed(pdfs.box_by_word_processor(), user=people["author"])


@pytest.fixture
def desks(people):
    return {name: Desk(user) for name, user in people.items() if user is not None}


def screen(desk, document):
    return desk.client.get(reverse("document_safety", args=[document.pk]))


def check_of(document, name="text_covered"):
    return document.checks.get(name=name)


class TestProcessing:
    def test_a_leak_blocks_approval_with_a_sentence(self, blocked):
        assert blocked.state == "ready"
        check = check_of(blocked)
        assert check.state == "blocked"
        assert check.places[0]["page"] == 1 and check.places[0]["words"] == NAME
        assert blocking([blocked.pk]) == [
            "“Report” (version 1) is blocked by the safety check “Text under a box”: A box or a picture lies on words "
            "that can still be copied and searched."
        ]

    def test_a_clean_file_has_been_looked_at(self, filed):
        document = filed(making.report(2))
        assert document.checks.filter(name="inspection").exists()
        assert set(document.checks.values_list("state", flat=True)) == {"ok"}
        assert blocking([document.pk]) == []

    def test_what_was_removed_is_listed_and_blocks_nothing(self, filed):
        document = filed(pdfs.metadata())
        assert {"metadata", "attachments", "comments"} <= set(document.removed)
        assert "Attached files" in document.removed_labels
        assert check_of(document, "attachments").state == "ok"
        assert "public copy is without it" in check_of(document, "attachments").sentence
        assert blocking([document.pk]) == []

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (offices.word_comment, "a.docx"),
            (offices.book_hidden_sheet, "a.xlsx"),
            (offices.show_notes, "a.pptx"),
            (offices.odt_changes, "a.odt"),
            (others.jpeg_with_thumbnail, "a.jpg"),
            (lambda: others.mp3(head=True), "a.mp3"),
            (lambda: others.mp4(extra=others.place()), "a.mp4"),
            (lambda: others.rtf("", rf"{{\info{{\author {NAME}}}}}"), "a.rtf"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_public_copy_of_every_kind_is_clean(self, filed, data, name):
        document = filed(data(), name=name)
        assert (document.state, document.failure) == ("ready", "")
        assert document.sha256 != document.original_sha256
        with document.file.open() as file:
            assert not holds(file.read(), NAME)
        assert document.removed

    def test_internal_hosts_come_from_the_settings(self, filed, settings):
        settings.INTERNAL_HOSTS = ["staff.example.org"]
        document = filed(pdfs.text_of("See https://wiki.staff.example.org/x"))
        assert check_of(document, "internal_links").state == "blocked"

    def test_a_copy_that_cannot_be_proved_fails_with_a_sentence(self, filed, monkeypatch):
        """The child can't be patched from here: its job is exchanged for one that finds a difference."""
        from documents.extraction import sandbox
        from documents.extraction.errors import UnprovenError

        run = sandbox.run

        def unproven(job, *args, **more):
            if job == "clean_and_inspect":
                raise UnprovenError
            return run(job, *args, **more)

        monkeypatch.setattr(sandbox, "run", unproven)
        document = filed(making.report(1))
        assert document.state == "failed"
        assert "clean public copy could not be made" in document.failure
        assert document.sha256 == ""

    def test_every_code_and_every_removal_has_its_words(self):
        assert set(CODES) == set(wording.FINDINGS)
        assert CLEANERS
        for words in wording.FINDINGS.values():
            assert words.label and words.sentence.endswith(".") and words.remedy.endswith(".")


class TestScreen:
    def test_the_editor_sees_what_where_and_what_to_do(self, blocked, desks):
        html = screen(desks["author"], blocked).content.decode()
        for words in ("Text under a box", NAME, "Page 1", "What to do:", "Check again", "Legal review can let"):
            assert words in html
        assert "Let it pass" not in html
        judging = screen(desks["legal"], blocked).content.decode()
        reason = f"check-{check_of(blocked).pk}-reason"
        assert f'for="{reason}"' in judging and f'id="{reason}"' in judging
        edit = desks["author"].client.get(reverse("wagtaildocs:edit", args=[blocked.pk])).content.decode()
        assert "1 check blocks this file" in edit

    def test_the_place_is_marked_on_the_picture(self, blocked, desks):
        response = desks["author"].client.get(reverse("document_marked_page", args=[blocked.pk, 1]))
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "private, no-store"
        picture = Image.open(io.BytesIO(response.content)).convert("RGB")
        red = [
            (x, y)
            for x in range(picture.width)
            for y in range(picture.height)
            if (lambda p: p[0] > 150 and p[1] < 80 and p[2] < 90)(picture.getpixel((x, y)))
        ]
        scale = picture.width / 595
        left, top, right, bottom = (side * scale for side in check_of(blocked).places[0]["box"])
        assert left - 8 <= min(x for x, _ in red) <= left and right <= max(x for x, _ in red) <= right + 8
        assert top - 8 <= min(y for _, y in red) <= top and bottom <= max(y for _, y in red) <= bottom + 8

    def test_the_draft_lies_in_no_shared_folder_meanwhile(self, blocked, desks, settings, tmp_path, monkeypatch):
        """What a killed process leaves is cleared below ``VAR_DIR``, and nowhere else."""
        settings.VAR_DIR = tmp_path
        drawn, page_image = [], safety_views.page_image
        monkeypatch.setattr(
            safety_views,
            "page_image",
            lambda path, *args, **more: drawn.append(path) or page_image(path, *args, **more),
        )
        assert desks["author"].client.get(reverse("document_marked_page", args=[blocked.pk, 1])).status_code == 200
        assert drawn[0].is_relative_to(tmp_path / "scratch")

    def test_pages_without_marks_have_no_picture(self, blocked, desks, filed):
        clean = filed(making.report(2))
        root = desks["superuser"].client
        assert root.get(reverse("document_marked_page", args=[blocked.pk, 7])).status_code == 404
        assert root.get(reverse("document_marked_page", args=[clean.pk, 1])).status_code == 404

    def test_exactly_these_people_see_it(self, blocked, people, client):
        allowed = set()
        for name, user in people.items():
            client.logout()
            if user:
                client.force_login(user)
            addresses = [
                reverse("document_safety", args=[blocked.pk]),
                reverse("document_marked_page", args=[blocked.pk, 1]),
            ]
            answers = {client.get(address).status_code for address in addresses}
            assert len(answers) == 1
            if answers == {200}:
                allowed.add(name)
        assert allowed == {"author", "legal", "superuser"}

    def test_missing_and_forbidden_look_the_same(self, blocked, desks):
        missing = desks["author2"].client.get(reverse("document_safety", args=[10**6]))
        forbidden = screen(desks["author2"], blocked)
        assert (missing.status_code, missing.content) == (forbidden.status_code, forbidden.content)

    def test_check_again_finds_what_is_new(self, filed, desks, people, settings):
        document = filed(pdfs.text_of("See https://wiki.staff.example.org/x"), user=people["author"])
        assert blocking([document.pk]) == []
        settings.INTERNAL_HOSTS = ["staff.example.org"]
        again = reverse("document_check_again", args=[document.pk])
        assert desks["author"].client.get(again).status_code == 405
        response = desks["author"].client.post(again)
        assert desks["author"].messages(response) == ["The file was checked again."]
        assert check_of(document, "internal_links").blocks
        settings.INTERNAL_HOSTS = []
        desks["author"].client.post(again)
        assert not document.checks.filter(name="internal_links").exists()

    def test_check_again_keeps_what_was_noted_about_the_upload(self, filed):
        document = filed(pdfs.metadata())
        before = set(document.checks.values_list("name", "state"))
        safety.check_again(document)
        assert set(document.checks.values_list("name", "state")) == before

    def test_long_files_are_checked_by_the_worker(
        self, blocked, desks, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(safety, "AT_ONCE", 0)
        check_of(blocked).delete()
        with django_capture_on_commit_callbacks(execute=True):
            desks["author"].client.post(reverse("document_check_again", args=[blocked.pk]))
        assert check_of(blocked).blocks

    def test_files_that_take_long_are_checked_by_the_worker(
        self, blocked, desks, monkeypatch, django_capture_on_commit_callbacks
    ):
        def short(*args, limits, **kwargs):
            if limits is not None:
                raise TooLongError
            return inspect(*args, **kwargs)

        inspect = safety.inspect
        monkeypatch.setattr(safety, "inspect", short)
        check_of(blocked).delete()
        with django_capture_on_commit_callbacks(execute=True):
            desks["author"].client.post(reverse("document_check_again", args=[blocked.pk]))
        assert check_of(blocked).blocks

    def test_who_waits_for_a_file_is_answered_in_time_and_keeps_nobody_from_writing(self):
        """Requests are transactions by default, and SQLite has one that writes; servers in front give up after 60 s."""
        assert safety.WHILE_WAITING.wall_seconds <= adding.SECONDS
        for address in (
            reverse("document_check_again", args=[1]),
            reverse("document_marked_page", args=[1, 1]),
            reverse("document_direct_file"),
        ):
            assert "default" in resolve(address).func._non_atomic_requests

    def test_blocked_files_are_listed_for_those_who_decide(self, blocked, desks):
        listed = reverse("document_blocked_list")
        assert "Report" in desks["legal"].client.get(listed).content.decode()
        assert "Report" not in desks["author"].client.get(listed, follow=True).content.decode()


class TestOverride:
    def post(self, desk, document, reason="Only a page number.", check=None):
        check = check or check_of(document)
        data = {"reason": reason, "seen": check.stamp}
        return desk.client.post(reverse("document_override", args=[document.pk, check.pk]), data)

    def test_legal_lets_it_pass_with_a_reason_that_is_kept(self, blocked, desks, people):
        response = self.post(desks["legal"], blocked)
        assert response.status_code == 302
        check = check_of(blocked)
        assert (check.override_by, check.override_reason) == (people["legal"], "Only a page number.")
        assert blocking([blocked.pk]) == []
        entry = ModelLogEntry.objects.get(action="dossier.check.override")
        assert entry.user == people["legal"]
        assert entry.data == {"check": "text_covered", "reason": "Only a page number."}
        assert "Only a page number." in screen(desks["author"], blocked).content.decode()

    @pytest.mark.parametrize("who", ["author", "author2", "editor", "translator-de", "member", "leaver"])
    def test_nobody_else_does(self, blocked, desks, who):
        self.post(desks[who], blocked)
        assert check_of(blocked).blocks

    def test_without_a_reason_it_stays_blocked(self, blocked, desks):
        response = self.post(desks["legal"], blocked, reason="  ")
        assert "Say why" in response.content.decode()
        assert check_of(blocked).blocks

    def test_nobody_decides_about_what_they_were_not_shown(self, blocked, desks):
        shown = check_of(blocked)
        assert shown.stamp in screen(desks["legal"], blocked).content.decode()
        DocumentCheck.objects.filter(pk=shown.pk).update(places=[{"page": 2, "words": "the name of a witness"}])
        response = self.post(desks["legal"], blocked, check=shown)
        assert "The check says something else by now." in response.content.decode()
        assert check_of(blocked).blocks

    def test_a_reason_with_a_sign_that_no_database_takes(self, blocked, desks):
        self.post(desks["legal"], blocked, reason="A \0 number.")
        assert check_of(blocked).override_reason == "A  number."

    def test_who_uploaded_it_does_not_decide(self, filed, people):
        document = filed(pdfs.white(), user=people["legal"])
        with pytest.raises(OverrideRefused, match="You uploaded this file"):
            safety.override(check_of(document, "text_colour"), people["legal"], "Mine.")

    def test_a_second_override_changes_nothing(self, blocked, people):
        safety.override(check_of(blocked), people["legal"], "First.")
        with pytest.raises(OverrideRefused):
            safety.override(check_of(blocked), people["superuser"], "Second.")
        assert check_of(blocked).override_reason == "First."

    def test_it_holds_for_the_same_places_only(self, blocked, people):
        safety.override(check_of(blocked), people["legal"], "First.")
        safety.check_again(blocked)
        assert not check_of(blocked).blocks
        DocumentCheck.objects.filter(pk=check_of(blocked).pk).update(places=[])
        safety.check_again(blocked)
        assert check_of(blocked).blocks

    def test_the_record_of_the_approval_keeps_it(self, blocked, desks, people):
        page = PublicationPageFactory(owner=people["author"], files=[blocked])
        page.save_revision(user=people["author"])
        desks["author"].submit(page)
        review = review_of(page)
        shown = desks["editor"].get("workflows_review", review.pk).content.decode()
        assert "Text under a box" in shown and "disabled" in shown
        desks["editor"].decide(page)
        assert not ApprovalRecord.objects.filter(page_id=page.pk).exists()
        safety.override(check_of(blocked), people["legal"], "Only a page number.")
        shown = desks["editor"].get("workflows_review", review.pk).content.decode()
        assert "Only a page number." in shown
        desks["editor"].decide(page)
        (record,) = ApprovalRecord.objects.filter(page_id=page.pk)
        (kept,) = record.overrides
        assert "text_covered: Only a page number." in kept and str(people["legal"]) in kept

    def test_a_new_version_without_the_leak_passes(self, blocked, filed, people):
        """The editor finds the leak, mends it and publishes."""
        mended = filed(pdfs.really_redacted(), user=people["author"])
        assert blocking([mended.pk]) == []
        assert Document.objects.filter(pk=blocked.pk).exists()


def test_approver_sees_what_was_removed(filed, desks, people):
    document = filed(pdfs.metadata(), user=people["author"])
    page = PublicationPageFactory(owner=people["author"])
    page.files = [PublicationFile(document=document)]
    page.save_revision(user=people["author"])
    desks["author"].submit(page)
    html = desks["editor"].get("workflows_review", review_of(page).pk).content.decode()
    assert "Removed from the public copy:" in html and "Attached files" in html


def test_ready_document_is_not_processed_again(blocked):
    assert process(blocked.pk)
    assert check_of(blocked).blocks
