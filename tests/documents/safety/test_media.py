"""Pictures and recordings in office files and e-books look and sound as before, and the files still open."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pptx
import pytest
from PIL import Image, ImageChops

from documents.extraction.cleaning import clean
from documents.extraction.inspection.gif import without_comments
from documents.extraction.packages.pictures import is_picture, plain
from documents.extraction.packages.vectors import plain_inline
from tests.documents.safety import media, metafiles, offices, others, pdfs


@pytest.fixture
def cleaned(tmp_path):
    """Makes the public copy; gives its path and what was removed."""

    def make(data, mime):
        source, target = tmp_path / "source", tmp_path / "public"
        source.write_bytes(data)
        return target, clean(source, target, mime)["removed"]

    return make


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8", "replace")


def picture(data):
    return Image.open(io.BytesIO(data)).convert("RGBA")


@pytest.mark.parametrize(
    "data",
    [
        media.gif(),
        media.webp(),
        media.bmp(),
        others.tiff_pages(),
        others.jpeg_with_film(),
        others.png_with_texts(),
        others.picture_file("TIFF", pdfs.noise(20, 20).convert("CMYK")),
        others.picture_file("BMP", pdfs.noise(21, 20).convert("1")),
        others.picture_file("GIF", pdfs.noise(21, 20).convert("P"), interlace=1),
    ],
    ids=["GIF", "WebP", "BMP", "TIFF", "JPEG", "PNG", "TIFF in CMYK", "BMP of two colours", "GIF by every other line"],
)
def test_a_picture_looks_as_before(data):
    assert is_picture(data)
    shown = plain(data)
    assert shown is not None and b"Quellwitz" not in shown
    assert ImageChops.difference(picture(data), picture(shown)).getbbox() is None
    assert plain(shown) == shown, "a second look finds nothing"


def test_a_moving_picture_still_moves():
    with Image.open(io.BytesIO(plain(media.gif()))) as moving:
        assert (moving.n_frames, moving.info["loop"]) == (2, 3)


@pytest.mark.parametrize("at", [0, 5, 13, 200, -1])
def test_a_picture_that_ends_in_its_middle_is_none(at):
    assert without_comments(others.picture_file("GIF")[:at]) is None
    assert plain(media.jpeg_without_end()) is None
    assert plain(others.picture_file("BMP")[:60]) is None


def test_a_style_that_begins_like_a_picture_is_none():
    assert not is_picture(b"BM { color: red } BM p { color: blue }")


def test_word_shows_the_picture_that_was_beside(cleaned):
    for make in (media.word_svg, media.word_before):
        path, _ = cleaned(make(), offices.DOCX)
        (shape,) = (document := docx.Document(path)).inline_shapes
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        assert document.part.related_parts[blip.embed].blob == metafiles.PRESENT
        assert "rIdX" not in part(path, "word/_rels/document.xml.rels") + part(path, "word/document.xml")


def test_a_film_plays_on_without_its_place(cleaned):
    path, removed = cleaned(media.show_film(), offices.PPTX)
    assert set(removed) >= {"metadata of recordings"} and "embedded files" not in removed
    (film,) = [name for name in names(path) if name.endswith(".mp4")]
    with zipfile.ZipFile(path) as archive:
        assert b"\x65" * 4000 in archive.read(film)
    assert "timing" in part(path, "ppt/slides/slide1.xml")


def test_of_a_film_that_nobody_reads_the_picture_stays(cleaned):
    path, removed = cleaned(media.show_film(media.wave()), offices.PPTX)
    assert removed["embedded files"]
    assert not [name for name in names(path) if name.endswith(".mp4")]
    slide = pptx.Presentation(path).slides[0]
    assert slide.shapes[-1]._element.xpath(".//a:blip/@r:embed")
    text = part(path, "ppt/slides/slide1.xml")
    assert not re.search("videoFile|p14:media|<p:timing", text)


def test_what_programs_reach_stays(cleaned):
    """Styles, themes, layouts: no text names them, their type says what they are for."""
    for make, mime in (
        (lambda: offices._saved(offices.word()), offices.DOCX),
        (lambda: offices._saved(offices.show()), offices.PPTX),
        (lambda: offices._saved(offices.book()), offices.XLSX),
    ):
        data = make()
        path, _ = cleaned(data, mime)
        gone = set(zipfile.ZipFile(io.BytesIO(data)).namelist()) - set(names(path))
        always = ("docProps/", "customXml/", "ppt/printerSettings/", "ppt/viewProps.xml")
        assert all(name.startswith(always) for name in gone), gone


def test_a_name_in_other_letters_is_the_same_part(cleaned):
    """Names of parts are told apart without their case, and may be written in percent signs."""
    data = offices.edited(
        metafiles.word(metafiles.PRESENT, "png", "image/png"),
        {"word/_rels/document.xml.rels": lambda text: text.replace("media/image1.png", "Media/im%61ge1.PNG")},
    )
    path, _ = cleaned(data, offices.DOCX)
    assert "word/media/image1.png" in names(path)


def test_a_book_keeps_its_drawing(cleaned):
    path, _ = cleaned(media.epub_svg(' s:docname="a"', "<metadata>b</metadata>"), offices.EPUB)
    drawing = part(path, "OEBPS/1.svg")
    assert "<rect" in drawing and "Seen." in drawing and "docname" not in drawing and "metadata" not in drawing
    path, _ = cleaned(
        media.epub_with("1.wav", media.wave(), "audio/wav", '<p>a<audio src="1.wav"/>b</p>'), offices.EPUB
    )
    assert "1.wav" not in part(path, "OEBPS/book.opf") + part(path, "OEBPS/page.xhtml")
    assert "<p>ab</p>" in part(path, "OEBPS/page.xhtml")


def test_pictures_in_the_text():
    present = media.written(metafiles.PRESENT, "image/png")
    assert plain_inline(present) == present
    assert plain_inline("https://example.org/data:image") == "https://example.org/data:image"
    shown = plain_inline(f"url({media.written(others.picture_file('JPEG', comment=b'x'))}) no-repeat")
    assert shown.startswith("url(data:image/jpeg;base64,") and shown.endswith(") no-repeat")
    for other in ("data:image/svg+xml,%3Csvg%3E", media.written(b"<svg/>", "image/svg+xml")):
        assert plain_inline(other).startswith("data:image/png;base64,")


def test_what_programs_leave_empty_is_no_damage(cleaned):
    """LibreOffice leaves an empty file for its keys, a Mac files of its own beside those of a book."""
    frame = metafiles.FRAME % metafiles.image("Pictures/1.png", "image/png")
    parts = {"Pictures/1.png": metafiles.PRESENT, "Configurations2/accelerator/current.xml": ""}
    path, _ = cleaned(offices.open_document(offices.PLAIN + frame, parts=parts), offices.ODT)
    assert "Pictures/1.png" in names(path)
    path, removed = cleaned(
        offices.epub(parts={"__MACOSX/OEBPS/._page.xhtml": b"\0\5\x16\7", "__MACOSX/OEBPS/._book.opf": b"\0\5\x16\7"}),
        offices.EPUB,
    )
    assert removed["application data"] == 2 and not [name for name in names(path) if "MACOSX" in name]


def test_words_of_a_part_that_a_book_lists_nowhere_are_not_missed(cleaned):
    path, _ = cleaned(offices.epub(parts={"OEBPS/onix.xml": "<record>Sold by</record>"}), offices.EPUB)
    assert "OEBPS/onix.xml" not in names(path)
