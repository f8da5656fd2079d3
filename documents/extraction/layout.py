"""Where the words of a page's text stand on the page, so that hits can be outlined over its image.

The text comes from the reader that reads best, the boxes from PDFium, which may give the letters of a word
in another order (Arabic) or the columns one after the other in another order. So both are matched word by
word: by the letters of the word whatever their order, first along the page, then what is left by occurrence.

A layout is zlib-packed JSON ``[width, height, [start, end, x0, y0, x1, y1, …]]``: the size of the page as
shown and, for each word, its place in the text and its box, from the upper left corner, all in tenths of
a point. A word cut by a line end has two boxes.
"""

from __future__ import annotations

import base64
import ctypes
import json
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from documents.extraction.language import arabic_share
from documents.extraction.texts import normalise

MAX_WORDS = 4000
"""Words of a page beyond which no boxes are kept: matching would take too long."""
SCALE = 10
"""Units of a layout in one point."""

Box = tuple[float, float, float, float]
_TOKEN = re.compile(r"\S+")
# Alef in all its forms counts as one letter: readers differ in the ligatures that hold it.
_ALEFS = str.maketrans(dict.fromkeys("\u0623\u0625\u0622\u0671", "\u0627"))


@dataclass(frozen=True)
class Layout:
    """A layout, unpacked: ``words`` are (start, end, x0, y0, x1, y1) in the order of the text."""

    width: int
    height: int
    words: list[tuple[int, int, int, int, int, int]]

    def boxes(self, start: int, end: int) -> list[tuple[int, int, int, int]]:
        """The boxes of the words that touch ``text[start:end]``, neighbours on one line joined."""
        found: list[tuple[int, int, int, int]] = []
        for word_start, word_end, x0, y0, x1, y1 in self.words:
            if word_end <= start or word_start >= end:
                continue
            if found and _same_line(found[-1], (x0, y0, x1, y1)):
                left, top, right, bottom = found.pop()
                x0, y0, x1, y1 = min(left, x0), min(top, y0), max(right, x1), max(bottom, y1)
            found.append((x0, y0, x1, y1))
        return found


