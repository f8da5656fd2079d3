"""Words in the markup of office files that no page shows: the same secret wherever each format has room for one."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from tests.documents.safety import media, metafiles, offices
from tests.documents.safety.offices import DOCX, ODS, ODT, PLAIN, PPTX, XLSX
from tests.documents.safety.planting import NAME, Planted

ITEM = '<w:listItem w:displayText="{0}" w:value="{0}"/>'


def field(code: str, result: str = "Seen", form: str = "") -> str:
    """A field of Word, its code in two pieces."""
    pieces = "".join(
        f'<w:r><w:instrText xml:space="preserve">{each}</w:instrText></w:r>' for each in (code[:2], code[2:])
    )
    mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'
    shown = f"{mark.format('separate', '')}<w:r><w:t>{result}</w:t></w:r>" if result else ""
    return f"{mark.format('begin', form)}{pieces}{shown}{mark.format('end', '')}"


def nested() -> str:
    """A condition that asks another field, whose result is a word that nobody sees."""
    inner = field(" MERGEFIELD Witness ", NAME)
    return field("IF X", "").replace(
        '<w:r><w:fldChar w:fldCharType="end">',
        f'{inner}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Seen</w:t></w:r><w:r><w:fldChar w:fldCharType="end">',
    )


def control(properties: str, words: str = "Seen") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent><w:r><w:t>{words}</w:t></w:r></w:sdtContent></w:sdt>"


WORD = {
    "entry of an index": field(f' XE "{NAME}" ', ""),
    "entry of a list": field(f' TC "{NAME}" \\f C ', ""),
    "condition": field(f' IF 1=1 "Seen" "{NAME}" '),
    "condition with a field in it": nested(),
    "question": field(f' FILLIN "Who is {NAME}?" '),
    "quotation by a program": field(f' ADDIN ZOTERO_ITEM {NAME} '),
    "simple field": f'<w:fldSimple w:instr=" IF 1=1 &quot;Seen&quot; &quot;{NAME}&quot; "><w:r><w:t>Seen</w:t></w:r></w:fldSimple>',
    "data of a field": field(" PAGE ", "1", f"<w:fldData>{NAME}</w:fldData>"),
    "link with words under the pointer": field(f' HYPERLINK "https://www.example.org/" \\o "{NAME}" '),
    "link in small letters": field(f' hyperlink "https://www.example.org/" \\o "{NAME}" '),
    "words under the pointer": f'<w:hyperlink w:anchor="_Toc1" w:tooltip="{NAME}"><w:r><w:t>Seen</w:t></w:r></w:hyperlink>',
    "label of a control": control(f'<w:alias w:val="{NAME}"/>'),
    "tag of a control": control(f'<w:tag w:val="{NAME}"/>'),
    "list of a control": control(f'<w:dropDownList w:lastValue="{NAME}">{ITEM.format(NAME)}{ITEM.format("Seen")}</w:dropDownList>'),
    "box of a control": control(f"<w:comboBox>{ITEM.format(NAME)}</w:comboBox>"),
    "list of a form": field(" FORMDROPDOWN ", "", f'<w:ffData><w:name w:val="Dropdown1"/><w:ddList><w:result w:val="1"/><w:listEntry w:val="{NAME}"/><w:listEntry w:val="Seen"/></w:ddList></w:ffData>'),
    "help of a form": field(" FORMTEXT ", "Seen", f'<w:ffData><w:helpText w:type="text" w:val="{NAME}"/><w:statusText w:type="text" w:val="{NAME}"/></w:ffData>'),
    "default of a form": field(" FORMTEXT ", "Seen", f'<w:ffData><w:textInput><w:default w:val="{NAME}"/></w:textInput></w:ffData>'),
    "smart tag": f'<w:smartTag w:uri="u" w:element="PersonName"><w:smartTagPr><w:attr w:name="ProductID" w:val="{NAME}"/></w:smartTagPr><w:r><w:t>Seen</w:t></w:r></w:smartTag>',
}  # fmt: skip
BOOKMARK = f'<w:bookmarkStart w:id="0" w:name="Interview_{NAME}"/><w:r><w:t>Seen</w:t></w:r><w:bookmarkEnd w:id="0"/>'
LINKS = (
    f'<w:hyperlink w:anchor="Interview_{NAME}"><w:r><w:t>there</w:t></w:r></w:hyperlink>'
    + field(f" PAGEREF Interview_{NAME} \\h ", "1")
    + f'<w:fldSimple w:instr=" REF interview_{NAME} "><w:r><w:t>Seen</w:t></w:r></w:fldSimple>'
)


def book(change) -> bytes:
    workbook = offices.book()
    change(workbook, workbook.active)
    return offices._saved(workbook)


def _listed(workbook, sheet) -> None:
    rule = DataValidation(type="list", formula1=f'"{NAME},Bert"', promptTitle=NAME, prompt=NAME)
    sheet.add_data_validation(rule)
    rule.add("B2")


def _filtered(workbook, sheet) -> None:
    sheet.auto_filter.ref = "A1:A5"
    sheet.auto_filter.add_filter_column(0, [NAME])


def _named(workbook, sheet, **more) -> None:
    workbook.defined_names["Secret"] = DefinedName("Secret", attr_text=f'"{NAME}"', **more)
    sheet["D1"] = "=Secret"


def _named_beside_hidden_sheet(workbook, sheet) -> None:
    _named(workbook, sheet, hidden=True)
    workbook.create_sheet("Internal").sheet_state = "hidden"


def _pointing(workbook, sheet) -> None:
    sheet["A1"].hyperlink = "https://www.example.org/"
    sheet["A1"].hyperlink.tooltip = NAME


def _conditional(workbook, sheet) -> None:
    sheet.conditional_formatting.add(
        "A1:A5", FormulaRule(formula=[f'A1="{NAME}"'], fill=PatternFill("solid", bgColor="FF0000"))
    )


def _table(workbook, sheet) -> None:
    table = openpyxl.worksheet.table.Table(displayName="T", ref="A1:B5")
    table.autoFilter = openpyxl.worksheet.filters.AutoFilter(ref="A1:B5")
    table.autoFilter.add_filter_column(0, [NAME])
    sheet["A1"], sheet["B1"] = "Year", "Cases"
    sheet.add_table(table)


def _column(workbook, sheet) -> None:
    table = openpyxl.worksheet.table.Table(displayName="T", ref="A1:B5")
    sheet["A1"], sheet["B1"] = "Year", "Cases"
    table._initialise_columns()
    for column, header in zip(table.tableColumns, ("Year", "Cases"), strict=True):
        column.name = header
        column.calculatedColumnFormula = openpyxl.worksheet.table.TableFormula(attr_text=f'IF(FALSE,"{NAME}",1)')
        column.totalsRowFormula = openpyxl.worksheet.table.TableFormula(attr_text=f'N("{NAME}")')
        column.totalsRowFunction = "custom"
    sheet.add_table(table)


def in_extension() -> bytes:
    """Lists that name another sheet, where Excel keeps them today."""
    more = (
        '<extLst><ext uri="u" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f'<x14:dataValidations><x14:dataValidation><x14:formula1><xm:f>"{NAME}"</xm:f></x14:formula1></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>'
    )
    return offices.edited(
        offices._saved(offices.book()), {"xl/worksheets/sheet1.xml": lambda text: text.replace("</worksheet>", more)}
    )


def _listed_elsewhere(workbook, sheet) -> None:
    hidden = workbook.create_sheet(f"About {NAME}")
    hidden["A1"], hidden.sheet_state = "Seen", "hidden"
    _ruled(f"'About {NAME}'!$A$1:$A$2", "B2:B90")(workbook, sheet)


def _ruled(formula: str, places: str, kind: str = "list"):
    """What may be written into cells."""

    def change(workbook, sheet) -> None:
        workbook.defined_names["Years"] = DefinedName("Years", attr_text="Figures!$A$1:$A$5")
        rule = DataValidation(type=kind, formula1=formula)
        sheet.add_data_validation(rule)
        rule.add(places)

    return change


def computed(formula: str, said: str = "<v>Seen</v>", more: str = "") -> bytes:
    """A sheet with a formula and its value."""
    cells = f'<c r="D1" t="str"><f{more}>{escape(formula)}</f>{said}</c><c r="E1" t="str"><f t="shared" si="0"/><v>Seen</v></c>'
    return offices.edited(
        offices._saved(offices.book("closed")),
        {"xl/worksheets/sheet1.xml": lambda text: text.replace("</row>", f"{cells}</row>", 1)},
    )


FORMULAS = {
    "the other half of a condition": f'IF(FALSE,"{NAME}","Seen")',
    "a note to a number": f'SUM(B1:B5)+N("seen by {NAME}")',
    "beside a shown word": f'IF(A1="Year","Seen","closed {NAME}")',
    "in quotes": f'IF(FALSE,"a ""{NAME}""","Seen")',
    "an address": f'IF(FALSE,HYPERLINK("https://www.example.org/{NAME}"),"Seen")',
    "a form": f'TEXT(B1,"0 \\{NAME}")',
}
FORMULAS_ELSEWHERE = {
    "sheet of another workbook": f"'[1]{NAME} of the day'!A1+[2]Sheet1!B1",
    "name of another workbook": f"SUM([1]!{NAME})",
    "word of a sheet": f"[1]{NAME}!A1",
}
USUAL = (
    "SUM(Sales[[#This Row],[1]],Sales[2])",
    'TEXT(B1,"dd.mm.yyyy")', 'TEXT(B1,"[$-409]mmmm d, yyyy hh:mm AM/PM")', 'TEXT(B1,"YYYYMMDD")', 'TEXT(B1,"#,##0.00")',
    'A1&", "&B1&" - "', 'SUMIF(B1:B5,">5000000")', 'SUMIF(C1:C5,"CLOSED",B1:B5)', 'COUNTIF(A1:A5,"*year*")',
    'IF(B1>5,"Seen","")', 'IFERROR(B1/0,"n/a")', 'DATEDIF(B1,B2,"ym")', 'CELL("filename",A1)', 'INDIRECT("Figures!A"&B1)',
    'HYPERLINK("https://www.example.org/report","Seen")', 'IF(B1=1,"A","B")',
)  # fmt: skip
"""Formulas that stay."""


