"""PDF: its structure by pikepdf, its pages by PDFium."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pypdfium2

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.appearances import inspect_appearances
from documents.extraction.inspection.bookmarks import inspect_bookmarks
from documents.extraction.inspection.covered import inspect_pictures
from documents.extraction.inspection.drawing import Sheet
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.hidden import inspect_text
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.inspection.readings import inspect_readings, readings
from documents.extraction.inspection.structure import inspect_structure
from documents.extraction.outline import Said
from documents.extraction.pdf import opened

PDF = "application/pdf"


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str = PDF, *, pages: bool = True) -> None:
    """Adds the findings of the PDF at ``path``; without ``pages``, only those of what surrounds them.

    Raises EncryptedFileError, BrokenFileError.
    """
    with opened(path) as pdf:
        inspect_structure(path, pdf, hosts, findings)
        read_out: set[tuple[str, str]] = readings(pdf) if pages else set()
    if not pages:
        return
    try:
        with pypdfium2.PdfDocument(path) as document:
            has_bookmarks = next(document.get_toc(max_depth=1), None) is not None
            said = Said()
            for index in range(len(document)):
                page = document[index]
                text = _inspect_page(page, index + 1, hosts, findings)
                if has_bookmarks or read_out:
                    said.add(text)
                page.close()
                inspect_appearances(document, index + 1, findings)
            inspect_bookmarks(document, said, findings)
            inspect_readings(read_out, said, findings)
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error


def _inspect_page(page: pypdfium2.PdfPage, number: int, hosts: Collection[str], findings: Findings) -> str:
    """Adds what is wrong with a page; returns its text."""
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    textpage.close()
    for address in internal_addresses(text, hosts):
        findings.add("internal_links", Place(number, words=address))
    sheet = Sheet(page)
    words = inspect_text(sheet, number, findings)
    inspect_pictures(sheet, number, words, findings)
    return text
