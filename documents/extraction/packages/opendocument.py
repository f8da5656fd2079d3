"""OpenDocument texts and tables: tracked changes, comments, hidden content, earlier versions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from documents.extraction.packages.looks.opendocument import Looks
from documents.extraction.packages.metafiles import framed_traces
from documents.extraction.packages.package import (
    MANIFEST,
    Package,
    Trace,
    drop_attributes,
    find,
    local,
    take_out,
    text_of,
    value,
    without_attributes,
)
from documents.extraction.packages.pictures import picture_traces
from documents.extraction.packages.recordings import is_recording, recording_traces
from documents.extraction.packages.unshown import headers
from documents.extraction.packages.unshown import opendocument as unshown
from documents.extraction.packages.unused import unnamed_traces

CONTENT = "content.xml"
_ALWAYS = ("mimetype", CONTENT, "styles.xml", "settings.xml", MANIFEST)
_PARTS = (
    ("meta.xml", "metadata", "metadata"),
    ("Thumbnails/", "thumbnails", "thumbnails"),
    ("Versions/", "history", "earlier states"),
    ("VersionList.xml", "history", "earlier states"),
    ("Basic/", "scripts", "scripts"),
    ("Scripts/", "scripts", "scripts"),
    ("Dialogs/", "scripts", "scripts"),
    ("META-INF/documentsignatures", "metadata", "signatures"),
    ("META-INF/macrosignatures", "metadata", "signatures"),
    ("manifest.rdf", "metadata", "metadata"),
    ("layout-cache", "metadata", "metadata"),
)
_CHANGE_MARKS = (
    "tracked-changes",
    "change",
    "change-start",
    "change-end",
    "change-track-table-cell",
    "table-cell-change",
)
_FAMILIES = {"span": "text", "a": "text", "p": "paragraph", "h": "paragraph", "section": "section"}
_HIDING = ("text-properties", "section-properties", "table-properties")
_DEEP = 20
_Styles = frozenset[tuple[str, str]]
_HIDDEN_FIELDS = ("hidden-text", "hidden-paragraph")
_UNSEEN = ("collapse", "filter")
_GONE = ("Thumbnails/", "Versions/")
_PRINTER = ("PrinterName", "PrinterSetup", "PrintFaxName")
_REMOTE = (
    "image",
    "object",
    "object-ole",
    "section-source",
    "table-source",
    "fill-image",
    "plugin",
    "floating-frame",
    "font-face-uri",
    "event-listener",
    "script",
    "applet",
    "cell-range-source",
)


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    yield from _part_traces(package)
    kept = [name for name in package.names() if not name.startswith(_GONE)]
    yield from picture_traces(package, kept)
    yield from recording_traces(package, kept)
    yield from unnamed_traces(package, _ALWAYS, tuple(prefix for prefix, _, _ in _PARTS))
    roots = [package.xml(name) for name in ("content.xml", "styles.xml") if name in package]
    yield from framed_traces(package, roots, kept)
    seen = "".join(visible(package))
    yield from headers.of_opendocument(package, seen)
    for root in roots:
        yield from _change_traces(root)
        yield from _hidden_traces(root, _hidden_styles(package, root))
        yield from unshown.traces(root, seen)
        yield from (Trace(code, "", words) for code, words in Looks(package, root).unreadable())
        yield from _object_traces(package, root)
        yield from _recordings(package, root)
        yield from _remote_traces(root)
        marked = list(without_attributes(root, "rsid", "paragraph-rsid"))
        if marked:
            yield Trace("metadata", "metadata", "rsid", partial(drop_attributes, marked))
    if "settings.xml" in package:
        for item in find(package.xml("settings.xml"), "config-item"):
            if value(item, "name") in _PRINTER and (item.text or "").strip():
                yield Trace("metadata", "printer settings", item.text or "", partial(take_out, item))
            elif value(item, "name") in ("RsidRoot", "Rsid"):
                yield Trace("metadata", "metadata", "rsid", partial(take_out, item))


def _part_traces(package: Package) -> Iterator[Trace]:
    for name in package.names():
        for prefix, code, kind in _PARTS:
            if name.startswith(prefix):
                yield Trace(code, kind, name, partial(package.drop, name))


def _change_traces(root: Any) -> Iterator[Trace]:
    """What was deleted lies in the record of changes; what was inserted lies in the text, and stays there."""
    for mark in find(root, *_CHANGE_MARKS):
        yield Trace("changes", "tracked changes", text_of(mark), partial(take_out, mark))
    for note in find(root, "annotation", "annotation-end"):
        yield Trace("comments", "comments", text_of(note), partial(take_out, note))


def _hidden_styles(package: Package, root: Any) -> _Styles:
    """Family and name of each style that hides what is in it in the part of ``root``, by itself or by one that it builds on.

    Programs call the styles of text and of headers alike, each in its part.
    """
    styles: dict[tuple[str, str], Any] = {}
    for part in ([package.xml("styles.xml")] if "styles.xml" in package else []) + [root]:
        for style in find(part, "style", "default-style"):
            if part is root or local(style.getparent()) != "automatic-styles":
                styles[value(style, "family"), value(style, "name")] = style

    def hides(family: str, name: str, depth: int = 0) -> bool:
        style = styles.get((family, name))
        if style is None or depth > _DEEP:
            return False
        for properties in style:
            said = value(properties, "display") if local(properties) in _HIDING else ""
            if said:
                return said in ("none", "false")
        return hides(family, value(style, "parent-style-name"), depth + 1)

    return frozenset(each for each in styles if hides(*each))


def _is_hidden(element: Any, hidden: _Styles) -> bool:
    name = local(element)
    if value(element, "display") == "none" and "drawing:1.0" in str(element.tag):
        return True
    if name in _FAMILIES:
        is_off = value(element, "display") == "none" or value(element, "is-hidden") == "true"
        return is_off or (_FAMILIES[name], value(element, "style-name")) in hidden
    return name in _HIDDEN_FIELDS or (name in unshown.FIELDS and value(element, "display") == "none")


def _hidden_traces(root: Any, hidden: _Styles) -> Iterator[Trace]:
    for element in find(root, *_FAMILIES, *_HIDDEN_FIELDS, *unshown.FIELDS):
        is_field = local(element) in unshown.FIELDS
        if _is_hidden(element, hidden) and (is_field or len(element) or element.text or value(element, "string-value")):
            yield Trace("hidden_text", "hidden text", text_of(element), partial(take_out, element))
    for shape in [each for each in root.iter() if "drawing:1.0" in str(each.tag) and _is_hidden(each, hidden)]:
        yield Trace("hidden_text", "hidden text", text_of(shape) or local(shape), partial(take_out, shape))
    for table in find(root, "table"):
        if ("table", value(table, "style-name")) in hidden:
            yield Trace("hidden_sheets", "hidden sheets", value(table, "name"), partial(_drop_table, root, table))
        else:
            cells = list(_hidden_cells(table))
            if cells:
                yield Trace("hidden_cells", "hidden cells", value(table, "name"), partial(_empty, root, cells))


def _hidden_cells(table: Any) -> Iterator[Any]:
    """Cells with content in rows and columns that are not shown, and below others that they are merged with."""
    columns: list[bool] = []
    for column in find(table, "table-column"):
        columns += [value(column, "visibility") in _UNSEEN] * _times(column, "number-columns-repeated")
    rows = list(find(table, "table-row"))
    for number, row in enumerate(rows):
        at = 0
        for cell in row:
            times = _times(cell, "number-columns-repeated")
            is_hidden = value(row, "visibility") in _UNSEEN or any(columns[at : at + times])
            if is_hidden:
                high, wide = _times(cell, "number-rows-spanned"), _times(cell, "number-columns-spanned")
                is_hidden = not _is_shown(rows[number : number + high], high, columns[at : at + wide], wide)
            is_hidden = is_hidden or local(cell) == "covered-table-cell"
            if is_hidden and (len(cell) or value(cell, "value-type")):
                yield cell
            at += times


def _times(element: Any, key: str) -> int:
    return min(int(value(element, key, "1")), 20_000)


def _is_shown(rows: list[Any], high: int, columns: list[bool], wide: int) -> bool:
    """Whether one of the rows and one of the columns of merged cells is; ``columns`` says which are hidden."""
    if len(columns) == wide and all(columns):
        return False
    for row in rows:
        if high > 0 and value(row, "visibility") not in _UNSEEN:
            return True
        high -= _times(row, "number-rows-repeated")
    return False


def _drop_table(root: Any, table: Any) -> None:
    take_out(table)
    _without_formulas(root)


def _without_formulas(root: Any) -> None:
    """Keeps the values: a formula may name what is gone."""
    for element, key in without_attributes(root, "formula"):
        del element.attrib[key]


def _empty(root: Any, cells: list[Any]) -> None:
    for cell in cells:
        for child in list(cell):
            cell.remove(child)
        for key in [key for key in cell.attrib if local(key) not in ("style-name", "number-columns-repeated")]:
            del cell.attrib[key]
    _without_formulas(root)


def _object_traces(package: Package, root: Any) -> Iterator[Trace]:
    """Embedded objects have a picture beside them, which stays."""
    for element in find(root, "object", "object-ole"):
        frame = element.getparent()
        has_picture = any(local(other) == "image" for other in frame)
        path = value(element, "href").removeprefix("./")
        remove = partial(_drop_object, package, element, path) if has_picture else None
        yield Trace("embedded", "embedded files", path, remove)


def _drop_object(package: Package, element: Any, path: str) -> None:
    take_out(element)
    for name in package.names():
        if path and (name == path or name.startswith(f"{path}/")):
            package.drop(name)
    if MANIFEST in package:
        for entry in find(package.xml(MANIFEST), "file-entry"):
            if value(entry, "full-path").startswith(f"{path}/"):
                take_out(entry)


def _recordings(package: Package, root: Any) -> Iterator[Trace]:
    """Sound and film in formats that can't be read here."""
    for element in find(root, "plugin"):
        path = unquote(value(element, "href").removeprefix("./"))
        if path in package and not is_recording(package.read(path)):
            yield Trace("embedded", "embedded files", path, partial(take_out, element))