def ods_computed(formula: str, value: str = "") -> bytes:
    cell = f'<table:table-cell table:formula="of:={escape(formula, {chr(34): "&quot;"})}" office:value-type="string" {value}><text:p>Seen</text:p></table:table-cell>'
    row = offices._row("closed", "Year").replace("</table:table-row>", f"{cell}</table:table-row>")
    return offices.open_document(offices._ods(row), mime=ODS)


BOOKS = {
    "list to choose from": _listed,
    "list on a hidden sheet": _listed_elsewhere,
    "list that a formula names": _ruled(f'INDIRECT("{NAME}")', "B2:B90"),
    "condition of what is written": _ruled(f'B2<>"{NAME}"', "B2:B90", "custom"),
    "filter": _filtered,
    "filter of a table": _table,
    "constant with a name": _named,
    "hidden name": lambda workbook, sheet: _named(workbook, sheet, hidden=True),
    "hidden name beside a hidden sheet": _named_beside_hidden_sheet,
    "words under the pointer": _pointing,
    "condition": _conditional,
}


CHOICES = f"{ITEM.format('Fire')}{ITEM.format('Flood')}"
FORMS = {
    **{f"Word, {name}": (lambda xml=xml: offices._word_with(xml), DOCX, ("Fire", "Flood")) for name, xml in {
        "a control": control(f"<w:showingPlcHdr/><w:dropDownList>{CHOICES}</w:dropDownList>", "Fire"),
        "a box": control(f"<w:showingPlcHdr/><w:comboBox>{CHOICES}</w:comboBox>", "Choose."),
        "a control that says what to do": control(f'<w:dropDownList><w:listItem w:displayText="Choose." w:value=""/>{CHOICES}</w:dropDownList>', "Choose."),
        "a control without words": control(f"<w:comboBox>{CHOICES}</w:comboBox>", ""),
        "an old form": field(" FORMDROPDOWN ", "", '<w:ffData><w:ddList><w:listEntry w:val="Fire"/><w:listEntry w:val="Flood"/></w:ddList></w:ffData>'),
    }.items()},
    **{f"Excel, {name}": (lambda args=args: book(_ruled(*args)), XLSX, (args[0].replace("'", ""),)) for name, args in {
        "words": ('"Fire,Flood"', "B2:B90"), "a range": ("$A$1:$A$5", "B2"), "a sheet": ("Figures!$A$1:$A$5", "B2"),
        "a name": ("Years", "B2"), "a number": ("12", "B2", "whole"),
    }.items()},
}  # fmt: skip
"""Where readers choose, and what of it stays."""


