"""What the style sheets of an e-book hide: words that the file has and its reader never shows.

A small part of the cascade (CSS Cascading and Inheritance 4): sheets of the page and their imports, selectors by
specificity and order, ``!important``, the style attribute, inheritance. Rules for paper or for one make of reader hide
nothing here: everybody else sees the words.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import tinycss2
from cssselect import ExpressionError, HTMLTranslator, SelectorSyntaxError, parse
from cssselect.xpath import XPathExpr
from lxml import etree
from tinycss2.color3 import parse_color

from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value

_INHERITED = frozenset({"visibility", "font-size", "color"})
_GROUNDS = ("background", "background-color", "background-image")
_READ = frozenset({*_INHERITED, *_GROUNDS, "display", "opacity", "position"})
_ON_SCREENS = re.compile(r"(\s*(only\s+)?(all|screen)\b.*)?\s*", re.IGNORECASE | re.DOTALL)
_MOST_SHEETS = 50
_NOTHING = re.compile(r"\+?0*\.?0+([a-z]+|%)?")
_TINY = re.compile(r"[01]?(\.\d+)?(px|pt)")
_WHITE = 0.98
_CLEAR = frozenset({"", "none", "transparent", "initial", "inherit", "unset"})
_NOTES = frozenset({"footnote", "endnote", "rearnote", "note"})

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


class _Translator(HTMLTranslator):
    """Elements by their local name: pages have the namespace of XHTML, or none."""

    def xpath_element(self, selector: Any) -> XPathExpr:
        found = super().xpath_element(selector)
        if found.element != "*":
            name, found.element = found.element, "*"
            found.add_condition(f"local-name() = {self.xpath_literal(name)}")
        return found


_translator = _Translator(xhtml=True)


def style_traces(package: Package, name: str) -> Iterator[Trace]:
    """What the styles of the page ``name`` hide; what is white on white or too small to read, which editors mend."""
    styles = _computed(package, name)
    hidden = _hidden(styles)
    for element in hidden:
        if not any(up in hidden for up in element.iterancestors()) and text_of(element):
            yield Trace("hidden_text", "hidden text", text_of(element), partial(take_out, element))
    for element, style in styles.items():
        words = _own_text(element)
        if words and not any(up in hidden for up in (element, *element.iterancestors())):
            code = _unreadable(element, style, styles)
            if code:
                yield Trace(code, "hidden text", words)


def hidden_by_styles(package: Package, name: str) -> frozenset[Any]:
    """The elements of the page ``name`` that its styles hide with all that is in them."""
    return frozenset(_hidden(_computed(package, name)))


def is_shown_elsewhere(element: Any) -> bool:
    """Whether a reader shows what the page hides: notes that a link opens, contents and pages in lists of its own."""
    types = value(element, "type").split()
    if local(element) == "nav":
        return bool(types)
    return not _NOTES.isdisjoint(types) and _is_linked(element)


def _is_linked(element: Any) -> bool:
    name = value(element, "id")
    links = find(element.getroottree().getroot(), "a")
    return bool(name) and any(value(link, "href").partition("#")[2] == name for link in links)


def _hidden(styles: Mapping[Any, Style]) -> dict[Any, None]:
    """Elements of which nothing is seen. What is only invisible may have something visible in it."""
    found: dict[Any, None] = {}
    for element, style in styles.items():
        is_hidden = style.get("display") == "none" or (
            _is_invisible(style) and all(_is_invisible(styles.get(each, {})) for each in element.iterdescendants())
        )
        if is_hidden and not is_shown_elsewhere(element):
            found[element] = None
    return found


def _is_invisible(style: Style) -> bool:
    return style.get("visibility") in ("hidden", "collapse")


def _unreadable(element: Any, style: Style, styles: Mapping[Any, Style]) -> str:
    """The code of text that is there and can't be read; else empty."""
    lineage = [styles.get(each, {}) for each in (element, *element.iterancestors())]
    if _is_invisible(style) or any(_NOTHING.fullmatch(each.get("opacity", "1")) for each in lineage):
        return "text_colour"
    size = style.get("font-size", "")
    if _NOTHING.fullmatch(size) or _TINY.fullmatch(size):
        return "text_tiny"
    color = _color(style.get("color", ""))
    if color is None or any(each.get("position") in ("absolute", "fixed") for each in lineage):
        return ""
    return "text_colour" if color.alpha == 0 or (_is_white(color) and not _has_ground(lineage)) else ""


def _has_ground(lineage: list[Style]) -> bool:
    """Whether anything but white lies behind the words."""
    for style in lineage:
        grounds = [style[name] for name in _GROUNDS if style.get(name, "") not in _CLEAR]
        if grounds:
            return not all(_is_white(_color(each)) for each in grounds)
    return False


