"""Constants in the formulas of a workbook whose words no cell shows: ``=IF(FALSE,"name","")``."""

from __future__ import annotations

import re
from collections.abc import Collection

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_WORD = re.compile(r"[^\W\d_]{2,}|\d{6,}")
_FORM = re.compile(r"(?:(\w)\1++)+")
"""``dd``, ``mmmm``, ``yyyymmdd``, ``000000``: parts of the form of a number."""
_COMPARED = re.compile(r"[<>=]+[\d.,]+")
_LINK = re.compile(r'\A(?:of:)?=?\s*HYPERLINK\(\s*"(?:https?://|mailto:|#)[^"\s]*"', re.IGNORECASE)
"""The address of a link stays, as it does in other cells."""
_OF_PROGRAMS = frozenset({
    "general", "standard", "am", "pm", "true", "false", "ym", "yd", "md", "filename", "address", "row", "col", "color",
    "contents", "format", "type", "width", "prefix", "protect", "parentheses",
})  # fmt: skip
"""Words that functions know."""


def words(text: str) -> frozenset[str]:
    """The words of a text, and its longer numbers."""
    return frozenset(_WORD.findall(text.casefold()))


def telling(formula: str, seen: Collection[str], own: str = "") -> list[str]:
    """The constants of a formula with a word that is not ``seen`` in any cell, nor in the value that is its ``own``.

    None for separators, comparisons with a number, and forms such as ``dd.mm.yyyy``.
    """
    known = own.casefold()
    constants = (said.replace('""', '"') for said in _QUOTED.findall(_LINK.sub("", formula)))
    return [
        said
        for said in constants
        if not _COMPARED.fullmatch(said)
        and any(
            not (word in seen or word in known or word in _OF_PROGRAMS or _FORM.fullmatch(word)) for word in words(said)
        )
    ]
