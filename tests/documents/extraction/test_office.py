"""Presentations, workbooks, OpenDocument, RTF and e-books, as the programs that people use write them."""

import struct
import zlib

import pytest

from documents.extraction.errors import BrokenFileError, EncryptedFileError, ExtractionError, TooLargeError
from documents.extraction.jobs import extract
from documents.extraction.limits import Limits
from tests.documents import making, office


def text_of(found):
    return " ".join(" ".join(page.text for page in found.pages).split())


def test_presentation_has_a_page_for_each_slide_that_is_shown(stored):
    found = extract(stored(office.presentation()), office.PPTX)
    assert found.page_count == len(found.pages) == 2
    assert "The heron" in found.pages[0].text
    assert found.pages[0].language == "en"
    for words in ("Ort", "Häftlinge", "In the group"):
        assert words in found.pages[1].text
    for secret in ("Our witness", "Do not say this aloud"):
        assert secret not in text_of(found)


def test_workbook_has_a_page_for_each_sheet_that_is_shown(stored):
    found = extract(stored(office.workbook()), office.XLSX)
    assert found.page_count == len(found.pages) == 2
    assert found.pages[0].text.split() == ["Cases", "Name", "Number", "Rate", "Häftling", "12", "1.5"]
    assert found.pages[1].text.split() == ["Places", "Frontier"]


def test_sheet_too_long_for_a_page_comes_in_parts(stored):
    book = office.openpyxl.Workbook()
    for number in range(5000):
        book.active.append([number, making.FILLER])
    found = extract(stored(office.saved(book)), office.XLSX)
    assert found.page_count == 0
    assert len(found.pages) > 50


def test_open_text_has_no_comments_and_no_deletions(stored):
    found = extract(stored(office.open_text()), office.ODT)
    assert found.page_count == 0
    for words in ("The heron", "Befehlskette", "Ort", "Datum"):
        assert words in text_of(found)
    for secret in ("Who said this?", "Somebody Inside", "Our witness"):
        assert secret not in text_of(found)
    assert found.pages[0].language == "de"


def test_open_spreadsheet_has_a_page_for_each_sheet(stored):
    found = extract(stored(office.open_sheets()), office.ODS)
    assert found.page_count == 2
    assert [page.text.split()[0] for page in found.pages] == ["Cases", "Places"]
    assert "Häftling" in found.pages[0].text


def test_book_is_read_in_the_order_of_its_spine(stored):
    found = extract(stored(office.book([making.FILLER, making.GERMAN, making.ARABIC])), office.EPUB)
    assert [page.language for page in found.pages] == ["en", "de", "ar"]
    assert found.page_count == 0
    assert "duty rosters" in text_of(found)


def test_book_with_copy_protection_says_so(stored):
    with pytest.raises(EncryptedFileError):
        extract(stored(office.book([making.FILLER], protected=True)), office.EPUB)


def test_rich_text_gives_its_letters_only(stored):
    arabic = "".join(f"\\u{ord(letter)}?" for letter in "الإنسان")
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\info{\author Somebody Inside}}"
        rf"\f0 The H\'e4ftling \b crossed\b0  the frontier.\par {arabic}\par}}"
    )
    found = extract(stored(source.encode("ascii")), office.RTF)
    assert "The Häftling crossed the frontier." in text_of(found)
    assert "الإنسان" in text_of(found)
    assert "Somebody" not in text_of(found)
    assert "Times" not in text_of(found)


def test_scan_has_a_page_for_each_frame_and_no_text_yet(stored):
    tiff = office.picture_file(making.pdf_of(["one", "two", "three"]), "TIFF", dpi=40)
    found = extract(stored(tiff), "image/tiff")
    assert [(page.number, page.text, page.source) for page in found.pages] == [(n, "", "none") for n in (1, 2, 3)]
    assert found.page_count == 3


_DEEP = b"<a>" * 200_000 + b"</a>" * 200_000
_LAUGHS = b"<?xml version='1.0'?>" + making.BILLION_LAUGHS.encode() + b"<x>&i;</x>"


