"""What the style sheets of an e-book hide: words that the file has and its reader never shows.

A small part of the cascade (CSS Cascading and Inheritance 4): sheets of the page and their imports, selectors by
specificity and order, ``!important``, the style attribute, inheritance. What it finds blocks and is not taken out: a rule
that was misread must not cost words that everybody sees. Rules for paper or for one make of reader hide nothing here.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import tinycss2
from cssselect import ExpressionError, HTMLTranslator, SelectorSyntaxError, parse
from lxml import etree
from tinycss2.color3 import parse_color

from documents.extraction.contrast import FAINT, PAPER, TINY, Colour, alike, blends_in, mixed
from documents.extraction.packages.numbers import number
from documents.extraction.packages.package import Package, Trace, find, local, text_of, value

_INHERITED = frozenset({"visibility", "font-size", "color"})
_GROUNDS = ("background", "background-color", "background-image")
_READ = frozenset({*_INHERITED, *_GROUNDS, "display", "opacity", "position"})
_VISIBILITY = frozenset({"visible", "hidden", "collapse"})
_DISPLAY = re.compile(
    r"(none|contents|block|inline|flow|flow-root|run-in|list-item|inherit|initial|unset|revert"
    r"|(inline-)?(table|flex|grid|block)|table-[a-z-]+|ruby[a-z-]*|math|-(webkit|moz|ms)-[a-z-]+)( [a-z -]+)?"
)
"""Values that a reader knows: it passes over others, so that the one before holds."""
_ELSEWHERE = re.compile(
    r"\s*(only\s+)?(print|speech|aural|braille|embossed|tty|tv|projection|handheld|amzn-[\w-]+)\b", re.I
)
_MOST_SHEETS = 50
_NOTHING = re.compile(r"\+?0*\.?0+([a-z]+|%)?")
_TINY = re.compile(r"[01]?(\.\d+)?(px|pt)|0?\.[01]\d*(em|rem)|\d(\.\d+)?%")
_CLEAR = frozenset({"", "none", "transparent", "initial", "inherit", "unset"})
_NOTES = frozenset({"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"})

Style = Mapping[str, str]
Weight = tuple[bool, bool, tuple[int, int, int], int]
"""Which declaration wins: important, in the element itself, specificity, the later one."""


class Declaration(NamedTuple):
    """What a rule or an element says of one property."""

    name: str
    value: str
    important: bool


class Rule(NamedTuple):
    """Whom a rule of a sheet is for, and what it says of the properties that matter here."""

    selector: str
    said: tuple[Declaration, ...]


class Import(NamedTuple):
    """Another sheet that a sheet takes in."""

    address: str


_translator = HTMLTranslator(xhtml=True)


def style_traces(package: Package, names: Iterable[str]) -> Iterator[Trace]:
    """What the styles of the pages ``names`` hide, and what is white on white or too small to read."""
    pages = list(names)
    linked = _linked(package, pages)
    for name in pages:
        styles = _computed(package, name)
        hidden = [each for each in styles if _hides(each, styles[each]) and not _is_note(each, linked)]
        shut = frozenset(hidden)
        for element in hidden:
            if not any(up in shut for up in element.iterancestors()) and text_of(element):
                yield Trace("text_invisible", "hidden text", text_of(element))
        for element, style in styles.items():
            words = _own_text(element)
            if words and not any(up in shut for up in (element, *element.iterancestors())):
                code = _unreadable(element, style, styles)
                if code:
                    yield Trace(code, "hidden text", words)


def _linked(package: Package, pages: list[str]) -> frozenset[str]:
    """What any page links to: a note that is opened by its link is read, wherever it stands."""
    return frozenset(value(a, "href").partition("#")[2] for name in pages for a in find(package.xml(name), "a")) - {""}


def _is_note(element: Any, linked: frozenset[str]) -> bool:
    types = {*value(element, "type").split(), *value(element, "role").split()}
    return not _NOTES.isdisjoint(types) and value(element, "id") in linked


def _hides(element: Any, style: Style) -> bool:
    return style.get("display") == "none" and local(element) not in ("html", "head", "style", "script", "title")


def _is_invisible(style: Style) -> bool:
    return style.get("visibility") in ("hidden", "collapse")


def _unreadable(element: Any, style: Style, styles: Mapping[Any, Style]) -> str:
    """The code of text that is there and can't be read; else empty."""
    lineage = [styles.get(each, {}) for each in (element, *element.iterancestors())]
    if _is_invisible(style) or prod(_share(each.get("opacity", "1")) for each in lineage) < FAINT:
        return "text_invisible"
    if _is_tiny(style.get("font-size", "")):
        return "text_tiny"
    ink = _colour(style.get("color", ""))
    is_placed = any(each.get("position") in ("absolute", "fixed") for each in lineage)
    below = [] if is_placed else _below(lineage)
    return "text_colour" if ink is not None and blends_in(ink.colour, None, below, ink.opacity) else ""


