"""Office, OpenDocument and EPUB files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path

from documents.extraction import packages
from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.links import internal_addresses


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str) -> None:
    """Adds the findings of the file at ``path``. Raises BrokenFileError, TooLargeError."""
    package = packages.opened(path, mime)
    for trace in packages.traces(package, mime):
        findings.add(trace.code, Place(words=trace.words))
    for text in _texts(package, mime):
        for address in internal_addresses(text, hosts):
            findings.add("internal_links", Place(words=address))


def _texts(package: packages.Package, mime: str) -> Iterator[str]:
    yield from packages.visible(package, mime)
    name = packages.MODULES[mime]
    module = import_module(f"documents.extraction.packages.{name if name in ('opendocument', 'epub') else 'ooxml'}")
    yield from module.links(package)
