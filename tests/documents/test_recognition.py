"""Scans and pictures get their text, by a real Tesseract, after they are ready; page by page, whatever happens."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from documents import recognition, tasks
from documents.actions import add_document, retry
from documents.checks import blocking
from documents.extraction.errors import NoRecognitionError, TooLongError
from documents.extraction.jobs import recognise_page
from documents.extraction.layout import unpack
from documents.extraction.texts import PageText
from documents.models import Document, DocumentRecognition
from documents.processing import process, reread
from documents.signals import document_processed
from search.query import parse
from tests import servers
from tests.documents import making, office
from tests.pages import best_pages

pytestmark = pytest.mark.django_db
TASK = tasks.recognise_document.module_path
State = DocumentRecognition.State


@pytest.fixture
def tesseract():
    servers.tesseract()


@pytest.fixture
def filed():
    """Files and processes; recognition is not begun."""

    def make(data, name="scan.pdf", **values):
        document = add_document(ContentFile(data, name=name), **{"title": "Scan", "user": None} | values)
        assert process(document.pk)
        return Document.objects.get(pk=document.pk)

    return make


@pytest.fixture
def read_at_once(monkeypatch):
    """Recognition that takes no time: these tests are about what is kept. ``fails`` maps pages to errors."""
    fails = {}

    def recognise(path, mime, number, packs, **limits):
        if number in fails:
            raise fails[number]
        return PageText(number, "en", f"The heron on page {number}", "ocr")

    monkeypatch.setattr(recognition, "recognise_page", recognise)
    monkeypatch.setattr(recognition, "packs_for", lambda languages, first="": ["eng"])
    return fails


@pytest.fixture
def blank(filed):
    """Six pages without text."""
    return lambda: filed(making.changed(making.pdf_of([""]), lambda pdf: [pdf.add_blank_page() for _ in range(5)]))


def state_of(document):
    return DocumentRecognition.objects.get(document=document).state


@pytest.mark.parametrize(
    ("text", "rtl", "language", "word"),
    [
        (making.FILLER, False, "en", "rosters"),
        (making.GERMAN, False, "de", "Häftlinge"),
        (making.ARABIC, True, "ar", "الإنسان"),
    ],
)
def test_scan_is_found_by_its_words(tesseract, filed, text, rtl, language, word):
    document = filed(office.scan(making.pdf_of([text, text], rtl=rtl)))
    assert (document.state, state_of(document)) == ("ready", "waiting")
    assert blocking([document.pk]) == []
    while recognition.recognise(document.pk):
        pass
    document.refresh_from_db()
    assert (state_of(document), document.language) == ("done", language)
    for page in document.page_texts.all():
        assert (page.source, page.language) == ("ocr", language)
        wanted = text.split()
        assert sum(one in page.text.split() for one in wanted) >= 0.85 * len(wanted)
    assert best_pages(bytes(document.tokens.blob), parse(word), [language], 5) == [1, 2]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_picture_file_is_read_with_the_places_of_its_words(tesseract, stored, kind):
    pdf = making.pdf_of([making.FILLER, "The frontier"])
    path = stored(office.picture_file(pdf, kind))
    mime = f"image/{kind.lower()}"
    page = recognise_page(path, mime, 1, ["eng"])
    assert page.text.startswith("The files of a security service")
    layout = unpack(page.layout)
    assert layout.width == office.pictures(pdf)[0].width
    [first, *_] = layout.boxes(0, 3)
    assert first[0] < layout.width / 4
    assert first[1] < layout.height / 8
    if kind == "TIFF":
        assert recognise_page(path, mime, 2, ["eng"]).text == "The frontier"


def test_empty_page_has_nothing_to_recognise(tesseract, stored):
    blank = making.changed(making.pdf_of(["x"]), lambda pdf: pdf.add_blank_page())
    page = recognise_page(stored(blank), "application/pdf", 2, ["eng"])
    assert (page.text, page.source) == ("", "ocr")


def test_document_with_text_needs_no_recognition(filed):
    assert state_of(filed(making.report(2))) == State.NOT_NEEDED


def test_late_text_is_told_to_those_who_index(blank, read_at_once, django_capture_on_commit_callbacks):
    document = blank()
    told = []

    def listen(sender, document_id, ready, **kwargs):
        told.append((document_id, ready))

    document_processed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert not recognition.recognise(document.pk)
    finally:
        document_processed.disconnect(listen)
    assert told == [(document.pk, True)]
    assert len(best_pages(bytes(document.tokens.blob), parse("heron"), ["en"], 9)) == 6


def test_work_goes_on_in_slices_and_after_a_killed_worker(blank, read_at_once, monkeypatch):
    document = blank()
    monkeypatch.setattr(recognition, "SLICE", 0.0)
    assert recognition.recognise(document.pk)  # too short for a single page
    monkeypatch.setattr(recognition, "SLICE", 60.0)
    read_at_once[4] = KeyboardInterrupt()  # the worker is killed in the middle
    with pytest.raises(KeyboardInterrupt):
        recognition.recognise(document.pk)
    assert document.page_texts.filter(source="ocr").count() == 3
    assert recognition.unfinished(TASK) == []
    long_ago = timezone.now() - recognition.STUCK_AFTER - datetime.timedelta(minutes=1)
    DocumentRecognition.objects.update(touched_at=long_ago)
    assert recognition.unfinished(TASK) == [document.pk]
    read_at_once.clear()
    assert not recognition.recognise(document.pk)
    assert state_of(document) == State.DONE
    assert document.page_texts.filter(source="ocr").count() == 6


def test_page_that_kills_every_worker_is_left_out(blank, read_at_once):
    document = blank()
    read_at_once[2] = KeyboardInterrupt()
    for _ in range(recognition.MAX_TRIES):
        with pytest.raises(KeyboardInterrupt):
            recognition.recognise(document.pk)
        DocumentRecognition.objects.update(touched_at=timezone.now() - datetime.timedelta(days=1))
    recognition.recognise(document.pk)
    record = DocumentRecognition.objects.get(document=document)
    assert (record.state, record.failed_pages) == (State.DONE, {"2": "crashed"})
    assert record.reason == recognition.SOME_FAILED


def test_document_of_which_no_page_can_be_read_failed_and_can_be_tried_again(blank, read_at_once):
    document = blank()
    read_at_once.update(dict.fromkeys(range(1, 7), TooLongError()))
    recognition.recognise(document.pk)
    assert state_of(document) == State.FAILED
    read_at_once.clear()
    assert retry(document, user=None)
    recognition.recognise(document.pk)
    assert state_of(document) == State.DONE
    assert not retry(document, user=None)


def test_time_for_one_document_is_limited(blank, read_at_once, monkeypatch):
    monkeypatch.setattr(recognition, "BUDGET", 0.0)
    document = blank()
    assert not recognition.recognise(document.pk)
    record = DocumentRecognition.objects.get(document=document)
    assert (record.state, record.reason) == (State.FAILED, TooLongError.sentence)


def test_without_tesseract_it_is_not_available_until_it_comes(blank, monkeypatch):
    monkeypatch.setattr(recognition, "packs_for", lambda languages, first="": [])
    document = blank()
    record = DocumentRecognition.objects.get(document=document)
    assert (record.state, record.reason) == (State.UNAVAILABLE, NoRecognitionError.sentence)
    assert recognition.unfinished(TASK) == []
    monkeypatch.setattr(recognition, "packs_for", lambda languages, first="": ["eng"])
    assert recognition.unfinished(TASK) == [document.pk]


def test_two_workers_never_hold_one_document(blank, read_at_once):
    document = blank()
    DocumentRecognition.objects.update(state=State.RUNNING, touched_at=timezone.now())
    assert not recognition.recognise(document.pk)
    assert not document.page_texts.filter(source="ocr").exists()


def test_reading_again_keeps_what_was_recognised_unless_told_otherwise(blank, read_at_once):
    document = blank()
    recognition.recognise(document.pk)
    reread(document.pk)
    assert document.page_texts.filter(source="ocr", text__startswith="The heron").count() == 6
    assert state_of(document) == State.DONE
    reread(document.pk, keep_recognised=False)
    assert not document.page_texts.filter(source="ocr").exists()
    assert state_of(document) == State.WAITING
