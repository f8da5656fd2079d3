"""Word: codes of fields, names of bookmarks, lists to choose from, labels of content controls, words under the pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from documents.extraction.made import BOOKMARK
from documents.extraction.outline import Said
from documents.extraction.packages import ooxml
from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, unwrap, value
from documents.extraction.packages.unshown import formulas

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
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r'"[^"]*"|[^\s"]+')
_LEADS = {
    **dict.fromkeys(("REF", "PAGEREF", "NOTEREF", "FTNREF", "GOTOBUTTON"), ""),
    "HYPERLINK": r"\l",
    "TOC": r"\b",
}
"""Fields that name a bookmark: as their first word, or behind a switch."""
_SILENT = ("helpText", "statusText", "entryMacro", "exitMacro")
_LABELS = ("alias", "tag")


@dataclass
class Field:
    """A field between its marks; ``inside``: words in its code, as results of fields in it. ``within``: in whose code it is.

    ``stays``: whether readers get it as a field.
    """

    marks: list[Any]
    within: Field | None = None
    codes: list[Any] = field(default_factory=list)
    inside: list[Any] = field(default_factory=list)
    is_closed: bool = False
    stays: bool = True

    @property
    def code(self) -> str:
        """The code, whose pieces may lie in several runs."""
        return "".join(each.text or "" for each in self.codes)

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
    word = _kind(code)
    return word in _KEPT or word.startswith("=")


def _kind(code: str) -> str:
    """The first word of a code, which says what the field is."""
    return (code.split() or [""])[0].upper()


def fields(root: Any) -> list[Field]:
    """The fields of a part that end, in order. Where no end is, nobody knows which words are code: none counts as such."""
    return [each for each in _begun(root) if each.is_closed]


def _begun(root: Any) -> list[Field]:
    """All fields of a part, an outer one before those in it."""
    found: list[Field] = []
    open_ones: list[Field] = []
    in_code: list[Field] = []
    for element in find(root, "fldChar", "instrText", "delInstrText", "t"):
        name = local(element)
        if name == "fldChar":
            kind = value(element, "fldCharType")
            if kind == "begin":
                found.append(Field([element], in_code[-1] if in_code else None))
                open_ones.append(found[-1])
                in_code.append(found[-1])
            elif open_ones:
                open_ones[-1].marks.append(element)
                if in_code and in_code[-1] is open_ones[-1]:
                    in_code.pop()
                if kind == "end":
                    open_ones.pop().is_closed = True
        elif name in ("instrText", "delInstrText") and open_ones:
            open_ones[-1].codes.append(element)
        elif name == "t" and in_code:
            in_code[-1].inside.append(element)
    for each in found:
        each.stays = not each.is_closed or (is_kept(each.code) and (each.within is None or each.within.stays))
    return found


def traces(root: Any) -> Iterator[Trace]:
    """Of a body."""
    yield from _of_fields(root)
    yield from _second_ways(root)
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
    for each in _begun(root):
        if not each.is_closed:
            yield Trace("hidden_text", "", each.code.strip() or "fldChar")
        elif not each.stays:
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
    return _POINTER.sub("", code) if _kind(code) == "HYPERLINK" else code


def _of_control(properties: Any) -> Iterator[Trace]:
    """What was chosen stands in the text. Where nothing was, readers choose."""
    for each in find(properties, *_LABELS):
        yield Trace("custom_data", "application data", value(each, "val"), partial(take_out, each))
    for choices in find(properties, "dropDownList", "comboBox"):
        if _is_chosen(properties, choices):
            for each in find(choices, "listItem"):
                yield Trace("hidden_text", "hidden text", value(each, "displayText"), partial(take_out, each))
        for key in [key for key in choices.attrib if local(key) == "lastValue"]:
            yield Trace("hidden_text", "hidden text", choices.get(key), partial(choices.attrib.pop, key, None))


def _is_chosen(properties: Any, choices: Any) -> bool:
    """Whether a control says more than what to do with it. Into a box with a list one may also write."""
    if any(value(each, "val", "1") not in ("0", "false", "off") for each in find(properties, "showingPlcHdr")):
        return False
    held = (part for part in properties.itersiblings() if local(part) == "sdtContent")
    words = "".join(text.text or "" for part in held for text in find(part, "t")).strip()
    offered = {(value(each, "displayText") or value(each, "value")).strip(): each for each in find(choices, "listItem")}
    if words in offered:
        return bool(value(offered[words], "value"))
    return bool(words) and local(choices) == "comboBox"


def _of_form(data: Any) -> Iterator[Trace]:
    """Help, macros, and what was there to choose; what is chosen from a list is shown by its number.

    A list without that number is one from which nobody has chosen yet.
    """
    for each in find(data, *_SILENT):
        yield Trace("hidden_text", "hidden text", value(each, "val"), partial(take_out, each))
    for entry in find(data, "textInput"):
        for each in find(entry, "default"):
            yield Trace("hidden_text", "hidden text", value(each, "val"), partial(take_out, each))
    for entry in find(data, "ddList"):
        choices = list(find(entry, "listEntry"))
        if len(choices) > 1 and next(find(entry, "result"), None) is not None:
            yield Trace("hidden_text", "hidden text", value(choices[0], "val"), partial(_choose, entry, choices))


def _choose(entry: Any, choices: list[Any]) -> None:
    said = {local(each): value(each, "val") for each in entry}
    number = said.get("result") or said.get("default") or "0"
    chosen = int(number) if number.isdigit() and int(number) < len(choices) else 0
    for each in (*(choice for at, choice in enumerate(choices) if at != chosen), *find(entry, "result", "default")):
        take_out(each)


def is_second(element: Any) -> bool:
    """Whether something stands in a file for programs that don't know the first way in which it is said."""
    return local(element) == "Fallback" and any(
        local(each) == "Choice" for each in element.itersiblings(preceding=True)
    )


