"""Cuts text into words without losing their places.

A word is letters, digits and combining marks; ``\\w`` alone would cut Arabic words at their
diacritics. Acronyms (U.N.), grouped numbers (1,000), decimals and dates stay together, a word that
a line break divided is one word again, and an elided article (l'homme) is left out.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import NamedTuple


class Word(NamedTuple):
    """A word as written, and where: ``end`` is the character after its last."""

    text: str
    start: int
    end: int


def _marks() -> str:
    """All combining marks as the inside of a character class."""
    ranges: list[list[int]] = []
    for code in range(0x300, sys.maxunicode + 1 if sys.maxunicode < 0x20000 else 0x20000):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)


_RAISED = "\u00b2\u00b3\u00b9\u2070-\u209c"  # footnote marks stick to words and are none of them
_CHAR = rf"[^\W_{_RAISED}]"
_WORD = rf"{_CHAR}(?:{_CHAR}|[{_marks()}\u00ad\u200c\u200d])*"
_APOSTROPHE = "['\u2019\u02bc]"
_BROKEN = r"[-\u2010\u00ad]\r?\n[ \t]*(?=[a-z\u00df-\u00f6\u00f8-\u00ff])"
_GROUP = "[.,'\u2019\u00a0\u202f\u066c]"
_START = rf"(?<!{_CHAR})"
# Every repeat is bounded or over one class of characters: linear on any text.
_TOKEN = re.compile(
    rf"{_START}(?P<acronym>(?:[^\W\d_]\.){{2,12}}[^\W\d_]?)(?:{_APOSTROPHE}s)?(?!{_CHAR})"
    rf"|{_START}(?P<iso>\d{{4}}-\d\d?-\d\d?)(?!\d)"
    rf"|{_START}(?P<date>\d\d?[./]\d\d?[./]\d{{4}})(?!\d)"
    rf"|{_START}(?P<grouped>\d{{1,3}}(?:{_GROUP}\d{{3}}){{1,6}})(?![.,]?\d)"
    rf"|{_START}(?P<decimal>\d{{1,15}}[.,\u066b]\d{{1,15}})(?![.,]?\d)"
    rf"|(?P<word>(?:{_START}(?:[cC][oO]|[eE])-(?=[^\W\d_]))?{_WORD}(?:(?:{_APOSTROPHE}|{_BROKEN}){_WORD})*)"
)
_DIGITS = re.compile(r"\d+")
_INNER = re.compile(rf"{_APOSTROPHE}")
_JUNK = re.compile(r"[-\u2010\u00ad]|\s")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ère|ème|e|º|ª)", re.IGNORECASE)
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0002ffff]")
_ELIDED = {
    "": frozenset({"l", "d"}),
    "fr": frozenset({"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"}),
}


def words(text: str, language: str) -> list[Word]:
    """The words of ``text``. ``language`` (two letters) decides what is an elided article."""
    found: list[Word] = []
    elided = _ELIDED.get(language, _ELIDED[""])
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "word":
            found += _plain(match.group(), start, end, elided)
        elif kind in ("date", "iso"):
            found += _date(match.group(), start, iso=kind == "iso")
        elif kind == "acronym":
            found.append(Word(match["acronym"].replace(".", ""), start, match.end("acronym")))
        elif kind == "grouped":
            found.append(Word("".join(_DIGITS.findall(match.group())), start, end))
        else:
            found.append(Word("d".join(_DIGITS.findall(match.group())), start, end))
    return found


def _plain(text: str, start: int, end: int, elided: frozenset[str]) -> list[Word]:
    if text.isalpha():
        return _ideographs(text, start) if _IDEOGRAPH.search(text) else [Word(text, start, end)]
    parts = _INNER.split(text)
    while len(parts) > 1 and parts[0].lower() in elided:
        start += len(parts[0]) + 1
        parts = parts[1:]
    if len(parts) > 1 and parts[-1].lower() == "s":
        end -= 2
        parts = parts[:-1]
    joined = _JUNK.sub("", "".join(parts))
    if joined[0].isdigit():
        ordinal = _ORDINAL.fullmatch(joined)
        joined = ordinal.group(1) if ordinal else joined
    elif _IDEOGRAPH.search(joined):
        return _ideographs(joined, start)
    return [Word(joined, start, end)]


def _ideographs(text: str, start: int) -> list[Word]:
    """Scripts without spaces: each character a word, so that phrases find words."""
    return [Word(char, start + at, start + at + 1) for at, char in enumerate(text)]


def _date(text: str, start: int, *, iso: bool) -> list[Word]:
    """Day, month, year in this order, without leading zeros: 2024-05-12 is 12.5.2024 and 12/05/2024."""
    parts = [Word(str(int(m.group())), start + m.start(), start + m.end()) for m in _DIGITS.finditer(text)]
    if iso:
        parts.reverse()
    elif int(parts[1].text) > 12 >= int(parts[0].text):  # month first, as Americans write
        parts[0], parts[1] = parts[1], parts[0]
    return parts