def _is_tiny(size: str) -> bool:
    if _NOTHING.fullmatch(size) or _TINY.fullmatch(size):
        return True
    points = number(size, in_point=1) if size[-1:].isalpha() else None
    return points is not None and points < TINY


def _share(said: str) -> float:
    """An opacity (0-1); whole where it makes no sense."""
    found = number(said, whole=1)
    return 1.0 if found is None else min(max(found, 0.0), 1.0)


def _below(lineage: list[Style]) -> list[Colour]:
    """What may lie under the letters; empty where it can't be told."""
    for style in lineage:
        said = [style[name] for name in _GROUNDS if style.get(name, "") not in _CLEAR]
        grounds = [ground for each in said if (ground := _colour(each)) is None or ground.opacity >= FAINT]
        if grounds:
            return [
                mixed(each.opacity, each.colour, PAPER) for each in grounds if each is not None and None not in grounds
            ]
    return [PAPER]


class _Paint(NamedTuple):
    """A colour, and how much of it hides what lies behind it (0-1)."""

    colour: Colour
    opacity: float


def _colour(text: str) -> _Paint | None:
    """The colour that a value is, or has beside words without a picture; None for none."""
    found = parse_color(text)
    if found is None and "(" not in text:
        found = next(filter(None, map(parse_color, text.split())), None)
    if found is None or isinstance(found, str):
        return None
    return _Paint((round(found.red * 255), round(found.green * 255), round(found.blue * 255)), found.alpha)


def _own_text(element: Any) -> str:
    """The words that stand in an element itself, for the editor."""
    outside = ("head", "style", "script")
    if any(local(each) in outside for each in (element, *element.iterancestors())):
        return ""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())[:120]


def _computed(package: Package, name: str) -> dict[Any, Style]:
    """What holds for each element of a page; nothing where no declaration hides anything."""
    root = package.xml(name)
    rules = list(_rules(package, name, root))
    own = {each: _inline(each.get("style")) for each in root.iter(etree.Element) if each.get("style")}
    every = [*(said for rule in rules for said in rule.said), *(said for several in own.values() for said in several)]
    grounds = [PAPER, *(ground.colour for each in every if each.name in _GROUNDS and (ground := _colour(each.value)))]
    if not any(_may_hide(each, grounds) for each in every):
        return {}
    won: dict[Any, dict[str, tuple[Weight, str]]] = defaultdict(dict)
    plain = _without_namespaces(root)
    same = dict(zip(plain.iter(etree.Element), root.iter(etree.Element), strict=True))
    for order, rule in enumerate(rules):
        for specificity, path in _paths(rule.selector):
            for element in path(plain):
                _weigh(won[same[element]], rule.said, (False, specificity, order))
    for element, said in own.items():
        _weigh(won[element], said, (True, (0, 0, 0), 0))
    styles: dict[Any, Style] = {}
    for element in root.iter(etree.Element):
        above = styles.get(element.getparent(), {})
        inherited = {key: text for key, text in above.items() if key in _INHERITED}
        said_here = {key: text for key, (_weight, text) in won.get(element, {}).items() if text != "inherit"}
        styles[element] = {**inherited, **said_here}
    return styles


def _without_namespaces(root: Any) -> Any:
    """A copy in which elements have no namespace, as selectors name them."""
    plain = deepcopy(root)
    for element in plain.iter(etree.Element):
        element.tag = local(element)
    return plain


def _may_hide(said: Declaration, grounds: Iterable[Colour]) -> bool:
    if said.name in ("display", "visibility"):
        return said.value in ("none", "hidden", "collapse")
    if said.name == "color":
        ink = _colour(said.value)
        return ink is not None and (ink.opacity < 1 or any(alike(ink.colour, each) for each in grounds))
    if said.name == "opacity":
        return _share(said.value) < 1
    if said.name == "font-size":
        return _is_tiny(said.value)
    return False


