"""RTF piece by piece, with what holds where: hidden, deleted, in which colour, how large."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from documents.extraction.contrast import TINY
from documents.extraction.errors import BrokenFileError
from documents.extraction.rtf.characters import BREAKS, plain
from documents.extraction.rtf.destinations import (
    DEFINITIONS,
    DROPPED_GROUPS,
    FILE,
    HIDDEN,
    MARKS,
    OTHER_PROGRAMS,
    PICTURE,
    REMOTE,
    WORDLESS,
    Why,
    first_word,
    why_dropped,
    why_property,
)
from documents.extraction.rtf.groups import Group
from documents.extraction.rtf.pictures import Picture
from documents.extraction.rtf.rows import Rows

_PIECE = re.compile(rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+", re.DOTALL)
_REMOTE_FIELD = re.compile(
    r"\W*(INCLUDE|INCLUDEPICTURE|INCLUDETEXT|LINK|DDE|DDEAUTO|IMPORT|DATABASE|RD)\b", re.IGNORECASE
)
_KIND = re.compile(r"\W*\w+\W")
"""The first word of a field, to its end."""
_LETTER = re.compile("(?s).*?(?:[^\\W\\d_]|[\uf041-\uf05a\uf061-\uf07a])")
"""Those of fonts of symbols included."""
_JUDGED_BY_TEXT = {b"fldinst": REMOTE, b"listtext": HIDDEN, b"pntext": HIDDEN}
"""First words of groups -> why they go."""
_DEEP = 10
"""Groups of that kind in one another from which on nobody reads ahead any more: it would be read as often."""
_AHEAD = 16384
"""Bytes that are read ahead, and ..."""
_LONG = 1000
"""... characters: no number of a list and no first word of a field is longer."""
_IN_FILE = 3
"""Groups that are open in one of the file's own: itself, the file, and what is around all."""
_FALLBACK = 2
"""Characters that old programs show in place of one that they don't know; more hold words that nobody sees."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the file: ``text`` is what a reader sees of it, or where a click leads.

    ``code`` where it doesn't belong into a public copy; it is removed, or replaced by ``instead``, and counted as
    ``kind``. Without a ``kind`` it can't be removed. ``instead`` without a ``code`` is what every copy says there.
    ``table``: the word of the table or field whose code it is part of; ``defined``: what it says in a table.
    """

    content: bytes
    text: str = ""
    code: str = ""
    kind: str = ""
    instead: bytes = b""
    table: bytes = b""
    defined: str = ""


def tokens(content: bytes) -> Iterator[Token]:
    """The file in pieces, in order: joined they are the file again. Raises BrokenFileError."""
    return _Reader(content).tokens()


