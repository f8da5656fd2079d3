"""Drawings of Windows leave office files and e-books, which still open, say what they are made of, and show the rest."""

from __future__ import annotations

import base64
import io
import re
import zipfile

import docx
import openpyxl
import pptx
import pypdfium2
import pytest
from PIL import Image

from documents import wording
from documents.extraction import jobs
from documents.extraction.cleaning import clean
from documents.extraction.inspection import inspect
from documents.extraction.inspection.jpeg import without_personal_segments
from documents.extraction.inspection.metafiles import is_metafile
from documents.extraction.packages.metafiles import BLANK
from documents.extraction.registry import extractor_for
from tests import servers
from tests.documents.safety import metafiles, offices, others


def part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_what_is_a_drawing_is_seen_by_its_bytes():
    for drawing in (
        others.emf(),
        others.wmf(),
        metafiles.svm(),
        b"\x1f\x8b\x08" + bytes(20),
        b"%PDF-1.7",
        b"%!PS-Adobe",
    ):
        assert is_metafile(drawing)
    assert is_metafile(bytes(512) + bytes(10) + b"\x00\x11\x02\xff\x0c\x00")
    assert is_metafile(bytes(10) + b"\x11\x01\x01\x00")
    assert is_metafile(b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n")
    assert is_metafile(b"anything", "word/media/image1.EMF")
    assert is_metafile(b"<svg/>", "word/media/image1.emf")
    for picture in (
        BLANK,
        offices.pdfs_png(),
        others.picture_file("JPEG"),
        b"<svg/>",
        b"\x01\x00\x00\x00" + bytes(60),
        b"",
    ):
        assert not is_metafile(picture)
    assert not is_metafile(BLANK, "word/media/image1.emf")


@pytest.mark.parametrize("make", [metafiles.word, metafiles.word_called_png])
def test_word_finds_an_empty_picture_of_the_declared_type(cleaned, make):
    path, removed = cleaned(make(), offices.DOCX)
    assert removed["drawings"] == 1
    (shape,) = (document := docx.Document(path)).inline_shapes
    held = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
    assert (held.content_type, held.blob) == ("image/png", BLANK)
    assert Image.open(io.BytesIO(BLANK)).convert("RGBA").getpixel((0, 0)) == (128, 128, 128, 64)


def test_excel_and_powerpoint_find_it_too(cleaned):
    path, _ = cleaned(metafiles.show(), offices.PPTX)
    picture = pptx.Presentation(path).slides[0].shapes[-1]
    assert (picture.image.content_type, picture.image.blob) == ("image/png", BLANK)
    path, _ = cleaned(metafiles.book(), offices.XLSX)
    (shown,) = openpyxl.load_workbook(path.rename(path.with_suffix(".xlsx"))).active._images
    assert shown.format == "png" and (shown.width, shown.height) == (1, 1)


def test_what_is_known_of_a_drawing_goes_with_it(cleaned):
    path, _ = cleaned(metafiles.word_cropped(), offices.DOCX)
    assert b"srcRect" not in part(path, "word/document.xml")
    path, removed = cleaned(metafiles.word_object(), offices.DOCX)
    assert {"drawings", "embedded files", "application data"} <= set(removed)
    text = part(path, "word/document.xml")
    assert b"imagedata" in text and b"gfxdata" not in text
    path, removed = cleaned(metafiles.word_thumbnail(), offices.DOCX)
    assert "drawings" not in removed
    assert not [name for name in zipfile.ZipFile(path).namelist() if name.startswith("docProps/")]


def test_cropped_picture_beside_a_drawing_still_blocks(tmp_path):
    """The crop of the one is not taken for that of the other."""
    document = offices.word()
    document.add_picture(io.BytesIO(metafiles.PRESENT))
    document.add_picture(io.BytesIO(others.picture_file("JPEG")))
    data = metafiles.swapped(offices._saved(document), others.emf(), "emf", "image/x-emf")
    cropped = {"word/document.xml": lambda text: text.replace("<a:stretch>", '<a:srcRect r="40000"/><a:stretch>')}
    (tmp_path / "source").write_bytes(offices.edited(data, cropped))
    clean(tmp_path / "source", tmp_path / "public", offices.DOCX)
    (finding,) = inspect(tmp_path / "public", offices.DOCX)
    assert (finding.code, finding.count) == ("picture_cropped", 1)


def test_open_document_shows_the_picture_beside(cleaned):
    path, removed = cleaned(metafiles.odt_with_picture_beside(), offices.ODT)
    assert "drawings" not in removed, "nothing is missing in the copy"
    assert part(path, "Pictures/1.png") == metafiles.PRESENT
    assert re.findall(rb'<draw:image[^>]*href="([^"]+)"', part(path, "content.xml")) == [b"Pictures/1.png"]
    assert b"Pictures/1.emf" not in part(path, "META-INF/manifest.xml")
    assert "Pictures/1.emf" not in zipfile.ZipFile(path).namelist()


def test_a_drawing_that_stands_elsewhere_alone_is_a_blank_there(cleaned):
    body = offices.PLAIN + metafiles.FRAME % (
        metafiles.image("Pictures/1.emf") + metafiles.image("Pictures/1.png", "image/png")
    )
    body += metafiles.FRAME % metafiles.image("Pictures/1.emf")
    data = offices.open_document(body, parts={"Pictures/1.emf": others.emf(), "Pictures/1.png": metafiles.PRESENT})
    path, removed = cleaned(data, offices.ODT)
    assert removed["drawings"] == 1
    shown = re.findall(rb'href="([^"]+)" draw:mime-type="([^"]+)"', part(path, "content.xml"))
    assert shown == [(b"Pictures/1.png", b"image/png"), (b"Pictures/1.emf", b"image/png")]
    assert part(path, "Pictures/1.emf") == BLANK


def test_two_drawings_in_one_frame_leave_one_blank(cleaned):
    data = metafiles.odt(
        "Pictures/1.svm", "Pictures/1.emf", parts={"Pictures/1.svm": metafiles.svm(), "Pictures/1.emf": others.emf()}
    )
    path, _ = cleaned(data, offices.ODT)
    assert part(path, "content.xml").count(b"draw:image ") == 1
    assert part(path, "Pictures/1.svm") == BLANK


def test_bytes_in_the_text_are_no_words(cleaned):
    path, _ = cleaned(metafiles.odt_inside(), offices.ODT)
    assert base64.b64encode(BLANK) in part(path, "content.xml")
    assert extractor_for(offices.ODT).extract(path).pages[0].text.split() == ["The", "court", "heard", "the", "case."]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.rstrip("="),
        lambda text: f"é{text}",
        lambda text: text + "A",
        lambda text: f"{text[:40]}<text:s/>{text[40:]}",
    ],
)
def test_bytes_are_read_as_programs_read_them_that_forgive(cleaned, change):
    data = base64.b64encode(others.emf() + b"x").decode()
    body = offices.PLAIN + metafiles.FRAME % (
        f"<draw:image><office:binary-data>{change(data)}</office:binary-data></draw:image>"
    )
    path, removed = cleaned(offices.open_document(body), offices.ODT)
    assert removed["drawings"] == 1 and base64.b64encode(BLANK) in part(path, "content.xml")
    assert data[60:100].encode() not in part(path, "content.xml")