def with_header(kind: str, *, shown: bool = False) -> bytes:
    """A header that python-docx shows only where it is told to; ``shown``: in the next section, which has none of its own."""
    document = offices.word()
    header = getattr(document.sections[0], f"{kind}_page_header")
    header.paragraphs[0].text = NAME
    if shown:
        document.add_section().different_first_page_header_footer = True
    return offices._saved(document)


def with_leftover() -> bytes:
    """Footers of first pages, which are none, as Word leaves them: a page's number, and words that stand elsewhere."""
    document = offices.word()
    section = document.sections[0]
    section.footer.add_paragraph("Annual report\tThe ministry")
    section.first_page_footer.add_paragraph("The ministry").add_run("\t")
    last = section.first_page_footer.add_paragraph()
    for field in (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText> PAGE \\* MERGEFORMAT </w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>2</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        last._p.append(parse_xml(f"<w:r {nsdecls('w')}>{field}</w:r>"))
    section.first_page_footer.add_paragraph("Annual report")
    return offices._saved(document)


def sheet_with_header(kind: str, more: str = "") -> bytes:
    header = f'<headerFooter {more}><oddHeader>&amp;CSeen</oddHeader><{kind}>&amp;L&amp;"Arial"&amp;8{NAME}</{kind}></headerFooter>'
    return offices.edited(
        offices._saved(offices.book()),
        {"xl/worksheets/sheet1.xml": lambda text: text.replace("</worksheet>", f"{header}</worksheet>")},
    )


def odf_pages(headers: str) -> bytes:
    """A text with kinds of pages."""
    pages = f'<style:master-page style:name="Standard" style:next-style-name="Next">{headers}</style:master-page>'
    styles = f"<office:document-styles {offices._NS}><office:master-styles>{pages}</office:master-styles></office:document-styles>"
    return offices.open_document(PLAIN, parts={"styles.xml": styles})


def in_two_ways(first: str, second: str) -> bytes:
    """A box as Word writes it: in today's way, and for older programs."""
    space = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    shape = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    text = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>"
    return offices._word_with(
        f'<w:r><mc:AlternateContent xmlns:mc="{space}"><mc:Choice Requires="wps" xmlns:wps="{shape}">{text.format(first)}</mc:Choice>'
        f"<mc:Fallback><w:pict>{text.format(second)}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def with_note(text: str, kind: str = "footnote") -> bytes:
    """A note by the name of a witness; ``text``: the run with its number, or none."""
    space = nsdecls("w")
    notes = f'<w:{kind}s {space}><w:{kind} w:type="separator" w:id="-1"><w:p/></w:{kind}><w:{kind} w:id="2"><w:p><w:r><w:t>{NAME}</w:t></w:r></w:p></w:{kind}></w:{kind}s>'
    lead = f'<Relationship Id="rIdN" Type="{media.RELATIONS}/{kind}s" Target="{kind}s.xml"/></Relationships>'
    return offices.edited(
        offices._word_with(f"<w:r><w:t>Seen</w:t></w:r>{text}"),
        {
            f"word/{kind}s.xml": notes,
            "word/_rels/document.xml.rels": lambda text: text.replace("</Relationships>", lead),
        },
    )


NUMBER = '<w:footnoteReference w:id="2"/>'
NOTES = {
    "whose number is gone": ("hidden_text", lambda: with_note("")),
    "at the end, whose number is gone": ("hidden_text", lambda: with_note("", "endnote")),
    "whose number was deleted": ("changes", lambda: with_note(f'<w:del w:id="9" w:author="A"><w:r>{NUMBER}</w:r></w:del>')),
    "whose number is hidden": ("hidden_text", lambda: with_note(f"<w:r><w:rPr><w:vanish/></w:rPr>{NUMBER}</w:r>")),
}  # fmt: skip


def merged_book(*hidden: str) -> bytes:
    """The first of three merged cells says a name, and so does the last; ``hidden`` are the columns that are not shown."""
    workbook = offices.book()
    sheet = workbook.active
    sheet["C5"] = sheet["E5"] = NAME
    sheet.merged_cells.add("C5:E5")
    for each in hidden:
        sheet.column_dimensions[each].hidden = True
    return offices._saved(workbook)


def merged_word(first: str, second: str) -> bytes:
    """Two cells, one above the other."""
    document = offices.word()
    table = document.add_table(rows=2, cols=1)
    for cell, merge, text in zip(table._cells, (first, second), ("Seen", NAME), strict=True):
        cell.text = text
        cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:vMerge {nsdecls('w')} {merge}/>"))
    return offices._saved(document)


def merged_show(how: str) -> bytes:
    presentation = offices.show()
    table = presentation.slides[0].shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2)).table
    cell = table.cell(1, 0) if how == "vMerge" else table.cell(0, 1)
    cell.text = NAME
    cell._tc.set(how, "1")
    return offices._saved(presentation)


