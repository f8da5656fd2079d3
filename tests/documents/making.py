"""Real files for tests, made on the spot: good ones in both directions, and hostile ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
from fpdf import FPDF

FONTS = Path(__file__).resolve().parents[2] / "home" / "demo" / "fonts"

FILLER = (
    "The files of a security service seldom name the act. A court therefore reconstructs what happened from duty "
    "rosters, the numbering of letters and the route by which a detainee was moved."
)
GERMAN = (
    "Die Befehlskette wird aus Dienstplänen, Briefnummern und Wegen erschlossen. Häftlinge, Auflagen und "
    "Begriffe sind zu prüfen, und die Aufklärung dauert, weil die offiziellen Schriften nicht alles sagen."
)
ARABIC = (
    "لا يجوز تعريض أي إنسان للاختفاء القسري. ولا يجوز التذرع بأي ظرف استثنائي كان، سواء تعلق الأمر بحالة حرب أو التهديد "
    "باندلاع حرب. حقوق الإنسان والأطفال والأسرة والإعلان العالمي. سلسلة القيادة لا تنتهي عند الآمر."
)


def _document(*, rtl: bool = False) -> FPDF:
    pdf = FPDF()
    pdf.set_compression(True)
    pdf.add_font("serif", fname=FONTS / "NotoSerif-Regular.ttf")
    pdf.add_font("arabic", fname=FONTS / "NotoSansArabic-Regular.ttf")
    pdf.set_font("arabic" if rtl else "serif", size=12)
    pdf.set_text_shaping(
        use_shaping_engine=True,
        direction="rtl" if rtl else "ltr",
        script="arab" if rtl else "latn",
        features={"liga": True, "dlig": True} if not rtl else None,
    )
    return pdf


def pdf_of(pages, *, rtl: bool = False, title: str = "") -> bytes:
    """A PDF with one text a page."""
    pdf = _document(rtl=rtl)
    if title:
        pdf.set_title(title)
        pdf.set_author("Somebody Inside")
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 7, text, align="R" if rtl else "L")
    return bytes(pdf.output())


def report(pages: int = 60, *, planted: dict[int, str] | None = None) -> bytes:
    """An English report with a sentence planted on some of its pages."""
    planted = planted or {}
    return pdf_of([f"{FILLER}\n\n{planted.get(number, '')}\n\nFolio {number}." for number in range(1, pages + 1)])


def two_columns(left: str, right: str) -> bytes:
    """One page with two columns, the lines of which stand side by side."""
    pdf = _document()
    pdf.add_page()
    for x, text in ((15, left), (110, right)):
        pdf.set_xy(x, 20)
        pdf.multi_cell(80, 7, text, align="L")
    return bytes(pdf.output())


def changed(data: bytes, change) -> bytes:
    """``data`` after ``change(pdf)`` through pikepdf."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(target)
    return target.getvalue()


def rotated(data: bytes, angle: int = 90) -> bytes:
    """The same pages, turned as a scanner or a wide table does."""

    def turn(pdf):
        for page in pdf.pages:
            page.rotate(angle, relative=True)

    return changed(data, turn)


def encrypted(data: bytes) -> bytes:
    """Opens only with a password."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return target.getvalue()


def with_secrets(data: bytes) -> bytes:
    """Full of what a public copy must not have: author, XMP, attachment, scripts, comments."""

    def fill(pdf):
        pdf.docinfo["/Author"] = "Somebody Inside"
        with pdf.open_metadata() as meta:
            meta["dc:creator"] = ["Somebody Inside"]
        pdf.attachments["notes.txt"] = b"the informant's name"
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Somebody Inside')")
        pdf.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))
        pdf.Root.PieceInfo = pikepdf.Dictionary(X=pikepdf.Dictionary(Private="Somebody Inside"))
        page = pdf.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="2"))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Text,
            Rect=[10, 10, 30, 30],
            T="Somebody Inside",
            Contents="delete this witness",
        )
        highlight = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Highlight,
            Rect=[10, 40, 30, 60],
            QuadPoints=[10, 60, 30, 60, 10, 40, 30, 40],
            T="Somebody Inside",
            Contents="who said this?",
        )
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[10, 70, 30, 90],
            Contents="duty rosters",
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/"),
        )
        launcher = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[40, 70, 60, 90],
            A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="evil.exe"),
        )
        page.obj.Annots = pikepdf.Array([pdf.make_indirect(a) for a in (note, highlight, link, launcher)])

    return changed(data, fill)


def endless() -> bytes:
    """A page whose content draws for ever: forms that call forms, ten times each, twenty deep."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    inner = pdf.make_stream(b"BT /F0 12 Tf 72 72 Td (x) Tj ET " * 50)
    inner.Type, inner.Subtype, inner.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 612, 792]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    inner.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
    for _ in range(9):
        outer = pdf.make_stream(b"/X Do " * 10)
        outer.Type, outer.Subtype, outer.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 612, 792]
        outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        inner = outer
    page = pdf.pages[0]
    page.obj.Contents = pdf.make_stream(b"/X Do " * 10)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def deep() -> bytes:
    """Arrays in arrays, a hundred thousand deep: readers that recurse fall."""
    nest = b"[" * 100_000 + b"]" * 100_000
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Deep " + nest + b">>endobj\n"
    body += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    return body + b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF"


def circular() -> bytes:
    """A page tree that contains itself."""
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\n"
    return body + b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"


def cut_off(data: bytes) -> bytes:
    """The first two thirds of an upload."""
    return data[: len(data) * 2 // 3]


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(paragraphs, *, table=(), prefix: str = "") -> bytes:
    """A Word document; ``table`` is rows of cells; ``prefix`` stands before the root element."""

    def paragraph(text):
        return f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"

    rows = "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in table)
    body = "".join(map(paragraph, paragraphs)) + (f"<w:tbl>{rows}</w:tbl>" if rows else "")
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prefix}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    return _zipped({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": document})


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx_bomb() -> bytes:
    """Half a megabyte that unpacks to 400 MB."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b" " * 1024**2)
    return target.getvalue()


_LEVELS = "abcdefghi"
BILLION_LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(ord(old) + 1)} '{f'&{old};' * 10}'>" for old in _LEVELS[:-1])
    + "]>"
)