def test_a_photo_in_the_text_stays_without_what_it_says_of_itself(cleaned):
    photo = others.picture_file("JPEG", comment=b"Taken by a witness")
    data = base64.b64encode(photo).decode()
    body = offices.PLAIN + metafiles.FRAME % (
        f"<draw:image><office:binary-data>{data}</office:binary-data></draw:image>"
    )
    path, removed = cleaned(offices.open_document(body), offices.ODT)
    assert "drawings" not in removed and removed
    (held,) = re.findall(rb"<office:binary-data>([^<]+)<", part(path, "content.xml"))
    assert base64.b64decode(held) == without_personal_segments(photo) != photo


def test_type_is_declared_in_open_document_and_in_a_book(cleaned):
    path, _ = cleaned(metafiles.ods_chart(), offices.ODS)
    entry = re.search(rb"<[^>]*ObjectReplacements/Object 1[^>]*>", part(path, "META-INF/manifest.xml"))
    assert b'"image/png"' in entry.group()
    path, _ = cleaned(metafiles.epub(), offices.EPUB)
    assert b'href="1.emf" media-type="image/png"' in part(path, "OEBPS/book.opf")


def test_a_copy_made_before_is_blocked(tmp_path):
    (tmp_path / "public").write_bytes(metafiles.word())
    found = {finding.code: finding for finding in inspect(tmp_path / "public", offices.DOCX)}
    assert found["drawings"].verdict == "blocked"
    assert found["drawings"].places[0].words == "word/media/image1.emf"


def test_the_editor_reads_that_what_it_showed_is_gone():
    assert wording.removed_labels({"drawings": 1}) == [
        "Pictures that can't be checked (EMF, WMF and the like), with what they show"
    ]


@pytest.mark.parametrize(("make", "mime"), [(metafiles.word, offices.DOCX), (metafiles.ods_chart, offices.ODS)])
def test_pages_are_drawn_from_the_copy(cleaned, make, mime, tmp_path):
    servers.libreoffice()
    path, _ = cleaned(make(), mime)
    jobs.convert(path, mime, tmp_path / "pages", to="pdf")
    with pypdfium2.PdfDocument(tmp_path / "pages") as pdf:
        assert pdf[0].get_textpage().get_text_range().strip()
        assert any(kept.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for kept in pdf[0].get_objects())
