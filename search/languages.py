"""Which languages the index knows: those of the site. Texts in others are indexed as the unknown language."""

from __future__ import annotations

from django.conf import settings

from search.analysis import UNKNOWN


def searched() -> tuple[str, ...]:
    """The two-letter codes that every query is analysed in."""
    return tuple(dict.fromkeys(code[:2] for code, _ in settings.LANGUAGES))


def index_language(language: str) -> str:
    """The language to analyse a text by that says it is in ``language``; ``xx`` where no query would ask for it."""
    code = language[:2].lower()
    return code if code in searched() else UNKNOWN
