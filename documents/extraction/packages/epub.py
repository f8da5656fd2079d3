"""E-books: what fetches or runs something when they are read, and who made them with what."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.packages.metafiles import metafile_traces
from documents.extraction.packages.ooxml import media_traces
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value

_PAGES = (".xhtml", ".html", ".htm", ".xml", ".svg")
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
_REMOTE_STYLE = re.compile(r"@import[^;]{0,2000};|url\(\s*['\"]?(?:https?:)?//[^)]{0,2000}\)", re.IGNORECASE)
_EXTRA = re.compile(
    r"(META-INF/(?!container\.xml|encryption\.xml)|iTunesMetadata|\.DS_Store|mimetype\.)", re.IGNORECASE
)


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    for name in package.names():
        if _EXTRA.search(name):
            yield Trace("metadata", "application data", name, partial(package.drop, name))
        elif name.lower().endswith(".css"):
            yield from _style_traces(package, name)
        elif name.lower().endswith((".js", ".mjs")):
            yield Trace("scripts", "scripts", name, partial(_drop_script, package, name))
    yield from media_traces(package, ())
    yield from metafile_traces(package)
    for name in package.xml_names():
        if name.endswith(".opf"):
            yield from _detail_traces(package, package.xml(name))
        elif name.lower().endswith(_PAGES) and not name.startswith("META-INF/"):
            yield from _page_traces(package.xml(name))


def _style_traces(package: Package, name: str) -> Iterator[Trace]:
    text = package.read(name).decode("utf-8", "replace")
    if _REMOTE_STYLE.search(text):
        yield Trace(
            "remote", "external references", name, partial(package.write, name, _REMOTE_STYLE.sub("", text).encode())
        )


def _drop_script(package: Package, name: str) -> None:
    package.drop(name)
    for opf in [part for part in package.names() if part.endswith(".opf")]:
        for item in find(package.xml(opf), "item"):
            if posixpath.normpath(posixpath.join(posixpath.dirname(opf), value(item, "href"))) == name:
                take_out(item)


def _detail_traces(package: Package, root: Any) -> Iterator[Trace]:
    details = next(find(root, "metadata"), None)
    for detail in list(details) if details is not None else []:
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
        address = (
            value(element, "src") or value(element, "data") or (value(element, "href") if local(element) != "a" else "")
        )
        if local(element) == "script":
            yield Trace("scripts", "scripts", text_of(element) or address, partial(take_out, element))
        elif "://" in address or address.startswith("//"):
            yield Trace("remote", "external references", address, partial(take_out, element))
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
    style = element.get("style", "").replace(" ", "").lower()
    return "hidden" in element.attrib or "display:none" in style or "visibility:hidden" in style


def links(package: Package) -> Iterator[str]:
    """Addresses behind the words."""
    for name in package.xml_names():
        if name.lower().endswith(_PAGES) and not name.startswith("META-INF/"):
            for element in find(package.xml(name), "a"):
                yield value(element, "href")


def visible(package: Package) -> list[str]:
    """The words of each page."""
    names = sorted(package.xml_names())
    return [
        _text(package.xml(name)) for name in names if name.lower().endswith(_PAGES) and not name.startswith("META-INF/")
    ]


def _text(element: Any, depth: int = 0) -> str:
    if not isinstance(element.tag, str) or local(element) in ("script", "style") or _is_hidden(element) or depth > 200:
        return ""
    return (element.text or "") + "".join(_text(child, depth + 1) + (child.tail or "") for child in element)
