"""Excel: lists to choose from, what was filtered by, names of constants, conditions about words that no cell shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value

_BUILT_IN = "_xlnm.Print"
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_WITH_WORDS = ("formula", "f")
_HOLDERS = frozenset({"conditionalFormatting", "conditionalFormattings", "ext", "extLst"})
_RANGE = ("sqref",)
_TOOLTIPS = ("tooltip", "display")


def traces(root: Any, seen: str) -> Iterator[Trace]:
    """Of a sheet or table; ``seen`` is what all cells show."""
    for each in find(root, "dataValidations"):
        yield Trace("hidden_text", "hidden text", text_of(each) or "dataValidations", partial(_take_out, each))
    for each in find(root, "filterColumn", "sortState"):
        words = ", ".join(value(one, "val") for one in each.iter() if value(one, "val"))
        yield Trace("hidden_text", "hidden text", words or local(each), partial(take_out, each))
    for each in find(root, "scenarios", "protectedRanges", "dataConsolidate", "cellWatches"):
        yield Trace("custom_data", "application data", local(each), partial(take_out, each))
    for each in find(root, "cfRule"):
        said = [value(each, "text"), *(part.text or "" for part in find(each, *_WITH_WORDS))]
        if telling := [word for word in _words(said) if word not in seen]:
            yield Trace("hidden_text", "hidden text", ", ".join(telling), partial(_take_out, each))
    for each in find(root, "hyperlink"):
        for key in [key for key in each.attrib if local(key) in _TOOLTIPS]:
            yield Trace("hidden_text", "hidden text", each.get(key), partial(each.attrib.pop, key, None))


def _words(said: list[str]) -> Iterator[str]:
    """The words of a condition: what it says itself, and constants in its formulas."""
    text, *formulas = said
    yield from [text] if text else []
    for formula in formulas:
        yield from (found.replace('""', '"') for found in _QUOTED.findall(formula) if found)


def _take_out(element: Any) -> None:
    """With what only held it: programs refuse empty ones."""
    holder = element.getparent()
    take_out(element)
    if holder is not None and local(holder) in _HOLDERS and not any(local(each) not in _RANGE for each in holder):
        _take_out(holder)


def name_traces(package: Package, workbook: str, sheets: Collection[str]) -> Iterator[Trace]:
    """Hidden names, and those of constants."""
    every = list(find(package.xml(workbook), "definedName"))
    removals: dict[Any, Callable[[], None]] = {each: partial(take_out, each) for each in every if _is_telling(each)}
    if removals:  # the last of them looks for all: every look is one at all cells
        *_, last = removals
        removals[last] = partial(_drop_names, package, list(removals), sheets)
    for each in every:
        if each in removals:
            words = f"{value(each, 'name')}: {each.text or ''}"
            yield Trace("hidden_text", "hidden text", words, removals[each])
        for key in [
            key for key in each.attrib if local(key) in ("comment", "description", "help", "statusBar", "customMenu")
        ]:
            yield Trace("comments", "comments", each.get(key), partial(each.attrib.pop, key, None))


def _is_telling(defined: Any) -> bool:
    is_hidden = value(defined, "hidden") in ("1", "true")
    return not value(defined, "name").startswith(_BUILT_IN) and (is_hidden or bool(_QUOTED.search(defined.text or "")))


def _drop_names(package: Package, defined: list[Any], sheets: Collection[str]) -> None:
    """Takes out the last, with the formulas that use any of them: they become their values."""
    take_out(defined[-1])
    names = "|".join(re.escape(value(each, "name")) for each in defined)
    used = re.compile(rf"(?<![\w.])(?:{names})(?![\w.])", re.IGNORECASE)
    for sheet in [sheet for sheet in sheets if sheet in package]:  # a hidden one may be gone by now
        formulas = [each for each in find(package.xml(sheet), "f") if local(each.getparent()) == "c"]
        if any(used.search(each.text or "") for each in formulas):
            for each in formulas:
                take_out(each)
