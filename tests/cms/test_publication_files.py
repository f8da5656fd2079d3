"""One drop on a publication files all its languages."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Page

from access.roles import AUTHORS, EDITORS
from cms.publications.models import PublicationFile, PublicationPage
from documents.adding import filing as filing_of_uploads
from documents.models import Document, DocumentUse, PendingUpload
from documents.versions import usage
from tests.documents import making
from tests.documents.test_adding import ENGLISH, GERMAN, filing, said
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("documents.signal_handlers.enqueue_processing", lambda ids: None)


@pytest.fixture
def author(client):
    user = UserFactory(groups=[AUTHORS, EDITORS])
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def page(author):
    made = PublicationPageFactory(title="In the chain of command", owner=author.user)
    made.save_revision()
    return made


def address(page):
    return reverse("publication_add_files", args=[page.pk])


def drop(client, page):
    """An English and a German file and one that nobody can tell."""
    files = [
        SimpleUploadedFile("german.pdf", making.pdf_of([GERMAN * 3])),
        SimpleUploadedFile("english.pdf", making.pdf_of([ENGLISH * 3])),
        SimpleUploadedFile("figures.csv", b"1,2\n"),
    ]
    return client.post(address(page), {"files": files}, follow=True).content.decode()


def by_name():
    return {one.name: one for one in PendingUpload.objects.all()}


def latest(page):
    return Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()


def test_files_are_sorted_by_language(author, page):
    text = drop(author, page)
    places = [
        text.index(words)
        for words in (
            "Language not known yet",
            "figures.csv",
            ">English</h2>",
            "english.pdf",
            ">German</h2>",
            "german.pdf",
        )
    ]
    assert places == sorted(places)


def test_they_become_the_files_of_the_draft_and_of_nothing_public(author, page):
    drop(author, page)
    waiting = by_name()
    figures = waiting["figures.csv"]
    more = {f"{one.pk}-role": "full" for one in waiting.values()}
    more |= {f"{figures.pk}-language": "fr", f"{figures.pk}-role": "annex", f"{figures.pk}-label": "Figures"}
    answer = author.post(address(page), filing(*waiting.values(), **more))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "3 files were added to the draft" in said(answer)
    rows = list(latest(page).files.all())
    assert [(row.document.title, row.language, row.role, row.label) for row in rows] == [
        ("English", "en", "full", ""),
        ("German", "de", "full", ""),
        ("Figures", "fr", "annex", "Figures"),
    ]
    assert not PublicationPage.objects.get(pk=page.pk).files.exists()
    assert not PublicationPage.objects.get(pk=page.pk).live
    assert DocumentUse.objects.filter(page_id=page.pk).count() == 3
    assert not PendingUpload.objects.exists()


def test_a_row_without_a_language_stays_and_the_others_are_added(author, page):
    drop(author, page)
    waiting = by_name()
    more = {f"{one.pk}-role": "full" for one in waiting.values()}
    text = author.post(address(page), filing(*waiting.values(), **more)).content.decode()
    assert "This field is required." in text
    assert {row.language for row in latest(page).files.all()} == {"en", "de"}
    assert list(by_name()) == ["figures.csv"]


def test_earlier_files_stay(author, page):
    for _ in range(2):
        drop(author, page)
        one = by_name()["english.pdf"]
        author.post(address(page), filing(one, **{f"{one.pk}-role": "full"}))
        PendingUpload.objects.all().delete()
    assert [row.sort_order for row in latest(page).files.all()] == [0, 1]


def test_uploads_for_a_page_stand_on_its_screen_only(author, page):
    drop(author, page)
    other = PublicationPageFactory(owner=author.user)
    for url in (reverse("document_adding"), address(other)):
        assert "english.pdf" not in author.get(url).content.decode()


def test_who_may_not_edit_the_page_finds_nothing(client, page):
    client.force_login(UserFactory(groups=[AUTHORS]))
    missing = client.get(reverse("publication_add_files", args=[999_999]))
    refused = client.get(address(page))
    assert (missing.status_code, refused.status_code) == (404, 404)


def test_a_page_under_review_is_left_alone(author, page):
    page.get_workflow().start(latest(page), author.user)
    answer = author.get(address(page))
    assert (answer.status_code, "Under review" in said(answer)) == (302, True)
    assert "Add several files" not in author.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def test_a_page_that_is_locked_meanwhile_keeps_its_files_and_loses_none(author, page, monkeypatch):
    drop(author, page)
    one = by_name()["english.pdf"]
    answers = iter(["", "Locked."])
    monkeypatch.setattr("cms.publications.adding.obstacle", lambda *args: next(answers))
    answer = author.post(address(page), filing(one, **{f"{one.pk}-role": "full"}))
    assert "Choose them there later." in said(answer)
    assert not latest(page).files.exists()
    assert Document.objects.get().title == "English"


def test_what_a_colleague_saved_while_files_were_filed_stays(author, page, monkeypatch):
    drop(author, page)
    one = by_name()["english.pdf"]
    file_upload = filing_of_uploads.file_upload

    def slow(*args, **kwargs):
        draft = latest(page)
        draft.summary = "Two hours of a colleague's work"
        draft.save_revision(user=UserFactory(groups=[AUTHORS, EDITORS]))
        return file_upload(*args, **kwargs)

    monkeypatch.setattr(filing_of_uploads, "file_upload", slow)
    author.post(address(page), filing(one, **{f"{one.pk}-role": "full"}))
    assert latest(page).summary == "Two hours of a colleague's work"
    assert [row.document.title for row in latest(page).files.all()] == ["English"]


def test_the_form_of_the_page_leads_here(author, page):
    assert address(page) in author.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    parent = page.get_parent()
    new = reverse("wagtailadmin_pages:add", args=["publications", "publicationpage", parent.pk])
    assert "Add several files" not in author.get(new).content.decode()


def test_a_file_is_for_a_page_that_one_may_edit(author, client, page):
    from tests.documents.test_adding import Sender

    assert Sender(author).create("a.pdf", 10, page=page.pk).status_code == 201
    assert PendingUpload.objects.get().page_id == page.pk
    client.force_login(UserFactory(groups=[AUTHORS]))
    for number in (page.pk, 999_999, "x"):
        assert "can't add files to this page" in Sender(client).create("a.pdf", 10, page=number).content.decode()


def test_the_obstacle_is_asked_of_the_page(page):
    assert usage.obstacle(page, UserFactory(groups=[AUTHORS])) == "You may not edit this page."


class TestVersions:
    @pytest.fixture
    def older(self, author, page):
        """The page's file, named in a row and in the text."""
        made = DocumentFactory(title="English", original_name="english.pdf", uploaded_by_user=author.user)
        page.files = [PublicationFile(document=made, language="en", role="summary", label="In short")]
        page.body = [("long_text", f'<p><a linktype="document" id="{made.pk}">It</a></p>')]
        page.save_revision()
        return made

    def fields(self, version_of):
        one = by_name()["english.pdf"]
        return filing(one, **{f"{one.pk}-role": "full", f"{one.pk}-version_of": version_of})

    def test_what_is_called_like_a_file_of_the_page_is_proposed_as_its_next_version(self, author, page, older):
        text = drop(author, page)
        assert text.count(f'<option value="{older.pk}" selected>') == 1
        assert text.count("New version of “English” (version 1)") == 3

    @pytest.mark.parametrize(
        ("name", "proposed"), [("english.epub", "epub"), ("English.pdf", "pdf"), ("english.csv", "")]
    )
    def test_a_file_is_proposed_as_the_next_version_in_its_own_format_only(self, author, page, older, name, proposed):
        epub = DocumentFactory(
            title="English", original_name="english.epub", mime="application/epub+zip", uploaded_by_user=author.user
        )
        self.also(page, older, epub)
        assert self.proposed(author, page, name) == {"epub": epub.pk, "pdf": older.pk, "": None}[proposed]

    @pytest.mark.parametrize(("name", "number"), [("annex.pdf", 1), ("report.pdf", 0), ("english.pdf", None)])
    def test_of_two_with_its_title_the_one_with_its_name_is_proposed_else_none(self, author, page, name, number):
        files = [("Annex", "report.pdf"), ("Annex", "annex.pdf"), ("English", "a.pdf"), ("English", "b.pdf")]
        made = [DocumentFactory(title=title, original_name=own, uploaded_by_user=author.user) for title, own in files]
        self.also(page, *made)
        assert self.proposed(author, page, name) == (None if number is None else made[number].pk)

    def also(self, page, *documents):
        page.files = [PublicationFile(document=each, language="en", role="full") for each in documents]
        page.save_revision()

    def proposed(self, author, page, name):
        """The primary key of the file as whose next version ``name``, an English file, is proposed."""
        PendingUpload.objects.create(
            user=author.user, page_id=page.pk, name=name, length=1, state="accepted", guessed_language="en"
        )
        text = author.get(address(page)).content.decode()
        found = re.findall(r'<option value="(\d+)" selected>', text)
        return int(found[0]) if found else None

    def test_it_takes_the_place_of_the_older_one(self, author, page, older):
        drop(author, page)
        data = self.fields(str(older.pk))
        assert author.post(address(page), data).status_code == 302
        added = Document.objects.latest("pk")
        assert (added.series, added.number) == (older.series, 2)
        draft = latest(page)
        (row,) = draft.files.all()
        assert (row.document, row.role, row.label) == (added, "summary", "In short")
        assert f'id="{added.pk}"' in str(draft.body.raw_data[0]["value"])

    def test_it_may_be_a_new_file_all_the_same(self, author, page, older):
        drop(author, page)
        author.post(address(page), self.fields(""))
        assert Document.objects.latest("pk").series != older.series
        assert [row.document.number for row in latest(page).files.all()] == [1, 1]

    def test_two_files_are_not_the_next_version_of_one(self, author, page, older):
        drop(author, page)
        waiting = [by_name()[name] for name in ("english.pdf", "german.pdf")]
        more = {f"{one.pk}-role": "full" for one in waiting}
        more |= {f"{one.pk}-version_of": str(older.pk) for one in waiting}
        text = author.post(address(page), filing(*waiting, **more)).content.decode()
        assert text.count("Another file here is chosen as the next version of the same file") == 2
        assert [row.document for row in latest(page).files.all()] == [older]
        assert not Document.objects.filter(series=older.series, number__gt=1).exists()
        more[f"{waiting[1].pk}-version_of"] = ""
        assert author.post(address(page), filing(*waiting, **more)).status_code == 302
        assert [row.document.number for row in latest(page).files.all()] == [2, 1]

    def test_a_newer_version_that_a_colleague_named_meanwhile_stays(self, author, page, older, monkeypatch):
        drop(author, page)
        file_upload = filing_of_uploads.file_upload

        def slow(*args, **kwargs):
            made = file_upload(*args, **kwargs)
            newer = DocumentFactory(series=older.series, number=3, title="Newer still")
            draft = latest(page)
            draft.files = [PublicationFile(document=newer, language="en", role="full")]
            draft.save_revision()
            return made

        monkeypatch.setattr(filing_of_uploads, "file_upload", slow)
        author.post(address(page), self.fields(str(older.pk)))
        assert [row.document.title for row in latest(page).files.all()] == ["Newer still"]

    def test_nothing_gets_a_version_but_the_files_of_the_page(self, author, page, older):
        other = DocumentFactory(uploaded_by_user=author.user)
        drop(author, page)
        data = self.fields(str(other.pk))
        assert author.post(address(page), data).status_code == 200
        assert Document.objects.latest("pk") == other

    def test_the_form_of_the_page_leads_to_the_next_version_of_each_file(self, author, page, older):
        hidden = DocumentFactory()
        text = author.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert text.count(reverse("document_add_version", args=[older.pk])) == 1
        assert 'target="_blank"' in text.partition(reverse("document_add_version", args=[older.pk]))[2][:60]
        assert reverse("document_add_version", args=[hidden.pk]) not in text
