"""The public copy of a PDF: the same pages without what tells about people and machines behind them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from documents.extraction.pdf import checked_page_count, opened

_ROOT_KEYS = {
    "/Metadata": "metadata",
    "/AF": "attachments",
    "/OpenAction": "actions",
    "/AA": "actions",
    "/PieceInfo": "application data",
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
_COMMENTS = frozenset({"/Text", "/Popup", "/FileAttachment", "/Sound"})
_COMMENT_KEYS = ("/T", "/Subj", "/CreationDate", "/M", "/RC", "/NM")
# /Contents of these is what the reader sees or hears, of all others it is a comment.
_SPEAKING = frozenset({"/Link", "/Widget", "/FreeText"})
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE"})


def clean_pdf(source: Path, target: Path) -> dict[str, Any]:
    """Writes the clean copy of ``source`` to ``target``; the same input gives the same bytes.

    Returns ``page_count`` and ``removed``, a mapping from what was removed to how often. Raises
    EncryptedFileError, BrokenFileError, PageCountError.
    """
    removed: Counter[str] = Counter()
    with opened(source) as pdf:
        count = checked_page_count(pdf)
        _clean_root(pdf, removed)
        for page in pdf.pages:
            _drop(page.obj, _PAGE_KEYS, removed)
            _clean_annotations(page.obj, removed)
        _clean_objects(pdf, removed)
        pdf.remove_unreferenced_resources()
        pdf.save(target, linearize=True, deterministic_id=True)
    return {"page_count": count, "removed": dict(removed)}


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
        _drop(form, {"/XFA": "scripts", "/CO": "scripts"}, removed)


def _clean_annotations(page: pikepdf.Object, removed: Counter[str]) -> None:
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = []
    for annotation in annotations:
        if not isinstance(annotation, Dictionary):
            continue
        kind = str(annotation.get("/Subtype", ""))
        if kind in _COMMENTS:
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
    if kind not in _SPEAKING and "/Contents" in annotation:
        del annotation["/Contents"]
        removed["comments"] += 1


def _clean_objects(pdf: pikepdf.Pdf, removed: Counter[str]) -> None:
    """Pictures and drawings inside the pages carry metadata and application data of their own."""
    for holder in pdf.objects:
        if isinstance(holder, pikepdf.Stream):
            _drop(holder, {"/Metadata": "metadata", "/PieceInfo": "application data"}, removed)
