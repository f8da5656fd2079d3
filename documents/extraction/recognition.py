"""Text of scans and pictures by Tesseract, one page at a time, with the places of its words."""

from __future__ import annotations

import base64
import csv
import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from documents.extraction.errors import CrashedError, NoRecognitionError
from documents.extraction.limits import MAX_PAGE_CHARACTERS, Limits, die_with_parent

LIMITS = Limits(cpu_seconds=150, memory_bytes=2 * 1024**3, wall_seconds=240)
"""For one page. A page of small print in five languages takes about ten seconds."""
DPI = 300
"""What Tesseract is made for: letters of 10 points are about 40 pixels high then."""
MAX_PIXELS = 30_000_000
"""Pixels of a page that is read; larger ones are read at a lower resolution."""
MIN_CONFIDENCE = 30.0
"""Of 100. What is below that is a stain or a face, hardly ever a word."""
FLAT = 12
"""Steps of grey between the lightest and the darkest dot of a page on which there is nothing."""

PACKS = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "ar": "ara"}
"""The site's language -> the name of what Tesseract has learnt of it."""


@cache
def installed() -> frozenset[str]:
    """The names of the languages that Tesseract can read here; empty where it isn't installed. Asked once."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    done = subprocess.run(  # noqa: S603  # full path, no shell, nothing of a file in it
        [program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False
    )
    return frozenset(done.stdout.split()[1:]) & frozenset(PACKS.values())


def packs_for(languages: Sequence[str], first: str = "") -> list[str]:
    """What to read with: the installed ones of ``languages``, that of the document (``first``) before the others."""
    ordered = sorted(languages, key=lambda language: language != first)
    return [PACKS[language] for language in ordered if PACKS.get(language) in installed()]


@dataclass(frozen=True)
class Word:
    """A recognised word and its box in pixels: left, top, right, bottom. ``line`` and ``block`` only tell apart."""

    text: str
    box: tuple[int, int, int, int]
    line: tuple[str, ...]
    block: tuple[str, ...]


def recognise(source: Path, *, mime: str, number: int, languages: Sequence[str]) -> dict[str, Any]:
    """Text, language and layout (base64 of the packed form) of page ``number`` (from 1). Runs in the child.

    ``languages`` are names of Tesseract's. Raises NoRecognitionError, CrashedError and what opening the page raises.
    """
    # The libraries that open strangers' files are loaded in the child only.
    from documents.extraction import scans
    from documents.extraction.layout import from_words, pack
    from documents.extraction.texts import pages_from

    program = shutil.which("tesseract")
    if program is None or not languages:
        raise NoRecognitionError
    with scans.page(source, mime=mime, number=number, dpi=DPI, max_pixels=MAX_PIXELS) as scan:
        if scan.is_blank(FLAT):
            return {"text": "", "language": "", "layout": ""}
        words = list(_words(_tesseract(program, scan.picture(), scan.dpi, languages)))
        [page] = pages_from([_text(words)[:MAX_PAGE_CHARACTERS]]).pages
        boxes = [(word.text, scan.placed(word.box)) for word in words]
        layout = from_words(scan.size, boxes, page.text)
    return {"text": page.text, "language": page.language, "layout": base64.b64encode(pack(layout)).decode("ascii")}


def _tesseract(program: str, picture: bytes, dpi: int, languages: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603  # full path, no shell; it inherits the limits of this process
        [program, "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(dpi), "tsv"],
        input=picture,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # safe: this process has one thread
        check=False,
    )
    if done.returncode != 0:
        raise CrashedError
    return done.stdout.decode("utf-8", errors="replace")


def _words(table: str) -> Iterator[Word]:
    """The words of Tesseract's table that it is sure enough of."""
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != "5" or not text or float(row["conf"]) < MIN_CONFIDENCE:
            continue
        left, top, width, height = (int(row[side]) for side in ("left", "top", "width", "height"))
        block = (row["block_num"], row["par_num"])
        yield Word(text, (left, top, left + width, top + height), (*block, row["line_num"]), block)


def _text(words: Sequence[Word]) -> str:
    """The words with a space, a new line or an empty line between them."""
    pieces: list[str] = []
    for before, word in zip([None, *words], words, strict=False):
        if before is not None:
            pieces.append("\n\n" if before.block != word.block else " " if before.line == word.line else "\n")
        pieces.append(word.text)
    return "".join(pieces)
