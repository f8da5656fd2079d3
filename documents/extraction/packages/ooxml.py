"""What Word, Excel and PowerPoint files have in common: properties, comments, parts of other programs, references."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from documents.extraction.errors import BrokenFileError
from documents.extraction.packages.metafiles import metafile_traces
from documents.extraction.packages.package import (
    Package,
    Trace,
    drop_attributes,
    find,
    local,
    source_of,
    take_out,
    text_of,
    value,
    without_attributes,
)
from documents.extraction.packages.pictures import picture_traces
from documents.extraction.packages.recordings import RECORDED, recording_traces
from documents.extraction.packages.unused import named, unused_traces

_PARTS: list[tuple[str, str, str]] = [
    (r"docProps/thumbnail\.", "thumbnails", "thumbnails"),
    (r"docProps/", "metadata", "metadata"),
    (r"customXml/", "custom_data", "application data"),
    (r"_xmlsignatures/", "metadata", "signatures"),
    (
        r"(word|xl|ppt)/(comments|threadedComments|people|persons|commentAuthors|authors)\d*\b.*\.xml$",
        "comments",
        "comments",
    ),
    (r"word/(commentsExtended|commentsIds|commentsExtensible)\.xml$", "comments", "comments"),
    (r"(word|xl|ppt)/(embeddings|activeX|ctrlProps)/", "embedded", "embedded files"),
    (r"(word|xl|ppt)/printerSettings/", "metadata", "printer settings"),
    (
        r"(word/glossary|ppt/tags|ppt/changesInfos|xl/customProperty|xl/webextensions|customUI)",
        "custom_data",
        "application data",
    ),
    (r"ppt/(revisionInfo|viewProps)\.xml$", "metadata", "metadata"),
    (
        r"xl/(pivotTables|pivotCache|externalLinks|queryTables|slicers|slicerCaches|model)/",
        "embedded",
        "embedded files",
    ),
    (r"xl/(connections|calcChain)\.xml$", "custom_data", "application data"),
    (r"xl/(revisions|users)/|xl/(revisionHeaders|userNames)", "changes", "tracked changes"),
]
_COMPILED = [(re.compile(pattern), code, kind) for pattern, code, kind in _PARTS]
_TEMPLATE_WORDS = re.compile(r"^\s*(INCLUDEPICTURE|INCLUDETEXT|LINK|DDE|DDEAUTO|IMPORT|DATABASE)\b", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z]:\\|\\\\|/Users/|/home/|file:")
_FILE = re.compile(r"^\S+\.\w{3,4}$|^.*\.(png|jpe?g|gif|tiff?|bmp|webp|svg|heic)$", re.IGNORECASE)
_NAMES = ("cNvPr", "docPr")
_OF_NAMES = "nv"
"""So begins what holds the name of a shape, where not the shape itself does."""
_VML = "{urn:schemas-microsoft-com:vml}"
_PLACES = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_FRAMES = ("sp", "pic", "graphicFrame", "grpSp", "cxnSp", "wsp", "inline", "anchor")
MEDIA = ("word/media/", "xl/media/", "ppt/media/")
_LEFT_OUT = (
    *(f"filtered{kind}Series" for kind in ("Area", "Bar", "Bubble", "Line", "Pie", "Radar", "Scatter", "Surface")),
    *("filteredSeriesTitle", "filteredCategoryTitle", "categoryFilterExceptions"),
)
"""Series, titles and points that somebody chose not to show in a chart."""
_BOOK = re.compile(r"\[[^\[\]]*\]")
"""The name of another workbook in the address of a chart's data."""
REFERENCES = ("id", "embed", "link", "pict", "dm", "lo", "qs", "cs")


def part_traces(package: Package) -> Iterator[Trace]:
    """Whole parts that no reader sees; with what refers to them."""
    for name in package.names():
        for pattern, code, kind in _COMPILED:
            if pattern.match(name) and not name.endswith(".rels"):
                yield Trace(code, kind, name, partial(drop_with_references, package, name))
                break


def drop_with_references(package: Package, name: str) -> None:
    """Drops a part, and the elements that would look for it."""
    for rels in [part for part in package.names() if part.endswith(".rels")]:
        source = source_of(rels)
        for relation in list(package.xml(rels)):
            if package.target(source, relation) == name and source in package:
                _drop_reference(package.xml(source), str(relation.get("Id", "")))
    package.drop(name)


def _drop_reference(root: Any, relation_id: str) -> None:
    """Elements that only name the part go; where others hold the name, the name goes."""
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        for key in [key for key in element.attrib if "relationships" in key and element.get(key) == relation_id]:
            if local(element) in ("hlinkClick", "hlinkHover", "hyperlink", "blip", "imagedata", "pageSetup", "cNvPr"):
                del element.attrib[key]
            else:
                take_out(element)
                break


