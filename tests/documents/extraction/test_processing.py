"""From upload to ready: outcomes, repetition, killed workers, lost storage."""

import datetime
import io
import time

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access import schedule
from documents import holding, page_texts, processing, tasks
from documents.actions import add_document
from documents.extraction import sandbox
from documents.extraction.errors import CrashedError
from documents.models import Document, DocumentImage, document_storage
from documents.processing import process, unfinished
from documents.signals import document_processed
from search.query import parse
from tests.documents import making
from tests.pages import best_pages

pytestmark = pytest.mark.django_db
TASK = tasks.process_document.module_path


@pytest.fixture
def upload():
    """Files bytes as a waiting document, as the upload form does."""

    def file(data, name="report.pdf", **values):
        return add_document(ContentFile(data, name=name), **{"title": "Report", "user": None} | values)

    return file


@pytest.fixture
def heard():
    """What listeners were told: (document_id, ready)."""
    told = []

    def listen(sender, document_id, ready, **kwargs):
        told.append((document_id, ready))

    document_processed.connect(listen)
    yield told
    document_processed.disconnect(listen)


def again(document):
    return Document.objects.get(pk=document.pk)


def with_outline(data):
    """A PDF whose contents lead to its second page, by words that stand there."""
    with pikepdf.open(io.BytesIO(data)) as pdf, io.BytesIO() as out:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Folio", 1))
        pdf.save(out)
        return out.getvalue()


def read(document):
    """All that was read of it."""
    pages = document.page_texts.order_by("number").values_list("number", "language", "text", "layout")
    entries = document.outline.entries
    with document.drawn_images.get(kind=DocumentImage.Kind.COVER).file.open() as cover:
        return list(pages), entries, cover.read()


def test_short_file_is_read_by_one_child_as_a_long_one_by_three(upload, monkeypatch):
    jobs, run = [], sandbox.run
    monkeypatch.setattr(sandbox, "run", lambda job, *args, **rest: jobs.append(job) or run(job, *args, **rest))
    documents = []
    for most in (processing.SHORT, 0):
        monkeypatch.setattr(processing, "SHORT", most)
        documents.append(upload(with_outline(making.report(3))))
        assert process(documents[-1].pk)
    at_once, apart = ["read"], ["text", "layout", "image"]
    assert jobs == ["check", "clean_and_inspect", *at_once, "check", "clean_and_inspect", *apart]
    short, long = map(read, documents)
    assert short == long and all(layout for *_page, layout in short[0])


@pytest.mark.parametrize("fault", ["layouts", "draw"])
def test_child_that_dies_over_a_comfort_costs_no_text(upload, monkeypatch, fault):
    """Reading at once is given up as a whole, and then each is tried alone."""
    run = sandbox.run

    def dying(job, *args, **rest):
        if job in ("read", {"layouts": "layout", "draw": "image"}[fault]):
            raise CrashedError
        return run(job, *args, **rest)

    monkeypatch.setattr(sandbox, "run", dying)
    document = upload(making.report(3))
    assert process(document.pk)
    assert document.page_texts.count() == 3
    assert document.drawn_images.exists() == (fault == "layouts")
    assert document.page_texts.exclude(layout=b"").exists() == (fault == "draw")


def set_state(document, state, retry_at=None):
    """What a worker that was killed leaves behind."""
    super(type(Document.objects.all()), Document.objects.filter(pk=document.pk)).update(state=state, retry_at=retry_at)


def add_task(document, status):
    """A task of the queue as it is found later."""
    DBTaskResult.objects.create(
        status=status,
        task_path=TASK,
        args_kwargs={"args": [document.pk], "kwargs": {}},
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path="",
        traceback="",
    )


def test_upload_becomes_ready(upload, heard, django_capture_on_commit_callbacks):
    document = upload(making.report(40, planted={37: "The heron crossed the frontier at dawn."}))
    assert document.state == "waiting"
    with django_capture_on_commit_callbacks(execute=True):
        assert process(document.pk)
    document = again(document)
    assert (document.state, document.page_count, document.language) == ("ready", 40, "en")
    assert document.page_texts.count() == 40
    assert "heron" in document.page_texts.get(number=37).text
    assert best_pages(bytes(document.tokens.blob), parse("heron frontier"), ["en"], 5) == [37]
    assert document.drawn_images.get().kind == DocumentImage.Kind.COVER
    assert document.drawn_images.get().width == 400
    assert heard == [(document.pk, True)]


