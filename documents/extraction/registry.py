"""Which extractor reads which MIME type.

Extractors are named, not imported: the web process asks what is readable, and only the child process
loads the libraries that open strangers' files.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from documents.extraction.texts import Extraction, Extractor

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

EXTRACTORS: dict[str, str] = {
    "application/pdf": "documents.extraction.pdf.Pdf",
    "text/plain": "documents.extraction.plain.Plain",
    "text/csv": "documents.extraction.plain.Plain",
    "text/html": "documents.extraction.plain.Html",
    "application/xhtml+xml": "documents.extraction.plain.Html",
    _DOCX: "documents.extraction.office.Docx",
}
"""MIME type -> dotted name of a class that is an :class:`Extractor`. A new format is one line and one class."""


class NoText:
    """Stands for formats that nothing here reads (sound, pictures, spreadsheets): no text, and said so."""

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
