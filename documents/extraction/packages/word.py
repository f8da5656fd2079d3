"""Word documents: tracked changes, comments, hidden text, traces of who wrote when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from documents.extraction.packages import ooxml
from documents.extraction.packages.looks import drawings
from documents.extraction.packages.looks.word import Looks
from documents.extraction.packages.package import (
    Package,
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
from documents.extraction.packages.unshown import headers, merged, notes
from documents.extraction.packages.unshown import word as unshown
from documents.extraction.packages.unused import part_names

_CHANGES_OF_FORM = (
    "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "tblGridChange",
    "tblPrExChange", "numberingChange",
)  # fmt: skip
_CHANGE_MARKS = (
    "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart",
    "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd", "customXmlMoveFromRangeStart",
    "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd", "cellIns", "cellMerge",
)  # fmt: skip
_COMMENT_MARKS = ("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef")
_SETTINGS = (
    "rsids",
    "trackRevisions",
    "docVars",
    "mailMerge",
    "attachedTemplate",
    "docId",
    "revisionView",
    "writeProtection",
    "saveThroughXslt",
)
_RSIDS = ("rsid", "rsidR", "rsidRPr", "rsidRDefault", "rsidP", "rsidDel", "rsidSect", "rsidTr", "paraId", "textId")
PLACES = {
    "officedocument": "word/document.xml",
    "styles": "word/styles.xml",
    "settings": "word/settings.xml",
    "footnotes": "word/footnotes.xml",
    "endnotes": "word/endnotes.xml",
}
_ON = ("1", "true", "on")
_BODIES = ("word/document.xml", "word/header", "word/footer", "word/footnotes.xml", "word/endnotes.xml")


def traces(package: Package) -> Iterator[Trace]:
    """See the package."""
    yield from ooxml.part_traces(package)
    yield from ooxml.external_traces(package)
    yield from ooxml.media_traces(package)
    seen = "\n".join(visible(package, between="\n"))
    yield from unshown.bookmark_traces(package, seen)
    yield from headers.of_word(package, seen)
    yield from notes.traces(package, _texts(package, part_names(package)))
    hidden = _hidden_styles(package)
    looks = Looks(package)
    for name in package.xml_names("word/"):
        if name.endswith(".rels"):
            continue
        root = package.xml(name)
        yield from _rsid_traces(root)
        yield from ooxml.drawing_traces(root)
        yield from ooxml.chart_traces(root)
        yield from (Trace(code, "", words) for code, words in drawings.unreadable(root))
        if name.startswith(_BODIES):
            yield from _body_traces(root, hidden, looks)
            # A web page or another file, which Word shows as a part of the text.
            yield from (Trace("embedded", "", local(chunk)) for chunk in find(root, "altChunk"))
        elif name == "word/settings.xml":
            for element in find(root, *_SETTINGS):
                yield Trace("metadata", "metadata", local(element), partial(take_out, element))


def _rsid_traces(root: Any) -> Iterator[Trace]:
    """Numbers that tell which passages were written in one sitting."""
    marked = list(without_attributes(root, *_RSIDS))
    if marked:
        yield Trace("metadata", "metadata", "rsid", partial(drop_attributes, marked))


def _body_traces(root: Any, hidden: frozenset[str], looks: Looks) -> Iterator[Trace]:
    yield from _change_traces(root)
    for element in find(root, *_COMMENT_MARKS):
        yield Trace("comments", "comments", "", partial(take_out, element))
    hiding = _Hiding(hidden)
    for run in find(root, "r"):
        if hiding.is_hidden(run):
            yield Trace("hidden_text", "hidden text", text_of(run), partial(take_out, run))
        elif code := looks.unreadable(run):
            yield Trace(code, "", text_of(run))
    for element in find(root, "OLEObject", "control", "permStart", "permEnd", "dataBinding", "proofErr"):
        code = "embedded" if local(element) in ("OLEObject", "control") else "custom_data"
        yield Trace(
            code, "embedded files" if code == "embedded" else "application data", "", partial(take_out, element)
        )
    yield from ooxml.vml_traces(root)
    yield from unshown.traces(root)


def _change_traces(root: Any) -> Iterator[Trace]:
    """Insertions are accepted, deletions carried out, the record of both dropped."""
    for row in find(root, "tr"):
        if any(local(mark) == "del" for part in row if local(part) == "trPr" for mark in part):
            yield Trace("changes", "tracked changes", text_of(row), partial(take_out, row))
    for cell in find(root, "cellDel"):
        owner = next((up for up in cell.iterancestors() if local(up) == "tc"), None)
        yield Trace("changes", "tracked changes", "", partial(_empty_cell, owner, cell))
    for cell in merged.of_word(root):
        if text_of(cell) or next(find(cell, "drawing", "pict", "object"), None) is not None:
            yield Trace("hidden_cells", "hidden cells", text_of(cell), partial(_clear_cell, cell))
    for mark in find(root, "ins", "del", "moveFrom", "moveTo"):
        inside = local(mark.getparent())
        if local(mark) in ("del", "moveFrom") and inside != "rPr":
            yield Trace("changes", "tracked changes", text_of(mark), partial(take_out, mark))
        elif inside in ("rPr", "trPr"):
            yield Trace("changes", "tracked changes", "", partial(_settle_paragraph, mark))
        else:
            yield Trace("changes", "tracked changes", text_of(mark), partial(unwrap, mark))
    for mark in find(root, *_CHANGES_OF_FORM, *_CHANGE_MARKS):
        yield Trace("changes", "tracked changes", "", partial(take_out, mark))


def _empty_cell(owner: Any, mark: Any) -> None:
    take_out(mark)
    if owner is not None:
        for text in find(owner, "t", "delText"):
            text.text = ""


def _clear_cell(cell: Any) -> None:
    """Leaves an empty paragraph, without which no cell is."""
    empty = cell.makeelement(cell.tag.rpartition("}")[0] + "}p")
    for each in [each for each in cell if local(each) != "tcPr"]:
        cell.remove(each)
    cell.append(empty)


def _settle_paragraph(mark: Any) -> None:
    """The mark at a paragraph's end: a deleted paragraph without text goes, one with text keeps its end."""
    was_deleted = local(mark) in ("del", "moveFrom")
    paragraph = next((up for up in mark.iterancestors() if local(up) == "p"), None)
    take_out(mark)
    if was_deleted and paragraph is not None and not text_of(paragraph) and paragraph.getparent() is not None:
        has_section = any(local(element) in ("sectPr", "drawing", "pict", "object") for element in paragraph.iter())
        if not has_section and len(paragraph.getparent()) > 1:
            take_out(paragraph)


