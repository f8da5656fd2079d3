"""A glance at a file: the title that its program wrote into it, and the language of its first pages.

For a person who is about to file it. Both are guesses that cost a second, not what processing finds out later.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from lxml import etree

from documents.extraction.archives import check_archive, xml
from documents.extraction.language import detect
from documents.extraction.pdf import opened
from documents.extraction.registry import extractor_for
from documents.extraction.texts import normalise

PAGES = 3
"""Pages whose text is looked at; parts of that many in files without pages."""
TITLE_LENGTH = 255
_PROPERTIES = ("docProps/core.xml", "meta.xml")
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MOST = 1024 * 1024
"""Bytes of a part with properties; a larger one is no such part."""
_PICTURES = "image/"


def glance(path: Path, mime: str) -> dict[str, Any]:
    """``{"title", "language"}``, each "" where nothing is found. Raises what readers of the format raise."""
    if mime == "application/pdf":
        title, text = _pdf(path)
    else:
        title = _packed_title(path) if zipfile.is_zipfile(path) else ""
        text = "" if mime.startswith(_PICTURES) else _first_parts(path, mime)
    return {"title": normalise(title).replace("\n", " ")[:TITLE_LENGTH].strip(), "language": detect(text)}


def _pdf(path: Path) -> tuple[str, str]:
    with opened(path) as pdf:
        title = str(pdf.docinfo.get("/Title", "")) if isinstance(pdf.docinfo, pikepdf.Dictionary) else ""
    with pypdfium2.PdfDocument(path) as file:
        texts = [file[number].get_textpage().get_text_range() for number in range(min(PAGES, len(file)))]
    return title, normalise("\n".join(texts))


def _packed_title(path: Path) -> str:
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if (name in _PROPERTIES or name.endswith(".opf")) and archive.getinfo(name).file_size <= _MOST:
                try:
                    with archive.open(name) as part:
                        found = xml(part).find(f".//{_TITLE}")
                except etree.XMLSyntaxError:
                    continue
                return (found.text or "") if found is not None else ""
    return ""


def _first_parts(path: Path, mime: str) -> str:
    return "\n".join(page.text for page in extractor_for(mime).extract(path).pages[:PAGES])
