"""A file's pages as one compressed run of tokens, and which of them answer a query best.

The blob is made once, when the text is read out of the file, and kept beside the page texts. The
index stores no pages: for the ten hits that are shown, finding the pages in the blob takes a few
milliseconds, while an index of pages would be four times the disk and two writes that can part.
"""

from __future__ import annotations

import math
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.analysis import stamp, tokens
from search.languages import index_language
from search.matching import Form, Group, Plan

_FORMAT = "pages1"
HEAD_BYTES = 1024
"""So many bytes of a blob are enough for ``is_current``: what they unpack to begins with the head."""


@dataclass(frozen=True)
class Unpacked:
    """All tokens with a space around each; ``ends[n]`` is the offset behind page n + 1."""

    stamp: str
    ends: tuple[int, ...]
    run: str


@dataclass(frozen=True)
class PageHit:
    """Page ``number`` (from 1) has ``coverage`` of the query's groups."""

    number: int
    coverage: int
    score: float


def pack(pages: Sequence[tuple[str, str]]) -> bytes:
    """The blob of ``pages``, each (language, text), in order, the first being page 1."""
    ends: list[int] = []
    parts: list[str] = []
    length = 0
    for language, text in pages:
        page = "".join(f" {token} " for token in tokens(text, index_language(language)))
        # One space between two tokens, so that a phrase is one substring, across pages too.
        page = page.replace("  ", " ")
        if parts and page:
            page = page[1:]
        if page:
            parts.append(page)
        length += len(page)
        ends.append(length)
    head = f"{_FORMAT}\n{stamp()}\n{','.join(map(str, ends))}\n"
    return zlib.compress((head + "".join(parts)).encode(), 6)


def unpack(blob: bytes) -> Unpacked:
    """What ``pack`` made. Raises ValueError on anything else."""
    try:
        form, made_by, ends, run = zlib.decompress(blob).decode().split("\n", 3)
        if form != _FORMAT:
            raise ValueError(form)
        return Unpacked(made_by, tuple(int(end) for end in ends.split(",") if end), run)
    except (zlib.error, UnicodeDecodeError, ValueError) as err:
        raise ValueError("These bytes are no blob of page tokens.") from err


def is_current(blob: bytes) -> bool:
    """Whether today's analysis made ``blob``, of which ``HEAD_BYTES`` are enough. False for bytes that are none of ours."""
    try:
        head = zlib.decompressobj().decompress(blob, len(_FORMAT) + len(stamp()) + 2)
    except zlib.error:
        return False
    return head == f"{_FORMAT}\n{stamp()}\n".encode()


def has_words(blob: bytes) -> bool:
    """Whether any page has one; not, where the bytes are none of ours."""
    try:
        return bool(unpack(blob).run)
    except ValueError:
        return False


def page_count(blob: bytes) -> int:
    """How many pages the file has."""
    return len(unpack(blob).ends)


def page_hits(pages: Unpacked, wanted: Plan) -> list[PageHit]:
    """The pages that have most of the query's words, best first.

    Coverage comes first; a page with all words of the query hides those with a part of them. A phrase
    that runs over a page break counts for the page where it begins.
    """
    counts: dict[int, dict[int, int]] = {}
    for at, group in enumerate(wanted.words):
        for number in _places(pages, group):
            found = counts.setdefault(number, {})
            found[at] = found.get(at, 0) + 1
    if not counts:
        return []
    together = set(_places(pages, wanted.together)) if wanted.together else set()
    most = max(len(found) for found in counts.values())
    hits = [
        PageHit(number, len(found), sum(math.log1p(n) for n in found.values()) + (10 if number in together else 0))
        for number, found in counts.items()
        if len(found) == most
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


def _places(pages: Unpacked, group: Group) -> Iterator[int]:
    for form in group.readings:
        yield from _form_places(pages, form)


def _form_places(pages: Unpacked, form: Form) -> Iterator[int]:
    needle = f" {' '.join(form)} "
    at = pages.run.find(needle)
    while at >= 0:
        # The token begins behind the space; the space before a page's first token belongs to the page before.
        yield bisect_right(pages.ends, at + 1) + 1
        at = pages.run.find(needle, at + 1)
