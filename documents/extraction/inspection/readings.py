"""What a PDF tells screen readers instead of what it shows: descriptions of pictures, and other readings of its text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from documents.extraction.inspection.contents import STRING, contents
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.private import PATH
from documents.extraction.outline import Said

_KEYS = ("/ActualText", "/Alt", "/E")
_DESCRIBING = frozenset({"/Alt", "/E"})
_INLINE = re.compile(rb"(/ActualText|/Alt|/E)\s*+(" + STRING + rb"|<[0-9A-Fa-f\s]*+>)", re.DOTALL)
_LISTS = frozenset({"/K", "/Annots"})
"""Arrays that may hold what speaks; all others are figures, names and what is an object of its own."""
_AROUND = ".,;:!?()<>\"'"
MAX_DEPTH = 20


def readings(pdf: Pdf) -> set[tuple[str, str]]:
    """What is read out instead of what is shown, or beside it: the key and the words of each."""
    return {(key, words) for key, said in _readings(pdf) if (words := str(said)).strip()}


def _readings(pdf: Pdf) -> Iterator[tuple[str, Object]]:
    for holder in pdf.objects:
        if isinstance(holder, Dictionary):
            for each in _with_parts(holder):
                yield from _said(each)
    for content in contents(pdf):
        for key, raw in set(_INLINE.findall(content)):
            with contextlib.suppress(pikepdf.PdfError):
                yield key.decode(), Object.parse(raw)


def _with_parts(holder: Object, depth: int = 0) -> Iterator[Object]:
    """A dictionary and those in it that are no objects of their own."""
    yield holder
    for key, value in holder.items() if depth < MAX_DEPTH else ():
        for part in value if key in _LISTS and isinstance(value, Array) else (value,):
            if isinstance(part, Dictionary) and not part.is_indirect:
                yield from _with_parts(part, depth + 1)


def _said(holder: Object) -> Iterator[tuple[str, Object]]:
    for key in _KEYS:
        if isinstance(said := holder.get(key), String):
            yield key, said
    if isinstance(said := holder.get("/Contents"), String) and PATH.match(str(said)):
        yield "/Contents", said
    elif words := heard(holder):
        yield "/Contents", String(words)


def heard(annotation: Object) -> str:
    """What a link or field says to screen readers alone, without words of its own address; empty for nothing."""
    said, action = annotation.get("/Contents"), annotation.get("/A")
    if annotation.get("/Subtype") not in (Name.Link, Name.Widget) or not isinstance(said, String):
        return ""
    address = unquote(str(action.get("/URI", ""))).casefold() if isinstance(action, Dictionary) else ""
    return " ".join(word for word in str(said).split() if word.strip(_AROUND).casefold() not in address)


def inspect_readings(found: set[tuple[str, str]], said: Said, findings: Findings) -> None:
    """Adds all descriptions, and of the rest what is a path or ``said`` on no page. A scan says nothing to compare with."""
    for key, words in sorted(found):
        if PATH.match(words) or (key not in _DESCRIBING and said and not said.has(words)):
            findings.add("read_out", Place(words=words))
        elif key in _DESCRIBING:
            findings.add("descriptions", Place(words=words))
