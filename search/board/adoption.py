"""What the app above does with a word that readers miss: it becomes another name of something that has an entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from search.exceptions import SearchError

if TYPE_CHECKING:
    from access.models import User


class AdoptionRefused(SearchError):
    """Why a word can't be taken up now; the message is for people."""


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary as an editor may know it; ``key`` as in the index."""

    key: str
    title: str
    url: str
    """Of the admin, where its draft can be seen."""


class Glossary(Protocol):
    """What is registered."""

    def alike(self, text: str, language: str, user: User, limit: int) -> list[Entry]:
        """Public entries in ``language`` that ``user`` may see and edit, those first whose names are most like ``text``."""

    def known(self, keys: Collection[str], user: User) -> dict[str, Entry]:
        """Those of ``keys`` that ``user`` may see and edit."""

    def adopt(self, key: str, word: str, user: User) -> Entry:
        """Puts ``word`` into a draft of the entry, which goes through approval like any other. Raises AdoptionRefused."""


_registered: list[Glossary] = []


def register(glossary: Glossary) -> None:
    """Says who takes words up; called from ``AppConfig.ready()``."""
    _registered[:] = [glossary]


def glossary() -> Glossary | None:
    """What was registered."""
    return _registered[0] if _registered else None