def merged_ods(row: str = "", columns: str = "<table:table-column/>", below: str = NAME) -> bytes:
    cell = '<table:{0}table-cell office:value-type="string" {2}><text:p>{1}</text:p></table:{0}table-cell>'
    first = cell.format("", NAME, 'table:number-columns-spanned="2" table:number-rows-spanned="2"')
    rows = f"<table:table-row {row}>{first}{cell.format('covered-', below, '')}</table:table-row><table:table-row><table:covered-table-cell/></table:table-row>"
    return offices.open_document(offices._ods(rows, columns), mime=ODS)


def linked_book(hidden: bool) -> bytes:
    workbook = offices.book("Seen")
    workbook.active["C3"].hyperlink = f"mailto:{NAME}@example.org"
    workbook.active.row_dimensions[3].hidden = hidden
    return offices._saved(workbook)


def linked_word(text: str) -> bytes:
    """A link with an address of its own around the words."""
    link = f'<Relationship Id="rIdX" Type="{media.RELATIONS}/hyperlink" Target="https://example.org/{NAME}" TargetMode="External"/></Relationships>'
    return offices.edited(
        offices._word_with(f"<w:r><w:t>Seen</w:t></w:r>{text}"),
        {"word/_rels/document.xml.rels": lambda text: text.replace("</Relationships>", link)},
    )


LINK = f'<w:hyperlink xmlns:r="{media.RELATIONS}" r:id="rIdX"><w:r>{{}}</w:r></w:hyperlink>'