def external_traces(package: Package) -> Iterator[Trace]:
    """Relationships that lead out of the package and are followed without a click, or are links of words that are gone."""
    for rels in [part for part in package.names() if part.endswith(".rels")]:
        links = named(package, source_of(rels))
        for relation in list(package.xml(rels)):
            is_link = str(relation.get("Type", "")).endswith("/hyperlink")
            if relation.get("TargetMode") != "External" or (is_link and relation.get("Id") in links):
                continue
            if is_link:
                words = str(relation.get("Target", ""))
                yield Trace("hidden_text", "hidden text", words, partial(take_out, relation))
                continue
            yield Trace(
                "remote",
                "external references",
                str(relation.get("Target", "")),
                partial(_cut_off, package, rels, relation),
            )


def _cut_off(package: Package, rels: str, relation: Any) -> None:
    source, relation_id = source_of(rels), str(relation.get("Id", ""))
    if source in package:
        root = package.xml(source)
        for element in [element for element in root.iter() if isinstance(element.tag, str)]:
            for key in [key for key in element.attrib if "relationships" in key and element.get(key) == relation_id]:
                _cut_element(element, key)
    relation.getparent().remove(relation)


def _cut_element(element: Any, key: str) -> None:
    """A picture that lies elsewhere goes with its frame; one that is here too loses its link only."""
    del element.attrib[key]
    name = local(element)
    if name in ("blip", "imagedata") and not any("relationships" in other for other in element.attrib):
        frame = next(
            (
                up
                for up in element.iterancestors()
                if local(up) in ("drawing", "pict", "pic", "oneCellAnchor", "twoCellAnchor", "object")
            ),
            element,
        )
        take_out(frame)
    elif name not in ("blip", "imagedata"):
        take_out(element)


def links(package: Package) -> Iterator[str]:
    """Addresses behind the words."""
    for rels in [part for part in package.names() if part.endswith(".rels")]:
        for relation in package.xml(rels):
            if relation.get("TargetMode") == "External":
                target = str(relation.get("Target", ""))
                yield (
                    target
                    if "://" in target or target.startswith(("mailto:", "#")) or "\\" not in target
                    else f"file://{target}"
                )


def media_traces(package: Package) -> Iterator[Trace]:
    """Pictures, drawings and recordings, and parts that nothing shows. Those that go anyway are left out."""
    copies = _second_copies(package)
    names = [name for name in package.names() if name not in copies and not _goes_anyway(name)]
    yield from picture_traces(package, names)
    yield from metafile_traces(package, names, _shown(package))
    yield from recording_traces(package, names)
    yield from unused_traces(package, names)


def _goes_anyway(name: str) -> bool:
    return any(pattern.match(name) for pattern, _, _ in _COMPILED)


def _shown(package: Package) -> frozenset[str]:
    """Whatever a program takes for a picture, and what else lies where pictures do; no recordings."""
    kinds: dict[str, set[str]] = {}
    for _source, relation, target in package.relationships():
        kinds.setdefault(target, set()).add(str(relation.get("Type", "")).rpartition("/")[2].lower())
    lying = {name for name in package.names() if name.lower().startswith(MEDIA)}
    named = {name for name, said in kinds.items() if said & {"image", "hdphoto"}}
    return frozenset((lying | named) - {name for name, said in kinds.items() if said & RECORDED})


def _second_copies(package: Package) -> set[str]:
    """The parts that pictures name beside what they show; nothing names them once the names are gone."""
    copies: set[str] = set()
    shown: set[str] = set()
    named: dict[str, set[str]] = {}
    for source, relation, target in package.relationships():
        if source not in named:
            is_text = source.endswith(".xml") and source in package
            found = find(package.xml(source), "svgBlip", "imgLayer") if is_text else ()
            named[source] = {value(element, "embed") for element in found}
        (copies if relation.get("Id") in named[source] else shown).add(target)
    return copies - shown - {""}


def put_in_place(package: Package, places: Mapping[str, str]) -> None:
    """Gives parts the names that they have everywhere: under others they would be looked for in vain.

    Word for the web calls its text ``word/document2.xml``, for instance. ``places`` are names of parts by the end of the
    type of the relationships that lead there, in small letters; the main part's comes first. Raises BrokenFileError
    where a part lies in another folder, or its name is taken.
    """
    main = places["officedocument"]
    for wanted, place in places.items():
        for source, relation, target in list(package.relationships()):
            kind = str(relation.get("Type", "")).rpartition("/")[2].lower()
            # Other parts, such as Word's building blocks, have styles of their own.
            if not target or kind != wanted or source not in ("", main) or target == place:
                continue
            if place in package or posixpath.dirname(target) != posixpath.dirname(place):
                raise BrokenFileError
            package.rename(target, place)


