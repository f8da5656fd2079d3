"""Names that somebody gave to shapes: no page shows them, and nothing needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.extraction.made import SHAPE
from documents.extraction.packages.package import Package, find, local

_DRAWN = frozenset({
    "frame", "custom-shape", "rect", "line", "path", "polygon", "polyline", "ellipse", "circle", "g", "connector", "control",
    "regular-polygon", "caption", "measure",
})  # fmt: skip
_WITH_SHAPES = ("word/", "ppt/", "xl/drawings/", "content.xml", "styles.xml")
_DRAWING = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"


def plain_names(package: Package) -> int:
    """Gives shapes names that say nothing; returns how many had one of their own."""
    count = 0
    for name in [name for name in package.xml_names() if name.startswith(_WITH_SHAPES) and not name.endswith(".rels")]:
        for number, (element, key) in enumerate(_named(package.xml(name)), 1):
            if not SHAPE.fullmatch(element.get(key)):
                element.set(key, f"Shape {number}")
                count += 1
    return count


def _named(root: Any) -> Iterator[tuple[Any, str]]:
    """Shapes of Office and OpenDocument files, the sections of a presentation, and the key of each name."""
    for element in find(root, "cNvPr", "docPr", "section", "custShow", *_DRAWN):
        is_drawn = local(element) in _DRAWN
        if element.get(key := f"{{{_DRAWING}}}name" if is_drawn else "name") is not None:
            yield element, key
