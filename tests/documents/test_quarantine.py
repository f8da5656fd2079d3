"""Direct uploads on a real S3 server: nothing counts before its uploader came back, and intake judges it as always."""

from __future__ import annotations

from io import BytesIO

import pytest
import requests
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from django.core import signing
from django.db import transaction
from django.test import TestCase
from django.urls import reverse

from documents import quarantine
from documents.actions import add_document
from documents.models import DirectUpload, Document
from documents.storage import PrivateS3Storage
from tests.documents.conftest import small_pdf, without_versions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_processing")]


@pytest.fixture
def bucket(s3_settings):
    s3_settings.S3_DIRECT_UPLOAD = True
    return PrivateS3Storage()


@pytest.fixture
def versioned(versioned_bucket, s3_settings):
    """A bucket that keeps what is deleted; gives what it keeps below ``quarantine/``."""
    s3_settings.S3_DIRECT_UPLOAD = True
    return lambda: list(versioned_bucket.object_versions.filter(Prefix="quarantine/"))


@pytest.fixture
def author(client, people):
    client.force_login(people["author"])
    return client


def ticket(client) -> dict:
    response = client.post(reverse("document_direct_issue"))
    assert response.status_code == 200, response.content
    return response.json()


def send(form: dict, content: bytes, **fields: str) -> int:
    return requests.post(
        form["url"], data=form["fields"] | fields, files={"file": ("x", content)}, timeout=20
    ).status_code


def come_back(client, form: dict, name: str = "report.pdf", **data: str):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("document_direct_file"), {"token": form["token"], "name": name, **data})


def test_a_file_goes_into_the_bucket_and_becomes_a_document(author, bucket):
    form = ticket(author)
    assert send(form, small_pdf(2)) in (200, 204)
    assert not Document.objects.exists()
    answer = come_back(author, form, title="A report")
    document = Document.objects.get(pk=answer.json()["id"])
    assert (document.title, document.mime, document.original_name) == ("A report", "application/pdf", "report.pdf")
    assert bucket.size(document.original.name) == document.size
    assert list(bucket.keys("quarantine")) == []


def test_intake_refuses_as_always_and_the_quarantine_is_emptied(author, bucket):
    form = ticket(author)
    send(form, b"not a PDF at all")
    answer = come_back(author, form)
    assert (answer.status_code, Document.objects.count()) == (400, 0)
    assert "its content is something else" in answer.json()["error"]
    assert list(bucket.keys("quarantine")) == []


def test_the_form_takes_one_key_and_no_more_than_the_limit(author, bucket, settings):
    settings.DOCUMENT_MAX_SIZE = 1000
    form = ticket(author)
    assert send(form, b"x" * 2000) in (400, 403)
    assert send(form, b"x", key="documents/chosen-by-the-browser") in (400, 403)
    assert list(bucket.keys("documents")) == []


def test_another_person_can_not_come_back_with_the_token(author, client, bucket, people):
    form = ticket(author)
    send(form, small_pdf())
    client.force_login(people["author2"])
    assert come_back(client, form).status_code == 400
    assert not Document.objects.exists()


def test_a_ticket_is_for_one_file(author, bucket):
    """The form can be sent again while it is valid; what lies there then is no second document."""
    form = ticket(author)
    send(form, small_pdf())
    assert come_back(author, form).status_code == 200
    send(form, small_pdf(2))
    again = come_back(author, form)
    assert (again.status_code, again.json()["error"]) == (400, "This file was filed or removed already.")
    assert Document.objects.count() == 1


def test_of_two_requests_at_once_one_gets_the_file(author, bucket, monkeypatch):
    """The other one came while the first still fetched the bytes."""
    form, answers = ticket(author), []
    send(form, small_pdf())
    download = quarantine._download

    def meanwhile(*args):
        download(*args)
        monkeypatch.setattr(quarantine, "_download", download)
        answers.append(come_back(author, form))

    monkeypatch.setattr(quarantine, "_download", meanwhile)
    answers.append(come_back(author, form))
    assert [answer.status_code for answer in answers] == [200, 400]
    assert Document.objects.count() == 1


def test_a_refused_file_ends_its_ticket(author, bucket):
    form = ticket(author)
    for content in (b"not a PDF at all", small_pdf()):
        send(form, content)
        assert come_back(author, form).status_code == 400
    assert not Document.objects.exists() and not DirectUpload.objects.exists()


@pytest.mark.parametrize(
    "data", [{"name": "a\0.pdf"}, {"title": "A\0"}, {"title": "x" * 256}, {"language": "x" * 40}, {"name": ""}]
)
def test_what_is_said_about_the_file_is_judged_too(author, bucket, data):
    """It was an error 500 on PostgreSQL. The file stays, and can be filed under a better name."""
    form = ticket(author)
    send(form, small_pdf())
    answer = come_back(author, form, **data)
    assert answer.status_code == 400 and answer.json()["error"]
    assert not Document.objects.exists()
    assert come_back(author, form, language="de").status_code == 200


def test_without_an_upload_a_sentence(author, bucket):
    answer = come_back(author, ticket(author))
    assert (answer.status_code, answer.json()["error"]) == (400, "The file did not arrive. Upload it again.")
    forged = author.post(reverse("document_direct_file"), {"token": "x", "name": "a.pdf"})
    assert forged.json()["error"] == "This upload is too old. Upload the file again."


