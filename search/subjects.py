"""What the apps above tell about a thing to an administrator who asks why it isn't found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from access.visitor import Visitor


@dataclass(frozen=True)
class Subject:
    """A thing as an administrator may know it, who asks why it isn't found."""

    key: str
    title: str
    language: str
    kind: str
    edit_url: str
    is_public: bool
    publication: str
    """A sentence: that it is published, or why it is not."""
    readers: str
    """A sentence: who may read it."""
    reads_all: bool
    """Whether the asker may read all files whose words the index has."""


class Subjects(Protocol):
    """What the app above answers about things, cut down to what ``visitor`` may know of."""

    def find(self, text: str, visitor: Visitor) -> list[Subject]:
        """At most ten things with ``text`` in their title, or at this address; for a file's address what names it."""

    def known(self, keys: Iterable[str], visitor: Visitor) -> dict[str, Subject]:
        """Those of ``keys`` that ``visitor`` may know of."""
