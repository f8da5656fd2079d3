"""Headers and footers of pages that a file doesn't have: they stay in it when somebody no longer wants the first or the
even pages to differ, or uses another kind of page. Word, Excel and OpenDocument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.outline import Said
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value
from documents.extraction.packages.unshown import formulas

_TEXT, _SETTINGS, _STYLES = "word/document.xml", "word/settings.xml", "styles.xml"
APART = ("p", "tab", "ptab", "br", "cr")
"""What words of Word stand in or beside, and are not one word with what comes before."""
_REFERENCES = ("headerReference", "footerReference")
_OF_SHEETS = {"evenHeader": "Even", "evenFooter": "Even", "firstHeader": "First", "firstFooter": "First"}
_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d+|.)')
"""Fonts, colours, sizes, fields in the headers of a workbook."""
_OF_PAGES = tuple(f"{part}{kind}" for part in ("header", "footer") for kind in ("", "-left", "-first"))
_COMPUTED = frozenset({
    "sheet-name", "title", "date", "time", "page-number", "page-count", "page-continuation", "file-name",
})  # fmt: skip
_APART_IN_OPENDOCUMENT = ("p", "tab", "s", "line-break")
_STANDARD = "Standard"
_LONG = 10_000


def of_word(package: Package, seen: str) -> Iterator[Trace]:
    """References to headers with words that are not ``seen``; without one the header is a part that nothing shows."""
    said = Said()
    said.add(seen)
    for reference, part in _unshown(package):
        words = _written(package.xml(part)) if part in package else ""
        if words and not said.has(words):
            yield Trace("hidden_text", "hidden text", " ".join(words.split())[:_LONG], partial(take_out, reference))


def _written(root: Any) -> str:
    """The words of a header without the codes of fields: one with nothing but the page's number says nothing."""
    return "".join((each.text or "") if local(each) == "t" else "\n" for each in find(root, "t", *APART)).strip()


def unshown_parts(package: Package) -> frozenset[str]:
    """The headers and footers of a Word file that no page shows."""
    return frozenset(part for _reference, part in _unshown(package))


def _unshown(package: Package) -> list[tuple[Any, str]]:
    """References and the parts that they lead to. A section without a header of its own has that of the one before."""
    if _TEXT not in package:
        return []
    has_even = _SETTINGS in package and any(map(_is_on, find(package.xml(_SETTINGS), "evenAndOddHeaders")))
    every: list[Any] = []
    shown: set[Any] = set()
    last: dict[tuple[str, str], Any] = {}
    for section in find(package.xml(_TEXT), "sectPr"):
        if local(section.getparent()) == "sectPrChange":
            continue
        own = [each for each in section if local(each) in _REFERENCES]
        every += own
        last |= {(local(each), value(each, "type")): each for each in own}
        has_first = any(local(each) == "titlePg" and _is_on(each) for each in section)
        is_shown = {"first": has_first, "even": has_even}
        shown |= {each for (_, kind), each in last.items() if is_shown.get(kind, True)}
    relations = package.relations(_TEXT)
    targets = {each.get("Id"): package.target(_TEXT, each) for each in relations} if relations is not None else {}
    parts = {each: targets.get(value(each, "id"), "") for each in every}
    reached = {parts[each] for each in shown}
    return [(each, part) for each, part in parts.items() if each not in shown and part not in reached]


def _is_on(element: Any) -> bool:
    return value(element, "val", "1") not in ("0", "false", "off")


def of_sheet(root: Any, seen: frozenset[str]) -> Iterator[Trace]:
    """The same of a sheet; ``seen``: the words of all cells."""
    for holder in find(root, "headerFooter"):
        unshown = [
            each
            for each in holder
            if (kind := _OF_SHEETS.get(local(each)))
            and value(holder, f"different{'OddEven' if kind == 'Even' else kind}") not in ("1", "true")
        ]
        known = seen.union(*(_words(each) for each in holder if each not in unshown))
        for each in unshown:
            if not _words(each) <= known:
                yield Trace("hidden_text", "hidden text", text_of(each, _LONG), partial(take_out, each))


def _words(element: Any) -> frozenset[str]:
    return formulas.words(_CODE.sub(" ", element.text or ""))


def of_opendocument(package: Package, seen: str) -> Iterator[Trace]:
    """Headers that are switched off, and those of kinds of pages that nothing asks for."""
    if _STYLES not in package:
        return
    masters = list(find(package.xml(_STYLES), "master-page"))
    used = _used(package, masters)
    said = Said()
    said.add(seen)
    unshown = []
    for master in masters:
        for each in [each for each in master if local(each) in _OF_PAGES]:
            if value(master, "name") in used and value(each, "display") != "false":
                said.add(_own(each))
            else:
                unshown.append(each)
    for each in unshown:
        if (words := _own(each).strip()) and not said.has(words):
            yield Trace("hidden_text", "hidden text", " ".join(words.split()), partial(_empty, each))


def _used(package: Package, masters: list[Any]) -> set[str]:
    """The kinds of pages that a style asks for, and those that follow them; the first is what nobody has to ask for."""
    names = [value(each, "name") for each in masters]
    following = {value(each, "name"): value(each, "next-style-name") for each in masters}
    roots = [package.xml(part) for part in ("content.xml", _STYLES) if part in package]
    waiting = {_STANDARD, *names[:1]}
    for element in (each for root in roots for each in root.iter() if isinstance(each.tag, str)):
        waiting.add(value(element, "master-page-name"))
    used: set[str] = set()
    while waiting:
        used.add(name := waiting.pop())
        waiting |= {following.get(name, "")} - used
    return used


def _own(element: Any) -> str:
    """The words of a header, without what programs compute."""
    if not isinstance(element.tag, str) or local(element) in _COMPUTED:
        return ""
    own = [element.text or "", *(text for child in element for text in (_own(child), child.tail or ""))]
    return "".join([*own, "\n" if local(element) in _APART_IN_OPENDOCUMENT else ""])


def _empty(element: Any) -> None:
    """A program reads from what stays that these pages have none of their own."""
    for child in list(element):
        element.remove(child)
