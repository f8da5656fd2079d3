"""E-books: what fetches or runs something when they are read, and who made them with what."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.metafiles import is_metafile
from documents.extraction.packages.metafiles import metafile_traces
from documents.extraction.packages.package import Package, Trace, comment_traces, find, local, take_out, text_of, value
from documents.extraction.packages.pictures import is_picture, picture_traces
from documents.extraction.packages.recordings import is_recording, recording_traces
from documents.extraction.packages.styles import style_traces
from documents.extraction.packages.vectors import inline_traces, is_aside, plain_address, plain_style, vector_traces

_PAGES = (".xhtml", ".html", ".htm", ".xml", ".svg")
_CONTAINER = "META-INF/container.xml"
_READ = ("application/xhtml+xml", "text/html", "image/svg+xml", "application/x-dtbook+xml")
_PLAIN = (".css", ".js", ".mjs")
_LISTS = (".ncx", ".smil", ".pls")
_FONTS = (b"\0\1\0\0", b"OTTO", b"true")
_PACKED_FONTS = (b"wOFF", b"wOF2")
_FETCHING = (
    "img",
    "image",
    "audio",
    "video",
    "source",
    "track",
    "link",
    "iframe",
    "object",
    "embed",
    "script",
    "use",
    "input",
)
_KEPT_DETAILS = ("identifier", "title", "language", "rights", "subject", "description", "date")
_LOCAL_IMPORT = r"\s*(?:url\(\s*)?['\"]?[\w. -][\w./ %-]{0,200}['\"]?\s*\)?[\w\s(),:-]{0,200}(?:;|\Z)"
_REMOTE_STYLE = re.compile(
    rf"@import(?!{_LOCAL_IMPORT})[^;]{{0,2000}}(?:;|\Z)|url\(\s*['\"]?(?:https?:)?//[^)]{{0,2000}}\)", re.IGNORECASE
)
"""An import of a sheet in the book stays: what it hides would be seen without it."""
_EXTRA = re.compile(r"(META-INF/(?!container\.xml)|iTunesMetadata|\.DS_Store|mimetype\.)", re.IGNORECASE)


def traces(package: Package) -> Iterator[Trace]:
    """See the package. Raises BrokenFileError where the order of reading names a part that isn't there."""
    _check_order(package)
    for name in package.names():
        if _EXTRA.search(name):
            yield Trace("metadata", "application data", name, partial(package.drop, name))
        elif name.lower().endswith(".css"):
            yield from _style_traces(package, name)
        elif name.lower().endswith((".js", ".mjs")):
            yield Trace("scripts", "scripts", name, partial(_drop_items, package, [name]))
    yield from _other_traces(package)
    yield from picture_traces(package, package.names())
    yield from metafile_traces(package, package.names())
    yield from recording_traces(package, package.names())
    yield from _list_traces(package)
    read = pages(package)
    yield from comment_traces(package, [*read, *lists(package)])
    for name in read:
        yield from _page_traces(package.xml(name))
    yield from style_traces(package, read)


def _check_order(package: Package) -> None:
    """A chapter that can't be found would be left out without a word."""
    for opf in books(package):
        parts = {value(item, "id"): name for item, name in _items(package, opf)}
        for chapter in find(package.xml(opf), "itemref"):
            if not parts.get(value(chapter, "idref")):
                raise BrokenFileError


def _list_traces(package: Package) -> Iterator[Trace]:
    """What the lists of a book say beside what it is made of."""
    for name in books(package):
        yield from _detail_traces(package.xml(name))
        for collection in find(package.xml(name), "collection"):
            yield Trace("metadata", "metadata", text_of(collection), partial(take_out, collection))
    for element in package.xml(_CONTAINER).iter():
        if local(element) not in ("container", "rootfiles", "rootfile"):
            yield Trace("metadata", "application data", local(element), partial(take_out, element))
    for name in lists(package):
        for element in find(package.xml(name), "docAuthor", "meta", "metadata"):
            if not value(element, "name").startswith("dtb:") or value(element, "name") == "dtb:generator":
                yield Trace("metadata", "metadata", text_of(element), partial(take_out, element))


