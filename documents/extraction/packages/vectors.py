"""Drawings as SVG and pictures written into the markup of an e-book: what programs leave in them beside what they show."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.extraction.packages.metafiles import BLANK, TYPE
from documents.extraction.packages.package import Trace, drop_attributes, find, local, take_out, text_of
from documents.extraction.packages.pictures import plain

_NAMESPACES = frozenset(
    (
        *("", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"),
        *("http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace", "http://www.idpf.org/2007/ops"),
    )
)
"""What readers of e-books show; all else is a program's own: names of its files and layers, printers, people."""
_ADDRESS = re.compile(r"url\((\s*\"[^\"]*\"\s*|\s*'[^']*'\s*|[^()\"']*)\)", re.IGNORECASE)
_HOLDS = re.compile(r"(?<![\w.#-])data:", re.IGNORECASE)
"""Where a style holds a file; not a class or an element of that name."""
_WORDS = frozenset({"alt", "title", "aria-label", "aria-description", "content", "summary", "abbr", "label", "value"})
"""Attributes that are read, not fetched."""
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
"""A character in a style, as a number or by itself."""
_BLANK = f"data:{TYPE};base64,{base64.b64encode(BLANK).decode()}"
_OTHER = "data:,"


def vector_traces(root: Any) -> Iterator[Trace]:
    """What the drawings at or below ``root`` say beside what they show."""
    for drawing in [svg for svg in find(root, "svg") if not any(local(up) == "svg" for up in svg.iterancestors())]:
        for element in [element for element in drawing.iter() if isinstance(element.tag, str)]:
            if is_aside(element):
                yield Trace(
                    "metadata", "application data", text_of(element) or local(element), partial(take_out, element)
                )
                continue
            own = [(element, key) for key in element.attrib if _namespace(key) not in _NAMESPACES]
            if own:
                yield Trace("metadata", "application data", local(own[0][1]), partial(drop_attributes, own))


def is_aside(element: Any) -> bool:
    """Whether an element of a drawing shows nothing, but says something."""
    return local(element) == "metadata" or _namespace(element.tag) not in _NAMESPACES


def _namespace(name: str) -> str:
    return etree.QName(name).namespace or ""


def inline_traces(root: Any) -> Iterator[Trace]:
    """Pictures in attributes and styles, and other files there."""
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        for key, text in element.attrib.items():
            if local(key) in _WORDS:
                continue
            shown = plain_style(str(text)) if local(key) == "style" else plain_address(str(text))
            if shown == _OTHER or (local(key) == "srcset" and "data:" in text.lower()):
                yield Trace("embedded", "embedded files", local(key), partial(element.attrib.pop, key, None))
            elif shown != text:
                yield Trace("metadata", "metadata of pictures", "", partial(element.attrib.__setitem__, key, shown))
        if local(element) == "style" and (shown := plain_style(element.text or "")) != (element.text or ""):
            yield Trace("metadata", "metadata of pictures", "", partial(setattr, element, "text", shown))


def plain_style(text: str) -> str:
    """A style with its pictures as they look; what else lies in one is emptied."""
    if not _HOLDS.search(_unescaped(text)):
        return text
    shown = _ADDRESS.sub(_plain_url, text)
    written = re.sub(r"\burl\(\"data:[^\"]*\"\)", "", shown)
    return "" if _HOLDS.search(_unescaped(written)) else shown


def _plain_url(found: re.Match[str]) -> str:
    address = _unescaped(found[1]).strip(" \t\r\n\f'\"")
    shown = plain_address(address)
    return f'url("{shown}")' if "".join(address.split()).lower().startswith("data:") else found[0]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: found[2] or _character(found[1]), text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if 0 < number < 0x110000 else ""


def plain_address(text: str) -> str:
    """An address that holds a picture, with the picture as it looks and nothing said beside it; others as they are.

    A picture that can't be read becomes a blank, another file nothing.
    """
    head, comma, body = text.partition(",")
    said = "".join(head.split()).lower()
    if not comma or not said.startswith("data:") or text == _OTHER:
        return text
    if not said.startswith("data:image/"):
        return _OTHER
    if not said.endswith(";base64"):
        return _BLANK
    letters = re.sub(r"[^A-Za-z0-9+/]", "", unquote(body))
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    shown = plain(base64.b64decode(letters + "=" * (-len(letters) % 4)))
    return _BLANK if shown is None else f"data:{_type(shown)};base64,{base64.b64encode(shown).decode()}"


def _type(content: bytes) -> str:
    kinds = {b"\x89PNG": TYPE, b"GIF8": "image/gif", b"RIFF": "image/webp"}
    return kinds.get(content[:4], "image/jpeg")
