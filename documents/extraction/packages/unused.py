"""Parts that nothing shows: what programs leave behind, and what somebody put beside the text.

What is not reached from the first page by the relationships that programs follow leaves the archive. Where a program
follows a relationship only because the text names it (a picture, a sheet, a header), one that is named nowhere leads to
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from documents.extraction.packages.package import TYPES, Package, Trace, rels_name, value

_BY_NAME = frozenset(
    (
        *("image", "hdphoto", "media", "video", "audio", "vmldrawing", "drawing", "chart", "chartex"),
        *("oleobject", "package", "control", "header", "footer", "slide", "worksheet", "chartsheet", "dialogsheet"),
    )
)
"""Relationships that a text has to name, by the end of their type; of all others the type says what they are for."""


def part_names(package: Package) -> frozenset[str]:
    """The parts of an Office file that a program reaches, and the lists of relationships that lead there."""
    names = {name.lower(): name for name in package.names()}  # names of parts are told apart without their case
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        source = waiting.pop()
        reached.add(rels_name(source))
        for target in _targets(package, source):
            name = names.get(target.lower()) or names.get(unquote(target).lower())
            if name is not None and name not in reached:
                reached.add(name)
                waiting.append(name)
    return frozenset(reached | {TYPES})


def _targets(package: Package, source: str) -> Iterator[str]:
    relations = package.relations(source)
    if relations is None:
        return
    asks = any(_kind(relation) in _BY_NAME for relation in relations)
    said = _values(package, source) if asks else frozenset()
    for relation in relations:
        if _kind(relation) not in _BY_NAME or relation.get("Id") in said:
            yield package.target(source, relation)


def _kind(relation: Any) -> str:
    return str(relation.get("Type", "")).rpartition("/")[2].lower()


def _values(package: Package, source: str) -> frozenset[str]:
    """Everything that stands in an attribute of a part."""
    if source not in package.xml_names():
        return frozenset()
    return frozenset(
        str(text)
        for element in package.xml(source).iter()
        if isinstance(element.tag, str)
        for text in element.attrib.values()
    )


def unused_traces(package: Package) -> Iterator[Trace]:
    """One for each part of an Office file that no program reaches."""
    reached = part_names(package)
    for name in package.names():
        if name not in reached:
            yield Trace("custom_data", "application data", name, partial(package.drop, name))


def unused_picture_traces(package: Package) -> Iterator[Trace]:
    """The same for the pictures and recordings of an OpenDocument file, which its texts name."""
    folders = ("Pictures/", "Media/", "ObjectReplacements/")
    held = [name for name in package.names() if name.startswith(folders)]
    if not held:
        return
    said = set()
    # Only texts and styles: programs leave empty files among the others.
    for part in [part for part in package.names() if part.endswith(("content.xml", "styles.xml"))]:
        for element in package.xml(part).iter():
            if isinstance(element.tag, str) and (path := value(element, "href")):
                said |= {path.removeprefix("./"), unquote(path.removeprefix("./"))}
    for name in held:
        if name not in said:
            yield Trace("custom_data", "application data", name, partial(package.drop, name))
