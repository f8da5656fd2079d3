"""Cells below the first of merged ones: programs keep what they hold, and show nothing of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from documents.extraction.packages.package import find, local, value
from documents.extraction.packages.spans import Span, column, row, spans


def of_sheet(root: Any) -> tuple[set[Any], dict[Any, Span]]:
    """Of a workbook's sheet: the cells with content that lie below others, and those that lie above others with their span."""
    rows: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    merged = spans(value(each, "ref") for each in find(root, "mergeCell"))
    for cell in find(root, "c") if merged else ():
        if len(cell) and (place := value(cell, "r")):
            rows[row(place)].append((column(place), cell))
    numbers = sorted(rows)
    for cells in rows.values():
        cells.sort(key=_at)
    below: set[Any] = set()
    above: dict[Any, Span] = {}
    for span in merged:
        left, top, right, bottom = span
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            cells = rows[number]
            for at, cell in cells[bisect_left(cells, left, key=_at) : bisect_right(cells, right, key=_at)]:
                if (at, number) == (left, top):
                    above[cell] = span
                else:
                    below.add(cell)
    return below, above


def _at(placed: tuple[int, Any]) -> int:
    return placed[0]


def of_word(root: Any) -> Iterator[Any]:
    """Of the tables of a Word file: cells that go on with the one above them."""
    for table in find(root, "tbl"):
        begun: set[int] = set()
        for line in (each for each in table.iterdescendants("{*}tr") if _nearest(each, "tbl") is table):
            at = _number(_said(line, "trPr", "gridBefore"), 0)
            for cell in (each for each in line.iterdescendants("{*}tc") if _nearest(each, "tr") is line):
                merge = _said(cell, "tcPr", "vMerge")
                if merge is None:
                    begun.discard(at)
                elif value(merge, "val", "continue") != "continue":
                    begun.add(at)
                elif at in begun:
                    yield cell
                at += _number(_said(cell, "tcPr", "gridSpan"), 1)


def of_slide(root: Any) -> Iterator[Any]:
    """Of the tables of a slide."""
    for cell in find(root, "tc"):
        if any(value(cell, key) in ("1", "true") for key in ("hMerge", "vMerge")):
            yield cell


def _nearest(element: Any, name: str) -> Any:
    return next((up for up in element.iterancestors() if local(up) == name), None)


def _said(element: Any, properties: str, name: str) -> Any:
    return next((part for each in element if local(each) == properties for part in each if local(part) == name), None)


def _number(element: Any, default: int) -> int:
    said = value(element, "val") if element is not None else ""
    return int(said) if said.isdecimal() and len(said) < 6 else default
