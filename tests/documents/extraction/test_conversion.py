"""Office files by a real LibreOffice: pages, old formats, and nothing fetched on the way."""

import http.server
import os
import tempfile
import threading

import odfdo
import pikepdf
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from documents import processing
from documents.actions import add_document
from documents.exceptions import IntakeError
from documents.extraction import converter, jobs, sandbox
from documents.extraction.errors import NoConverterError, NotConvertedError
from documents.extraction.jobs import extract
from documents.extraction.walls import version
from documents.models import Document, DocumentImage
from documents.processing import process, reread
from tests import servers
from tests.documents import making, office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def libreoffice():
    servers.libreoffice()


@pytest.fixture
def preview(stored, tmp_path):
    """Converts a file and gives its path and the preview's."""

    def make(data, mime):
        target = tmp_path / "preview"
        path = stored(data)
        jobs.convert(path, mime, target, to="pdf")
        return path, target

    return make


def filed(data, name):
    document = add_document(ContentFile(data, name=name), title="Report", user=None)
    process(document.pk)
    return Document.objects.get(pk=document.pk)


def test_running_text_gets_the_pages_of_its_preview(preview):
    paragraphs = [f"{number} {making.FILLER}" for number in range(60)] + ["The heron crossed the frontier."]
    path, made = preview(office.word(paragraphs), office.DOCX)
    found = extract(path, office.DOCX, preview=made)
    assert found.drawn
    assert len(found.pages) == found.page_count > 2
    assert "heron crossed" in " ".join(found.pages[-1].text.split())
    assert all(page.layout for page in found.pages)


def test_arabic_text_is_whole_in_the_pages_of_the_preview(preview):
    path, made = preview(office.word([making.ARABIC] * 3), office.DOCX)
    found = extract(path, office.DOCX, preview=made)
    words = found.pages[0].text.split()
    assert found.pages[0].language == "ar"
    missing = [word for word in making.ARABIC.split() if word not in words]
    assert len(missing) <= 1, missing


@pytest.mark.parametrize(
    ("make", "mime"), [(office.presentation, office.PPTX), (lambda: office.workbook(hidden=False), office.XLSX)]
)
def test_slides_and_sheets_keep_their_own_text_and_get_places(preview, make, mime):
    path, made = preview(make(), mime)
    alone, found = extract(path, mime), extract(path, mime, preview=made)
    assert found.drawn
    assert [page.text for page in found.pages] == [page.text for page in alone.pages]
    assert all(page.layout for page in found.pages)


def test_hidden_sheets_are_never_drawn(preview):
    with pytest.raises(NotConvertedError):
        preview(office.workbook(), office.XLSX)


def test_preview_that_lost_words_is_left_aside(stored, preview):
    _, other = preview(office.word(["Short."]), office.DOCX)
    found = extract(stored(office.word([making.FILLER])), office.DOCX, preview=other)
    assert not found.drawn
    assert "duty rosters" in found.pages[0].text


def test_without_a_namespace_of_its_own_the_converter_is_off(stored, tmp_path, monkeypatch):
    with pytest.raises(NoConverterError):
        converter.convert(stored(office.word(["x"])), tmp_path / "out", mime=office.DOCX, to="pdf", isolated=False)

    def refused(*args, **more):
        raise NoConverterError

    monkeypatch.setattr(sandbox, "run", refused)
    assert not jobs.can_convert.__wrapped__()


@pytest.fixture
def office_in(tmp_path, monkeypatch):
    """Puts an office of two lines, the second is ``does``, into a folder, to be found before the real one."""

    def make(folder, does="echo %PDF > out/file.pdf"):
        program = tmp_path / folder / "soffice"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        return program.parent

    return make


@pytest.mark.parametrize(("does", "converts"), [("echo %PDF > out/file.pdf", True), ("exit 0", False)])
def test_an_office_in_a_folder_of_its_own_is_used_where_it_converts(office_in, does, converts):
    office_in("opt/office/program", does)
    assert jobs.can_convert.__wrapped__() is converts


def test_an_office_that_can_not_be_started_makes_no_file_a_broken_one(office_in, stored, tmp_path):
    office_in("opt/office/program").joinpath("soffice").write_bytes(b"\x7fELF of another processor")
    with pytest.raises(NoConverterError):
        jobs.convert(stored(office.word(["x"])), office.DOCX, tmp_path / "out", to="pdf")


@pytest.mark.parametrize("folder", ["home", "opt/office/program"])
def test_no_folder_is_opened_for_an_office_that_may_hold_something_else(office_in, monkeypatch, folder):
    """A home that is in ``PATH``, and one that our own folder lies in."""
    if not version():
        servers.missing("Landlock in the kernel")
    found = office_in(folder)
    if folder != "home":
        monkeypatch.setattr(tempfile, "tempdir", str(found))
    assert not jobs.can_convert.__wrapped__()


