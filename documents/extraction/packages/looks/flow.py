"""Where words may stand on their pages, as far as markup tells without drawing it: which shapes may lie behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from documents.extraction.packages.package import local

PAGE = 842.0
"""Points of a page of A4."""
_LINE, _LETTERS = 9.0, 130
"""Height of the lowest line and letters of the longest: whatever is set takes at least as much room."""
_BLOCKS = frozenset({"p", "h"})
_ROWS = frozenset({"tr", "table-row"})
_BOXES = frozenset(
    {"drawing", "pict", "object", "frame", "custom-shape", "rect", "g", "annotation", "note", "tracked-changes"}
)


def holder(element: Any) -> Any:
    """What of a shape has a place in a text: the outermost box around it, else its paragraph; None for neither."""
    lineage = [*reversed([element, *element.iterancestors()])]
    for names in (_BOXES, _BLOCKS):
        if found := [each for each in lineage if local(each) in names]:
            return found[0]
    return None


class Place(NamedTuple):
    """How many page breaks come before a paragraph or box begins and ends, and the least points from the beginning of the text."""

    first: int
    last: int
    points: float


class Flow:
    """The paragraphs and boxes of a text, and where each may stand. What is in boxes stands nowhere.

    ``is_break``: whether a page begins at an element; ``is_end``: whether one begins behind it.
    """

    def __init__(self, root: Any, is_break: Callable[[Any], bool], is_end: Callable[[Any], bool]) -> None:
        self._is_break, self._is_end = is_break, is_end
        self._places: dict[Any, Place] = {}
        self._starts: list[float] = [0.0]
        self._first, self._has_begun = 0, False
        self._walk(root, 0.0)

    def __contains__(self, paragraph: Any) -> bool:
        return paragraph in self._places

    def from_top(self, paragraph: Any) -> float:
        """The least points between the page break before a paragraph and itself."""
        place = self._places[paragraph]
        return place.points - self._starts[place.first]

    def is_near(self, paragraph: Any, anchor: Any, reach: float) -> bool:
        """Whether no page break and, so far as is known, no more than ``reach`` points lie between two paragraphs."""
        one, other = self._places.get(paragraph), self._places.get(anchor)
        if one is None or other is None:
            return True
        shares_page = one.first <= other.last and other.first <= one.last
        return shares_page and abs(one.points - other.points) <= reach

    def _walk(self, element: Any, points: float) -> float:
        """Places what an element holds; returns the points behind it."""
        if local(element) in _BOXES:
            self._has_begun = True
            page = len(self._starts) - 1
            self._places[element] = Place(page, page, points)
            return points
        if self._is_break(element):
            self._starts.append(points)
            if not self._has_begun:  # programs write the break into the paragraph that it moves to the next page
                self._first = len(self._starts) - 1
        points = self._inside(element, points)
        if self._is_end(element):
            self._starts.append(points)
        return points

    def _inside(self, element: Any, points: float) -> float:
        name = local(element)
        if name in _BLOCKS:
            self._first, self._has_begun = len(self._starts) - 1, False
            ends = list(self._each(element, points))
            self._places[element] = Place(self._first, len(self._starts) - 1, points)
            letters = sum(map(len, element.itertext()))
            return max([points, *ends]) + _LINE * (1 + letters // _LETTERS)
        if name in _ROWS:
            return max(self._each(element, points), default=points)
        for child in self._children(element):
            points = self._walk(child, points)
        return points

    def _each(self, element: Any, points: float) -> Iterator[float]:
        """The points behind each child, which all begin at one height."""
        return (self._walk(child, points) for child in self._children(element))

    def _children(self, element: Any) -> Iterator[Any]:
        """Each child, once it is known whether words come before it."""
        self._see(element.text)
        for child in element:
            yield child
            self._see(child.tail)

    def _see(self, words: str | None) -> None:
        self._has_begun = self._has_begun or bool((words or "").strip())
