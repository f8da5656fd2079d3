"""The public copy of a file: the same content without what tells about people and machines behind it.

Each module of this package knows a family of formats and has ``clean(source, target, removed, mime)``: it writes
the copy, counts in ``removed`` what was removed how often, proves that the copy says the same as the
original minus that, and returns the number of pages (0 where the format has none).
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from documents.extraction.packaged import MODULES as PACKAGES

CLEANERS: dict[str, str] = {
    "application/pdf": "pdf",
    **dict.fromkeys(PACKAGES, "packages"),
    "image/png": "pictures",
    "image/jpeg": "pictures",
    "image/webp": "pictures",
    "image/tiff": "pictures",
    "audio/mpeg": "media",
    "video/mp4": "media",
    "text/rtf": "plain",
}
"""MIME type -> module. What is not here has no place for anything hidden, and is published as it is."""


def cleanable(mime: str) -> bool:
    """Whether files of this type get a copy of their own."""
    return mime in CLEANERS


def clean(source: Path, target: Path, mime: str) -> dict[str, Any]:
    """Writes the clean copy of ``source`` to ``target``; the same input gives the same bytes.

    Returns ``page_count`` and ``removed``. Raises ExtractionErrors, UnprovenError where the proof fails.
    """
    removed: Counter[str] = Counter()
    module = import_module(f"{__name__}.{CLEANERS[mime]}")
    count = module.clean(source, target, removed, mime)
    return {"page_count": int(count), "removed": dict(removed)}
