"""The language of a page, by script and by its most frequent small words.

Own, because it is a page of code without a model file: pages have hundreds of words, the site has five
languages, and the answer must be the same on every machine (langdetect draws lots, langid and lingua
bring megabytes and compiled parts). Unsure is an answer: "".
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile("[a-z\u00df-\u00f6\u00f8-\u052f]+")
"""In small letters of Latin, Greek and Cyrillic: twice as quick as asking for letters of all scripts."""
_SAMPLE = 20_000
"""Characters that are looked at."""
_ENOUGH = 3
"""Small words that a language must show at least, unless the page is short and nothing speaks against it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": _words(
        "the of and to in is that it was for on are as with his they at be this from have or by had not but what all "
        "were when we there can an your which their said if will each about how up out them then she many some so "
        "these would other into has more her two him been who its now my than did he you"
    ),
    "de": _words(
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat "
        "dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis "
        "mehr durch man sein wurde sei kann gegen vom können schon wenn habe seine ihre dann unter wir soll ich eines "
        "diese dieser wieder keine seiner wurden"
    ),
    "fr": _words(
        "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont la avec son aux "
        "ils cette ou mais nous comme ses été dont leur elle on sa fait être ces même si tout avait ont était sans "
        "leurs deux aussi entre je vous où peut après très ainsi"
    ),
    "es": _words(
        "de la que el en y los del se las por un para con no una su al lo como más pero sus le ya o este sí porque "
        "esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni "
        "contra otros ese eso ante ellos e esto mí antes algunos qué unos yo otro fue han ha era está son"
    ),
}
# Letters that one of the languages uses and the others hardly do. They decide where small words tie.
_LETTERS: dict[str, frozenset[str]] = {
    "de": frozenset("äöüß"),
    "fr": frozenset("çœàèêîôûë"),
    "es": frozenset("ñíóúá¿¡"),
}
_ARABIC_LETTER = re.compile("[\u0600-\u06ff\ufb50-\ufefc]")
_ARABIC_ONLY = frozenset("ةىضصظطثذأإ")
# Persian and Urdu share the script, not the language.
_NOT_ARABIC = frozenset("پچژگکیٹڈڑےہھ")


def arabic_share(text: str) -> float:
    """The part of the letters of ``text`` that are Arabic, 0 to 1; presentation forms count."""
    if not _ARABIC_LETTER.search(text):
        return 0.0  # most pages, and all of them are asked
    arabic = sum(map(str.isalpha, _ARABIC_LETTER.findall(text)))
    letters = sum(map(str.isalpha, text))
    return arabic / letters if letters else 0.0


def detect(text: str) -> str:
    """The language of ``text`` as ISO 639-1, one of en, de, fr, es, ar; "" where nothing is clear."""
    sample = text[:_SAMPLE]
    if arabic_share(sample) > 0.5:
        foreign = sum(character in _NOT_ARABIC for character in sample)
        own = sum(character in _ARABIC_ONLY for character in sample)
        return "ar" if own > foreign or not foreign else ""
    words = Counter(_WORD.findall(sample.casefold()))
    scores = sorted(((_score(language, words), language) for language in STOP_WORDS), reverse=True)
    (best, language), (second, _) = scores[0], scores[1]
    needed = min(_ENOUGH, max(1, words.total() // 6))
    return language if best >= needed and best >= second * 1.15 + 0.5 else ""


def _score(language: str, words: Counter[str]) -> float:
    """Small words, plus half a point for each word with a letter that only this language uses."""
    own, letters = STOP_WORDS[language], _LETTERS.get(language, frozenset())
    marked = sum(times for word, times in words.items() if not (word.isascii() or letters.isdisjoint(word)))
    return sum(words[word] for word in own & words.keys()) + 0.5 * marked


def fits(text: str, language: str) -> bool:
    """Whether ``text`` is at least written in the script of ``language``: a page too short to be detected."""
    letters = [character for character in text[:_SAMPLE] if character.isalpha()]
    if not language or not letters:
        return False
    if language == "ar":
        return arabic_share(text[:_SAMPLE]) > 0.5
    return sum(character < "\u0250" for character in letters) > len(letters) / 2
