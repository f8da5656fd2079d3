"""What links and fields of a PDF say to screen readers, and no page shows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pypdfium2
from pikepdf import Array, Dictionary, Pdf

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.readings import heard
from documents.extraction.outline import Said


def clean_spoken(pdf: Pdf, source: Path, removed: Counter[str]) -> None:
    """Words of a page, or of the link's own address, stay; the others go. Raises BrokenFileError."""
    annotations = [each for page in pdf.pages for each in page.obj.get("/Annots", Array())]
    speaking = [each for each in annotations if isinstance(each, Dictionary) and heard(each)]
    said = _said(source) if speaking else Said()
    for each in speaking:
        if not said.has(heard(each)):
            del each["/Contents"]
            removed["hidden text"] += 1


def _said(source: Path) -> Said:
    said = Said()
    try:
        with pypdfium2.PdfDocument(source) as document:
            for page in document:
                textpage = page.get_textpage()
                said.add(textpage.get_text_range())
                textpage.close()
                page.close()
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error
    return said
