"""Word: a run says how it looks, or its style does, its paragraph's, the defaults, the theme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from lxml import etree

from documents.extraction.contrast import INK, PAPER, TINY, Colour, lighted, mixed, of_hex
from documents.extraction.packages.looks import behind, themes
from documents.extraction.packages.looks.flow import Flow
from documents.extraction.packages.looks.pixels import shade
from documents.extraction.packages.numbers import number
from documents.extraction.packages.package import Package, find, local, value

_STYLES, _SETTINGS, _TEXT = "word/styles.xml", "word/settings.xml", "word/document.xml"
_HIGHLIGHTS: dict[str, Colour] = {
    "black": INK, "white": PAPER, "blue": (0, 0, 255), "cyan": (0, 255, 255), "green": (0, 255, 0),
    "magenta": (255, 0, 255), "red": (255, 0, 0), "yellow": (255, 255, 0), "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128), "darkGreen": (0, 128, 0), "darkMagenta": (128, 0, 128), "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0), "darkGray": (128, 128, 128), "lightGray": (192, 192, 192),
}  # fmt: skip
_THEMED = {"dark1": "dk1", "light1": "lt1", "dark2": "dk2", "light2": "lt2", "hyperlink": "hlink"}
_GROUNDS = {"background1": "bg1", "text1": "tx1", "background2": "bg2", "text2": "tx2"}
_SHORT = {"t1": "tx1", "t2": "tx2"}
_PAGES = (_TEXT, "word/header", "word/footer")
_PATTERN = re.compile(r"pct(\d{1,2})")
_SHADED = {"tc": "tcPr", "tr": "tblPrEx", "tbl": "tblPr"}
_HANGING = ("anchor", "pict")
"""What is drawn beyond a row that is too low for it."""
_DEEP = 20
_TWIPS = 20
"""Units of a line's height in a point."""
_Place = tuple[str, tuple[Colour, ...], bool, bool]
"""Of a run: the style of its paragraph, what may lie under it, whether a table around it has colours for letters, whether its
line or row has no height."""


class _Around(NamedTuple):
    """Grounds (empty where they can't be told), whether a table has colours for letters, whether the page shows through."""

    grounds: list[Colour]
    has_ink: bool = False
    is_open: bool = True


