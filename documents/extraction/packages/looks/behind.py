"""Word: pictures and shapes that may lie behind the text of a page, and in which colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import PIL.ImageColor

from documents.extraction.contrast import PAPER, Colour, mixed
from documents.extraction.packages.looks import themes
from documents.extraction.packages.looks.flow import PAGE, Flow, holder
from documents.extraction.packages.looks.pixels import shade
from documents.extraction.packages.numbers import EMU, number
from documents.extraction.packages.package import Package, find, local, value

_HIGH = 142.0
"""Points (5 cm): logos are lower, what covers a page is higher."""
_COVER = 0.6 * PAGE
_HEIGHT = re.compile(r"(?:^|;)height:([^;]+)")
_BY_TEXT = ("paragraph", "line")
_ON_THE_PAGE = ("continuous", "nextColumn")


class Ground(NamedTuple):
    """A colour that may lie behind words, of a shape of this height (points) that hangs in the text at ``anchor``.

    ``reach``: points of the text from there on, or around it where the shape hangs on the page, that it may lie behind.
    """

    colour: Colour
    anchor: Any
    height: float
    reach: float

    def is_behind(self, paragraph: Any, flow: Flow, *, is_same: bool) -> bool:
        """Whether it may lie behind a paragraph; ``is_same``: both are in one part. Headers are on each page."""
        if is_same:
            return flow.is_near(paragraph, self.anchor, self.reach)
        if self.height < _HIGH:
            return False
        return self.height >= _COVER or paragraph not in flow or flow.from_top(paragraph) <= self.height


def is_break(element: Any) -> bool:
    """Whether a new page begins here."""
    name = local(element)
    return name == "lastRenderedPageBreak" or (name == "br" and value(element, "type") == "page")


def section_ends(root: Any) -> frozenset[Any]:
    """Paragraphs behind which a section begins on a page of its own; it says so at its own end."""
    sections = [each for each in find(root, "sectPr") if local(each.getparent()) != "sectPrChange"]
    return frozenset(
        next((up for up in one.iterancestors() if local(up) == "p"), None)
        for one, following in pairwise(sections)
        if not any(local(each) == "type" and value(each, "val") in _ON_THE_PAGE for each in following)
    )


def grounds(package: Package, part: str, colours: themes.Scheme) -> Iterator[Ground]:
    """Of one part: what text doesn't flow around. What has no colour that can be told covers nothing here."""
    root = package.xml(part)
    for anchor in find(root, "anchor"):
        if value(anchor, "behindDoc") in ("1", "true", "on") or any(local(each) == "wrapNone" for each in anchor):
            height, reach = _room(anchor)
            yield from (Ground(each, holder(anchor), height, reach) for each in _drawn(package, part, anchor, colours))
    for shape in find(root, "rect", "roundrect", "oval", "shape"):
        style = value(shape, "style").replace(" ", "")
        if "position:absolute" in style and all(value(each, "type") in ("", "none") for each in find(shape, "wrap")):
            size = _HEIGHT.search(style)
            tall = number(size[1], 1) if size else None
            for colour in _of_vml(package, part, shape):
                yield Ground(colour, holder(shape), PAGE if tall is None else tall, PAGE)


def _room(anchor: Any) -> tuple[float, float]:
    """Height and reach of a shape."""
    extent = next((each for each in anchor if local(each) == "extent"), None)
    said = number(value(extent, "cy")) if extent is not None else None
    height = PAGE if said is None else said / EMU
    place = next((each for each in anchor if local(each) == "positionV"), None)
    offset = next(find(place, "posOffset"), None) if place is not None else None
    if place is None or offset is None or value(place, "relativeFrom") not in _BY_TEXT:
        return height, PAGE
    return height, height + abs(number(offset.text or "") or 0.0) / EMU


def _drawn(package: Package, part: str, anchor: Any, colours: themes.Scheme) -> Iterator[Colour]:
    for picture in find(anchor, "blip"):
        if colour := shade(package, part, value(picture, "embed")):
            yield colour
    for properties in find(anchor, "spPr"):
        paints = themes.paints(properties, colours)
        if paints is None:
            paints = [
                themes.painted(each, colours)
                for each in find(properties.getparent(), "fillRef")
                if value(each, "idx") != "0"
            ]
        yield from (mixed(each.opacity, each.colour, PAPER) for each in paints if each.colour is not None)


def _of_vml(package: Package, part: str, shape: Any) -> Iterator[Colour]:
    """Nothing where only letters are drawn; white is what nobody has chosen."""
    for picture in find(shape, "imagedata"):
        if colour := shade(package, part, value(picture, "id")):
            yield colour
    if next(find(shape, "textpath", "imagedata"), None) is None and value(shape, "filled") not in ("f", "false"):
        said = [
            value(shape, "fillcolor"),
            *(value(each, key) for each in find(shape, "fill") for key in ("color", "color2")),
        ]
        for each in filter(None, said):
            try:
                yield PIL.ImageColor.getrgb(each.split(" ")[0])[:3]
            except ValueError:
                continue
