"""What holds in a group of RTF, set by the words that it begins with."""

from __future__ import annotations

from dataclasses import dataclass

from documents.extraction.contrast import PAPER
from documents.extraction.rtf.destinations import CHANGES, HIDDEN, OTHER_PROGRAMS, Why
from documents.extraction.rtf.grounds import CLEAR, Grounds, Table
from documents.extraction.rtf.pictures import Picture

SIZE = 24
"""Half points of type where nothing is said."""


@dataclass(slots=True)
class Group:
    """A group; it begins with what held around it.

    ``dropped``: why it goes with all it holds from here on. ``brace``: why its first brace went. ``defines``: the
    word of the table that it is part of; its words are no text. ``either``: it says one thing twice, first for
    programs of the nineties. ``word``: its first. ``room``: of a property, how many groups may follow. ``fallback``: characters that
    follow each ``\\u`` for old programs. ``style``: that it defines. ``codes``: how many codes of fields and numbers
    of lists it stands in.
    """

    dropped: Why | None = None
    brace: Why | None = None
    defines: bytes = b""
    either: bool = False
    word: bytes = b""
    room: int | None = None
    codes: int = 0
    deleted: bool = False
    hidden: bool | None = None
    style_hides: bool = False
    colour: int = 0
    size: int = SIZE
    grounds: Grounds = CLEAR
    in_table: bool = False
    framed: bool = False
    fallback: int = 1
    style: tuple[bytes, int] | None = None
    picture: Picture | None = None

    def says(self, word: bytes, number: int | None) -> None:
        """Takes in what a word changes for the text behind it; None: it has no number."""
        self.grounds = self.grounds.after(word, number)
        match word:
            case b"v":
                self.hidden = number != 0
            case b"deleted" | b"mvf":
                self.deleted = number != 0
            case b"plain":
                self.hidden, self.deleted = None, False
                self.colour, self.size = 0, SIZE
            case b"pard":
                self.style_hides = self.in_table = False
            case b"cf":
                self.colour = number or 0
            case b"fs":
                self.size = SIZE if number is None else number
            case b"intbl":
                self.in_table = True

    @property
    def unseen(self) -> Why | None:
        """Why its text is not shown."""
        if self.either:
            return OTHER_PROGRAMS
        if self.deleted:
            return CHANGES
        hidden = self.style_hides if self.hidden is None else self.hidden
        return HIDDEN if hidden and not self.defines else None

    def blends_in(self, colours: Table) -> bool:
        """Whether its text has the colour of what is behind it, as far as one can tell: cells and shapes may have any."""
        ink = colours[self.colour] if 0 <= self.colour < len(colours) else None
        below = None if self.in_table or self.framed else PAPER
        return self.grounds.hide(ink, colours, below)
