"""What a PDF tells screen readers instead of what it shows: descriptions of pictures, and other readings of its text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Object, Pdf, String

from documents.extraction.inspection.contents import contents
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.private import PATH
from documents.extraction.outline import Said

_INLINE = re.compile(rb"/ActualText\s*+(\((?:[^()\\]++|\\.)*+\)|<[0-9A-Fa-f\s]*+>)", re.DOTALL)


def readings(pdf: Pdf) -> set[str]:
    """What is read out instead of text that is shown, and descriptions that are the name of a file."""
    found = {str(said) for said in _readings(pdf)}
    for holder in pdf.objects:
        if isinstance(holder, Dictionary):
            said = [value for key in ("/Alt", "/Contents") if isinstance(value := holder.get(key), String)]
            found |= {str(value) for value in said if PATH.match(str(value))}
    return found


def _readings(pdf: Pdf) -> Iterator[Object]:
    for holder in pdf.objects:
        if isinstance(holder, Dictionary) and isinstance(said := holder.get("/ActualText"), String):
            yield said
    for content in contents(pdf):
        for raw in set(_INLINE.findall(content)):
            with contextlib.suppress(pikepdf.PdfError):
                yield Object.parse(raw)


def inspect_readings(found: set[str], said: Said, findings: Findings) -> None:
    """Adds those that are a path, or hold words that are ``said`` on no page. A scan says nothing to compare with."""
    for reading in sorted(found):
        if PATH.match(reading) or (said and not said.has(reading)):
            findings.add("read_out", Place(words=reading))
