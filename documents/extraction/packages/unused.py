"""Parts that nothing shows: what programs leave behind, and what somebody put beside the text.

What is not reached from the first page by the relationships that programs follow leaves the archive. Where a program
follows a relationship only because the text names it (a picture, a sheet, a header), one that is named nowhere leads to
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from urllib.parse import unquote

from documents.extraction.packages.package import TYPES, Package, Trace, find, local, rels_name, value

_FOLLOWED = frozenset({
    "officedocument", "styles", "styleswitheffects", "settings", "websettings", "fonttable", "numbering", "theme",
    "themeoverride", "footnotes", "endnotes", "sharedstrings", "sheetmetadata", "slidemaster", "slidelayout",
    "notesmaster", "notesslide", "handoutmaster", "presprops", "tablestyles", "chartstyle", "chartcolorstyle",
    # The text names these by a number that stands in another part.
    "featurepropertybag", "rdarray", "rdrichvaluewebimage", "rdsupportingpropertybag", "rdsupportingpropertybagstructure",
    "richstyles", "diagramdrawing", "rdrichvalue", "rdrichvaluestructure", "rdrichvaluetypes", "richvaluerel",
})  # fmt: skip
"""Relationships whose type alone says what they are for, by its end. All others a text has to name."""


def part_names(package: Package) -> frozenset[str]:
    """The parts of an Office file that a program reaches, and the lists of relationships that lead there."""
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        source = waiting.pop()
        reached.add(rels_name(source))
        for name in _targets(package, source):
            if name and name not in reached:
                reached.add(name)
                waiting.append(name)
    return frozenset(reached | {TYPES})


def _targets(package: Package, source: str) -> Iterator[str]:
    relations = package.relations(source)
    if relations is None:
        return
    said = named(package, source)
    order = named(package, source, "sldId")
    for relation in relations:
        kind = str(relation.get("Type", "")).rpartition("/")[2].lower()
        # A slide may link to one that is out of the order.
        if kind in _FOLLOWED or relation.get("Id") in (order if kind == "slide" else said):
            yield package.target(source, relation)


def named(package: Package, source: str, by: str | None = None) -> frozenset[str]:
    """The relationships that a part names, in elements called ``by`` or in any."""
    if source not in package.xml_names():
        return frozenset()
    root = package.xml(source)
    return frozenset(
        str(text)
        for element in (root.iter() if by is None else find(root, by))
        if isinstance(element.tag, str)
        for key, text in element.attrib.items()
        if "relationships" in key or local(key) in ("relid", "relId")
    )


def unused_traces(package: Package, names: Iterable[str]) -> Iterator[Trace]:
    """One for each of these parts of an Office file that no program reaches."""
    reached = part_names(package)
    for name in names:
        if name not in reached:
            yield Trace("custom_data", "application data", name, partial(package.drop, name))


def unnamed_traces(package: Package, kept: Collection[str], known: tuple[str, ...]) -> Iterator[Trace]:
    """The same for an OpenDocument file, whose texts name pictures, recordings and objects.

    Those called as in ``kept`` stay, those whose names begin with one of ``known`` are looked at elsewhere.
    """
    said = set()
    # Only texts and styles: programs leave empty files among the others.
    for part in [part for part in package.names() if part.endswith(("content.xml", "styles.xml"))]:
        for element in package.xml(part).iter():
            if isinstance(element.tag, str) and (path := value(element, "href")):
                said |= {path.removeprefix("./"), unquote(path.removeprefix("./"))}
    folders = tuple(f"{path}/" for path in said if path and f"{path}/content.xml" in package)
    for name in package.names():
        if name not in said and name not in kept and not name.startswith((*known, *folders)):
            yield Trace("custom_data", "application data", name, partial(package.drop, name))
