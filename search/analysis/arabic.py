"""Arabic: one letter for each family of letters, then light10, in an order that keeps whole words whole.

light10 (Larkey, Ballesteros, Connell 2007) cuts "and" (و) off every long word, so that وزارة
(ministry) and الوزارة (the ministry) part, and leaves وللأطفال. Here a letter is cut off the front
only together with an article, where it can't be part of the word; words with a preposition or
conjunction but no article are met from the query's side (``attached_forms``).
"""

from __future__ import annotations

import re

_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_LETTERS = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ـ": "",
    }
)
_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=..)")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "يا", "ه", "ي")
_ATTACHED = ("و", "ف", "ب", "ك", "ل", "ول", "وب")
SHORTEST = 3
_STOP_WORDS = (
    "في من على إلى الى عن أن ان إن هذا هذه ذلك تلك التي الذي الذين ما لا لم لن هو هي هم كان كانت قد كل بعض أو او ثم"
    " بين مع عند بعد قبل غير حيث كما أي اي و ف ب ل"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


def normalise(word: str) -> str:
    """``word`` without diacritics and with one letter for each family; the same word for a reader."""
    return _MARKS.sub("", word).translate(_LETTERS)


def without_article(word: str) -> str:
    """A normalised ``word`` without ال, وال, بال, لل, ولل…, if enough of it stays."""
    return _ARTICLE.sub("", word, count=1)


def stem(word: str) -> str:
    """The light stem of a cleaned ``word``."""
    return _without_ending(without_article(normalise(word)))


def attached_forms(word: str) -> list[str]:
    """Stems of the same word with a preposition or conjunction written to it, and without the one that it has.

    For queries only: حقوق also finds لحقوق and وحقوق, لحقوق also finds حقوق. The index can't cut these
    letters off: in لبنان and برلمان they belong to the word.
    """
    bare = without_article(normalise(word))
    if len(bare) < SHORTEST:
        return []
    found = [_without_ending(letter + bare) for letter in _ATTACHED]
    if bare == normalise(word):
        found += [_without_ending(bare[len(a) :]) for a in _ATTACHED if bare.startswith(a) and len(bare) > len(a) + 3]
    own = _without_ending(bare)
    return [form for form in dict.fromkeys(found) if form != own]


def _without_ending(word: str) -> str:
    """Cuts endings one after the other, so that فلسطينية, فلسطيني and فلسطين meet."""
    cut = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= SHORTEST), "")
    return _without_ending(word[: -len(cut)]) if cut else word
