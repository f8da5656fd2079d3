"""Excel workbooks: hidden sheets, rows and columns, and what the cells drag along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.packages import ooxml
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value

WORKBOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
PLACES = {"officedocument": WORKBOOK, "sharedstrings": STRINGS}
_TELLING = (
    "fileSharing",
    "absPath",
    "revisionPtr",
    "fileRecoveryPr",
    "customWorkbookViews",
    "pivotCaches",
    "externalReferences",
    "webPublishing",
)
_DRAWINGS = ("xl/drawings/", "xl/charts/", "xl/diagrams/")
_LETTERS = re.compile(r"[A-Z]+")


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    yield from _hidden_sheets(package)
    yield from ooxml.part_traces(package)
    yield from ooxml.external_traces(package)
    yield from ooxml.media_traces(package)
    root = package.xml(WORKBOOK)
    for element in find(root, *_TELLING):
        yield Trace("metadata", "metadata", text_of(element) or local(element), partial(take_out, element))
    for name in sheet_names(package):
        yield from _sheet_traces(package.xml(name))
    for name in [part for part in package.xml_names() if part.startswith(_DRAWINGS)]:
        if name.endswith(".vml"):
            yield from ooxml.copy_traces(package.xml(name))
        elif not name.endswith(".rels"):
            yield from ooxml.drawing_traces(package.xml(name))
            yield from ooxml.chart_traces(package.xml(name))
    yield from _string_traces(package)


def sheet_names(package: Package) -> list[str]:
    """Names of the parts that are sheets, in the order of the workbook."""
    return [part for part, _ in _sheets(package)]


def _sheets(package: Package) -> list[tuple[str, Any]]:
    """Part and element of each sheet of the workbook."""
    relations = package.relations(WORKBOOK)
    targets = (
        {relation.get("Id"): package.target(WORKBOOK, relation) for relation in relations}
        if relations is not None
        else {}
    )
    found = []
    for sheet in find(package.xml(WORKBOOK), "sheet"):
        part = targets.get(value(sheet, "id"), "")
        if part in package:
            found.append((part, sheet))
    return found


def _is_hidden_sheet(sheet: Any) -> bool:
    return value(sheet, "state") in ("hidden", "veryHidden")


def _hidden_sheets(package: Package) -> Iterator[Trace]:
    for part, sheet in _sheets(package):
        if _is_hidden_sheet(sheet):
            yield Trace(
                "hidden_sheets", "hidden sheets", value(sheet, "name"), partial(_drop_sheet, package, part, sheet)
            )


def _drop_sheet(package: Package, part: str, sheet: Any) -> None:
    """The sheet, what is defined in it or by it, and the views that count it. Formulas become values."""
    root = package.xml(WORKBOOK)
    number = [element for _, element in _sheets(package)].index(sheet)
    name = value(sheet, "name")
    for defined in find(root, "definedName"):
        local_id = defined.get("localSheetId")
        if local_id == str(number) or name in (defined.text or ""):
            take_out(defined)
        elif local_id is not None and int(local_id) > number:
            defined.set("localSheetId", str(int(local_id) - 1))
    for view in find(root, "workbookView"):
        for key in ("activeTab", "firstSheet"):
            view.attrib.pop(key, None)
    take_out(sheet)
    package.drop(part)
    _without_formulas(package)


def _without_formulas(package: Package) -> None:
    """Keeps the values: a formula may name what is gone."""
    for name in sheet_names(package):
        for formula in find(package.xml(name), "f"):
            take_out(formula)


def _sheet_traces(root: Any) -> Iterator[Trace]:
    hidden = list(_hidden_cells(root))
    if hidden:
        yield Trace(
            "hidden_cells",
            "hidden cells",
            f"{value(hidden[0], 'r')}–{value(hidden[-1], 'r')}",
            partial(_empty, root, hidden),
        )
    for element in find(root, "legacyDrawing", "oleObjects", "controls", "customSheetViews", "customProperties"):
        yield Trace("custom_data", "application data", local(element), partial(take_out, element))


def _hidden_cells(root: Any) -> Iterator[Any]:
    """Cells with content in rows and columns that are not shown."""
    columns = [
        range(int(value(column, "min", "0")), int(value(column, "max", "0")) + 1)
        for column in find(root, "col")
        if _is_hidden(column)
    ]
    for row in find(root, "row"):
        row_hidden = _is_hidden(row)
        for cell in row:
            if len(cell) and (row_hidden or any(_column(value(cell, "r")) in span for span in columns)):
                yield cell


def _is_hidden(element: Any) -> bool:
    return value(element, "hidden") in ("1", "true") or value(element, "width") == "0" or value(element, "ht") == "0"


def _column(reference: str) -> int:
    match = _LETTERS.match(reference)
    number = 0
    for letter in match.group() if match else "":
        number = number * 26 + ord(letter) - 64
    return number


def _empty(root: Any, cells: list[Any]) -> None:
    for cell in cells:
        take_out(cell)
    for formula in find(root, "f"):  # what is left may be computed from what is gone
        take_out(formula)


def _used_strings(package: Package) -> set[int]:
    used: set[int] = set()
    for name in sheet_names(package):
        for cell in find(package.xml(name), "c"):
            if value(cell, "t") == "s":
                used.update(int(part.text) for part in cell if local(part) == "v" and (part.text or "").isdigit())
    return used


def _string_traces(package: Package) -> Iterator[Trace]:
    """Words of cells that are gone stay in the list of all words."""
    if unused := _unused_strings(package):
        yield Trace("hidden_text", "hidden text", unused[0], partial(_drop_strings, package))


def _drop_strings(package: Package) -> None:
    used = _used_strings(package)
    for index, item in enumerate(list(find(package.xml(STRINGS), "si"))):
        if index not in used and text_of(item):
            for child in list(item):
                item.remove(child)


def _unused_strings(package: Package) -> list[str]:
    """Words in the list that no cell shows."""
    if STRINGS not in package:
        return []
    used = _used_strings(package)
    items = list(find(package.xml(STRINGS), "si"))
    return [text_of(item) for index, item in enumerate(items) if index not in used and text_of(item)]


def visible(package: Package) -> list[str]:
    """Name of sheet, place and value of each cell that is shown."""
    strings = (
        ["".join(text.text or "" for text in find(item, "t")) for item in find(package.xml(STRINGS), "si")]
        if STRINGS in package
        else []
    )
    pieces = []
    for part, sheet in _sheets(package):
        if _is_hidden_sheet(sheet):
            continue
        root = package.xml(part)
        cells = list(_hidden_cells(root))  # kept alive: lxml makes new objects for those that are not
        hidden = set(map(id, cells))
        pieces += [
            f"{value(sheet, 'name')}!{value(cell, 'r')}={_shown(cell, strings)}"
            for cell in find(root, "c")
            if len(cell) and id(cell) not in hidden
        ]
    return pieces


def _shown(cell: Any, strings: list[str]) -> str:
    if value(cell, "t") == "inlineStr":
        return text_of(cell, 10_000)
    held = next((part.text or "" for part in cell if local(part) == "v"), "")
    if value(cell, "t") == "s" and held.isdigit() and int(held) < len(strings):
        return strings[int(held)]
    return held
