"""Office, OpenDocument and EPUB files: what a reader sees stays, in the format in which it came."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from documents.extraction import packages
from documents.extraction.errors import UnprovenError
from documents.extraction.packages.unshown.shapes import plain_names

ROUNDS = 6
"""Removing one thing may lay another bare: words that only a dropped sheet used."""


def clean(source: Path, target: Path, removed: Counter[str], mime: str) -> int:
    """Writes the clean copy of ``source``; counts in ``removed``. Returns 0: these formats have no fixed pages.

    Raises BrokenFileError, TooLargeError, and UnprovenError where the copy says anything else than the original.
    """
    package = packages.opened(source, mime)
    for _ in range(ROUNDS):
        found = [trace for trace in packages.traces(package, mime) if trace.remove is not None]
        for trace in found:
            if trace.remove is not None:
                trace.remove()
                removed[trace.kind] += 1
        if not found:
            break
    if renamed := packages.plain_names(package, mime):
        removed["names of parts"] += renamed
    if renamed := plain_names(package):
        removed["names of shapes"] += renamed
    package.save(target)
    if packages.visible(packages.opened(source, mime), mime) != packages.visible(packages.opened(target, mime), mime):
        raise UnprovenError
    return 0
