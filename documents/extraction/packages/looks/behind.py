"""Word: pictures and shapes that may lie behind the text of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from documents.extraction.contrast import Colour, of_hex
from documents.extraction.packages.looks import themes
from documents.extraction.packages.numbers import EMU, number
from documents.extraction.packages.package import find, local, value

Ground = tuple[Colour | None, bool]
"""A colour, None where it can't be told; whether it is so high that one in a header may reach the text."""

_PICTURES = ("pic", "chart", "relIds", "contentPart")
_HIGH = 142.0
"""Points (5 cm): logos are lower, what covers a page is higher."""
_HEIGHT = re.compile(r"(?:^|;)height:([^;]+)")


def grounds(root: Any, colours: themes.Scheme) -> Iterator[Ground]:
    """Of one part: what text doesn't flow around."""
    for anchor in find(root, "anchor"):
        if value(anchor, "behindDoc") in ("1", "true", "on") or any(local(each) == "wrapNone" for each in anchor):
            extent = next((each for each in anchor if local(each) == "extent"), None)
            height = number(value(extent, "cy")) if extent is not None else None
            is_high = height is None or height > _HIGH * EMU
            yield from ((colour, is_high) for colour in _drawn(anchor, colours))
    for shape in find(root, "rect", "roundrect", "oval", "shape"):
        style = value(shape, "style").replace(" ", "")
        if "position:absolute" in style and all(value(each, "type") in ("", "none") for each in find(shape, "wrap")):
            said = _HEIGHT.search(style)
            height = number(said[1], 1) if said else None
            yield from ((colour, height is None or height > _HIGH) for colour in _of_vml(shape))


def _drawn(anchor: Any, colours: themes.Scheme) -> Iterator[Colour | None]:
    if next(find(anchor, *_PICTURES), None) is not None:
        yield None
    for properties in find(anchor, "spPr"):
        kind, colour = themes.fill(properties, colours)
        by_style = any(value(each, "idx") != "0" for each in find(properties.getparent(), "fillRef"))
        if kind not in ("", "noFill") or (not kind and by_style):
            yield colour


def _of_vml(shape: Any) -> Iterator[Colour | None]:
    """Nothing where only letters are drawn; white is what nobody has chosen."""
    if next(find(shape, "imagedata"), None) is not None:
        yield None
    elif next(find(shape, "textpath"), None) is None and value(shape, "filled") not in ("f", "false"):
        said = value(shape, "fillcolor")
        if said or next(find(shape, "fill"), None) is not None:
            yield of_hex(said.split(" ")[0])