def charted(data: str) -> bytes:
    """A chart with more ``data`` than it shows."""
    presentation = offices.show()
    shown = CategoryChartData()
    shown.categories = ["Seen"]
    shown.add_series("All", (1,))
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    chart = presentation.slides[0].shapes.add_chart(kind, 0, 0, Inches(4), Inches(2), shown).chart
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"'
    next(chart._chartSpace.iter("{*}barChart")).append(parse_xml(data.format(space)))
    return offices._saved(presentation)


LEFT_OUT = f'<c:extLst {{}}><c:ext uri="X"><c15:filteredBarSeries><c15:ser><c:tx><c:strRef><c:f>S!A1</c:f><c:strCache><c:pt idx="0"><c:v>{NAME}</c:v></c:pt></c:strCache></c:strRef></c:tx></c15:ser></c15:filteredBarSeries></c:ext></c:extLst>'
ELSEWHERE = (
    f"<c:ser {{}}><c:cat><c:strRef><c:f>'[Interviews of {NAME}.xlsx]Sheet1'!$A$1</c:f></c:strRef></c:cat></c:ser>"
)


def chart_of_hidden_sheet() -> bytes:
    workbook = offices.book()
    hidden = workbook.create_sheet(NAME)
    hidden["A1"] = 1
    hidden.sheet_state = "hidden"
    chart = BarChart()
    chart.add_data(Reference(hidden, min_col=1, min_row=1))
    workbook.active.add_chart(chart, "D2")
    return offices._saved(workbook)


def drawn_book(*hidden: int, edit: str = "twoCell") -> bytes:
    """A box with a name on rows 3 to 5, and ``hidden`` rows."""
    box = f"""<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<xdr:twoCellAnchor editAs="{edit}"><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row><xdr:rowOff>9</xdr:rowOff></xdr:from>
<xdr:to><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>5</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="TextBox 1"/><xdr:cNvSpPr/></xdr:nvSpPr>
<xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{NAME}</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"""
    workbook = offices.book("Seen")
    workbook.active.add_chart(BarChart(), "H9")
    for row in hidden:
        workbook.active.row_dimensions[row].hidden = True
    return offices.edited(offices._saved(workbook), {"xl/drawings/drawing1.xml": lambda _text: box})


HIDDEN = 'hidden="1"'


def hidden_in_book() -> bytes:
    def hide(text: str) -> str:
        return text.replace('name="TextBox 1"', f'name="TextBox 1" {HIDDEN}')

    return offices.edited(drawn_book(), {"xl/drawings/drawing1.xml": hide})


