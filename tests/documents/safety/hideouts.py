"""Places in office files and e-books where somebody, or a program, leaves what no reader sees."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib

import openpyxl.drawing.image
from PIL import Image

from tests.documents.safety import media, metafiles, offices, others
from tests.documents.safety.offices import DOCX, EPUB, ODT, PPTX, XLSX
from tests.documents.safety.planting import NAME, Planted

SAID = NAME.encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{NAME}</desc></svg>'.encode()
JP2 = b"\0\0\0\x0cjP  " + SAID
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x40meta" + SAID
SHAPE = '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata r:id="rIdX"/></v:shape></w:pict></w:r></w:p><w:sectPr'
LIST = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{media.RELATIONS}/%s" Target="%s"/></Relationships>'


def renamed(data: bytes, old: str, new: str) -> bytes:
    """A part under another name, and whatever speaks of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as target:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith((".rels", "Types].xml")):
                content = content.replace(old.encode(), new.encode())
            target.writestr(new.lstrip("/") if f"/{name}" == old else name, content)
    return out.getvalue()


def of_the_web(data: bytes) -> bytes:
    """A file of Word under the names that Word for the web gives its parts: ``word/document2.xml`` and others."""
    own = "document", "styles", "settings"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as target:
        for name in archive.namelist():
            content = archive.read(name)
            for each in own:
                name = name.replace(f"word/{each}.xml", f"word/{each}2.xml")
                name = name.replace(f"word/_rels/{each}.xml.rels", f"word/_rels/{each}2.xml.rels")
                if name.endswith((".rels", "Types].xml")):
                    content = re.sub(rf'(?<=[/"]){each}\.xml"'.encode(), f'{each}2.xml"'.encode(), content)
            target.writestr(name, content)
    return out.getvalue()


def word_shown(name: str, content: bytes) -> bytes:
    """Word: a picture that lies where programs put none."""
    return media.word_with(name, content, "image", SHAPE, "<w:sectPr")


def word_properties() -> bytes:
    """The author, where .NET's library for packages puts the properties."""
    return renamed(offices.word_author(), "/docProps/core.xml", "/package/services/metadata/core-properties/a1.psmdcp")


def word_chart() -> bytes:
    """A text box on a chart."""
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    chart = f'<c:chartSpace {space} xmlns:r="{media.RELATIONS}"><c:chart/><c:userShapes r:id="rId1"/></c:chartSpace>'
    shown = f'<w:p><w:r><w:drawing><c:chart {space} r:id="rIdX"/></w:drawing></w:r></w:p><w:sectPr'
    return offices.edited(
        media.word_with("word/charts/chart1.xml", chart.encode(), "chart", shown, "<w:sectPr"),
        {
            "word/charts/_rels/chart1.xml.rels": LIST % ("chartUserShapes", "../drawings/drawing1.xml"),
            "word/drawings/drawing1.xml": f"<c:userShapes {space}><t>{NAME}</t></c:userShapes>",
        },
    )


def book_comments() -> bytes:
    """As Excel itself calls the part."""
    return renamed(offices.book_comment(), "/xl/comments/comment1.xml", "/xl/comments1.xml")


def book_hidden(target: str) -> bytes:
    """The sheets by names that mean the same."""
    return offices.edited(
        offices.book_hidden_sheet(),
        {"xl/_rels/workbook.xml.rels": lambda text: text.replace("worksheets/sheet", f"worksheets/{target}")},
    )


def book_icons(target: str, kind: str = "image", mode: str = "") -> bytes:
    """Icons in SmartArt, with a second copy as SVG; beside them a photo that says who took it."""
    book = offices.book()
    book.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(others.png_with_texts())), "E5")
    copy = f'<d xmlns:a="http://schemas.microsoft.com/office/drawing/2016/SVG/main" xmlns:r="{media.RELATIONS}"><a:svgBlip r:embed="rId1"/></d>'
    return offices.edited(
        offices._saved(book),
        {
            "xl/drawings/_rels/drawing1.xml.rels": lambda text: text.replace(
                "</Relationships>",
                f'<Relationship Id="rId77" Type="{media.RELATIONS}/diagramData" Target="/xl/diagrams/data1.xml"/></Relationships>',
            ),
            "xl/diagrams/data1.xml": copy,
            "xl/diagrams/_rels/data1.xml.rels": (LIST % (kind, target)).replace("/></R", f"{mode}/></R"),
            "xl/media/image9.svg": SVG,
        },
    )


