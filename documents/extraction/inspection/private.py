"""What a PDF holds that no page shows and nobody is led by: looked for in all its dictionaries (``keys.py``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from documents.extraction.inspection.keys import KEYS, MAPS, QUIET, TEXT, UP, VALUE

PLAYED = frozenset({"/Movie", "/Screen", "/RichMedia", "/3D"})
"""Kinds of annotations that hold files of their own, which nothing here looks into."""
_ROLES = {"/AF": "attachments", "/EmbeddedFiles": "attachments", "/EF": "attachments", "/Collection": "attachments"}
_ROLES |= {"/OpenAction": "actions", "/AA": "actions", "/Next": "actions", "/JavaScript": "scripts"}
_ROLES |= {
    "/Perms": "signatures",
    "/DSS": "signatures",
    "/Legal": "signatures",
    "/Lock": "signatures",
    "/SV": "signatures",
}
_ROLES |= {
    "/XFA": "form data",
    "/CO": "scripts",
    "/SigFlags": "signatures",
    "/Popup": "comments",
    "/Thumb": "thumbnails",
}
_ROLES |= {"/LastModified": "dates", "/PieceInfo": "application data", "/SpiderInfo": "application data"}
_ROLES |= {"/Subj": "comments", "/CreationDate": "comments", "/M": "comments", "/NM": "comments", "/IRT": "comments"}
PATH = re.compile(r"^\s*(?:file:|[A-Za-z]:[\\/]|\\\\\w|/(?:Users|home|Volumes|mnt|var|tmp)/|~/)")
"""How the name of a file with its folders begins."""


@dataclass(frozen=True)
class Stray:
    """A key of ``holder`` that tells something, or an entry (``key`` is its index); ``what`` is its kind in a clean copy's list."""

    holder: Object
    key: str
    what: str

    @property
    def tells(self) -> bool:
        """Whether there is anything to be read: words, or a stream that may hold them."""
        value = self.holder[self.key]
        return (self.key not in QUIET or bool(PATH.match(str(value)))) and _tells(value)

    @property
    def words(self) -> str:
        """The key, and what it holds where that is a string."""
        value = self.holder[self.key]
        return f"{self.key[1:]}: {value}" if isinstance(value, String) else self.key[1:]

    def remove(self) -> None:
        """Takes it out."""
        if self.key in self.holder:
            del self.holder[self.key]


def strays(pdf: Pdf) -> Iterator[Stray]:
    """Everything in the dictionaries of ``pdf`` that has no place there. What is removed meanwhile is not looked into."""
    waiting: list[tuple[object, str]] = [(pdf.Root, "root")]
    shown = {part.objgen for page in pdf.pages for part in _annotations(page.obj)}
    seen: set[tuple[tuple[int, int], str]] = set()
    while waiting:
        value, kind = waiting.pop()
        if not isinstance(value, Array | Dictionary | Stream):
            continue
        kind = kind if isinstance(value, Array) else _kind(value, kind)
        if value.is_indirect:
            if (value.objgen, kind) in seen:
                continue
            seen.add((value.objgen, kind))
        if isinstance(value, Array):
            waiting += [(part, kind) for part in value]
            continue
        for key, held, held_kind in list(_held(value, kind)):
            if held_kind is None or (key == "/Obj" and not isinstance(held, Stream) and held.objgen not in shown):
                yield Stray(value, key, _ROLES.get(key, "metadata"))
            elif held_kind not in (VALUE, TEXT, UP):
                waiting.append((held, held_kind))


def _annotations(page: Object) -> list[Object]:
    annotations = page.get("/Annots")
    return [part for part in annotations if isinstance(part, Dictionary)] if isinstance(annotations, Array) else []


def _kind(value: Object, kind: str) -> str:
    """The kind of a dictionary where its own entries tell which of several it is."""
    if kind == "pages":
        return "pages" if "/Kids" in value else "page"
    if kind in ("drawing", "look") and isinstance(value, Stream):
        return {"/Image": "image"}.get(str(value.get("/Subtype", "")), "form drawing")
    if kind == "properties" and value.get("/Type") == Name.OCG:
        return "layer"
    if kind == "annotation" and str(value.get("/Subtype", "")) in PLAYED:
        return "played"
    return kind


def _held(holder: Object, kind: str) -> Iterator[tuple[str, Object, str | None]]:
    """Key, value and kind of all that a dictionary holds; the kind of what has no place there is None."""
    if kind == "played":
        return
    keys = KEYS.get(kind, {})
    of_all = MAPS.get(kind)
    for key, value in holder.items():
        held_kind = keys.get(key, of_all)
        if (held_kind == "action" and not is_leading(value)) or (
            held_kind in (VALUE, TEXT) and not _is_plain(value, held_kind, kind)
        ):
            held_kind = None
        yield key, value, held_kind


def is_leading(action: object) -> bool:
    """Whether an action does no more than lead to a page or an address."""
    return isinstance(action, Dictionary) and str(action.get("/S", "")) in ("/GoTo", "/URI", "/Named", "/GoToR")


def _is_plain(value: object, kind: str, holder: str) -> bool:
    """Whether a value, with those in it, is no more than it should be."""
    if isinstance(value, Array):
        # Destinations begin with their page.
        return all(_is_plain(part, kind, holder) or (holder in _LEADING and _is_page(part)) for part in value)
    return not isinstance(value, Dictionary | Stream) and (kind == TEXT or not isinstance(value, String))


_LEADING = frozenset({"annotation", "bookmark", "action", "element"})


def _is_page(value: object) -> bool:
    return isinstance(value, Dictionary) and value.get("/Type") == Name.Page


_SHOWN = frozenset({"/Page", "/Pages", "/Catalog", "/StructElem", "/StructTreeRoot", "/OCG", "/Font"})
"""What is looked at in its own place."""


def _tells(value: object, depth: int = 0) -> bool:
    if isinstance(value, String):
        return sum(letter.isalnum() for letter in str(value)) > 1
    if isinstance(value, Stream) or depth > 5:
        return True
    if isinstance(value, Array):
        return any(_tells(part, depth + 1) for part in value)
    if not isinstance(value, Dictionary) or str(value.get("/Type", "")) in _SHOWN:
        return False
    return any(_tells(part, depth + 1) for _, part in value.items())
