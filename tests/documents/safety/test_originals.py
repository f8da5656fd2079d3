"""The uploaded file after its public copy is made: sealed, encrypted or discarded; each fetch logged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyrage
import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from documents import originals
from documents.models import Document, document_storage
from documents.storage import PrivateS3Storage, discard
from documents.verification import verify
from tests import servers
from tests.documents.safety import pdfs
from tests.documents.safety.planting import NAME, holds
from tests.workflows.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings):
    """Originals are encrypted to a key of which this test holds the private half."""
    identity = pyrage.x25519.Identity.generate()
    settings.ORIGINALS = "encrypted"
    settings.ORIGINALS_PUBLIC_KEY = str(identity.to_public())
    return identity


@pytest.fixture
def empty_storage(settings, tmp_path):
    """Nothing of other tests in it."""
    if settings.AWS_STORAGE_BUCKET_NAME:
        pytest.skip("the bucket holds files of other tests")
    settings.DOCUMENTS_ROOT = tmp_path


def everything():
    """All bytes that the storage holds."""
    storage = document_storage()
    for folder in ("documents", "derived"):
        for name, _ in storage.keys(folder):
            with storage.open(name) as file:
                yield file.read()


def fetch(desk, document, reason="The court asks for it."):
    return desk.client.post(reverse("document_original", args=[document.pk]), {"reason": reason})


def body(response):
    return b"".join(response.streaming_content)


def test_sealed_original_is_given_to_legal_and_logged(filed, people):
    data = pdfs.metadata()
    document = filed(data, user=people["author"])
    legal = Desk(people["legal"])
    page = legal.get("document_original", document.pk)
    assert page.status_code == 200 and not ModelLogEntry.objects.filter(action="dossier.original.fetch").exists()
    response = fetch(legal, document)
    assert body(response) == data
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in response["Content-Disposition"]
    entry = ModelLogEntry.objects.get(action="dossier.original.fetch")
    assert (entry.user, entry.data) == (people["legal"], {"reason": "The court asks for it."})


def test_without_a_reason_nothing_is_given(filed, people):
    document = filed(pdfs.metadata())
    response = fetch(Desk(people["legal"]), document, reason=" ")
    assert response.status_code == 200 and not response.streaming
    assert not ModelLogEntry.objects.filter(action="dossier.original.fetch").exists()


def test_exactly_these_people_fetch_it(filed, people):
    document = filed(pdfs.metadata(), user=people["author"])
    given = {name for name, user in people.items() if user and fetch(Desk(user), document).streaming}
    assert given == {"legal", "superuser"}


def test_encrypted_original_opens_with_the_private_key_only(filed, key, people, empty_storage):
    data = pdfs.metadata()
    document = filed(data, user=people["author"])
    assert document.original_kept == "encrypted"
    assert document.original_sha256 == hashlib.sha256(data).hexdigest()
    with document.original.open() as file:
        stored = file.read()
    assert hashlib.sha256(stored).hexdigest() == document.original_stored_sha256
    assert pyrage.decrypt(stored, [key]) == data
    assert not any(holds(blob, NAME) for blob in everything())
    response = fetch(Desk(people["legal"]), document)
    assert pyrage.decrypt(body(response), [key]) == data
    assert ".age" in response["Content-Disposition"]


def test_discarded_original_leaves_its_hash(filed, settings, people, empty_storage):
    settings.ORIGINALS = "discarded"
    data = pdfs.metadata()
    document = filed(data, user=people["author"])
    assert (document.original_kept, document.original.name) == ("discarded", "")
    assert document.original_sha256 == hashlib.sha256(data).hexdigest()
    assert not any(holds(blob, NAME) for blob in everything())
    legal = Desk(people["legal"])
    assert "was discarded" in legal.get("document_original", document.pk).content.decode()
    assert "was discarded" in fetch(legal, document).content.decode()


def test_no_version_of_the_upload_stays_in_a_bucket(s3_settings):
    """A bucket that keeps versions lays a marker over what is deleted: below it everything would still be there."""
    with servers.bucket(
        s3_settings.AWS_S3_ENDPOINT_URL, s3_settings.AWS_S3_ACCESS_KEY_ID, s3_settings.AWS_S3_SECRET_ACCESS_KEY
    ) as name:
        s3_settings.AWS_STORAGE_BUCKET_NAME = name
        storage = PrivateS3Storage()
        storage.bucket.Versioning().enable()
        for key in ("documents/upload", "documents/other"):
            storage.save(key, ContentFile(NAME.encode()))
        discard("documents/upload", storage, for_good=True)
        assert {version.key for version in storage.bucket.object_versions.all()} == {"documents/other"}
        storage.bucket.object_versions.delete()


@pytest.mark.parametrize("policy", ["encrypted", "discarded"])
def test_what_is_public_as_it_is_stays(filed, key, settings, policy):
    """Nothing was removed: original and public copy are one blob."""
    settings.ORIGINALS = policy
    document = filed(b"A text.", name="a.txt")
    assert document.original.name == document.file.name
    with document.file.open() as file:
        assert file.read() == b"A text."


@pytest.mark.parametrize("policy", ["sealed", "encrypted", "discarded"])
def test_verification_understands_each_policy(filed, key, settings, policy, capsys):
    settings.ORIGINALS = policy
    document = filed(pdfs.metadata())
    verdict = verify(document_storage())
    assert not verdict.missing and not verdict.changed
    call_command("verify_documents")
    if policy != "discarded":
        with document_storage().open(document.original.name, "wb") as file:
            file.write(b"changed")
        assert verify(document_storage()).changed == [document.original.name]


def test_killed_worker_leaves_it_to_the_schedule(filed, key, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(originals, "put_away", lambda pk: False)
        patch.setattr("documents.processing.put_away", lambda pk: False)
        document = filed(pdfs.metadata())
    assert document.original_stored_sha256 == ""
    assert originals.put_all_away() == 1
    assert Document.objects.get(pk=document.pk).original_stored_sha256
    assert originals.put_all_away() == 0


def test_nothing_lies_in_a_shared_folder_while_it_is_encrypted(filed, key, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    written, encrypt = [], originals.pyrage.encrypt_io
    monkeypatch.setattr(
        originals.pyrage,
        "encrypt_io",
        lambda source, out, to: written.append(Path(out.name)) or encrypt(source, out, to),
    )
    filed(pdfs.metadata())
    assert written[0].is_relative_to(tmp_path / "scratch")


def test_storage_that_does_not_answer_loses_nothing(filed, key, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no route")

    with monkeypatch.context() as patch:
        patch.setattr(originals.pyrage, "encrypt_io", broken)
        document = filed(pdfs.metadata())
    assert document.is_ready and document.original_stored_sha256 == ""
    assert originals.put_away(document.pk)


def test_a_later_policy_leaves_older_originals_alone(filed, settings):
    document = filed(pdfs.metadata())
    settings.ORIGINALS = "discarded"
    assert originals.put_all_away() == 0
    assert Document.objects.get(pk=document.pk).original.name


def test_a_policy_without_a_key_is_an_error_at_start(settings, key):
    assert not [error for error in run_checks(tags=["documents"]) if error.id == "documents.E005"]
    settings.ORIGINALS_PUBLIC_KEY = "age1nonsense"
    assert [error for error in run_checks(tags=["documents"]) if error.id == "documents.E005"]


def test_sealed_fields_stay_sealed(filed, key):
    document = filed(pdfs.metadata())
    from documents.exceptions import AppendOnlyError

    with pytest.raises(AppendOnlyError):
        Document.objects.filter(pk=document.pk).update(original="")
    document.original_kept = "sealed"
    with pytest.raises(AppendOnlyError):
        document.save()
