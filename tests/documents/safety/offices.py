"""Office files and e-books with a leak, made by the libraries that write such files, then edited as the programs do."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import openpyxl
import pptx
import pptx.chart.data
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Color, Font, PatternFill
from PIL import Image
from pptx.util import Emu, Inches

from tests.documents import making
from tests.documents.safety import pdfs
from tests.documents.safety.planting import NAME, Planted

NAMED = f"The witness {NAME} saw it."
OOXML = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX, PPTX = (
    OOXML + kind for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
EPUB = "application/epub+zip"


def _saved(thing) -> bytes:
    out = io.BytesIO()
    thing.save(out)
    return out.getvalue()


def edited(data: bytes, changes: dict[str, object]) -> bytes:
    """An archive with parts changed by functions of their text, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in archive.namelist():
            content = archive.read(name)
            change = changes.pop(name, None)
            if callable(change):
                content = change(content.decode()).encode()
            elif change is not None:
                content = change if isinstance(change, bytes) else change.encode()
            target.writestr(name, content)
        for name, content in changes.items():
            target.writestr(name, content if isinstance(content, bytes) else str(content))
    return out.getvalue()


# Word


def word(*paragraphs: str):
    """A document with no author, as a base."""
    document = docx.Document()
    for text in paragraphs or ("The court heard the case.", "It was adjourned."):
        document.add_paragraph(text)
    document.core_properties.author = ""
    return document


