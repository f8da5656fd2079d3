"""One shape for every way to write a letter: NFKC, case folded, ASCII digits, invisible characters gone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u061c\ufeff\u0640"
"""Soft hyphen, zero-width characters, direction marks, and the Arabic tatweel, which only stretches a word."""

_DROP = dict.fromkeys(map(ord, INVISIBLE))
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "œ": "oe", "æ": "ae", "ı": "i", "ħ": "h", "ŧ": "t"})


@lru_cache(maxsize=200_000)
def clean(word: str) -> str:
    """``word`` without what is not part of it; accents and Arabic diacritics are still there."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKC", word).translate(_DROP).casefold()
    folded = unicodedata.normalize("NFKC", folded)
    if any(char.isdecimal() and not char.isascii() for char in folded):
        folded = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in folded)
    # What NFKC opens up ("½" is "1⁄2") may hold characters that no token may.
    return "".join(char for char in folded if char.isalnum() or unicodedata.category(char)[0] == "M")


def without_accents(word: str) -> str:
    """``word`` without marks over and under Latin letters (é is e, ø is o)."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def is_arabic(word: str) -> bool:
    """Whether the first letter of ``word`` is of the Arabic script."""
    return bool(word) and ("\u0600" <= word[0] <= "\u06ff" or "\u0750" <= word[0] <= "\u077f")


def is_latin(word: str) -> bool:
    """Whether ``word`` begins with a Latin letter or an ASCII digit."""
    return bool(word) and (word[0] < "\u0250" or "\u1e00" <= word[0] <= "\u1eff")
