"""PowerPoint presentations: hidden slides, speaker's notes, things beside the slide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.packages import ooxml
from documents.extraction.packages.looks import drawings
from documents.extraction.packages.looks.slides import Looks, corners
from documents.extraction.packages.numbers import number
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value
from documents.extraction.packages.unshown import merged

PRESENTATION = "ppt/presentation.xml"
PLACES = {"officedocument": PRESENTATION}


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    for name in _slides(package):
        if _is_hidden(package.xml(name)):
            yield Trace(
                "hidden_slides", "hidden slides", text_of(package.xml(name)), partial(_drop_slide, package, name)
            )
    yield from ooxml.part_traces(package)
    for name in package.names("ppt/notesSlides/"):
        if not name.endswith(".rels"):
            yield Trace("notes", "notes", text_of(package.xml(name)), partial(package.drop, name))
    yield from ooxml.external_traces(package)
    yield from ooxml.media_traces(package)
    yield from _unreadable(package)
    width, height = _size(package)
    for name in package.xml_names("ppt/"):
        if name.endswith(".rels"):
            continue
        root = package.xml(name)
        yield from ooxml.drawing_traces(root)
        yield from ooxml.chart_traces(root)
        for element in find(root, "custDataLst", "modifyVerifier", "revisionPtr"):
            yield Trace("custom_data", "application data", local(element), partial(take_out, element))
        yield from _merged_traces(root)
        if name.startswith("ppt/slides/"):
            yield from _outside(root, width, height)
        elif not name.startswith("ppt/notesSlides/"):
            yield from (Trace(code, "", words) for code, words in drawings.unreadable(root))


def _unreadable(package: Package) -> Iterator[Trace]:
    """Words that are shown and can't be read."""
    for name in _slides(package):
        if not _is_hidden(package.xml(name)):
            yield from (Trace(code, "", words) for code, words in Looks(package, name).unreadable())


def _slides(package: Package) -> list[str]:
    relations = package.relations(PRESENTATION)
    targets = (
        {relation.get("Id"): package.target(PRESENTATION, relation) for relation in relations}
        if relations is not None
        else {}
    )
    names = [
        targets.get(next((text for key, text in entry.attrib.items() if "relationships" in key), ""), "")
        for entry in find(package.xml(PRESENTATION), "sldId")
    ]
    return [name for name in names if name in package]


def _is_hidden(slide: Any) -> bool:
    return value(slide, "show", "1") in ("0", "false")


def _drop_slide(package: Package, name: str) -> None:
    """The slide, its notes, its place in the order, in sections and in shows made of some slides."""
    root = package.xml(PRESENTATION)
    relations = package.relations(PRESENTATION)
    wanted = {relation.get("Id") for relation in relations if package.target(PRESENTATION, relation) == name}
    numbers = set()
    for entry in find(root, "sldId", "sld"):
        if wanted & set(entry.attrib.values()):
            numbers.add(entry.get("id", ""))
            take_out(entry)
    for entry in find(root, "sldId"):  # sections name slides by number
        if entry.get("id") in numbers - {""}:
            take_out(entry)
    own = package.relations(name)
    notes = [package.target(name, relation) for relation in own] if own is not None else []
    for part in notes:
        if part.startswith("ppt/notesSlides/"):
            package.drop(part)
    ooxml.drop_with_references(package, name)


def _merged_traces(root: Any) -> Iterator[Trace]:
    for cell in merged.of_slide(root):
        if text_of(cell):
            yield Trace("hidden_cells", "hidden cells", text_of(cell), partial(_empty, cell))


def _empty(cell: Any) -> None:
    """Paragraphs stay: a cell has one."""
    for each in find(cell, "r", "fld", "br"):
        take_out(each)


def _size(package: Package) -> tuple[float, float]:
    size = next(find(package.xml(PRESENTATION), "sldSz"), None)
    if size is None:
        return 0, 0
    return number(value(size, "cx")) or 0, number(value(size, "cy")) or 0


def _outside(root: Any, width: float, height: float) -> Iterator[Trace]:
    """Shapes with words that lie wholly beside the slide."""
    for shape in find(root, "sp", "graphicFrame", "pic"):
        frame = next(find(shape, "xfrm"), None)
        if frame is None or local(shape.getparent()) == "grpSp":
            continue
        sides = {local(part): part for part in frame}
        if "off" not in sides or "ext" not in sides:
            continue
        found = corners(sides["off"], sides["ext"])
        if found is None:
            continue
        left, top, right, bottom = found
        if (right <= 0 or bottom <= 0 or left >= width or top >= height) and width:
            yield Trace("text_outside", "", text_of(shape) or value(next(find(shape, "cNvPr")), "name"))


def visible(package: Package) -> list[str]:
    """The words of each slide that is shown."""
    pieces = []
    for name in _slides(package):
        root = package.xml(name)
        if _is_hidden(root):
            continue
        known: dict[Any, bool] = dict.fromkeys(merged.of_slide(root), True)
        words = [text.text or "" for text in find(root, "t") if not _in_hidden_shape(text.getparent(), known)]
        pieces.append("".join(words))
    return pieces


def _in_hidden_shape(holder: Any, known: dict[Any, bool]) -> bool:
    """Whether ``holder`` or anything around it is hidden; ``known`` is what was asked before."""
    if holder is None:
        return False
    if holder not in known:
        known[holder] = _is_hidden_shape(holder) or _in_hidden_shape(holder.getparent(), known)
    return known[holder]


def _is_hidden_shape(element: Any) -> bool:
    if local(element) not in ("sp", "graphicFrame", "pic", "grpSp", "cxnSp"):
        return False
    named = next(find(element, "cNvPr"), None)
    return named is not None and value(named, "hidden") in ("1", "true")
