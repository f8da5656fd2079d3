"""Drawings as SVG and pictures written into the markup of an e-book: what programs leave in them beside what they show."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

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
_DATA = re.compile(r"data:image/[\w.+-]+((?:;[\w=.-]+)*),([^\"')<>]*)", re.IGNORECASE)
_BLANK = f"data:{TYPE};base64,{base64.b64encode(BLANK).decode()}"


def vector_traces(root: Any) -> Iterator[Trace]:
    """What the drawings at or below ``root`` say beside what they show."""
    for drawing in find(root, "svg"):
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
    """Pictures in attributes and styles."""
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        for key, text in element.attrib.items():
            if (shown := plain_inline(str(text))) != text:
                yield Trace("metadata", "metadata of pictures", "", partial(element.attrib.__setitem__, key, shown))
        if local(element) == "style" and (shown := plain_inline(element.text or "")) != (element.text or ""):
            yield Trace("metadata", "metadata of pictures", "", partial(setattr, element, "text", shown))


def plain_inline(text: str) -> str:
    """``text`` with its pictures as they look; a picture that can't be read becomes a blank."""
    return _DATA.sub(_plain, text) if "data:" in text.lower() else text


def _plain(found: re.Match[str]) -> str:
    if not found[1].lower().endswith(";base64"):
        return _BLANK
    letters = re.sub(r"[^A-Za-z0-9+/]", "", found[2])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    content = base64.b64decode(letters + "=" * (-len(letters) % 4))
    shown = plain(content)
    if shown is None:
        return _BLANK
    return found[0] if shown == content else f"data:{_type(shown)};base64,{base64.b64encode(shown).decode()}"


def _type(content: bytes) -> str:
    kinds = {b"\x89PNG": TYPE, b"GIF8": "image/gif", b"RIFF": "image/webp"}
    return kinds.get(content[:4], "image/jpeg")
