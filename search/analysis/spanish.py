"""Spanish: accents first (ñ is a letter, no accent), then Snowball's stemmer."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

_SHORT_PLURAL = re.compile(r"(?<=[aeiou][bcdfghjklmnñpqrtvxyz][aeo])s$")  # años, casos: too short for Snowball
_PLURAL = re.compile(r"(?<=[a-zñ]{2}[dljnr])es$")  # crímenes, mujeres: Snowball knows the singular only
_KEPT = str.maketrans({"ñ": "\ue000"})
_GIVE_BACK = str.maketrans({"\ue000": "ñ"})
_OWN_STEMS = {
    "paises": "pais",
    "pais": "pais",
    "leyes": "ley",
    "carceles": "carcel",
    "carcel": "carcel",
    "jueces": "juez",
    # Words that the stemmer throws together though a reader would not.
    "casa": "casa",
    "casas": "casa",
    "verdad": "verdad",
    "verdades": "verdad",
}
_STOP_WORDS = (
    "a al algo antes como con contra cual cuando de del desde donde durante e el él ella ellas ellos en entre era es"
    " esa ese eso esta está estas este esto estos fue ha hasta hay la las le les lo los más me mi muy nada ni no nos o"
    " otra otro para pero por porque que qué quien se sea según ser si sí sin sobre son su sus también te tiene todo tu"
    " tus u un una uno unos y ya yo"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("spanish", 0)


def stem(word: str) -> str:
    """The stem of a cleaned ``word``."""
    if not word.isascii():
        word = without_accents(word.translate(_KEPT)).translate(_GIVE_BACK)
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    found: str = _stemmer().stemWord(_SHORT_PLURAL.sub("", _PLURAL.sub("", word)))
    return found
