"""Text, tables of text, and RTF."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from pathlib import Path

from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.made import BOOKMARK
from documents.extraction.outline import Said
from documents.extraction.rtf import Token, tokens

MAX_BYTES = 64 * 1024**2
"""Bytes of a text that are searched."""


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str) -> None:
    """Adds the findings of the text at ``path``."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES)
    if mime == "text/rtf":
        _inspect_rtf(content, hosts, findings)
        return
    code = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    for address in internal_addresses(content.decode(code, "replace"), hosts):
        findings.add("internal_links", Place(words=address))


def _inspect_rtf(content: bytes, hosts: Collection[str], findings: Findings) -> None:
    heard = _Heard()
    for code, run in groupby(tokens(content), key=lambda token: token.code):
        words = "".join(map(heard.take, run))
        if code:
            findings.add(code, Place(words=words))
    for address in internal_addresses("".join([*heard.text, "\n", *heard.defined]), hosts):
        findings.add("internal_links", Place(words=address))
    _inspect_names(heard, findings)


def _inspect_names(heard: _Heard, findings: Findings) -> None:
    """As for a PDF: a bookmark may keep the name that was taken out of the text."""
    said = Said()
    said.add("".join(heard.seen))
    for name in sorted(heard.names):
        if not BOOKMARK.fullmatch(name) and not said.has(name.replace("_", " ")):
            findings.add("bookmarks" if said else "bookmarks_unread", Place(words=name))


class _Heard:
    """What a file says: ``text`` with where links lead, what is ``seen`` on the page, ``defined`` in tables, ``names``
    of bookmarks."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.seen: list[str] = []
        self.defined: list[str] = []
        self.names: set[str] = set()
        self._name = ""

    def take(self, token: Token) -> str:
        """Adds a piece; returns its text."""
        if token.text:
            self.text.append(token.text)
            if not token.code and not token.table:
                self.seen.append(token.text)
        if token.defined:
            self.defined.append(token.defined)
            if token.table in (b"bkmkstart", b"bkmkend"):
                self._name += token.defined
        elif token.content == b"}":
            self._end()
        return token.text

    def _end(self) -> None:
        if self.defined and self.defined[-1] != "\n":
            self.defined.append("\n")
        if name := self._name.strip():
            self.names.add(name)
        self._name = ""
