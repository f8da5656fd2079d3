"""People, and files that are what they say."""

from __future__ import annotations

import io

import pikepdf
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from PIL import PngImagePlugin

from access.roles import AUTHORS, EDITORS, LEGAL, READERS, translators
from documents.models import Document, DocumentImage, Image
from tests.factories import UserFactory
from tests.servers import bucket


def small_pdf(pages: int = 1, **save) -> bytes:
    """A valid PDF with blank pages; ``encryption=`` protects it."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(out, **save)
    return out.getvalue()


def upload(content: bytes, name: str = "secret name.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(color="red", fmt="PNG", **save) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (64, 48), color).save(out, fmt, **save)
    return out.getvalue()


def picture_by(author) -> bytes:
    """A picture that names its maker; the public copy is the same whoever that is."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", author)
    return picture(pnginfo=info)


def new_image(user=None, color="red", title="secret picture") -> Image:
    return Image.objects.create(
        title=title, file=ContentFile(picture(color), name="IMG_4711.png"), uploaded_by_user=user
    )


@pytest.fixture
def people(db):
    """One of each role; ``author`` is the one who uploads and owns in these tests."""
    return {
        "anonymous": None,
        "member": UserFactory(groups=[READERS]),
        "author": UserFactory(groups=[AUTHORS]),
        "author2": UserFactory(groups=[AUTHORS]),
        "editor": UserFactory(groups=[EDITORS]),
        "legal": UserFactory(groups=[LEGAL]),
        "translator-de": UserFactory(groups=[translators("de")]),
        "leaver": UserFactory(groups=[EDITORS], is_active=False),
        "superuser": UserFactory(is_superuser=True, is_staff=True),
    }


@pytest.fixture(autouse=True)
def no_remembered_sizes():
    """Rolled-back rows leave their pictures in the cache, where the next test's rows with the same number find them."""
    cache.clear()


@pytest.fixture
def no_converter(monkeypatch):
    """A machine without LibreOffice, or on which it can't be kept off the network."""
    for module in ("documents.processing", "documents.intake"):
        monkeypatch.setattr(f"{module}.can_convert", lambda: False)


@pytest.fixture
def no_processing(monkeypatch):
    """Uploads stay waiting: these tests are about what happens before."""
    from documents import actions

    monkeypatch.setattr(actions, "enqueue_processing", lambda ids: None)
    monkeypatch.setattr("documents.signal_handlers.enqueue_processing", lambda ids: None)


@pytest.fixture
def versioned_bucket(s3_settings, monkeypatch):
    """A bucket that keeps versions of what is deleted; the models write to it."""
    with bucket(
        s3_settings.AWS_S3_ENDPOINT_URL, s3_settings.AWS_S3_ACCESS_KEY_ID, s3_settings.AWS_S3_SECRET_ACCESS_KEY
    ) as name:
        s3_settings.AWS_STORAGE_BUCKET_NAME = name
        s3_settings.STORAGES = dict(s3_settings.STORAGES)  # storages that were made before forget their bucket
        storage = storages["documents"]
        for model, field in ((Document, "original"), (Document, "file"), (DocumentImage, "file")):
            monkeypatch.setattr(model._meta.get_field(field), "storage", storage)
        storage.bucket.Versioning().enable()
        yield storage.bucket
        storage.bucket.object_versions.delete()


def without_versions(monkeypatch):
    """The key of the bucket has no rights over versions: its client is refused what asks for one."""
    call = BaseClient._make_api_call

    def refused(self, name, parameters):
        if name == "ListObjectVersions" or "VersionId" in parameters:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, name)
        return call(self, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", refused)


@pytest.fixture
def stored(tmp_path):
    """Writes bytes to a file and gives its path."""

    def write(data, name="file"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
