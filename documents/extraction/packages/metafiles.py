"""Drawings inside the archives (EMF, WMF and the like): nothing here looks into them, so that none stays.

A picture with nothing in it takes the place of each, under its name: layout, references and relationships stay as they
are, and the declared type follows. It is a pale field that lets through what lies behind: a drawing that is missing is
noticed, and words below it stay legible. OpenDocument often has the same as a picture beside a drawing: that stays.
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.extraction.inspection.metafiles import is_metafile
from documents.extraction.packages.package import (
    MANIFEST,
    TYPES,
    Package,
    Trace,
    find,
    local,
    take_out,
    value,
)
from documents.extraction.packages.pictures import is_picture, plain, why

BLANK = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6368686870000004c501c1fa2ec021"
    "0000000049454e44ae426082"
)
"""A PNG of one pixel: a grey that covers a quarter. As bytes, for packers differ and a copy must not."""
TYPE = "image/png"
_PICTURES = ("Pictures/", "ObjectReplacements/")
_SHOWING = ("image", "fill-image", "background-image", "list-level-style-image")


def metafile_traces(package: Package, names: Iterable[str], shown: Collection[str] = ()) -> Iterator[Trace]:
    """One for each of these parts that is a drawing. Of those ``shown`` as pictures, whatever is none counts as one."""
    found = [name for name in names if _is_drawing(package.read(name), name, is_shown=name in shown)]
    crops = _crops(package) if found else {}
    for name in found:
        yield Trace("drawings", "drawings", name, partial(_blank_cropped, package, name, crops.get(name, [])))


def framed_traces(package: Package, roots: Sequence[Any], names: Iterable[str]) -> Iterator[Trace]:
    """The same for OpenDocument, whose ``roots`` show them: in the text itself too, and with a picture beside."""
    shown = _shown(package, roots)
    pictures = {name for name, places in shown.items() if any(local(place) in _SHOWING for place in places)}
    for name in names:
        is_shown = name in pictures or name.startswith(_PICTURES)
        if not _is_drawing(package.read(name), name, is_shown=is_shown):
            continue
        places = shown.get(name, [])
        is_second = bool(places) and all(_has_picture_beside(package, element) for element in places)
        code, kind = ("custom_data", "application data") if is_second else ("drawings", "drawings")
        yield Trace(code, kind, name, partial(_take_away, package, name, places))
    for root in roots:
        for data in find(root, "binary-data"):
            yield from _inside_traces(data)


def _is_drawing(content: bytes, name: str, *, is_shown: bool) -> bool:
    """What nothing here looks into, pictures without an end among it."""
    if is_metafile(content, name):
        return True
    if is_picture(content):
        return plain(content) is None
    return is_shown


def _blank(package: Package, name: str) -> None:
    if name not in package:
        return
    package.write(name, BLANK)
    if TYPES in package:
        _declare(package.xml(TYPES), f"/{name}")
    for entry in find(package.xml(MANIFEST), "file-entry") if MANIFEST in package else ():
        if value(entry, "full-path") == name:
            _say(entry, "media-type")
    for book in [part for part in package.names() if part.endswith(".opf")]:
        for item in find(package.xml(book), "item"):
            if posixpath.normpath(posixpath.join(posixpath.dirname(book), unquote(value(item, "href")))) == name:
                _say(item, "media-type")


def _declare(types: Any, part: str) -> None:
    """An entry of its own: the one for its ending speaks of the drawing that it was."""
    for override in find(types, "Override"):
        if value(override, "PartName").lower() == part.lower():
            take_out(override)
    tag = etree.QName(etree.QName(types).namespace, "Override")
    etree.SubElement(types, tag, {"PartName": part, "ContentType": TYPE})


def _say(element: Any, key: str) -> None:
    """The type of what is there now, where one is said."""
    for full in [full for full in element.attrib if local(full) == key]:
        element.set(full, TYPE)


def _crops(package: Package) -> dict[str, list[Any]]:
    """What is cut off where Office shows a part."""
    crops: dict[str, list[Any]] = {}
    named: dict[str, dict[str, str]] = {}
    for source, relation, target in package.relationships():
        named.setdefault(source, {})[str(relation.get("Id", ""))] = target
    for source, targets in named.items():
        if source in package and source.endswith(".xml"):
            for crop in find(package.xml(source), "srcRect"):
                for blip in find(crop.getparent(), "blip") if crop.getparent() is not None else ():
                    crops.setdefault(targets.get(value(blip, "embed"), ""), []).append(crop)
    return crops


def _blank_cropped(package: Package, name: str, crops: list[Any]) -> None:
    """What was cut off is gone with the drawing: there is nothing left to warn of."""
    _blank(package, name)
    for crop in crops:
        take_out(crop)


def _shown(package: Package, roots: Sequence[Any]) -> dict[str, list[Any]]:
    """The elements that show a part."""
    shown: dict[str, list[Any]] = {}
    for root in roots:
        for element in root.iter():
            if target := _target(package, element):
                shown.setdefault(target, []).append(element)
    return shown


def _target(package: Package, element: Any) -> str:
    """The part that an element shows; "" for none."""
    path = value(element, "href").removeprefix("./") if isinstance(element.tag, str) else ""
    return next((name for name in (path, unquote(path)) if name in package), "")


def _has_picture_beside(package: Package, element: Any) -> bool:
    frame = element.getparent()
    if local(element) != "image" or frame is None:
        return False
    others = [_target(package, other) for other in frame if local(other) == "image" and other is not element]
    return any(path and not is_metafile(package.read(path), path) for path in others)


def _take_away(package: Package, name: str, places: list[Any]) -> None:
    """Where a picture lies beside it the drawing goes, for a program may choose it; what is shown elsewhere is a blank."""
    doubled = [element for element in places if _has_picture_beside(package, element)]
    for element in doubled:
        take_out(element)
    if places and len(doubled) == len(places):
        package.drop(name)
        return
    for element in places:
        _say(element, "mime-type")
    _blank(package, name)


def _inside_traces(data: Any) -> Iterator[Trace]:
    """A picture in the text itself stays without what it says of itself; all else is a drawing."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", "".join(data.itertext()))  # as forgiving as the programs that show it
    text = text[: len(text) - (len(text) % 4 == 1)]
    content = base64.b64decode(text + "=" * (-len(text) % 4))
    shown = plain(content)
    if shown is None:
        if text and (content != BLANK or len(data)):
            yield Trace("drawings", "drawings", "", partial(_replace_inside, data, BLANK))
    elif shown != content or len(data):
        yield Trace(*why(content), "", partial(_replace_inside, data, shown))


def _replace_inside(data: Any, content: bytes) -> None:
    del data[:]  # markup between the letters, with what follows it
    data.text = base64.b64encode(content).decode("ascii")
    if content == BLANK:
        _say(data.getparent(), "mime-type")