def _color(text: str) -> Any:
    found = parse_color(text)
    return None if isinstance(found, str) else found


def _is_white(color: Any) -> bool:
    return color is not None and min(color.red, color.green, color.blue) >= _WHITE


def _own_text(element: Any) -> str:
    """The words that stand in an element itself, for the editor."""
    if not local(element) or local(element) in ("style", "script", "title"):
        return ""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())[:120]


def _computed(package: Package, name: str) -> dict[Any, Style]:
    """What holds for each element of a page; nothing where no declaration hides anything."""
    root = package.xml(name)
    rules = list(_rules(package, name, root))
    own = {each: tuple(_declarations(each.get("style"))) for each in root.iter(etree.Element) if each.get("style")}
    every = [*(said for rule in rules for said in rule.said), *(said for several in own.values() for said in several)]
    if not any(_may_hide(each) for each in every):
        return {}
    won: dict[Any, dict[str, tuple[Weight, str]]] = defaultdict(dict)
    for order, rule in enumerate(rules):
        for specificity, element in _matches(root, rule.selector):
            _weigh(won[element], rule.said, (False, specificity, order))
    for element, said in own.items():
        _weigh(won[element], said, (True, (0, 0, 0), 0))
    styles: dict[Any, Style] = {}
    for element in root.iter(etree.Element):
        above = styles.get(element.getparent(), {})
        inherited = {key: text for key, text in above.items() if key in _INHERITED}
        said_here = {key: text for key, (_weight, text) in won.get(element, {}).items() if text != "inherit"}
        styles[element] = {**inherited, **said_here}
    return styles


def _may_hide(said: Declaration) -> bool:
    if said.name in ("display", "visibility"):
        return said.value in ("none", "hidden", "collapse")
    if said.name == "color":
        color = _color(said.value)
        return color is not None and (color.alpha == 0 or _is_white(color))
    if said.name in ("opacity", "font-size"):
        return bool(_NOTHING.fullmatch(said.value) or _TINY.fullmatch(said.value))
    return False


def _weigh(
    won: dict[str, tuple[Weight, str]],
    said: tuple[Declaration, ...],
    place: tuple[bool, tuple[int, int, int], int],
) -> None:
    for each in said:
        weight = (each.important, *place)
        if each.name not in won or weight >= won[each.name][0]:
            won[each.name] = weight, each.value


def _matches(root: Any, selector: str) -> Iterator[tuple[tuple[int, int, int], Any]]:
    """The elements that a list of selectors means now: what is only so under a finger or for a part of a word is not."""
    try:
        for each in parse(selector):
            if each.pseudo_element is None:
                path = _translator.selector_to_xpath(each)
                yield from ((each.specificity(), element) for element in root.xpath(path))
    except (SelectorSyntaxError, ExpressionError, etree.XPathError):
        return


def _rules(package: Package, name: str, root: Any) -> Iterator[Rule]:
    """The rules of a page in their order: of its sheets and of those in its markup."""
    read: set[str] = set()
    for element in find(root, "link", "style"):
        if not _ON_SCREENS.fullmatch(value(element, "media")):
            continue
        if local(element) == "style":
            yield from _rules_of(package, name, element.text or "", read)
        elif "stylesheet" in value(element, "rel").lower().split():
            yield from _sheet(package, name, value(element, "href"), read)


def _sheet(package: Package, source: str, address: str, read: set[str]) -> Iterator[Rule]:
    part = package.named(posixpath.normpath(posixpath.join(posixpath.dirname(source), address.partition("#")[0])))
    if part and part not in read and len(read) < _MOST_SHEETS:
        read.add(part)
        yield from _rules_of(package, part, package.read(part).decode("utf-8", "replace"), read)


def _rules_of(package: Package, name: str, sheet: str | list[Any], read: set[str]) -> Iterator[Rule]:
    """The rules of a sheet, or of a part of one, for who reads on a screen."""
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            if said := tuple(_declarations(rule.content)):
                yield Rule(tinycss2.serialize(rule.prelude).strip(), said)
        elif rule.type == "at-rule" and rule.lower_at_keyword == "import":
            first = next((each for each in rule.prelude if each.type in ("string", "url")), None)
            if first is not None:
                yield from _sheet(package, name, first.value, read)
        elif rule.type == "at-rule" and rule.content and _holds(rule):
            yield from _rules_of(package, name, rule.content, read)


def _holds(rule: Any) -> bool:
    if rule.lower_at_keyword == "media":
        return bool(_ON_SCREENS.fullmatch(tinycss2.serialize(rule.prelude)))
    return rule.lower_at_keyword in ("supports", "layer")


def _declarations(source: str | list[Any]) -> Iterator[Declaration]:
    for each in tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and each.lower_name in _READ:
            text = tinycss2.serialize(each.value).strip().lower()
            yield Declaration(each.lower_name, text, each.important)
