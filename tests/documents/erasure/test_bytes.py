"""Which bytes an erasure destroys: those of the file wherever they lie, and nobody else's."""

from __future__ import annotations

import hashlib
import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, models

from documents.adding import pending
from documents.erasure import blobs
from documents.models import Document, DocumentImage, Erasure, PendingUpload
from documents.processing import _discard, store_image
from tests.factories import DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db

BYTES = b"%PDF-1.4 names her"
HOUR = 3600.0


@pytest.fixture
def storage(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    settings.VAR_DIR = tmp_path
    return storages["documents"]


@pytest.fixture
def erasure(storage):
    storage.save("documents/erased", ContentFile(BYTES))
    target = {"series": "", "number": 1, "original_sha256": hashlib.sha256(BYTES).hexdigest(), "sha256": ""}
    return Erasure(keys=["documents/erased"], targets=[target])


def put(storage, key, content=b"another report", age=HOUR):
    storage.save(key, ContentFile(content))
    os.utime(storage.path(key), (time.time() - age,) * 2)
    return key


def wait(content, length=None):
    upload = PendingUpload.objects.create(user=UserFactory(), name="a.pdf", length=length or len(content))
    pending.path_of(upload).write_bytes(content)
    return upload


def test_uploads_and_imports_of_others_stay(storage, erasure):
    direct, imported = put(storage, "quarantine/of-somebody"), put(storage, "documents/not-committed-yet")
    blobs.destroy(erasure)
    assert storage.exists(direct) and storage.exists(imported)
    assert not storage.exists("documents/erased")


def test_what_has_been_without_a_row_for_a_day_goes(storage, erasure):
    old = {"age": 25 * HOUR}
    lost, direct = put(storage, "documents/lost", **old), put(storage, "quarantine/of-somebody", **old)
    blobs.destroy(erasure)
    assert not storage.exists(lost) and storage.exists(direct)


def test_a_page_image_without_a_row_goes_unless_it_is_being_made(storage, erasure):
    lost, made = put(storage, "derived/lost"), put(storage, "derived/just-made", age=60.0)
    blobs.destroy(erasure)
    assert not storage.exists(lost) and storage.exists(made)


def test_the_same_bytes_go_from_everywhere(storage, erasure):
    keys = [put(storage, key, BYTES) for key in ("documents/copy", "quarantine/copy")]
    blobs.destroy(erasure)
    assert not any(storage.exists(key) for key in keys)


def test_uploads_that_wait_go_with_the_same_bytes_only(storage, erasure):
    same, part = wait(BYTES), wait(BYTES[:5], len(BYTES))
    others = {wait(b"another report").pk, wait(b"part", 999).pk}
    assert blobs.left(erasure) == 2
    blobs.destroy(erasure)
    assert set(PendingUpload.objects.values_list("pk", flat=True)) == others
    assert not pending.path_of(same).exists() and not pending.path_of(part).exists()
    assert blobs.left(erasure) == 0


class TestErasedWhileItWasProcessed:
    """A bucket that keeps versions of what is deleted has none of what was made meanwhile."""

    @pytest.fixture
    def gone(self, versioned_bucket, db):
        document = DocumentFactory(
            inspected=False,
        )
        models.QuerySet(Document).filter(pk=document.pk)._raw_delete("default")
        return document

    def test_a_public_copy(self, gone, versioned_bucket):
        key = storages["documents"].save("documents/copy", ContentFile(BYTES))
        _discard(key, gone)
        assert key not in {version.object_key for version in versioned_bucket.object_versions.all()}

    def test_a_page_image(self, gone, versioned_bucket, tmp_path):
        (tmp_path / "page").write_bytes(b"picture")
        with pytest.raises(IntegrityError):
            store_image(gone, DocumentImage.Kind.PAGE, 1, tmp_path / "page", (1, 1))
        assert not [one for one in versioned_bucket.object_versions.all() if one.object_key.startswith("derived/")]
