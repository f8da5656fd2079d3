"""The name that a downloaded file has: title, language and version, never what the uploader called it."""

from __future__ import annotations

import re

EXTENSIONS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/epub+zip": "epub",
    "text/plain": "txt",
    "text/csv": "csv",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
"""Every type that a document can have, with the extension of its public name."""
TYPES = {extension: mime for mime, extension in EXTENSIONS.items()} | {"jpeg": "image/jpeg", "tif": "image/tiff"}
"""Extension of an uploaded file -> the type that its content must have."""

_SEPARATORS = re.compile(r"[\s_]+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|%#;\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def public_name(title: str, language: str, number: int, mime: str) -> str:
    """``Title-en-v2.pdf``: safe in an address and in every file system, in the title's own script."""
    stem = _SEPARATORS.sub("-", _FORBIDDEN.sub(" ", title).strip())[:120].strip("-.") or "document"
    parts = [stem, language, f"v{number}"]
    return "-".join(part for part in parts if part) + f".{EXTENSIONS.get(mime, 'bin')}"
