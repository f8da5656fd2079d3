"""Places in a sheet of a workbook: ``B2``, ``$A$1:$C$9``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

_LETTERS = re.compile(r"[A-Z]+")
_SPAN = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
Span = tuple[int, int, int, int]
"""Column and row of the first cell, and of the last."""


def spans(said: Iterable[str]) -> list[Span]:
    """What lists of places with blanks between them mean; whole columns and what is no place are left out."""
    return [span for each in said for one in each.split() if (span := _span(one)) is not None]


def _span(said: str) -> Span | None:
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    first, row, last, end = found.groups()
    return column(first), int(row), column(last or first), int(end or row)


def is_in(reference: str, span: Span) -> bool:
    """Whether a cell lies in a span."""
    place = _span(reference)
    return place is not None and span[0] <= place[0] <= span[2] and span[1] <= place[1] <= span[3]


def cells_of(span: Span) -> Iterator[tuple[int, int]]:
    """Column and row of each of its cells."""
    return product(range(span[0], span[2] + 1), range(span[1], span[3] + 1))


def column(reference: str) -> int:
    """The number of the column of a cell, from 1; 0 where it says none."""
    match = _LETTERS.match(reference)
    number = 0
    for letter in match.group() if match else "":
        number = number * 26 + ord(letter) - 64
    return number


def row(reference: str) -> int:
    """The number of the row of a cell, from 1; 0 where it says none."""
    place = _span(reference)
    return place[1] if place is not None else 0
