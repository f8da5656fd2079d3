"""Which colour is behind a text, and whether an eye tells the two apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from documents.extraction.contrast import INK, PAPER, Colour, blends_in, mixed

Table = Sequence[Colour | None]
"""The colours of the file by their numbers; None for one that the program chooses."""

_FULL = 10_000
"""The share of ink in a pattern that leaves nothing of its ground."""


@dataclass(frozen=True, slots=True)
class Shade:
    """The ground of a paragraph or of letters: two numbers of colours, and the share of the second in a pattern."""

    back: int = 0
    ink: int = 0
    share: int = 0

    def colour(self, colours: Table) -> Colour | None:
        """None where it is clear."""
        back = _said(colours, self.back)
        if not self.share:
            return back
        return mixed(self.share / _FULL, _said(colours, self.ink) or INK, back or PAPER)


_PLAIN = Shade()
_PARTS = {
    b"chcbpat": "back", b"chcfpat": "ink", b"chshdng": "share",
    b"cbpat": "back", b"cfpat": "ink", b"shading": "share",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that may be behind a text, the uppermost first. ``other``: what some programs show and others don't."""

    highlight: int = 0
    letters: Shade = _PLAIN
    paragraph: Shade = _PLAIN
    other: int = 0

    def after(self, word: bytes, number: int | None) -> Grounds:
        """The same after a word; None: it has no number."""
        match word:
            case b"plain":
                return Grounds(paragraph=self.paragraph)
            case b"pard":
                return replace(self, paragraph=_PLAIN)
            case b"highlight":
                return replace(self, highlight=number or 0)
            case b"cb":
                return replace(self, other=number or 0)
            case b"chcbpat" | b"chcfpat" | b"chshdng":
                return replace(self, letters=replace(self.letters, **{_PARTS[word]: number or 0}))
            case b"cbpat" | b"cfpat" | b"shading":
                return replace(self, paragraph=replace(self.paragraph, **{_PARTS[word]: number or 0}))
        return self

    def hide(self, ink: Colour | None, colours: Table, below: Colour | None) -> bool:
        """Whether no eye tells text in ``ink`` from its ground; ``below``: what is under all of them, None: unknown."""
        highlight, other = _said(colours, self.highlight), _said(colours, self.other)
        letters = self.letters.colour(colours) if highlight is None else highlight
        paragraph = self.paragraph.colour(colours)
        under = [ground for ground in (below if paragraph is None else paragraph,) if ground is not None]
        return blends_in(ink, letters, under) or (other is not None and blends_in(ink, None, [other]))


CLEAR = Grounds()
"""Where nothing is said."""


def _said(colours: Table, number: int) -> Colour | None:
    """The colour of a ground; the first number stands for none."""
    return colours[number] if 0 < number < len(colours) else None
