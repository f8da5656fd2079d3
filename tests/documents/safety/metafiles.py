"""Office files and e-books with drawings of Windows and the like in them, wherever programs put such."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile

import openpyxl.drawing.image
from docx.oxml import parse_xml
from pptx.util import Inches

from tests.documents.safety import offices
from tests.documents.safety.offices import DOCX, EPUB, ODS, ODT, PPTX, XLSX
from tests.documents.safety.others import emf, wmf
from tests.documents.safety.planting import NAME, Planted

PRESENT = offices.pdfs_png()


def svm() -> bytes:
    """LibreOffice's own format, in which it keeps what a chart looks like."""
    return b"VCLMTF\x01\0\x31\0\0\0" + bytes(49) + NAME.encode("utf-16-le")


def swapped(data: bytes, content: bytes, ending: str, kind: str) -> bytes:
    """The picture that a library put in, exchanged: bytes, name and content type as Office has them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith((".rels", "Types].xml")):
                part = part.replace(b"image1.png", f"image1.{ending}".encode())
                part = part.replace(
                    b"</Types>", f'<Default Extension="{ending}" ContentType="{kind}"/></Types>'.encode()
                )
            target.writestr(name.replace("image1.png", f"image1.{ending}"), content if "image1.png" in name else part)
    return out.getvalue()


def word(content: bytes | None = None, ending: str = "emf", kind: str = "image/x-emf") -> bytes:
    document = offices.word()
    document.add_picture(io.BytesIO(PRESENT))
    return swapped(offices._saved(document), content or emf(), ending, kind)


def word_cropped() -> bytes:
    """Of the drawing only a part is shown."""
    return offices.edited(
        word(), {"word/document.xml": lambda text: text.replace("<a:stretch>", '<a:srcRect r="40000"/><a:stretch>')}
    )


def word_called_png() -> bytes:
    document = offices.word()
    document.add_picture(io.BytesIO(PRESENT))
    return offices.edited(offices._saved(document), {"word/media/image1.png": emf()})


def word_object() -> bytes:
    """An object of another program: what it looks like is kept as a drawing."""
    document = offices.word()
    document.add_picture(io.BytesIO(PRESENT))
    relation = document.paragraphs[-1].runs[-1]._r.xpath(".//a:blip/@r:embed")[0]
    document.element.body.insert(
        1,
        parse_xml(
            '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<w:r><w:object><v:shape style="width:100pt;height:50pt" o:gfxdata="UEsDBBQ="><v:imagedata r:id="'
            f'{relation}" o:title=""/></v:shape><o:OLEObject Type="Embed" ProgID="Visio.Drawing.15"/></w:object></w:r></w:p>'
        ),
    )
    return swapped(offices._saved(document), wmf(), "wmf", "image/x-wmf")


def word_thumbnail() -> bytes:
    """The first page, small, as Word leaves it."""
    return offices.edited(
        offices._saved(offices.word()),
        {
            "docProps/thumbnail.emf": emf(),
            "_rels/.rels": lambda text: text.replace("docProps/thumbnail.jpeg", "docProps/thumbnail.emf"),
            "[Content_Types].xml": lambda text: text.replace(
                "</Types>", '<Default Extension="emf" ContentType="image/x-emf"/></Types>'
            ),
        },
    )


def book() -> bytes:
    workbook = offices.book()
    workbook.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(PRESENT)), "E2")
    return swapped(offices._saved(workbook), emf(), "emf", "image/x-emf")


def show() -> bytes:
    presentation = offices.show()
    presentation.slides[0].shapes.add_picture(io.BytesIO(PRESENT), Inches(1), Inches(3))
    return swapped(offices._saved(presentation), b"\xd7\xcd\xc6\x9a" + bytes(18) + wmf(), "wmf", "image/x-wmf")


FRAME = '<text:p><draw:frame text:anchor-type="as-char" svg:width="5cm" svg:height="3cm" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">%s</draw:frame></text:p>'


def image(name: str, kind: str = "image/x-emf") -> str:
    return f'<draw:image xlink:href="{name}" draw:mime-type="{kind}"/>'


def odt(*names: str, parts: dict[str, bytes] | None = None) -> bytes:
    shown = FRAME % "".join(image(name) for name in names or ["Pictures/1.emf"])
    return offices.open_document(offices.PLAIN + shown, parts=parts or {"Pictures/1.emf": emf()})


def odt_with_picture_beside() -> bytes:
    """As LibreOffice writes it since version 6."""
    return odt("Pictures/1.emf", "Pictures/1.png", parts={"Pictures/1.emf": emf(), "Pictures/1.png": PRESENT})


def odt_inside() -> bytes:
    data = base64.b64encode(emf()).decode()
    held = f"<draw:image><office:binary-data>{data[:60]}\n  {data[60:]}</office:binary-data></draw:image>"
    return offices.open_document(offices.PLAIN + FRAME % held)


def ods_chart() -> bytes:
    """A chart: the object, which goes with what it was made from, and what it looks like."""
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame>'
    table = offices._ods(offices._row("a", "b")).replace(
        "</table:table>", f"<table:shapes>{frame}</table:shapes></table:table>"
    )
    chart = f"<office:document-content {offices._NS}/>"
    return offices.open_document(
        table, mime=ODS, parts={"Object 1/content.xml": chart, "ObjectReplacements/Object 1": svm()}
    )


def epub() -> bytes:
    data = offices.epub('<p>Seen.<img src="1.emf" alt=""/></p>', parts={"OEBPS/1.emf": emf()})
    item = '<item id="e" href="1.emf" media-type="image/x-emf"/></manifest>'
    return offices.edited(data, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", item)})


PLANTED = [
    Planted("Word: EMF", word, "drawings", DOCX, True),
    Planted("Word: EMF, cropped", word_cropped, "drawings", DOCX, True),
    Planted("Word: EMF called a picture", word_called_png, "drawings", DOCX, True),
    Planted("Word: EMF, packed", lambda: word(gzip.compress(emf()), "emz", "image/x-emz"), "drawings", DOCX, True),
    Planted("Word: PostScript", lambda: word(f"%!PS-Adobe-3.0\n%%For: {NAME}".encode(), "eps", "image/eps"), "drawings", DOCX, True),
    Planted("Word: no EMF, but called one", lambda: word(NAME.encode() * 20), "drawings", DOCX, True),
    Planted("Word: WMF of an object", word_object, "drawings", DOCX, True),
    Planted("Word: EMF of the first page", word_thumbnail, "thumbnails", DOCX, True),
    Planted("Excel: EMF", book, "drawings", XLSX, True),
    Planted("PowerPoint: WMF", show, "drawings", PPTX, True),
    Planted("ODT: EMF", odt, "drawings", ODT, True),
    Planted("ODT: EMF with a picture beside", odt_with_picture_beside, "custom_data", ODT, True),
    Planted("ODT: EMF in the text", odt_inside, "drawings", ODT, True),
    Planted("ODS: chart", ods_chart, "drawings", ODS, True),
    Planted("EPUB: EMF", epub, "drawings", EPUB, True),
    Planted("EPUB: EMF beside its container", lambda: offices.epub(parts={"META-INF/container.xml.emf": emf()}), "drawings", EPUB, True),
]  # fmt: skip
