"""Cells of a workbook that are not shown, their links, and what is drawn over them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from documents.extraction.contrast import TINY
from documents.extraction.packages.package import Package, find, local, text_of, value
from documents.extraction.packages.spans import Span, column, spans
from documents.extraction.packages.unshown import merged

_DIGITS = "0123456789"
_NO_WIDTH = 0.08
"""Characters of a column that is less than a pixel wide; of a wider one, words may show in the next."""


def hidden(root: Any) -> Iterator[Any]:
    """Cells with content in rows and columns that are not shown, and below others that they are merged with."""
    rows, columns = _unseen(root)
    below, above = merged.of_sheet(root)

    @cache
    def is_in_hidden_column(letters: str) -> bool:
        number = column(letters)
        return any(number in span for span in columns)

    def reaches_out(cell: Any) -> bool:
        """Whether merged cells are shown beside the row or column of their first."""
        return not _is_unseen(above[cell], rows, columns)

    for row in find(root, "row"):
        row_hidden = _is_hidden(row)
        for cell in row:
            letters = value(cell, "r").rstrip(_DIGITS)
            is_hidden = row_hidden or (columns and is_in_hidden_column(letters))
            if len(cell) and (cell in below or (is_hidden and not (cell in above and reaches_out(cell)))):
                yield cell


def _unseen(root: Any) -> tuple[set[int], list[range]]:
    """The rows and columns of a sheet that are not shown."""
    columns = [
        range(int(value(each, "min", "0")), int(value(each, "max", "0")) + 1)
        for each in find(root, "col")
        if _is_hidden(each)
    ]
    rows = {int(number) for each in find(root, "row") if _is_hidden(each) and (number := value(each, "r")).isdecimal()}
    return rows, columns


def links(root: Any) -> Iterator[Any]:
    """Links of cells that are not shown."""
    rows, columns = _unseen(root)
    for link in find(root, "hyperlink") if rows or columns else ():
        if any(_is_unseen(span, rows, columns) for span in spans([value(link, "ref")])):
            yield link


def shapes(package: Package, sheet: str) -> Iterator[Any]:
    """What is drawn over cells that are not shown, and shrinks with them."""
    rows, columns = _unseen(package.xml(sheet))
    relations = package.relations(sheet) if rows or columns else None
    for relation in relations if relations is not None else ():
        part = package.target(sheet, relation)
        if part and str(relation.get("Type", "")).endswith("/drawing"):
            for anchor in find(package.xml(part), "twoCellAnchor"):
                span = _span_of(anchor)
                if span and value(anchor, "editAs", "twoCell") == "twoCell" and _is_unseen(span, rows, columns):
                    yield anchor


def _span_of(anchor: Any) -> Span | None:
    """The cells that a shape lies on, whose numbers it counts from 0."""
    said = [text_of(part) for name in ("from", "to") for key in ("col", "row") for part in _under(anchor, name, key)]
    if len(said) != 4 or not all(map(str.isdecimal, said)):
        return None
    left, top, right, bottom = (int(each) + 1 for each in said)
    for key in ("colOff", "rowOff"):
        if all(text_of(part) == "0" for part in _under(anchor, "to", key)):  # it ends where that cell begins
            right, bottom = (max(left, right - 1), bottom) if key == "colOff" else (right, max(top, bottom - 1))
    return left, top, right, bottom


def _under(anchor: Any, name: str, key: str) -> Iterator[Any]:
    return (part for each in anchor if local(each) == name for part in each if local(part) == key)


def _is_unseen(span: Span, rows: Collection[int], columns: list[range]) -> bool:
    """Whether all rows, or all columns, of a span are hidden."""
    left, top, right, bottom = span
    is_narrow = all(any(number in each for each in columns) for number in range(left, right + 1))
    return is_narrow or all(number in rows for number in range(top, bottom + 1))


def _is_hidden(element: Any) -> bool:
    return (
        value(element, "hidden") in ("1", "true")
        or _is_below(value(element, "width"), _NO_WIDTH)
        or _is_below(value(element, "ht"), TINY)
    )


def _is_below(said: str, least: float) -> bool:
    try:
        return float(said) < least
    except ValueError:
        return False
