"""Excel: a cell's style names its font, its fill and the form of its number; words may bring fonts of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from documents.extraction.contrast import INK, PAPER, TINY, Colour, blends_in, lighted, of_hex
from documents.extraction.packages.looks import themes
from documents.extraction.packages.package import Package, find, local, value

_STYLES, _WORKBOOK = "xl/styles.xml", "xl/workbook.xml"
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
_INDEXED: tuple[Colour, ...] = (
    INK, PAPER, (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255), (0, 255, 255),
)  # fmt: skip
_AUTOMATIC = "64"
_PART = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
_BESIDE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hms]+\])[^]]*\]', re.IGNORECASE | re.DOTALL)
"""In a part of a form: what shows nothing of the value. Hours, minutes and seconds in brackets do."""
_SHOWS = re.compile(r"[0#?@abdeghmnqrswy]", re.IGNORECASE)
"""Digits, words, parts of a date, and the letters of General."""
_WHITE = re.compile(r"\s*\[(white|color ?2)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[[<>=]")
_SIZE = re.compile(r"\d+(\.\d+)?")


class Looks:
    """How the cells of a workbook look."""

    def __init__(self, package: Package) -> None:
        self._theme = themes.scheme(package, _WORKBOOK)
        root = package.xml(_STYLES) if _STYLES in package else None
        self._fonts, self._fills, self._styles = (_parts(root, name) for name in ("fonts", "fills", "cellXfs"))
        self._forms = {
            value(each, "numFmtId"): _sections(value(each, "formatCode")) for each in _parts(root, "numFmts")
        }
        self._codes: dict[tuple[str, str | None], str] = {}

    def unreadable(self, cell: Any, shown: str, words: Any) -> str:
        """The code of what nobody can read in a cell; else empty.

        ``shown`` is what it says, ``words`` the element that holds it if there is one.
        """
        number = value(cell, "s", "0")
        style = _at(self._styles, number)
        if style is None or not shown.strip():
            return ""
        form = self._form(style, cell, shown)
        if words is not None and any(local(part) == "r" for part in words):
            return self._code(style, form, words)
        if (number, form) not in self._codes:
            self._codes[number, form] = self._code(style, form, None)
        return self._codes[number, form]

    def _code(self, style: Any, form: str | None, words: Any) -> str:
        if form == "":
            return "text_invisible"
        fonts = list(_fonts(words, _at(self._fonts, value(style, "fontId"))))
        if any(_is_tiny(font) for font in fonts):
            return "text_tiny"
        grounds = self._grounds(style)
        inks = [PAPER] if _WHITE.match(form or "") else map(self._ink, fonts)
        return "text_colour" if any(blends_in(ink, None, grounds) for ink in inks) else ""

    def _form(self, style: Any, cell: Any, shown: str) -> str | None:
        """The part of the form that holds for the value: "" for one that hides it, None where it is of no consequence."""
        parts = self._forms.get(value(style, "numFmtId"), [""])
        kind = value(cell, "t", "n")
        if parts == [""] or kind not in ("n", "s", "str", "inlineStr"):
            return None
        if kind != "n":
            return _showing(parts[3]) if len(parts) > 3 else None
        try:
            number = float(shown)
        except ValueError:
            return None
        if not number:
            return None  # that nothing is shown for nothing hides nothing
        if any(_CONDITION.search(part) for part in parts):
            return None if any(map(_showing, parts[:3])) else ""
        return _showing(parts[1 if number < 0 and len(parts) > 1 else 0])

    def _ink(self, font: Any) -> Colour | None:
        colour = next((part for part in font if local(part) == "color"), None) if font is not None else None
        return INK if colour is None else self._said(colour)

    def _grounds(self, style: Any) -> list[Colour]:
        fill = _at(self._fills, value(style, "fillId"))
        pattern = next(find(fill, "patternFill"), None) if fill is not None else None
        if pattern is None:
            return [] if fill is not None and len(fill) else [PAPER]
        if (kind := value(pattern, "patternType", "none")) == "none":
            return [PAPER]
        colour = next(find(pattern, "fgColor"), None)
        said = self._said(colour) if colour is not None and kind == "solid" else None
        return [] if said is None else [said]

    def _said(self, colour: Any) -> Colour | None:
        """A colour by its digits, its number in the theme or in the list of old programs; None for another."""
        number = value(colour, "indexed")
        place = value(colour, "theme")
        if place.isdigit() and int(place) < len(_THEME):
            found = self._theme.get(_THEME[int(place)])
        elif number.isdigit():
            found = INK if number == _AUTOMATIC else _INDEXED[int(number) % 8] if int(number) < 16 else None
        else:
            found = INK if value(colour, "auto") in ("1", "true") else of_hex(value(colour, "rgb")[-6:])
        try:
            tint = float(value(colour, "tint", "0"))
        except ValueError:
            tint = 0.0
        if found is None or not tint:
            return found
        return lighted(found, 1 + tint) if tint < 0 else lighted(found, 1 - tint, tint)


def _showing(part: str) -> str:
    """A part of a form; "" for one that shows nothing of the value."""
    return part.strip() if _SHOWS.search(_BESIDE.sub("", part)) else ""


def _sections(code: str) -> list[str]:
    """The parts of a form: for numbers above, below and at nothing, and for words."""
    parts, at = [], 0
    while at <= len(code):
        found = _PART.match(code, at)
        end = found.end() if found else at
        parts.append(code[at:end])
        at = max(end, at) + 1
    return parts


def _parts(root: Any, name: str) -> list[Any]:
    """What a list of styles holds."""
    found = next((part for part in root if local(part) == name), None) if root is not None else None
    return list(found) if found is not None else []


def _at(parts: list[Any], number: str) -> Any:
    return parts[int(number)] if number.isdigit() and int(number) < len(parts) else None


def _fonts(words: Any, own: Any) -> Iterator[Any]:
    """The fonts of the words: their own, or the cell's."""
    runs = [run for run in words if local(run) == "r"] if words is not None else []
    for run in runs:
        if "".join(text.text or "" for text in find(run, "t")).strip():
            yield next((part for part in run if local(part) == "rPr"), own)
    if not runs:
        yield own


def _is_tiny(font: Any) -> bool:
    size = next((value(part, "val") for part in font if local(part) == "sz"), "") if font is not None else ""
    return bool(_SIZE.fullmatch(size)) and float(size) < TINY
