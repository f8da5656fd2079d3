"""Which module of ``packages`` knows which kind of archive: known to the parent too, which loads no reader of XML."""

from __future__ import annotations

_OOXML = "application/vnd.openxmlformats-officedocument."
MODULES: dict[str, str] = {
    f"{_OOXML}wordprocessingml.document": "word",
    f"{_OOXML}spreadsheetml.sheet": "sheets",
    f"{_OOXML}presentationml.presentation": "slides",
    "application/vnd.oasis.opendocument.text": "opendocument",
    "application/vnd.oasis.opendocument.spreadsheet": "opendocument",
    "application/epub+zip": "epub",
}
"""MIME type -> module."""
