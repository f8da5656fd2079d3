"""HTML from outside, cut down to what an editor can write. Images, scripts, styles and embeds are dropped."""

from __future__ import annotations

import re
from collections import Counter

import nh3

TAGS = frozenset(
    {
        "p",
        "br",
        "h2",
        "h3",
        "h4",
        "b",
        "strong",
        "i",
        "em",
        "a",
        "ol",
        "ul",
        "li",
        "sup",
        "sub",
        "hr",
        "h1",
        "blockquote",
    }
)
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto"}
_SAME = {"strong": "b", "em": "i", "h1": "h2"}
_TAG = re.compile(r"<(/?)(strong|em|h1|blockquote)>")  # after nh3: no attributes, no stray signs
_BLOCK = re.compile(r"<(p|h2|h3|h4|ol|ul|hr)\b")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_UNNESTED = _VOID | {"a", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "rt", "rp"}
"""Tags that need no end, and are not inside each other without one: old sites end no ``<a name="note-1"/>``."""
_REPEATED = frozenset({"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
"""Tags without an end that a browser opens anew in each paragraph that follows."""
DEEPEST = 256
MOST_REPEATED = 500_000
"""A megabyte with 256 of them would become gigabytes."""


def is_too_deep(html: str) -> bool:
    """Whether more than ``DEEPEST`` elements are inside each other, or few in very many paragraphs: cleaning that takes the
    square of their number."""
    opened: Counter[str] = Counter()
    depth = formatting = repeated = 0
    for closing, name in _ANY_TAG.findall(html):
        tag = name.lower()
        repeated += formatting
        if tag in _UNNESTED or (closing and not opened[tag]):
            continue
        step = -1 if closing else 1
        opened[tag] += step
        depth += step
        formatting += step * (tag in _REPEATED)
        if depth > DEEPEST or repeated > MOST_REPEATED:
            return True
    return repeated > MOST_REPEATED


def clean_html(html: str) -> str:
    """``html`` with the editor's features only; plain text becomes paragraphs.

    Links keep http, https and mailto addresses; all others become plain words.
    """
    cleaned = nh3.clean(
        html.strip(), tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None, strip_comments=True
    )
    cleaned = _TAG.sub(lambda match: f"<{match[1]}{_SAME[match[2]]}>" if match[2] in _SAME else "", cleaned)
    if cleaned and not _BLOCK.search(cleaned):
        return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", cleaned) if part.strip())
    return cleaned


def clean_text(text: str) -> str:
    """One line of plain text: no control characters, no runs of blanks. Never interpreted as HTML anywhere."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
