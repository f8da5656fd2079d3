"""Spanish: accents first (ñ is a letter, no accent), then Snowball's stemmer."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

# años, casos, actos: too short for Snowball.
_SHORT_PLURAL = re.compile(
    r"(?:(?<=[aeiou][bcdfghjklmnñpqrtvxyz][aeo])|(?<=[aeiou][bcdfghjklmnñpqrtvxyz][bcdfghjklmnñpqrtvxyz][aeo]))s$"
)
_PLURAL = re.compile(r"(?<=[a-zñ]{2}[dljnr])es$")  # crímenes, mujeres: Snowball knows the singular only
_CES = re.compile(r"(?<=[aeiou])ces$")  # voces, jueces: as voz, juez
_ICACION = re.compile(r"(?<=[a-zñ]{2}ic)acion(?:es)?$")  # identificación, incomunicación: as identificar
_PEOPLE = re.compile(r"^(dan|escoc|franc|holand|ingl|irland|japon|portugu)es(?:a|as|es)?$|^(alem)an(?:a|as|es)?$")
_KEPT = str.maketrans({"ñ": "\ue000"})
_GIVE_BACK = str.maketrans({"\ue000": "ñ"})
_OWN_STEMS = {
    "paises": "pais",
    "pais": "pais",
    "leyes": "ley",
    "carceles": "carcel",
    "carcel": "carcel",
    "complices": "complic",
    "indices": "indic",
    # Words that the stemmer throws together though a reader would not.
    "casa": "casa",
    "casas": "casa",
    "verdad": "verdad",
    "verdades": "verdad",
    "universo": "universo",
    "hombro": "hombro",
    "hombros": "hombro",
    "mario": "mario",
    "juana": "juana",
}
# Words in -a that are no women's form of the noun in -o; the stemmer cuts both to one.
_APART = frozenset(["banca", "cuenta", "libra", "moda", "partida", "plaza", "puebla", "puerta", "punta"])
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
    if word.removesuffix("s") in _APART:
        return word.removesuffix("s")
    people = _PEOPLE.match(word)
    if people:
        return f"{people[1]}es" if people[1] else f"{people[2]}an"
    word = _ICACION.sub("ar", _CES.sub("z", word))
    found: str = _stemmer().stemWord(_SHORT_PLURAL.sub("", _PLURAL.sub("", word)))
    return found