def test_the_task_runs_after_the_commit_of_an_upload(upload, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = upload(making.report(2))
    assert again(document).state == "ready"


def test_public_copy_is_clean_and_hashed(upload):
    original = making.with_secrets(making.report(2))
    document = upload(original)
    process(document.pk)
    document = again(document)
    with document.file.open() as file:
        public = file.read()
    with document.original.open() as file:
        assert file.read() == original
    assert processing.hashlib.sha256(public).hexdigest() == document.sha256 != document.original_sha256
    assert len(public) == document.size == document.file_size
    assert b"Somebody Inside" not in public


def test_processing_twice_changes_nothing(upload, heard, django_capture_on_commit_callbacks):
    document = upload(making.report(3))
    with django_capture_on_commit_callbacks(execute=True):
        process(document.pk)
    before = Document.objects.values().get(pk=document.pk)
    texts = list(document.page_texts.values())
    with django_capture_on_commit_callbacks(execute=True):
        assert process(document.pk)
    assert Document.objects.values().get(pk=document.pk) == before
    assert list(document.page_texts.values()) == texts
    assert len(heard) == 1
    assert len(list(document_storage().keys("documents"))) >= 2


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (lambda: making.cut_off(making.report(20)), "damaged"),
        (making.circular, ""),
    ],
)
def test_hostile_upload_fails_with_its_reason(
    upload, heard, data, word, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr("documents.intake.check_pdf", lambda *a, **k: None, raising=False)
    document = upload(making.report(1))
    with document.original.storage.open(document.original.name, "wb") as file:
        file.write(data())
    super(type(Document.objects.all()), Document.objects.filter(pk=document.pk)).update(original_sha256="")
    with django_capture_on_commit_callbacks(execute=True):
        assert not process(document.pk)
    document = again(document)
    assert document.state == "failed"
    assert document.failure.endswith(".")
    assert word in document.failure
    assert document.sha256 == ""
    assert not document.page_texts.exists()
    assert heard == [(document.pk, False)]


def test_changed_or_missing_original_is_not_processed(upload):
    document = upload(making.report(1))
    with document.original.storage.open(document.original.name, "wb") as file:
        file.write(making.report(2))
    assert not process(document.pk)
    assert again(document).failure == processing.MISSING
    document.original.storage.delete(document.original.name)
    assert not process(document.pk)
    assert again(document).failure == processing.MISSING


def test_failed_document_can_be_tried_again(upload):
    document = upload(making.report(1))
    Document.objects.filter(pk=document.pk).fail("The machine was ill.")
    assert process(document.pk)
    assert again(document).failure == ""


def test_storage_that_does_not_answer_leaves_the_document_waiting(upload, monkeypatch):
    document = upload(making.report(1))

    def broken(*args, **kwargs):
        raise OSError("no route")

    with monkeypatch.context() as patch:
        patch.setattr(processing, "store", broken)
        assert not process(document.pk)
    assert again(document).state == "waiting"
    assert unfinished(TASK) == []
    set_state(document, "waiting", timezone.now())
    assert unfinished(TASK) == [document.pk]
    assert process(document.pk)


def test_tries_against_a_storage_that_is_down_give_no_document_up(upload):
    document = upload(making.report(1))
    for _ in range(processing.MAX_ATTEMPTS):
        add_task(document, "SUCCESSFUL")
    set_state(document, "running", timezone.now())
    assert unfinished(TASK) == [document.pk]
    assert again(document).state == "waiting"


def test_nothing_is_left_behind_when_the_database_fails(upload, monkeypatch):
    document = upload(making.report(1))
    before = sorted(document_storage().keys("documents"))

    def broken(*args, **kwargs):
        raise RuntimeError("database gone")

    with monkeypatch.context() as patch:
        patch.setattr(page_texts, "pack", broken)
        with pytest.raises(RuntimeError):
            process(document.pk)
    assert sorted(document_storage().keys("documents")) == before
    assert again(document).state == "running"
    assert again(document).sha256 == ""


def test_who_indexes_is_told_in_the_same_transaction(upload, heard):
    """And not after it: a text would stay unfound where the process died between the two."""
    document = upload(making.report(1))
    assert process(document.pk)
    assert heard == [(document.pk, True)]


@pytest.mark.django_db(transaction=True)
def test_public_copy_stays_where_only_what_follows_the_commit_fails(upload, no_processing):
    document = upload(making.report(1))

    def locked():
        raise OperationalError("database is locked")

    def fail(sender, **kwargs):
        transaction.on_commit(locked)

    document_processed.connect(fail)
    try:
        with pytest.raises(OperationalError):
            process(document.pk)
    finally:
        document_processed.disconnect(fail)
    document = again(document)
    assert document.is_ready and document.file.storage.exists(document.file.name)


def test_document_in_another_workers_hands_is_left_alone(upload):
    document = upload(making.report(1))
    set_state(document, "running", timezone.now() + holding.HELD_FOR)
    assert not process(document.pk)
    assert again(document).state == "running"


def test_document_of_a_killed_worker_is_taken_up_again(upload):
    document = upload(making.report(1))
    set_state(document, "running", timezone.now())
    assert tasks.requeue_unfinished() == 1
    assert again(document).state == "ready"
    assert tasks.requeue_unfinished() == 0


def test_waiting_document_without_a_task_is_queued_once(upload):
    document = upload(making.report(1))
    assert unfinished(TASK) == []
    Document.objects.filter(pk=document.pk).update(created_at=timezone.now() - datetime.timedelta(hours=1))
    assert unfinished(TASK) == [document.pk]
    add_task(document, "READY")
    assert unfinished(TASK) == []


def test_document_that_never_finishes_is_given_up(upload):
    document = upload(making.report(1))
    set_state(document, "running", timezone.now() - datetime.timedelta(days=1))
    for _ in range(processing.MAX_ATTEMPTS):
        add_task(document, "RUNNING")
    assert unfinished(TASK) == []
    assert again(document).state == "failed"
    assert again(document).failure == processing.GIVEN_UP


@pytest.mark.django_db(transaction=True)
def test_worker_that_lives_keeps_its_document(upload, monkeypatch, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    document = upload(making.report(1))
    DBTaskResult.objects.update(status="RUNNING")  # else it counts as queued already
    monkeypatch.setattr(holding, "HELD_FOR", datetime.timedelta(seconds=0.4))
    monkeypatch.setattr(holding, "RENEW_EVERY", 0.1)
    seen = []

    def slow(*args, **kwargs):
        time.sleep(1)
        seen.extend(unfinished(TASK))
        raise OSError("no route")

    monkeypatch.setattr(processing, "fetched", slow)
    process(document.pk)
    assert seen == []
    assert again(document).state == "waiting"


def test_worker_repeats_the_search_for_lost_documents():
    assert tasks.requeue_unfinished in [job.run for job in schedule.jobs()]


def test_arabic_file_is_found_by_its_words(upload):
    document = upload(making.pdf_of(["مقدمة", making.ARABIC], rtl=True))
    process(document.pk)
    document = again(document)
    assert document.language == "ar"
    assert [text.language for text in document.page_texts.order_by("number")] == ["ar", "ar"]
    assert best_pages(bytes(document.tokens.blob), parse("الإنسان"), ["en", "ar"], 5) == [2]


def test_word_document_is_ready_with_text_and_without_pages(upload, no_converter):
    document = upload(making.docx_of([making.FILLER]), name="report.docx")
    process(document.pk)
    document = again(document)
    assert (document.state, document.page_count, document.page_texts.count()) == ("ready", 0, 1)
    assert document.sha256 != document.original_sha256  # packed anew: an archive's dates tell something too


def test_reextract_renews_text_and_keeps_bytes(upload, capsys):
    document = upload(making.report(2))
    process(document.pk)
    before = Document.objects.values().get(pk=document.pk)
    document.page_texts.all().delete()
    document.tokens.delete()
    waiting = upload(making.report(1), name="second.pdf")
    call_command("reextract")
    assert "2 of 2 documents read again, 0 failed." in capsys.readouterr().out
    assert Document.objects.values().get(pk=document.pk) == before
    assert document.page_texts.count() == 2
    assert again(document).tokens.blob
    assert document.drawn_images.count() == 1
    assert again(waiting).state == "ready"


def test_reextract_says_by_its_exit_code_what_failed(upload, capsys):
    document = upload(making.report(1))
    document.original.storage.delete(document.original.name)
    with pytest.raises(CommandError, match="1 failed"):
        call_command("reextract", "--failed")
