"""What a PDF carries beside its pages: attachments, comments, layers, form data, earlier states, scripts, metadata."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Stream, String

from documents.extraction.inspection.contents import Plain, contents, is_odd, plain_content
from documents.extraction.inspection.embedded import as_list, camera_file, cut, has_hidden_parts
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.jpeg import has_place
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.inspection.private import PLAYED, is_leading, strays

COMMENTS = frozenset({"/Text", "/Popup", "/FileAttachment", "/Sound"})
"""Kinds of annotations that are notes between editors."""
SPEAKING = frozenset({"/Link", "/Widget", "/FreeText"})
"""``/Contents`` of these is what the reader sees or hears; of all others it is a comment."""
HIDDEN_FLAGS = 2 | 32
"""Annotation flags Hidden and NoView."""
MAX_FIELDS = 5000


def inspect_structure(path: Path, pdf: pikepdf.Pdf, hosts: Collection[str], findings: Findings) -> None:
    """Adds what the open file at ``path`` carries; ``hosts`` are staff-only host names."""
    _inspect_root(pdf, findings)
    _inspect_layers(pdf, findings)
    _inspect_fields(pdf, findings)
    if has_history(path, pdf):
        findings.add("history")
    for number, page in enumerate(pdf.pages, 1):
        _inspect_page(page.obj, number, hosts, findings)
    _inspect_keys(pdf, findings)
    _inspect_contents(pdf, findings)
    _inspect_streams(pdf, findings)


def has_history(path: Path, pdf: pikepdf.Pdf) -> bool:
    """Whether earlier states of the file are still in its bytes: editors append what changed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        ends, at = 0, content.find(b"startxref")
        while at >= 0 and ends < 3:
            ends, at = ends + 1, content.find(b"startxref", at + 9)
    # A file made for the web has two cross-reference tables from the start.
    return ends > (2 if pdf.is_linearized else 1)


def _inspect_root(pdf: pikepdf.Pdf, findings: Findings) -> None:
    root = pdf.Root
    if "/Info" in pdf.trailer and len(pdf.trailer.Info):
        findings.add_parts("metadata", (f"{key[1:]}: {value}" for key, value in _texts(pdf.trailer.Info)))
    if "/Metadata" in root:
        findings.add("metadata", Place(words="XMP"))
    names = root.get("/Names")
    if isinstance(names, Dictionary) and "/EmbeddedFiles" in names:
        findings.add_parts("attachments", pdf.attachments.keys())
    elif "/AF" in root:
        findings.add("attachments")
    if (
        (isinstance(names, Dictionary) and "/JavaScript" in names)
        or "/AA" in root
        or _is_active(root.get("/OpenAction"))
    ):
        findings.add("scripts")


def _texts(dictionary: pikepdf.Object) -> Iterator[tuple[str, str]]:
    for key, value in dictionary.items():
        if isinstance(value, pikepdf.String) and str(value).strip():
            yield str(key), str(value)


def _is_active(action: pikepdf.Object | None) -> bool:
    return isinstance(action, Dictionary) and not is_leading(action)


def layers(pdf: pikepdf.Pdf) -> list[tuple[pikepdf.Object, bool]]:
    """The layers, each with whether it is shown, and printed, when the file is opened."""
    properties = pdf.Root.get("/OCProperties")
    if not isinstance(properties, Dictionary):
        return []
    default = properties.get("/D", Dictionary())
    off = {_number(layer) for layer in default.get("/OFF", Array())}
    on = {_number(layer) for layer in default.get("/ON", Array())}
    shown_by_default = str(default.get("/BaseState", "/ON")) != "/OFF"
    found = []
    for layer in properties.get("/OCGs", Array()):
        if not isinstance(layer, Dictionary):
            continue
        shown = _number(layer) not in off if shown_by_default else _number(layer) in on
        usage = layer.get("/Usage", Dictionary())
        states = [
            str(part.get(key, ""))
            for name, key in (("/View", "/ViewState"), ("/Print", "/PrintState"))
            if isinstance(part := usage.get(name), Dictionary)
        ]
        found.append((layer, shown and "/OFF" not in states))
    return found


def _number(layer: pikepdf.Object) -> tuple[int, int]:
    return layer.objgen


def _inspect_layers(pdf: pikepdf.Pdf, findings: Findings) -> None:
    findings.add_parts("layers", (str(layer.get("/Name", "")) for layer, shown in layers(pdf) if not shown))


def _inspect_fields(pdf: pikepdf.Pdf, findings: Findings) -> None:
    """Values of form fields: those that no page shows are a leak, the others a question."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        return
    if "/XFA" in form:
        findings.add("form_hidden", Place(words="XFA"))
    for name, value, shown in form_values(form):
        findings.add("form_data" if shown else "form_hidden", Place(words=f"{name}: {value}"))
    for field in fields(form):
        said = [
            field.get("/TU"),
            *(part for choice, chosen in choices(field) if not chosen for part in as_list(choice)),
        ]
        findings.add_parts(
            "form_data", (str(value) for value in said if isinstance(value, String) and str(value).strip())
        )


def fields(form: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The fields of a form, those in groups too."""
    waiting = list(form.get("/Fields", Array()))
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        field = waiting.pop()
        if isinstance(field, Dictionary):
            waiting += list(field.get("/Kids", Array()))
            yield field


