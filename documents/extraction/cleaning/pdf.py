"""The public copy of a PDF: the same pages without what tells about people and machines behind them.

The whole file is written anew, so earlier states and objects that nothing refers to are gone too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from documents.extraction.cleaning.contents import clean_contents
from documents.extraction.cleaning.images import clean_images
from documents.extraction.cleaning.navigation import clean_navigation
from documents.extraction.cleaning.proof import assert_same_pages
from documents.extraction.cleaning.spoken import clean_spoken
from documents.extraction.inspection.private import strays
from documents.extraction.inspection.structure import (
    COMMENTS,
    SPEAKING,
    choices,
    fields,
    has_history,
    is_hidden,
    is_shown,
)
from documents.extraction.pdf import checked_page_count, opened


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
            _clean_annotations(page.obj, removed)
        clean_spoken(pdf, source, removed)
        clean_navigation(pdf, removed)
        _clean_keys(pdf, removed)
        clean_images(pdf, removed)
        clean_contents(pdf, removed)
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
    preferences = pdf.Root.get("/ViewerPreferences")
    if isinstance(preferences, Dictionary) and "/DisplayDocTitle" in preferences:
        del preferences["/DisplayDocTitle"]  # the title went with the rest
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        _clean_fields(form, removed)


def _clean_fields(form: pikepdf.Object, removed: Counter[str]) -> None:
    """Signatures name people and are broken by any change; values of fields that no page shows are hidden text."""
    for field in fields(form):
        kids = [kid for kid in field.get("/Kids", Array()) if isinstance(kid, Dictionary)]
        if str(field.get("/FT", "")) == "/Sig":
            _drop(field, {"/V": "signatures", "/Lock": "signatures", "/SV": "signatures"}, removed)
        elif not any(is_shown(widget) for widget in (kids or [field])):
            _drop(field, {"/V": "form data", "/DV": "form data", "/RV": "form data", "/AP": "form data"}, removed)
        is_blank = "/DV" in field and field.get("/V") == field.DV
        if is_blank:
            del field["/DV"]
        _drop(field, {"/DV": "form data"}, removed)
        if not is_blank and _is_list(field):
            _clean_choices(field, removed)


def _is_list(field: pikepdf.Object) -> bool:
    """Whether one chooses from words; those of buttons are what a program is told."""
    return str((field if "/FT" in field else field.get("/Parent", Dictionary())).get("/FT", "")) == "/Ch"


def _clean_choices(field: pikepdf.Object, removed: Counter[str]) -> None:
    """Where somebody chose, the rest is no question any more. A list that shows its first line waits for its reader."""
    found = list(choices(field))
    kept = [choice for choice, chosen in found if chosen]
    if kept and not found[0][1] and len(kept) < len(found):
        field.Opt = Array(kept)
        _drop(field, {"/I": "form data", "/TI": "form data"}, Counter())  # by their numbers
        removed["form data"] += 1


def _clean_annotations(page: pikepdf.Object, removed: Counter[str]) -> None:
    annotations = page.get("/Annots")
    if not isinstance(annotations, Array):
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
    page[Name.Annots] = Array(kept)


def _clean_annotation(annotation: pikepdf.Object, kind: str, removed: Counter[str]) -> None:
    if kind != "/Widget":  # /T of a form field is its name, not a person
        _drop(annotation, {"/T": "comments"}, removed)
    # The text of what is drawn may say more than the drawing, which alone is shown.
    if kind not in SPEAKING or (kind == "/FreeText" and "/AP" in annotation):
        _drop(annotation, dict.fromkeys(("/Contents", "/RC", "/DS", "/OverlayText"), "comments"), removed)
    elif kind != "/FreeText":
        _drop(annotation, {"/RC": "comments"}, removed)


def _clean_keys(pdf: pikepdf.Pdf, removed: Counter[str]) -> None:
    """What has no place in any dictionary; counted is what tells something."""
    for stray in strays(pdf):
        if stray.tells:
            removed[stray.what] += 1
        stray.remove()