def test_an_office_that_was_taken_over_finds_no_other_file(office_in, stored, tmp_path):
    """``/tmp`` is where LibreOffice wants a socket, and where others keep theirs."""
    if not version():
        servers.missing("Landlock in the kernel")
    (other := tmp_path / "upload").write_text("A witness.")
    tries = {
        "read": f"cat {other}",
        "write": f"echo x > {tmp_path}/new",
        "write to /tmp": "echo x > $(mktemp -u -p /tmp)",
        "remove": f"rm -f {other}",
        "its folder": "echo x > own",
    }
    office_in(
        "opt/office/program", "".join(f"({how}) && echo '{what}' >> out/file.pdf\n" for what, how in tries.items())
    )
    jobs.convert(stored(office.word(["x"])), office.DOCX, tmp_path / "out", to="pdf")
    assert (tmp_path / "out").read_text() == "its folder\n"


def test_one_start_of_the_office_is_enough(stored, tmp_path, monkeypatch):
    """A new profile has to be set up otherwise, which it asks for by the code of its end."""
    monkeypatch.setattr(converter, "_START_AGAIN", None)
    source = stored(office.word(["x"]))
    target = tmp_path / "out"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    converter.convert(source, target, mime=office.DOCX, to="pdf", isolated=True)
    assert target.read_bytes().startswith(b"%PDF")


def test_nothing_is_fetched_from_the_network(preview):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        preview(linked(f"http://127.0.0.1:{server.server_port}/seen.png"), office.ODT)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_no_other_file_of_the_machine_gets_into_the_preview(preview, tmp_path):
    """With a profile as it comes, LibreOffice draws the picture: any file that the worker can read."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (300, 200), "red").save(secret)
    path, made = preview(linked(secret.as_uri()), office.ODT)
    with pikepdf.open(made) as pdf:
        assert not pdf.pages[0].get_images()
    assert "Before the link" in extract(made, "application/pdf").pages[0].text


def linked(picture):
    """An OpenDocument text that wants a picture from elsewhere."""
    parts = [
        "<text:p>Before the link.</text:p>",
        '<text:p><draw:frame draw:name="F" svg:width="5cm" svg:height="5cm" text:anchor-type="as-char">'
        f'<draw:image xlink:href="{picture}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>'
        "</draw:frame></text:p>",
    ]
    document = odfdo.Document("text")
    document.body.clear()
    for part in parts:
        document.body.append(odfdo.Element.from_tag(part))
    return office.saved(document)


def test_damaged_file_is_not_converted(stored, tmp_path):
    with pytest.raises(NotConvertedError):
        jobs.convert(stored(b"PK\x03\x04 nothing"), office.DOCX, tmp_path / "out", to="pdf")


def test_conversion_that_takes_too_long_is_stopped(stored, tmp_path):
    from dataclasses import replace

    from documents.extraction.errors import TooLongError

    with pytest.raises(TooLongError):
        jobs.convert(
            stored(office.word([making.FILLER])),
            office.DOCX,
            tmp_path / "out",
            to="pdf",
            limits=replace(converter.LIMITS, wall_seconds=0.5),
        )


@pytest.mark.parametrize(
    ("make", "name", "old", "mime"),
    [
        (lambda: office.word([making.FILLER]), "a.docx", "doc", office.DOCX),
        (office.workbook, "a.xlsx", "xls", office.XLSX),
        (office.presentation, "a.pptx", "ppt", office.PPTX),
    ],
)
def test_old_format_is_published_in_the_new_one(make, name, old, mime):
    document = filed(office.by_libreoffice(make(), name, old), f"report.{old}")
    assert (document.state, document.mime) == ("ready", mime)
    assert document.sha256 != document.original_sha256
    assert document.filename.endswith(f".{name.rpartition('.')[2]}")
    with document.file.open() as file:
        assert file.read(2) == b"PK"
    assert document.page_texts.exclude(text="").exists()


def test_old_format_is_refused_without_a_converter(no_converter):
    data = office.by_libreoffice(office.word(["x"]), "a.docx", "doc")
    with pytest.raises(IntakeError, match="Save the file as “.docx” or PDF"):
        add_document(ContentFile(data, name="a.doc"), title="a", user=None)


def test_old_format_under_another_name_is_refused():
    data = office.by_libreoffice(office.word(["x"]), "a.docx", "doc")
    with pytest.raises(IntakeError, match="content is something else"):
        add_document(ContentFile(data, name="a.xls"), title="a", user=None)


def test_word_document_has_pages_and_a_cover_and_keeps_them():
    document = filed(office.word([f"{n} {making.FILLER}" for n in range(40)]), "report.docx")
    kinds = DocumentImage.Kind
    assert document.page_count == document.page_texts.count() > 1
    assert {image.kind for image in document.drawn_images.all()} == {kinds.COVER, kinds.PDF}
    made = document.drawn_images.get(kind=kinds.PDF)
    reread(document.pk)
    assert document.drawn_images.get(kind=kinds.PDF) == made


def test_document_from_before_the_converter_gets_pages_when_read_again(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(processing, "can_convert", lambda: False)
        document = filed(office.word([f"{n} {making.FILLER}" for n in range(40)]), "report.docx")
    assert document.page_count == 0
    reread(document.pk)
    document.refresh_from_db()
    assert document.page_count == document.page_texts.count() > 1
