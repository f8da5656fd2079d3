"""Footnotes and endnotes of a Word file to which no text leads: the text went, by a deletion that was accepted or as a
hidden one, and Word shows a note only where its number stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from documents.extraction.packages.package import Package, Trace, find, local, take_out, text_of, value

_PARTS = {"footnote": "word/footnotes.xml", "endnote": "word/endnotes.xml"}
_LONG = 10_000


def traces(package: Package, texts: list[Any]) -> Iterator[Trace]:
    """Of the parts that hold notes; ``texts``: the roots of what may name them."""
    for each in unshown(package, texts, lambda _reference: True):
        yield Trace("hidden_text", "hidden text", text_of(each, _LONG), partial(take_out, each))


def unshown(package: Package, texts: list[Any], is_seen: Callable[[Any], bool]) -> set[Any]:
    """The notes that nothing names that ``is_seen``. Lines between text and notes have a type and no number in the text."""
    found = set()
    for kind, part in _PARTS.items():
        if part in package:
            named = {value(each, "id") for root in texts for each in find(root, f"{kind}Reference") if is_seen(each)}
            notes = [each for each in package.xml(part) if local(each) == kind]
            found |= {
                each for each in notes if value(each, "type", "normal") == "normal" and value(each, "id") not in named
            }
    return found