class Looks:
    """How the runs of a document look."""

    def __init__(self, package: Package) -> None:
        self._colours = _colours(package)
        root = package.xml(_STYLES) if _STYLES in package else None
        styles = list(find(root, "style")) if root is not None else []
        self._styles = {value(style, "styleId"): style for style in styles}
        self._plain = next(
            (
                value(each, "styleId")
                for each in styles
                if value(each, "type") == "paragraph" and _is_on(each, "default")
            ),
            "",
        )
        defaults = list(find(root, "rPrDefault", "pPrDefault")) if root is not None else []
        self._defaults = {
            name: [part for each in defaults for part in each if local(part) == name] for name in ("rPr", "pPr")
        }
        self._chains: dict[tuple[str, str], list[Any]] = {}
        self._tables: dict[str, tuple[list[Colour], bool]] = {}
        pages = [name for name in package.xml_names("word/") if name.startswith(_PAGES)]
        self._behind = {package.xml(page): list(behind.grounds(package, page, self._colours)) for page in pages}
        self._page = list(self._of_page(package)) if _TEXT in package else [PAPER]
        self._flows: dict[Any, Flow] = {}
        # By element, which keeps it alive: lxml makes new objects of those that nobody holds.
        self._places: dict[Any, _Place] = {}
        self._surroundings: dict[Any, _Around] = {}
        self._codes: dict[tuple[bytes, _Place], str] = {}

    def unreadable(self, run: Any) -> str:
        """The code of what nobody can read in a run: too small, or in the colour of its ground; else empty."""
        if not "".join(part.text or "" for part in run if local(part) == "t").strip():
            return ""
        holder = run.getparent()
        if holder not in self._places:
            self._places[holder] = self._place(holder)
        own = b"".join(etree.tostring(part, with_tail=False) for part in run if local(part) == "rPr")
        key = (own, self._places[holder])
        if key not in self._codes:
            self._codes[key] = self._code(run, self._places[holder])
        return self._codes[key]

    def _place(self, holder: Any) -> _Place:
        """Of what holds runs."""
        paragraph = holder
        while paragraph is not None and local(paragraph) != "p":
            paragraph = paragraph.getparent()
        below = self._below(paragraph) if paragraph is not None else []
        is_flat = paragraph is not None and self._is_flat(paragraph)
        return self._style_of(paragraph), tuple(below), self._around(holder).has_ink, is_flat

    def _code(self, run: Any, place: _Place) -> str:
        style, below, table_has_ink, is_flat = place
        own = list(self._own(run))
        said = [*own, *self._of_style(style, "rPr")]
        if is_flat or _size(said) * _width(said) < TINY:
            return "text_tiny"
        outline = _first(said, "outline")
        if outline is not None and _is_on(outline, "val", "1"):
            return ""  # a line around letters shows them in any colour
        paints = [*self._inks(own if table_has_ink else said), *self._lines(said)]
        return "text_colour" if themes.blend_in(paints, self._of_letters(said), below) else ""

    def _own(self, run: Any) -> Iterator[Any]:
        """What a run and the style of its letters say, the nearest first."""
        for properties in [part for part in run if local(part) == "rPr"]:
            yield properties
            for style in [part for part in properties if local(part) == "rStyle"]:
                yield from self._chain(value(style, "val"), "rPr")

    def _style_of(self, paragraph: Any) -> str:
        style = _child(_child(paragraph, "pPr"), "pStyle")
        return self._plain if style is None else value(style, "val")

    def _of_style(self, name: str, kind: str) -> list[Any]:
        """What the style of a paragraph and the defaults say."""
        return [*self._chain(name, kind), *self._defaults[kind]]

    def _chain(self, name: str, kind: str) -> list[Any]:
        """The properties of a style and of those that it builds on, the nearest first."""
        key = (name, kind)
        if key not in self._chains:
            found: list[Any] = []
            for _ in range(_DEEP):
                style = self._styles.get(name)
                if style is None:
                    break
                found += [part for part in style if local(part) == kind]
                name = value(base, "val") if (base := _child(style, "basedOn")) is not None else ""
            self._chains[key] = found
        return self._chains[key]

    def _inks(self, said: list[Any]) -> list[themes.Paint]:
        """The colours of the letters."""
        for properties in said:
            paints = themes.paints(_child(properties, "textFill"), self._colours)
            if paints is not None:
                return paints
            if (colour := _child(properties, "color")) is not None:
                return [themes.Paint(self._said(colour, "val", "themeColor"))]
        return [themes.Paint(None)]

    def _lines(self, said: list[Any]) -> list[themes.Paint]:
        """The colours of the line around letters."""
        return themes.paints(_first(said, "textOutline"), self._colours) or []

    def _of_letters(self, said: list[Any]) -> Colour | None:
        """The highlighter's colour, or that of the letters' own shade."""
        marked = _first(said, "highlight")
        if marked is not None and (colour := _HIGHLIGHTS.get(value(marked, "val"))):
            return colour
        return self._shade(_first(said, "shd"))

    def _shade(self, shade: Any) -> Colour | None:
        """The colour of a shade; None where it is clear."""
        if shade is None or value(shade, "val") == "nil":
            return None
        back = self._said(shade, "fill", "themeFill")
        pattern = value(shade, "val")
        found = _PATTERN.fullmatch(pattern)
        share = 1.0 if pattern == "solid" else int(found[1]) / 100 if found else 0.0
        return mixed(share, self._said(shade, "color", "themeColor") or INK, back or PAPER) if share else back

    def _said(self, element: Any, plain: str, theme: str) -> Colour | None:
        """A colour by its digits, or by its name in the theme, which goes before; None for one that programs choose."""
        colour = self._colours.get(value(element, theme))
        if colour is None:
            return of_hex(value(element, plain))
        kind = theme.removesuffix("Color")
        if tint := value(element, f"{kind}Tint"):
            share = int(tint, 16) / 255
            return lighted(colour, share, 1 - share)
        if shade := value(element, f"{kind}Shade"):
            return lighted(colour, int(shade, 16) / 255)
        return colour

    def _below(self, paragraph: Any) -> list[Colour]:
        """What may lie under the letters; empty where it can't be told."""
        properties = _child(paragraph, "pPr")
        said = [properties, *self._of_style(self._style_of(paragraph), "pPr")]
        if (colour := self._shade(_first(said, "shd"))) is not None:
            return [colour]
        around = self._around(paragraph.getparent())
        return [*around.grounds, *self._shapes(paragraph)] if around.grounds and around.is_open else around.grounds

    def _is_flat(self, paragraph: Any) -> bool:
        """Whether lines, or a row of a table around them, are told to be lower than type that can be read."""
        said = [_child(paragraph, "pPr"), *self._of_style(self._style_of(paragraph), "pPr")]
        spacings = [part for each in said if each is not None for part in each if local(part) == "spacing"]
        line = next((each for each in spacings if value(each, "line")), None)
        around = takewhile(lambda up: local(up) not in _HANGING, paragraph.iterancestors())
        rows = [up for up in around if local(up) == "tr"]
        said_heights = [_first([_child(row, "trPr")], "trHeight") for row in rows]
        # A row of nothing is as high as its words.
        heights = [each for each in said_heights if each is not None and number(value(each, "val"))]
        return _is_low(line, "lineRule", "line") or any(_is_low(each, "hRule", "val") for each in heights)

    def _around(self, element: Any) -> _Around:
        """What an element and all around it give."""
        if element not in self._surroundings:
            parent = element.getparent()
            grounds, has_ink, is_open = _Around(self._page) if parent is None else self._around(parent)
            name = local(element)
            if name == "txbxContent":
                _how, colour = themes.fill(_child(element.getparent().getparent(), "spPr"), self._colours)
                grounds, is_open = [] if colour is None else [colour], False
            elif name in _SHADED:
                own = self._shade(_first([_child(element, _SHADED[name])], "shd"))
                known, with_ink = self._of_table(element) if name == "tbl" else ([], False)
                # Where a box around it can't be told, nothing can.
                grounds = [own] if own is not None else [*known, *grounds] if grounds else []
                has_ink, is_open = has_ink or with_ink, is_open and own is None
            self._surroundings[element] = _Around(grounds, has_ink, is_open)
        return self._surroundings[element]

    def _shapes(self, paragraph: Any) -> list[Colour]:
        """The colours of shapes that may lie behind a paragraph."""
        if not any(self._behind.values()):
            return []
        root = paragraph.getroottree().getroot()
        if root not in self._flows:
            self._flows[root] = Flow(root, self._is_break, behind.section_ends(root).__contains__)
        flow = self._flows[root]
        return [
            each.colour
            for page, grounds in self._behind.items()
            for each in grounds
            if each.is_behind(paragraph, flow, is_same=page is root)
        ]

    def _is_break(self, element: Any) -> bool:
        """Whether a new page begins here."""
        if local(element) != "p":
            return behind.is_break(element)
        said = [_child(element, "pPr"), *self._of_style(self._style_of(element), "pPr")]
        before = _first(said, "pageBreakBefore")
        return before is not None and _is_on(before, "val", "1")

    def _of_page(self, package: Package) -> Iterator[Colour]:
        """White, which programs print, and the colour or picture of the page, which they show on screens."""
        yield PAPER
        for ground in [each for each in package.xml(_TEXT) if local(each) == "background"]:
            said = [shade(package, _TEXT, value(each, "id")) for each in find(ground, "fill")]
            yield from filter(None, [self._said(ground, "color", "themeColor"), *said])

    def _of_table(self, table: Any) -> tuple[list[Colour], bool]:
        """The grounds that the style of a table knows, and whether it has colours for letters: where isn't told here."""
        style = _child(_child(table, "tblPr"), "tblStyle")
        name = value(style, "val") if style is not None else ""
        if name not in self._tables:
            lineage: list[Any] = []
            base = name
            while base in self._styles and len(lineage) < _DEEP:
                lineage.append(self._styles[base])
                base = value(said, "val") if (said := _child(lineage[-1], "basedOn")) is not None else ""
            shades = [self._shade(part) for each in lineage for part in find(each, "shd")]
            has_ink = any(True for each in lineage for _ in find(each, "color"))
            self._tables[name] = [shade for shade in shades if shade is not None], has_ink
        return self._tables[name]