def choices(field: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, bool]]:
    """What one may choose in a field (a word, or two of which one is shown), each with whether it was chosen."""
    values = {str(value) for value in as_list(field.get("/V"))}
    for choice in as_list(field.get("/Opt")):
        yield choice, not values.isdisjoint(str(part) for part in as_list(choice))


def form_values(form: pikepdf.Object) -> Iterator[tuple[str, str, bool]]:
    """Name, value and whether a page shows it, of each field that holds text."""
    waiting = list(form.get("/Fields", Array()))
    seen = 0
    while waiting and seen < MAX_FIELDS:
        field = waiting.pop()
        seen += 1
        if not isinstance(field, Dictionary):
            continue
        kids = [kid for kid in field.get("/Kids", Array()) if isinstance(kid, Dictionary)]
        waiting += [kid for kid in kids if "/T" in kid]
        value = field.get("/V")
        if isinstance(value, pikepdf.String) and str(value).strip():
            yield str(field.get("/T", "")), str(value), any(is_shown(widget) for widget in (kids or [field]))


def is_shown(widget: pikepdf.Object) -> bool:
    """Whether a page shows a form field."""
    box = [float(side) for side in widget.get("/Rect", Array([0, 0, 0, 0]))]
    return box[0] != box[2] and box[1] != box[3] and not int(widget.get("/F", 0)) & HIDDEN_FLAGS


def _inspect_page(page: pikepdf.Object, number: int, hosts: Collection[str], findings: Findings) -> None:
    if "/Thumb" in page:
        findings.add("thumbnails", Place(number))
    if "/AA" in page:
        findings.add("scripts", Place(number))
    for annotation in page.get("/Annots", Array()):
        if isinstance(annotation, Dictionary):
            _inspect_annotation(annotation, number, hosts, findings)


def _inspect_annotation(annotation: pikepdf.Object, number: int, hosts: Collection[str], findings: Findings) -> None:
    kind = str(annotation.get("/Subtype", ""))
    said = str(annotation.get("/Contents", "")) or _rich_text(annotation)
    if kind == "/Redact":
        findings.add("redactions", Place(number, words=said))
    elif kind == "/FileAttachment":
        findings.add("attachments", Place(number, words=said))
    elif kind in PLAYED:
        findings.add("embedded", Place(number, words=said))
    elif _is_comment(annotation, kind, said) or is_hidden(annotation, kind):
        findings.add("annotations", Place(number, words=said))
    action = annotation.get("/A")
    if _is_active(action) or "/AA" in annotation:
        findings.add("scripts", Place(number))
    for address in _targets(action):
        for found in internal_addresses(address, hosts):
            findings.add("internal_links", Place(number, words=found))


def _rich_text(annotation: pikepdf.Object) -> str:
    """The same once more, with its type."""
    said = annotation.get("/RC")
    if isinstance(said, Stream):
        return said.read_bytes().decode("utf-8", "replace")
    return str(said) if isinstance(said, String) else ""


def _is_comment(annotation: pikepdf.Object, kind: str, said: str) -> bool:
    if kind in COMMENTS or (kind not in SPEAKING and said.strip()):
        return True
    return kind != "/Widget" and "/T" in annotation  # the name of a form field, of all others that of a person


def is_hidden(annotation: pikepdf.Object, kind: str) -> bool:
    """Whether an annotation that is no form field is never shown."""
    return kind != "/Widget" and bool(int(annotation.get("/F", 0)) & HIDDEN_FLAGS)


def _targets(action: pikepdf.Object | None) -> Iterator[str]:
    """Addresses and file names that an action leads to."""
    if not isinstance(action, Dictionary):
        return
    if "/URI" in action:
        yield str(action.URI)
    target = action.get("/F")
    for name in (target.get("/F"), target.get("/UF")) if isinstance(target, Dictionary) else (target,):
        if isinstance(name, pikepdf.String):
            yield str(name) if "://" in str(name) else f"file://{name}"


_CODES = {"attachments": "attachments", "scripts": "scripts", "comments": "annotations", "form data": "form_hidden"}
"""What has no place in a file -> its code, where that isn't ``metadata``; the rest is looked for above."""


def _inspect_keys(pdf: pikepdf.Pdf, findings: Findings) -> None:
    """What programs leave in the dictionaries of a file beside what they show."""
    for stray in strays(pdf):
        if stray.what in ("metadata", "application data", *_CODES) and stray.tells:
            findings.add(_CODES.get(stray.what, "metadata"), Place(words=stray.words))


def _inspect_contents(pdf: pikepdf.Pdf, findings: Findings) -> None:
    """Comments between the drawing instructions."""
    for content in contents(pdf):
        if is_odd(content):
            plain = Plain()
            plain_content(pdf, content, plain)
            findings.add_parts("metadata", (said for said in plain.found if sum(map(str.isalpha, said)) > 1))


def _inspect_streams(pdf: pikepdf.Pdf, findings: Findings) -> None:
    """Pictures carry what their cameras wrote, and may hold more than their masks show."""
    for holder in pdf.objects:
        if not isinstance(holder, Stream):
            continue
        if found := camera_file(pdf, holder):
            kind, content = found
            if kind == "/DCTDecode" and has_place(content):
                findings.add("place")
            if cut(kind, content) != content:
                findings.add("metadata", Place(words="EXIF"))
        if has_hidden_parts(holder):
            findings.add("picture_masked")
