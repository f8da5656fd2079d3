"""OpenDocument: styles say how words look: those of the letters, the paragraph, the cell, and those that they build on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from documents.extraction.contrast import PAPER, TINY, Colour, blends_in, of_hex
from documents.extraction.packages.package import Package, find, local, value

_FAMILIES = {
    "span": "text", "a": "text", "p": "paragraph", "h": "paragraph", "table-cell": "table-cell",
    "covered-table-cell": "table-cell", "table-row": "table-row", "table": "table", "section": "section",
}  # fmt: skip
_GROUNDS = (
    "paragraph-properties",
    "table-cell-properties",
    "table-row-properties",
    "table-properties",
    "section-properties",
)
_OUTSIDE = frozenset({"annotation", "tracked-changes", "desc", "title"})
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "pc": 12.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(pt|in|cm|mm|px|pc|%)")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
_COMPLEX = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_MOST = 20_000
_DEEP = 20


class Looks:
    """How the words of one part (its root) look."""

    def __init__(self, package: Package, root: Any) -> None:
        self._root = root
        self._styles: dict[tuple[str, str], Any] = {}
        self._defaults: dict[str, Any] = {}
        pages: list[Colour | None] = [PAPER]
        for part in (package.xml("styles.xml") if "styles.xml" in package else None, root):
            for style in find(part, "style", "default-style") if part is not None else ():
                if local(style) == "default-style":
                    self._defaults[value(style, "family")] = style
                elif part is root or local(style.getparent()) != "automatic-styles":
                    self._styles[value(style, "family"), value(style, "name")] = style
            for page in find(part, "page-layout-properties") if part is not None else ():
                if any(value(image, "href") for image in find(page, "background-image")):
                    pages.append(None)
                if colour := of_hex(value(page, "background-color")):
                    pages.append(colour)
        self._cells = dict(self._of_columns())
        pages += self._behind()
        self._pages = [page for page in pages if page is not None] if None not in pages else []

    def unreadable(self) -> Iterator[tuple[str, str]]:
        """Code and words of what nobody can read."""
        for element in self._root.iter():
            words = _own_words(element)
            if not words:
                continue
            lineage = [element, *element.iterancestors()]
            names = [local(each) for each in lineage]
            if not _OUTSIDE.isdisjoint(names) or not {"p", "h"} & set(names):
                continue
            if code := self._code(lineage, words):
                yield code, words

    def _code(self, lineage: list[Any], words: str) -> str:
        said = self._said(lineage)
        size = self._size(said, is_complex=bool(_COMPLEX.search(words)))
        if size * _share(said, "text-scale") * _share(said, "text-position", 1) < TINY:
            return "text_tiny"
        ink = next((found for each in said if (found := _ink(each)) is not None), None)
        letters = next((colour for each in said if (colour := of_hex(value(each, "background-color")))), None)
        is_faint = blends_in(of_hex(ink or ""), letters, self._below(lineage), _opacity(said))
        return "text_colour" if is_faint else ""

    def _said(self, lineage: list[Any]) -> list[Any]:
        """What is said of letters, the nearest first."""
        styles = [style for each in lineage for style in self._chain(each) if local(each) in _FAMILIES]
        defaults = [self._defaults[family] for family in ("paragraph", "table-cell") if family in self._defaults]
        return [part for style in (*styles, *defaults) for part in style if local(part) == "text-properties"]

    def _chain(self, element: Any) -> Iterator[Any]:
        """The style of an element and those that it builds on."""
        family = _FAMILIES.get(local(element), "graphic")
        name = value(element, "style-name") or self._cells.get(element, "")
        for _ in range(_DEEP):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = value(style, "parent-style-name")

    @staticmethod
    def _size(said: list[Any], *, is_complex: bool) -> float:
        """Points of type; shares are of what is said further out."""
        times = 1.0
        for each in said:
            found = _LENGTH.fullmatch(value(each, "font-size-complex" if is_complex else "font-size"))
            if found and found[2] == "%":
                times *= float(found[1]) / 100
            elif found:
                return times * float(found[1]) * _POINTS[found[2]]
        return times * 12

    def _below(self, lineage: list[Any]) -> list[Colour]:
        """What may lie under the letters; empty where it can't be told."""
        for element in lineage:
            name = local(element)
            is_shape = "xmlns:drawing:" in str(element.tag) and name != "text-box"
            kinds = ("graphic-properties",) if is_shape else _GROUNDS
            for style in self._chain(element):
                if next(find(style, "map"), None) is not None:
                    return []  # conditions choose between styles
                for part in style:
                    if local(part) in kinds:
                        if any(value(image, "href") for image in find(part, "background-image")):
                            return []
                        colour = _fill(part) if is_shape else of_hex(value(part, "background-color"))
                        if colour is not None:
                            return [colour]
            if is_shape:
                return []
        return self._pages

    def _behind(self) -> Iterator[Colour | None]:
        """Colours of shapes that text doesn't flow around; None where one can't be told."""
        for shape in self._root.iter():
            if "xmlns:drawing:" not in str(shape.tag) or not value(shape, "style-name"):
                continue
            said = [part for style in self._chain(shape) for part in style if local(part) == "graphic-properties"]
            if any(value(each, "run-through") == "background" or value(each, "wrap") == "run-through" for each in said):
                kind = next((kind for each in said if (kind := value(each, "fill"))), "")
                is_picture = next(find(shape, "image", "object"), None) is not None
                if is_picture or kind != "none":
                    yield None if is_picture else next((found for each in said if (found := _fill(each))), None)

    def _of_columns(self) -> Iterator[tuple[Any, str]]:
        """Cells without a style of their own, and the one of their row or column."""
        for table in find(self._root, "table"):
            columns: list[str] = []
            for column in find(table, "table-column"):
                times = min(int(value(column, "number-columns-repeated", "1")), _MOST)
                columns = [*columns, *[value(column, "default-cell-style-name")] * times][:_MOST]
            for row in find(table, "table-row"):
                at, own = 0, value(row, "default-cell-style-name")
                for cell in row:
                    name = own or (columns[at] if at < len(columns) else "")
                    if name and len(cell) and not value(cell, "style-name"):
                        yield cell, name
                    at += min(int(value(cell, "number-columns-repeated", "1")), _MOST)


def _own_words(element: Any) -> str:
    """The words that stand in an element itself."""
    if not isinstance(element.tag, str):
        return ""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())


def _ink(properties: Any) -> str | None:
    """The colour of letters; empty for one that the program chooses, None where nothing is said."""
    if value(properties, "use-window-font-color") == "true":
        return ""
    return value(properties, "color") or None


def _opacity(said: list[Any]) -> float:
    """How much of the letters hides what lies behind them: a colour without a share of its own is whole."""
    nearest = next((each for each in said if value(each, "opacity") or _ink(each) is not None), None)
    return _share([nearest], "opacity") if nearest is not None else 1.0


def _share(said: list[Any], name: str, at: int = 0) -> float:
    """The share that the nearest says: of the width or height of letters, of their colour."""
    words = next((words for each in said if (words := value(each, name).split())), [])
    found = _SHARE.fullmatch("".join(words[at : at + 1]))
    return float(found[1]) / 100 if found else 1.0


def _fill(properties: Any) -> Colour | None:
    """The one colour of a shape."""
    if value(properties, "fill") in ("", "solid"):
        return of_hex(value(properties, "fill-color")) or of_hex(value(properties, "background-color"))
    return None
