"""Words that may be found nowhere any more, recognised without being kept anywhere themselves.

A list of the names to erase would be the worst thing to leave behind. So each phrase is kept as a fingerprint
keyed with the server's secret: whoever holds the fingerprint but not the secret can't try names against it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

GAP = "[…]"
"""What stands in place of an erased word. Not longer than the shortest phrase, so that it fits in every column."""
SHORTEST = 3
"""Letters of a phrase; shorter ones would take half of the texts with them."""
PASSAGE = 8
"""Words in a row that make a quotation."""
_PART = re.compile(r"<[^<>]*>|(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670])+")
"""Markup, or a word with its marks. An underscore parts words, as in names of files."""

Print = tuple[int, str]
"""How many words a phrase has, and its fingerprint in hex."""


def folded(text: str) -> str:
    """One word without case and accents: a name is the same name in capitals."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def words_of(text: str) -> list[str]:
    """The folded words of a text, markup left out."""
    return [folded(part[0]) for part in _PART.finditer(text) if not part[0].startswith("<")]


def fingerprints(phrases: Iterable[str]) -> list[Print]:
    """The fingerprints of phrases, made with the secret of today; empty phrases are left out."""
    found = {tuple(words_of(phrase)) for phrase in phrases} - {()}
    return sorted((len(words), _print(_keys()[0], " ".join(words))) for words in found)


def signature(text: str) -> str:
    """What tells later that ``text`` was written with a secret of ours, as its fingerprints were."""
    return _signature(settings.SECRET_KEY, text)


def is_signed(text: str, mark: str) -> bool:
    """Whether ``mark`` is the signature of ``text``, made with ``SECRET_KEY`` or one of its fallbacks."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(_signature(secret, text), mark) for secret in secrets)


def passages_of(text: str) -> set[tuple[str, ...]]:
    """Every run of ``PASSAGE`` words of a text."""
    words = words_of(text)
    return {tuple(words[at : at + PASSAGE]) for at in range(len(words) - PASSAGE + 1)}


@dataclass(frozen=True)
class Matcher:
    """Finds phrases by their fingerprints, and passages by their words, in texts, markup and JSON."""

    prints: Sequence[Print] = ()
    passages: frozenset[tuple[str, ...]] = field(default_factory=frozenset)
    spared: frozenset[str] = field(default_factory=frozenset)
    """Names in mappings whose values are left as they are, for machines read them."""

    def __bool__(self) -> bool:
        return bool(self.prints or self.passages)

    def without(self, value: Any) -> Any:
        """``value`` with gaps where the words stood; the same object where nothing was found.

        Takes text, text that is JSON (StreamFields), and lists and mappings of such.
        """
        if isinstance(value, str):
            return self._without_in_text(value) if value else value
        root: list[Any] = [None]
        found = False
        todo: list[tuple[Any, Any, Any]] = [(value, root, 0)]  # no recursion: strangers decide how deep it goes
        while todo:
            old, into, at = todo.pop()
            new = old
            if isinstance(old, list):
                new = [None] * len(old)
                todo += ((item, new, place) for place, item in enumerate(old))
            elif isinstance(old, dict):
                new = dict(old)
                todo += ((item, new, name) for name, item in old.items() if name not in self.spared)
            elif isinstance(old, str) and old:
                new = self._without_in_text(old)
                found = found or new is not old
            into[at] = new
        return root[0] if found else value

    def finds(self, value: Any) -> bool:
        """Whether any of the words stand in ``value``."""
        return self.without(value) is not value

    def _without_in_text(self, text: str) -> str:
        if text[0] in "[{":
            try:
                parsed = json.loads(text)
                new = self.without(parsed)
                return text if new is parsed else json.dumps(new)
            except (ValueError, RecursionError):
                pass  # brackets, and no JSON that anybody can read: a text like others
        parts = [part for part in _PART.finditer(text) if not part[0].startswith("<")]
        hits = self._hits([folded(part[0]) for part in parts])
        if not any(hits):
            return text
        out: list[str] = []
        end = 0
        for part, hit in zip(parts, hits, strict=True):
            between = text[end : part.start()]
            goes_on = hit and out and out[-1] == GAP and "<" not in between
            out += [] if goes_on else [between, GAP] if hit else [between, part[0]]
            end = part.end()
        return "".join([*out, text[end:]])

    def _hits(self, words: list[str]) -> bytearray:
        """For each word, whether it belongs to something that goes."""
        hits = bytearray(len(words))
        wanted: dict[int, set[str]] = {}
        for size, mark in self.prints:
            wanted.setdefault(size, set()).add(mark)
        for size, marks in wanted.items():
            for at in range(len(words) - size + 1):
                if any(mark in marks for mark in _prints(" ".join(words[at : at + size]))):
                    hits[at : at + size] = b"\1" * size
        for at in range(len(words) - PASSAGE + 1 if self.passages else 0):
            if tuple(words[at : at + PASSAGE]) in self.passages:
                hits[at : at + PASSAGE] = b"\1" * PASSAGE
        return hits


def _keys() -> tuple[bytes, ...]:
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _derived(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(hashlib.sha512(f"documents.erasure:{secret}".encode()).digest() for secret in secrets)


def _signature(secret: str, text: str) -> str:
    return salted_hmac("documents.erasure", text, secret=secret, algorithm="sha256").hexdigest()


def _print(key: bytes, phrase: str) -> str:
    return hashlib.blake2b(phrase.encode(), key=key, digest_size=16).hexdigest()


def _prints(phrase: str) -> tuple[str, ...]:
    return _prints_with(_keys(), phrase)


@lru_cache(maxsize=100_000)
def _prints_with(keys: tuple[bytes, ...], phrase: str) -> tuple[str, ...]:
    return tuple(_print(key, phrase) for key in keys)
