"""Dates, grouped numbers, doubled acronyms and numbered letters in the other ways in which they are written.

The index keeps what was written ("12 March 2011" must be found by "March 2011"), so the query asks
for all ways: 12 March 2011 is March 12, 2011, 12.03.2011 and 2011-03-12, and 12. März 2011 in a
German text. A date has a day, a month and a year; with less than that nothing is added. Numbers
between signs are read day first, as ``words`` does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from search.analysis.folding import clean, without_accents

MONTHS = {
    "en": (
        "January/Jan February/Feb March/Mar April/Apr May June/Jun July/Jul August/Aug September/Sept/Sep October/Oct"
        " November/Nov December/Dec"
    ),
    "de": (
        "Januar/Jänner/Jan Februar/Feber/Feb März/Mrz April/Apr Mai Juni/Jun Juli/Jul August/Aug September/Sept/Sep"
        " Oktober/Okt November/Nov Dezember/Dez"
    ),
    "fr": (
        "janvier/janv février/févr mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct novembre/nov"
        " décembre/déc"
    ),
    "es": (
        "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago"
        " septiembre/setiembre/sept/sep octubre/oct noviembre/nov diciembre/dic"
    ),
    # The names of Egypt and those of the Levant and Iraq; many texts give both, in either order.
    "ar": (
        "يناير/كانون_الثاني فبراير/شباط مارس/آذار أبريل/إبريل/نيسان مايو/أيار يونيو/حزيران يوليو/تموز أغسطس/آب"
        " سبتمبر/أيلول أكتوبر/تشرين_الأول نوفمبر/تشرين_الثاني ديسمبر/كانون_الأول"
    ),
}
_PATTERNS = {
    "en": ("{day} {month} {year}", "{month} {day} {year}", "{day} of {month} {year}"),
    "es": ("{day} de {month} de {year}", "{day} de {month} del {year}", "{day} {month} {year}"),
}
_PLAIN = ("{day} {month} {year}",)
_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset({"of", "de", "del"})
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|o)?")
_NUMERIC = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})")
_SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3}){1,4}(?:[.,]\d{1,15})?")
_DOUBLED = re.compile(r"([A-Z])\1\.? ?([A-Z])\2\.?")  # EE. UU., DD. HH.: how Spanish doubles a plural's letters
_NUMBERED = re.compile(r"([^\W\d_]{1,6})[-\u2010\u2011]?(\d{1,4})")  # MH17 and MH-17, COVID-19 and covid19
LONGEST_DATE = 5
"""Words of the longest date: 12 de marzo de 2011."""


def other_ways(text: str, language: str) -> list[str]:
    """Texts in ``language`` (two letters) that say the same as ``text``, where that is a date, a number, an acronym or
    letters with a number."""
    date = read_date(text)
    if date is not None:
        return _written(date, language)
    if _SPACED.fullmatch(text):
        return [text.replace(" ", "")]
    if text.isascii() and text.isdigit() and 4 <= len(text) <= 15 and text[0] != "0":
        return [f"{int(text):,}".replace(",", " ")]
    doubled = _DOUBLED.fullmatch(text.strip())
    if doubled:
        first, second = doubled[1] * 2, doubled[2] * 2
        return [f"{first}{second}", f"{first} {second}"]
    numbered = _NUMBERED.fullmatch(text.strip())
    if numbered:
        return [f"{numbered[1]}{numbered[2]}", f"{numbered[1]} {numbered[2]}"]
    return []


def joined(words: list[str]) -> list[str]:
    """``words`` that somebody typed, those put together that are one date, one number or one acronym."""
    found: list[str] = []
    at = 0
    while at < len(words):
        size = next(
            (n for n in range(min(LONGEST_DATE, len(words) - at), 1, -1) if _is_one(" ".join(words[at : at + n]))), 1
        )
        found.append(" ".join(words[at : at + size]))
        at += size
    return found


def read_date(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) of ``text`` if it is a full date and nothing else."""
    numeric = _NUMERIC.fullmatch(text.strip())
    if numeric:
        first, middle, last = numeric[1], int(numeric[3]), numeric[4]
        if len(first) == 4:
            return _valid(int(first), middle, int(last))
        return _valid(int(last), middle, int(first)) or _valid(int(last), int(first), middle)
    words = [word for word in map(clean, _WORD.findall(text)) if word not in _FILLERS]
    if not 3 <= len(words) <= 4:
        return None
    month = _months().get(_folded("".join(words[1:-1])))
    if month is None and len(words) == 3:  # month first
        month, words = _months().get(_folded(words[0])), [words[1], words[0], words[2]]
    day = _ORDINAL.fullmatch(words[0])
    if month is None or day is None or not re.fullmatch(r"\d{4}", words[-1]):
        return None
    return _valid(int(words[-1]), month, int(day[1]))


def _is_one(text: str) -> bool:
    return read_date(text) is not None or bool(_SPACED.fullmatch(text) or _DOUBLED.fullmatch(text))


def _valid(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    return (year, month, day) if 1000 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31 else None


def _written(date: tuple[int, int, int], language: str) -> list[str]:
    year, month, day = date
    names = _names(language)[month - 1] if language in MONTHS else ()
    patterns = _PATTERNS.get(language, _PLAIN)
    return [
        f"{day}.{month}.{year}",
        *(pattern.format(day=day, month=name, year=year) for name in names for pattern in patterns),
    ]


@lru_cache(maxsize=8)
def _names(language: str) -> tuple[tuple[str, ...], ...]:
    """The names of each month."""
    found = []
    for month in MONTHS[language].split():
        names = month.replace("_", " ").split("/")
        if language == "ar":
            names += [f"{one} {other}" for one in names for other in names if one != other]
        found.append(tuple(names))
    return tuple(found)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The number of every month by its name in any of the languages: who asks in one reads texts in another."""
    return {
        _folded("".join(clean(part) for part in name.split())): number
        for language in MONTHS
        for number, names in enumerate(_names(language), 1)
        for name in names
    }


def _folded(name: str) -> str:
    return without_accents(name).replace("ae", "a")  # Maerz
