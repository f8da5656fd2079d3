"""What a file would give away: looked for in the child process, without Django."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from documents.extraction.inspection.findings import CODES, Finding, Findings, Place, as_json, from_json
from documents.extraction.packaged import MODULES as PACKAGES

GATE = 13
"""Counts up whenever the gate finds more: files that an older one judged are judged again. 2: bookmarks of a PDF;
3 to 5: RTF; 6: drawings in office files; 7: all other pictures and recordings in them, and parts that
nothing shows; 8: notes and settings of Word under other names; 9: styles of e-books; 10: text in the colour of its
ground in all office files, words in their markup, all dictionaries of a PDF, and what is hidden in pictures; 11: letters
that let their ground through or are drawn narrow, faint and later pictures, constants in formulas, names in OpenDocument; 12: headers
that no page shows, what styles below styles and defaults hide, what Word says to older programs, colours, sizes and page
breaks said in other ways, groups on slides, words that annotations of a PDF draw, lines without height; 13: notes of Word to which nothing
leads, cells that are merged with others, addresses of links whose words are gone, what was left out of
charts, places in other workbooks, shapes that are hidden in other ways."""
PDF = "application/pdf"
INSPECTORS: dict[str, str] = {
    PDF: "pdf",
    **dict.fromkeys(PACKAGES, "packages"),
    "image/png": "pictures",
    "image/jpeg": "pictures",
    "image/webp": "pictures",
    "image/tiff": "pictures",
    "audio/mpeg": "media",
    "video/mp4": "media",
    "text/rtf": "plain",
    "text/plain": "plain",
    "text/csv": "plain",
}
"""MIME type -> the module of this package that knows the format. Each has ``inspect(path, hosts, findings, mime)``."""


def inspect(path: Path, mime: str, hosts: Collection[str] = ()) -> list[Finding]:
    """All findings in the file at ``path``; ``hosts`` are staff-only host names. May raise anything on hostile files."""
    return _inspected(path, mime, hosts).all()


def _inspected(path: Path, mime: str, hosts: Collection[str]) -> Findings:
    findings = Findings()
    if module := INSPECTORS.get(mime):
        import_module(f"{__name__}.{module}").inspect(path, hosts, findings, mime)
    return findings


def compare(
    original: Path | None, public: Path, mime: str, hosts: Collection[str]
) -> tuple[list[Finding], list[Finding]]:
    """What the public copy at ``public`` still gives away, and what only ``original`` (None: not kept) did."""
    remaining = inspect(public, mime, hosts)
    if original is None:
        return remaining, []
    before = Findings()
    if mime == PDF:  # the pages are the same in both: proved when the copy was made
        pdf = import_module(f"{__name__}.pdf")
        pdf.inspect(original, hosts, before, mime, pages=False)
    else:
        before = _inspected(original, mime, hosts)
    codes = {finding.code for finding in remaining}
    return remaining, [finding for finding in before.all() if finding.code not in codes]


__all__ = ["CODES", "GATE", "Finding", "Findings", "Place", "as_json", "compare", "from_json", "inspect"]
