"""German: Snowball's German stemmer, which takes ä, ae and a for one letter (Häuser, Haeuser, Haus)."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

_KEPT = {"ä": "\ue000", "ö": "\ue001", "ü": "\ue002"}
_KEEP = str.maketrans(_KEPT)
_GIVE_BACK = str.maketrans({private: umlaut for umlaut, private in _KEPT.items()})
_WOMEN = re.compile(r"(?<=\w{4})innen$")  # Zeuginnen: Snowball leaves an n
_LATIN = re.compile(r"(?<=\w{2})(i)ums?$")  # Ministerium: as Ministerien
# Inhaftierung, Inhaftierte: as inhaftieren. Not Regierung, which would be one with Regie.
_IEREN = re.compile(r"(?<=\w{2})(?<!reg)ier(?:ung(?:en)?|t(?:e[mnrs]?)?)$")
_IFIKATION = re.compile(r"(?<=\w{2}if)ikation(?:en)?$")  # Identifikation: the same
# Participles hide the verb behind ge-. No rule can tell them from Gericht and Gewalt: those that reports need.
_PARTICIPLE = re.compile(
    r"^ge(droh|fessel|folter|knebel|lynch|peinig|plünder|pluender|quäl|quael|schlag|töt|toet)"
    r"(?:e?t|en)(?:e[mnrs]?)?$"
)
_OWN_STEMS = {
    "datum": "dat",
    "visum": "vis",
    "visa": "vis",
    "museum": "muse",
    "museums": "muse",
    "firma": "firm",
    "thema": "them",
    "themas": "them",
    # Words that the stemmer throws together though a reader would not.
    "leider": "leider",
    "walden": "walden",
    "lager": "lager",
    "lagern": "lager",
    "lagers": "lager",
    "rate": "rate",
    "raten": "rate",
    "richter": "richter",
    "richtern": "richter",
    "richters": "richter",
    "richterin": "richter",
    "richterinnen": "richter",
}
_STOP_WORDS = (
    "aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass daß dein dem den denn der des dich"
    " die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es für gegen"
    " hat hatte ich ihm ihn ihr ihre im in ins ist ja kann kein keine mich mit nach nicht noch nur ob oder ohne sehr"
    " sein seine sich sie sind so über um und uns unser unter vom von vor war waren was weil wenn wer werden wie wir"
    " wird wo wurde wurden zu zum zur zwischen"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("german", 0)


def stem(word: str) -> str:
    """The stem of a cleaned ``word``. Foreign accents go, umlauts are the stemmer's business."""
    if not word.isascii():
        word = without_accents(word.translate(_KEEP)).translate(_GIVE_BACK)
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    word = _IEREN.sub("ieren", _IFIKATION.sub("izieren", word))
    word = _PARTICIPLE.sub(r"\1en", _LATIN.sub(r"\1", word))
    found: str = _stemmer().stemWord(_WOMEN.sub("in", word))
    return found
