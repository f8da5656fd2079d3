"""The public copy of a PDF: the same pages without what tells about people and machines behind them.

The whole file is written anew, so earlier states and objects that nothing refers to are gone too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from documents.extraction.cleaning.proof import assert_same_pages
from documents.extraction.inspection.jpeg import personal_segments, without_personal_segments
from documents.extraction.inspection.structure import (
    COMMENTS,
    MAX_FIELDS,
    SPEAKING,
    has_history,
    is_hidden,
    is_jpeg,
    is_shown,
)
from documents.extraction.pdf import checked_page_count, opened

_ROOT_KEYS = {
    "/Metadata": "metadata",
    "/AF": "attachments",
    "/OpenAction": "actions",
    "/AA": "actions",
    "/PieceInfo": "application data",
    "/SpiderInfo": "application data",
    "/Threads": "metadata",
    "/Collection": "attachments",
    "/Perms": "signatures",
    "/DSS": "signatures",
    "/Legal": "signatures",
}
_NAME_KEYS = {"/EmbeddedFiles": "attachments", "/JavaScript": "scripts"}
_PAGE_KEYS = {
    "/AA": "actions",
    "/PieceInfo": "application data",
    "/Metadata": "metadata",
    "/AF": "attachments",
    "/Thumb": "thumbnails",
    "/LastModified": "dates",
}
_COMMENT_KEYS = ("/T", "/Subj", "/CreationDate", "/M", "/RC", "/NM")
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE"})


def clean(source: Path, target: Path, removed: Counter[str], mime: str = "application/pdf") -> int:
    """Writes the clean copy of ``source`` to ``target``; the same input gives the same bytes.

    Counts in ``removed`` what was removed how often; returns the number of pages. Raises EncryptedFileError,
    BrokenFileError, PageCountError, and UnprovenError where the pages would not be the same.
    """
    with opened(source) as pdf:
        count = checked_page_count(pdf)
        if has_history(source, pdf):
            removed["earlier states"] += 1
        _clean_root(pdf, removed)
        for page in pdf.pages:
            _drop(page.obj, _PAGE_KEYS, removed)
            _clean_annotations(page.obj, removed)
        _clean_objects(pdf, removed)
        pdf.remove_unreferenced_resources()
        pdf.save(target, linearize=True, deterministic_id=True)
    assert_same_pages(source, target)
    return count


def _drop(holder: pikepdf.Object, keys: dict[str, str], removed: Counter[str]) -> None:
    for key, what in keys.items():
        if key in holder:
            del holder[key]
            removed[what] += 1


def _clean_root(pdf: pikepdf.Pdf, removed: Counter[str]) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
        removed["metadata"] += 1
    _drop(pdf.Root, _ROOT_KEYS, removed)
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary):
        _drop(names, _NAME_KEYS, removed)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        _drop(form, {"/XFA": "form data", "/CO": "scripts", "/SigFlags": "signatures"}, removed)
        _clean_fields(form, removed)


def _clean_fields(form: pikepdf.Object, removed: Counter[str]) -> None:
    """Signatures name people and are broken by any change; values of fields that no page shows are hidden text."""
    waiting = list(form.get("/Fields", pikepdf.Array()))
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        field = waiting.pop()
        if not isinstance(field, Dictionary):
            continue
        kids = [kid for kid in field.get("/Kids", pikepdf.Array()) if isinstance(kid, Dictionary)]
        waiting += kids
        if str(field.get("/FT", "")) == "/Sig":
            _drop(field, {"/V": "signatures", "/Lock": "signatures", "/SV": "signatures"}, removed)
        elif not any(is_shown(widget) for widget in (kids or [field])):
            _drop(field, {"/V": "form data", "/DV": "form data", "/RV": "form data", "/AP": "form data"}, removed)


def _clean_annotations(page: pikepdf.Object, removed: Counter[str]) -> None:
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = []
    for annotation in annotations:
        if not isinstance(annotation, Dictionary):
            continue
        kind = str(annotation.get("/Subtype", ""))
        if kind in COMMENTS or is_hidden(annotation, kind):
            removed["comments"] += 1
            continue
        _clean_annotation(annotation, kind, removed)
        kept.append(annotation)
    page[Name.Annots] = pikepdf.Array(kept)


def _clean_annotation(annotation: pikepdf.Object, kind: str, removed: Counter[str]) -> None:
    _drop(annotation, {"/AA": "actions", "/Popup": "comments", "/PieceInfo": "application data"}, removed)
    action = annotation.get("/A")
    if isinstance(action, Dictionary) and str(action.get("/S", "")) in _ACTIVE:
        del annotation["/A"]
        removed["actions"] += 1
    if kind != "/Widget":  # /T of a form field is its name, not a person
        _drop(annotation, dict.fromkeys(_COMMENT_KEYS, "comments"), removed)
    if kind not in SPEAKING and "/Contents" in annotation:
        del annotation["/Contents"]
        removed["comments"] += 1


def _clean_objects(pdf: pikepdf.Pdf, removed: Counter[str]) -> None:
    """Pictures and drawings inside the pages carry metadata and application data of their own."""
    for holder in pdf.objects:
        if isinstance(holder, pikepdf.Stream):
            _drop(holder, {"/Metadata": "metadata", "/PieceInfo": "application data"}, removed)
            _clean_jpeg(holder, removed)


def _clean_jpeg(stream: pikepdf.Object, removed: Counter[str]) -> None:
    """A photo keeps what its camera wrote into it when a program puts it on a page."""
    if not is_jpeg(stream):
        return
    content = stream.read_raw_bytes()
    if any(personal_segments(content)):
        stream.write(without_personal_segments(content), filter=stream.Filter, decode_parms=stream.get("/DecodeParms"))
        removed["metadata of pictures"] += 1
