"""OpenDocument: styles say how words look: those of the letters, the paragraph, the cell, and those that they build on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from documents.extraction.contrast import PAPER, TINY, Colour, blends_in, mixed, of_hex
from documents.extraction.packages.looks.flow import PAGE, Flow, holder
from documents.extraction.packages.looks.pixels import of_bytes
from documents.extraction.packages.numbers import POINTS, number
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
_HEIGHTS = {"p": "line-height", "h": "line-height", "table-row": "row-height"}
_OUTSIDE = frozenset({"annotation", "tracked-changes", "desc", "title"})
_LENGTH = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(POINTS)}|%)")
_COMPLEX = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_BY_TEXT = ("paragraph", "paragraph-content", "char", "line", "baseline", "text")
_MOST = 20_000
_DEEP = 20


class Looks:
    """How the words of one part (its root) look."""

    def __init__(self, package: Package, root: Any) -> None:
        self._root = root
        self._styles: dict[tuple[str, str], Any] = {}
        self._defaults: dict[str, Any] = {}
        self._package = package
        self._parts = [package.xml("styles.xml"), root] if "styles.xml" in package else [root]
        self._pages: list[Colour] = [PAPER]
        for part in self._parts:
            for style in find(part, "style", "default-style"):
                if local(style) == "default-style":
                    self._defaults[value(style, "family")] = style
                elif part is root or local(style.getparent()) != "automatic-styles":
                    self._styles[value(style, "family"), value(style, "name")] = style
            for page in find(part, "page-layout-properties"):
                shades = [self._shade(image) for image in find(page, "background-image")]
                self._pages += filter(None, [of_hex(value(page, "background-color")), *shades])
        self._cells = dict(self._of_columns())
        self._shapes = list(self._behind())
        self._flow = Flow(root, self._is_break, self._is_end) if self._shapes else None

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
        drawn = size * _share(said, "text-scale") * _share(said, "text-position", 1)
        if min([drawn, *self._room(lineage, size)]) < TINY:
            return "text_tiny"
        ink = next((found for each in said if (found := _ink(each)) is not None), None)
        letters = next((colour for each in said if (colour := of_hex(value(each, "background-color")))), None)
        is_faint = blends_in(of_hex(ink or ""), letters, self._below(lineage), _opacity(said))
        return "text_colour" if is_faint else ""

    def _room(self, lineage: list[Any], size: float) -> Iterator[float]:
        """How high lines, and rows of a table around them, are told to be (points), as far as something is said.

        What hangs in a line or row, and is no letter of it, is drawn beyond it.
        """
        for element in lineage:
            if _is_shape(element) and value(element, "anchor-type") != "as-char":
                return
            key = _HEIGHTS.get(local(element), "")
            said = [part for style in self._chain(element) for part in style if key and value(part, key)]
            if said and value(said[0], "use-optimal-row-height") != "true":
                height = number(value(said[0], key), 1, whole=size)
                yield size if height is None else height

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
                return times * float(found[1]) * POINTS[found[2]]
        return times * 12

    def _below(self, lineage: list[Any]) -> list[Colour]:
        """What may lie under the letters; empty where it can't be told."""
        for element in lineage:
            is_shape = _is_shape(element)
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
        return [*self._pages, *self._near(lineage)]

    def _near(self, lineage: list[Any]) -> Iterator[Colour]:
        """The colours of shapes that may lie behind words."""
        paragraph = next((each for each in reversed(lineage) if local(each) in ("p", "h")), None)
        for colour, anchor, reach in self._shapes:
            if self._flow is None or self._flow.is_near(paragraph, anchor, reach):
                yield colour

    def _behind(self) -> Iterator[tuple[Colour, Any, float]]:
        """Shapes that text doesn't flow around: their colour, paragraph, and how far from it they may reach (points)."""
        first = next(find(self._root, "p", "h"), None)
        for shape in self._root.iter():
            if "xmlns:drawing:" not in str(shape.tag) or not value(shape, "style-name"):
                continue
            said = [part for style in self._chain(shape) for part in style if local(part) == "graphic-properties"]
            if any(value(each, "run-through") == "background" or value(each, "wrap") == "run-through" for each in said):
                is_in_text = any(local(up) in ("p", "h") for up in shape.iterancestors())
                anchor = holder(shape) if is_in_text else None
                if anchor is None and value(shape, "anchor-page-number", "1") == "1":
                    anchor = first
                yield from ((colour, anchor, _reach(shape, said)) for colour in self._colours(shape, said))

    def _colours(self, shape: Any, said: list[Any]) -> Iterator[Colour]:
        """What a shape shows, on paper; nothing that can't be told."""
        for image in find(shape, "image"):
            yield from filter(None, [self._shade(image)])
        kind = next((kind for each in said if (kind := value(each, "fill"))), "")
        names = {value(each, key) for each in said for key in ("fill-gradient-name", "fill-image-name")} - {""}
        found = [next((colour for each in said if (colour := _fill(each))), None)] if kind in ("", "solid") else []
        for each in (each for part in self._parts for each in find(part, "gradient", "fill-image")):
            if value(each, "name") in names and kind in ("gradient", "bitmap"):
                found += [of_hex(value(each, "start-color")), of_hex(value(each, "end-color")), self._shade(each)]
        yield from (mixed(_share(said, "opacity"), colour, PAPER) for colour in found if colour is not None)

    def _shade(self, image: Any) -> Colour | None:
        name = self._package.named(value(image, "href").removeprefix("./"))
        return of_bytes(self._package.read(name)) if name else None

    def _is_break(self, element: Any) -> bool:
        """Whether a new page begins here."""
        return local(element) == "soft-page-break" or any(
            value(style, "master-page-name") or value(part, "break-before") == "page"
            for style in self._of_block(element)
            for part in style
        )

    def _is_end(self, element: Any) -> bool:
        """Whether a new page begins behind an element."""
        return any(value(part, "break-after") == "page" for style in self._of_block(element) for part in style)

    def _of_block(self, element: Any) -> Iterator[Any]:
        return self._chain(element) if local(element) in ("p", "h", "table") else iter(())

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


