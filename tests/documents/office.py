"""Office files, books and scans for tests, made by the libraries and programs that people use."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import docx
import odfdo
import openpyxl
import pptx
import pypdfium2
from PIL import Image

from documents.extraction import jobs
from documents.extraction.converter import FORMATS
from tests.documents import making

OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = f"{OOXML}.wordprocessingml.document"
PPTX = f"{OOXML}.presentationml.presentation"
XLSX = f"{OOXML}.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
EPUB = "application/epub+zip"
RTF = "text/rtf"


def saved(document) -> bytes:
    """What ``document.save(file)`` writes."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def word(paragraphs) -> bytes:
    """A Word document by python-docx."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def presentation() -> bytes:
    """Three slides, the second of them hidden; a table, a group, and notes that are not for the public."""
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "The heron"
    first.placeholders[1].text = making.FILLER
    first.notes_slide.notes_text_frame.text = "Do not say this aloud"
    hidden = deck.slides.add_slide(deck.slide_layouts[1])
    hidden.shapes.title.text = "Our witness"
    hidden._element.set("show", "0")
    last = deck.slides.add_slide(deck.slide_layouts[6])
    table = last.shapes.add_table(1, 2, 0, 0, 3_000_000, 500_000).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Ort", "Häftlinge"
    group = last.shapes.add_group_shape()
    group.shapes.add_textbox(0, 2_000_000, 3_000_000, 500_000).text_frame.text = "In the group"
    return saved(deck)


def workbook(*, hidden: bool = True) -> bytes:
    """Two sheets, and a hidden one between them."""
    book = openpyxl.Workbook()
    book.active.title = "Cases"
    book.active.append(["Name", "Number", "Rate"])
    book.active.append(["Häftling", 12.0, 1.5])
    if hidden:
        secret = book.create_sheet("Sources")
        secret.append(["Our witness"])
        secret.sheet_state = "hidden"
    book.create_sheet("Places").append(["Frontier"])
    return saved(book)


def open_text() -> bytes:
    """An OpenDocument text with a table, a comment and a tracked deletion."""
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Header(1, "The heron"))
    paragraph = odfdo.Paragraph(making.GERMAN)
    paragraph.insert_annotation(after="Befehlskette", body="Who said this?", creator="Somebody Inside")
    document.body.append(paragraph)
    table = odfdo.Table("T", width=2, height=1)
    table.set_values([["Ort", "Datum"]])
    document.body.append(table)
    document.body.append(
        odfdo.Element.from_tag(
            '<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>Our witness</text:p>'
            "</text:deletion></text:changed-region></text:tracked-changes>"
        )
    )
    return saved(document)


def open_sheets() -> bytes:
    """An OpenDocument spreadsheet of two sheets."""
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for name, values in (("Cases", [["Häftling", 12]]), ("Places", [["Frontier"]])):
        table = odfdo.Table(name)
        table.set_values(values)
        document.body.append(table)
    return saved(document)


def book(chapters, *, protected: bool = False, spine: int = 1) -> bytes:
    """An e-book with one item for each chapter; ``spine`` repeats the order of reading."""
    items = "".join(
        f'<item id="c{n}" href="text/c%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters))) * spine
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    parts = {"mimetype": EPUB, "META-INF/container.xml": container, "OEBPS/book.opf": package}
    for n, text in enumerate(chapters):
        parts[f"OEBPS/text/c {n}.xhtml"] = (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Chapter</h1><p>{text}</p></body></html>'
        )
    if protected:
        parts["META-INF/encryption.xml"] = (
            '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData>'
            '<enc:CipherReference URI="OEBPS/text/c%200.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>'
        )
    return making._zipped(parts)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """An archive with another content of one of its members."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member, content if member.filename == name else old.read(member))
    return target.getvalue()


def member(data: bytes, name: str) -> bytes:
    """The content of one member of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def by_libreoffice(data: bytes, name: str, to: str) -> bytes:
    """``data``, called ``name``, as LibreOffice saves it in another format."""
    mime = next(mime for mime, (extension, _) in FORMATS.items() if name.endswith(f".{extension}"))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source", Path(folder) / "target"
        source.write_bytes(data)
        jobs.convert(source, mime, target, to=to)
        return target.read_bytes()


def pictures(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """The pages of a PDF as a scanner gives them."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def scan(pdf: bytes, dpi: int = 200) -> bytes:
    """The same pages as pictures only: a PDF without any text."""
    first, *others = pictures(pdf, dpi)
    target = io.BytesIO()
    first.save(target, "PDF", resolution=dpi, save_all=True, append_images=others)
    return target.getvalue()


def picture_file(pdf: bytes, kind: str, dpi: int = 200) -> bytes:
    """The pages as a picture file; a TIFF has all of them, the others the first."""
    first, *others = pictures(pdf, dpi)
    target = io.BytesIO()
    first.save(target, kind, **({"save_all": True, "append_images": others} if kind == "TIFF" else {}))
    return target.getvalue()
