"""Colours as Office files say them: by a theme, made lighter or darker, as the fill of a shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.extraction.contrast import INK, PAPER, Colour, lighted, of_hex
from documents.extraction.packages.numbers import ALL, number
from documents.extraction.packages.package import Package, find, local, value

Scheme = Mapping[str, Colour]
"""The colours of a theme by their short names: ``lt1``, ``dk1``, ``accent1``."""

_NAMED: Mapping[str, Colour] = {"white": PAPER, "black": INK}
ALIASES: Mapping[str, str] = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
"""What grounds and texts are where nothing else is said."""


def scheme(package: Package, source: str) -> dict[str, Colour]:
    """The colours of the theme of a part; black on white where it has none."""
    found = {"lt1": PAPER, "dk1": INK}
    relations = package.relations(source)
    for relation in relations if relations is not None else ():
        part = package.target(source, relation)
        if str(relation.get("Type", "")).endswith("/theme") and part:
            for colours in find(package.xml(part), "clrScheme"):
                found |= {local(each): colour for each in colours if (colour := drawn(each, {})) is not None}
    return found


def with_aliases(colours: Scheme, said: Mapping[str, str]) -> dict[str, Colour]:
    """The same with the names of grounds and texts; ``said`` is what a part says that they are."""
    named = {alias: colours[name] for alias, name in {**ALIASES, **said}.items() if name in colours}
    return {**colours, **named}


def drawn(holder: Any, colours: Scheme) -> Colour | None:
    """The colour that an element of a drawing holds; None for none, and where it lets something through."""
    for each in holder:
        name, said = local(each), value(each, "val")
        if name == "srgbClr":
            colour = of_hex(said)
        elif name == "schemeClr":
            colour = colours.get(said)
        elif name == "sysClr":
            colour = of_hex(value(each, "lastClr"))
        elif name == "prstClr":
            colour = _NAMED.get(said)
        else:
            continue
        return None if colour is None else _changed(each, colour)
    return None


def _changed(element: Any, colour: Colour) -> Colour | None:
    for each in element:
        said = number(value(each, "val"))
        share = 1.0 if said is None else said / ALL
        match local(each):
            case "alpha" if share < 1:
                return None
            case "lumMod" | "shade":
                colour = lighted(colour, share)
            case "lumOff":
                colour = lighted(colour, plus=share)
            case "tint":
                colour = lighted(colour, share, 1 - share)
    return colour


def fill(properties: Any, colours: Scheme) -> tuple[str, Colour | None]:
    """How a shape or text is filled: the local name of the element that says it ("" for none), and its one colour."""
    for each in properties if properties is not None else ():
        if local(each) in ("solidFill", "noFill", "gradFill", "blipFill", "pattFill", "grpFill"):
            return local(each), drawn(each, colours) if local(each) == "solidFill" else None
    return "", None
