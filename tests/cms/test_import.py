"""The import: many rows at once, each as if an editor had made it, the same file twice changing nothing."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry

from access.visitor import Visitor
from cms.core.models import Place, PublicationKind
from cms.publications.importing import Importer, waiting, writing
from cms.publications.importing.cleaning import clean_html
from cms.publications.models import ImportedRow, PublicationIndexPage, PublicationPage
from cms.topics.models import TopicPage
from documents import actions, embargo, intake, safety
from documents.access import readable_by
from documents.models import Document, DocumentRelease, DocumentUse
from documents.processing import process
from documents.rights import Rights
from documents.versions.actions import take_back, take_back_together
from search.models import SearchOutbox
from tests.documents.safety import pdfs
from tests.factories import (
    DocumentFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)
from workflows import actions as workflow_actions
from workflows.actions import withdraw
from workflows.content import content_hash
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db

ROW = {
    "key": "r-0001",
    "language": "en",
    "title": "In the chain of command",
    "subtitle": "How courts prove it",
    "summary": "Thirty-one proceedings.",
    "abstract": "<p>Who gave the <strong>orders</strong>.</p>",
    "body": "<h2>Findings</h2><p>They came from <a href='https://example.org/x'>one office</a>.</p>",
    "kind": "Report",
    "date": "2024-06-01",
    "authors": ["A. Author", {"name": "The Desk", "organisation": True}],
    "editors": ["E. Editor"],
    "topics": ["Impunity"],
    "places": ["Brussels"],
    "glossary": ["Universal jurisdiction"],
    "reference_number": "R-1",
    "licence": "cc-by-4.0",
}


@pytest.fixture(autouse=True)
def no_drain(settings):
    settings.SEARCH_DRAIN_INLINE = False


def lines(*rows):
    return [json.dumps(row) for row in rows]


def run(*rows, **options):
    return Importer(**options).run(lines(*rows))


def errors(*rows, **options):
    return [sentence for _line, sentence in run(*rows, **options).errors]


def pdf(text="Page one"):
    from fpdf import FPDF

    document = FPDF()
    document.add_page()
    document.set_font("helvetica")
    document.cell(text=text)
    return bytes(document.output())


def send_back(page, user):
    """A review that ends with changes requested."""
    page.get_workflow().start(page, UserFactory())
    page.current_workflow_task_state.specific.reject(user=user, comment="Not like this.")


def test_imported_publication_has_all_that_its_row_says(client):
    user = UserFactory()
    assert run(ROW, publish=True, user=user).created == 1
    page = PublicationPage.objects.get(key="r-0001")
    response = client.get(page.get_url())
    assert response.status_code == 200
    assert page.slug == "in-the-chain-of-command"
    assert page.kind.name == "Report"
    assert [person.name for person in response.context["authors"]] == ["A. Author", "The Desk"]
    assert [person.name for person in response.context["editors"]] == ["E. Editor"]
    assert [card.title for card in response.context["topics"]] == ["Impunity"]
    assert page.places.get().place.name == "Brussels"
    assert page.glossary_terms.get().term.title == "Universal jurisdiction"
    assert "<b>orders</b>" in page.abstract
    assert b"Findings" in response.content
    record = ApprovalRecord.objects.get(page_id=page.pk)
    assert (record.decision, record.user_name, record.revision_id) == ("import", str(user), page.live_revision_id)


def test_imported_page_is_as_if_an_editor_had_made_it():
    user = UserFactory()
    run(ROW, publish=True, user=user)
    page = PublicationPage.objects.get(key="r-0001")
    revision = page.live_revision
    assert revision == page.latest_revision
    assert content_hash(revision.content) == content_hash(page.serializable_data())
    assert revision.as_object().topics.get().topic.title == "Impunity"
    assert Page.find_problems() == ([], [], [], [], [])
    assert page.get_parent().specific == PublicationIndexPage.objects.get(locale=page.locale)
    assert page.url_path == f"{page.get_parent().url_path}{page.slug}/"
    logged = PageLogEntry.objects.filter(page=page.pk).values_list("action", "user")
    assert set(logged) == {("wagtail.create", user.pk), ("wagtail.publish", user.pk)}
    kind_reference = ReferenceIndex.objects.filter(object_id=str(page.pk), model_path="kind")
    assert kind_reference.get().to_object_id == str(page.kind_id)
    ReferenceIndex.create_or_update_for_object(page)
    assert ReferenceIndex.objects.filter(object_id=str(page.pk)).count() == 4
    assert SearchOutbox.objects.filter(key=f"{page.translation_key}/en").exists()
    assert IndexEntry.objects.filter(object_id=str(page.pk), title__contains="chain").exists()
    publish(page, title="An editor goes on")
    assert PublicationPage.objects.get(pk=page.pk).title == "An editor goes on"


def test_without_publish_pages_are_drafts(client):
    assert run(ROW).created == 1
    page = PublicationPage.objects.get(key="r-0001")
    assert not page.live and page.has_unpublished_changes and page.live_revision_id is None
    assert client.get(page.get_url()).status_code == 404
    assert not ApprovalRecord.objects.filter(page_id=page.pk).exists()


def test_drafts_are_published_by_a_later_run(client):
    run(ROW)
    assert run(ROW, publish=True).updated == 1
    assert client.get(PublicationPage.objects.get(key="r-0001").get_url()).status_code == 200
    assert run(ROW, publish=True).unchanged == 1


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_draft_that_an_editor_changed_is_not_published_by_a_later_run(field):
    run(ROW)
    draft = PublicationPage.objects.get(key="r-0001").get_latest_revision_as_object()
    changed = {"title": "Without the name", "body": [("long_text", "<p>Without the name</p>")]}
    setattr(draft, field, changed[field])
    draft.save_revision()
    assert errors(ROW, publish=True) == ["Somebody changed this draft since its import. Submit it for review."]
    page = PublicationPage.objects.get(key="r-0001")
    assert not page.live and "Without the name" in str(getattr(page.get_latest_revision_as_object(), field))


def test_same_file_again_changes_nothing():
    rows = [{**ROW, "key": f"r-{number}", "title": f"Title {number}"} for number in range(5)]
    run(*rows, publish=True)
    before = (Revision.objects.count(), Page.objects.count(), PageLogEntry.objects.count())
    summary = run(*rows, publish=True)
    assert (summary.unchanged, summary.created, summary.updated) == (5, 0, 0)
    assert (Revision.objects.count(), Page.objects.count(), PageLogEntry.objects.count()) == before


@pytest.mark.parametrize("options", [{}, {"publish": True}, {"dry_run": True}])
def test_a_publication_in_review_is_refused_and_the_others_go_on(options):
    user, other = UserFactory(), {**ROW, "key": "r-0002", "title": "Another", "reference_number": "R-2"}
    run(ROW)
    page = PublicationPage.objects.get()
    page.get_workflow().start(page, UserFactory())
    summary = run({**ROW, "title": "Changed"}, other, user=user, **options)
    assert summary.errors == [(1, "This publication is in review. Import it again when that is decided.")]
    assert summary.created == 1
    assert PublicationPage.objects.get(pk=page.pk).get_latest_revision_as_object().title == ROW["title"]


def test_changed_row_is_a_draft_or_a_new_approved_version():
    run(ROW, publish=True)
    page = PublicationPage.objects.get(key="r-0001")
    first = page.live_revision_id
    assert run({**ROW, "title": "Draft title", "authors": []}).updated == 1
    page.refresh_from_db()
    assert (page.title, page.live_revision_id, page.has_unpublished_changes) == (ROW["title"], first, True)
    assert run({**ROW, "title": "New title", "topics": ["Other"]}, publish=True).updated == 1
    page = PublicationPage.objects.get(pk=page.pk)
    assert page.title == "New title"
    assert [row.topic.title for row in page.topics.all()] == ["Other"]
    assert ApprovalRecord.objects.filter(page_id=page.pk, decision="import").count() == 2


class TestAnEditorsDraft:
    CHANGED = {**ROW, "summary": "Changed"}
    KEPT = (
        "Somebody changed this publication since its import, and that isn't public yet. Their draft was kept: "
        "publish it or revert it, then import the row again."
    )

    @pytest.fixture(params=[True, False], ids=["published", "draft"])
    def page(self, request):
        """An imported publication that an editor works on."""
        run(ROW, publish=request.param)
        draft = PublicationPage.objects.get().get_latest_revision_as_object()
        draft.title = "Without the name"
        draft.save_revision(user=UserFactory(is_superuser=True))
        return PublicationPage.objects.get()

    @pytest.mark.parametrize("options", [{}, {"publish": True}, {"dry_run": True}])
    def test_is_kept(self, page, options):
        before = Revision.objects.count()
        assert errors(self.CHANGED, **options) == [self.KEPT]
        assert Revision.objects.count() == before
        assert PublicationPage.objects.get().get_latest_revision_as_object().title == "Without the name"

    def test_that_was_published_is_followed_by_the_next_version(self, page):
        publish(page.get_latest_revision_as_object())
        assert run(self.CHANGED, publish=True).updated == 1
        assert PublicationPage.objects.get().summary == "Changed"

    def test_that_was_reverted_is_nothing_to_keep(self, page):
        first = Revision.objects.for_instance(page).order_by("pk").first()
        first.as_object().save_revision()
        assert run(self.CHANGED).updated == 1

    def test_of_a_row_that_an_earlier_version_imported_is_kept_too(self, page):
        ImportedRow.objects.update(written_hash="")
        assert errors(self.CHANGED) == [self.KEPT]

    def test_is_none_where_the_import_wrote_the_last_draft_itself(self):
        run(ROW)
        assert run(self.CHANGED).updated == 1
        assert run({**ROW, "summary": "Changed again"}).updated == 1


def test_what_was_taken_down_is_not_published_again():
    run(ROW, publish=True)
    page = PublicationPage.objects.get(key="r-0001")
    page.unpublish()
    assert run(ROW, publish=True).unchanged == 1
    run({**ROW, "title": "Changed"}, publish=True)
    page.refresh_from_db()
    assert not page.live


def test_a_draft_that_was_withdrawn_is_not_published_by_a_later_run():
    run(ROW)
    page = PublicationPage.objects.get(key="r-0001")
    withdraw(page, UserFactory(is_superuser=True), "It named a witness.")
    assert run(ROW, publish=True).unchanged == 1
    run({**ROW, "title": "Changed"}, publish=True)
    page.refresh_from_db()
    assert not page.live


@pytest.mark.parametrize("options", [{}, {"publish": True}, {"dry_run": True}])
def test_a_locked_publication_is_refused(options):
    run(ROW)
    Page.objects.filter(pk=PublicationPage.objects.get().pk).update(locked=True)
    assert errors({**ROW, "title": "Changed"}, **options) == [
        "This publication is locked. Import it again when it is unlocked."
    ]
    assert PublicationPage.objects.get().get_latest_revision_as_object().title == ROW["title"]


def test_a_draft_that_a_reviewer_sent_back_is_not_published_by_a_later_run():
    run(ROW)
    page, user = PublicationPage.objects.get(), UserFactory(is_superuser=True)
    send_back(page, user)
    assert run(ROW, publish=True).unchanged == 1
    page.refresh_from_db()
    assert not page.live


def test_another_language_is_a_translation_of_the_same_work():
    german = {**ROW, "language": "de", "title": "In der Befehlskette", "topics": ["Impunity"]}
    assert run(german, ROW, publish=True).created == 2
    english, translated = PublicationPage.objects.filter(key="r-0001").order_by("locale__language_code")[::-1]
    assert english.locale.language_code == "en"
    assert english.translation_key == translated.translation_key
    assert translated.url_path.startswith("/de/publikationen/")
    french = {**ROW, "language": "fr", "title": "Dans la chaîne"}
    run(french, publish=True)
    assert PublicationPage.objects.get(locale__language_code="fr").translation_key == english.translation_key


def test_known_vocabulary_is_used_and_unknown_refused_when_strict():
    topic = TopicPageFactory(published=True, title="Impunity")
    place = PlaceFactory(name="Brussels")
    kind = PublicationKindFactory(name="Report", code="report")
    row = {**ROW, "glossary": []}
    assert run({**row, "kind": "REPORT"}, strict=True).created == 1
    page = PublicationPage.objects.get(key="r-0001")
    assert (page.topics.get().topic, page.places.get().place, page.kind) == (topic, place, kind)
    assert errors({**row, "key": "r-2", "topics": ["Nobody knows"]}, strict=True) == [
        "Nobody knows is unknown (topics)."
    ]
    assert TopicPage.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "A row needs a key and a title."),
        ({"key": None}, "A row needs a key and a title."),
        ({"title": "x" * 256}, "title has 256 characters; at most 255 are allowed."),
        ({"title": ["list"]}, "title is a text."),
        ({"language": "xx"}, "xx is no language of this site."),
        ({"date": "2024-02-30"}, "date doesn't exist in the calendar."),
        ({"date": "yesterday"}, "date is written as 2024-06-01."),
        ({"topics": "Impunity"}, "topics is a list."),
        ({"topics": [1]}, "topics is a list of names."),
        ({"authors": [{}]}, "authors is a list of names."),
        ({"colour": "red"}, "Unknown field: colour."),
        ({"body": "a\x00b"}, "body holds a NUL."),
        ({"files": [{"path": "a.pdf"}]}, "The row names files, but no folder was given: use --files."),
    ],
)
def test_bad_row_is_refused_with_its_line_and_the_others_go_in(change, sentence):
    good = {**ROW, "key": "good"}
    summary = run({**ROW, **change}, good)
    assert summary.errors == [(1, sentence)]
    assert summary.created == 1


def test_lines_that_are_no_rows_are_refused():
    summary = Importer().run(["{not json", "[1]", "", json.dumps(ROW), json.dumps(ROW)])
    assert [line for line, _sentence in summary.errors] == [1, 2, 5]
    assert summary.created == 1


def test_doi_belongs_to_one_work():
    run({**ROW, "doi": "10.5555/x"})
    german = {**ROW, "doi": "10.5555/x", "language": "de", "title": "Deutsch"}
    other = {**ROW, "key": "r-2", "doi": "10.5555/x"}
    assert errors(german, other) == ["Another publication has this DOI or ISBN already."]


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p onclick=x>a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p><a>a</a></p>"),
        ('<p>a<img src="https://evil.example/x.gif">b</p>', "<p>ab</p>"),
        ("<p>a<iframe src=x></iframe><svg><script>1</script></svg></p>", "<p>a</p>"),
        ('<embed embedtype="image" id="1"/><p>a</p>', "<p>a</p>"),
        ('<p><a linktype="document" id="7">a</a></p>', "<p><a>a</a></p>"),
        ("<h1>A</h1><p><strong>b</strong> <em>c</em></p>", "<h2>A</h2><p><b>b</b> <i>c</i></p>"),
        ("one\n\ntwo & three", "<p>one</p><p>two &amp; three</p>"),
        ("", ""),
    ],
)
def test_html_is_cut_down_to_what_an_editor_can_write(html, cleaned):
    assert clean_html(html) == cleaned


def test_slugs_are_unique_and_old_pages_keep_theirs():
    run(ROW)
    run({**ROW, "key": "r-2"}, {**ROW, "key": "r-3"}, {**ROW, "key": "r-4", "title": "!!!"})
    assert sorted(PublicationPage.objects.values_list("slug", flat=True)) == [
        "in-the-chain-of-command",
        "in-the-chain-of-command-2",
        "in-the-chain-of-command-3",
        "r-4",
    ]
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_slug_that_an_editor_took_meanwhile_is_taken(monkeypatch):
    monkeypatch.setattr("cms.publications.importing.run.BATCH", 1)

    def rows():
        yield from lines({**ROW, "key": "a", "title": "One"})
        PublicationPageFactory(title="Other", slug="other")
        yield from lines({**ROW, "key": "b", "title": "Other"})

    assert Importer().run(rows()).created == 2
    assert sorted(PublicationPage.objects.values_list("slug", flat=True)) == ["one", "other", "other-2"]


def test_so_is_the_new_slug_of_an_old_page(monkeypatch):
    monkeypatch.setattr("cms.publications.importing.run.BATCH", 1)
    old = PublicationPageFactory(title="Draft", slug="draft")

    def rows():
        yield from lines({**ROW, "key": "a", "title": "One"})
        PublicationPage.objects.filter(pk=old.pk).update(slug="other")
        yield from lines({**ROW, "key": "b", "title": "Other"})

    assert Importer().run(rows()).created == 2
    assert sorted(PublicationPage.objects.values_list("slug", flat=True)) == ["one", "other", "other-2"]


def read_through():
    """What the worker does after an import: files, then the pages that wait for them. Returns how many it published."""
    for document in Document.objects.exclude(state=Document.State.READY):
        process(document.pk)
    return waiting.publish_due()


class TestFiles:
    ROW = {**ROW, "files": [{"path": "en/a.pdf", "language": "en", "role": "full report"}]}

    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "in" / "en").mkdir(parents=True)
        (tmp_path / "in" / "en" / "a.pdf").write_bytes(pdf())
        (tmp_path / "secret.pdf").write_bytes(pdf("secret"))
        return tmp_path / "in"

    def test_files_are_filed_named_and_released(self, folder):
        assert run(self.ROW, files=folder, publish=True).errors == []
        read_through()
        page = PublicationPage.objects.get(key="r-0001")
        document = Document.objects.get()
        assert page.files.get().document == document
        assert DocumentUse.objects.get().revision_id == page.live_revision_id
        assert DocumentRelease.objects.get().page_id == page.pk
        assert document in readable_by(Visitor())
        assert document.title == ROW["title"] and document.original_name == "a.pdf"

    def test_a_page_is_a_draft_until_its_files_are_through_their_checks(self, folder, client):
        user = UserFactory()
        summary = run(self.ROW, ROW | {"key": "r-2", "title": "No file"}, files=folder, publish=True, user=user)
        assert (summary.created, summary.waiting) == (2, 1)
        page = PublicationPage.objects.get(key="r-0001")
        assert not page.live and page.has_unpublished_changes and page.live_revision_id is None
        assert PublicationPage.objects.get(key="r-2").live
        assert not DocumentRelease.objects.exists() and not ApprovalRecord.objects.filter(page_id=page.pk).exists()
        assert waiting.publish_due() == 0
        again = run(self.ROW, files=folder, publish=True)
        assert (again.unchanged, again.waiting, again.blocked) == (1, 1, [])
        assert (read_through(), waiting.publish_due()) == (1, 0)
        assert client.get(page.get_url()).status_code == 200
        record, document = ApprovalRecord.objects.get(page_id=page.pk), Document.objects.get()
        assert (record.decision, record.user_name) == ("import", str(user))
        assert record.documents == {str(document.pk): document.sha256} != {str(document.pk): ""}
        assert run(self.ROW, files=folder, publish=True).waiting == 0

    def blocked(self, folder, **row):
        (folder / "en" / "a.pdf").write_bytes(pdfs.box_by_word_processor())
        run({**self.ROW, **row}, files=folder, publish=True, user=UserFactory())
        read_through()
        return PublicationPage.objects.get(key="r-0001"), Document.objects.latest("pk")

    def let_pass(self, document, reason="The witness agreed."):
        for check in document.checks.blocking():
            safety.override(check, UserFactory(groups=["Legal review"]), reason)

    def test_a_blocked_file_is_not_published_and_the_next_run_names_it(self, folder, client):
        page, document = self.blocked(folder)
        assert not PublicationPage.objects.get(pk=page.pk).live
        assert client.get(f"/d/{document.series}/").status_code == 404
        before = Revision.objects.count()
        summary = run(self.ROW, files=folder, publish=True)
        ((line, sentence), *_more) = summary.blocked
        assert (line, summary.unchanged) == (1, 1) and "is blocked by the safety check" in sentence
        assert Revision.objects.count() == before

    def test_a_blocked_version_leaves_the_published_one(self, folder, client):
        run(self.ROW, files=folder, publish=True)
        read_through()
        page, document = self.blocked(folder)
        page.refresh_from_db()
        assert page.live and page.live_revision_id != page.latest_revision_id
        assert document.number == 2
        assert client.get(f"/d/{document.series}/v2/").status_code == 404

    def test_what_legal_lets_pass_is_published_and_the_record_says_so(self, folder, client):
        page, document = self.blocked(folder)
        self.let_pass(document, "It is the court's own box.")
        assert waiting.publish_due() == 1
        assert client.get(f"/d/{document.series}/").status_code == 200
        assert "the court's own box" in ApprovalRecord.objects.get(page_id=page.pk).overrides[0]

    @pytest.mark.parametrize(
        "how", ["changed", "overwritten", "submitted", "rejected", "cancelled", "withdrawn", "locked"]
    )
    def test_what_somebody_decided_otherwise_about_is_left_to_them(self, folder, how):
        run(self.ROW, files=folder, publish=True)
        page, user = PublicationPage.objects.get(), UserFactory(is_superuser=True)
        if how == "changed":
            page.get_latest_revision_as_object().save_revision()
        elif how == "overwritten":
            draft = page.get_latest_revision_as_object()
            draft.title = "An editor's"
            draft.save_revision(overwrite_revision=draft.latest_revision)
            assert Revision.objects.for_instance(page).count() == 1
        elif how == "submitted":
            page.get_workflow().start(page, user)
        elif how == "rejected":
            send_back(page, user)
        elif how == "cancelled":
            page.get_workflow().start(page, user)
            page.current_workflow_state.cancel(user=user)
        elif how == "withdrawn":
            withdraw(page, user, "It named a witness.")
        else:
            Page.objects.filter(pk=page.pk).update(locked=True)
        assert read_through() == 0
        summary = run(self.ROW, files=folder, publish=True)
        assert (summary.unchanged, len(summary.blocked)) == (1, int(how == "locked"))
        assert not PublicationPage.objects.get().live

    def test_a_waiting_draft_that_was_withdrawn_is_brought_back_by_no_changed_row(self, folder):
        run(self.ROW, files=folder, publish=True)
        withdraw(PublicationPage.objects.get(), UserFactory(is_superuser=True), "It named a witness.")
        run({**self.ROW, "summary": "Changed"}, files=folder, publish=True)
        assert read_through() == 0 and not PublicationPage.objects.get().live

    def test_what_an_editor_took_out_of_a_waiting_draft_does_not_come_back_when_old_revisions_are_purged(self, folder):
        run(self.ROW, files=folder, publish=True)
        draft = PublicationPage.objects.get().get_latest_revision_as_object()
        draft.title = "Without the name"
        draft.save_revision()
        call_command("purge_revisions", stdout=io.StringIO())
        assert ImportedRow.objects.get().pending is None
        read_through()
        assert run(self.ROW, files=folder, publish=True).unchanged == 1
        page = PublicationPage.objects.get()
        assert not page.live and page.get_latest_revision_as_object().title == "Without the name"

    def test_an_error_holds_up_no_other_page_and_is_tried_again(self, folder, caplog, monkeypatch):
        run(self.ROW, self.ROW | {"key": "r-2"}, files=folder, publish=True)
        real = waiting.publish_or_wait

        def fails(imported, *args):
            if imported.key == "r-0001":
                raise RuntimeError("the storage is away")
            return real(imported, *args)

        monkeypatch.setattr(waiting, "publish_or_wait", fails)
        assert read_through() == 1 and "An import was not published" in caplog.text
        monkeypatch.undo()
        assert waiting.publish_due() == 1

    def test_a_new_row_with_a_file_waits_for_the_worker_whatever_the_file_is(self, folder, monkeypatch):
        monkeypatch.setattr("cms.publications.importing.sources.sealed", lambda *args: DocumentFactory())
        assert run(self.ROW, files=folder, publish=True).waiting == 1
        assert not PublicationPage.objects.get().live and waiting.publish_due() == 1

    def test_a_refused_change_leaves_no_version_of_its_file(self, folder):
        run(self.ROW, ROW | {"key": "r-2"}, files=folder, publish=True)
        read_through()
        other = PublicationPage.objects.get(key="r-2")
        PublicationPage.objects.filter(key="r-0001").update(slug=other.slug)
        revision = PublicationPage.objects.get(key="r-0001").latest_revision
        revision.content["slug"] = other.slug
        revision.save()
        (folder / "en" / "a.pdf").write_bytes(pdf("Corrected"))
        summary = run(self.ROW, ROW | {"key": "r-3"}, files=folder, publish=True)
        assert [line for line, _sentence in summary.errors] == [1] and summary.created == 1
        assert Document.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("is_new", [True, False])
    def test_the_bytes_of_what_was_filed_stay_where_only_what_follows_fails(self, folder, monkeypatch, is_new):
        if not is_new:
            run(self.ROW, files=folder)
            (folder / "en" / "a.pdf").write_bytes(pdf("Corrected"))
        monkeypatch.setattr("documents.actions.process_document", SimpleNamespace(enqueue=lambda pk: 1 / 0))
        with pytest.raises(ZeroDivisionError):
            run(self.ROW, files=folder)
        document = Document.objects.latest("pk")
        assert document.original.storage.exists(document.original.name)

    def test_what_can_not_be_published_holds_up_no_other(self, folder, caplog):
        run(self.ROW | {"doi": "10.5555/x"}, self.ROW | {"key": "r-2"}, files=folder, publish=True)
        publish(PublicationPage.objects.get(key="r-2"), doi="10.5555/y")
        run(self.ROW | {"key": "r-3"}, files=folder, publish=True)
        PublicationPage.objects.filter(key="r-2").update(doi="10.5555/x")
        assert read_through() == 1
        assert PublicationPage.objects.get(key="r-3").live and not PublicationPage.objects.get(key="r-0001").live
        assert "An import was not published" in caplog.text
        PublicationPage.objects.filter(key="r-2").update(doi="10.5555/y")
        assert run(self.ROW | {"doi": "10.5555/x"}, files=folder, publish=True).unchanged == 1
        assert not PublicationPage.objects.get(key="r-0001").live

    def test_draft_files_are_not_readable(self, folder):
        run(self.ROW, files=folder)
        assert Document.objects.exists() and not readable_by(Visitor()).exists()
        read_through()
        assert run(self.ROW, files=folder, publish=True).updated == 1
        assert PublicationPage.objects.get().live and readable_by(Visitor()).exists()

    def test_same_bytes_are_the_same_document_and_other_bytes_its_next_version(self, folder):
        run(self.ROW, files=folder, publish=True)
        read_through()
        assert run(self.ROW, files=folder, publish=True).unchanged == 1
        run({**self.ROW, "summary": "Changed"}, files=folder, publish=True)
        assert Document.objects.count() == 1
        (folder / "en" / "a.pdf").write_bytes(pdf("Corrected"))
        assert run({**self.ROW, "summary": "Changed"}, files=folder, publish=True).updated == 1
        first, second = Document.objects.order_by("number")
        assert (first.series, second.number) == (second.series, 2)

    def test_a_file_that_was_withdrawn_is_published_again_by_an_approval_only(self, folder):
        run(self.ROW, files=folder, publish=True)
        read_through()
        document = Document.objects.get()
        take_back(document, UserFactory(is_superuser=True), "It named a witness.")
        changed = {**self.ROW, "summary": "Changed"}
        summary = run(changed, files=folder, publish=True)
        assert summary.waiting == 0 and "was withdrawn" in summary.blocked[0][1]
        self.let_pass(document)
        assert read_through() == 0 and not DocumentRelease.objects.active().exists()
        ((_line, sentence),) = run(changed, files=folder, publish=True).blocked
        assert "no import brings it back" in sentence and not DocumentRelease.objects.active().exists()
        publish(PublicationPage.objects.get().get_latest_revision_as_object())
        assert DocumentRelease.objects.active().get().document == document
        assert run(changed, files=folder, publish=True).blocked == []
        run({**changed, "summary": "Later"}, files=folder, publish=True)
        assert PublicationPage.objects.get().summary == "Later"

    @pytest.mark.parametrize("how", ["its bytes", "itself"])
    def test_what_waits_with_a_withdrawn_file_waits_for_nobody_who_lets_it_pass(self, folder, how):
        run(self.ROW, files=folder, publish=True)
        read_through()
        document, user = Document.objects.get(), UserFactory(is_superuser=True)
        if how == "itself":
            run({**self.ROW, "summary": "Changed"}, files=folder, publish=True)
            PublicationPage.objects.get().get_latest_revision_as_object().save_revision()
            changed = {**self.ROW, "summary": "Changed again", "files": [*self.ROW["files"], {"path": "en/b.pdf"}]}
            (folder / "en" / "b.pdf").write_bytes(pdf("Another"))
            assert run(changed, files=folder, publish=True).waiting == 1
        take_back(document, user, "It named a witness.")
        if how == "its bytes":
            run({**self.ROW, "key": "r-2"}, files=folder, publish=True)
        assert read_through() == 0
        for each in Document.objects.all():
            self.let_pass(each)
        assert waiting.publish_due() == 0 and ImportedRow.objects.latest("pk").pending is None
        assert not DocumentRelease.objects.active().exists()

    @pytest.mark.parametrize(
        "path", ["../secret.pdf", "/etc/passwd", "en/../../secret.pdf", "en\\a.pdf", "a\x00.pdf", "."]
    )
    def test_paths_stay_inside_the_folder(self, folder, path):
        (sentence,) = errors({**ROW, "files": [{"path": path}]}, files=folder)
        assert "below the folder" in sentence or "NUL" in sentence or "no file" in sentence
        assert not Document.objects.exists()

    def test_links_are_not_followed(self, folder):
        (folder / "link.pdf").symlink_to(folder.parent / "secret.pdf")
        (folder / "dir").symlink_to(folder.parent)
        for path in ("link.pdf", "dir/secret.pdf"):
            assert errors({**ROW, "files": [{"path": path}]}, files=folder) == [
                "A file is a link; links are not followed."
            ]

    def test_refused_file_refuses_its_row_only(self, folder):
        (folder / "bad.pdf").write_bytes(b"no pdf")
        bad = {**ROW, "key": "bad", "files": [{"path": "en/a.pdf"}, {"path": "bad.pdf"}]}
        summary = run(bad, self.ROW, files=folder)
        assert summary.created == 1
        assert summary.errors[0][1].startswith("A file was refused: ")
        assert Document.objects.count() == 1

    def test_missing_file_is_named_a_missing_file(self, folder):
        assert errors({**ROW, "files": [{"path": "none.pdf"}]}, files=folder) == [
            "A file doesn't exist in the folder of the import."
        ]

    def test_export_then_import_gives_the_same_content(self, folder, tmp_path, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):  # the file is processed
            run(self.ROW, {**ROW, "language": "de", "title": "Deutsch"}, files=folder, publish=True)
        assert read_through() == 1
        target, files = tmp_path / "out.jsonl", tmp_path / "out"
        call_command("export_publications", str(target), files=files, stdout=io.StringIO())
        exported = [json.loads(line) for line in target.read_text().splitlines()]
        assert [row["language"] for row in exported] == ["en", "de"]
        for name in (
            "key",
            "title",
            "subtitle",
            "summary",
            "date",
            "authors",
            "editors",
            "topics",
            "places",
            "licence",
        ):
            assert exported[0][name] == ROW[name], name
        for page in PublicationPage.objects.all():
            page.delete()
        assert run(*exported, files=files, publish=True).errors == []
        assert read_through() == 1
        again = tmp_path / "again.jsonl"
        call_command("export_publications", str(again), stdout=io.StringIO())
        rows = [json.loads(line) for line in again.read_text().splitlines()]
        assert rows == [{name: value for name, value in row.items() if name != "files"} for row in exported]
        assert Document.objects.latest("pk").original_sha256


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks: its writers queue up anyway")
class TestAWithdrawalBesideAnImport:
    @pytest.fixture
    def rows(self, tmp_path):
        """Two published publications, each with a file."""
        rows = []
        for name in ("a", "b"):
            (tmp_path / f"{name}.pdf").write_bytes(pdf(name))
            rows.append({**ROW, "key": name, "title": name, "files": [{"path": f"{name}.pdf", "credit": "Us"}]})
        run(*rows, files=tmp_path, publish=True)
        assert read_through() == 2
        return rows

    @pytest.fixture
    def beside(self, monkeypatch):
        """Lets ``work`` run in another thread when what lies at ``place`` is called first; returns the thread."""

        def start(place, work, *, patience, in_time=False):
            real, threads = getattr(*place), []

            def run_first(*args, **kwargs):
                if not threads:
                    threads.append(threading.Thread(target=lambda: [work(), connection.close()]))
                    threads[0].start()
                    threads[0].join(timeout=patience)
                    assert not (in_time and threads[0].is_alive()), "it waits"
                return real(*args, **kwargs)

            ContentType.objects.clear_cache()
            monkeypatch.setattr(*place, run_first)
            return threads

        return start

    def test_it_waits_for_the_row_in_hand_only(self, rows, tmp_path, beside):
        user, document = UserFactory(is_superuser=True), Document.objects.get(title="a")
        threads = beside(
            (intake, "check"), lambda: take_back(document, user, "It named a witness."), patience=5, in_time=True
        )
        (tmp_path / "b.pdf").write_bytes(pdf("b corrected"))
        run(*({**row, "summary": "Changed"} for row in rows), files=tmp_path, publish=True)
        threads[0].join()

    def test_neither_waits_for_the_other_in_a_circle(self, rows, tmp_path, beside):
        user, summaries = UserFactory(is_superuser=True), []
        changed = {**rows[0], "files": [{"path": "a.pdf", "credit": "Somebody else"}]}
        threads = beside(
            (workflow_actions, "withdraw_releases"),
            lambda: summaries.append(run(changed, files=tmp_path, publish=True)),
            patience=0.5,
        )
        withdraw(PublicationPage.objects.get(key="a"), user, "It named a witness.")
        threads[0].join()
        assert summaries[0].updated == 1
        assert not PublicationPage.objects.get(key="a").live

    def test_nor_where_a_row_names_its_files_in_another_order(self, rows, tmp_path, beside):
        both = [{"path": "a.pdf", "label": "A"}, {"path": "b.pdf", "label": "B"}]
        run({**rows[0], "key": "c", "files": both}, files=tmp_path, publish=True)
        assert read_through() == 1
        first, second = Document.objects.order_by("-pk")[:2][::-1]
        for name in ("a", "b"):
            (tmp_path / f"{name}.pdf").write_bytes(pdf(f"{name} corrected"))
        threads = beside(
            (actions, "_inherit"),
            lambda: take_back_together(first, [second], UserFactory(is_superuser=True), "It named a witness."),
            patience=0.5,
        )
        assert run({**rows[0], "key": "c", "files": both[::-1]}, files=tmp_path, publish=True).updated == 1
        threads[0].join()
        assert not DocumentRelease.objects.active().filter(document__in=(first, second)).exists()

    def test_who_makes_a_page_in_its_language_does_not_wait_for_it(self, tmp_path, beside):
        threads = beside((writing, "record_uses_in_bulk"), SectionPageFactory, patience=5, in_time=True)
        assert run({**ROW, "key": "c"}, publish=True).created == 1
        threads[0].join()


class TestRightsOfFiles:
    STATED = {
        "path": "a.pdf",
        "group": "report",
        "licence": "CC-BY-4.0",
        "credit": "Photo: M. Osei",
        "embargo": "2070-01-01T06:00:00+00:00",
    }

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "in"
        folder.mkdir()
        (folder / "a.pdf").write_bytes(pdf())
        return folder

    def row(self, **file):
        return {**ROW, "files": [{**self.STATED, **file}]}

    def test_a_file_gets_what_its_row_states(self, folder):
        assert run(self.row(), files=folder, publish=True).errors == []
        assert read_through() == 1
        document = Document.objects.get()
        assert document.public_rights == Rights("cc-by-4.0", credit="Photo: M. Osei")
        assert document.held_until.isoformat() == self.STATED["embargo"]
        assert not readable_by(Visitor()).exists()
        assert PublicationPage.objects.get(key="r-0001").files.get().format_group == "report"

    @pytest.mark.parametrize(
        ("stated", "rights"),
        [
            ({"licence": "all-rights-reserved"}, Rights("all-rights-reserved")),
            ({"licence": "https://e.org/terms"}, Rights("other", "", "https://e.org/terms")),
            ({"licence": "Ask us", "licence_url": "https://e.org/"}, Rights("other", "Ask us", "https://e.org/")),
            ({"licence": "", "credit": ""}, Rights()),
        ],
    )
    def test_terms_of_other_kinds(self, folder, stated, rights):
        run(self.row(**{"credit": ""} | stated), files=folder)
        assert Document.objects.get().stated_rights == rights

    @pytest.mark.parametrize(
        ("stated", "sentence"),
        [
            ({"licence_url": "javascript:alert(1)", "licence": "x"}, "begins with http"),
            ({"licence": "x" * 201}, "at most 200"),
            ({"credit": "x" * 301}, "credit of a file has at most 300"),
            ({"group": "x" * 61}, "group of a file has at most 60"),
            ({"embargo": "2070-01-01T06:00:00"}, "time zone"),
            ({"embargo": "2070-02-31T06:00:00+00:00"}, "calendar"),
            ({"embargo": "9999-12-31T23:59:00-05:00"}, "too far ahead"),
        ],
    )
    def test_what_is_wrong_is_refused(self, folder, stated, sentence):
        (error,) = errors(self.row(**stated), files=folder)
        assert sentence in error

    def test_a_later_row_changes_them_and_lifts_nothing(self, folder):
        run(self.row(), files=folder, publish=True)
        read_through()
        run(self.row(licence="cc0-1.0", embargo=""), files=folder, publish=True)
        document = Document.objects.get()
        assert document.public_rights == Rights("cc0-1.0", credit="Photo: M. Osei")
        assert document.held_until is not None

    def test_who_may_not_open_a_file_may_not_by_an_import(self, folder):
        run(self.row(), files=folder, publish=True)
        read_through()
        editor = UserFactory(groups=["Editors"])
        (error,) = errors(self.row(embargo="2069-01-01T06:00:00+00:00"), files=folder, user=editor)
        assert "Only Legal review" in error

    def test_it_hides_no_file_that_was_opened_early(self, folder):
        run(self.row(), files=folder, publish=True)
        read_through()
        embargo.change(Document.objects.get(), None, UserFactory(groups=["Legal review"]), "It is out.")
        (error,) = errors(self.row(credit="Photo: somebody else"), files=folder, publish=True)
        assert "was ended here" in error
        assert readable_by(Visitor()).exists()

    def test_an_embargo_that_is_over_is_none(self, folder):
        run(self.row(embargo="2001-01-01T06:00:00+00:00"), files=folder, publish=True)
        assert Document.objects.get().embargo is None

    def test_they_come_back_from_an_export(self, folder, tmp_path, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):  # the file is processed
            run(self.row(licence="Ask us", licence_url="https://e.org/"), files=folder, publish=True)
        waiting.publish_due()
        for everything in (False, True):
            target = tmp_path / "out.jsonl"
            call_command("export_publications", target, files=tmp_path / "out", all=everything, stdout=io.StringIO())
            (row,) = [json.loads(line) for line in target.read_text().splitlines()]
            if not everything:
                assert "files" not in row and not list((tmp_path / "out").iterdir())
        (file,) = row["files"]
        wanted = self.STATED | {"licence": "Ask us", "licence_url": "https://e.org/", "path": file["path"]}
        assert {name: file[name] for name in wanted} == wanted


def test_export_holds_what_anybody_may_read(tmp_path):
    run(ROW, publish=True)
    run({**ROW, "key": "draft", "title": "Draft"})
    Place.objects.update(sensitive=True)
    target = tmp_path / "out.jsonl"
    call_command("export_publications", str(target), stdout=io.StringIO())
    (row,) = [json.loads(line) for line in target.read_text().splitlines()]
    assert row["key"] == "r-0001" and "places" not in row


class TestCommand:
    def call(self, tmp_path, *rows, **options):
        source = tmp_path / "rows.jsonl"
        source.write_text("\n".join(lines(*rows)))
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_publications", str(source), stdout=out, stderr=err, **options)
        except CommandError as error:
            return str(error), err.getvalue(), 1
        return out.getvalue(), err.getvalue(), 0

    def test_says_what_it_did(self, tmp_path):
        out, _err, code = self.call(tmp_path, ROW)
        assert (code, out.startswith("Imported: 1 created, 0 updated, 0 unchanged, 0 refused")) == (0, True)

    def test_bad_rows_give_an_exit_code(self, tmp_path):
        out, err, code = self.call(tmp_path, ROW, {"key": "x"})
        assert code == 1 and "1 refused" in out and "line 2: A row needs" in err

    def test_it_says_what_waits_and_what_is_blocked(self, tmp_path):
        row = {**ROW, "files": [{"path": "a.pdf"}]}
        (tmp_path / "a.pdf").write_bytes(pdfs.box_by_word_processor())
        out, _err, code = self.call(tmp_path, row, publish=True, files=tmp_path)
        assert code == 0 and "1 wait for the checks of their files" in out
        read_through()
        out, err, code = self.call(tmp_path, row, publish=True, files=tmp_path)
        assert code == 1 and "1 stay drafts" in out and "line 1: not published: “" in err

    def test_dry_run_writes_nothing(self, tmp_path):
        row = {**ROW, "files": [{"path": "a.pdf"}]}
        (tmp_path / "a.pdf").write_bytes(pdf())
        before = (Page.objects.count(), PublicationKind.objects.count(), Document.objects.count())
        out, _err, code = self.call(tmp_path, row, dry_run=True, files=tmp_path)
        assert code == 0 and out.startswith("Would import: 1 created")
        assert (Page.objects.count(), PublicationKind.objects.count(), Document.objects.count()) == before

    def test_rows_without_language_take_the_locale(self, tmp_path):
        row = {name: value for name, value in ROW.items() if name != "language"}
        self.call(tmp_path, row, locale="de")
        assert PublicationPage.objects.get().locale.language_code == "de"

    @pytest.mark.parametrize("options", [{"files": Path("/nowhere")}, {"locale": "xx"}, {"user": "nobody"}])
    def test_wrong_options_are_refused(self, tmp_path, options):
        assert self.call(tmp_path, ROW, **options)[2] == 1


def test_batch_that_fails_leaves_nothing_and_the_next_run_goes_on(monkeypatch):
    from cms.publications.importing import run as module

    monkeypatch.setattr(module, "BATCH", 2)
    rows = [{**ROW, "key": f"r-{number}", "title": f"Title {number}"} for number in range(4)]
    importer = Importer(publish=True)
    write = importer.writer.write
    calls = []

    def stop(index, batch):
        calls.append(batch)
        pages = write(index, batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return pages

    monkeypatch.setattr(importer.writer, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        importer.run(lines(*rows))
    assert PublicationPage.objects.count() == 2
    summary = run(*rows, publish=True)
    assert (summary.unchanged, summary.created) == (2, 2)
    assert Page.find_problems() == ([], [], [], [], [])


class TestOneBadRow:
    """It is refused with a sentence; the others go in."""

    @pytest.mark.parametrize(
        "bad",
        [
            {"abstract": "<p>bad \ud800 sign</p>"},
            {"body": "\udcff"},
            {"title": "\ud800"},
            {"topics": ["\ud800"]},
            {"authors": [{"name": "A", "\ud800": 1}]},
            {"bad\ud800": "x"},
        ],
    )
    def test_half_a_character(self, bad, tmp_path):
        rows = [{**ROW, "key": "a"}, {**ROW, "key": "b", **bad}, {**ROW, "key": "c"}]
        file, told = tmp_path / "rows.jsonl", io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        file.write_text("\n".join(lines(*rows)))
        with pytest.raises(CommandError):
            call_command("import_publications", str(file), stderr=told, stdout=io.StringIO())
        told.flush()
        assert "line 2: The row holds half of a character" in told.buffer.getvalue().decode()
        assert set(PublicationPage.objects.values_list("key", flat=True)) == {"a", "c"}

    @pytest.mark.parametrize("succeeds", [0, 1])
    def test_a_file_that_can_not_be_read(self, tmp_path, monkeypatch, succeeds):
        """At once, or after its hash was taken."""
        (tmp_path / "a.pdf").write_bytes(pdf())
        opened, asked = Path.open, []

        def refuse(self, *args, **kwargs):
            if self.name == "a.pdf":
                asked.append(self)
                if len(asked) > succeeds:
                    raise PermissionError(13, "Permission denied")
            return opened(self, *args, **kwargs)

        monkeypatch.setattr(Path, "open", refuse)
        rows = [{**ROW, "key": "a"}, {**ROW, "key": "b", "files": [{"path": "a.pdf"}]}, {**ROW, "key": "c"}]
        summary = run(*rows, files=tmp_path)
        assert (summary.created, summary.errors) == (2, [(2, "A file can't be read.")])

    @pytest.mark.parametrize("dry_run", [False, True])
    @pytest.mark.parametrize("name", ["isbn", "doi"])
    def test_a_number_that_a_row_of_the_same_batch_has(self, name, dry_run):
        rows = [{**ROW, "key": "a", name: "978-3"}, {**ROW, "key": "b", name: "978-3"}, {**ROW, "key": "c"}]
        summary = run(*rows, {**ROW, "key": "a", "language": "de", name: "978-3"}, dry_run=dry_run)
        assert (summary.created, summary.errors) == (3, [(2, "Another publication has this DOI or ISBN already.")])

    @pytest.mark.parametrize("html", ["<blockquote>" * 100_000, "<b></x>" * 100_000])
    def test_elements_without_end_inside_each_other(self, html):
        assert errors({**ROW, "body": html + "x"}) == ["body has more than 256 elements inside each other."]

    def test_formatting_without_end_before_many_paragraphs(self):
        """It is opened anew in each of them: 0.2 MB took seconds and gigabytes."""
        html = "<p>" + "".join(f"<b a={number}>" for number in range(200)) + "x<p>x" * 40_000
        assert errors({**ROW, "body": html}) == ["body has more than 256 elements inside each other."]

    @pytest.mark.parametrize(
        "html", ['<a name="note-%d"/>x', '<p><a id="p%d"/>x</p>', "<area alt=%d>", "<embed src=%d>"]
    )
    def test_what_has_no_end_is_not_inside_each_other(self, html):
        assert errors({**ROW, "body": "".join(html % number for number in range(1000))}) == []

    def test_many_elements_beside_each_other_are_none(self):
        assert errors({**ROW, "body": "<p>One<ul><li>two<li>three</ul><blockquote>four<br></blockquote>" * 1000}) == []
