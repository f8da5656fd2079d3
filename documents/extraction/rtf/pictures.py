"""Pictures inside RTF: digits in the text, or bytes behind ``\\bin``. JPEG and PNG lose what a file of their own would lose."""

from __future__ import annotations

from dataclasses import dataclass, field

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.jpeg import has_place, personal_segments, without_personal_segments
from documents.extraction.inspection.png import personal_chunks, without_personal_chunks
from documents.extraction.rtf.destinations import CROPPED, OF_PICTURES, Why

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

        Raises BrokenFileError for data in pieces: no program writes it so, and pieces hide what the whole would show.
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
        cleaned, why = content, OF_PICTURES
        if content.startswith(b"\xff\xd8\xff") and any(personal_segments(content)):
            cleaned = without_personal_segments(content)
            why = ("place", "places") if has_place(content) else OF_PICTURES
        elif content.startswith(b"\x89PNG\r\n\x1a\n") and any(personal_chunks(content)):
            cleaned = without_personal_chunks(content)
        if cleaned == content:
            return None
        return why, _digits(cleaned) if as_digits else cleaned


def _digits(content: bytes) -> bytes:
    """Lines of digits; the first break keeps them apart from the number of a word."""
    text = content.hex().encode("ascii")
    return b"".join(b"\n" + text[at : at + _LINE] for at in range(0, len(text), _LINE))
