"""The language and direction of a passage, for ``lang`` and ``dir``: a page may quote others than its own."""

from __future__ import annotations

from django.utils.translation import get_language_info

from documents.extraction.language import arabic_share, detect, fits

SURE = 80
"""Characters from which on the small words of a passage tell its language."""


def direction(language: str) -> str:
    """The value of ``dir`` for a text in ``language``; by its letters where that is unknown."""
    if not language:
        return "auto"
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def passage_language(text: str, language: str) -> str:
    """The language of ``text``, a passage of a page in ``language``; "" where neither that nor another can be.

    A short passage in the page's script is taken to be in its language.
    """
    if not any(map(str.isalpha, text)) or (len(text) < SURE and fits(text, language)):
        return language
    found = detect(text) if len(text) >= SURE or arabic_share(text) > 0.5 else ""
    return found or (language if fits(text, language) else "")