def _remote_traces(root: Any) -> Iterator[Trace]:
    for element in find(root, *_REMOTE):
        address = value(element, "href")
        if "://" in address or address.startswith(("//", "\\\\", "../")):
            frame = element.getparent() if local(element) == "image" else element
            yield Trace("remote", "external references", address, partial(take_out, frame))
    for scripts in find(root, "scripts", "event-listeners", "dde-connection-decls", "database-display"):
        if len(scripts):
            yield Trace("scripts", "scripts", "", partial(take_out, scripts))


def links(package: Package) -> Iterator[str]:
    """Addresses behind the words."""
    for element in find(package.xml(CONTENT), "a"):
        yield value(element, "href")


def visible(package: Package) -> list[str]:
    """The words of the body, changes accepted, hidden ones left out."""
    hidden = _hidden_styles(package, package.xml(CONTENT))
    body = next(find(package.xml(CONTENT), "body"), None)
    pieces: list[str] = []
    if body is not None:
        cells = [cell for table in find(body, "table") for cell in _hidden_cells(table)]
        _gather(body, hidden, {id(cell) for cell in cells}, pieces)
    return ["".join(pieces)]


def _gather(element: Any, hidden: _Styles, cells: set[int], pieces: list[str], depth: int = 0) -> None:
    name = local(element)
    left_out = (
        name in _CHANGE_MARKS
        or name in ("annotation", "object", "object-ole", "binary-data")
        or _is_hidden(element, hidden)
        or unshown.is_description(element)
        or id(element) in cells
        or (name == "table" and ("table", value(element, "style-name")) in hidden)
    )
    if left_out or depth > 200:
        return
    pieces.append(element.text or "")
    for child in element:
        _gather(child, hidden, cells, pieces, depth + 1)
        pieces.append(child.tail or "")
    if name in ("p", "h"):
        pieces.append("\n")
