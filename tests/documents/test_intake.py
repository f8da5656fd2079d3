"""What is filed and what is refused, by every way in."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import tempfile
import threading
import zipfile
import zlib

import pikepdf
import pytest
from django.core.files.base import ContentFile, File
from django.db import connection
from django.urls import reverse

from documents import intake
from documents.actions import add_document, add_version
from documents.exceptions import IntakeError, StorageError
from documents.extraction import containers, jobs, sandbox
from documents.extraction.errors import RefusedError, TooLongError
from documents.extraction.limits import Limits
from documents.intake import inspect
from documents.models import Document, document_storage
from documents.verification import FOLDERS
from tests.documents.conftest import picture, small_pdf, upload
from tests.documents.safety import hideouts, offices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_processing")]


def office(entries: dict[str, bytes], *, level=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    return office({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **more})


def protected(data: bytes) -> bytes:
    """The same archive with the flag that says: encrypted."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = changed.find(mark)
        while position >= 0:
            changed[position + offset] |= 1
            position = changed.find(mark, position + 4)
    return bytes(changed)


ODT = office({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})
ODS = office({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})
EPUB = office({"mimetype": b"application/epub+zip", "a.xhtml": b"<x/>"})
PPTX = office({"ppt/presentation.xml": b"<x/>"})
XLSX = office({"xl/workbook.xml": b"<x/>"})
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 64
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\x00" * 64
BOMB = docx(**{"word/media/zero": b"\x00" * 60_000_000})
NESTED_BOMB = office({"xl/workbook.xml": b"<x/>", "xl/zero": b"\x00" * 60_000_000})
BOOK = {"mimetype": b"application/epub+zip"}
PASSWORD = pikepdf.Encryption(user="secret", owner="secret")


def broken_entry(entry: str, *, level=zipfile.ZIP_DEFLATED) -> bytes:
    """An archive whose first entry can't be unpacked."""
    data = bytearray(office({entry: b"application/epub+zip" * 5}, level=level))
    start = data.index(entry.encode()) + len(entry) + (4 if level == zipfile.ZIP_LZMA else 0)
    data[start : start + 6] = b"\xff" * 6
    return bytes(data)


def nameless(data: bytes) -> bytes:
    """The same archive, whose names are said to be UTF-8 and are not."""
    changed = bytearray(data.replace(b"word/document.xml", b"word/\xff\xfe\xffument.xml"))
    for head in re.finditer(rb"PK\x01\x02", data):
        changed[head.start() + 9] |= 0x08
    return bytes(changed)


