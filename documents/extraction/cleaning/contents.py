"""The drawing instructions of a PDF without what they say beside what they draw, and without what they do not draw."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import count

from pikepdf import Dictionary, Object, Pdf

from documents.extraction.inspection.contents import Drawing, Plain, drawings, is_odd, names_in, plain_content, unpacked

_DRAWN = ("/XObject", "/Font", "/Properties", "/Pattern", "/Shading", "/ExtGState")
"""Resources that are of no use where no instruction names them."""
_NAMED = (*_DRAWN, "/ColorSpace")
_USUAL = re.compile(
    r"/(?:(?:Default|Device)(?:Gray|RGB|CMYK)|CMYK|(?:Image|Font|Form|FormXob|Pattern|Meta|Shading|Helv|ZaDb|XObject|OPBaseFont|OPExtFont|Artifact"
    r"|Prop|Properties)?[^A-Za-z]*(?:[A-Za-z]{1,3}[^A-Za-z]+)*[A-Za-z]{0,3})"
)
"""What programs call resources: an abbreviation and numbers. Names of colours that need no resource are no one's."""
_FORM_XOB = re.compile(r"/FormXob\.[0-9a-f]{32}")


def clean_contents(pdf: Pdf, removed: Counter[str]) -> None:
    """Takes comments, data of programs and speaking names out of all drawing instructions, and drops unused resources."""
    found = list(drawings(pdf))
    renamed = _new_names(pdf, found)
    _rename(found, renamed, removed)
    used: dict[tuple[int, int], set[str]] = defaultdict(set)
    by_all: set[str] = set()
    done: dict[tuple[int, int], set[str] | None] = {}
    for drawing in found:
        for stream in drawing.streams:
            if stream.objgen not in done:
                done[stream.objgen] = _clean_stream(pdf, stream, renamed, removed)
            names = done[stream.objgen]
            if names is None:
                names = {name for _, held in _held(drawing) for name in held}
            (used[drawing.at] if drawing.resources is not None else by_all).update(names)
    _drop_unused(pdf, found, used, by_all)


def _clean_stream(pdf: Pdf, stream: Object, renamed: dict[str, str], removed: Counter[str]) -> set[str] | None:
    """Rewrites a stream where need be; returns the names in it, None where nobody can say."""
    content = unpacked(stream)
    if content is None:
        return None
    names = names_in(content)
    if renamed.keys() & names or is_odd(content):
        plain = Plain(renamed)
        shown = plain_content(pdf, content, plain)
        if shown != content:
            stream.write(shown)
            if plain.found:
                removed["metadata"] += len(plain.found)
            return names_in(shown)
    return names


def _new_names(pdf: Pdf, found: list[Drawing]) -> dict[str, str]:
    """Names of resources that somebody gave them -> ones that say nothing, the same all over the file."""
    form = pdf.Root.get("/AcroForm", Dictionary())
    fonts = form.get("/DR", Dictionary()).get("/Font", Dictionary()) if isinstance(form, Dictionary) else Dictionary()
    taken = {name for drawing in found for _, held in _held(drawing) for name in held}
    free = (name for number in count() if (name := f"/N{number}") not in taken)
    # Fields name their fonts in strings.
    return {name: next(free) for name in sorted(taken - set(fonts.keys())) if _speaks(name)}


def _speaks(name: str) -> bool:
    return not (_USUAL.fullmatch(name) or _FORM_XOB.fullmatch(name))


def _held(drawing: Drawing) -> list[tuple[str, Object]]:
    """The dictionaries of named resources that a drawing has, by their kind."""
    if drawing.resources is None:
        return []
    return [(kind, held) for kind in _NAMED if isinstance(held := drawing.resources.get(kind), Dictionary)]


def _rename(found: list[Drawing], renamed: dict[str, str], removed: Counter[str]) -> None:
    if not renamed:
        return
    removed["names"] += len(renamed)
    for drawing in found:
        for _, held in _held(drawing):
            for name in renamed.keys() & set(held.keys()):
                held[renamed[name]] = held[name]
                del held[name]


def _drop_unused(pdf: Pdf, found: list[Drawing], used: dict[tuple[int, int], set[str]], by_all: set[str]) -> None:
    """Several dictionaries of resources may share a part: what any of them needs stays."""
    parts: dict[tuple[tuple[int, int], str], tuple[Object, set[str]]] = {}
    form = pdf.Root.get("/AcroForm")
    shared = form.get("/DR") if isinstance(form, Dictionary) else None
    kept = {
        part.objgen
        for part in (shared, *(shared.values() if isinstance(shared, Dictionary) else ()))
        if part is not None
    }
    for drawing in found:
        for kind, held in _held(drawing):
            at = held.objgen if held.is_indirect else drawing.at
            if kind in _DRAWN and at not in kept - {(0, 0)}:
                parts.setdefault((at, kind), (held, set()))[1].update(used[drawing.at])
    for held, names in parts.values():
        for name in [name for name in held if name not in names and name not in by_all]:
            del held[name]
