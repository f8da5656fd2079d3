"""English: Snowball's English stemmer after one spelling for British and American words."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from search.analysis.folding import without_accents

_IZE = re.compile(r"(?<=[a-z]{3})(i|y)z(e|es|ed|er|ers|ing|ation|ations|able)$")
_OUR = re.compile(r"^(arm|behavi|col|endeav|fav|harb|hon|hum|lab|neighb|rum|sav|vig)our")
_RE = re.compile(r"^(cent|fib|kilomet|lit|met|sab|spect|theat)re(s?)$")
# Greek and Latin diphthongs that Americans write as one letter.
_DIPHTHONG = re.compile(r"^(an|arch|encyclop|gyn|h|orthop|p)ae(?=[a-z]{2})|^(diarrh|f)oe(?=[a-z]{2})")
_CES = re.compile(r"^(de|of)fense(s?)$")
_IFICATION = re.compile(r"(?<=[a-z]{2})ifications?$")  # verification, ratification: as verify, ratify
_SPELLINGS = {
    "program": "programme",
    "programs": "programmes",
    "judgement": "judgment",
    "judgements": "judgments",
    "gaol": "jail",
    "gaols": "jails",
    "licence": "license",
    "licences": "licenses",
    "practise": "practice",
    "grey": "gray",
    "counsellor": "counselor",
    "counsellors": "counselors",
    "enquiry": "inquiry",
    "enquiries": "inquiries",
    "sceptical": "skeptical",
    "manoeuvre": "maneuver",
    "manoeuvres": "maneuvers",
    "jewellery": "jewelry",
    "mould": "mold",
    "moulds": "molds",
    "catalogue": "catalog",
    "catalogues": "catalogs",
    "dialogue": "dialog",
    "dialogues": "dialogs",
}
# Plurals that the stemmer takes for other words.
_MEN = re.compile(r"(?<=[a-z]{3})men$")
_NOT_MEN = frozenset({"abdomen", "acumen", "carmen", "regimen", "specimen", "turkmen", "women", "yemen"})
_VES = re.compile(r"^(hal|sel|shel|thie|wol)ves$")
_IVES = re.compile(r"^((?:house|mid)?wi|kni|li)ves$")
_CRISES = re.compile(r"^(analy|cri|diagno|hypothe|paraly|the)s[ei]s$")
_OWN_STEMS = {
    "women": "woman",
    "men": "man",
    "children": "child",
    "ngos": "ngo",
    "mps": "mp",
    "feet": "foot",
    "criteria": "criterion",
}
# Words that the stemmer throws together with a shorter one though a reader would not; kept whole, but for a plural's s.
_APART = frozenset(
    [
        "authority",
        "custom",
        "customs",
        "customer",
        "executive",
        "experiment",
        "hospitality",
        "humane",
        "important",
        "informal",
        "news",
        "objective",
        "officer",
        "organ",
        "relative",
        "universe",
    ]
)
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
    singular = "authority" if word == "authorities" else word.removesuffix("s")
    for kept in (word, singular):
        if kept in _APART:
            return kept
    found: str = _stemmer().stemWord(_one_spelling(_singular(word)))
    return found


def _singular(word: str) -> str:
    if word.endswith("men") and word not in _NOT_MEN:
        return _MEN.sub("man", word)
    if word.endswith("ves"):
        return _IVES.sub(r"\1fe", _VES.sub(r"\1f", word))
    return _CRISES.sub(r"\1sis", word)


def _one_spelling(word: str) -> str:
    word = _DIPHTHONG.sub(lambda match: (match[1] or match[2]) + "e", word)
    word = _CES.sub(r"\1fence\2", _RE.sub(r"\1er\2", word))
    return _OUR.sub(r"\1or", _IZE.sub(r"\1s\2", _IFICATION.sub("ify", word)))