def _weigh(
    won: dict[str, tuple[Weight, str]],
    said: Iterable[Declaration],
    place: tuple[bool, tuple[int, int, int], int],
) -> None:
    for each in said:
        weight = (each.important, *place)
        if each.name not in won or weight >= won[each.name][0]:
            won[each.name] = weight, each.value


@lru_cache(maxsize=10_000)
def _paths(selector: str) -> tuple[tuple[tuple[int, int, int], etree.XPath], ...]:
    """A list of selectors as paths; without those for what is only so under a finger, and those that can't be read."""
    try:
        return tuple(
            (each.specificity(), etree.XPath(_translator.selector_to_xpath(each)))
            for each in parse(selector)
            if each.pseudo_element is None
        )
    except (SelectorSyntaxError, ExpressionError, etree.XPathError):
        return ()


def _rules(package: Package, name: str, root: Any) -> Iterator[Rule]:
    """The rules of a page in their order: of its sheets and of those in its markup."""
    read: set[str] = set()
    for element in find(root, "link", "style"):
        if not _is_for_screens(value(element, "media")):
            continue
        kinds = value(element, "rel").lower().split()
        if local(element) == "style":
            yield from _taken_in(package, name, _parsed((element.text or "").encode()), read)
        elif "stylesheet" in kinds and "alternate" not in kinds:
            yield from _sheet(package, name, value(element, "href"), read)


def _sheet(package: Package, source: str, address: str, read: set[str]) -> Iterator[Rule]:
    part = package.named(posixpath.normpath(posixpath.join(posixpath.dirname(source), address.partition("#")[0])))
    if part and part not in read and len(read) < _MOST_SHEETS:
        read.add(part)
        yield from _taken_in(package, part, _parsed(package.read(part)), read)


def _taken_in(package: Package, name: str, parsed: Iterable[Rule | Import], read: set[str]) -> Iterator[Rule]:
    for each in parsed:
        if isinstance(each, Import):
            yield from _sheet(package, name, each.address, read)
        else:
            yield each


@lru_cache(maxsize=64)
def _parsed(sheet: bytes) -> tuple[Rule | Import, ...]:
    """A sheet, read once for all pages that have it."""
    rules, _encoding = tinycss2.parse_stylesheet_bytes(sheet, skip_comments=True, skip_whitespace=True)
    return tuple(_read(rules))


def _read(rules: Iterable[Any]) -> Iterator[Rule | Import]:
    """Rules and imports for who reads on a screen."""
    for rule in rules:
        if rule.type == "qualified-rule":
            if said := tuple(_declarations(rule.content)):
                yield Rule(tinycss2.serialize(rule.prelude).strip(), said)
        elif rule.type != "at-rule":
            continue
        elif rule.lower_at_keyword == "import":
            yield from _import(rule.prelude)
        elif rule.content and _holds(rule):
            yield from _read(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))


def _holds(rule: Any) -> bool:
    if rule.lower_at_keyword == "media":
        return _is_for_screens(tinycss2.serialize(rule.prelude))
    return rule.lower_at_keyword in ("supports", "layer")


def _import(prelude: list[Any]) -> Iterator[Import]:
    parts = [each for each in prelude if each.type not in ("whitespace", "comment")]
    if not parts or not _is_for_screens(tinycss2.serialize(parts[1:])):
        return
    first = parts[0]
    if first.type == "function" and first.lower_name == "url":
        first = next((each for each in first.arguments if each.type == "string"), first)
    if first.type in ("string", "url"):
        yield Import(first.value)


def _is_for_screens(media: str) -> bool:
    """Whether a list of media means more than paper, voices and one make of reader."""
    return any(not _ELSEWHERE.match(each) for each in media.split(","))


@lru_cache(maxsize=10_000)
def _inline(style: str) -> tuple[Declaration, ...]:
    return tuple(_declarations(style))


def _declarations(source: str | list[Any]) -> Iterator[Declaration]:
    """Those that matter here and that a reader understands."""
    for each in tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and each.lower_name in _READ:
            text = tinycss2.serialize(each.value).strip().lower()
            if (
                (each.lower_name == "display" and not _DISPLAY.fullmatch(text))
                or (each.lower_name == "visibility" and text not in _VISIBILITY | {"inherit"})
                or (each.lower_name == "color" and text != "inherit" and parse_color(text) is None)
            ):
                continue
            yield Declaration(each.lower_name, text, each.important)