ACCEPTED = {
    "a.pdf": small_pdf(),
    "a.PDF": small_pdf(),
    "a.docx": docx(),
    "web.docx": hideouts.of_the_web(offices.word_white()),
    "a.odt": ODT,
    "a.ods": ODS,
    "a.epub": EPUB,
    "a.pptx": PPTX,
    "a.xlsx": XLSX,
    "chart.docx": docx(**{"word/embeddings/table.xlsx": XLSX, "word/embeddings/no.docx": b"no archive"}),
    "a.rtf": b"{\\rtf1 text}",
    "a.txt": "Grüße".encode(),
    "u.txt": "Grüße".encode("utf-16"),
    "a.csv": b"a,b\n1,2\n",
    "a.png": picture(),
    "a.jpg": picture(fmt="JPEG"),
    "a.webp": picture(fmt="WEBP"),
    "a.tiff": picture(fmt="TIFF"),
    "a.mp3": MP3,
    "b.mp3": b"\xff\xfb\x90\x64" + b"\x00" * 2000,
    "a.mp4": MP4,
}
REFUSED = {
    "empty": ("a.pdf", b"", "empty"),
    "unknown type": ("a.exe", b"MZ\x90", "“.exe” are not accepted"),
    "no type": ("report", small_pdf(), "are not accepted"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "executable called pdf": ("a.pdf", b"MZ\x90\x00" + b"\x00" * 200, "something else"),
    "pdf not at the start": ("a.pdf", b"\n" + small_pdf(), "something else"),
    "pdf called docx": ("a.docx", small_pdf(), "something else"),
    "docx called pdf": ("a.pdf", docx(), "something else"),
    "docx called odt": ("a.odt", docx(), "something else"),
    "plain zip called docx": ("a.docx", office({"x": b"y"}), "something else"),
    "html called png": ("a.png", b"<html></html>", "something else"),
    "svg called png": ("a.png", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "something else"),
    "png called txt": ("a.txt", picture(), "something else"),
    "encrypted pdf": ("a.pdf", small_pdf(encryption=PASSWORD), "password"),
    "broken pdf": ("a.pdf", b"%PDF-1.7\nnonsense", "damaged"),
    "pdf without pages": ("a.pdf", small_pdf(0), "no pages"),
    "zip bomb": ("a.docx", BOMB, "trap"),
    "program in office": ("a.docx", docx(**{"word/embeddings/setup.EXE": b"MZ"}), "carries a program (setup.EXE)"),
    "archive in office": ("a.docx", docx(**{"word/embeddings/more.zip": office({"x": b"y"})}), "carries an archive"),
    "archive in a book": ("a.epub", office({**BOOK, "more.7z": b"7z"}), "carries an archive"),
    "bomb in a table in office": ("a.docx", docx(**{"word/embeddings/table.xlsx": NESTED_BOMB}), "trap"),
    "program in a table in office": (
        "a.docx",
        docx(**{"word/embeddings/table.xlsx": office({"xl/run.bat": b"x"})}),
        "carries a program",
    ),
    "macros in a table in office": (
        "a.docx",
        docx(**{"word/embeddings/table.xlsx": office({"xl/vbaProject.bin": b"x"})}),
        "macros",
    ),
    "many entries": ("a.docx", docx(**{f"x{n}": b"" for n in range(10_001)}), "trap"),
    "encrypted office": ("a.docx", protected(docx()), "password"),
    "macros": ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    "cut office": ("a.docx", docx()[:40], "damaged"),
    "office that can't be unpacked": ("a.epub", broken_entry("mimetype"), "damaged"),
    "office packed by LZMA that can't be": ("a.epub", broken_entry("mimetype", level=zipfile.ZIP_LZMA), "damaged"),
    "names in no writing": ("a.docx", nameless(docx()), "damaged"),
    "cut picture": ("a.png", picture()[:60], "damaged"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name):
    found = inspect(upload(ACCEPTED[name], name), name)
    assert found.size == len(ACCEPTED[name])
    assert len(found.sha256) == 64


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_own_sentence(case):
    name, content, words = REFUSED[case]
    with pytest.raises(IntakeError, match=re.escape(words)) as refused:
        inspect(upload(content, name), name)
    assert str(refused.value).endswith(".")


def test_too_large(settings):
    settings.DOCUMENT_MAX_SIZE = 10
    with pytest.raises(IntakeError, match="too large"):
        inspect(upload(small_pdf(), "a.pdf"), "a.pdf")


def code_of(data: bytes) -> str:
    """Why what is packed is refused; asked here, where limits can be lowered."""
    with pytest.raises(RefusedError) as refused:
        containers.check_zip(io.BytesIO(data))
    return refused.value.code


def test_what_unpacks_to_more_than_may_be(monkeypatch):
    """By the total alone: what can't be packed well is no bomb by its ratio."""
    monkeypatch.setattr(containers, "ZIP_MAX_TOTAL", 100_000)
    assert code_of(docx(**{"word/media/noise": os.urandom(100_001)})) == "trap"


def test_a_trap_is_known_before_anything_inside_is_unpacked(monkeypatch):
    """Twenty tables of 64 MB in a file of 1 MB cost twelve seconds, ten thousand would have cost hours."""
    monkeypatch.setattr(containers, "ZIP_MAX_TOTAL", 1000)
    monkeypatch.setattr(containers, "_nested", lambda *args: pytest.fail("it was opened"))
    assert code_of(docx(**{f"word/embeddings/{n}.xlsx": XLSX for n in range(20)})) == "trap"


def test_documents_in_a_document_are_counted_until_there_are_too_many(monkeypatch):
    monkeypatch.setattr(containers, "ZIP_MAX_ENTRIES", 30)
    opened, nested = [], containers._nested
    monkeypatch.setattr(containers, "_nested", lambda *args: opened.append(args) or nested(*args))
    many = office({"xl/workbook.xml": b"<x/>", **{f"xl/{n}": b"" for n in range(9)}})
    assert code_of(docx(**{f"word/embeddings/{n}.xlsx": many for n in range(20)})) == "trap"
    assert len(opened) == 3


def test_a_document_in_a_document_that_is_too_large(monkeypatch):
    monkeypatch.setattr(containers, "ZIP_MAX_NESTED", 10)
    assert code_of(docx(**{"word/embeddings/table.xlsx": XLSX})) == "nested"


def zeros(megabytes: int) -> bytes:
    """So many packed, without having been anywhere: each megabyte is packed like the one before it."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    sum_of_all = megabytes * 1024**2 % 65521 << 16 | 1
    return first + again * (megabytes - 1) + b"\x03\x00" + sum_of_all.to_bytes(4, "big")


def pdf_bomb(megabytes: int) -> bytes:
    """A PDF whose table of objects, which is read to open it, is packed twice."""
    packed = zlib.compress(zeros(megabytes), 9)
    table = b"1 0 obj<</Type/XRef/Size 3/W[1 1 1]/Root 2 0 R/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n"
    start = b"%PDF-1.5\n"
    return start + table % len(packed) + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(start)


def test_the_pdf_bomb_costs_this_process_nothing():
    data = pdf_bomb(1200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(IntakeError):
        inspect(upload(data, "a.pdf"), "a.pdf")
    assert len(data) < 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_check_that_takes_too_long_is_a_refusal(monkeypatch):
    monkeypatch.setattr("documents.extraction.jobs.CHECK_LIMITS", Limits(wall_seconds=0.01))
    with pytest.raises(IntakeError, match="took too long"):
        inspect(upload(small_pdf(), "a.pdf"), "a.pdf")


def test_a_file_that_can_not_be_guessed_at_is_as_sound_as_before(monkeypatch, settings, tmp_path):
    """The child that guesses dies; it said before that the file is sound."""
    settings.VAR_DIR = tmp_path
    run, asked = sandbox.run, []

    def dies(job, folder, limits, arguments, **more):
        asked.append(run(job, folder, limits, arguments, **more))
        raise TooLongError

    monkeypatch.setattr(sandbox, "run", dies)
    found = inspect(upload(small_pdf(), "a.pdf"), "a.pdf", guess=True)
    assert (found.mime, found.title, len(asked)) == ("application/pdf", "", 1)
    with pytest.raises(IntakeError, match="took too long"):
        inspect(upload(b"%PDF-1.4 broken", "a.pdf"), "a.pdf", guess=True)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_check_that_took_its_time_is_not_done_twice(monkeypatch):
    asked = []

    def dies(*args, **more):
        asked.append(args)
        raise TooLongError

    monkeypatch.setattr(sandbox, "run", dies)
    with pytest.raises(IntakeError, match="took too long"):
        inspect(upload(small_pdf(), "a.pdf"), "a.pdf", guess=True)
    assert len(asked) == 1


def test_a_long_file_may_be_looked_at_for_longer():
    """A scan of 188 MB whose table of contents is lost was refused as taking too long."""
    short, long = jobs._check_limits(1000), jobs._check_limits(188_000_000)
    assert (short.cpu_seconds, short.wall_seconds) == (10, 20)
    assert long.cpu_seconds >= 25 and long.wall_seconds <= 55, "servers in front give up after 60 seconds"


@pytest.mark.parametrize("named", [True, False])
def test_a_file_on_the_disk_is_looked_at_where_it_lies(named, tmp_path, monkeypatch):
    """One without a name, as uploads are, is copied for the child."""
    looked_at = []
    check = intake.check
    monkeypatch.setattr(
        intake, "check", lambda path, *args, **more: looked_at.append(path) or check(path, *args, **more)
    )
    with (tmp_path / "a.pdf").open("w+b") if named else tempfile.TemporaryFile() as file:
        file.write(small_pdf())
        file.flush()
        assert inspect(File(file), "a.pdf").size == len(small_pdf())
        assert file.tell() == 0
    assert (looked_at == [tmp_path / "a.pdf"]) == named


def test_what_was_accepted_is_not_looked_into_again(monkeypatch):
    data = small_pdf()  # made twice, it would have two dates
    found = inspect(upload(data, "a.pdf"), "a.pdf")
    monkeypatch.setattr(intake, "check", lambda *args, **more: pytest.fail("it was opened"))
    assert inspect(upload(data, "a.pdf"), "a.pdf", judged=found.sha256) == found


def test_binary_called_text():
    with pytest.raises(IntakeError):
        inspect(upload(b"hello\x00\x01world" * 10, "a.txt"), "a.txt")


def test_the_picture_bomb():
    """The picture says that it is 40,000 pixels wide and high."""
    head = b"IHDR" + (40_000).to_bytes(4, "big") * 2 + picture()[24:29]
    data = picture()[:12] + head + zlib.crc32(head).to_bytes(4, "big") + picture()[33:]
    with pytest.raises(IntakeError, match="pixels"):
        inspect(upload(data, "a.png"), "a.png")


def blobs():
    return {key for folder in FOLDERS for key, _ in document_storage().keys(folder)}


class TestAddDocument:
    def test_a_file_becomes_a_sealed_row(self, people):
        content = small_pdf(3)
        document = add_document(
            upload(content, "C:\\Users\\informant\\names.pdf"), title=" Report ", user=people["author"], language="en"
        )
        document = Document.objects.get(pk=document.pk)
        assert (document.title, document.number, document.state) == ("Report", 1, "waiting")
        assert document.original_name == "names.pdf"
        assert document.original.name.startswith("documents/")
        assert "names" not in document.original.name
        assert not document.file
        assert document.original.read() == content
        assert document.uploaded_by_user == people["author"]

    def test_a_version_gets_the_next_number(self, people):
        first = add_document(upload(small_pdf()), title="R", user=people["author"], language="de")
        second = add_version(first, upload(small_pdf(2)), user=people["author2"])
        assert (second.series, second.number, second.title, second.language) == (first.series, 2, "R", "de")
        third = add_version(first, upload(small_pdf(2)), user=people["author2"], title="R 3")
        assert (third.number, third.title) == (3, "R 3")

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks: its writers queue up anyway")
    def test_two_versions_at_once_get_two_numbers(self, people):
        first = add_document(upload(small_pdf()), title="R", user=people["author"])
        together, numbers = threading.Barrier(2), []

        def add(pages):
            together.wait()
            numbers.append(add_version(first, upload(small_pdf(pages)), user=people["author"]).number)
            connection.close()

        for _ in range(3):  # they must meet
            threads = [threading.Thread(target=add, args=[pages]) for pages in (2, 3)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        assert sorted(numbers) == [2, 3, 4, 5, 6, 7]

    @pytest.mark.parametrize("case", ["encrypted pdf", "zip bomb", "svg"])
    def test_a_refusal_leaves_nothing(self, case):
        before = blobs()
        name, content, _ = REFUSED[case]
        with pytest.raises(IntakeError):
            add_document(upload(content, name), title="x", user=None)
        assert blobs() == before
        assert not Document.objects.exists()

    def test_a_failing_storage_leaves_nothing(self, monkeypatch):
        storage = document_storage()
        real = type(storage)._save

        def half(self, name, content):
            real(self, name, ContentFile(content.read(10)))
            raise OSError("disk full")

        monkeypatch.setattr(type(storage), "_save", half)
        before = blobs()
        with pytest.raises(StorageError, match="Nothing was kept"):
            add_document(upload(small_pdf()), title="x", user=None)
        assert blobs() == before
        assert not Document.objects.exists()

    def test_a_short_write_is_noticed(self, monkeypatch):
        storage = document_storage()
        monkeypatch.setattr(type(storage), "size", lambda self, name: 3)
        with pytest.raises(StorageError):
            add_document(upload(small_pdf()), title="x", user=None)
        assert not Document.objects.exists()

    def test_a_failing_row_leaves_no_blob(self, monkeypatch):
        before = blobs()
        monkeypatch.setattr(Document, "save", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            add_document(upload(small_pdf()), title="x", user=None)
        assert blobs() == before

    def test_an_orphan_of_a_dead_storage_is_survived(self, monkeypatch):
        storage = document_storage()

        def dead(self, *args, **kwargs):
            raise OSError("gone")

        monkeypatch.setattr(type(storage), "_save", dead)
        monkeypatch.setattr(type(storage), "delete", dead)
        with pytest.raises(StorageError):
            add_document(upload(small_pdf()), title="x", user=None)


class TestWaysIn:
    """The same refusals through each door of the admin."""

    @pytest.fixture
    def admin(self, client, people):
        client.force_login(people["author"])
        return client

    def by_add_view(self, client, file):
        response = client.post(reverse("wagtaildocs:add"), {"title": "T", "file": file, "tags": "", "language": "en"})
        return response.content.decode()

    def by_multiple(self, client, file):
        response = client.post(
            reverse("wagtaildocs:add_multiple"), {"files[]": file, "title": "T"}, headers={"x-requested-with": "x"}
        )
        return response.json().get("error_message", "")

    def by_chooser(self, client, file):
        prefix = "document-chooser-upload"
        response = client.post(
            reverse("wagtaildocs_chooser:create"),
            {f"{prefix}-title": "T", f"{prefix}-file": file, f"{prefix}-tags": ""},
        )
        return json.loads(response.content).get("html", "") or response.content.decode()

    @pytest.mark.parametrize("way", ["by_add_view", "by_multiple", "by_chooser"])
    @pytest.mark.parametrize("case", ["empty", "svg", "pdf called docx", "encrypted pdf", "broken pdf", "zip bomb"])
    def test_refused(self, admin, way, case):
        name, content, words = REFUSED[case]
        before = blobs()
        answer = getattr(self, way)(admin, upload(content, name))
        assert words in answer
        assert not Document.objects.exists()
        assert blobs() == before

    @pytest.mark.parametrize("way", ["by_add_view", "by_multiple", "by_chooser"])
    def test_a_failing_storage_is_a_sentence(self, admin, way, monkeypatch):
        def dead(self, *args, **kwargs):
            raise OSError("gone")

        monkeypatch.setattr(type(document_storage()), "_save", dead)
        assert "Nothing was kept" in getattr(self, way)(admin, upload(small_pdf(), "a.pdf"))
        assert not Document.objects.exists()

    @pytest.mark.parametrize("way", ["by_add_view", "by_multiple", "by_chooser"])
    def test_accepted(self, admin, people, way):
        getattr(self, way)(admin, upload(small_pdf(2), "a.pdf"))
        document = Document.objects.get()
        assert (document.title, document.mime, document.number) == ("T", "application/pdf", 1)
        assert document.original.read() == small_pdf(2) or document.original.size == document.size
        assert not document.file
        assert document.uploaded_by_user == people["author"]

    def test_a_long_name_is_cut_and_not_parked(self, admin):
        response = admin.post(
            reverse("wagtaildocs:add_multiple"), {"files[]": upload(small_pdf(), "x" * 90 + ".pdf"), "title": "t" * 400}
        )
        assert response.json()["success"]
        assert Document.objects.get().title == "t" * 255

    def test_a_parked_upload_is_sealed_when_its_details_come(self, admin, people):
        from django.contrib.contenttypes.models import ContentType
        from wagtail.models import Collection, UploadedFile

        parked = UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(Document),
            file=ContentFile(small_pdf(), name="parked.pdf"),
            uploaded_by_user=people["author"],
        )
        prefix = f"uploaded-document-{parked.pk}"
        response = admin.post(
            reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[parked.pk]),
            {f"{prefix}-title": "T", f"{prefix}-tags": "", f"{prefix}-collection": Collection.objects.get(depth=1).pk},
        )
        assert response.json()["success"], response.content
        document = Document.objects.get()
        assert document.original
        assert not document.file
        assert document.original_sha256

    def test_a_new_version_by_its_button(self, admin, people):
        document = add_document(upload(small_pdf()), title="R", user=people["author"])
        url = reverse("document_add_version", args=[document.pk])
        assert url in admin.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
        assert admin.get(url).status_code == 200
        refused = admin.post(url, {"title": "R", "file": upload(small_pdf(encryption=PASSWORD), "a.pdf")})
        assert "password" in refused.content.decode()
        added = admin.post(url, {"title": "R", "language": "de", "file": upload(small_pdf(4), "a.pdf")})
        assert added.status_code == 302
        assert list(Document.objects.in_series(document.series).values_list("number", "language")) == [
            (2, "de"),
            (1, ""),
        ]

    def test_a_new_version_is_looked_into_by_one_child(self, admin, people, monkeypatch, no_processing):
        document = add_document(upload(small_pdf()), title="R", user=people["author"])
        children, run = [], sandbox.run

        def counted(job, *args, **kwargs):
            children.append(job)
            return run(job, *args, **kwargs)

        monkeypatch.setattr(sandbox, "run", counted)
        url = reverse("document_add_version", args=[document.pk])
        admin.post(url, {"title": "R", "file": upload(small_pdf(4), "a.pdf")})
        assert Document.objects.count() == 2
        assert children == ["check"]

    def test_a_failing_storage_at_a_new_version_is_a_sentence(self, admin, people, monkeypatch):
        document = add_document(upload(small_pdf()), title="R", user=people["author"])

        def dead(self, *args, **kwargs):
            raise OSError("gone")

        monkeypatch.setattr(type(document_storage()), "_save", dead)
        url = reverse("document_add_version", args=[document.pk])
        answer = admin.post(url, {"title": "R", "file": upload(small_pdf(), "a.pdf")})
        assert "Nothing was kept" in answer.content.decode()

    def test_the_edit_form_has_no_file(self, admin, people):
        document = add_document(upload(small_pdf()), title="R", user=people["author"])
        url = reverse("wagtaildocs:edit", args=[document.pk])
        assert 'type="file"' not in admin.get(url).content.decode()
        admin.post(url, {"title": "R2", "tags": "", "file": upload(small_pdf(5), "other.pdf")})
        after = Document.objects.get(pk=document.pk)
        assert (after.title, after.original_sha256, after.original.name) == (
            "R2",
            document.original_sha256,
            document.original.name,
        )