def _reach(shape: Any, said: list[Any]) -> float:
    """How far from its paragraph a shape may reach: as high as it is where it stands by the text, else a page."""
    place = next((place for each in said if (place := value(each, "vertical-rel"))), "")
    height, offset = (number(value(shape, key), 1) for key in ("height", "y"))
    if height is None or place not in _BY_TEXT:
        return PAGE
    return height + abs(offset or 0.0)


def _own_words(element: Any) -> str:
    """The words that stand in an element itself."""
    if not isinstance(element.tag, str):
        return ""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())


def _is_shape(element: Any) -> bool:
    return "xmlns:drawing:" in str(element.tag) and local(element) != "text-box"


def _ink(properties: Any) -> str | None:
    """The colour of letters; empty for one that the program chooses, None where nothing is said."""
    if value(properties, "use-window-font-color") == "true":
        return ""
    return value(properties, "color") or None


def _opacity(said: list[Any]) -> float:
    """How much of the letters hides what lies behind them: a colour without a share of its own is whole.

    So is one that the program chooses, beside which LibreOffice writes a share of nothing in every file.
    """
    nearest = next((each for each in said if value(each, "opacity") or _ink(each) is not None), None)
    return _share([nearest], "opacity") if nearest is not None and _ink(nearest) != "" else 1.0


def _share(said: list[Any], name: str, at: int = 0) -> float:
    """The share that the nearest says: of the width or height of letters, of their colour."""
    words = next((words for each in said if (words := value(each, name).split())), [])
    word = "".join(words[at : at + 1])
    share = number(word, whole=1) if word.endswith("%") else None
    return 1.0 if share is None else share


def _fill(properties: Any) -> Colour | None:
    """The one colour of a shape."""
    if value(properties, "fill") in ("", "solid"):
        return of_hex(value(properties, "fill-color")) or of_hex(value(properties, "background-color"))
    return None