def png(kind: bytes) -> bytes:
    """A piece that shows nothing."""
    at = metafiles.PRESENT.index(b"IEND") - 4
    piece = len(SAID).to_bytes(4, "big") + kind + SAID + zlib.crc32(kind + SAID).to_bytes(4, "big")
    return metafiles.PRESENT[:at] + piece + metafiles.PRESENT[at:]


def jpeg(marker: bytes, begins: bytes = b"") -> bytes:
    body = begins + SAID
    data = others.picture_file("JPEG")
    return data[:2] + marker + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def gif() -> bytes:
    data = others.picture_file("GIF")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"!\xf9\x04\0\0\0\0" + bytes([len(SAID)]) + SAID + b"\0" + data[at:]


def webp() -> bytes:
    """In a moment of one that moves."""
    moments = [Image.new("RGB", (9, 9), colour) for colour in (1, 200)]
    data = others.picture_file("WEBP", moments[0], save_all=True, append_images=moments[1:], duration=100)
    at = data.index(b"ANMF")
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    piece = b"NOTE" + (10).to_bytes(4, "little") + SAID.ljust(10, b"\0")
    data = (
        data[: at + 4]
        + (size + len(piece)).to_bytes(4, "little")
        + data[at + 8 : at + 8 + size]
        + piece
        + data[at + 8 + size :]
    )
    return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]


def odt_shown(name: str, content: bytes, kind: str) -> bytes:
    frame = metafiles.FRAME % metafiles.image(name, kind)
    return offices.open_document(offices.PLAIN + frame, parts={name: content})


def book_page(name: str, content: str, kind: str) -> bytes:
    """An e-book that lists one part more, which no page names."""
    return media.epub_with(name, content, kind, "<p>Seen.</p>")


def _file() -> str:
    return base64.b64encode(SAID * 5).decode()