def _is_on(properties: Any, name: str) -> bool | None:
    """Whether a property is switched on; None where nothing is said."""
    for element in properties:
        if local(element) == name:
            return value(element, "val", "1") not in ("0", "false", "off", "none")
    return None


def _hidden_styles(package: Package) -> frozenset[str]:
    """Styles whose text is hidden, by themselves, by the style they build on or by the defaults; "" for that of paragraphs
    which name none.
    """
    if "word/styles.xml" not in package:
        return frozenset()
    root = package.xml("word/styles.xml")
    styles = {value(style, "styleId"): style for style in find(root, "style")}
    defaults = [part for each in find(root, "rPrDefault") for part in each]
    is_default = any(_is_on(part, "vanish") for part in defaults)
    plain = [each for each, style in styles.items() if value(style, "default") in _ON and _is_of_paragraphs(style)]

    def hides(style_id: str, depth: int = 0) -> bool:
        style = styles.get(style_id)
        if style is None or depth > 20:
            return False
        for part in style:
            if local(part) == "rPr" and (said := _is_on(part, "vanish")) is not None:
                return said
        base = next((value(part, "val") for part in style if local(part) == "basedOn"), "")
        return hides(base, depth + 1) if base in styles else is_default and _is_of_paragraphs(style)

    hidden = {style_id for style_id in styles if hides(style_id)}
    if any(each in hidden for each in plain) or (is_default and not plain):
        hidden.add("")
    return frozenset(hidden)


def _is_of_paragraphs(style: Any) -> bool:
    return value(style, "type") == "paragraph"


@dataclass
class _Hiding:
    """Whether something is hidden, by the ``styles`` that hide. Each element around it is asked once."""

    styles: frozenset[str]
    _paragraphs: dict[Any, bool] = field(default_factory=dict)
    _seen: dict[Any, bool] = field(default_factory=dict)

    def is_hidden(self, run: Any) -> bool:
        """Whether a run is hidden by its own properties, its style or its paragraph's."""
        properties = next((part for part in run if local(part) == "rPr"), None)
        if properties is not None:
            said = _is_on(properties, "vanish")
            if said is not None:
                return said
            if any(value(part, "val") in self.styles for part in properties if local(part) == "rStyle"):
                return True
        paragraph = next((up for up in run.iterancestors() if local(up) == "p"), None)
        if paragraph is None:
            return False
        if paragraph not in self._paragraphs:
            named = (style for part in paragraph if local(part) == "pPr" for style in part if local(style) == "pStyle")
            self._paragraphs[paragraph] = next((value(style, "val") for style in named), "") in self.styles
        return self._paragraphs[paragraph]

    def hide(self, elements: Iterable[Any]) -> None:
        """Lets nothing in these be seen."""
        self._seen |= dict.fromkeys(elements, False)

    def is_seen(self, holder: Any) -> bool:
        """Whether neither ``holder`` nor anything around it keeps words from being seen."""
        if holder is None:
            return True
        if holder not in self._seen:
            self._seen[holder] = not self._hides(holder) and self.is_seen(holder.getparent())
        return self._seen[holder]

    def _hides(self, up: Any) -> bool:
        name = local(up)
        if name in ("del", "moveFrom") or (name == "r" and self.is_hidden(up)) or unshown.is_second(up):
            return True
        if name == "tr" and any(local(mark) == "del" for part in up if local(part) == "trPr" for mark in part):
            return True
        if name == "tc" and any(local(mark) == "cellDel" for part in up if local(part) == "tcPr" for mark in part):
            return True
        return ooxml.is_hidden_shape(up)


def visible(package: Package, between: str = "") -> list[str]:
    """The words of body, notes, headers and footers, changes accepted, hidden ones left out; ``between`` what stands apart."""
    texts = _texts(package, part_names(package) - headers.unshown_parts(package))
    hiding = _Hiding(_hidden_styles(package))
    hiding.hide(cell for root in texts for cell in merged.of_word(root))
    hiding.hide(notes.unshown(package, texts, hiding.is_seen))
    pieces = []
    for root in texts:
        in_codes = {text for field in unshown.fields(root) for text in field.inside}
        words = []
        for each in find(root, "t", *headers.APART):
            if local(each) != "t":
                words.append(between)
            elif each not in in_codes and hiding.is_seen(each.getparent()):
                words.append(each.text or "")
        pieces.append("".join(words))
    return pieces


def _texts(package: Package, reached: Collection[str]) -> list[Any]:
    """The roots of body, notes, headers and footers among the parts that are ``reached``."""
    names = [name for name in sorted(package.xml_names("word/")) if name.startswith(_BODIES) and name in reached]
    return [package.xml(name) for name in names if not name.endswith(".rels")]