def _colours(package: Package) -> dict[str, Colour]:
    """The colours of the theme by the names that Word has for them."""
    said: dict[str, str] = {}
    if _SETTINGS in package:
        for mapping in find(package.xml(_SETTINGS), "clrSchemeMapping"):
            for key, name in mapping.attrib.items():
                said[_SHORT.get(local(key), local(key))] = _THEMED.get(str(name), str(name))
    colours = themes.with_aliases(themes.scheme(package, _TEXT), said)
    for name, short in {**_THEMED, **_GROUNDS}.items():
        if short in colours:
            colours[name] = colours[short]
    return colours


def _size(said: list[Any]) -> float:
    """Points of type."""
    is_complex = any(_is_on(mark, "val", "1") for name in ("rtl", "cs") if (mark := _first(said, name)) is not None)
    size = _first(said, "szCs" if is_complex else "sz")
    half = number(value(size, "val"), 2) if size is not None else None
    return 10.0 if half is None else half / 2


def _width(said: list[Any]) -> float:
    """How wide letters are drawn, as a share; programs take none at all for the whole."""
    scale = _first(said, "w")
    share = number(value(scale, "val"), whole=100) if scale is not None else None
    return min(share / 100, 1.0) if share else 1.0


def _is_low(element: Any, rule: str, key: str) -> bool:
    said = number(value(element, key), _TWIPS) if element is not None and value(element, rule) == "exact" else None
    return said is not None and abs(said) < TINY * _TWIPS


def _is_on(element: Any, name: str, default: str = "0") -> bool:
    return value(element, name, default) not in ("0", "false", "off", "none")


def _child(element: Any, name: str) -> Any:
    return next((part for part in element if local(part) == name), None) if element is not None else None


def _first(said: list[Any], name: str) -> Any:
    return next((part for each in said if each is not None for part in each if local(part) == name), None)
