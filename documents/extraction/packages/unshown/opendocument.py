"""OpenDocument: words that no page shows, in formulas, fields, index marks, names, lists, conditions, descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from documents.extraction.made import BOOKMARK, HOLDER, SHAPE
from documents.extraction.outline import Said
from documents.extraction.packages.package import (
    Trace,
    drop_attributes,
    find,
    local,
    take_out,
    text_of,
    unwrap,
    value,
    without_attributes,
)
from documents.extraction.packages.unshown import formulas

FIELDS = (
    "user-field-get", "user-field-input", "variable-get", "variable-set", "variable-input", "conditional-text", "expression",
    "user-defined", "text-input", "bibliography-mark",
)  # fmt: skip
"""Fields whose text stays, and nothing else of them."""
_DECLARED = ("user-field-decl", "variable-decl")
_MARKS = (
    "alphabetical-index-mark", "alphabetical-index-mark-start", "alphabetical-index-mark-end", "toc-mark", "toc-mark-start",
    "toc-mark-end", "user-index-mark", "user-index-mark-start", "user-index-mark-end",
)  # fmt: skip
_CONDITIONS = ("content-validations", "filter", "data-pilot-tables", "scenario", "consolidation", "list-item")
_BOOKMARKS = (
    "bookmark",
    "bookmark-start",
    "bookmark-end",
    "reference-mark",
    "reference-mark-start",
    "reference-mark-end",
)
_HOLDERS = (
    "section", "table", "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
    "alphabetical-index", "bibliography",
)  # fmt: skip
_REFERENCES = ("bookmark-ref", "reference-ref", "section-source")
_SILENT = ("title", "tag")
_SVG = "svg-compatible"
_OF_FORMULA = ("formula", "number-matrix-columns-spanned", "number-matrix-rows-spanned")
_OF_VALUE = ("string-value",)
_OF_CONDITION = ("condition", "display")
_FIELD = re.compile(
    r"(form|field|control|standard|formular|formulaire|formulario"
    r"|(check|text|combo|list|push|radio|option|image|group|label|numeric|date|time|currency|formatted|pattern|file)"
    r" ?(box|button|field|control|selection)?)[ _]?\d*",
    re.IGNORECASE,
)
"""What LibreOffice calls forms and their fields."""
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_OTHER_FILE = re.compile(r"'[^']+'#")
"""In a formula: a place in another file, by its path."""


def is_description(element: Any) -> bool:
    """Whether an element describes a shape; a page shows none."""
    return local(element) in ("desc", "title") and _SVG in str(element.tag)


def traces(root: Any, seen: str) -> Iterator[Trace]:
    """Of a text or its styles; ``seen`` is what is shown."""
    for each in find(root, *_DECLARED, *_MARKS):
        said = value(each, "string-value") or value(each, "name") or local(each)
        yield Trace("hidden_text", "hidden text", said, partial(take_out, each))
    for each in find(root, *FIELDS):
        if value(each, "display") != "none":
            yield Trace("hidden_text", "hidden text", text_of(each) or local(each), partial(unwrap_with_text, each))
    for each in find(root, *_CONDITIONS):
        if local(each) != "list-item" or "text:1.0" not in str(each.tag):
            yield Trace("hidden_text", "hidden text", local(each), partial(take_out, each))
    yield from _of_cells(root, seen)
    yield from _of_lists(root)
    yield from _of_conditions(root, seen)
    yield from _descriptions(root)
    marked = [*without_attributes(root, "content-validation-name")]
    for each in find(root, "a", "content-control"):
        marked += [(each, key) for key in each.attrib if local(key) in ("title", "name", "alias", "tag")]
    if marked:
        yield Trace("custom_data", "application data", "", partial(drop_attributes, marked))
    yield from _of_forms(root)
    yield from _names(root, seen)


def _descriptions(root: Any) -> Iterator[Trace]:
    """What can be read itself needs none; those of pictures are for the blind."""
    for each in find(root, "desc", "title"):
        if is_description(each) and text_of(each):
            has_picture = next(find(each.getparent(), "image", "object", "plugin"), None) is not None
            remove = None if has_picture else partial(take_out, each)
            yield Trace("descriptions" if has_picture else "hidden_text", "hidden text", text_of(each), remove)


def unwrap_with_text(element: Any) -> None:
    """Leaves the text of an element in its place."""
    text, before, parent = element.text or "", element.getprevious(), element.getparent()
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    element.text = None
    unwrap_in_order(element)


def unwrap_in_order(element: Any) -> None:
    """As ``unwrap``, with the text behind an element behind what it held."""
    if len(element) and element.tail:
        element[-1].tail = (element[-1].tail or "") + element.tail
        element.tail = None
    unwrap(element)


def _of_cells(root: Any, seen: str) -> Iterator[Trace]:
    """Formulas become their values, as in Excel; a value that says other words than its cell goes."""
    sheets = [value(each, "name") for each in find(root, "table") if local(each.getparent()) == "spreadsheet"]
    words = formulas.words("\n".join([seen, *sheets]))
    for cell in find(root, "table-cell", "covered-table-cell"):
        shown = " ".join("".join(part.itertext()) for part in cell if local(part) == "p")
        formula = value(cell, "formula")
        said = [*_OTHER_FILE.findall(_QUOTED.sub("", formula)), *formulas.telling(formula, words, shown)]
        own = value(cell, "string-value")
        if said:
            is_computed = bool(len(cell) or value(cell, "value-type"))
            remove = partial(_drop, cell, _OF_FORMULA) if is_computed else None
            yield Trace("hidden_text", "hidden text", ", ".join(said), remove)
        if own and not formulas.words(own) <= words:
            yield Trace("hidden_text", "hidden text", own, partial(_drop, cell, _OF_VALUE))


def _drop(element: Any, names: Iterable[str]) -> None:
    for key in [key for key in element.attrib if local(key) in names]:
        del element.attrib[key]


def _of_lists(root: Any) -> Iterator[Trace]:
    """What is chosen stands behind the labels."""
    for each in find(root, "drop-down"):
        for label in [part for part in each if local(part) == "label"]:
            yield Trace("hidden_text", "hidden text", value(label, "value"), partial(take_out, label))
        for key in [key for key in each.attrib if local(key) in ("name", "help", "hint")]:
            yield Trace("hidden_text", "hidden text", each.get(key), partial(each.attrib.pop, key, None))


def _of_conditions(root: Any, seen: str) -> Iterator[Trace]:
    """Conditions about words that nothing shows, and names of constants."""
    for each in find(root, "map", "condition", "named-expression"):
        said = [value(each, key) for key in ("condition", "value", "expression")]
        telling = [word for text in said for word in _QUOTED.findall(text) if word and word not in seen]
        if telling:
            yield Trace("hidden_text", "hidden text", ", ".join(telling), partial(take_out, each))
    for each in find(root, "section"):
        said_here = _QUOTED.findall(value(each, "condition"))
        if any(word and word not in seen for word in said_here):
            yield Trace("hidden_text", "hidden text", ", ".join(said_here), partial(_drop, each, _OF_CONDITION))


def _of_forms(root: Any) -> Iterator[Trace]:
    """Names of fields, words under the pointer, and fields that are never shown."""
    for form in find(root, "forms"):
        for each in find(form, "hidden"):
            yield Trace("hidden_text", "hidden text", value(each, "value"), partial(take_out, each))
        silent = [*without_attributes(form, *_SILENT)]
        if silent:
            yield Trace("custom_data", "application data", "", partial(drop_attributes, silent))
        named = [(each, key) for each, key in without_attributes(form, "name") if not _FIELD.fullmatch(each.get(key))]
        if named:
            yield Trace("custom_data", "application data", named[0][0].get(named[0][1]), partial(_number, named))


def _number(named: list[tuple[Any, str]]) -> None:
    """Fields of one name stay together: one of them can be chosen."""
    numbers: dict[str, int] = {}
    for element, key in named:
        element.set(key, f"Field {numbers.setdefault(element.get(key), len(numbers) + 1)}")


def _names(root: Any, seen: str) -> Iterator[Trace]:
    """Bookmarks, as in Word; sections and tables of a text too, which programs list beside the pages."""
    said = Said()
    said.add(seen)

    def tells(name: str) -> bool:
        is_made = any(made.fullmatch(name) for made in (BOOKMARK, HOLDER, SHAPE))
        return not (is_made or said.has(name.replace("_", " ")))

    every = list(dict.fromkeys(name for each in _named(root) if (name := value(each, "name"))))
    telling = list(filter(tells, every))
    if telling:
        free = (name for number in range(1, 10**6) if (name := f"bookmark{number}") not in every)
        new = {each: next(free) for each in telling}
        yield Trace("bookmarks", "names of shapes", ", ".join(telling), partial(_rename, root, new))
    drawn = {each.get(key) for each, key in without_attributes(root, "name") if "drawing:1.0" in key}
    for link in find(root, "a"):
        name = _target(value(link, "href"))
        if name and name not in drawn and name not in every and tells(name):
            yield Trace("bookmarks", "names of shapes", name, partial(_lead, link, "#"))


def _named(root: Any) -> Iterator[Any]:
    """What has a name that no page shows; sheets of a workbook show theirs."""
    for each in find(root, *_BOOKMARKS, *_HOLDERS):
        if local(each.getparent()) != "spreadsheet":
            yield each


def _target(address: str) -> str:
    """The name to which a link within the file leads; empty for another link. Behind a bar is what has the name."""
    return unquote(address[1:]).partition("|")[0] if address.startswith("#") else ""


def _lead(link: Any, address: str) -> None:
    for key in [key for key in link.attrib if local(key) == "href"]:
        link.set(key, address)


def follow(root: Any, new: Mapping[str, str]) -> None:
    """Lets links lead to the ``new`` names."""
    for link in find(root, "a"):
        name = _target(value(link, "href"))
        if name in new:
            _path, bar, kind = unquote(value(link, "href")).partition("|")
            _lead(link, f"#{new[name]}{bar}{kind}")


def _rename(root: Any, new: Mapping[str, str]) -> None:
    for element in (*_named(root), *find(root, *_REFERENCES)):
        for key in element.attrib:
            said = str(element.get(key))
            if local(key) in ("name", "ref-name", "section-name"):
                element.set(key, new.get(said, said))
    follow(root, new)
    for cell, key in without_attributes(root, "formula"):
        for name in new:
            cell.set(key, cell.get(key).replace(f"<{name}.", f"<{new[name]}."))
