"""Excel workbooks: hidden sheets, rows and columns, and what the cells drag along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from documents.extraction.packages import ooxml
from documents.extraction.packages.looks import drawings
from documents.extraction.packages.looks.sheets import Looks
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value
from documents.extraction.packages.spans import Span, is_in, spans
from documents.extraction.packages.unshown import cells
from documents.extraction.packages.unshown import sheets as unshown

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
_Shown = Mapping[str, list[tuple[Any, str]]]


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    hidden = _hidden(package)
    shown = _shown_cells(package, hidden)
    yield from _hidden_sheets(package)
    yield from ooxml.part_traces(package)
    yield from ooxml.external_traces(package)
    yield from ooxml.media_traces(package)
    root = package.xml(WORKBOOK)
    for element in find(root, *_TELLING):
        yield Trace("metadata", "metadata", text_of(element) or local(element), partial(take_out, element))
    yield from _unreadable(package, shown)
    yield from unshown.name_traces(package, WORKBOOK, sheet_names(package))
    titles = [value(sheet, "name") for _part, sheet in _sheets(package) if not _is_hidden_sheet(sheet)]
    seen = unshown.shown(package, WORKBOOK, "\n".join(_pieces(package, shown)), titles)
    for name in sheet_names(package):
        yield from _sheet_traces(package.xml(name), hidden[name])
        for anchor in cells.shapes(package, name):
            words = " ".join(text_of(part) for part in find(anchor, "t")) or local(anchor)
            yield Trace("hidden_cells", "hidden cells", words, partial(take_out, anchor))
    for name in [
        *sheet_names(package),
        *(part for part in package.xml_names("xl/tables/") if not part.endswith(".rels")),
    ]:
        yield from unshown.traces(package.xml(name), seen)
    for name in [part for part in package.xml_names() if part.startswith(_DRAWINGS)]:
        if name.endswith(".vml"):
            yield from ooxml.copy_traces(package.xml(name))
        elif not name.endswith(".rels"):
            yield from ooxml.drawing_traces(package.xml(name))
            yield from ooxml.chart_traces(package.xml(name))
            yield from (Trace(code, "", words) for code, words in drawings.unreadable(package.xml(name)))
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
    quoted = "'" + name.replace("'", "''") + "'"
    own = re.compile(rf"(?:{re.escape(quoted)}|(?<![\w.]){re.escape(name)})!")
    for chart in [other for other in package.xml_names("xl/charts/") if not other.endswith(".rels")]:
        for address in find(package.xml(chart), "f"):
            if own.search(address.text or ""):
                address.text = "#REF!"


def _without_formulas(package: Package) -> None:
    """Keeps the values: a formula may name what is gone."""
    for name in sheet_names(package):
        for formula in find(package.xml(name), "f"):
            take_out(formula)


def _sheet_traces(root: Any, hidden: list[Any]) -> Iterator[Trace]:
    if hidden:
        yield Trace(
            "hidden_cells",
            "hidden cells",
            f"{value(hidden[0], 'r')}–{value(hidden[-1], 'r')}",
            partial(_empty, root, hidden),
        )
    for link in cells.links(root):
        yield Trace("hidden_cells", "hidden cells", value(link, "ref"), partial(_drop_link, link))
    for element in find(root, "legacyDrawing", "oleObjects", "controls", "customSheetViews", "customProperties"):
        yield Trace("custom_data", "application data", local(element), partial(take_out, element))


def _hidden(package: Package) -> dict[str, list[Any]]:
    """The hidden cells of each sheet."""
    return {name: list(cells.hidden(package.xml(name))) for name in sheet_names(package)}


def _unreadable(package: Package, shown: _Shown) -> Iterator[Trace]:
    """Cells that are shown and can't be read."""
    looks = Looks(package)
    items = _items(package)
    for name in sheet_names(package):
        coloured = _coloured(package, name)
        on_picture = next(find(package.xml(name), "picture"), None) is not None
        for cell, words in shown[name]:
            code = looks.unreadable(cell, words, _holder(cell, items))
            is_told = code != "text_colour" or not (
                on_picture or any(is_in(value(cell, "r"), span) for span in coloured)
            )
            if code and is_told:
                yield Trace(code, "", f"{value(cell, 'r')}: {words}")


def _coloured(package: Package, sheet: str) -> list[Span]:
    """Where tables with a style, or conditions, give colours to cells."""
    said = [value(each, "sqref") for each in find(package.xml(sheet), "conditionalFormatting")]
    relations = package.relations(sheet)
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/table") and (part := package.target(sheet, relation)):
            table = package.xml(part)
            if any(value(each, "name") for each in find(table, "tableStyleInfo")):
                said.append(value(table, "ref"))
    return spans(said)


def _empty(root: Any, cells: list[Any]) -> None:
    for cell in cells:
        take_out(cell)
    for formula in find(root, "f"):  # what is left may be computed from what is gone
        take_out(formula)


def _drop_link(link: Any) -> None:
    """With the list that held it: programs refuse an empty one."""
    holder = link.getparent()
    take_out(link)
    if holder is not None and not len(holder):
        take_out(holder)


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
    return _pieces(package, _shown_cells(package, _hidden(package)))


def _pieces(package: Package, shown: _Shown) -> list[str]:
    pieces: list[str] = []
    for part, sheet in _sheets(package):
        if not _is_hidden_sheet(sheet):
            name = value(sheet, "name")
            pieces += [f"{name}!{value(cell, 'r')}={words}" for cell, words in shown[part]]
    return pieces


def _shown_cells(package: Package, hidden: Mapping[str, list[Any]]) -> _Shown:
    """Of each sheet, hidden ones too: the cells with content beside the ``hidden`` ones, and what they say."""
    items = _items(package)
    shown = {}
    for name, unseen in hidden.items():
        left_out = set(unseen)
        every = find(package.xml(name), "c")
        shown[name] = [(cell, _shown(cell, items)) for cell in every if len(cell) and cell not in left_out]
    return shown


def _items(package: Package) -> list[Any]:
    """The list of all words."""
    return list(find(package.xml(STRINGS), "si")) if STRINGS in package else []


def _holder(cell: Any, items: list[Any]) -> Any:
    """The element with the words of a cell; None for a cell without any."""
    if value(cell, "t") == "inlineStr":
        return next((part for part in cell if local(part) == "is"), None)
    held = next((part.text or "" for part in cell if local(part) == "v"), "")
    return items[int(held)] if value(cell, "t") == "s" and held.isdigit() and int(held) < len(items) else None


def _shown(cell: Any, items: list[Any]) -> str:
    words = _holder(cell, items)
    if words is not None:
        return "".join(text.text or "" for text in find(words, "t"))
    if value(cell, "t") == "inlineStr":
        return ""
    return next((part.text or "" for part in cell if local(part) == "v"), "")
