"""Which extractor reads which MIME type.

Extractors are named, not imported: the web process asks what is readable, and only the child process
loads the libraries that open strangers' files.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from documents.extraction.texts import Extraction, Extractor

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

EXTRACTORS: dict[str, str] = {
    "application/pdf": "documents.extraction.pdf.Pdf",
    "text/plain": "documents.extraction.plain.Plain",
    "text/csv": "documents.extraction.plain.Plain",
    "text/html": "documents.extraction.plain.Html",
    "application/xhtml+xml": "documents.extraction.plain.Html",
    "text/rtf": "documents.extraction.plain.Rtf",
    f"{_OOXML}.wordprocessingml.document": "documents.extraction.office.Docx",
    f"{_OOXML}.presentationml.presentation": "documents.extraction.office.Pptx",
    f"{_OOXML}.spreadsheetml.sheet": "documents.extraction.office.Xlsx",
    f"{_ODF}.text": "documents.extraction.opendocument.Odt",
    f"{_ODF}.spreadsheet": "documents.extraction.opendocument.Ods",
    "application/epub+zip": "documents.extraction.books.Epub",
    "image/png": "documents.extraction.images.Picture",
    "image/jpeg": "documents.extraction.images.Picture",
    "image/webp": "documents.extraction.images.Picture",
    "image/tiff": "documents.extraction.images.Picture",
}
"""MIME type -> dotted name of a class that is an :class:`Extractor`. A new format is one line and one class."""


class NoText:
    """Stands for formats that nothing here reads (sound and film): no text, and said so."""

    def extract(self, path: Path) -> Extraction:
        """Nothing: no pages at all."""
        return Extraction()


def readable(mime: str) -> bool:
    """Whether files of this type can give text."""
    return mime in EXTRACTORS


def extractor_for(mime: str) -> Extractor:
    """The extractor of ``mime``; one that finds no text where there is none. Imports its libraries."""
    if mime not in EXTRACTORS:
        return NoText()
    module, _, name = EXTRACTORS[mime].rpartition(".")
    return cast(Extractor, getattr(import_module(module), name)())
