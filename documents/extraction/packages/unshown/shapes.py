"""Names that somebody gave to shapes: no page shows them, and nothing needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.extraction.made import SHAPE
from documents.extraction.packages.package import Package, find, local, without_attributes
from documents.extraction.packages.unshown import opendocument

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
        root = package.xml(name)
        new: dict[str, str] = {}
        for number, (element, key) in enumerate(_named(root), 1):
            said = element.get(key)
            if not SHAPE.fullmatch(said):
                new[said] = f"Shape {number}"
                element.set(key, new[said])
                count += 1
        _follow(root, new)
    return count


def _follow(root: Any, new: dict[str, str]) -> None:
    """OpenDocument: links, and text that runs on from one frame into the next."""
    opendocument.follow(root, new)
    for element, key in without_attributes(root, "chain-next-name"):
        if said := new.get(element.get(key), ""):
            element.set(key, said)
        elif not SHAPE.fullmatch(element.get(key)):
            del element.attrib[key]


def _named(root: Any) -> Iterator[tuple[Any, str]]:
    """Shapes of Office and OpenDocument files, the sections of a presentation, and the key of each name."""
    for element in find(root, "cNvPr", "docPr", "section", "custShow", *_DRAWN):
        is_drawn = local(element) in _DRAWN
        if element.get(key := f"{{{_DRAWING}}}name" if is_drawn else "name") is not None:
            yield element, key
