"""Every other language: Snowball where it has a stemmer, else the word itself without accents.

A language of the site that has no module of its own works at once; a module makes it good.
"""

from __future__ import annotations

from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

NOT_LATIN = frozenset({"be", "bg", "el", "hi", "hy", "ja", "ka", "ko", "mk", "ne", "ru", "sr", "ta", "uk", "zh"})
_SNOWBALL = {
    "ca": "catalan",
    "da": "danish",
    "el": "greek",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _SNOWBALL.get(language)
    return Stemmer.Stemmer(name, 0) if name else None


def stem(word: str, language: str) -> str:
    """The stem of a cleaned ``word``, without accents."""
    stemmer = _stemmer(language)
    return without_accents(stemmer.stemWord(word) if stemmer else word)