def _second_ways(root: Any) -> Iterator[Trace]:
    """Those that say other words than the first: programs that changed the one alone left the other as it was."""
    for each in filter(is_second, find(root, "Fallback")):
        first = frozenset[str]().union(*(_words(other) for other in each.getparent() if local(other) == "Choice"))
        if not _words(each) <= first:
            yield Trace("hidden_text", "hidden text", text_of(each), partial(take_out, each))


def _words(element: Any) -> frozenset[str]:
    paragraphs = list(find(element, "p")) or [element]
    return formulas.words("\n".join("".join(text.text or "" for text in find(each, "t")) for each in paragraphs))


def bookmark_traces(package: Package, seen: str) -> Iterator[Trace]:
    """Bookmarks with words that are not ``seen`` on any page get names that say nothing, and links to them follow."""
    said = Said()
    said.add(seen)
    roots = _roots(package)
    every = [value(each, key) for root in roots for each, key in _names(root)]
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


def _names(root: Any) -> Iterator[tuple[Any, str]]:
    """Elements that name a bookmark, and under which attribute: marks, and fields of forms."""
    yield from ((mark, "name") for mark in find(root, "bookmarkStart"))
    yield from ((name, "val") for data in find(root, "ffData") for name in data if local(name) == "name")


def _rename(package: Package, new: Mapping[str, str]) -> None:
    for root in _roots(package):
        _rename_in(root, new)
    for _source, relation, _target in package.relationships():
        address = str(relation.get("Target", ""))
        if address.startswith("#"):
            relation.set("Target", "#" + new.get(address[1:].casefold(), address[1:]))


def _rename_in(root: Any, new: Mapping[str, str]) -> None:
    for each in fields(root):
        if each.codes and (code := renamed(each.code, new)) != each.code:
            each.set_code(code)
    for simple in find(root, "fldSimple"):
        for key in [key for key in simple.attrib if local(key) == "instr"]:
            simple.set(key, renamed(simple.get(key), new))
    for element, kind in (*_names(root), *((link, "anchor") for link in find(root, "hyperlink"))):
        for key in [key for key in element.attrib if local(key) == kind]:
            element.set(key, new.get(element.get(key).casefold(), element.get(key)))


def renamed(code: str, new: Mapping[str, str]) -> str:
    """The code of a field that leads to a bookmark, or computes with one, with its ``new`` name; addresses and words stay."""
    kind = _kind(code)
    if kind.startswith("="):
        return _WORD.sub(lambda found: new.get(found[0].casefold(), found[0]), code)
    if kind not in _LEADS:
        return code
    pieces = list(_PIECE.finditer(code))
    for at, piece in reversed(list(enumerate(pieces))[1:]):
        said = piece[0].strip('"')
        word = said.removeprefix("#")
        before = pieces[at - 1][0].casefold() if _LEADS[kind] else at
        if (before == (_LEADS[kind] or 1) or said != word) and word.casefold() in new:
            code = code[: piece.start()] + piece[0].replace(word, new[word.casefold()]) + code[piece.end() :]
    return code
