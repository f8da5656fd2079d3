"""Words in drawings, on slides and in charts of any Office file: what says by itself that nobody can read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from documents.extraction.contrast import FAINT, TINY
from documents.extraction.packages.looks import themes
from documents.extraction.packages.numbers import ALL, number
from documents.extraction.packages.package import find, local, value

_SPACES = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
_RUNS = [f"{{{space}}}{name}" for space in _SPACES for name in ("r", "fld")]
_SIZE = 18.0
"""Points, where nothing says it."""
_COLOURED = ("outerShdw", "innerShdw", "prstShdw", "glow")
_OF_PROMPTS = ("sldLayout", "sldMaster")
NOTHING_SAID = etree.Element("rPr")


def runs(root: Any) -> Iterator[tuple[Any, str, Any]]:
    """Each run that says something, its words and its properties."""
    for run in root.iter(*_RUNS):
        words = "".join(text.text or "" for text in run if local(text) == "t").strip()
        if words:
            yield run, words, next((part for part in run if local(part) == "rPr"), NOTHING_SAID)


def unreadable(root: Any) -> Iterator[tuple[str, str]]:
    """Code and words of each run that nobody can read on any ground. Prompts of layouts are never shown."""
    has_prompts = local(root) in _OF_PROMPTS
    for run, words, properties in runs(root):
        code = code_of(run, properties)
        if code and not (has_prompts and any(True for up in run.iterancestors("{*}sp") for _ in find(up, "ph"))):
            yield code, words


def code_of(run: Any, properties: Any) -> str:
    """Why nobody can read a run, whatever its ground; else empty."""
    if _size(run, properties) < TINY:
        return "text_tiny"
    inks, line = (themes.paints(each, {}) for each in (properties, _line(properties)))
    return "text_colour" if inks and all(each.opacity < FAINT for each in (*inks, *(line or []))) else ""


def lines(properties: Any, colours: themes.Scheme) -> list[themes.Paint]:
    """The colours of the line around letters."""
    return themes.paints(_line(properties), colours) or []


def effects(properties: Any, colours: themes.Scheme) -> list[themes.Paint]:
    """The colours of shadows and the like, which show the letters too. Soft edges and reflections have the letters' own."""
    found = next((part for part in properties if local(part) == "effectLst"), ())
    return [themes.painted(each, colours) for each in found if local(each) in _COLOURED]


def _line(properties: Any) -> Any:
    return next((part for part in properties if local(part) == "ln"), None)


def _size(run: Any, properties: Any) -> float:
    """Points of type, made smaller where words were made to fit."""
    said = number(value(properties, "sz"), in_point=100)
    body = next((up for up in run.iterancestors() if local(up).lower() in ("txbody", "rich")), None)
    fits = [value(each, "fontScale") for each in find(body, "normAutofit")] if body is not None else []
    scale = number(fits[0]) if fits else None
    return (_SIZE if said is None else said / 100) * (ALL if scale is None else scale) / ALL
