"""What an inspection finds: a stable code, a verdict, and the places. Sentences belong to whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["warning", "blocked"]
Box = tuple[float, float, float, float]

MAX_PLACES = 60
"""Places that are kept of one finding; nobody reads more, and a hostile file may have millions."""
MAX_WORDS = 120
"""Characters that are kept of the words of one place."""
CODES: dict[str, Verdict] = {
    "text_covered": "blocked",
    "text_colour": "blocked",
    "text_invisible": "blocked",
    "text_tiny": "blocked",
    "text_outside": "blocked",
    "text_layer": "blocked",
    "picture_covered": "blocked",
    "picture_cropped": "blocked",
    "picture_masked": "warning",
    "layers": "blocked",
    "attachments": "blocked",
    "bookmarks": "blocked",
    "bookmarks_unread": "warning",
    "descriptions": "warning",
    "read_out": "warning",
    "redactions": "blocked",
    "annotations": "blocked",
    "form_hidden": "blocked",
    "form_data": "warning",
    "history": "blocked",
    "metadata": "blocked",
    "scripts": "blocked",
    "thumbnails": "blocked",
    "place": "blocked",
    "changes": "blocked",
    "comments": "blocked",
    "hidden_text": "blocked",
    "hidden_sheets": "blocked",
    "hidden_cells": "blocked",
    "hidden_slides": "blocked",
    "notes": "blocked",
    "embedded": "blocked",
    "drawings": "blocked",
    "remote": "blocked",
    "custom_data": "blocked",
    "data_track": "blocked",
    "internal_links": "blocked",
}
"""Every code with its verdict on a file that is to be public."""


@dataclass(frozen=True)
class Place:
    """Where: ``page`` from 1, 0 for the file as a whole; ``box`` in points from the upper left of the page as
    shown, None where there is none; ``words`` that are found there, or the name of the part."""

    page: int = 0
    box: Box | None = None
    words: str = ""


@dataclass
class Finding:
    """One kind of leak with all its places; ``count`` may be larger than the number of places that were kept."""

    code: str
    verdict: Verdict
    places: list[Place] = field(default_factory=list)
    count: int = 0


class Findings:
    """Collects findings by code."""

    def __init__(self) -> None:
        self._by_code: dict[str, Finding] = {}

    def add(self, code: str, *places: Place) -> None:
        """Adds places to the finding ``code``; one without a place counts as one for the file as a whole."""
        finding = self._by_code.setdefault(code, Finding(code, CODES[code]))
        for place in places or (Place(),):
            finding.count += 1
            if len(finding.places) < MAX_PLACES:
                words = " ".join(place.words.split())[:MAX_WORDS]
                finding.places.append(Place(place.page, place.box, words))

    def add_parts(self, code: str, names: Iterable[str]) -> None:
        """Adds one place a name, for files without pages."""
        for name in names:
            self.add(code, Place(words=name))

    def all(self) -> list[Finding]:
        """In the order of ``CODES``."""
        return [self._by_code[code] for code in CODES if code in self._by_code]


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The form in which findings leave the child process and are stored."""
    return [
        {
            "code": finding.code,
            "count": finding.count,
            "places": [
                {"page": place.page, "box": list(place.box) if place.box else None, "words": place.words}
                for place in finding.places
            ],
        }
        for finding in findings
    ]


def from_json(answer: list[dict[str, Any]]) -> list[Finding]:
    """The reverse. Checks every value: the child that wrote them read a stranger's file. Unknown codes are an error."""
    return [
        Finding(
            str(row["code"]),
            CODES[row["code"]],
            [_place(place) for place in row["places"][:MAX_PLACES]],
            int(row["count"]),
        )
        for row in answer
    ]


def _place(row: dict[str, Any]) -> Place:
    box = row["box"]
    corners: Box | None = None
    if box:
        left, top, right, bottom = (round(float(value), 1) for value in box)
        corners = (left, top, right, bottom)
    return Place(int(row["page"]), corners, str(row["words"])[:MAX_WORDS])