def _png(width, height):
    """A PNG that says it is larger than any memory."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def _cell(reference, row="1"):
    return (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + f'<row r="{row}"><c r="{reference}" t="inlineStr"><is><t>x</t></is></c></row>'.encode()
        + b"</sheetData></worksheet>"
    )


def _repeated(columns, rows):
    old = office.member(office.open_sheets(), "content.xml")
    new = old.replace(
        b"<table:table-row>",
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p>{"words " * 50}</text:p></table:table-cell>'.encode(),
        1,
    )
    assert new != old
    return office.with_part(office.open_sheets(), "content.xml", new)


HOSTILE = {
    "pptx, deep": (office.PPTX, lambda: office.with_part(office.presentation(), "ppt/slides/slide1.xml", _DEEP)),
    "pptx, laughs": (office.PPTX, lambda: office.with_part(office.presentation(), "ppt/slides/slide1.xml", _LAUGHS)),
    "xlsx, deep": (office.XLSX, lambda: office.with_part(office.workbook(), "xl/workbook.xml", _DEEP)),
    "xlsx, laughs": (office.XLSX, lambda: office.with_part(office.workbook(), "xl/workbook.xml", _LAUGHS)),
    "xlsx, columns": (
        office.XLSX,
        lambda: office.with_part(office.workbook(), "xl/worksheets/sheet1.xml", _cell("ZZZZZZ1")),
    ),
    "xlsx, rows": (
        office.XLSX,
        lambda: office.with_part(office.workbook(), "xl/worksheets/sheet1.xml", _cell("A9999999999", "9999999999")),
    ),
    "odt, deep": (office.ODT, lambda: office.with_part(office.open_text(), "content.xml", _DEEP)),
    "odt, laughs": (office.ODT, lambda: office.with_part(office.open_text(), "content.xml", _LAUGHS)),
    "ods, repeated": (office.ODS, lambda: _repeated(16_384, 1_048_576)),
    "epub, laughs": (office.EPUB, lambda: office.with_part(office.book(["x"]), "OEBPS/book.opf", _LAUGHS)),
    "epub, spine": (office.EPUB, lambda: office.book([making.FILLER] * 10, spine=3000)),
    "epub, nowhere": (office.EPUB, lambda: office.with_part(office.book(["x"]), "META-INF/container.xml", b"<a/>")),
    "tiff, garbage": ("image/tiff", lambda: b"II*\0" + b"\xff" * 5000),
    "png, lie": ("image/png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "rtf, garbage": (office.RTF, lambda: b"{\\rtf1" + b"{\\*\\x" * 200_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_ends_with_a_reason_or_without_harm(stored, kind):
    mime, make = HOSTILE[kind]
    try:
        found = extract(stored(make()), mime, limits=Limits(cpu_seconds=30, wall_seconds=120))
    except ExtractionError as error:
        assert str(error).endswith(".")
    else:
        assert sum(len(page.text) for page in found.pages) < 100_000


@pytest.mark.parametrize(
    ("mime", "make"),
    [
        (office.PPTX, office.presentation),
        (office.XLSX, office.workbook),
        (office.ODT, office.open_text),
        (office.ODS, office.open_sheets),
        (office.EPUB, lambda: office.book([making.FILLER])),
    ],
    ids=["pptx", "xlsx", "odt", "ods", "epub"],
)
def test_archive_that_was_cut_off_or_is_a_bomb_is_refused(stored, mime, make):
    data = make()
    with pytest.raises(BrokenFileError):
        extract(stored(making.cut_off(data)), mime)
    with pytest.raises(TooLargeError):
        extract(stored(making.docx_bomb()), mime)
    with pytest.raises(EncryptedFileError):
        extract(stored(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000), mime)


def test_picture_of_too_many_dots_is_a_page_that_is_not_drawn(stored, tmp_path):
    from documents.extraction.jobs import page_image

    path = stored(_png(100_000, 100_000))
    assert extract(path, "image/png").page_count == 1
    with pytest.raises(TooLargeError):
        page_image(path, "image/png", tmp_path / "drawn", width=400)
