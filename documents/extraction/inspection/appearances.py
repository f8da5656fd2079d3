"""Words that annotations of a PDF draw: stamps, texts on a page, fields. They are no part of the page's own text."""

from __future__ import annotations

import pypdfium2
from pypdfium2 import raw

from documents.extraction.inspection.drawing import Sheet
from documents.extraction.inspection.findings import Findings
from documents.extraction.inspection.hidden import inspect_text

_WITH_WORDS = frozenset({raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM})


def inspect_appearances(document: pypdfium2.PdfDocument, number: int, findings: Findings) -> None:
    """Adds the hidden words among them: page ``number`` is judged once more with its annotations as a part of it."""
    page = document[number - 1]
    is_drawn = any(_draws_words(page, index) for index in range(raw.FPDFPage_GetAnnotCount(page)))
    if is_drawn and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
        page.close()
        page = document[number - 1]
        hidden = Findings()
        inspect_text(Sheet(page), number, hidden)
        known = {place.box for found in findings.all() for place in found.places if place.page == number}
        for found in hidden.all():
            for place in found.places:
                if place.box not in known:
                    findings.add(found.code, place)
    page.close()


def _draws_words(page: pypdfium2.PdfPage, index: int) -> bool:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    try:
        drawn = [raw.FPDFAnnot_GetObject(annotation, at) for at in range(raw.FPDFAnnot_GetObjectCount(annotation))]
        return any(raw.FPDFPageObj_GetType(each) in _WITH_WORDS for each in drawn)
    finally:
        raw.FPDFPage_CloseAnnot(annotation)