PLANTED = [
    Planted("Word: HEIC", lambda: metafiles.word(HEIC, "heic", "image/heic"), "drawings", DOCX, True),
    Planted("Word: words that begin like a sound", lambda: metafiles.word(b"\xff\xfb" + SAID, "jp2", "image/jp2"), "drawings", DOCX, True),
    Planted("Word: JPEG 2000 in a folder of its own", lambda: word_shown("word/pics/a.jp2", JP2), "drawings", DOCX, True),
    Planted("Word: SVG in a folder of its own", lambda: word_shown("word/pics/a.svg", SVG), "drawings", DOCX, True),
    Planted("Word: JPEG 2000 in a folder written large", lambda: word_shown("word/Media/a.jp2", JP2), "drawings", DOCX, True),
    Planted("Word: part of a kind that nobody knows", lambda: media.word_with("word/foo.bin", SAID, "whatever"), "custom_data", DOCX, True),
    Planted("Word: macros", lambda: media.word_with("word/vbaProject.bin", SAID, "vbaProject"), "custom_data", DOCX, True),
    Planted("Word: diagram that nothing names", lambda: media.word_with("word/diagrams/data9.xml", f"<d>{NAME}</d>".encode(), "diagramData"), "custom_data", DOCX, True),
    *(
        Planted(f"Word for the web: {what}", lambda make=make: of_the_web(make()), code, DOCX, removed)
        for what, make, code, removed in (
            ("deletion", offices.word_deletion, "changes", True),
            ("hidden by a style", offices.word_hidden_style, "hidden_text", True),
            ("variables", offices.word_variables, "metadata", True),
            ("white text", offices.word_white, "text_colour", False),
        )
    ),
    Planted("Word: properties elsewhere", word_properties, "custom_data", DOCX, True),
    Planted("Word: text box on a chart", word_chart, "embedded", DOCX, True),
    *(Planted(f"Word: PNG with a piece {kind.decode()}", lambda kind=kind: metafiles.word(png(kind), "png", "image/png"), "metadata", DOCX, True) for kind in (b"nOTe", b"sPLT", b"1234")),
    Planted("Word: JPEG with a thumbnail", lambda: metafiles.word(jpeg(b"\xff\xe0", b"JFXX\0"), "jpeg", "image/jpeg"), "metadata", DOCX, True),
    Planted("Word: JPEG with words about colours", lambda: metafiles.word(jpeg(b"\xff\xee", b"Adobe"), "jpeg", "image/jpeg"), "metadata", DOCX, True),
    Planted("Word: GIF with words about time", lambda: metafiles.word(gif(), "gif", "image/gif"), "metadata", DOCX, True),
    Planted("Word: WebP with words in a moment", lambda: metafiles.word(webp(), "webp", "image/webp"), "metadata", DOCX, True),
    Planted("Excel: comments as Excel calls them", book_comments, "comments", XLSX, True),
    Planted("Excel: hidden sheet, written large", lambda: book_hidden("Sheet"), "hidden_sheets", XLSX, True),
    Planted("Excel: hidden sheet, in percent signs", lambda: book_hidden("%73heet"), "hidden_sheets", XLSX, True),
    Planted("Excel: second copy in SmartArt", lambda: book_icons("../media/image9.svg"), "metadata", XLSX, True),
    Planted("Excel: second copy elsewhere", lambda: book_icons("https://example.org/", "hyperlink", ' TargetMode="External"'), "metadata", XLSX, True),
    Planted("Excel: second copy that is a folder", lambda: book_icons("../media"), "metadata", XLSX, True),
    Planted("PowerPoint: words behind a film", lambda: media.show_film(others.mp4() + SAID), "metadata", PPTX, True),
    Planted("PowerPoint: box of a program's own in a film", lambda: media.show_film(others.mp4() + others.box(b"note", SAID)), "metadata", PPTX, True),
    Planted("ODT: notes", lambda: offices.open_document(offices.PLAIN, parts={"notes.txt": NAME}), "custom_data", ODT, True),
    Planted("ODT: HEIC", lambda: odt_shown("Pictures/1.heic", HEIC, "image/heic"), "drawings", ODT, True),
    Planted("ODT: SVG in a folder of its own", lambda: odt_shown("images/1.svg", SVG, "image/svg+xml"), "drawings", ODT, True),
    Planted("EPUB: AVIF", lambda: media.epub_with("1.avif", HEIC.replace(b"heic", b"avif"), "image/avif"), "embedded", EPUB, True),
    Planted("EPUB: font that is none", lambda: book_page("f.ttf", NAME, "font/ttf"), "embedded", EPUB, True),
    Planted("EPUB: words that begin like a font", lambda: book_page("w.txt", f"OTTO is {NAME} of old", "text/plain"), "embedded", EPUB, True),
    Planted("EPUB: words beside the sound", lambda: book_page("n.smil", f"<smil><head><metadata>{NAME}</metadata></head></smil>", "application/smil+xml"), "metadata", EPUB, True),
    Planted("EPUB: comment beside the sound", lambda: book_page("n.pls", f"<lexicon><!-- {NAME} --></lexicon>", "application/pls+xml"), "comments", EPUB, True),
    Planted("EPUB: path of a page's declarations", lambda: offices.edited(offices.epub("<p>a<!-- b --></p>"), {"OEBPS/page.xhtml": lambda text: re.sub("<html", f'<!DOCTYPE html SYSTEM "file:///C:/Users/{NAME}/x.dtd"><html', text, count=1)}), "comments", EPUB, True),
    Planted("EPUB: comment in a style", lambda: book_page("f.css", f"/* {NAME} */ p {{}}", "text/css"), "comments", EPUB, True),
    Planted("EPUB: record beside the book", lambda: book_page("f.rdf", f"<r>{NAME}</r>", "application/rdf+xml"), "embedded", EPUB, True),
    Planted("EPUB: author in the contents", lambda: book_page("toc.ncx", f"<ncx><docAuthor>{NAME}</docAuthor></ncx>", "application/x-dtbncx+xml"), "metadata", EPUB, True),
    Planted("EPUB: words in its container", lambda: offices.edited(offices.epub(), {"META-INF/container.xml": lambda text: text.replace("</container>", f'<x xmlns="y">{NAME}</x></container>')}), "metadata", EPUB, True),
    Planted("EPUB: collection", lambda: offices.edited(offices.epub(), {"OEBPS/book.opf": lambda text: text.replace("</package>", f"<collection><metadata>{NAME}</metadata></collection></package>")}), "metadata", EPUB, True),
    Planted("EPUB: declarations of a page", lambda: offices.edited(offices.epub("<p>a<!-- b --></p>"), {"OEBPS/page.xhtml": lambda text: re.sub("<html", f'<!DOCTYPE html [<!ENTITY a "{NAME}">]><html', text, count=1)}), "comments", EPUB, True),
    Planted("EPUB: file behind a link", lambda: offices.epub(f'<p>a<a href="data:text/plain;base64,{_file()}">b</a></p>'), "embedded", EPUB, True),
    Planted("EPUB: file in a style", lambda: offices.epub(f'<p style="background: url(data:text/plain;base64,{_file()})">a</p>'), "metadata", EPUB, True),
]  # fmt: skip
