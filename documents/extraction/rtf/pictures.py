"""Pictures inside RTF: digits in the text, or bytes behind ``\\bin``. JPEG and PNG lose what a file of their own would lose.

Others go: nothing here looks into them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.jpeg import JPEG, end_of, has_place, without_personal_segments
from documents.extraction.inspection.png import PNG, without_personal_chunks
from documents.extraction.inspection.transparent import without_unseen
from documents.extraction.rtf.destinations import CROPPED, DRAWINGS, OF_PICTURES, Why

_WHITE = b" \t\r\n\0"
_LINE = 128
_UNSAID = 3600
"""Twips of a side whose length is not said."""


@dataclass(slots=True)
class Picture:
    """What is said of a picture before its data; sides and crops in twips."""

    across: int = 0
    down: int = 0
    crops: dict[bytes, int] = field(default_factory=dict)
    has_data: bool = False

    def says(self, word: bytes, number: int) -> None:
        """Takes one word of the picture's group in."""
        if word == b"picwgoal":
            self.across = number
        elif word == b"pichgoal":
            self.down = number
        elif word.startswith(b"piccrop"):
            self.crops[word[-1:]] = number

    @property
    def is_cropped(self) -> bool:
        """Whether more of it is in the file than is shown."""
        return any(
            crop > CROPPED * ((self.across if side in b"lr" else self.down) or _UNSAID)
            for side, crop in self.crops.items()
        )

    def without_details(self, data: bytes, *, as_digits: bool) -> tuple[Why, bytes] | None:
        """Why the data can't stay as it is, and what takes its place; None where it can.

        Raises BrokenFileError for data in pieces, which no program writes and which hide what the whole would show, and
        for a picture whose end is not found.
        """
        if not data.strip(_WHITE):
            return None
        if self.has_data:
            raise BrokenFileError
        self.has_data = True
        try:
            content = bytes.fromhex(data.translate(None, _WHITE).decode("ascii")) if as_digits else data
        except ValueError as error:
            raise BrokenFileError from error
        cleaned = _without_details(content)
        if cleaned == content:
            return None
        if not cleaned:
            return DRAWINGS, b""
        is_placed = content.startswith(JPEG) and has_place(content)
        return ("place", "places") if is_placed else OF_PICTURES, _digits(cleaned) if as_digits else cleaned


def _without_details(content: bytes) -> bytes:
    """The picture without details and without what follows its end. Raises BrokenFileError where that isn't found.

    Nothing of other formats: drawings of Windows (EMF, WMF) and of old programs hold words beside those that they show.
    """
    if content.startswith(JPEG):
        end = end_of(content)
        if end is None:
            raise BrokenFileError
        return without_personal_segments(content[:end])
    if content.startswith(PNG):
        cleaned = without_personal_chunks(content)
        if cleaned[-8:-4] != b"IEND":
            raise BrokenFileError
        return without_unseen(cleaned) or b""
    return b""


def _digits(content: bytes) -> bytes:
    """Lines of digits; the first break keeps them apart from the number of a word."""
    text = content.hex().encode("ascii")
    return b"".join(b"\n" + text[at : at + _LINE] for at in range(0, len(text), _LINE))
