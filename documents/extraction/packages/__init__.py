"""Files that are ZIP archives of XML: Office, OpenDocument, EPUB. What in them tells more than a reader sees.

Each module has ``traces(package)``: one :class:`Trace` for each thing that doesn't belong into a public copy,
with the way to take it out where there is one. Inspection names them, cleaning removes them: one definition.
``visible(package)`` is what a reader sees, read by rules of its own: the proof of a clean copy compares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from documents.extraction.packaged import MODULES
from documents.extraction.packages import names
from documents.extraction.packages.ooxml import put_in_place
from documents.extraction.packages.package import Package, Trace, comment_traces


def opened(path: Path, mime: str) -> Package:
    """The archive at ``path``, its parts under their usual names. Raises BrokenFileError, TooLargeError."""
    package = Package(path)
    if places := getattr(import_module(f"{__name__}.{MODULES[mime]}"), "PLACES", None):
        put_in_place(package, places)
    return package


def traces(package: Package, mime: str) -> Iterator[Trace]:
    """What the file tells beside what a reader sees."""
    yield from import_module(f"{__name__}.{MODULES[mime]}").traces(package)
    yield from comment_traces(package, package.xml_names())


def plain_names(package: Package, mime: str) -> int:
    """Gives pictures and recordings names that say nothing; how many had one of their own."""
    return names.plain_names(package, MODULES[mime])


def visible(package: Package, mime: str) -> list[str]:
    """What a reader sees, piece by piece."""
    seen: list[str] = import_module(f"{__name__}.{MODULES[mime]}").visible(package)
    return seen


__all__ = ["MODULES", "Package", "Trace", "opened", "plain_names", "traces", "visible"]
