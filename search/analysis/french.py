"""French: accents first, then Snowball's stemmer, so that a word typed without accents is the same word.

Snowball reads accents when it cuts endings ("réfugiés" gives another stem than "refugies"); folding
first makes both meet always. What that loses is given back by the few rules here.
"""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

_DOUBLE_E = re.compile(r"ees?$")  # arrêtée, arrêtées: as arrêté
_PLURAL = re.compile(r"(?<=[a-z]{3}[ou])s$")  # vidéos, détenus: Snowball keeps this s
_IERE = re.compile(r"(?<=[a-z]{2}[gi])eres?$")  # policière, étrangère: as policier, étranger
_IF = re.compile(r"(?<=[a-z]{2})ifs?$")  # actif: as active
_TRICE = re.compile(r"(?<=[a-z]{2})trices?$")  # enquêtrice: as enquêteur
_UTION = re.compile(r"(?<=[a-z]ec)utions?$")  # exécution: as exécuter
_IFIER = re.compile(r"(?<=[a-z]{2}ifi)(?:er|cations?)$")  # identification, identifier: as identifié
_OWN_STEMS = {
    "travaux": "travail",
    "lieux": "lieu",
    "milieux": "milieu",
    "jeux": "jeu",
    "enjeux": "enjeu",
    "aveux": "aveu",
    "feux": "feu",
    "voeux": "voeu",
    "publique": "public",
    "publiques": "public",
    # Words that the stemmer, or the folding of accents, throws together though a reader would not.
    "courir": "courir",
    "villa": "villa",
    "villas": "villa",
    "armee": "armee",
    "armees": "armee",
    "partie": "partie",
    "parties": "partie",
    "partir": "partir",
    "porte": "porte",
    "portes": "porte",
    "lois": "loi",
    "emplois": "emploi",
    "rois": "roi",
    "yeux": "oeil",
    "civile": "civil",
    "civiles": "civil",
}
_STOP_WORDS = (
    "a à au aux avec c ce ces cet cette comme d dans de des du elle elles en est et été être eu il ils j je l la le les"
    " leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou où par pas plus pour qu que qui s sa sans"
    " se ses si son sont sous sur t ta te tes toi ton tu un une vos votre vous y"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("french", 0)


def stem(word: str) -> str:
    """The stem of a cleaned ``word``."""
    word = without_accents(word)
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    word = _IFIER.sub("e", word)
    word = _UTION.sub("uter", _TRICE.sub("teur", _IF.sub("ive", _IERE.sub("er", word))))
    word = _PLURAL.sub("", _DOUBLE_E.sub("e", word))
    found: str = _stemmer().stemWord(word)
    return found
