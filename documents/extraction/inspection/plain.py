"""Text, tables of text, and RTF."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from pathlib import Path

from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.rtf import tokens

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
    said = []
    for code, run in groupby(tokens(content), key=lambda token: token.code):
        words = "".join(token.text for token in run)
        said.append(words)
        if code:
            findings.add(code, Place(words=words))
    for address in internal_addresses("".join(said), hosts):
        findings.add("internal_links", Place(words=address))