def _same_line(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Side by side, at about one height, with no more than two letters' room between them."""
    height = max(min(one[3] - one[1], other[3] - other[1]), 1)
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    gap = max(one[0], other[0]) - min(one[2], other[2])
    return overlap > 0.6 * height and gap < 1.5 * height


def pack(layout: Layout) -> bytes:
    """The stored form."""
    flat = [value for word in layout.words for value in word]
    return zlib.compress(json.dumps([layout.width, layout.height, flat], separators=(",", ":")).encode("ascii"), 9)


def unpack(blob: bytes) -> Layout | None:
    """The reverse of :func:`pack`; None for a page without a layout."""
    if not blob:
        return None
    width, height, flat = json.loads(zlib.decompress(blob))
    words = [tuple(flat[at : at + 6]) for at in range(0, len(flat), 6)]
    return Layout(width, height, words)


def layouts(source: Path, texts: Path) -> list[str]:
    """The layouts of all pages of the PDF ``source``, base64 of the packed form, in the order of the pages.

    ``texts`` is a JSON file with the list of the pages' final texts.
    """
    wanted: list[str] = json.loads(texts.read_text(encoding="utf-8"))
    found = []
    with pypdfium2.PdfDocument(source) as pdf:
        for number, text in enumerate(wanted):
            page = pdf[number]
            found.append(base64.b64encode(pack(page_layout(page, text))).decode("ascii"))
            page.close()
    return found


def page_layout(page: pypdfium2.PdfPage, text: str) -> Layout:
    """The size of ``page`` and the boxes of the words of ``text`` on it."""
    width, height = (max(1, round(side * SCALE)) for side in page.get_size())
    tokens = [(match.start(), match.end(), word_key(match.group())) for match in _TOKEN.finditer(text)]
    if not tokens or len(tokens) > MAX_WORDS:
        return Layout(width, height, [])
    words = _words(page)
    if not words or len(words) > 2 * MAX_WORDS:
        return Layout(width, height, [])
    if arabic_share(text) > 0.5:
        words = _right_to_left(words)
    return Layout(width, height, list(_placed(page, (width, height), tokens, words)))


def from_words(size: tuple[int, int], words: list[tuple[str, tuple[int, int, int, int]]], text: str) -> Layout:
    """The layout of ``text`` from words that a recogniser placed; all in units of a layout, from the upper left corner."""
    tokens = [(match.start(), match.end(), word_key(match.group())) for match in _TOKEN.finditer(text)]
    if len(tokens) > MAX_WORDS or len(words) > 2 * MAX_WORDS:
        return Layout(*size, [])
    pairs = _match([key for _, _, key in tokens], [word_key(normalise(word)) for word, _ in words])
    return Layout(*size, [(*tokens[token][:2], *words[word][1]) for token, word in sorted(pairs)])


def _placed(
    page: pypdfium2.PdfPage, size: tuple[int, int], tokens: list[tuple[int, int, str]], words: list[_Word]
) -> Iterable[tuple[int, int, int, int, int, int]]:
    pairs = _match([key for _, _, key in tokens], [word.key for word in words])
    for token, word in sorted(pairs):
        start, end, _ = tokens[token]
        for box in words[word].boxes:
            yield (start, end, *_on_screen(page, size, box))


def word_key(word: str) -> str:
    """The letters and digits of a word in alphabetical order, without accents of Arabic and without case."""
    word = unicodedata.normalize("NFKC", word).casefold().translate(_ALEFS)
    return "".join(sorted(character for character in word if character.isalnum()))


@dataclass(frozen=True)
class _Word:
    """A word as PDFium sees it; boxes in page coordinates: left, bottom, right, top."""

    key: str
    boxes: list[Box]


def _words(page: pypdfium2.PdfPage) -> list[_Word]:
    """The words of a page in PDFium's order; those that a line end cut in two are joined as in the text."""
    textpage = page.get_textpage()
    found: list[tuple[str, Box]] = []
    letters: list[str] = []
    boxes: list[Box] = []

    def finish() -> None:
        if letters:
            word = normalise("".join(letters))
            if word and boxes:
                found.append((word, _union(boxes)))
            letters.clear()
            boxes.clear()

    for index in range(textpage.count_chars()):
        character = chr(min(raw.FPDFText_GetUnicode(textpage, index), 0x10FFFF))
        if character in "\x02\ufffe":  # PDFium's marks for a hyphen at the end of a line
            letters.append("-")
            finish()
            continue
        if character.isspace() or character == "\x00":
            finish()
            continue
        letters.append(character)
        left, bottom, right, top = textpage.get_charbox(index, loose=True)
        if right > left and top > bottom:
            boxes.append((left, bottom, right, top))
    finish()
    textpage.close()
    return _join_hyphens(found)


def _join_hyphens(found: list[tuple[str, Box]]) -> list[_Word]:
    words: list[_Word] = []
    at = 0
    while at < len(found):
        word, box = found[at]
        boxes = [box]
        cut = len(word) > 1 and word[-1] in "-\u2010" and word[-2].islower()
        if cut and at + 1 < len(found) and found[at + 1][0][0].islower() and found[at + 1][1][3] < box[3]:
            at += 1
            word, boxes = word[:-1] + found[at][0], [box, found[at][1]]
        words.append(_Word(word_key(word), boxes))
        at += 1
    return words


def _union(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return (min(lefts), min(bottoms), max(rights), max(tops))


def _right_to_left(words: list[_Word]) -> list[_Word]:
    """Words by line from the top, each line from the right: PDFium gives Arabic lines from the left."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: -word.boxes[0][3]):
        _, bottom, _, top = word.boxes[0]
        if lines and (bottom + top) / 2 > lines[-1][0].boxes[0][1]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [word for line in lines for word in sorted(line, key=lambda word: -word.boxes[0][2])]


def _match(tokens: list[str], words: list[str]) -> list[tuple[int, int]]:
    """Pairs of indexes (token, word) with the same key, each used once."""
    pairs: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, tokens, words, autojunk=False)
    for block in matcher.get_matching_blocks():
        pairs += [(block.a + step, block.b + step) for step in range(block.size) if tokens[block.a + step]]
    used_tokens, used_words = {token for token, _ in pairs}, {word for _, word in pairs}
    left: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(words):
        if key and index not in used_words:
            left[key].append(index)
    for index, key in enumerate(tokens):
        if index not in used_tokens and left.get(key):
            pairs.append((index, left[key].pop(0)))
    return pairs


def _on_screen(page: pypdfium2.PdfPage, size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    """A box in page coordinates as the rectangle on the page as shown: rotation and crop are applied."""
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, across, up, x, y)
        corners.append((x.value, y.value))
    (xa, ya), (xb, yb) = corners
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)