def lists(package: Package) -> list[str]:
    """Contents, words to read aloud and how to say them."""
    listed = _listed(package)
    return [name for name in package.names() if name in listed and name.lower().endswith(_LISTS)]


def pages(package: Package) -> list[str]:
    """The parts that are read: those that the book lists as such. Others may be anything, and leave it."""
    return list(
        dict.fromkeys(
            name
            for opf in books(package)
            for item, name in _items(package, opf)
            if name and (value(item, "media-type") in _READ or name.lower().endswith(_PAGES))
        )
    )


def _style_traces(package: Package, name: str) -> Iterator[Trace]:
    text = package.read(name).decode("utf-8", "replace")
    if _REMOTE_STYLE.search(text):
        yield Trace(
            "remote", "external references", name, partial(package.write, name, _REMOTE_STYLE.sub("", text).encode())
        )
    elif "/*" in text:
        yield Trace("comments", "comments", name, partial(package.write, name, _without_comments(text).encode()))
    elif (shown := plain_style(text)) != text:
        yield Trace("metadata", "metadata of pictures", name, partial(package.write, name, shown.encode()))


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("/*", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(text)
    return "".join([*kept, text[at:]])


def _other_traces(package: Package) -> Iterator[Trace]:
    """Parts that the book doesn't list, and those in formats that can't be read here."""
    listed, own = _listed(package), books(package)
    unreadable: list[str] = []
    readable = {*pages(package), *lists(package)}
    for name in package.names():
        if name == "mimetype" or name.startswith("META-INF/") or name in own:
            continue
        content = package.read(name)
        if name not in listed:
            yield Trace("custom_data", "application data", name, partial(package.drop, name))
        elif not (
            name in readable
            or name.lower().endswith(_PLAIN)
            or _is_font(content)
            or is_picture(content)
            or is_recording(content)
            or is_metafile(content, name)
        ):
            unreadable.append(name)
    for name in unreadable:
        yield Trace("embedded", "embedded files", name, partial(_drop_items, package, unreadable))


def _is_font(content: bytes) -> bool:
    """Whether a file is a font by its head: its length where it is packed, else its tables, all inside of it."""
    if content.startswith(_PACKED_FONTS):
        return int.from_bytes(content[8:12], "big") == len(content)
    count = int.from_bytes(content[4:6], "big")
    places = [content[12 + 16 * table : 28 + 16 * table] for table in range(count)]
    return (
        content.startswith(_FONTS)
        and 0 < count < 64
        and all(
            int.from_bytes(place[8:12], "big") + int.from_bytes(place[12:16], "big") <= len(content) for place in places
        )
    )


def books(package: Package) -> list[str]:
    """The parts that say what the book is made of. Raises BrokenFileError where there is none."""
    named = [value(root, "full-path") for root in find(package.xml(_CONTAINER), "rootfile")]
    found = [name for name in named if name in package]
    if not found:
        raise BrokenFileError
    return found


def _listed(package: Package) -> set[str]:
    return {name for opf in books(package) for _, name in _items(package, opf)} - {""}


def _items(package: Package, opf: str) -> list[tuple[Any, str]]:
    """The parts that a book lists: element and name, "" for one that isn't there."""
    return [(item, _resolved(package, opf, value(item, "href"))) for item in find(package.xml(opf), "item")]


def _resolved(package: Package, source: str, address: str) -> str:
    return package.named(posixpath.normpath(posixpath.join(posixpath.dirname(source), address.partition("#")[0])))


def _drop_items(package: Package, names: list[str]) -> None:
    """The parts, their places in the lists, and the elements that show them. What is gone by now is no work."""
    names = [name for name in names if name in package]
    for page in pages(package) if names else ():
        for element in find(package.xml(page), *_FETCHING):
            address = _address(element)
            if address and ":" not in address and _resolved(package, page, address) in names:
                take_out(element)
    for opf in books(package) if names else ():
        _unlist(package, opf, names)
    for name in names:
        package.drop(name)


def _unlist(package: Package, opf: str, names: list[str]) -> None:
    """Takes these parts from the list of a book and from its order."""
    gone = [item for item, part in _items(package, opf) if part in names]
    numbers = {value(item, "id") for item in gone}
    for element in [*gone, *find(package.xml(opf), "itemref")]:
        if element in gone or value(element, "idref") in numbers:
            take_out(element)


def _address(element: Any) -> str:
    """What an element shows or fetches."""
    return value(element, "src") or value(element, "data") or (value(element, "href") if local(element) != "a" else "")


def _detail_traces(root: Any) -> Iterator[Trace]:
    for detail in [detail for details in find(root, "metadata") for detail in details]:
        about = value(detail, "property") or value(detail, "name")
        is_needed = (
            local(detail) in _KEPT_DETAILS
            or about in ("dcterms:modified", "cover")
            or about.startswith(("rendition:", "schema:access"))
        )
        if about == "dcterms:modified" and detail.text != "2000-01-01T00:00:00Z":
            yield Trace(
                "metadata", "dates", detail.text or "", partial(setattr, detail, "text", "2000-01-01T00:00:00Z")
            )
        elif not is_needed:
            yield Trace("metadata", "metadata", text_of(detail) or about, partial(take_out, detail))
    for item in find(root, "item"):
        if "://" in value(item, "href"):
            yield Trace("remote", "external references", value(item, "href"), partial(take_out, item))


def _page_traces(root: Any) -> Iterator[Trace]:
    for element in find(root, *_FETCHING):
        address = _address(element)
        if local(element) == "script":
            yield Trace("scripts", "scripts", text_of(element) or address, partial(take_out, element))
        elif "://" in address or address.startswith("//"):
            yield Trace("remote", "external references", address, partial(take_out, element))
        elif plain_address(address) == "data:,":
            yield Trace("embedded", "embedded files", address[:40], partial(take_out, element))
    yield from vector_traces(root)
    yield from inline_traces(root)
    yield from _attribute_traces(root)
    for style in find(root, "style"):
        if _REMOTE_STYLE.search(style.text or ""):
            yield Trace(
                "remote",
                "external references",
                "",
                partial(setattr, style, "text", _REMOTE_STYLE.sub("", style.text or "")),
            )


def _attribute_traces(root: Any) -> Iterator[Trace]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for key in [key for key in element.attrib if local(key).startswith("on")]:
            yield Trace("scripts", "scripts", "", partial(element.attrib.pop, key, None))
        style = element.get("style", "")
        if _REMOTE_STYLE.search(style):
            yield Trace(
                "remote", "external references", style, partial(element.set, "style", _REMOTE_STYLE.sub("", style))
            )
        if _is_hidden(element) and text_of(element):
            yield Trace("hidden_text", "hidden text", text_of(element), partial(take_out, element))


def _is_hidden(element: Any) -> bool:
    """Whether an element is hidden by itself; ``styles`` knows what sheets do."""
    style = element.get("style", "").replace(" ", "").lower()
    return (
        "hidden" in element.attrib
        or "display:none" in style
        or "visibility:hidden" in style
        or element.get("display") == "none"
        or element.get("visibility") == "hidden"
    )


def links(package: Package) -> Iterator[str]:
    """Addresses behind the words."""
    for name in pages(package):
        for element in find(package.xml(name), "a"):
            yield value(element, "href")


def visible(package: Package) -> list[str]:
    """The words of each page."""
    return [_text(package.xml(name)) for name in sorted(pages(package))]


def _text(element: Any, depth: int = 0, *, is_drawn: bool = False) -> str:
    is_drawn = is_drawn or local(element) == "svg"
    if local(element) in ("", "script", "style", "audio", "video") or _is_hidden(element) or depth > 200:
        return ""
    if is_drawn and is_aside(element):
        return ""
    return (element.text or "") + "".join(
        _text(child, depth + 1, is_drawn=is_drawn) + (child.tail or "") for child in element
    )
