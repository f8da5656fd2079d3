"""English: Snowball's English stemmer after one spelling for British and American words."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

_IZE = re.compile(r"(?<=[a-z]{3})(i|y)z(e|es|ed|er|ers|ing|ation|ations|able)$")
_OUR = re.compile(r"^(arm|behavi|col|endeav|fav|harb|hon|hum|lab|neighb|rum|sav|vig)our")
_SPELLINGS = {
    "center": "centre",
    "centers": "centres",
    "defense": "defence",
    "offense": "offence",
    "offenses": "offences",
    "program": "programme",
    "programs": "programmes",
    "judgement": "judgment",
    "judgements": "judgments",
    "gaol": "jail",
    "licence": "license",
    "practise": "practice",
}
# Words that the stemmer throws together though a reader would not, and plurals that it misses.
_OWN_STEMS = {
    "experiment": "experiment",
    "experiments": "experiment",
    "universe": "universe",
    "organ": "organ",
    "organs": "organ",
    "women": "woman",
    "men": "man",
    "children": "child",
    "ngos": "ngo",
    "mps": "mp",
    "ngo": "ngo",
    "news": "news",
    "custom": "custom",
    "customs": "customs",
}
_STOP_WORDS = (
    "a about after all also an and any are as at be because been before being between both but by can could did do"
    " does for from had has have he her here him his how i if in into is it its may more most no nor not of on only or"
    " other our out over she should so some such than that the their them then there these they this those through to"
    " too under until up very was we were what when where which while who whom why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)


def stem(word: str) -> str:
    """The stem of a cleaned ``word``."""
    word = without_accents(word)
    word = _SPELLINGS.get(word, word)
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    word = _OUR.sub(r"\1or", _IZE.sub(r"\1s\2", word))
    found: str = _stemmer().stemWord(word)
    return found
