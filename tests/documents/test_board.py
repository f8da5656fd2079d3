"""The board "Processing": what is not done, why, how long yet, and another try for those who may."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from documents import board, tasks
from documents.actions import add_document
from documents.models import Document, DocumentRecognition
from tests.documents import making

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_processing")]
State = Document.State
Recognition = DocumentRecognition.State


@pytest.fixture
def filed(people):
    """A document of ``author`` (or another), in a state."""

    def make(title, state=State.WAITING, user="author", failure=""):
        document = add_document(
            ContentFile(making.pdf_of(["x"]), name="a.pdf"), title=title, user=people[user], language="en"
        )
        now = timezone.now()
        super(type(Document.objects.all()), Document.objects.filter(pk=document.pk)).update(
            state=state,
            failure=failure,
            started_at=now - datetime.timedelta(seconds=120),
            processed_at=now if state == State.READY else None,
        )
        return Document.objects.get(pk=document.pk)

    return make


@pytest.fixture
def shown(people, client):
    """What the board shows to somebody."""

    def show(name):
        client.force_login(people[name])
        response = client.get(reverse("document_processing"))
        assert response.status_code == 200
        return response.content.decode()

    return show


def queued(document, **values):
    return DBTaskResult.objects.create(
        task_path=tasks.process_document.module_path,
        args_kwargs={"args": [document.pk], "kwargs": {}},
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path="",
        traceback="",
        **values,
    )


def test_board_shows_exactly_what_is_not_done_and_may_be_read(filed, shown):
    filed("waiting one")
    filed("failed one", State.FAILED, failure="The file could not be read.")
    filed("other's", user="author2")
    filed("done", State.READY)
    content = shown("author")
    assert "waiting one" in content
    assert "failed one" in content
    assert "The file could not be read." in content
    assert "other&#x27;s" not in content
    assert ">done<" not in content
    assert "waiting one" not in shown("author2")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"state": Recognition.WAITING}, "still being recognised"),
        ({"state": Recognition.FAILED, "reason": "Reading failed."}, "Reading failed."),
        ({"state": Recognition.UNAVAILABLE, "reason": "Not installed."}, "Not installed."),
        ({"state": Recognition.DONE, "reason": "Some pages."}, "Some pages."),
    ],
)
def test_board_shows_what_recognition_still_owes(filed, shown, people, values, wanted):
    document = filed("scan", State.READY)
    DocumentRecognition.objects.create(document=document, **values)
    assert wanted in shown("author")


def test_recognition_that_is_done_or_not_needed_is_not_on_the_board(filed, shown):
    for title, state in (("one", Recognition.DONE), ("two", Recognition.NOT_NEEDED)):
        DocumentRecognition.objects.create(document=filed(f"scan {title}", State.READY), state=state)
    content = shown("author")
    assert "scan one" not in content
    assert "scan two" not in content


def test_time_left_comes_from_the_queue_and_the_pace(filed, people):
    filed("done", State.READY)
    first, second = filed("first"), filed("second")
    queued(first)
    queued(second)
    pace = board.Pace()
    assert pace.of_processing(first) == pytest.approx(120, abs=5)
    assert pace.of_processing(second) == pytest.approx(240, abs=5)
    assert board.about(pace.of_processing(second)) == "about 4 minutes left"
    assert board.about(None) == ""
    assert board.about(20) == "less than a minute left"
    assert board.about(3 * 3600) == "about 3 hours left"


def test_recognition_takes_turns_so_short_scans_are_done_before_long_ones(filed):
    for title, pages in (("short", 2), ("long", 10)):
        document = filed(title, State.READY)
        DocumentRecognition.objects.create(document=document, state=Recognition.WAITING)
        for number in range(1, pages + 1):
            document.page_texts.create(number=number, source="none")
    DocumentRecognition.objects.create(
        document=filed("past", State.READY), state=Recognition.DONE, seconds=30, pages_read=10
    )
    pace = board.Pace()
    left = {document.title: pace.of_recognition(document) for document in Document.objects.all()}
    assert (left["short"], left["long"]) == (12, 36)


def test_retry_puts_a_failed_document_in_the_queue(filed, people, client):
    document = filed("failed one", State.FAILED, failure="The file could not be read.")
    client.force_login(people["author"])
    url = reverse("document_retry", args=[document.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("document_processing")
    assert Document.objects.get(pk=document.pk).state == State.WAITING
    assert client.post(url, {"back": "edit"}).url == reverse("wagtaildocs:edit", args=[document.pk])


@pytest.mark.parametrize("name", ["author2", "member", "translator-de"])
def test_retry_is_not_found_by_those_who_may_not_change_it(filed, people, client, name):
    document = filed("failed one", State.FAILED, failure="x")
    client.force_login(people[name])
    assert client.post(reverse("document_retry", args=[document.pk])).status_code in (302, 404)
    assert Document.objects.get(pk=document.pk).state == State.FAILED


def test_edit_page_says_the_same_with_a_button(filed, people, client):
    document = filed("failed one", State.FAILED, failure="The file could not be read.")
    client.force_login(people["author"])
    content = client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    assert "Failed: The file could not be read." in content
    assert f'formaction="{reverse("document_retry", args=[document.pk])}"' in content


def test_board_asks_as_often_for_many_as_for_one(filed, people, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(people["author"])
    counts = []
    for _ in range(2):
        for number in range(3):
            filed(f"n {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("document_processing"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
