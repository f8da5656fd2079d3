"""Word documents, presentations and workbooks of the Office family (OOXML)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from documents.extraction.archives import check_archive
from documents.extraction.errors import BrokenFileError, TooLargeError
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.texts import Extraction, pages_from, parts, sheets_from

MAX_ROWS = 2_000_000
"""Rows of one sheet that are walked, empty ones too: twice what Excel can hold."""

_MARKUP = re.compile(r"</?a\b[^<>]{0,4000}>|----(?:media/)?image[^\n]{0,200}----")


class Docx:
    """DOCX with its tables, notes, headers and footers. Word keeps no pages: they are made when it is printed."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length."""
        check_archive(path)
        from docx2python import docx2python  # each of the three takes up to a tenth of a second, and a file needs one

        with docx2python(path) as document:
            text = document.text
        return pages_from(parts(_MARKUP.sub("", text)))


class Pptx:
    """PPTX: a page for each slide that is shown; hidden slides, notes and comments are not for the public."""

    def extract(self, path: Path) -> Extraction:
        """One text a slide."""
        check_archive(path)
        import pptx  # see above

        slides = [slide for slide in pptx.Presentation(str(path)).slides if slide.element.get("show") not in _FALSE]
        if not slides:
            raise BrokenFileError
        return pages_from(("\n\n".join(_shapes(slide.shapes)) for slide in slides), page_count=len(slides))


_FALSE = ("0", "false")


def _shapes(shapes: Iterable[Any]) -> Iterator[str]:
    """The texts of shapes in their order, those in tables and groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield "\t".join(cell.text for cell in row.cells)
        elif shape.has_text_frame and (text := shape.text_frame.text.replace("\v", "\n")).strip():
            yield text


class Xlsx:
    """XLSX: a page for each sheet that is shown, with the values that were last computed, not the formulas."""

    def extract(self, path: Path) -> Extraction:
        """One text a sheet: a line a row, its cells set apart by tabs."""
        check_archive(path)
        with path.open("rb") as file:
            # With links to other files and the network left alone; the reader never follows them anyway.
            book = _openpyxl().load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise BrokenFileError
            return sheets_from([_rows(sheet) for sheet in sheets])

    def hides_sheets(self, path: Path) -> bool:
        """Whether there are sheets that only a click shows."""
        check_archive(path)
        with path.open("rb") as file:
            book = _openpyxl().load_workbook(file, read_only=True, keep_links=False)
            return any(sheet.sheet_state != "visible" for sheet in (*book.worksheets, *book.chartsheets))


def _openpyxl() -> Any:
    import openpyxl  # see above

    return openpyxl


def _rows(sheet: Any) -> str:
    sheet.reset_dimensions()  # what the file says of its size may be a lie, and is padded with empty cells
    lines: list[str] = [sheet.title, ""]
    length = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_ROWS:
            raise TooLargeError
        if line := "\t".join(_value(cell) for cell in row if cell is not None):
            lines.append(line)
            length += len(line)
        if length > MAX_CHARACTERS:
            raise TooLargeError
    return "\n".join(lines)


def _value(cell: Any) -> str:
    """A cell as one reads it: whole numbers without a fraction, dates without an empty time of day."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
