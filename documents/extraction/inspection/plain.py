"""Text, tables of text, and RTF."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from documents.extraction.inspection.findings import Findings, Place
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.inspection.rtf import tokens

MAX_BYTES = 64 * 1024**2
"""Bytes of a text that are searched."""


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str) -> None:
    """Adds the findings of the text at ``path``."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES)
    if mime == "text/rtf":
        before = ""
        for token in tokens(content):
            if token.code and token.code != before:
                findings.add(token.code, Place(words=token.content.decode("latin-1") if token.is_text else ""))
            before = token.code
    code = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    for address in internal_addresses(content.decode(code, "replace"), hosts):
        findings.add("internal_links", Place(words=address))
