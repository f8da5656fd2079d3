"""Cuts text into words without losing their places.

A word is letters, digits and combining marks; ``\\w`` alone would cut Arabic words at their
diacritics. Acronyms (U.N.), grouped numbers (1,000), decimals and dates stay together, a word that
a line break divided is one word again, and an elided article (l'homme) is left out. A word written
for all genders (avocat·e·s, abogado/a) is the one form that the stemmer knows; German has no such
form, so Zeug:innen is the women's and the men's.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import NamedTuple


class Word(NamedTuple):
    """A word as written, and where: ``end`` is the character after its last. ``other`` is a second word in its place."""

    text: str
    start: int
    end: int
    other: str = ""


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
# German, French and Spanish ways to name women and men at once. "@" only at a word's end, or it is an address.
_GENDERED = (
    r"(?:[:*_]innen|/-?innen|[:*_]in|\.e\.s|\(e\)s?"
    r"|[\u00b7\u2022\u2027](?:e|ère|esse|euse|ice|l?le|n?ne|t?te|t?rice|s?se|ve)(?:[\u00b7\u2022\u2027]?s)?"
    r"|@s?(?!\.)|(?<=o)/a|(?<=os)/as|(?<=or)/a|(?<=es)/as)"
)
# Every repeat is bounded or over one class of characters: linear on any text.
_TOKEN = re.compile(
    rf"{_START}(?:(?:[dlDL]|[qQ]u){_APOSTROPHE})?"
    rf"(?P<acronym>(?:[^\W\d_]\.){{2,12}}[^\W\d_]?)(?:{_APOSTROPHE}s)?(?!{_CHAR})"
    rf"|{_START}(?P<iso>\d{{4}}(?:-\d\d?-|/\d\d?/)\d\d?)(?!\d)"
    rf"|{_START}(?P<date>\d\d?[./]\d\d?[./]\d{{4}})(?!\d)"
    rf"|{_START}(?P<grouped>\d{{1,3}}(?:{_GROUP}\d{{3}}){{1,6}})(?![.,]?\d)"
    rf"|{_START}(?P<fraction>\d{{1,3}}(?:[.,'\u2019\u00a0\u202f]\d{{3}}){{1,6}}[.,]\d{{1,15}})(?![.,]?\d)"
    rf"|{_START}(?P<decimal>\d{{1,15}}[.,\u066b]\d{{1,15}})(?![.,]?\d)"
    rf"|{_START}(?P<ordinal>\d{{1,4}}\.(?:[ºª°]|er(?!{_CHAR})))"
    rf"|{_START}(?P<gendered>(?>{_WORD}){_GENDERED})(?!{_CHAR})"
    rf"|(?P<word>(?:{_START}(?:(?:[cC][oO]|[eE])-(?=[^\W\d_])|[rR][eE]-(?=[aeiou])))?{_WORD}(?:(?:{_APOSTROPHE}|{_BROKEN}){_WORD})*)"
)
_WORD_AT_START = re.compile(_WORD)
_DIGITS = re.compile(r"\d+")
_INNER = re.compile(rf"{_APOSTROPHE}")
_JUNK = re.compile(r"[-\u2010\u00ad]|\s")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|res?|ères?|n?des?|e|ᵉ|ʳᵉ|ème|º|ª|°)", re.IGNORECASE)
_CENTURY = re.compile(r"([IVX]+)(?:e|er|ère|ème|ᵉ)")  # XXIe siècle; not Ce, Le, De: no century is that late
_INNER_CAPITAL = re.compile(r"(\w*[a-zäöüß])Innen")  # AktivistInnen
_PLURAL_ACRONYM = re.compile(r"([A-Z]{2,6})s")
_SERVANT = re.compile(r"([وفبكل]{0,2}عبد)(ال\w{2,})")  # عبدالرحمن is عبد الرحمن; no other word begins so
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
        elif kind == "gendered":
            found.append(_of_all_genders(match.group(), start, end))
        elif kind == "ordinal":
            found.append(Word(_DIGITS.findall(match.group())[0], start, end))
        elif kind == "fraction":
            *whole, rest = _DIGITS.findall(match.group())
            found.append(Word(f"{''.join(whole)}d{rest}", start, end))
        elif kind == "acronym":
            found.append(Word(match["acronym"].replace(".", ""), *match.span("acronym")))
        elif kind == "grouped":
            found.append(Word("".join(_DIGITS.findall(match.group())), start, end))
        else:
            found.append(Word("d".join(_DIGITS.findall(match.group())), start, end))
    return found


def _plain(text: str, start: int, end: int, elided: frozenset[str]) -> list[Word]:
    if text.isalpha():
        if _IDEOGRAPH.search(text):
            return _ideographs(text, start)
        people = _INNER_CAPITAL.fullmatch(text)
        if people:
            return [Word(text, start, end, people[1])]
        name = _SERVANT.fullmatch(text)
        if name:
            return [
                Word(part, start + name.start(at), start + name.end(at)) for at, part in enumerate(name.groups(), 1)
            ]
        shortened = _PLURAL_ACRONYM.fullmatch(text) or _CENTURY.fullmatch(text)  # NGOs
        return [Word(shortened[1] if shortened else text, start, end)]
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


def _of_all_genders(text: str, start: int, end: int) -> Word:
    """German: the women's form, with the men's in its place. French and Spanish: the men's, whose stem is the women's too."""
    base = _WORD_AT_START.match(text)[0]  # type: ignore[index]  # the text was matched as a word
    ending = text[len(base) :]
    if ending.endswith(("innen", "in")) and ending[0] in ":*_/":
        return Word(base + ending.lstrip(":*_/-"), start, end, base)
    if ending[0] == "@":
        return Word(f"{base}o{ending[1:]}", start, end)
    return Word(base + ("s" if ending[0] in ".(\u00b7\u2022\u2027" and ending.endswith("s") else ""), start, end)


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
