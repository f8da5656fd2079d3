"""Excel: words that no cell shows, in formulas and their names, lists to choose from, filters and conditions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value
from documents.extraction.packages.spans import cells_of, spans
from documents.extraction.packages.unshown import formulas, headers

_BUILT_IN = "_xlnm.Print"
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_OF_SHEET = re.compile(r"'((?:[^']|'')+)'!|([\w.:]+)!")
_NAME = re.compile(r"[^\W\d][\w.]*")
_OTHER_BOOK = re.compile(r"'?\[\d{1,9}\](?:[^'\[\]]{0,99}')?[\w. ]{0,99}!")
"""A place in another workbook: the list of those goes, and Excel takes a formula that leads there for damage."""
_WITH_WORDS = ("formula", "f")
_OF_COLUMNS = ("calculatedColumnFormula", "totalsRowFormula")
_HOLDERS = frozenset({"conditionalFormatting", "conditionalFormattings", "dataValidations", "ext", "extLst"})
_LONG = 10_000
_PROMPTS = ("promptTitle", "prompt", "errorTitle", "error")
_RANGE = ("sqref",)
_TOOLTIPS = ("tooltip", "display")


@dataclass(frozen=True)
class Shown:
    """What a workbook shows: the words of all cells, names of sheets; and names in it that go (folded)."""

    words: str
    sheets: Collection[str]
    gone: Collection[str]

    @cached_property
    def each(self) -> frozenset[str]:
        """The words one by one."""
        return formulas.words(self.words)

    def tells(self, formula: str) -> bool:
        """Whether a formula leads to what is hidden, or goes."""
        rest = _QUOTED.sub("", formula)
        named = {(quoted.replace("''", "'") or plain).casefold() for quoted, plain in _OF_SHEET.findall(rest)}
        return not named <= set(self.sheets) or any(each.casefold() in self.gone for each in _NAME.findall(rest))


def shown(package: Package, workbook: str, words: str, sheets: Collection[str]) -> Shown:
    """``words`` of all cells that are seen; ``sheets``: names of those that are."""
    folded = frozenset(name.casefold() for name in sheets)
    plain = Shown(words, folded, frozenset())
    names = find(package.xml(workbook), "definedName")
    gone = [value(each, "name").casefold() for each in names if _goes(each) or plain.tells(each.text or "")]
    return Shown(words, folded, frozenset(gone))


def traces(root: Any, shown: Shown) -> Iterator[Trace]:
    """Of a sheet or table."""
    yield from _of_formulas(root, shown)
    yield from _of_validation(root, shown)
    yield from headers.of_sheet(root, shown.each)
    for each in find(root, "filterColumn", "sortState"):
        words = ", ".join(value(one, "val") for one in each.iter() if value(one, "val"))
        yield Trace("hidden_text", "hidden text", words or local(each), partial(take_out, each))
    for each in find(root, "scenarios", "protectedRanges", "dataConsolidate", "cellWatches"):
        yield Trace("custom_data", "application data", local(each), partial(take_out, each))
    for each in find(root, "cfRule"):
        said = [value(each, "text"), *(part.text or "" for part in find(each, *_WITH_WORDS))]
        if telling := [word for word in _words(said) if word not in shown.words]:
            yield Trace("hidden_text", "hidden text", ", ".join(telling), partial(_take_out, each))
    for each in find(root, "hyperlink"):
        for key in [key for key in each.attrib if local(key) in _TOOLTIPS]:
            yield Trace("hidden_text", "hidden text", each.get(key), partial(each.attrib.pop, key, None))


def _of_formulas(root: Any, shown: Shown) -> Iterator[Trace]:
    """Formulas become their values. One that was never computed has none: who made the file has to have it computed."""
    together: dict[str, list[Any]] = defaultdict(list)
    found: list[tuple[Any, list[str]]] = []
    for each in find(root, "f", *_OF_COLUMNS):
        if value(each, "t") == "shared":
            together[value(each, "si")].append(each)
        if each.text and (local(each) != "f" or local(each.getparent()) == "c"):
            own = "".join(part.text or "" for part in each.getparent() if local(part) == "v")
            others = _OTHER_BOOK.findall(_QUOTED.sub("", each.text)) if "[" in each.text else []
            if said := [*others, *(formulas.telling(each.text, shown.each, own) if '"' in each.text else [])]:
                found.append((each, said))
    for each, said in found:
        every = together[value(each, "si")] if value(each, "t") == "shared" else [each]
        remove = partial(_settle, every) if all(map(_is_computed, every)) else None
        yield Trace("hidden_text", "hidden text", ", ".join(said), remove)


def _is_computed(formula: Any) -> bool:
    return local(formula) != "f" or any(local(part) == "v" for part in formula.getparent())


def _settle(every: list[Any]) -> None:
    for formula in every:
        for key in ("cm", "totalsRowFunction"):  # what says of which kind the formula is
            formula.getparent().attrib.pop(key, None)
        take_out(formula)


def _of_validation(root: Any, shown: Shown) -> Iterator[Trace]:
    """What may be written into cells stays for those who fill in a form, a list of words where a cell is empty."""
    filled: set[tuple[int, ...]] | None = None
    for each in find(root, "dataValidation"):
        said = [text_of(part, _LONG) for part in find(each, "formula1", "formula2")]
        words = list(_words(["", *said]))
        if is_list := value(each, "type") == "list" and all(map(_QUOTED.fullmatch, said)):
            words = [word.strip() for several in words for word in several.split(",")]
        is_telling = any(word not in shown.words for word in words)
        if is_telling and is_list:
            filled = _filled(root) if filled is None else filled
            is_telling = not _has_room(each, filled)
        if is_telling or any(map(shown.tells, said)):
            yield Trace("hidden_text", "hidden text", ", ".join(said), partial(_take_out, each))
        for key in [key for key in each.attrib if local(key) in _PROMPTS]:
            yield Trace("hidden_text", "hidden text", each.get(key), partial(each.attrib.pop, key, None))


def _filled(root: Any) -> set[tuple[int, ...]]:
    """Column and row of each cell with a value."""
    cells = [value(cell, "r") for cell in find(root, "c") if any(local(part) != "f" for part in cell)]
    return {span[:2] for span in spans(cells)}


def _has_room(validation: Any, filled: Collection[tuple[int, ...]]) -> bool:
    """Whether one of the cells that it is for is empty."""
    said = [value(validation, "sqref"), *(each.text or "" for each in find(validation, "sqref"))]
    return any(place not in filled for span in spans(said) for place in cells_of(span))


def _words(said: list[str]) -> Iterator[str]:
    """The words of a condition: what it says itself, and constants in its formulas."""
    text, *others = said
    yield from [text] if text else []
    for formula in others:
        yield from (found.replace('""', '"') for found in _QUOTED.findall(formula) if found)


def _take_out(element: Any) -> None:
    """With what only held it: programs refuse empty ones."""
    holder = element.getparent()
    take_out(element)
    if holder is not None:
        holder.attrib.pop("count", None)
    if holder is not None and local(holder) in _HOLDERS and not any(local(each) not in _RANGE for each in holder):
        _take_out(holder)


def name_traces(package: Package, workbook: str, sheets: Collection[str]) -> Iterator[Trace]:
    """Hidden names, and those of constants and of places in other workbooks."""
    every = list(find(package.xml(workbook), "definedName"))
    removals: dict[Any, Callable[[], None]] = {each: partial(take_out, each) for each in every if _goes(each)}
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


def _goes(defined: Any) -> bool:
    """Whether it is a hidden name, one of a constant, or of a place in another workbook."""
    is_hidden = value(defined, "hidden") in ("1", "true")
    is_own = not value(defined, "name").startswith(_BUILT_IN)
    said = defined.text or ""
    return is_own and (is_hidden or any(part.search(said) is not None for part in (_QUOTED, _OTHER_BOOK)))


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
