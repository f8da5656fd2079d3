"""Where the links of a PDF lead, and what its pages and layers are called: without names that somebody gave them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from documents.extraction.inspection.structure import layers

_WORD = re.compile(r"[^\W\d_]{4,}")
MAX_ENTRIES = 200_000


def clean_navigation(pdf: Pdf, removed: Counter[str]) -> None:
    """Destinations lose their names, links lead to their pages themselves; layers that are shown are numbered."""
    _name_no_destinations(pdf, removed)
    _number_layers(pdf, removed)
    for label in _leaves(pdf.Root.get("/PageLabels"), "/Nums"):
        if isinstance(label, Dictionary) and _WORD.search(str(label.get("/P", ""))):
            del label["/P"]
            removed["names"] += 1


def _name_no_destinations(pdf: Pdf, removed: Counter[str]) -> None:
    names = pdf.Root.get("/Names", Dictionary())
    named = _named(pdf.Root.get("/Dests"), names.get("/Dests") if isinstance(names, Dictionary) else None)
    pages = {page.obj.objgen for page in pdf.pages}
    for holder, key in list(_leading(pdf)):
        target = holder[key]
        if isinstance(target, String | Name):
            target = named.get(bytes(target) if isinstance(target, String) else str(target)[1:].encode())
        if isinstance(target, Dictionary):
            target = target.get("/D")
        if isinstance(target, Array) and len(target) and _is_on(target[0], pages):
            holder[key] = target
        else:
            del holder[key]
    for holder in (pdf.Root, names):
        if isinstance(holder, Dictionary) and "/Dests" in holder:
            del holder["/Dests"]
    if named:
        removed["names"] += len(named)


def _is_on(first: object, pages: set[tuple[int, int]]) -> bool:
    return not isinstance(first, Dictionary) or first.objgen in pages


def _named(old: Object | None, tree: Object | None) -> dict[bytes, Object]:
    """All destinations with a name, by it."""
    named: dict[bytes, Object] = {}
    if isinstance(old, Dictionary):
        named |= {key[1:].encode(): value for key, value in old.items()}
    name = b""
    for part in _leaves(tree, "/Names"):
        if isinstance(part, String):
            name = bytes(part)
        else:
            named[name] = part
    return named


def _leaves(tree: Object | None, key: str) -> Iterator[Object]:
    """The entries of a tree of names or numbers, one after the other; cycles end."""
    waiting = [tree]
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < MAX_ENTRIES:
        branch = waiting.pop()
        if not isinstance(branch, Dictionary) or (branch.is_indirect and branch.objgen in seen):
            continue
        seen.add(branch.objgen)
        if isinstance(entries := branch.get(key), Array):
            yield from entries
        if isinstance(kids := branch.get("/Kids"), Array):
            waiting += list(kids)


def _leading(pdf: Pdf) -> Iterator[tuple[Object, str]]:
    """What leads to a place in this file: holders and keys."""
    for holder in _links(pdf):
        if "/Dest" in holder:
            yield holder, "/Dest"
        action = holder.get("/A")
        if isinstance(action, Dictionary) and action.get("/S") == Name.GoTo and "/D" in action:
            yield action, "/D"


def _links(pdf: Pdf) -> Iterator[Object]:
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, Array):
            yield from (part for part in annotations if isinstance(part, Dictionary))
    waiting = [pdf.Root.get("/Outlines")]
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < MAX_ENTRIES:
        entry = waiting.pop()
        if not isinstance(entry, Dictionary) or entry.objgen in seen:
            continue
        seen.add(entry.objgen)
        yield entry
        waiting += [entry.get("/Next"), entry.get("/First")]


def _number_layers(pdf: Pdf, removed: Counter[str]) -> None:
    """Those that are not shown keep their names: they block, and the editor must find them."""
    hidden = {layer.objgen for layer, shown in layers(pdf) if not shown}
    number = 0
    for layer in pdf.objects:
        if not isinstance(layer, Dictionary) or layer.get("/Type") != Name.OCG or layer.objgen in hidden:
            continue
        number += 1
        if "/Name" in layer and str(layer.Name) != f"Layer {number}":
            layer.Name = String(f"Layer {number}")
            removed["names"] += 1
    properties = pdf.Root.get("/OCProperties")
    if isinstance(properties, Dictionary) and isinstance(
        order := properties.get("/D", Dictionary()).get("/Order"), Array
    ):
        _without_words(order)


def _without_words(order: Object) -> None:
    for index in reversed(range(len(order))):
        if isinstance(order[index], String):
            del order[index]
        elif isinstance(order[index], Array):
            _without_words(order[index])
