"""What a file might be called and which language it is in, for the one who files it to look at and change."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.conf import settings

_BETWEEN_WORDS = re.compile(r"[\s_+]+")
_HYPHENS = re.compile(r"-+")
_LANGUAGE = re.compile(r"[\s._-]+[(\[]?([A-Za-z]{2})[)\]]?$")
_MACHINE = re.compile(
    r"^(microsoft (word|powerpoint|excel) - )|\.(docx?|odt|rtf|pptx?|xlsx?|ods|indd|pdf|txt)$", re.IGNORECASE
)
_EMPTY = frozenset(
    {"untitled", "document", "title", "unbenannt", "ohne titel", "sans titre", "sin título", "بدون عنوان"}
)


def title_of(name: str) -> str:
    """The file name as words: no extension, no underscores, no language at its end; "Untitled" never."""
    stem = _without_language(_stem(name))
    words = _BETWEEN_WORDS.sub(" ", stem)
    if " " not in words:
        words = _HYPHENS.sub(" ", words)
    words = words.strip(" .-")[:255] or _stem(name)
    return words[:1].upper() + words[1:]


def language_in(name: str) -> str:
    """The language that stands at the end of a file name (``report_de.pdf``), if it is one of the site's; else ""."""
    found = _LANGUAGE.search(_stem(name))
    code = found[1].lower() if found else ""
    return code if code in dict(settings.LANGUAGES) else ""


def title_inside(title: str, name: str) -> str:
    """A title from the file's own properties, or "" where a program wrote it or the file name says the same."""
    cleaned = _MACHINE.sub("", title.strip()).strip()
    same = {cleaned.casefold(), title.strip().casefold()} & {title_of(name).casefold(), name.casefold()}
    if same or len(cleaned) < 3 or cleaned.casefold() in _EMPTY:
        return ""
    return cleaned[:255]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _without_language(stem: str) -> str:
    found = _LANGUAGE.search(stem)
    known = found is not None and found[1].lower() in dict(settings.LANGUAGES)
    return stem[: found.start()] if found is not None and known and found.start() else stem
