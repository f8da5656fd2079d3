"""Documents and pictures are append-only."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from PIL import Image as Picture
from PIL import PngImagePlugin

from documents.exceptions import AppendOnlyError, IntakeError
from documents.metadata import COPYRIGHT, without_metadata
from documents.models import Document, Image
from documents.names import public_name
from tests.documents.conftest import new_image, picture
from tests.factories import DocumentFactory, PublicationPageFactory

pytestmark = pytest.mark.django_db


class TestSealed:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("series", "6f1c8ad4-4c51-4c8e-8a37-0d1a4b1a9d11"),
            ("number", 9),
            ("original_sha256", "0" * 64),
            ("sha256", "0" * 64),
            ("size", 1),
            ("mime", "text/html"),
            ("original_name", "x"),
            ("page_count", 1),
            ("state", "waiting"),
            ("uploaded_by_user_id", 1),
        ],
    )
    def test_content_fields_never_change(self, field, value):
        document = DocumentFactory()
        setattr(document, field, value)
        with pytest.raises(AppendOnlyError):
            document.save()
        with pytest.raises(AppendOnlyError):
            document.save(update_fields=[field.removesuffix("_id")])
        with pytest.raises(AppendOnlyError):
            Document.objects.filter(pk=document.pk).update(**{field: value})

    @pytest.mark.parametrize("field", ["file", "original"])
    def test_bytes_are_never_exchanged(self, field):
        document = DocumentFactory()
        setattr(document, field, ContentFile(b"other", name="other.pdf"))
        with pytest.raises(AppendOnlyError):
            document.save()

    def test_no_one_uploads_a_public_copy(self):
        with pytest.raises(AppendOnlyError):
            Document.objects.create(title="x", file=ContentFile(b"x", name="x.pdf"))

    def test_the_public_name_is_sealed_by_the_release(self):
        document = DocumentFactory()
        document.title = "Better"
        document.save()
        PublicationPageFactory(published=True, files=[document])
        document.title = "Quite different"
        with pytest.raises(AppendOnlyError):
            document.save()
        with pytest.raises(AppendOnlyError):
            Document.objects.filter(pk=document.pk).update(title="Quite different")

    def test_other_details_may_change(self):
        document = DocumentFactory()
        document.save(update_fields=["collection"])
        Document.objects.filter(pk=document.pk).update(collection=document.collection)
        document.tags.add("tag")


class TestLife:
    @pytest.fixture
    def waiting(self, no_processing):
        return Document.objects.create(title="Waiting", mime="application/pdf", original="documents/x", size=5)

    def values(self, document):
        return Document.objects.values_list("state", "sha256", "language", "failure").get(pk=document.pk)

    def test_the_public_copy_is_written_once(self, waiting):
        rows = Document.objects.filter(pk=waiting.pk)
        assert rows.start(timezone.now()) == 1
        assert self.values(waiting)[0] == "running"
        assert rows.finish(file="documents/y", sha256="a" * 64, size=4, page_count=2, language="de") == 1
        assert self.values(waiting) == ("ready", "a" * 64, "de", "")
        assert rows.finish(file="documents/z", sha256="b" * 64, size=4, page_count=2, language="fr") == 0
        assert self.values(waiting) == ("ready", "a" * 64, "de", "")
        assert (rows.fail("no"), rows.start(timezone.now()), rows.retry()) == (0, 0, 0)
        assert rows.ready().exists()

    def test_a_failure_can_be_retried(self, waiting):
        rows = Document.objects.filter(pk=waiting.pk)
        assert rows.fail("Broken.") == 1
        assert self.values(waiting)[::3] == ("failed", "Broken.")
        assert rows.retry() == 1
        assert self.values(waiting)[::3] == ("waiting", "")

    def test_the_uploaders_language_wins(self, no_processing):
        document = Document.objects.create(title="x", language="ar", original="documents/x")
        Document.objects.filter(pk=document.pk).finish(file="f", sha256="a" * 64, size=1, page_count=1, language="en")
        document.refresh_from_db()
        assert document.language == "ar"


class TestNames:
    def test_addresses_and_names(self):
        document = DocumentFactory(title="Chain of command", language="en")
        assert document.filename == "Chain-of-command-en-v1.pdf"
        assert document.url == f"/d/{document.series}/v1/Chain-of-command-en-v1.pdf"
        assert document.reading_url(37) == f"/d/{document.series}/v1/p/37/"
        assert document.file_extension == "pdf"
        assert (document.get_file_size(), document.get_file_hash()) == (document.size, document.sha256)
        assert str(document) == "Chain of command"

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("../../etc/passwd", "etc-passwd-v1.bin"),
            ("a\r\nSet-Cookie: x=1", "a-Set-Cookie-x=1-v1.bin"),
            ("  ", "document-v1.bin"),
            ("تقرير", "تقرير-v1.bin"),
            ("x\u202efdp.exe", "x-fdp.exe-v1.bin"),
            ("y" * 300, "y" * 120 + "-v1.bin"),
        ],
    )
    def test_names_are_harmless(self, title, name):
        assert public_name(title, "", 1, "application/x-unknown") == name


def jpeg_full_of_traces() -> bytes:
    out = io.BytesIO()
    exif = Picture.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x013B] = "Somebody Inside"
    exif[0x010F] = "SecretCam"
    exif[COPYRIGHT] = "(c) The Archive"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 1.0)
    image = Picture.new("RGB", (60, 40), "red")
    image.save(
        out,
        "JPEG",
        exif=exif,
        icc_profile=b"fake icc profile" * 10,
        comment=b"Somebody Inside",
        xmp=b"<x:xmpmeta>Somebody Inside</x:xmpmeta>",
    )
    return out.getvalue()


class TestMetadata:
    def test_a_photo_loses_its_traces_and_keeps_what_belongs_to_it(self):
        clean = without_metadata(io.BytesIO(jpeg_full_of_traces()))
        assert b"Somebody Inside" not in clean
        assert b"SecretCam" not in clean
        with Picture.open(io.BytesIO(clean)) as found:
            assert found.size == (40, 60)
            assert found.info["icc_profile"].startswith(b"fake icc")
            assert dict(found.getexif()) == {COPYRIGHT: "(c) The Archive"}
            assert not found.getexif().get_ifd(0x8825)

    @pytest.mark.parametrize("fmt", ["PNG", "WEBP", "TIFF"])
    def test_other_formats_too(self, fmt):
        out = io.BytesIO()
        exif = Picture.Exif()
        exif[0x013B] = "Somebody Inside"
        exif[COPYRIGHT] = "(c) The Archive"
        options = {"exif": exif}
        if fmt == "PNG":
            info = PngImagePlugin.PngInfo()
            info.add_text("Comment", "Somebody Inside")
            options["pnginfo"] = info
        if fmt == "WEBP":
            options["xmp"] = b"Somebody Inside"
        Picture.new("RGB", (20, 10), "blue").save(out, fmt, **options)
        assert b"Somebody Inside" in out.getvalue()
        clean = without_metadata(io.BytesIO(out.getvalue()))
        assert b"Somebody Inside" not in clean
        with Picture.open(io.BytesIO(clean)) as found:
            assert found.format == fmt
            assert found.getexif().get(COPYRIGHT) == "(c) The Archive"

    def test_transparency_stays(self):
        out = io.BytesIO()
        Picture.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
        with Picture.open(io.BytesIO(without_metadata(io.BytesIO(out.getvalue())))) as found:
            assert found.convert("RGBA").getpixel((0, 0))[3] == 0

    def test_a_palette_jpeg_of_a_phone_becomes_a_plain_one(self):
        out = io.BytesIO()
        Picture.new("L", (4, 4), 7).save(out, "JPEG")
        with Picture.open(io.BytesIO(without_metadata(io.BytesIO(out.getvalue())))) as found:
            assert found.mode == "L"


class TestImage:
    def test_every_way_in_is_cleaned(self):
        image = Image.objects.create(title="x", file=ContentFile(jpeg_full_of_traces(), name="Somebody Inside.jpg"))
        stored = image.file.storage.open(image.file.name).read()
        assert b"Somebody Inside" not in stored
        assert (image.width, image.height) == (40, 60)
        assert image.file_size == len(stored)
        assert image.file.name.startswith("images/")
        assert "Inside" not in image.file.name

    def test_a_blob_that_was_stored_before_is_replaced(self):
        image = Image(title="x")
        image.file.save("Somebody.jpg", ContentFile(jpeg_full_of_traces()), save=False)
        before = image.file.name
        image.save()
        assert image.file.name != before
        assert not image.file.storage.exists(before)

    def test_no_picture_is_refused(self):
        image = Image(title="x")
        image.file.name, image.width, image.height = "images/none", 1, 1
        image.file.storage.save("images/none", ContentFile(b"not a picture"))
        with pytest.raises(IntakeError):
            image.save()

    def test_the_file_is_never_exchanged(self):
        image = new_image()
        image.title = "Better title"
        image.save()
        image.file = ContentFile(picture("green"), name="x.png")
        with pytest.raises(AppendOnlyError):
            image.save()

    def test_the_original_has_no_address(self):
        with pytest.raises(NotImplementedError):
            _ = new_image().file.url

    def test_a_rendition_has_one_that_tells_nothing(self):
        image = new_image(title="secret title")
        rendition = image.get_rendition("max-20x20|format-webp")
        assert rendition.url == f"/i/{image.public_id}/max-20x20.format-webp/image.webp"
        assert rendition.file.name.startswith("renditions/")


@pytest.mark.parametrize("ask", ["same_bytes_as", "with_twins"])
def test_files_with_the_same_bytes_are_found_by_an_index(ask):
    document = DocumentFactory()
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")  # which few rows are always read by
    every = Document.objects.all()
    found = every.same_bytes_as(document) if ask == "same_bytes_as" else every.filter(pk=document.pk).with_twins()
    plan = found.order_by().explain()
    assert "documents_document_sha256" in plan, plan
    assert "Seq Scan on documents_document" not in plan and "SCAN documents_document" not in plan, plan