def hidden_in_group(first: str, second: str) -> bytes:
    """Two boxes of a group, of which the second is hidden."""
    spaces = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"'
    box = '<wps:wsp><wps:cNvPr id="3" name="Text Box 3" {}/><wps:spPr/><wps:txbx><w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp>'
    group = f"<wpg:wgp>{box.format('', first)}{box.format(HIDDEN, second)}</wpg:wgp>"
    return offices._word_with(
        f'<w:r><w:drawing {spaces}><wp:inline><wp:docPr id="2" name="Group 1"/><a:graphic><a:graphicData uri="x">{group}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


HIDDEN_BOX = f'<w:r><w:t>Seen</w:t></w:r><w:r><w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml" style="width:90pt; visibility: hidden"><v:textbox><w:txbxContent><w:p><w:r><w:t>{NAME}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect></w:pict></w:r>'


RESTART = 'w:val="restart"'
SWAPPED = (
    "<style:header><text:p>Annual report<text:tab/>The ministry</text:p></style:header>"
    '<style:header-left style:display="false"><text:p>The ministry<text:tab/>Annual report</text:p></style:header-left>'
)
SHOWN = {
    "Word: beside a hidden box of its group": (lambda: hidden_in_group(NAME, "b"), DOCX),
    "Excel: box on rows of which one is hidden": (lambda: drawn_book(4), XLSX),
    "Excel: box that keeps its size": (lambda: drawn_book(3, 4, 5, edit="oneCell"), XLSX),
    "Word: link": (lambda: linked_word(LINK.format("<w:t>there</w:t>")), DOCX),
    "Excel: link": (lambda: linked_book(hidden=False), XLSX),
    "Word: merged with none": (lambda: merged_word("", ""), DOCX),
    "Word: above others": (lambda: merged_word(RESTART, RESTART), DOCX),
    "Excel: merged beyond a hidden column": (lambda: merged_book("C"), XLSX),
    "ODS: merged beyond a hidden row": (lambda: merged_ods('table:visibility="collapse"', below="b"), ODS),
    "ODS: merged beyond a hidden column": (lambda: merged_ods(columns='<table:table-column table:visibility="collapse"/><table:table-column/>', below="b"), ODS),
    "Word: note": (lambda: with_note(f"<w:r>{NUMBER}</w:r>"), DOCX),
    "Word: first, in a later section": (lambda: with_header("first", shown=True), DOCX),
    "Excel: first": (lambda: sheet_with_header("firstHeader", 'differentFirst="1"'), XLSX),
    "Excel: even": (lambda: sheet_with_header("evenFooter", 'differentOddEven="true"'), XLSX),
    "ODT: of pages that follow": (lambda: odf_pages(f'</style:master-page><style:master-page style:name="Next"><style:header><text:p>{NAME}</text:p></style:header>'), ODT),
}  # fmt: skip


def show(shape: str = "", descr: str = "", tooltip: str = "") -> bytes:
    presentation = offices.show()
    box = presentation.slides[0].shapes.add_textbox(Inches(1), Inches(4), Inches(4), Inches(1))
    box.text_frame.text = "Seen"
    named = box._element.nvSpPr.cNvPr
    named.set("name", shape or "TextBox 1")
    if descr:
        named.set("descr", descr)
    if tooltip:
        box.text_frame.paragraphs[0].runs[0].hyperlink.address = "https://www.example.org/"
        box._element.xpath(".//a:hlinkClick")[0].set("tooltip", tooltip)
    return offices._saved(presentation)


def show_section() -> bytes:
    """A part of the order, with a name."""
    section = f'<p:extLst><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="{NAME}" id="{{1}}"><p14:sldIdLst/></p14:section></p14:sectionLst></p:ext></p:extLst></p:presentation>'
    return offices.edited(
        offices._saved(offices.show()),
        {"ppt/presentation.xml": lambda text: text.replace("</p:presentation>", section)},
    )


TEXTS = {
    "field of the user": f'<text:user-field-decls><text:user-field-decl office:value-type="string" office:string-value="{NAME}" text:name="x"/></text:user-field-decls>',
    "field without display": f'<text:p><text:variable-set text:name="x" text:display="none" office:string-value="{NAME}"/>Seen</text:p>',
    "value of a field": f'<text:p><text:variable-set text:name="x" office:string-value="{NAME}">Seen</text:variable-set>, heard.</text:p>',
    "condition": f'<text:p><text:conditional-text text:condition="ooow:1==1" text:string-value-if-true="Seen" text:string-value-if-false="{NAME}">Seen</text:conditional-text>.</text:p>',
    "entry of an index": f'<text:p><text:alphabetical-index-mark text:string-value="{NAME}"/>Seen</text:p>',
    "key of an index": f'<text:p><text:alphabetical-index-mark-start text:id="i" text:key1="{NAME}"/>Seen<text:alphabetical-index-mark-end text:id="i"/></text:p>',
    "list to choose from": f'<text:p><text:drop-down text:name="{NAME}"><text:label text:value="{NAME}"/><text:label text:value="Seen" text:current-selected="true"/>Seen</text:drop-down>.</text:p>',
    "description of a box": f'<text:p><draw:frame><draw:text-box><text:p>Seen</text:p></draw:text-box><svg:desc>{NAME}</svg:desc></draw:frame></text:p>',
    "source": f'<text:p><text:bibliography-mark text:identifier="A" text:author="{NAME}">[A]</text:bibliography-mark>.</text:p>',
    "words under the pointer": f'<text:p><text:a xlink:href="https://www.example.org/" office:title="{NAME}">Seen</text:a></text:p>',
}  # fmt: skip
ODT_BOOKMARK = f'<text:p><text:bookmark text:name="{NAME}"/>Seen <text:a xlink:href="#{NAME}">there</text:a><text:bookmark-ref text:ref-name="{NAME}">Seen</text:bookmark-ref></text:p>'
ODT_NAMES = f"""
<text:section text:name="About_{NAME}"><text:p>Seen</text:p></text:section>
<table:table table:name="{NAME}"><table:table-row><table:table-cell table:formula="ooow:&lt;{NAME}.A1&gt;" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame draw:name="{NAME} 1" draw:chain-next-name="{NAME} 2"><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame>
<draw:frame draw:name="{NAME} 2"><draw:text-box><text:p>b</text:p></draw:text-box></draw:frame></text:p>
<text:p><text:a xlink:href="#About_{NAME}|region">1</text:a><text:a xlink:href="#{NAME}|table">2</text:a>
<text:a xlink:href="#{NAME}%202|frame">3</text:a><text:a xlink:href="#1.Seen|outline">4</text:a></text:p>
"""
ODT_FORM = 'xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"'
ODT_FORMS = {
    "name of a field": f'<form:text form:name="{NAME}"/>',
    "words under the pointer": f'<form:text form:name="Text Box 1" form:title="{NAME}"/>',
    "hidden field": f'<form:hidden form:name="Field 1" form:value="{NAME}"/>',
}
TABLES = {
    "list to choose from": f'<table:content-validations><table:content-validation table:name="v" table:condition="of:cell-content-is-in-list(&quot;{NAME}&quot;)"/></table:content-validations>',
    "filter": f'<table:database-ranges><table:database-range table:name="d"><table:filter><table:filter-condition table:value="{NAME}"/></table:filter></table:database-range></table:database-ranges>',
    "constant with a name": f'<table:named-expressions><table:named-expression table:name="x" table:expression="of:=&quot;{NAME}&quot;"/></table:named-expressions>',
}  # fmt: skip
ODS_MAP = f'<style:style style:name="ce1" style:family="table-cell"><style:map style:condition="cell-content()=&quot;{NAME}&quot;" style:apply-style-name="x"/></style:style>'

PLANTED = [
    *(Planted(f"Word: {name}", lambda xml=xml: offices._word_with(xml), "custom_data" if name.startswith(("label", "tag", "smart", "data")) else "hidden_text", DOCX, True) for name, xml in WORD.items()),
    Planted("Word: name of a bookmark", lambda: offices._word_with(BOOKMARK + LINKS), "bookmarks", DOCX, True),
    *(Planted(f"Excel: {name}", lambda change=change: book(change), "hidden_text", XLSX, True) for name, change in BOOKS.items()),
    *(Planted(f"Excel: in a formula, {name}", lambda formula=formula: computed(formula), "hidden_text", XLSX, True) for name, formula in FORMULAS.items()),
    Planted("Excel: in a formula that others share", lambda: computed(FORMULAS["a form"], more=' t="shared" si="0" ref="D1:E1"'), "hidden_text", XLSX, True),
    Planted("Excel: in a formula that was never computed", lambda: computed(FORMULAS["a form"], said=""), "hidden_text", XLSX),
    Planted("Excel: in the formula of a column", lambda: book(_column), "hidden_text", XLSX, True),
    *(Planted(f"ODS: in a formula, {name}", lambda formula=formula: ods_computed(formula.replace(",", ";")), "hidden_text", ODS, True) for name, formula in FORMULAS.items()),
    Planted("ODS: value beside its words", lambda: ods_computed("[.A1]", f'office:string-value="{NAME}"'), "hidden_text", ODS, True),
    Planted("Excel: list to choose from, in an extension", in_extension, "hidden_text", XLSX, True),
    Planted("PowerPoint: description of what can be read", lambda: show(descr=f"About {NAME}"), "hidden_text", PPTX, True),
    Planted("PowerPoint: words under the pointer", lambda: show(tooltip=NAME), "hidden_text", PPTX, True),
    *(Planted(f"ODT: {name}", lambda xml=xml: offices.open_document(f"{PLAIN}{xml}" if xml.startswith("<text:p") else xml + PLAIN), "custom_data" if "pointer" in name else "hidden_text", ODT, True) for name, xml in TEXTS.items()),
    Planted("ODT: names of sections, tables and frames", lambda: offices.open_document(PLAIN + ODT_NAMES), "bookmarks", ODT, True),
    Planted("ODT: link that leads nowhere", lambda: offices.open_document(f'{PLAIN}<text:p><text:a xlink:href="#{NAME}|region">Seen</text:a></text:p>'), "bookmarks", ODT, True),
    *(Planted(f"ODT: form, {name}", lambda xml=xml: offices.open_document(f'<office:forms {ODT_FORM}><form:form form:name="Form">{xml}</form:form></office:forms>{PLAIN}'), "hidden_text" if "hidden" in name else "custom_data", ODT, True) for name, xml in ODT_FORMS.items()),
    Planted("ODT: condition of a section", lambda: offices.open_document(f'{PLAIN}<text:section text:name="Section1" text:display="condition" text:condition="ooow:user==&quot;{NAME}&quot;"><text:p>Seen</text:p></text:section>'), "hidden_text", ODT, True),
    Planted("ODT: section that is hidden by its condition", lambda: offices.open_document(f'{PLAIN}<text:section text:name="Section1" text:display="condition" text:condition="ooow:1==1" text:is-hidden="true"><text:p>{NAME}</text:p></text:section>'), "hidden_text", ODT, True),
    Planted("ODT: name of a bookmark", lambda: offices.open_document(PLAIN + ODT_BOOKMARK), "bookmarks", ODT, True),
    *(Planted(f"ODS: {name}", lambda xml=xml: offices.open_document(xml + offices._ods(offices._row("a")), mime=ODS), "hidden_text", ODS, True) for name, xml in TABLES.items()),
    Planted("ODS: condition of a style", lambda: offices.open_document(offices._ods(offices._row("a")), mime=ODS, styles=ODS_MAP), "hidden_text", ODS, True),
]  # fmt: skip

PLANTED += [
    Planted("Word: cell below the first of merged ones", lambda: merged_word(RESTART, ""), "hidden_cells", DOCX, True),
    *(Planted(f"PowerPoint: merged cell, {how}", lambda how=how: merged_show(how), "hidden_cells", PPTX, True) for how in ("vMerge", "hMerge")),
    Planted("Excel: merged cells, all hidden", lambda: merged_book("C", "D", "E"), "hidden_cells", XLSX, True),
    Planted("ODS: merged cells, all hidden", lambda: merged_ods(columns='<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'), "hidden_cells", ODS, True),
    Planted("Word: address of a link that was deleted", lambda: linked_word(f'<w:del w:id="9" w:author="A">{LINK.format("<w:delText>there</w:delText>")}</w:del>'), "changes", DOCX, True),
    Planted("Word: address of a link that nothing names", lambda: linked_word(""), "hidden_text", DOCX, True),
    Planted("Excel: link of a hidden cell", lambda: linked_book(hidden=True), "hidden_cells", XLSX, True),
    Planted("PowerPoint: series left out of a chart", lambda: charted(LEFT_OUT), "hidden_text", PPTX, True),
    Planted("PowerPoint: chart with the name of its workbook", lambda: charted(ELSEWHERE), "custom_data", PPTX, True),
    Planted("Excel: chart of a hidden sheet", chart_of_hidden_sheet, "hidden_sheets", XLSX, True),
    *(Planted(f"Excel: in a formula, {name}", lambda formula=formula: computed(formula), "hidden_text", XLSX, True) for name, formula in FORMULAS_ELSEWHERE.items()),
    Planted("Excel: name for a place in another workbook", lambda: book(lambda workbook, sheet: workbook.defined_names.add(DefinedName("Cases", attr_text=f"[1]{NAME}!$A$1"))), "hidden_text", XLSX, True),
    Planted("ODS: in a formula, path of another file", lambda: ods_computed(f"['file:///home/{NAME}/cases.ods'#$Sheet1.A1]"), "hidden_text", ODS, True),
    Planted("Excel: box on hidden rows", lambda: drawn_book(3, 4, 5), "hidden_cells", XLSX, True),
    Planted("ODT: box that is not shown", lambda: offices.open_document(f'{PLAIN}<text:p>Seen<draw:custom-shape draw:display="none"><text:p>{NAME}</text:p></draw:custom-shape></text:p>'), "hidden_text", ODT, True),
    Planted("Word: hidden box of a group", lambda: hidden_in_group("Seen", NAME), "hidden_text", DOCX, True),
    Planted("Word: hidden box of older programs", lambda: offices._word_with(HIDDEN_BOX), "hidden_text", DOCX, True),
    Planted("Excel: hidden box", hidden_in_book, "hidden_text", XLSX, True),
    *(Planted(f"Word: note {name}", make, code, DOCX, True) for name, (code, make) in NOTES.items()),
    Planted("Word: in a box for older programs", lambda: in_two_ways("The witness", f"The witness {NAME}"), "hidden_text", DOCX, True),
    *(Planted(f"Word: header of {kind} pages, which are none", lambda kind=kind: with_header(kind), "hidden_text", DOCX, True) for kind in ("first", "even")),
    *(Planted(f"Excel: {kind}, which is on no page", lambda kind=kind: sheet_with_header(kind), "hidden_text", XLSX, True) for kind in ("firstHeader", "evenFooter")),
    *(Planted(f"ODT: header {name}", lambda xml=xml: odf_pages(xml), "hidden_text", ODT, True) for name, xml in {
        "that is switched off": f'<style:header style:display="false"><text:p>{NAME}</text:p></style:header>',
        "of left pages, switched off": f'<style:header><text:p>Seen</text:p></style:header><style:header-left style:display="false"><text:p>{NAME}</text:p></style:header-left>',
        "of pages that nothing asks for": f'</style:master-page><style:master-page style:name="First_20_Page"><style:header><text:p>{NAME}</text:p></style:header>',
    }.items()),
]  # fmt: skip

NAMED = {
    "PowerPoint: shape": (lambda: show(shape=f"Photo of {NAME}"), PPTX),
    "PowerPoint: section": (show_section, PPTX),
    "Word: shape": (lambda: _word_shape(), DOCX),
    "ODT: frame": (lambda: offices.open_document(f'{PLAIN}<text:p><draw:frame draw:name="{NAME}"><draw:text-box><text:p>Seen</text:p></draw:text-box></draw:frame></text:p>'), ODT),
}  # fmt: skip
"""Names that somebody gave, which go without a finding."""


def _word_shape() -> bytes:
    document = offices.word()
    document.add_picture(io.BytesIO(metafiles.PRESENT))
    return offices.edited(
        offices._saved(document),
        {"word/document.xml": lambda text: text.replace('name="Picture 1"', f'name="Photo of {NAME}"')},
    )


def described() -> bytes:
    """A picture that says to the blind what it shows."""
    presentation = offices.show()
    picture = presentation.slides[0].shapes.add_picture(io.BytesIO(metafiles.PRESENT), Inches(1), Inches(3))
    picture._element.nvPicPr.cNvPr.set("descr", f"{NAME} before the court")
    return offices._saved(presentation)