def copy_traces(root: Any) -> Iterator[Trace]:
    """Second copies of shapes and pictures: the same as SVG, and what a picture was before it was changed."""
    copies = list(without_attributes(root, "gfxdata"))
    if copies:
        yield Trace("custom_data", "application data", "gfxdata", partial(drop_attributes, copies))
    for copy in find(root, "svgBlip", "imgProps"):
        holder = copy.getparent() if local(copy.getparent()) == "ext" else copy
        yield Trace("custom_data", "application data", local(copy), partial(take_out, holder))


def drawing_traces(root: Any) -> Iterator[Trace]:
    """Cropped pictures, names of picture files, hidden shapes, second copies of shapes."""
    yield from copy_traces(root)
    for crop in find(root, "srcRect"):
        sides = [value(crop, side, "0") for side in ("l", "t", "r", "b")]
        if any(_share(side) > 0.02 for side in sides):
            yield Trace("picture_cropped", "")
    for link in find(root, "hlinkClick", "hlinkHover", "hlinkMouseOver"):
        if value(link, "tooltip"):
            yield Trace("hidden_text", "hidden text", value(link, "tooltip"), partial(link.attrib.pop, "tooltip", None))
    for shape in find(root, *_NAMES):
        frame = shape.getparent()
        if local(frame).startswith(_OF_NAMES):
            frame = frame.getparent()
        if frame is not None and is_hidden_shape(frame):
            yield Trace("hidden_text", "hidden text", text_of(frame), partial(_take_out_shape, frame))
        yield from _names_of(shape)


def is_hidden_shape(element: Any) -> bool:
    """Whether something is a shape, or a group of some, that says of itself that it isn't to be shown."""
    if _VML in str(element.tag):
        return "visibility:hidden" in value(element, "style").replace(" ", "").lower()
    own = [part for each in element for part in (each, *(each if local(each).startswith(_OF_NAMES) else ()))]
    return any(local(part) in _NAMES and value(part, "hidden") in ("1", "true") for part in own)


def vml_traces(root: Any) -> Iterator[Trace]:
    """Hidden shapes as older programs write them."""
    for shape in [each for each in root.iter() if _VML in str(each.tag) and is_hidden_shape(each)]:
        yield Trace("hidden_text", "hidden text", text_of(shape), partial(take_out, shape))


def _take_out_shape(shape: Any) -> None:
    """With what says where it lies: programs take a place without a shape for damage."""
    holder = shape.getparent()
    is_place = holder is not None and local(holder) in _PLACES
    take_out(holder if is_place or local(shape) in ("inline", "anchor") else shape)


_BY_PROGRAMS = frozenset({"Picture", "Image", "Name"})
"""What programs write where nobody described a picture."""


def _names_of(shape: Any) -> Iterator[Trace]:
    """Names of picture files, and descriptions of what can be read itself; those of pictures are for the blind."""
    for key in [key for key in ("name", "descr", "title") if value(shape, key)]:
        said = value(shape, key)
        if _PATH.search(said) or _FILE.search(said):
            bare = "Picture" if key == "name" else ""
            yield Trace("metadata", "metadata of pictures", said, partial(shape.attrib.__setitem__, key, bare))
        elif key != "name" and _has_words(shape):
            yield Trace("hidden_text", "hidden text", said, partial(shape.attrib.pop, key, None))
        elif key != "name" and said not in _BY_PROGRAMS:
            yield Trace("descriptions", "", said)


def _has_words(shape: Any) -> bool:
    frame = next((up for up in shape.iterancestors() if local(up) in _FRAMES), None)
    return (
        frame is not None
        and local(frame) in ("sp", "wsp", "inline", "anchor")
        and any((text.text or "").strip() for text in find(frame, "t"))
    )


def _share(side: str) -> float:
    """A side of a crop: thousandths of a percent, or a percentage."""
    try:
        return float(side.rstrip("%")) / 100 if side.endswith("%") else int(side) / 100_000
    except ValueError:
        return 0.0


def chart_traces(root: Any) -> Iterator[Trace]:
    """Charts name the workbook that they were made from, and keep what was left out of them."""
    for each in find(root, *_LEFT_OUT):
        holder = each.getparent() if local(each.getparent()) == "ext" else each
        yield Trace("hidden_text", "hidden text", text_of(each), partial(take_out, holder))
    for each in find(root, "f"):
        if _BOOK.search(each.text or ""):
            bare = _BOOK.sub("", each.text)
            yield Trace("custom_data", "application data", each.text, partial(setattr, each, "text", bare))
    for element in find(root, "externalData", "userShapes"):
        if element.getparent() is None:
            continue  # the shapes themselves, which go when nothing names them
        yield Trace("embedded", "embedded files", "", partial(take_out, element))


def is_remote_field(code: str) -> bool:
    """Whether a field of this code fetches something."""
    return bool(_TEMPLATE_WORDS.match(code))
