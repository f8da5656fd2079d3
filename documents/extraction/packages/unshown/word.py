"""Word: codes of fields, names of bookmarks, lists to choose from, labels of content controls, words under the pointer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from documents.extraction.made import BOOKMARK
from documents.extraction.outline import Said
from documents.extraction.packages import ooxml
from documents.extraction.packages.package import Package, Trace, find, local, take_out, unwrap, value

_KEPT = frozenset(
    [
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "TOC",
        "REF",
        "PAGEREF",
        "NOTEREF",
        "FTNREF",
        "HYPERLINK",
        "SEQ",
        "STYLEREF",
        "DATE",
        "TIME",
        "SYMBOL",
        "EQ",
        "ADVANCE",
        "LISTNUM",
        "AUTONUM",
        "AUTONUMLGL",
        "AUTONUMOUT",
        "FORMTEXT",
        "FORMCHECKBOX",
        "FORMDROPDOWN",
        "SHAPE",
        "MACROBUTTON",
        "GOTOBUTTON",
    ]
)
"""Fields that number, lead somewhere, or show their code. Of all others the result stays, as plain text."""
_POINTER = re.compile(r'\s*\\o\s*(?:"[^"]*"|\S+)')
_SILENT = ("helpText", "statusText", "entryMacro", "exitMacro")
_LABELS = ("alias", "tag")


@dataclass
class Field:
    """A field between its marks; ``inside``: words in its code, as results of fields in it. ``within``: in whose code it is."""

    marks: list[Any]
    within: Field | None = None
    codes: list[Any] = field(default_factory=list)
    inside: list[Any] = field(default_factory=list)
    has_result: bool = False

    @property
    def code(self) -> str:
        """The code, whose pieces may lie in several runs."""
        return "".join(each.text or "" for each in self.codes)

    @property
    def stays(self) -> bool:
        """Whether readers get it as a field."""
        return is_kept(self.code) and (self.within is None or self.within.stays)

    def set_code(self, code: str) -> None:
        """Exchanges the code."""
        for each in self.codes:
            each.text = ""
        self.codes[0].text = code

    def settle(self) -> None:
        """Takes the field away from around its result."""
        for each in (*self.marks, *self.codes, *self.inside):
            take_out(each)


def is_kept(code: str) -> bool:
    """Whether a field of this code stays one."""
    word = (code.split() or [""])[0].upper()
    return word in _KEPT or word.startswith("=")


def fields(root: Any) -> list[Field]:
    """The fields of a part, in order."""
    found: list[Field] = []
    open_ones: list[Field] = []
    for element in find(root, "fldChar", "instrText", "delInstrText", "t"):
        name = local(element)
        within = next((each for each in reversed(open_ones) if not each.has_result), None)
        if name == "fldChar":
            kind = value(element, "fldCharType")
            if kind == "begin":
                open_ones.append(Field([element], within))
                found.append(open_ones[-1])
            elif open_ones:
                open_ones[-1].marks.append(element)
                open_ones[-1].has_result = True
                if kind == "end":
                    open_ones.pop()
        elif name in ("instrText", "delInstrText") and open_ones:
            open_ones[-1].codes.append(element)
        elif name == "t" and within is not None:
            within.inside.append(element)
    return found


def traces(root: Any) -> Iterator[Trace]:
    """Of a body."""
    yield from _of_fields(root)
    for data in find(root, "fldData", "smartTagPr", "customXmlPr"):
        yield Trace("custom_data", "application data", local(data), partial(take_out, data))
    for link in find(root, "hyperlink"):
        for key in [key for key in link.attrib if local(key) == "tooltip"]:
            yield Trace("hidden_text", "hidden text", link.get(key), partial(link.attrib.pop, key, None))
    for properties in find(root, "sdtPr"):
        yield from _of_control(properties)
    for data in find(root, "ffData"):
        yield from _of_form(data)


def _of_fields(root: Any) -> Iterator[Trace]:
    for each in fields(root):
        if not each.stays:
            yield _trace(each.code, each.settle)
        elif each.codes and (bare := _bare(each.code)) != each.code:
            yield Trace("hidden_text", "hidden text", each.code, partial(each.set_code, bare))
    for simple in find(root, "fldSimple"):
        for key in [key for key in simple.attrib if local(key) == "instr"]:
            code = simple.get(key)
            if not is_kept(code):
                yield _trace(code, partial(unwrap, simple))
            elif (bare := _bare(code)) != code:
                yield Trace("hidden_text", "hidden text", code, partial(simple.set, key, bare))


def _trace(code: str, remove: Any) -> Trace:
    is_remote = ooxml.is_remote_field(code)
    return (
        Trace("remote", "external references", code, remove)
        if is_remote
        else Trace("hidden_text", "hidden text", code, remove)
    )


def _bare(code: str) -> str:
    """The code of a link without what is shown under the pointer."""
    return _POINTER.sub("", code) if code.split()[:1] == ["HYPERLINK"] else code


def _of_control(properties: Any) -> Iterator[Trace]:
    """What was chosen stands in the text."""
    for each in find(properties, *_LABELS):
        yield Trace("custom_data", "application data", value(each, "val"), partial(take_out, each))
    for each in find(properties, "listItem"):
        yield Trace("hidden_text", "hidden text", value(each, "displayText"), partial(take_out, each))
    for each in find(properties, "dropDownList", "comboBox"):
        for key in [key for key in each.attrib if local(key) == "lastValue"]:
            yield Trace("hidden_text", "hidden text", each.get(key), partial(each.attrib.pop, key, None))


def _of_form(data: Any) -> Iterator[Trace]:
    """Help, macros, and what was there to choose; what is chosen from a list is shown by its number."""
    for each in find(data, *_SILENT):
        yield Trace("hidden_text", "hidden text", value(each, "val"), partial(take_out, each))
    for entry in find(data, "textInput"):
        for each in find(entry, "default"):
            yield Trace("hidden_text", "hidden text", value(each, "val"), partial(take_out, each))
    for entry in find(data, "ddList"):
        choices = list(find(entry, "listEntry"))
        if len(choices) > 1:
            yield Trace("hidden_text", "hidden text", value(choices[0], "val"), partial(_choose, entry, choices))


def _choose(entry: Any, choices: list[Any]) -> None:
    said = {local(each): value(each, "val") for each in entry}
    number = said.get("result") or said.get("default") or "0"
    chosen = int(number) if number.isdigit() and int(number) < len(choices) else 0
    for each in (*(choice for at, choice in enumerate(choices) if at != chosen), *find(entry, "result", "default")):
        take_out(each)


def bookmark_traces(package: Package, seen: str) -> Iterator[Trace]:
    """Bookmarks with words that are not ``seen`` on any page get names that say nothing, and links to them follow."""
    said = Said()
    said.add(seen)
    roots = _roots(package)
    every = [value(mark, "name") for root in roots for mark in find(root, "bookmarkStart")]
    every += [
        value(name, "val") for root in roots for data in find(root, "ffData") for name in data if local(name) == "name"
    ]
    telling = [
        name for name in dict.fromkeys(every) if not (BOOKMARK.fullmatch(name) or said.has(name.replace("_", " ")))
    ]
    if telling:
        taken = {name.casefold() for name in every}
        free = (name for number in range(1, 10**6) if (name := f"bookmark{number}") not in taken)
        new = {name.casefold(): next(free) for name in telling}
        yield Trace("bookmarks", "names of shapes", ", ".join(telling), partial(_rename, package, new))


def _roots(package: Package) -> list[Any]:
    return [package.xml(name) for name in package.xml_names("word/") if not name.endswith(".rels")]


def _rename(package: Package, new: Mapping[str, str]) -> None:
    pattern = re.compile(rf"(?<![\w\\])({'|'.join(map(re.escape, new))})(?!\w)", re.IGNORECASE)

    def exchanged(code: str) -> str:
        return pattern.sub(lambda found: new[found[0].casefold()], code)

    for root in _roots(package):
        _rename_in(root, new, exchanged)
    for _source, relation, _target in package.relationships():
        address = str(relation.get("Target", ""))
        if address.startswith("#"):
            relation.set("Target", "#" + new.get(address[1:].casefold(), address[1:]))


def _rename_in(root: Any, new: Mapping[str, str], exchanged: Callable[[str], str]) -> None:
    for each in fields(root):
        if each.codes and (code := exchanged(each.code)) != each.code:
            each.set_code(code)
    for element in find(root, "fldSimple"):
        for key in element.attrib:
            element.set(key, exchanged(element.get(key)))
    for element in find(root, "bookmarkStart", "hyperlink", "name"):
        for key in [key for key in element.attrib if local(key) in ("name", "anchor", "val")]:
            element.set(key, new.get(element.get(key).casefold(), element.get(key)))
