"""Colours as Office files say them: by a theme, made lighter or darker, as the fill of a shape."""

from __future__ import annotations

import colorsys
import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import PIL.ImageColor

from documents.extraction.contrast import FAINT, INK, PAPER, Colour, blends_in, lighted, of_hex
from documents.extraction.packages.numbers import ALL, number
from documents.extraction.packages.package import Package, find, local, value

Scheme = Mapping[str, Colour]
"""The colours of a theme by their short names: ``lt1``, ``dk1``, ``accent1``."""

_OF_SYSTEM: Mapping[str, Colour] = {"window": PAPER, "windowText": INK}
_SHORT = re.compile("^(dk|lt|med)(?=[A-Z])")
_LONG = {"dk": "dark", "lt": "light", "med": "medium"}
_TURN = 360 * 60_000
"""Units of a hue in a full circle."""
ALIASES: Mapping[str, str] = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
"""What grounds and texts are where nothing else is said."""
_COLOURS = ("srgbClr", "schemeClr", "sysClr", "prstClr", "scrgbClr", "hslClr")
_FILLS = ("solidFill", "noFill", "gradFill", "blipFill", "pattFill", "grpFill")


class Paint(NamedTuple):
    """A colour, None where it can't be told, and how much of it hides what lies behind it (0-1)."""

    colour: Colour | None
    opacity: float = 1.0


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
    paint = painted(holder, colours)
    return paint.colour if paint.opacity >= 1 else None


def painted(holder: Any, colours: Scheme) -> Paint:
    """The colour that an element of a drawing holds, with what it lets through."""
    return Paint(_colour(holder, colours), max(map(_opacity, find(holder, *_COLOURS)), default=1.0))


def paints(properties: Any, colours: Scheme) -> list[Paint] | None:
    """With what letters or lines are filled, once for each colour of a gradient or pattern; None where nothing is said."""
    filled = _filled(properties)
    if filled is None:
        return None
    if local(filled) == "noFill":
        return [Paint(None, 0.0)]
    holders = [each.getparent() for each in find(filled, *_COLOURS)]
    return [painted(each, colours) for each in holders] or [Paint(None)]


def blend_in(every: Iterable[Paint], letters: Colour | None, below: Collection[Colour]) -> bool:
    """Whether text can't be told from its ground, whatever of it is painted with which of these."""
    return all(blends_in(each.colour, letters, below, each.opacity) for each in every)


def _colour(holder: Any, colours: Scheme) -> Colour | None:
    for each in holder:
        name, said = local(each), value(each, "val")
        if name == "srgbClr":
            colour = of_hex(said)
        elif name == "schemeClr":
            colour = colours.get(said)
        elif name == "sysClr":
            colour = of_hex(value(each, "lastClr")) or _OF_SYSTEM.get(said)
        elif name == "prstClr":
            colour = _named(said)
        elif name == "scrgbClr":
            colour = _rgb(*(_screen(_part(each, key)) for key in "rgb"))
        elif name == "hslClr":
            hue = (number(value(each, "hue", "0")) or 0.0) / _TURN
            colour = _rgb(*colorsys.hls_to_rgb(hue, _part(each, "lum"), _part(each, "sat")))
        else:
            continue
        return None if colour is None else _changed(each, colour)
    return None


def _named(name: str) -> Colour | None:
    """A colour by its name, which is that of the web but for short beginnings."""
    with contextlib.suppress(ValueError):
        return PIL.ImageColor.getrgb(_SHORT.sub(lambda found: _LONG[found[0]], name))[:3]
    return None


def _part(colour: Any, key: str) -> float:
    return min(max((number(value(colour, key)) or 0.0) / ALL, 0.0), 1.0)


def _screen(light: float) -> float:
    """What a screen gets for so much light (sRGB)."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _rgb(*shares: float) -> Colour:
    red, green, blue = (round(share * 255) for share in shares)
    return red, green, blue


def _opacity(colour: Any) -> float:
    """How much hides what lies behind it. Programs read Word's own number both ways: what is nothing in one, is nothing."""
    share = 1.0
    for each in colour:
        part = (number(value(each, "val")) or 0.0) / ALL
        match local(each):
            case "alpha" if "wordml" in str(each.tag):
                share = 0.0 if part < FAINT else 1 - part
            case "alpha":
                share = part
            case "alphaMod":
                share *= part
            case "alphaOff":
                share += part
    return share


def _changed(element: Any, colour: Colour) -> Colour:
    for each in element:
        said = number(value(each, "val"))
        share = 1.0 if said is None else said / ALL
        match local(each):
            case "lumMod" | "shade":
                colour = lighted(colour, share)
            case "lumOff":
                colour = lighted(colour, plus=share)
            case "tint":
                colour = lighted(colour, share, 1 - share)
    return colour


def fill(properties: Any, colours: Scheme) -> tuple[str, Colour | None]:
    """How a shape or text is filled: the local name of the element that says it ("" for none), and its one colour."""
    filled = _filled(properties)
    if filled is None:
        return "", None
    return local(filled), drawn(filled, colours) if local(filled) == "solidFill" else None


def _filled(properties: Any) -> Any:
    return next((each for each in properties if local(each) in _FILLS), None) if properties is not None else None