def _word_with(xml: str) -> bytes:
    document = word()
    document.element.body.insert(1, parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"))
    return _saved(document)


def word_author() -> bytes:
    document = word()
    document.core_properties.author = document.core_properties.last_modified_by = NAME
    return _saved(document)


def word_comment() -> bytes:
    document = word()
    document.add_comment(document.paragraphs[0].runs, text=NAMED, author=NAME, initials="Q")
    return _saved(document)


def word_deletion() -> bytes:
    return _word_with(
        f'<w:r><w:t xml:space="preserve">The witness </w:t></w:r><w:del w:id="9" w:author="A" w:date="2024-01-01T00:00:00Z">'
        f"<w:r><w:delText>{NAME}</w:delText></w:r></w:del><w:r><w:t> saw it.</w:t></w:r>"
    )


def word_insertion() -> bytes:
    return _word_with(
        f'<w:ins w:id="9" w:author="{NAME}" w:date="2024-01-01T00:00:00Z"><w:r><w:t>The witness saw it.</w:t></w:r></w:ins>'
    )


def word_moved() -> bytes:
    return _word_with(f'<w:moveFrom w:id="3" w:author="A"><w:r><w:t>{NAMED}</w:t></w:r></w:moveFrom>')


def word_deleted_row() -> bytes:
    document = word()
    table = document.add_table(rows=2, cols=1)
    table.cell(1, 0).text = NAMED
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="4" w:author="A"/>'))
    return _saved(document)


def word_hidden() -> bytes:
    document = word()
    document.add_paragraph().add_run(NAMED).font.hidden = True
    return _saved(document)


def word_hidden_style() -> bytes:
    document = word()
    style = document.styles.add_style("Internal", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    document.add_paragraph().add_run(NAMED, style=style)
    return _saved(document)


def word_white() -> bytes:
    document = word()
    document.add_paragraph().add_run(NAMED).font.color.rgb = docx.shared.RGBColor(255, 255, 255)
    return _saved(document)


def word_looking(run: str, paragraph: str = "", styles: str = "", theme: str = "", words: str = NAMED) -> bytes:
    """A paragraph whose run, paragraph, or styles say how it looks."""
    made = _word_with(f"<w:pPr>{paragraph}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{words}</w:t></w:r>")
    return edited(
        made,
        {
            "word/styles.xml": lambda text: text.replace("</w:styles>", f"{styles}</w:styles>"),
            "word/theme/theme1.xml": lambda text: text.replace("<a:lt1>", theme + "<a:lt1>", 1),
        },
    )


def word_style(name: str, letters: str, kind: str = "character", more: str = "") -> str:
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{more}<w:rPr>{letters}</w:rPr></w:style>'
    )


def word_cell(cell: str, run: str, table: str = "") -> bytes:
    """A table of one cell."""
    return edited(
        _saved(word()),
        {
            "word/document.xml": lambda text: text.replace(
                "<w:sectPr",
                f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tr><w:tc><w:tcPr>{cell}</w:tcPr><w:p><w:r><w:rPr>{run}</w:rPr>"
                f"<w:t>{NAMED}</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/><w:sectPr",
                1,
            )
        },
    )


def word_shape(fill: str, run: str) -> bytes:
    """A text box."""
    spaces = (
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    return _word_with(
        f"<w:r><w:drawing><wps:wsp {spaces}><wps:spPr>{fill}</wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:rPr>{run}</w:rPr>"
        f"<w:t>{NAMED}</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r>"
    )


WHITE, BLACK = '<w:color w:val="FFFFFF"/>', '<w:color w:val="000000"/>'
ON_BLACK = '<w:shd w:val="clear" w:color="auto" w:fill="000000"/>'


def word_before(shape: str, header: bool = False, away: str = "") -> bytes:
    """White words and what may lie behind them, in the text or in the header; ``away``: what comes before the words."""
    spaces = (
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    document = word()
    place = document.sections[0].header if header else document
    place.add_paragraph()._p.append(parse_xml(f"<w:r {nsdecls('w')} {spaces}>{shape}</w:r>"))
    white = document.add_paragraph()
    white.add_run(NAMED).font.color.rgb = docx.shared.RGBColor(255, 255, 255)
    for each in parse_xml(f"<w:body {nsdecls('w')}>{away}</w:body>"):
        white._p.addprevious(each)
    return _saved(document)


GRADIENT = '<a:gradFill><a:gsLst><a:gs pos="0"><a:srgbClr val="{}"/></a:gs><a:gs pos="100000"><a:srgbClr val="{}"/></a:gs></a:gsLst></a:gradFill>'
PLACE = '<wp:positionV relativeFrom="paragraph"><wp:posOffset>-254000</wp:posOffset></wp:positionV>'


def on_picture(colour: str, *, away: str = "") -> bytes:
    """White words behind which lies a picture of one colour; ``away``: what comes between."""
    document = word()
    document.add_picture(io.BytesIO(picture_of(colour)))
    document.add_paragraph().add_run(NAMED).font.color.rgb = docx.shared.RGBColor(255, 255, 255)
    return edited(_saved(document), {"word/document.xml": lambda text: re.sub(
        "<wp:inline([^>]*)>(.*?)</wp:inline>(.*?</w:p>)",
        rf'<wp:anchor\1 behindDoc="1">\2<wp:wrapNone/></wp:anchor>\3{away}', text, flags=re.DOTALL)})  # fmt: skip


def picture_of(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    return out.getvalue()


def anchored(fill: str, *, height: int = 10_692_000, wrap: str = "wrapNone", behind: int = 1, place: str = "") -> str:
    """A shape that the text runs over."""
    return (
        f'<w:drawing><wp:anchor behindDoc="{behind}">{place}<wp:extent cx="7560000" cy="{height}"/><wp:{wrap}/>'
        f'<wp:docPr id="1" name="Rectangle 1"/><a:graphic><a:graphicData uri="u"><wps:wsp><wps:spPr>{fill}</wps:spPr>'
        "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


WORD_UNREADABLE = {
    "black highlighter": '<w:highlight w:val="black"/>',
    "black highlighter on black": f'{BLACK}<w:highlight w:val="black"/>',
    "black shade": ON_BLACK,
    "black shade on black": BLACK + ON_BLACK,
    "dark shade by the theme": '<w:shd w:val="clear" w:fill="auto" w:themeFill="text1"/>',
    "solid pattern": '<w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>',
    "nearly white": '<w:color w:val="FEFEFE"/>',
    "ground of the theme": '<w:color w:val="auto" w:themeColor="background1"/>',
    "ground of the theme, darker by nothing": '<w:color w:val="FCFCFC" w:themeColor="background1" w:themeShade="FC"/>',
    "white on white shade": f'{WHITE}<w:shd w:val="clear" w:fill="FFFFFF"/>',
    "yellow on yellow": '<w:color w:val="FFFF0A"/><w:highlight w:val="yellow"/>',
    "white on no highlighter": f'{WHITE}<w:highlight w:val="none"/>',
    "white letters of today": '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:solidFill><w14:schemeClr w14:val="bg1"/></w14:solidFill></w14:textFill>',
    **{
        f"letters {name}": f'<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">{fill}</w14:textFill>'
        for name, fill in {
            "without a fill": "<w14:noFill/>",
            "that let all through": '<w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/></w14:srgbClr></w14:solidFill>',
            "that let all through for other programs": '<w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="0"/></w14:srgbClr></w14:solidFill>',
            "in half of white": '<w14:solidFill><w14:srgbClr w14:val="FFFFFF"><w14:alpha w14:val="50000"/></w14:srgbClr></w14:solidFill>',
            "white in every step of a gradient": '<w14:gradFill><w14:gsLst><w14:gs w14:pos="0"><w14:srgbClr w14:val="FFFFFF"/></w14:gs><w14:gs w14:pos="100000"><w14:schemeClr w14:val="bg1"/></w14:gs></w14:gsLst></w14:gradFill>',
        }.items()
    },
    "white with a line that lets all through": f'{WHITE}<w14:textOutline xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/></w14:srgbClr></w14:solidFill></w14:textOutline>',
}
"""What a run says by itself."""


def word_tiny() -> bytes:
    document = word()
    document.add_paragraph().add_run(NAMED).font.size = docx.shared.Pt(1)
    return _saved(document)


def word_photo() -> bytes:
    document = word()
    document.add_picture(io.BytesIO(pdfs.photo()))
    return _saved(document)


def word_cropped() -> bytes:
    document = word()
    document.add_picture(io.BytesIO(pdfs.photo()))
    return edited(
        _saved(document),
        {"word/document.xml": lambda text: text.replace("<a:stretch>", '<a:srcRect r="40000"/><a:stretch>')},
    )


def word_template() -> bytes:
    """The template of the house, by its address: Word asks for it whenever the file is opened."""
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="https://files.example.org/{NAME}.dotm" TargetMode="External"/></Relationships>'
    )

    def settings(text):
        return re.sub(
            r"(<w:settings[^>]*>)",
            r'\1<w:attachedTemplate r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>',
            text,
            count=1,
        )

    return edited(_saved(word()), {"word/settings.xml": settings, "word/_rels/settings.xml.rels": rels})


def word_remote_picture() -> bytes:
    """A picture that is fetched when the file is read: it tells who reads it."""
    document = word()
    document.add_picture(io.BytesIO(pdfs.photo(trace="", place=False)))
    relation = document.part.relate_to(
        f"https://files.example.org/{NAME}.png",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image",
        is_external=True,
    )
    return edited(
        _saved(document), {"word/document.xml": lambda text: re.sub(r'r:embed="rId\d+"', f'r:link="{relation}"', text)}
    )


def word_field() -> bytes:
    return _word_with(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> INCLUDEPICTURE "http://files.example.org/{NAME}.png" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def word_custom_xml() -> bytes:
    def rels(text):
        return text.replace(
            "</Relationships>",
            '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" Target="../customXml/item9.xml"/></Relationships>',
        )

    return edited(
        _saved(word()),
        {"word/_rels/document.xml.rels": rels, "customXml/item9.xml": f"<case><witness>{NAME}</witness></case>"},
    )


def word_embedded() -> bytes:
    """A table of Excel put into the text, whole."""
    document = word()
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/embeddings/Microsoft_Excel_Sheet1.xlsx"),
        XLSX,
        _saved(book(secret=NAMED)),
        document.part.package,
    )
    relation = document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    )
    document.element.body.insert(
        1,
        parse_xml(
            f'<w:p {nsdecls("w")} xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            f'<w:r><w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="{relation}"/></w:object></w:r></w:p>'
        ),
    )
    return _saved(document)


def word_variables() -> bytes:
    return edited(
        _saved(word()),
        {
            "word/settings.xml": lambda text: text.replace(
                "</w:settings>", f'<w:docVars><w:docVar w:name="x" w:val="{NAME}"/></w:docVars></w:settings>'
            )
        },
    )


def word_internal_link() -> bytes:
    document = word()
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    number = document.part.relate_to(f"http://intranet/cases/{NAME}", f"{space}/hyperlink", is_external=True)
    link = f'<w:hyperlink {nsdecls("w", "r")} r:id="{number}"><w:r><w:t>See</w:t></w:r></w:hyperlink>'
    document.paragraphs[0]._p.append(parse_xml(link))
    return _saved(document)


def word_picture_name() -> bytes:
    document = word()
    document.add_picture(io.BytesIO(pdfs.photo(trace="", place=False)))
    return edited(
        _saved(document),
        {
            "word/document.xml": lambda text: re.sub(
                r'(<pic:cNvPr[^>]*name=)"[^"]*"', rf'\1"C:\\Users\\{NAME}\\IMG_1.jpg"', text
            )
        },
    )


# Excel


def book(secret: str = ""):
    """A workbook with one sheet; ``secret`` in a cell of it."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Figures"
    for row in range(1, 6):
        sheet.append([f"Year {2018 + row}", 10 * row, secret if row == 3 else ""])
    workbook.properties.creator = ""
    return workbook


def book_author() -> bytes:
    workbook = book()
    workbook.properties.creator = NAME
    return _saved(workbook)


def book_hidden_sheet(state: str = "hidden") -> bytes:
    workbook = book()
    hidden = workbook.create_sheet("Internal", 0)
    hidden["A1"] = NAMED
    hidden.sheet_state = state
    workbook.active = 1
    workbook["Figures"]["D1"] = "=Internal!A1"
    return _saved(workbook)


def book_hidden_row() -> bytes:
    workbook = book(NAMED)
    workbook.active.row_dimensions[3].hidden = True
    return _saved(workbook)


def book_hidden_column() -> bytes:
    workbook = book(NAMED)
    workbook.active.column_dimensions["C"].hidden = True
    return _saved(workbook)


def book_comment() -> bytes:
    workbook = book()
    workbook.active["A1"].comment = openpyxl.comments.Comment(NAMED, NAME)
    return _saved(workbook)


def shared(data: bytes) -> bytes:
    """The words of all cells in one list, as Excel keeps them."""
    words: list[str] = []

    def numbered(match):
        words.append(match.group(2))
        return f'<c{match.group(1)} t="s"><v>{len(words) - 1}</v></c>'

    def sheet(text):
        return re.sub(r'<c( r="\w+")[^>]*t="inlineStr"[^>]*><is><t[^>]*>([^<]*)</t></is></c>', numbered, text)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    data = edited(data, dict.fromkeys(sheets, sheet))
    items = "".join(f"<si><t>{word}</t></si>" for word in words)
    return edited(
        data,
        {
            "xl/sharedStrings.xml": f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>',
            "[Content_Types].xml": lambda text: text.replace(
                "</Types>",
                '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
            ),
            "xl/_rels/workbook.xml.rels": lambda text: text.replace(
                "</Relationships>",
                '<Relationship Id="rId66" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            ),
        },
    )


def book_unused_string() -> bytes:
    """A cell was emptied, and its words stayed in the list of all words."""
    return edited(
        shared(_saved(book())),
        {"xl/sharedStrings.xml": lambda text: text.replace("</sst>", f"<si><t>{NAMED}</t></si></sst>")},
    )


def book_looking(**looks) -> bytes:
    """A cell with a style; ``height`` and ``width`` are those of its row and column."""
    workbook = book()
    sheet = workbook.active
    cell = sheet["F2"]
    cell.value = NAMED
    if "height" in looks:
        sheet.row_dimensions[2].height = looks.pop("height")
        sheet["A2"], sheet["B2"] = None, None
    if "width" in looks:
        sheet.column_dimensions["F"].width = looks.pop("width")
    for key, said in looks.items():
        setattr(cell, key, said)
    return _saved(workbook)


def book_rich(font: str) -> bytes:
    """Words with a font of their own, within a cell."""
    rich = f"<si><r><t>Seen </t></r><r><rPr>{font}</rPr><t>{NAMED}</t></r></si>"
    return edited(
        shared(_saved(book("seen"))),
        {"xl/sharedStrings.xml": lambda text: re.sub(r"<si><t>seen</t></si>", rich, text, count=1)},
    )


def book_table() -> bytes:
    """White words in the heading of a table whose style has grounds."""
    workbook = book()
    sheet = workbook.active
    sheet["F1"], sheet["F2"] = "Year", "2024"
    sheet["F1"].font = Font(color="FFFFFFFF")
    table = openpyxl.worksheet.table.Table(displayName="T", ref="F1:F2")
    table.tableStyleInfo = openpyxl.worksheet.table.TableStyleInfo(name="TableStyleMedium9")
    sheet.add_table(table)
    return _saved(workbook)


def _filled(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


def book_path() -> bytes:
    return edited(
        _saved(book()),
        {
            "xl/workbook.xml": lambda text: text.replace(
                "<bookViews>",
                f'<x15ac:absPath url="C:\\Users\\{NAME}\\" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/><bookViews>',
            )
        },
    )


def book_external() -> bytes:
    link = f'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"><sheetNames><sheetName val="{NAME}"/></sheetNames></externalBook></externalLink>'
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="file:///other.xlsx" TargetMode="External"/></Relationships>'
    return edited(_saved(book()), {
        "xl/_rels/workbook.xml.rels": lambda text: text.replace("</Relationships>", '<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'),
        "xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": rels,
    })  # fmt: skip


def book_printer() -> bytes:
    return edited(_saved(book()), {"xl/printerSettings/printerSettings1.bin": f"\\\\print\\{NAME}".encode("utf-16-le")})


# PowerPoint


def show():
    """A presentation with one slide."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "What the court heard"
    presentation.core_properties.author = ""
    return presentation


def _second(presentation, text=NAMED):
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = text
    return slide


def show_author() -> bytes:
    presentation = show()
    presentation.core_properties.author = NAME
    return _saved(presentation)


def show_hidden_slide() -> bytes:
    presentation = show()
    _second(presentation)._element.set("show", "0")
    _second(presentation, "The end")
    return _saved(presentation)


def show_notes() -> bytes:
    presentation = show()
    presentation.slides[0].notes_slide.notes_text_frame.text = NAMED
    return _saved(presentation)


def show_hidden_shape() -> bytes:
    presentation = show()
    box = presentation.slides[0].shapes.add_textbox(Inches(1), Inches(4), Inches(4), Inches(1))
    box.text_frame.text = NAMED
    box._element.nvSpPr.cNvPr.set("hidden", "1")
    return _saved(presentation)


def show_outside() -> bytes:
    presentation = show()
    presentation.slides[0].shapes.add_textbox(Emu(-5_000_000), Inches(1), Inches(4), Inches(1)).text_frame.text = NAMED
    return _saved(presentation)


def show_looking(
    run: str, shape: str = "", behind: str = "", words: str = NAMED, side: float = 5, front: str = ""
) -> bytes:
    """A text box on a slide: what its run says, how it is filled, and what lies behind it and before it."""
    presentation = pptx.Presentation()
    presentation.core_properties.author = ""
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    if behind:
        _plate(slide, behind, side)
    box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    box.text_frame.text = words
    if front:
        _plate(slide, front, side)
    return edited(
        _saved(presentation),
        {
            "ppt/slides/slide1.xml": lambda text: re.sub(
                "<a:noFill/>(?=</p:spPr>)", shape or "<a:noFill/>", text
            ).replace(f"<a:r><a:t>{words}", f"<a:r>{run}<a:t>{words}")
        },
    )


def show_grouped(run: str, *, behind: str = "", beside: str = "") -> bytes:
    """A text box in a group: what lies behind the group, and below the box in it."""
    presentation = pptx.Presentation()
    presentation.core_properties.author = ""
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    if behind:
        _plate(slide, behind, 5)
    group = slide.shapes.add_group_shape()
    if beside:
        _plate(group, beside, 5)
    box = group.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    box.text_frame.text = NAMED
    return edited(
        _saved(presentation),
        {"ppt/slides/slide1.xml": lambda text: text.replace(f"<a:r><a:t>{NAMED}", f"<a:r>{run}<a:t>{NAMED}")},
    )


def _plate(slide, colour: str, side: float) -> None:
    """A square in the corner of a slide, in one colour or as a picture of it."""
    size = Inches(side)
    if colour.startswith("#"):
        slide.shapes.add_picture(io.BytesIO(picture_of(colour)), 0, 0, size, size)
        return
    plate = slide.shapes.add_shape(1, 0, 0, size, size)
    plate.fill.solid()
    plate.fill.fore_color.rgb = pptx.dml.color.RGBColor.from_string(colour)


def show_cell(run: str, fill: str) -> bytes:
    """A cell of a table on a slide."""
    presentation = show()
    table = presentation.slides[0].shapes.add_table(1, 1, 0, 0, 3_000_000, 500_000).table
    table.cell(0, 0).text = NAMED
    return edited(
        _saved(presentation),
        {
            "ppt/slides/slide1.xml": lambda text: text.replace("<a:tcPr/>", f"<a:tcPr>{fill}</a:tcPr>").replace(
                f"<a:r><a:t>{NAMED}", f"<a:r>{run}<a:t>{NAMED}"
            )
        },
    )


def _fill(colour: str, alpha: int = 100_000) -> str:
    kind = "srgbClr" if len(colour) == 6 else "schemeClr"
    share = f'<a:alpha val="{alpha}"/>' if alpha < 100_000 else ""
    return f'<a:solidFill><a:{kind} val="{colour}">{share}</a:{kind}></a:solidFill>'


DRAWN = {
    "without a fill": "<a:rPr><a:noFill/></a:rPr>",
    "that let all through": f"<a:rPr>{_fill('000000', 0)}</a:rPr>",
    "that are hardly there": f"<a:rPr>{_fill('000000', 4000)}</a:rPr>",
    "with a line that lets all through": f"<a:rPr><a:ln>{_fill('000000', 0)}</a:ln>{_fill('000000', 0)}</a:rPr>",
}
"""Letters that no ground shows."""


def drawn(run: str) -> str:
    """Words in a shape, in the language of all drawings."""
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    return f'<a:p xmlns:a="{space}"><a:r>{run}<a:t>{NAMED}</a:t></a:r></a:p>'


def word_drawn(run: str) -> bytes:
    return _word_with(f"<w:r><w:drawing>{drawn(run)}</w:drawing></w:r>")


def book_drawn(run: str) -> bytes:
    """A text box beside a picture on a sheet."""
    workbook = book()
    workbook.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(pdfs_png())), "E5")
    box = f"<xdr:sp><xdr:txBody>{drawn(run)}</xdr:txBody></xdr:sp>"
    anchor = f'<xdr:absoluteAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">{box}</xdr:absoluteAnchor>'
    return edited(
        _saved(workbook),
        {"xl/drawings/drawing1.xml": lambda text: re.sub(r"</(\w+:)?wsDr>", anchor + r"</\1wsDr>", text)},
    )


def show_list_style(style: str) -> bytes:
    """A text box whose letters are as its list of levels says."""
    return edited(
        show_looking("<a:rPr/>"),
        {
            "ppt/slides/slide1.xml": lambda text: text.replace(
                "<a:lstStyle/>", f"<a:lstStyle><a:lvl1pPr><a:defRPr>{style}</a:defRPr></a:lvl1pPr></a:lstStyle>"
            )
        },
    )


def show_comment() -> bytes:
    comment = f'<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" dt="2024-01-01T00:00:00" idx="1"><p:pos x="1" y="1"/><p:text>{NAMED}</p:text></p:cm></p:cmLst>'

    def rels(text):
        return text.replace(
            "</Relationships>",
            '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="../comments/comment1.xml"/></Relationships>',
        )

    return edited(_saved(show()), {"ppt/slides/_rels/slide1.xml.rels": rels, "ppt/comments/comment1.xml": comment})


def show_photo() -> bytes:
    presentation = show()
    presentation.slides[0].shapes.add_picture(io.BytesIO(pdfs.photo()), Inches(1), Inches(3))
    return _saved(presentation)


def show_chart() -> bytes:
    """A chart with the whole table behind it."""
    presentation = show()
    data = pptx.chart.data.CategoryChartData()
    data.categories = ["2023", "2024"]
    data.add_series("Cases", (3, 5))
    presentation.slides[0].shapes.add_chart(
        pptx.enum.chart.XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data
    )
    return _saved(presentation)


# OpenDocument

_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def open_document(body: str, *, mime: str = ODT, styles: str = "", parts=None) -> bytes:
    """As LibreOffice packs it: the type first and unpacked."""
    kind = "text" if mime == ODT else "spreadsheet"
    content = f"<office:document-content {_NS}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    named = {"content.xml": content, **(parts or {})}
    entries = "".join(f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in named)
    manifest = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{mime}"/>{entries}</m:manifest>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mime)
        for name, text in {**named, "META-INF/manifest.xml": manifest}.items():
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


PLAIN = "<text:p>The court heard the case.</text:p>"


def odt_author() -> bytes:
    return open_document(
        PLAIN,
        parts={
            "meta.xml": f"<office:document-meta {_NS}><office:meta><dc:creator>{NAME}</dc:creator></office:meta></office:document-meta>"
        },
    )


def odt_changes() -> bytes:
    return open_document(
        f'<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>A</dc:creator></office:change-info><text:p>{NAME}</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>The witness <text:change text:change-id="c1"/>saw it.</text:p>'
    )


def odt_comment() -> bytes:
    return open_document(
        f"<text:p>The <office:annotation><dc:creator>{NAME}</dc:creator><text:p>{NAMED}</text:p></office:annotation>court.</text:p>"
    )


HIDDEN = 'text:display="none"'
HIDING = '<style:style style:name="T9" style:family="text"><style:text-properties text:display="none"/></style:style>'


def odt_hidden() -> bytes:
    return open_document(
        f'{PLAIN}<text:p>It <text:span text:style-name="T9">{NAMED}</text:span>ended.</text:p>', styles=HIDING
    )


def odf_style(letters: str, name: str = "T9", family: str = "text", more: str = "", kind: str = "text") -> str:
    return f'<style:style style:name="{name}" style:family="{family}" {more}><style:{kind}-properties {letters}/></style:style>'


def odt_looking(styles: str, body: str = "", common: str = "") -> bytes:
    """Words in a style."""
    body = body or f'<text:p>It <text:span text:style-name="T9">{NAMED}</text:span> ended.</text:p>'
    named = f"<office:document-styles {_NS}><office:styles>{common}</office:styles></office:document-styles>"
    return open_document(PLAIN + body, styles=styles, parts={"styles.xml": named})


def ods_looking(styles: str, cell: str = 'table:style-name="T9"', columns: str = "<table:table-column/>") -> bytes:
    row = f'<table:table-row><table:table-cell {cell} office:value-type="string"><text:p>{NAMED}</text:p></table:table-cell></table:table-row>'
    return open_document(_ods(row, columns=columns), mime=ODS, styles=styles)


ODF_WHITE, ODF_BLACK = 'fo:color="#ffffff"', 'fo:color="#000000"'
ODF_ON_BLACK = 'fo:background-color="#000000"'
ODF_CELL = odf_style(ODF_WHITE, family="table-cell")
ODT_TABLE = f'<table:table><table:table-row><table:table-cell table:style-name="C"><text:p><text:span text:style-name="T9">{NAMED}</text:span></text:p></table:table-cell></table:table-row></table:table>'


def odt_before(shape: str, fill: str, away: str = "") -> tuple[str, str]:
    """Styles and text: white words, and a shape that the text runs over; ``away``: what lies between."""
    styles = odf_style(ODF_WHITE) + odf_style(f'style:run-through="background" {fill}', "G", "graphic", kind="graphic")
    return (
        styles,
        f'<text:p><draw:custom-shape draw:style-name="G" {shape}/></text:p>{away}<text:p><text:span text:style-name="T9">{NAMED}</text:span></text:p>',
    )


ODF_DARK = 'draw:fill="solid" draw:fill-color="#1f3864"'
ODT_BOX = f'<text:p><draw:frame draw:style-name="G"><draw:text-box><text:p><text:span text:style-name="T9">{NAMED}</text:span></text:p></draw:text-box></draw:frame></text:p>'


def odt_hidden_section() -> bytes:
    return open_document(
        f'{PLAIN}<text:section text:name="S" text:display="none"><text:p>{NAMED}</text:p></text:section>'
    )


def odt_remote() -> bytes:
    return open_document(
        f'{PLAIN}<text:p><draw:frame><draw:image xlink:href="https://files.example.org/{NAME}.png"/></draw:frame></text:p>'
    )


def odt_versions() -> bytes:
    return open_document(
        PLAIN, parts={"Versions/Version1": open_document(f"<text:p>{NAMED}</text:p>"), "VersionList.xml": "<v/>"}
    )


def odt_thumbnail() -> bytes:
    return open_document(PLAIN, parts={"Thumbnails/thumbnail.png": pdfs_png()})


def odt_printer() -> bytes:
    return open_document(
        PLAIN,
        parts={
            "settings.xml": f'<office:document-settings {_NS}><config:config-item config:name="PrinterName">{NAME}</config:config-item></office:document-settings>'
        },
    )


def pdfs_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return out.getvalue()


def _ods(rows: str, columns: str = '<table:table-column table:number-columns-repeated="3"/>', style: str = "") -> str:
    return f'<table:table table:name="Figures" {style}>{columns}{rows}</table:table>'


def _row(*cells: str, more: str = "") -> str:
    return (
        f"<table:table-row {more}>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        + "</table:table-row>"
    )


def ods_hidden_sheet() -> bytes:
    styles = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    return open_document(
        _ods(_row("a", "b")) + _ods(_row(NAMED), style='table:style-name="ta2"'), mime=ODS, styles=styles
    )


def ods_hidden_row() -> bytes:
    return open_document(_ods(_row("a", "b") + _row(NAMED, "c", more='table:visibility="collapse"')), mime=ODS)


def ods_hidden_column() -> bytes:
    return open_document(
        _ods(_row("a", NAMED), columns='<table:table-column/><table:table-column table:visibility="collapse"/>'),
        mime=ODS,
    )


def ods_comment() -> bytes:
    return open_document(
        _ods(
            f'<table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>{NAMED}</text:p></office:annotation><text:p>a</text:p></table:table-cell></table:table-row>'
        ),
        mime=ODS,
    )


# EPUB


def epub(page: str = "<p>The court heard the case.</p>", head: str = "", details: str = "", parts=None) -> bytes:
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    opf = f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:x</dc:identifier><dc:title>Report</dc:title><dc:language>en</dc:language>{details}</metadata><manifest><item id="p" href="page.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="p"/></spine></package>'
    xhtml = (
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Report</title>{head}</head><body>{page}</body></html>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", EPUB)
        for name, text in {
            "META-INF/container.xml": container,
            "OEBPS/book.opf": opf,
            "OEBPS/page.xhtml": xhtml,
            **(parts or {}),
        }.items():
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def epub_styled(sheet: str, page: str, **more: str) -> bytes:
    """A page with a sheet of its own, and the sheets that this one imports."""
    listed = "".join(
        f'<item id="s{n}" href="{name}.css" media-type="text/css"/>' for n, name in enumerate(["s", *more])
    )
    made = epub(
        f"<p>Seen.</p>{page}",
        head='<link rel="stylesheet" type="text/css" href="s.css"/>',
        parts={"OEBPS/s.css": sheet, **{f"OEBPS/{name}.css": text for name, text in more.items()}},
    )
    return edited(made, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", f"{listed}</manifest>")})


PLANTED = [
    Planted("Word: author", word_author, "metadata", DOCX, True),
    Planted("Word: comment", word_comment, "comments", DOCX, True),
    Planted("Word: deletion", word_deletion, "changes", DOCX, True),
    Planted("Word: insertion with its author", word_insertion, "changes", DOCX, True),
    Planted("Word: moved text", word_moved, "changes", DOCX, True),
    Planted("Word: deleted row", word_deleted_row, "changes", DOCX, True),
    Planted("Word: hidden text", word_hidden, "hidden_text", DOCX, True),
    Planted("Word: hidden by a style", word_hidden_style, "hidden_text", DOCX, True),
    *(Planted(f"Word: hidden by {name}", lambda old=old, new=new: edited(_saved(word(NAMED)), {
        "word/styles.xml": lambda text: text.replace(old, new, 1),
        "word/document.xml": lambda text: text.replace("<w:sectPr", "<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>Seen</w:t></w:r></w:p><w:sectPr", 1),
    }), "hidden_text", DOCX, True) for name, old, new in (
        ("the defaults", "<w:rPrDefault><w:rPr>", "<w:rPrDefault><w:rPr><w:vanish/>"),
        ("the style of paragraphs that name none", 'w:styleId="Normal">', 'w:styleId="Normal"><w:rPr><w:vanish/></w:rPr>'),
    )),
    Planted("Word: white text", word_white, "text_colour", DOCX),
    *(Planted(f"Word: {name}", lambda run=run: word_looking(run), "text_colour", DOCX) for name, run in WORD_UNREADABLE.items()),
    *(Planted(f"Word: white, {name}", lambda args=args: word_before(*args), "text_colour", DOCX) for name, args in {
        "before a white shape": (anchored(_fill("FFFFFF")),), "before an empty shape": (anchored("<a:noFill/>"),),
        "beside a shape": (anchored(_fill("1F3864"), wrap="wrapSquare", behind=0),),
        "before a light gradient": (anchored(GRADIENT.format("FFFFFF", "FAFAFA")),),
        "before a shape that lets all through": (anchored(_fill("000000", 0)),),
        "a page behind a cover": (anchored(_fill("1F3864")) + '<w:br w:type="page"/>', False, "<w:p><w:r><w:t>Seen</w:t></w:r></w:p>"),
        "a section behind a cover": (anchored(_fill("1F3864")), False, "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"),
        "far below a low shape": (anchored(_fill("1F3864"), height=1_270_000, place=PLACE), False, "<w:p><w:r><w:t>Seen</w:t></w:r></w:p>" * 20),
        "below the head of the page": (anchored(_fill("1F3864"), height=2_540_000), True, "<w:p><w:r><w:t>Seen</w:t></w:r></w:p>" * 40),
        "below a logo": (anchored(_fill("1F3864"), height=900_000), True),
        "before a watermark": ('<w:pict><v:shape style="position:absolute" fillcolor="silver"><v:textpath string="Draft"/></v:shape></w:pict>', True),
    }.items()),
    Planted("Word: letters as narrow as a hair", lambda: word_looking('<w:w w:val="1"/>'), "text_tiny", DOCX),
    Planted("Word: white before a light picture", lambda: on_picture("#fefefe"), "text_colour", DOCX),
    Planted("Word: white a page behind a dark picture", lambda: on_picture("#203864", away="<w:p><w:r><w:lastRenderedPageBreak/></w:r></w:p>"), "text_colour", DOCX),
    Planted("Word: white in a paragraph that begins a page behind a cover", lambda: edited(word_before(anchored(_fill("1F3864"))), {"word/document.xml": lambda text: text.replace(f"<w:t>{NAMED}", f"<w:lastRenderedPageBreak/><w:t>{NAMED}")}), "text_colour", DOCX),
    Planted("Word: white behind a heading that begins a page", lambda: edited(word_before(anchored(_fill("1F3864")), False, '<w:p><w:pPr><w:pStyle w:val="X"/></w:pPr></w:p>'), {"word/styles.xml": lambda text: text.replace("</w:styles>", f'{word_style("X", "", "paragraph", "<w:pPr><w:pageBreakBefore/></w:pPr>")}</w:styles>')}), "text_colour", DOCX),
    Planted("Word: lines without height", lambda: word_looking("", '<w:spacing w:line="1" w:lineRule="exact"/>'), "text_tiny", DOCX),
    Planted("Word: row without height", lambda: edited(word_cell("", ""), {"word/document.xml": lambda text: text.replace("<w:tr>", '<w:tr><w:trPr><w:trHeight w:val="2" w:hRule="exact"/></w:trPr>')}), "text_tiny", DOCX),
    Planted("Word: tiny in a strict file", lambda: word_looking('<w:sz w:val="1pt"/>'), "text_tiny", DOCX),
    Planted("Word: white by a style of letters", lambda: word_looking('<w:rStyle w:val="X"/>', styles=word_style("X", WHITE)), "text_colour", DOCX),
    Planted("Word: white by the style below a style", lambda: word_looking('<w:rStyle w:val="Y"/>', styles=word_style("X", WHITE) + word_style("Y", "", more='<w:basedOn w:val="X"/>')), "text_colour", DOCX),
    Planted("Word: white by a style of paragraphs", lambda: word_looking("", '<w:pStyle w:val="X"/>', word_style("X", WHITE, "paragraph")), "text_colour", DOCX),
    Planted("Word: black shade by a style", lambda: word_looking('<w:rStyle w:val="X"/>', styles=word_style("X", ON_BLACK)), "text_colour", DOCX),
    Planted("Word: white by the defaults", lambda: edited(word_looking(""), {"word/styles.xml": lambda text: text.replace("<w:rPrDefault><w:rPr>", f"<w:rPrDefault><w:rPr>{WHITE}", 1)}), "text_colour", DOCX),
    Planted("Word: black on a black paragraph", lambda: word_looking(BLACK, ON_BLACK), "text_colour", DOCX),
    Planted("Word: black in a black cell", lambda: word_cell(ON_BLACK, BLACK), "text_colour", DOCX),
    Planted("Word: white in a cell", lambda: word_cell("", WHITE), "text_colour", DOCX),
    Planted("Word: black in a black table", lambda: word_cell("", BLACK, ON_BLACK), "text_colour", DOCX),
    Planted("Word: black in a black box", lambda: word_shape('<a:solidFill><a:srgbClr val="000000"/></a:solidFill>', BLACK), "text_colour", DOCX),
    Planted("Word: tiny by a style", lambda: word_looking('<w:rStyle w:val="X"/>', styles=word_style("X", '<w:sz w:val="2"/>')), "text_tiny", DOCX),
    Planted("Word: tiny Arabic", lambda: word_looking('<w:sz w:val="24"/><w:szCs w:val="2"/><w:rtl/>'), "text_tiny", DOCX),
    Planted("Word: tiny text", word_tiny, "text_tiny", DOCX),
    Planted("Word: photo with its place", word_photo, "place", DOCX, True),
    Planted("Word: cropped picture", word_cropped, "picture_cropped", DOCX, trace=""),
    Planted("Word: template elsewhere", word_template, "remote", DOCX, True),
    Planted("Word: picture elsewhere", word_remote_picture, "remote", DOCX, True),
    Planted("Word: picture by a field", word_field, "remote", DOCX, True),
    Planted("Word: custom XML", word_custom_xml, "custom_data", DOCX, True),
    Planted("Word: embedded workbook", word_embedded, "embedded", DOCX, True),
    Planted("Word: variables", word_variables, "metadata", DOCX, True),
    Planted("Word: path of a picture", word_picture_name, "metadata", DOCX, True),
    Planted("Word: link to the intranet", word_internal_link, "internal_links", DOCX),
    Planted("Excel: author", book_author, "metadata", XLSX, True),
    Planted("Excel: hidden sheet", book_hidden_sheet, "hidden_sheets", XLSX, True),
    Planted("Excel: very hidden sheet", lambda: book_hidden_sheet("veryHidden"), "hidden_sheets", XLSX, True),
    Planted("Excel: hidden row", book_hidden_row, "hidden_cells", XLSX, True),
    Planted("Excel: hidden column", book_hidden_column, "hidden_cells", XLSX, True),
    Planted("Excel: hidden row, shared words", lambda: shared(book_hidden_row()), "hidden_cells", XLSX, True),
    Planted("Excel: hidden sheet, shared words", lambda: shared(book_hidden_sheet()), "hidden_sheets", XLSX, True),
    Planted("Excel: comment", book_comment, "comments", XLSX, True),
    Planted("Excel: words of an emptied cell", book_unused_string, "hidden_text", XLSX, True),
    *(Planted(f"Excel: {name}", lambda looks=looks: book_looking(**looks), code, XLSX, code == "hidden_cells") for name, code, looks in (
        ("white words", "text_colour", {"font": Font(color="FFFFFFFF")}),
        ("white by the theme", "text_colour", {"font": Font(color=Color(theme=0))}),
        ("nearly white", "text_colour", {"font": Font(color=Color(theme=0, tint=-0.04))}),
        ("white by number", "text_colour", {"font": Font(color=Color(indexed=9))}),
        ("black on black", "text_colour", {"fill": _filled("FF000000")}),
        ("white on white", "text_colour", {"font": Font(color="FFFFFFFF"), "fill": _filled("FFFFFFFF")}),
        ("tiny words", "text_tiny", {"font": Font(size=1)}),
        ("a form that shows nothing", "text_invisible", {"number_format": ";;;"}),
        ("a form of empty words", "text_invisible", {"number_format": '"";"";"";""'}),
        ("a form that shows other words", "text_invisible", {"number_format": '0;-0;0;_x"redacted"'}),
        ("a form in the second colour", "text_colour", {"number_format": "0;-0;0;[Color2]@"}),
        ("a form that shows no words", "text_invisible", {"number_format": '0;-0;0;""'.replace('""', "")}),
        ("row without height", "hidden_cells", {"height": 0.0001}),
        ("column without width", "hidden_cells", {"width": 0.05}),
    )),
    Planted("Excel: a form that shows words for a number", lambda: book_looking(value=4711, number_format='"redacted"'), "text_invisible", XLSX, trace=""),
    Planted("Excel: white among other words", lambda: book_rich('<color rgb="FFFFFFFF"/>'), "text_colour", XLSX),
    Planted("Excel: path", book_path, "metadata", XLSX, True),
    Planted("Excel: another workbook", book_external, "remote", XLSX, True),
    Planted("Excel: printer", book_printer, "metadata", XLSX, True),
    Planted("PowerPoint: author", show_author, "metadata", PPTX, True),
    Planted("PowerPoint: hidden slide", show_hidden_slide, "hidden_slides", PPTX, True),
    Planted("PowerPoint: notes", show_notes, "notes", PPTX, True),
    Planted("PowerPoint: hidden shape", show_hidden_shape, "hidden_text", PPTX, True),
    Planted("PowerPoint: beside the slide", show_outside, "text_outside", PPTX),
    *(Planted(f"PowerPoint: beside the slide by {name}", lambda change=change: edited(show_outside(), {"ppt/slides/slide1.xml": lambda text: re.sub(r'(<a:off x="-?\d+)', change, text)}), "text_outside", PPTX) for name, change in {
        "a fraction": r"\1.5", "inches": '<a:off x="-30in',
    }.items()),
    *(Planted(f"PowerPoint: {name}", lambda args=args: show_looking(*args), code, PPTX) for name, code, args in (
        ("white words", "text_colour", (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>",)),
        ("ground of the theme", "text_colour", (f"<a:rPr>{_fill('bg1')}</a:rPr>",)),
        ("black in a black box", "text_colour", (f"<a:rPr>{_fill('000000')}</a:rPr>", _fill("000000"))),
        ("nothing said in a black box", "text_colour", ("<a:rPr/>", _fill("tx1"))),
        *((f"white {name}", "text_colour", (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", "", behind, NAMED, side, front)) for name, behind, side, front in (
            ("on a white shape", "FFFFFF", 5, ""), ("on a light picture", "#fafafa", 5, ""), ("beside a dark shape", "000000", 1.1, ""),
            ("below a dark shape", "", 5, "000000"),
        )),
        ("black on a black shape", "text_colour", (f"<a:rPr>{_fill('000000')}</a:rPr>", "", "000000")),
        ("black marker", "text_colour", ('<a:rPr><a:highlight><a:srgbClr val="000000"/></a:highlight></a:rPr>',)),
        ("letters without a fill", "text_colour", ("<a:rPr><a:noFill/></a:rPr>",)),
        ("tiny words", "text_tiny", ('<a:rPr sz="100"/>',)),
    )),
    *(Planted(f"{program}: letters {name}", lambda make=make, run=run: make(run), "text_colour", mime) for name, run in DRAWN.items() for program, make, mime in (
        ("Word, in a drawing", word_drawn, DOCX), ("Excel, in a shape", book_drawn, XLSX), ("PowerPoint", show_looking, PPTX),
    )),
    *(Planted(f"PowerPoint: white {name}", lambda run=run: show_looking(f"<a:rPr>{run}</a:rPr>"), "text_colour", PPTX) for name, run in {
        "by its light": '<a:solidFill><a:scrgbClr r="100000" g="100%" b="100000"/></a:solidFill>',
        "by its hue": '<a:solidFill><a:hslClr hue="0" sat="0" lum="100000"/></a:solidFill>',
        "by a name": '<a:solidFill><a:prstClr val="ghostWhite"/></a:solidFill>', "of the system": '<a:solidFill><a:sysClr val="window"/></a:solidFill>',
        "with a white shadow": f'{_fill("FFFFFF")}<a:effectLst><a:outerShdw><a:srgbClr val="FFFFFF"/></a:outerShdw></a:effectLst>',
        "with a reflection": f'{_fill("FFFFFF")}<a:effectLst><a:reflection/></a:effectLst>',
    }.items()),
    *(Planted(f"PowerPoint: white in a group {name}", lambda said=said: show_grouped(f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", **said), "text_colour", PPTX) for name, said in {
        "alone": {}, "on a white shape": {"behind": "FFFFFF"}, "above a white shape": {"beside": "FAFAFA"},
    }.items()),
    Planted("PowerPoint: half of white", lambda: show_looking(f"<a:rPr>{_fill('FFFFFF', 50_000)}</a:rPr>"), "text_colour", PPTX),
    Planted("PowerPoint: white with a white line", lambda: show_looking(f"<a:rPr><a:ln>{_fill('FFFFFF')}</a:ln>{_fill('FFFFFF')}</a:rPr>"), "text_colour", PPTX),
    Planted("PowerPoint: white with a shadow that lets all through", lambda: show_looking(f'<a:rPr>{_fill("FFFFFF")}<a:effectLst><a:outerShdw><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:outerShdw></a:effectLst></a:rPr>'), "text_colour", PPTX),
    Planted("PowerPoint: letters without a fill by the style of a list", lambda: show_list_style("<a:noFill/>"), "text_colour", PPTX),
    Planted("PowerPoint: made to fit until tiny", lambda: edited(show_looking("<a:rPr/>"), {"ppt/slides/slide1.xml": lambda text: re.sub("<a:bodyPr[^>]*>.*?</a:bodyPr>|<a:bodyPr[^>]*/>", '<a:bodyPr><a:normAutofit fontScale="1000"/></a:bodyPr>', text)}), "text_tiny", PPTX),
    Planted("PowerPoint: black in a black cell", lambda: show_cell(f"<a:rPr>{_fill('000000')}</a:rPr>", _fill("000000")), "text_colour", PPTX),
    Planted("PowerPoint: comment", show_comment, "comments", PPTX, True),
    Planted("PowerPoint: photo with its place", show_photo, "place", PPTX, True),
    Planted("PowerPoint: workbook of a chart", show_chart, "embedded", PPTX, True, trace=""),
    *(Planted(f"ODT: {name} hidden by the style below its style", lambda xml=xml: odt_looking(
        odf_style("", "P9", "paragraph", 'style:parent-style-name="X"') + odf_style("", "T9", more='style:parent-style-name="X"'), xml,
        odf_style(HIDDEN, "X", "paragraph") + odf_style(HIDDEN, "X"),
    ), "hidden_text", ODT, True) for name, xml in {
        "paragraph": f'<text:p text:style-name="P9">{NAMED}</text:p>', "link": f'<text:p>It <text:a text:style-name="T9">{NAMED}</text:a> ended.</text:p>',
    }.items()),
    Planted("ODT: author", odt_author, "metadata", ODT, True),
    Planted("ODT: tracked deletion", odt_changes, "changes", ODT, True),
    Planted("ODT: comment", odt_comment, "comments", ODT, True),
    Planted("ODT: hidden text", odt_hidden, "hidden_text", ODT, True),
    *(Planted(f"ODT: {name}", lambda args=args: odt_looking(*args), code, ODT) for name, code, args in (
        ("white words", "text_colour", (odf_style(ODF_WHITE),)),
        ("nearly white", "text_colour", (odf_style('fo:color="#fefefe"'),)),
        ("tiny words", "text_tiny", (odf_style('fo:font-size="1pt"'),)),
        ("tiny as a share", "text_tiny", (odf_style('fo:font-size="10%"'),)),
        ("letters that let all through", "text_colour", (odf_style('fo:color="#000000" loext:opacity="0%"'),)),
        ("lines without height", "text_tiny", (odf_style('fo:line-height="0.01cm"', "P9", "paragraph", kind="paragraph"), f'<text:p text:style-name="P9">{NAMED}</text:p>')),
        ("lines of no share", "text_tiny", (odf_style('fo:line-height="1%"', "P9", "paragraph", kind="paragraph"), f'<text:p text:style-name="P9">{NAMED}</text:p>')),
        ("row without height", "text_tiny", (odf_style('style:row-height="0.1mm"', "R9", "table-row", kind="table-row"), ODT_TABLE.replace("<table:table-row>", '<table:table-row table:style-name="R9">'))),
        ("half of white", "text_colour", (odf_style(f'{ODF_WHITE} loext:opacity="50%"'),)),
        ("letters as narrow as a hair", "text_tiny", (odf_style('style:text-scale="1%"'),)),
        ("tiny as a raised one", "text_tiny", (odf_style('style:text-position="super 1%"'),)),
        *((f"white {name}", "text_colour", args) for name, args in {
            "before a white shape": odt_before("", 'draw:fill="solid" draw:fill-color="#ffffff"'),
            "before a shape that lets all through": odt_before("", f'{ODF_DARK} draw:opacity="0%"'),
            "a page behind a cover": odt_before("", ODF_DARK, "<text:p>Seen<text:soft-page-break/></text:p>"),
            "behind a paragraph that ends a page": (lambda made: (made[0] + odf_style('fo:break-after="page"', "B", "paragraph", kind="paragraph"), made[1]))(odt_before("", ODF_DARK, '<text:p text:style-name="B">Seen</text:p>')),
            "in a paragraph that begins a page": (lambda made: (made[0], made[1].replace("<text:span", "<text:soft-page-break/><text:span")))(odt_before("", ODF_DARK)),
            "far below a low shape": odt_before('svg:height="2cm"', f'{ODF_DARK} style:vertical-rel="paragraph"', "<text:p>Seen</text:p>" * 20),
        }.items()),
        ("tiny Arabic", "text_tiny", (odf_style('style:font-size-complex="1pt"'), f'<text:p><text:span text:style-name="T9">شاهد {NAMED}</text:span></text:p>')),
        ("black marker", "text_colour", (odf_style(ODF_ON_BLACK),)),
        ("white by a style with a parent", "text_colour", (odf_style("", more='style:parent-style-name="W"'), "", odf_style(ODF_WHITE, "W"))),
        ("white by the paragraph", "text_colour", (odf_style(ODF_WHITE, "P9", "paragraph"), f'<text:p text:style-name="P9">{NAMED}</text:p>')),
        ("black on a black paragraph", "text_colour", (odf_style(ODF_BLACK) + odf_style(ODF_ON_BLACK, "P9", "paragraph", kind="paragraph"), f'<text:p text:style-name="P9"><text:span text:style-name="T9">{NAMED}</text:span></text:p>')),
        ("black in a black cell", "text_colour", (odf_style(ODF_BLACK) + odf_style(ODF_ON_BLACK, "C", "table-cell", kind="table-cell"), ODT_TABLE)),
        ("black in a black box", "text_colour", (odf_style(ODF_BLACK) + odf_style('draw:fill="solid" draw:fill-color="#000000"', "G", "graphic", kind="graphic"), ODT_BOX)),
    )),
    Planted("ODT: hidden section", odt_hidden_section, "hidden_text", ODT, True),
    Planted("ODT: picture elsewhere", odt_remote, "remote", ODT, True),
    Planted("ODT: saved versions", odt_versions, "history", ODT, True),
    Planted("ODT: thumbnail", odt_thumbnail, "thumbnails", ODT, True, trace=""),
    Planted("ODT: printer", odt_printer, "metadata", ODT, True),
    Planted("ODS: hidden sheet", ods_hidden_sheet, "hidden_sheets", ODS, True),
    Planted("ODS: hidden row", ods_hidden_row, "hidden_cells", ODS, True),
    Planted("ODS: hidden column", ods_hidden_column, "hidden_cells", ODS, True),
    *(Planted(f"ODS: {name}", lambda args=args: ods_looking(*args), code, ODS) for name, code, args in (
        ("white words", "text_colour", (ODF_CELL,)),
        ("white by the column", "text_colour", (ODF_CELL, "", '<table:table-column table:default-cell-style-name="T9"/>')),
        ("black on black", "text_colour", (f'<style:style style:name="T9" style:family="table-cell"><style:table-cell-properties {ODF_ON_BLACK}/><style:text-properties {ODF_BLACK}/></style:style>',)),
        ("tiny words", "text_tiny", (odf_style('fo:font-size="1pt"', family="table-cell"),)),
    )),
    Planted("ODS: comment", ods_comment, "comments", ODS, True),
    Planted("EPUB: maker", lambda: epub(details=f"<dc:contributor>{NAME}</dc:contributor>"), "metadata", EPUB, True),
    Planted("EPUB: picture elsewhere", lambda: epub(f'<p>a<img src="https://t.example.org/{NAME}.gif"/></p>'), "remote", EPUB, True),
    Planted("EPUB: script", lambda: epub(head=f"<script>fetch('/{NAME}')</script>"), "scripts", EPUB, True),
    Planted("EPUB: style elsewhere", lambda: epub(parts={"OEBPS/s.css": f"@import url('https://t.example.org/{NAME}.css'); p {{}}"}), "remote", EPUB, True),
    Planted("EPUB: style elsewhere, at the end", lambda: epub_styled(f'@import "https://t.example.org/{NAME}.css"', ""), "remote", EPUB, True),
    Planted("EPUB: style elsewhere, by another way to fetch", lambda: epub_styled(f"@import url(ftp://t.example.org/{NAME}.css); p {{}}", ""), "remote", EPUB, True),
    Planted("EPUB: hidden words", lambda: epub(f'<p>a</p><p style="display: none">{NAMED}</p>'), "hidden_text", EPUB, True),
    Planted("EPUB: words hidden by a sheet", lambda: epub_styled("p.a { color: red } .w { display: none; display: bogus }", f'<p class="a w">{NAMED}</p>'), "text_invisible", EPUB),
    Planted("EPUB: words hidden by an imported sheet", lambda: epub_styled('@import url("t.css") screen;', f'<div id="w"><p>{NAMED}</p></div>', t="#w { visibility: hidden }"), "text_invisible", EPUB),
    Planted("EPUB: words hidden by a sheet with a mark of its order", lambda: epub_styled("\ufeff@import 't.css';", f'<div id="w"><p>{NAMED}</p></div>', t=".x { } p:last-of-type { display: none }"), "text_invisible", EPUB),
    Planted("EPUB: words hidden for screens", lambda: epub_styled("@media (min-width: 1px) { p + p { display: none !important } }", f'<p style="display: block">{NAMED}</p>'), "text_invisible", EPUB),
    Planted("EPUB: words hidden for all but paper", lambda: epub_styled("@media print, not print { p + p { display: none } }", f'<p>{NAMED}</p>'), "text_invisible", EPUB),
    Planted("EPUB: words hidden in the markup's own styles", lambda: epub(f'<p>Seen.</p><p class="w">{NAMED}</p>', head="<style>.w { DISPLAY : none }</style>"), "text_invisible", EPUB),
    Planted("EPUB: white words", lambda: epub_styled("body { background: #fff } span { color: White }", f"<p>a <span>{NAMED}</span></p>"), "text_colour", EPUB),
    Planted("EPUB: transparent words", lambda: epub_styled(".w { color: rgba(0, 0, 0, 0) }", f'<div class="w"><p>{NAMED}</p></div>'), "text_colour", EPUB),
    *(Planted(f"EPUB: {name}", lambda sheet=sheet: epub_styled(sheet, f'<p class="w">{NAMED}</p>'), code, EPUB) for name, code, sheet in (
        ("tiny by the millimetre", "text_tiny", ".w { font-size: 0.1mm }"), ("tiny by the inch", "text_tiny", ".w { font-size: .02in }"),
        ("hardly any opacity, in short", "text_invisible", ".w { opacity: 1e-3 }"), ("tiny, in short", "text_tiny", ".w { font-size: 1e-3px }"),
    )),
    Planted("EPUB: nearly white words", lambda: epub_styled(".w { color: #f2f2f2 }", f'<p class="w">{NAMED}</p>'), "text_colour", EPUB),
    Planted("EPUB: dark words on a dark ground", lambda: epub_styled("div { background: #030303 none } .w { color: black }", f'<div><p class="w">{NAMED}</p></div>'), "text_colour", EPUB),
    Planted("EPUB: words that let nearly all through", lambda: epub_styled(".w { color: rgba(0, 0, 0, 0.05) }", f'<div class="w"><p>{NAMED}</p></div>'), "text_colour", EPUB),
    Planted("EPUB: white words on a ground that lets all through", lambda: epub_styled("div { background: rgba(0, 0, 0, 0) } .w { color: white }", f'<div><p class="w">{NAMED}</p></div>'), "text_colour", EPUB),
    Planted("EPUB: words of hardly any opacity", lambda: epub_styled("div { opacity: 20% } .w { opacity: 0.2 }", f'<div><p class="w">{NAMED}</p></div>'), "text_invisible", EPUB),
    Planted("EPUB: words without opacity", lambda: epub(f'<p>Seen.</p><p style="opacity: 0.0">{NAMED}</p>'), "text_invisible", EPUB),
    Planted("EPUB: words without height", lambda: epub_styled(".w { font-size: 0 }", f'<p class="w">{NAMED}<span style="font-size: 12px">b</span></p>'), "text_tiny", EPUB),
    Planted("EPUB: invisible words around visible ones", lambda: epub_styled(".w { visibility: hidden } b { visibility: visible }", f'<p class="w">{NAMED} <b>seen</b></p>'), "text_invisible", EPUB),
    Planted("EPUB: hidden note that nothing opens", lambda: epub_styled("aside { display: none }", f'<aside xmlns:e="http://www.idpf.org/2007/ops" e:type="footnote" id="n">{NAMED}</aside>'), "text_invisible", EPUB),
    Planted("EPUB: hidden list that no reader knows", lambda: epub(f'<p>a</p><nav xmlns:e="http://www.idpf.org/2007/ops" e:type="x" hidden="">{NAMED}</nav>'), "hidden_text", EPUB, True),
    Planted("EPUB: buyer", lambda: epub(parts={"iTunesMetadata.plist": f"<plist>{NAME}</plist>"}), "metadata", EPUB, True),
    Planted("EPUB: comment in the text", lambda: epub(f"<p>a<!-- {NAMED} -->b</p>"), "comments", EPUB, True),
]  # fmt: skip


def word_table() -> bytes:
    """White words in the dark heading of a table, a link, a picture."""
    document = word()
    table = document.add_table(rows=2, cols=2, style="Light Shading Accent 1")
    table.cell(0, 0).paragraphs[0].add_run("Year").font.color.rgb = docx.shared.RGBColor(255, 255, 255)
    document.part.relate_to(
        "https://www.example.org/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    document.add_picture(io.BytesIO(pdfs_png()))
    return _saved(document)


STYLES_THAT_HIDE_NOTHING = """
/* hidden at first, shown by what comes later, by what is more exact, and by what is more important */
.later { display: none } .later { display: block }
div p.exact { display: inline } p.exact { display: none }
.important { display: block !important } #important { display: none }
@media print { p { display: none } }
@media amzn-kf8, print { p { display: none } }
.last { display: none } p:first-of-type.last { display: block }
a:hover, p::before { display: none }
.dark { background: #003; color: white } .on-dark { color: #fff }
.row { font-size: 0 } .row p { font-size: 1rem }
.cover { position: absolute; color: white }
.shaded { background: rgba(0, 0, 51, 0.6); color: white } .pictured { background: #fff url(x.png); color: white }
.pale { opacity: 0.6; color: #ddd } aside, head { display: none }
"""
PAGE_OF_STYLES = """
<section><p class="last">Zero.</p></section><p class="later">One.</p><div><p class="exact">Two.</p></div><p class="important" id="important">Three.</p>
<div class="dark">Four.<p class="on-dark">Five.</p></div><div class="row"><p>Six.</p> <p>Seven.</p></div>
<p class="cover">Eight.</p><p class="pale">Nine.</p><p class="shaded">Ten.</p><p class="pictured">Eleven.</p>
<p><a href="#n1">1</a></p><aside xmlns:epub="http://www.idpf.org/2007/ops" epub:type="footnote" id="n1">Note.</aside>
"""
CLEAN = {
    "Word": (lambda: _saved(word()), DOCX),
    "Word with a table": (word_table, DOCX),
    "Word, minimal": (lambda: making.docx_of(["One.", "Two."], table=[["a", "b"]]), DOCX),
    **{f"Word, {name}": (lambda make=make: make(), DOCX) for name, make in {
        "white on a black highlighter": lambda: word_looking(f'{WHITE}<w:highlight w:val="black"/>'),
        "white on a black shade": lambda: word_looking(WHITE + ON_BLACK),
        "white on a black paragraph": lambda: word_looking(WHITE, ON_BLACK),
        "what the program chooses on a black paragraph": lambda: word_looking("", ON_BLACK),
        "white in a black cell": lambda: word_cell(ON_BLACK, WHITE),
        "what the program chooses in a black cell": lambda: word_cell(ON_BLACK, ""),
        "white in a box of any colour": lambda: word_shape("", WHITE),
        "a row whose height is none": lambda: edited(word_cell("", ""), {"word/document.xml": lambda text: text.replace("<w:tr>", '<w:tr><w:trPr><w:trHeight w:val="0" w:hRule="exact"/></w:trPr>')}),
        "a box that hangs in a row without height": lambda: edited(
            word_cell("", ""),
            {"word/document.xml": lambda text: text.replace("<w:tr>", '<w:tr><w:trPr><w:trHeight w:val="2" w:hRule="exact"/></w:trPr>').replace(f"<w:t>{NAMED}</w:t>", f"<w:pict><w:txbxContent><w:p><w:r><w:t>{NAMED}</w:t></w:r></w:p></w:txbxContent></w:pict>")},
        ),
        "white in a black box": lambda: word_shape('<a:solidFill><a:schemeClr val="tx1"/></a:solidFill>', WHITE),
        "white in a table whose style has grounds": lambda: word_cell("", WHITE, '<w:tblStyle w:val="DarkList"/>'),
        "pale but legible": lambda: word_looking('<w:color w:val="BFBFBF" w:themeColor="background1" w:themeShade="BF"/>'),
        "black on yellow": lambda: word_looking('<w:color w:val="auto"/><w:highlight w:val="yellow"/>'),
        "white blanks": lambda: word_looking(f'{WHITE}<w:sz w:val="2"/>', words=" "),
        "white with a line around": lambda: word_looking(f"{WHITE}<w:outline/>"),
        "half of black": lambda: word_looking('<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="50000"/></w14:srgbClr></w14:solidFill></w14:textFill>'),
        "without a fill, with a line": lambda: word_looking('<w14:textOutline xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:solidFill><w14:srgbClr w14:val="FF0000"/></w14:solidFill></w14:textOutline><w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:noFill/></w14:textFill>'),
        "low lines at least": lambda: word_looking("", '<w:spacing w:line="1" w:lineRule="atLeast"/>'),
        "low lines of a style, other ones here": lambda: word_looking("", '<w:pStyle w:val="X"/><w:spacing w:line="240" w:lineRule="auto"/>', word_style("X", "", "paragraph", '<w:pPr><w:spacing w:line="1" w:lineRule="exact"/></w:pPr>')),
        "narrow": lambda: word_looking('<w:w w:val="66"/>'), "narrow by nothing": lambda: word_looking('<w:w w:val="0"/>'),
        "half of black in a drawing": lambda: word_drawn(f"<a:rPr>{_fill('000000', 50_000)}</a:rPr>"),
        "dark by the run in a white style": lambda: word_looking(BLACK, '<w:pStyle w:val="X"/>', word_style("X", WHITE, "paragraph")),
        "tiny for Arabic alone": lambda: word_looking('<w:szCs w:val="2"/>'),
    }.items()},
    **{f"Word, white {name}": (lambda args=args: word_before(*args), DOCX) for name, args in {
        "on a cover": (anchored(_fill("1F3864")),), "on a gradient": (anchored(GRADIENT.format("1F3864", "4472C4"), behind=0),),
        "on half of black": (anchored(_fill("000000", 50_000)),),
        "on a low shape": (anchored(_fill("1F3864"), height=1_270_000, place=PLACE),),
        "on a cover of the header": (anchored(_fill("1F3864")), True),
        "on a cover in a paragraph that begins a page": ("<w:lastRenderedPageBreak/>" + anchored(_fill("1F3864")),),
        "on an older cover": ('<w:pict><v:rect style="position:absolute;height:29cm" fillcolor="#1f3864 [3204]"/></w:pict>',),
    }.items()},
    "Word, white on a cover in a section that goes on": (lambda: edited(word_before(anchored(_fill("1F3864")), False, "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"), {"word/document.xml": lambda text: re.sub(r"(<w:sectPr [^>]*>)", r'\1<w:type w:val="continuous"/>', text)}), DOCX),
    "Word, white on a dark picture": (lambda: on_picture("#203864"), DOCX),
    "Word, white on the colour of the page": (lambda: edited(word_white(), {"word/document.xml": lambda text: text.replace("<w:body>", '<w:background w:color="1F3864"/><w:body>')}), DOCX),
    "Word, white in a dark row": (lambda: edited(word_cell("", WHITE), {"word/document.xml": lambda text: text.replace("<w:tr>", f"<w:tr><w:tblPrEx>{ON_BLACK}</w:tblPrEx>")}), DOCX),
    "Word, Arabic": (lambda: _saved(word(making.ARABIC)), DOCX),
    "Excel": (lambda: _saved(book()), XLSX),
    "Excel with shared words": (lambda: shared(_saved(book("seen"))), XLSX),
    **{f"Excel, {name}": (lambda looks=looks: book_looking(**looks), XLSX) for name, looks in {
        "white on black": {"font": Font(color="FFFFFFFF"), "fill": _filled("FF000000")},
        "pale but legible": {"font": Font(color=Color(theme=0, tint=-0.35))},
        "a form for words": {"number_format": "0;-0;;@"},
        "a form for hours": {"value": 1.5, "number_format": "[h]"},
        "a form with a condition": {"value": 4711, "number_format": '[<5]"few";0'},
        "low row": {"height": 6}, "narrow column": {"width": 0.5},
    }.items()},
    "Excel with a table": (book_table, XLSX),
    "Excel, white in a shape": (lambda: book_drawn(f"<a:rPr>{_fill('FFFFFF')}</a:rPr>"), XLSX),
    "Excel with formulas": (lambda: _saved((lambda b: (b.active.__setitem__("D1", "=SUM(B1:B5)"), b)[1])(book())), XLSX),
    "PowerPoint": (lambda: _saved(show()), PPTX),
    **{f"PowerPoint, {name}": (lambda args=args: show_looking(*args), PPTX) for name, args in {
        "white in a black box": (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", _fill("000000")),
        "white on a black shape": (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", "", "000000"),
        "white on a dark picture": (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", "", "#203864"),
        "white half on a black shape": (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", "", "000000", NAMED, 3),
        "half as light, in a strict file": ('<a:rPr><a:solidFill><a:schemeClr val="bg1"><a:lumMod val="50%"/></a:schemeClr></a:solidFill></a:rPr>',),
        "white with a line": (f'<a:rPr><a:ln>{_fill("000000")}</a:ln>{_fill("FFFFFF")}</a:rPr>',),
        "white with a shadow": (f'<a:rPr>{_fill("FFFFFF")}<a:effectLst><a:outerShdw><a:srgbClr val="000000"><a:alpha val="40000"/></a:srgbClr></a:outerShdw></a:effectLst></a:rPr>',),
        "no fill, with a line": (f'<a:rPr><a:ln>{_fill("FF0000")}</a:ln><a:noFill/></a:rPr>',),
        "half of black": (f"<a:rPr>{_fill('000000', 50_000)}</a:rPr>",),
        "dark by a name": ('<a:rPr><a:solidFill><a:prstClr val="dkBlue"/></a:solidFill></a:rPr>',),
        "grey by its light": ('<a:rPr><a:solidFill><a:scrgbClr r="50000" g="50000" b="50000"/></a:solidFill></a:rPr>',),
        "nothing said": ("<a:rPr/>",), "a yellow marker": ('<a:rPr><a:highlight><a:srgbClr val="FFFF00"/></a:highlight></a:rPr>',),
        "white in a box that lets through": (f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", '<a:solidFill><a:srgbClr val="FFFFFF"><a:alpha val="20000"/></a:srgbClr></a:solidFill>'),
    }.items()},
    **{f"PowerPoint, white in a group {name}": (lambda said=said: show_grouped(f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", **said), PPTX) for name, said in {
        "on a dark shape": {"behind": "1F3864"}, "above a dark shape": {"beside": "1F3864"}, "above a dark picture": {"beside": "#203864"},
    }.items()},
    "PowerPoint, white in a cell": (lambda: show_cell(f"<a:rPr>{_fill('FFFFFF')}</a:rPr>", ""), PPTX),
    "PowerPoint, two slides": (lambda: _saved((lambda p: (_second(p, "The end"), p)[1])(show())), PPTX),
    "ODT": (lambda: open_document(PLAIN), ODT),
    **{f"ODT, {name}": (lambda args=args: odt_looking(*args), ODT) for name, args in {
        "white on black": (odf_style(f"{ODF_WHITE} {ODF_ON_BLACK}"),),
        "white in a black cell": (odf_style(ODF_WHITE) + odf_style(ODF_ON_BLACK, "C", "table-cell", kind="table-cell"), ODT_TABLE),
        "white in a box of any colour": (odf_style(ODF_WHITE), ODT_BOX),
        "white on a cover": (odf_style(ODF_WHITE) + odf_style('style:run-through="background" draw:fill="solid" draw:fill-color="#1f3864"', "G", "graphic", kind="graphic"), f'<text:p><draw:custom-shape draw:style-name="G"/><text:span text:style-name="T9">{NAMED}</text:span></text:p>'),
        "white over a shape": odt_before('svg:height="2cm"', f'{ODF_DARK} style:vertical-rel="paragraph"', "<text:p>Seen</text:p>"),
        "white over a cover in a paragraph that begins a page": (lambda made: (made[0], made[1].replace("<draw:", "<text:soft-page-break/><draw:", 1)))(odt_before("", ODF_DARK)),
        "white over a gradient": (*odt_before("", 'draw:fill="gradient" draw:fill-gradient-name="X"'), '<draw:gradient draw:name="X" draw:start-color="#1f3864" draw:end-color="#000000"/>'),
        "what the program chooses": (odf_style('style:use-window-font-color="true" fo:color="#ffffff"'),),
        "what LibreOffice writes in every file": ("", "", '<style:default-style style:family="paragraph"><style:text-properties style:use-window-font-color="true" loext:opacity="0%"/></style:default-style>'),
        "half of black": (odf_style('fo:color="#000000" loext:opacity="50%"'),),
        "black in a paragraph that lets all through": (odf_style('loext:opacity="0%"', "P9", "paragraph") + odf_style(ODF_BLACK), f'<text:p text:style-name="P9"><text:span text:style-name="T9">{NAMED}</text:span></text:p>'),
        "close lines": (odf_style('fo:line-height="90%"', "P9", "paragraph", kind="paragraph"), f'<text:p text:style-name="P9">{NAMED}</text:p>'),
        "a box that hangs in a line without height": (odf_style('fo:line-height="0.01cm"', "P9", "paragraph", kind="paragraph"), f'<text:p text:style-name="P9"><draw:frame text:anchor-type="paragraph"><draw:text-box><text:p>{NAMED}</text:p></draw:text-box></draw:frame></text:p>'),
        "narrow and raised": (odf_style('style:text-scale="66%" style:text-position="33% 58%"'),), "raised by little": (odf_style('style:text-position="1%"'),),
        "pale but legible": (odf_style('fo:color="#cccccc"'),), "clear": (odf_style('fo:background-color="transparent"'),),
    }.items()},
    "ODS, white on black": (lambda: ods_looking(f'<style:style style:name="T9" style:family="table-cell"><style:table-cell-properties {ODF_ON_BLACK}/><style:text-properties {ODF_WHITE}/></style:style>'), ODS),
    "ODT with a style that hides in its header": (lambda: open_document(
        '<text:p text:style-name="P1">The court</text:p>', styles=odf_style('text:display="true"', "P1", "paragraph"),
        parts={"styles.xml": f'<office:document-styles {_NS}><office:automatic-styles>{odf_style(HIDDEN, "P1", "paragraph")}</office:automatic-styles></office:document-styles>'},
    ), ODT),
    "ODT with names by programs": (lambda: open_document(f'{PLAIN}<text:section text:name="Section1"><text:p>Seen</text:p></text:section><table:table table:name="Tabelle1"/><text:table-of-content text:name="Table of Contents1"/><text:p><text:a xlink:href="#Table1|table">a</text:a> <text:a xlink:href="#1.The court|outline">b</text:a></text:p>'), ODT),
    "ODT with names by its words": (lambda: open_document(f'{PLAIN}<text:section text:name="The_court"><text:p>Seen</text:p></text:section>'), ODT),
    "ODT with a link": (lambda: open_document(f'{PLAIN}<text:p><text:a xlink:href="https://www.example.org/">See</text:a></text:p>'), ODT),
    "ODS": (lambda: open_document(_ods(_row("a", "b", "c")), mime=ODS), ODS),
    "EPUB": (epub, EPUB),
    "EPUB with styles": (lambda: epub_styled(STYLES_THAT_HIDE_NOTHING, PAGE_OF_STYLES), EPUB),
    "EPUB with a link": (lambda: epub('<p><a href="https://www.example.org/">See</a></p>'), EPUB),
}  # fmt: skip
