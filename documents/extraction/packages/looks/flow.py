"""Where words may stand on their pages, as far as markup tells without drawing it: which shapes may lie behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from documents.extraction.packages.package import local

PAGE = 842.0
"""Points of a page of A4."""
_LINE, _LETTERS = 9.0, 130
"""Height of the lowest line and letters of the longest: whatever is set takes at least as much room."""
_ROWS = frozenset({"tr", "table-row"})
_BOXES = frozenset(
    {"drawing", "pict", "object", "frame", "custom-shape", "rect", "g", "annotation", "note", "tracked-changes"}
)
Place = tuple[int, float]
"""How many page breaks come before, and the least points from the beginning of the text."""


class Flow:
    """The paragraphs of a text, and where each may stand. Those in boxes stand nowhere."""

    def __init__(self, root: Any, is_break: Callable[[Any], bool]) -> None:
        self._is_break = is_break
        self._places: dict[Any, Place] = {}
        self._starts: list[float] = [0.0]
        self._walk(root, 0.0)

    def __contains__(self, paragraph: Any) -> bool:
        return paragraph in self._places

    def from_top(self, paragraph: Any) -> float:
        """The least points between the page break before a paragraph and itself."""
        page, points = self._places[paragraph]
        return points - self._starts[page]

    def is_near(self, paragraph: Any, anchor: Any, reach: float) -> bool:
        """Whether no page break and, so far as is known, no more than ``reach`` points lie between two paragraphs."""
        one, other = self._places.get(paragraph), self._places.get(anchor)
        return one is None or other is None or (one[0] == other[0] and abs(one[1] - other[1]) <= reach)

    def _walk(self, element: Any, points: float) -> float:
        """Places what an element holds; returns the points behind it."""
        name = local(element)
        if name in _BOXES:
            return points
        if self._is_break(element):
            self._starts.append(points)
        if name in ("p", "h"):
            self._places[element] = (len(self._starts) - 1, points)
            ends = [self._walk(child, points) for child in element]
            letters = sum(map(len, element.itertext()))
            return max([points, *ends]) + _LINE * (1 + letters // _LETTERS)
        if name in _ROWS:
            return max((self._walk(cell, points) for cell in element), default=points)
        for child in element:
            points = self._walk(child, points)
        return points
