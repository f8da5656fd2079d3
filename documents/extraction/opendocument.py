"""OpenDocument texts and spreadsheets.

Own, because it is a walk over one XML part that has to leave out what isn't for the public (tracked
deletions, comments, hidden sheets) and to count repeated cells before they are written out; the
libraries either load all of it into objects or are no longer kept.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from documents.extraction.archives import check_archive, xml
from documents.extraction.errors import BrokenFileError, EncryptedFileError, TooLargeError
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.texts import Extraction, pages_from, parts, sheets_from

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MANIFEST = b"encryption-data"

_SILENT = frozenset(
    {
        _TEXT + "tracked-changes",
        _TEXT + "ruby-text",
        _TEXT + "variable-decls",
        _TEXT + "sequence-decls",
        _TEXT + "user-field-decls",
        _OFFICE + "annotation",
        _OFFICE + "binary-data",
        _OFFICE + "forms",
        _OFFICE + "scripts",
        _OFFICE + "event-listeners",
        "{http://www.w3.org/1998/Math/MathML}math",
    }
)
_BLOCKS = frozenset({_TEXT + "p", _TEXT + "h", _TABLE + "table-row", _TEXT + "section", _TEXT + "list-item"})
_MAX_SPACES = 1000


def _content(path: Path) -> Any:
    """The root of ``content.xml``. Raises EncryptedFileError, BrokenFileError, TooLargeError."""
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        try:
            if _MANIFEST in archive.read("META-INF/manifest.xml"):
                raise EncryptedFileError
            with archive.open("content.xml") as part:
                return xml(part)
        except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
            raise BrokenFileError from error


def _body(root: Any, kind: str) -> Any:
    body = root.find(f"{_OFFICE}body/{_OFFICE}{kind}")
    if body is None:
        raise BrokenFileError
    return body


class Odt:
    """ODT with its tables, notes and text boxes. The format keeps no pages."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length."""
        return pages_from(parts("".join(_words(_body(_content(path), "text")))))


class Ods:
    """ODS: a page for each sheet that is shown."""

    def extract(self, path: Path) -> Extraction:
        """One text a sheet: a line a row, its cells set apart by tabs."""
        root = _content(path)
        hidden = _hidden_styles(root)
        tables = _body(root, "spreadsheet").findall(_TABLE + "table")
        shown = [table for table in tables if table.get(_TABLE + "style-name") not in hidden]
        if not shown:
            raise BrokenFileError
        return sheets_from([_rows(table) for table in shown])

    def hides_sheets(self, path: Path) -> bool:
        """Whether there are sheets that only a click shows."""
        root = _content(path)
        hidden = _hidden_styles(root)
        return any(table.get(_TABLE + "style-name") in hidden for table in root.iter(_TABLE + "table"))


def _words(element: Any) -> Iterator[str]:
    """What a reader sees of ``element``, with a break behind each block."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    yield from _own(element)
    for child in element:
        yield from _words(child)
        yield child.tail or ""
    if element.tag in _BLOCKS:
        yield "\n"
    elif element.tag == _TABLE + "table-cell":
        yield "\t"


def _own(element: Any) -> Iterator[str]:
    """The text of the element itself: spaces, tabs and breaks are elements here."""
    if element.tag == _TEXT + "s":
        yield " " * min(_count(element, _TEXT + "c"), _MAX_SPACES)
    elif element.tag == _TEXT + "tab":
        yield "\t"
    elif element.tag == _TEXT + "line-break":
        yield "\n"
    elif element.text:
        yield element.text


def _count(element: Any, attribute: str) -> int:
    value = element.get(attribute, "1")
    return max(int(value), 1) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _hidden_styles(root: Any) -> frozenset[str | None]:
    """The names of styles that hide a sheet."""
    found = set()
    for style in root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style"):
        properties = style.find(_STYLE + "table-properties")
        if properties is not None and properties.get(_TABLE + "display") == "false":
            found.add(style.get(_STYLE + "name"))
    return frozenset(found)


def _rows(table: Any) -> str:
    lines: list[str] = [table.get(_TABLE + "name", ""), ""]
    length = 0
    for row in table.iter(_TABLE + "table-row"):
        line = "\t".join(_cells(row))
        times = _count(row, _TABLE + "number-rows-repeated") if line else 0
        length += len(line) * times
        if length > MAX_CHARACTERS:
            raise TooLargeError
        lines += [line] * times
    return "\n".join(lines)


def _cells(row: Any) -> Iterator[str]:
    """The cells of a row that say something; the empty ones up to the end of the sheet are not walked."""
    length = 0
    for cell in row:
        if cell.tag != _TABLE + "table-cell":
            continue
        words = "".join(_words(cell)).strip()
        if not words:
            continue
        times = _count(cell, _TABLE + "number-columns-repeated")
        length += len(words) * times
        if length > MAX_CHARACTERS:
            raise TooLargeError
        yield from [words] * times