def test_a_ticket_from_before_uploads_had_rows_is_too_old(author, bucket, people):
    """It was said to be filed already."""
    content = {"user": people["author"].pk, "key": "quarantine/0f0f0f0f-0000-4000-8000-000000000000"}
    answer = come_back(author, {"token": signing.dumps(content, salt=quarantine._SALT)})
    assert (answer.status_code, answer.json()["error"]) == (400, "This upload is too old. Upload the file again.")


def test_a_stranger_reads_nothing_of_the_quarantine(author, bucket, s3_settings):
    send(ticket(author), small_pdf())
    ((key, _),) = bucket.keys("quarantine")
    address = f"{s3_settings.AWS_S3_ENDPOINT_URL}/{bucket.bucket_name}/{key}"
    assert requests.get(address, timeout=10).status_code == 403


def test_what_nobody_came_back_for_is_removed(author, bucket, monkeypatch):
    send(ticket(author), small_pdf())
    assert quarantine.sweep() == 0
    monkeypatch.setattr(quarantine, "KEPT", -60)
    assert quarantine.sweep() == 1
    assert list(bucket.keys("quarantine")) == []
    assert not DirectUpload.objects.exists()


@pytest.mark.parametrize(("content", "status"), [(small_pdf(), 200), (b"no PDF", 400)], ids=["filed", "refused"])
def test_a_bucket_that_keeps_versions_has_none_of_a_raw_upload(author, versioned, content, status):
    """It lay there for good, as it was sent, under a marker."""
    form = ticket(author)
    send(form, b"an attempt")
    send(form, content)
    assert len(versioned()) == 2
    assert come_back(author, form).status_code == status
    assert versioned() == []


def test_nor_of_one_that_nobody_came_back_for(author, versioned, monkeypatch):
    earlier, late = ticket(author), ticket(author)
    send(earlier, small_pdf())
    PrivateS3Storage().delete(earlier["fields"]["key"])
    send(late, small_pdf())
    monkeypatch.setattr(quarantine, "KEPT", -60)
    assert quarantine.sweep() == 1
    assert versioned() == []


def test_a_key_without_rights_over_versions_removes_what_it_can(author, versioned, monkeypatch, caplog):
    """It removed nothing, and raised every hour."""
    bucket, form = PrivateS3Storage(), ticket(author)
    with monkeypatch.context() as patch:
        without_versions(patch)
        send(form, small_pdf())
        assert come_back(author, form).status_code == 200
        assert list(bucket.keys("quarantine")) == []
        assert "Old versions may stay" in caplog.text
        send(ticket(author), small_pdf())
        patch.setattr(quarantine, "KEPT", -60)
        assert quarantine.sweep() == 1
        assert list(bucket.keys("quarantine")) == []


@pytest.mark.parametrize("who", ["anonymous", "member"])
def test_only_who_may_add_a_file_gets_a_form(client, bucket, people, who):
    if people[who]:
        client.force_login(people[who])
    assert client.post(reverse("document_direct_issue")).status_code in (302, 404)


def test_it_is_off_by_default(author, s3_settings):
    assert author.post(reverse("document_direct_issue")).status_code == 404


def test_the_screen_is_there_only_where_the_bucket_takes_files(author, bucket, client, people, settings):
    assert reverse("document_direct") in author.get(reverse("document_adding")).content.decode()
    assert "data-direct" in author.get(reverse("document_direct")).content.decode()
    client.force_login(people["member"])
    assert client.get(reverse("document_direct")).status_code in (302, 404)
    client.force_login(people["author"])
    settings.S3_DIRECT_UPLOAD = False
    assert reverse("document_direct") not in author.get(reverse("document_adding")).content.decode()
    assert author.get(reverse("document_direct")).status_code == 404


def assert_can_be_asked_again(author, form, answer):
    assert answer.status_code == 503 and "Nothing is lost" in answer.json()["error"]
    assert come_back(author, form).status_code == 200


def test_what_arrived_can_be_filed_when_the_storage_answers_again(author, bucket, monkeypatch):
    form = ticket(author)
    send(form, small_pdf())
    with monkeypatch.context() as patch:

        def away(*args, **kwargs):
            raise EndpointConnectionError(endpoint_url="http://bucket.example.org")

        patch.setattr(quarantine, "read_range", away)
        patch.setattr(PrivateS3Storage, "size", away)
        answer = come_back(author, form)
    assert_can_be_asked_again(author, form, answer)


def test_a_bucket_that_breaks_off_in_the_middle_can_be_asked_again(author, bucket, monkeypatch):
    form = ticket(author)
    send(form, small_pdf())

    def broken(body):
        yield b"%PDF"
        raise ReadTimeoutError(endpoint_url="http://bucket.example.org")

    with monkeypatch.context() as patch:
        patch.setattr(PrivateS3Storage, "_body_chunks", staticmethod(broken))
        answer = come_back(author, form)
    assert_can_be_asked_again(author, form, answer)


def test_so_can_a_server_whose_disk_is_full(author, bucket, monkeypatch):
    form = ticket(author)
    send(form, small_pdf())

    class Full(BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(quarantine.tempfile, "TemporaryFile", Full)
        answer = come_back(author, form)
    assert_can_be_asked_again(author, form, answer)


def test_nothing_is_lost_where_the_request_is_not_committed(author, bucket, people):
    """The bytes were gone, and the ticket back."""
    form = ticket(author)
    send(form, small_pdf())
    with pytest.raises(RuntimeError), transaction.atomic():
        with quarantine.fetched(people["author"], form["token"], bucket) as upload:
            add_document(upload, title="A report", user=people["author"], original_name="report.pdf")
        raise RuntimeError
    assert not Document.objects.exists()
    assert come_back(author, form).status_code == 200
    assert Document.objects.count() == 1