class _Reader:
    """Walks through a file once, from ``at`` on; ``looks_ahead`` where the text of some groups says whether they go."""

    def __init__(self, content: bytes, at: int = 0, *, looks_ahead: bool = True) -> None:
        self.content = content
        self.at = at
        self.looks_ahead = looks_ahead
        self.groups = [Group()]
        self.ended = False
        self.to_skip = 0
        self.colours: list[tuple[int, ...] | None] = []
        self.mixed: dict[bytes, int] = {}
        self.hiding: set[tuple[bytes, int]] = set()
        self.rows = Rows()

    def tokens(self) -> Iterator[Token]:
        """See the function of the same name."""
        while match := _PIECE.match(self.content, self.at):
            piece, word, number, self.at = match.group(), match.group(1), match.group(2), match.end()
            if self.ended:
                yield self._after_the_end(piece)
            elif piece == b"{":
                yield self._open()
            elif piece == b"}":
                yield self._close()
            elif word == b"bin" and number is not None:
                start, self.at = match.end(), self.at + max(int(number), 0)
                yield self._bytes(piece, self.content[start : self.at])
            elif word is not None:
                yield self._word(piece, word, None if number is None else int(number))
            elif piece == b"\\*":
                yield self._star(piece, match.start())
            else:
                yield from self._characters(piece)

    def _after_the_end(self, piece: bytes) -> Token:
        return _marked(piece, OTHER_PROGRAMS) if piece.strip(b" \t\r\n\0") else Token(piece)

    def _open(self) -> Token:
        self.to_skip = 0
        around = self.groups[-1]
        word, starred = first_word(self.content, self.at)
        defines = word if word in DEFINITIONS and not around.defines else around.defines
        defines = b"" if word in (b"hl", b"shptxt") else defines
        group = replace(around, defines=defines, either=False, style=None, word=word)
        group.room = 2 if word == b"sp" else None
        if word in DEFINITIONS or word == b"pict":
            group.picture = Picture() if word == b"pict" else None
        group.framed = around.framed or word in (b"shptxt", b"do", b"dptxbxtext", b"background")
        self.groups.append(group)
        why = around.dropped or why_dropped(word, starred) or self._why_here(word)
        group.dropped = group.brace = why if why and why[1] else None
        return _marked(b"{", why)

    def _why_here(self, word: bytes) -> Why | None:
        """Why a group goes, or blocks, that depends on what it holds or where it stands."""
        around = self.groups[-2]
        if around.either and word != b"ud":
            return OTHER_PROGRAMS
        if around.room is not None:
            around.room -= 1
        if (word in (b"sn", b"sv")) != (around.room is not None and around.room >= 0):
            return OTHER_PROGRAMS
        if not self._is_home(DEFINITIONS.get(word), around):
            return OTHER_PROGRAMS
        if word == b"sp":
            return why_property(self.content, self.at)
        return self._why_of_text(word)

    def _is_home(self, table: bytes | None, around: Group) -> bool:
        """Whether a definition belongs to where it is."""
        if not table:
            return True
        if table == FILE:
            return len(self.groups) == _IN_FILE
        return around.picture is not None if table == PICTURE else around.defines.startswith(table)

    def _why_of_text(self, word: bytes) -> Why | None:
        """As ``_why_here`` for what is judged by its text, from here on."""
        why = _JUDGED_BY_TEXT.get(word)
        if why is None or not self.looks_ahead:
            return None
        if self.groups[-1].codes >= _DEEP:
            return why
        if why is REMOTE:
            text, is_all = self._ahead(_KIND)
            return None if (is_all or _KIND.match(text)) and not _REMOTE_FIELD.match(text) else why
        text, is_all = self._ahead(_LETTER)
        return None if is_all and not _LETTER.match(text) else why

    def _ahead(self, enough: re.Pattern[str]) -> tuple[str, bool]:
        """What the copy will say in this group from here on until it is ``enough``, and whether that is all of it."""
        reader = _Reader(self.content, self.at, looks_ahead=False)
        reader.groups.append(replace(self.groups[-1], dropped=None, defines=b"", either=False))
        reader.hiding = self.hiding
        said, text = reader.tokens(), ""
        with suppress(BrokenFileError):
            while not (reader.ended or reader.at > self.at + _AHEAD or len(text) > _LONG or enough.match(text)):
                token = next(said, None)
                if token is None:
                    break
                text += "" if token.kind else token.text.replace("\n", "")
        return text, reader.ended

    def _close(self) -> Token:
        self.to_skip = 0
        group = self.groups[-1]
        if len(self.groups) > 1:
            self.groups.pop()
        self.ended = len(self.groups) == 1
        if group.style and group.hidden:
            self.hiding.add(group.style)
        picture = group.picture if group.picture is not self.groups[-1].picture else None
        cropped = picture is not None and picture.is_cropped
        return _marked(b"}", group.brace or (("picture_cropped", "") if cropped else None))

    def _star(self, piece: bytes, at: int) -> Token:
        """A destination that is not the first word of its group: some programs obey it all the same."""
        group = self.groups[-1]
        group.dropped = group.dropped or why_dropped(first_word(self.content, at)[0], starred=True)
        return _marked(piece, group.dropped)

    def _bytes(self, piece: bytes, data: bytes) -> Token:
        group = self.groups[-1]
        why = group.dropped or group.unseen
        if why is None and group.picture is not None:
            if found := group.picture.without_details(data, as_digits=False):
                why, cleaned = found
                return Token(piece + data, "", *why, instead=b"\\bin%d " % len(cleaned) + cleaned)
        elif why is None and data:
            why = OTHER_PROGRAMS  # bytes that are no picture: nobody sees them
        return _marked(piece + data, why)

    def _word(self, piece: bytes, word: bytes, number: int | None) -> Token:
        group = self.groups[-1]
        group.dropped = group.dropped or DROPPED_GROUPS.get(word) or self._why_of_text(word)
        if word in DEFINITIONS and word != group.word:
            group.dropped = group.dropped or OTHER_PROGRAMS
        if group.dropped:
            return _marked(piece, group.dropped)
        self._note(group, word, number)
        if why := MARKS.get(word):
            return _marked(piece, why)
        text = plain(piece, word, b"%d" % number if number is not None else None)
        if self.to_skip and word != b"u":
            self.to_skip -= 1
            return _marked(piece, group.unseen if text else None)
        if word == b"u":
            self.to_skip = group.fallback
        if word in BREAKS:
            return Token(piece, text)
        return self._text(piece, text)

    def _note(self, group: Group, word: bytes, number: int | None) -> None:
        """Takes in what a word says of what follows."""
        if group.defines == b"colortbl" and word in (b"red", b"green", b"blue"):
            self.mixed[word] = number or 0
        if word == b"pict" and group.picture is None:
            group.picture = Picture()
        if group.picture is not None:
            group.picture.says(word, number or 0)
        if word in (b"s", b"cs") and number is not None:
            self._set_style(group, word, number)
        if word == b"uc":
            group.fallback = max(number or 0, 0)
        group.either = group.either or word == b"upr"
        group.codes += word in _JUDGED_BY_TEXT
        group.says(word, number)
        self.rows.says(word, number)

    def _set_style(self, group: Group, word: bytes, number: int) -> None:
        if group.defines == b"stylesheet":
            group.style = (word, number)
        elif word == b"s":
            group.style_hides = (word, number) in self.hiding
        elif (word, number) in self.hiding:
            group.hidden = True

    def _characters(self, piece: bytes) -> Iterator[Token]:
        """A run of text, or a character that is written as a symbol."""
        group = self.groups[-1]
        if group.dropped:
            yield _marked(piece, group.dropped)
        elif group.picture is not None:
            yield self._picture(piece, group.picture)
        elif self.to_skip:
            yield from self._skip(piece, hides=group.fallback > _FALLBACK)
        else:
            if group.defines == b"colortbl":
                self._mix(piece)
            yield self._text(piece, plain(piece))

    def _skip(self, piece: bytes, *, hides: bool) -> Iterator[Token]:
        """What stands in for a character; programs of today pass over it."""
        symbol = piece.startswith(b"\\")
        passed = piece if symbol else self._stand_in(piece)
        count = 1 if symbol else len(passed.translate(None, b"\r\n"))
        self.to_skip -= count
        if why := self.groups[-1].unseen:
            yield _marked(passed, why)
        else:
            words = symbol or passed.translate(None, b"?\r\n ")
            yield Token(passed, "", *(HIDDEN if hides and words else ("", "")), instead=b"?" * count)
        if len(passed) < len(piece):
            yield self._text(piece[len(passed) :], plain(piece[len(passed) :]))

    def _stand_in(self, piece: bytes) -> bytes:
        most = min(self.to_skip, len(piece))
        return re.match(rb"(?:[\r\n]*[^\r\n]){0,%d}" % most, piece).group()  # type: ignore[union-attr]  # matches anything

    def _picture(self, piece: bytes, picture: Picture) -> Token:
        if why := self.groups[-1].unseen:
            return _marked(piece, why)
        found = picture.without_details(piece, as_digits=True)
        return Token(piece, "", *found[0], instead=found[1]) if found else Token(piece)

    def _mix(self, piece: bytes) -> None:
        for _ in range(piece.count(b";")):
            parts = tuple(self.mixed.get(name, 0) for name in (b"red", b"green", b"blue"))
            self.colours.append(parts if self.mixed else None)
            self.mixed = {}

    def _text(self, piece: bytes, text: str) -> Token:
        group = self.groups[-1]
        if not text:
            return Token(piece)
        if group.defines:
            if group.word in WORDLESS and text.strip():
                return _marked(piece, OTHER_PROGRAMS)
            return Token(piece, table=group.defines, defined=text)
        if why := group.unseen or (HIDDEN if self.rows.is_below else None):
            return Token(piece, text, *why)
        if text.strip():
            if group.size < 2 * TINY:
                return Token(piece, text, "text_tiny")
            if group.blends_in(self.colours):
                return Token(piece, text, "text_colour")
        return Token(piece, text, table=b"fldinst" if group.codes else b"")


def _marked(piece: bytes, why: Why | None) -> Token:
    return Token(piece, "", *why) if why else Token(piece)
