"""The ledger: one small file per erasure in the storage of the files, outside of the database.

A backup of the database that is restored later brings erased rows back; the ledger says that they have to go again.
It holds no title, no word and no name: identifiers, hashes, random keys, fingerprints (``documents.erasure.words``)
and the numbers of the two accounts. Each entry is signed with the server's secret: who can write to the storage
can't have the worker erase what nobody confirmed.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from documents.erasure.words import is_signed, signature
from documents.models import Erasure
from documents.storage import RangeStorage

FOLDER = "erasures"
_VERSION = 1

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What the ledger says of one erasure; the fields are those of ``Erasure``."""

    id: str
    series: str
    number: int
    scope: str
    targets: list[dict[str, Any]]
    keys: list[str]
    words: list[Any]
    passages: bool
    asked_by: int | None
    decided_by: int | None
    decided_at: str

    @classmethod
    def of(cls, erasure: Erasure) -> Entry:
        """The entry for a confirmed erasure."""
        return cls(
            id=str(erasure.pk),
            series=str(erasure.series),
            number=erasure.number,
            scope=erasure.scope,
            targets=erasure.targets,
            keys=erasure.keys,
            words=erasure.words,
            passages=erasure.passages,
            asked_by=erasure.asked_by_id,
            decided_by=erasure.decided_by_id,
            decided_at=erasure.decided_at.isoformat() if erasure.decided_at else "",
        )


def write(erasure: Erasure) -> None:
    """Notes a confirmed erasure; one that is noted already stays as it is. Raises one of ``STORAGE_FAULTS``."""
    storage: Any = storages["documents"]
    key = _key(str(erasure.pk))
    if storage.exists(key):
        if any(entries({str(erasure.pk)})):
            return
        storage.destroy(key)  # nothing of ours: a new one would get another key
    facts = {"version": _VERSION, **asdict(Entry.of(erasure))}
    text = json.dumps(facts | {"mac": signature(_canonical(facts))}, indent=1)
    storage.save(key, ContentFile(text.encode()))


def noted() -> set[str]:
    """The identifiers of all erasures in the ledger. What is called otherwise is none, and an error in the log.

    Raises one of ``STORAGE_FAULTS``.
    """
    names = {key.rpartition("/")[2].removesuffix(".json") for key in keys(storages["documents"])}
    identifiers = {name for name in names if _is_identifier(name)}
    if len(identifiers) < len(names):
        logger.error("A file in the ledger is no erasure", extra={"event": "erasure_unreadable"})
    return identifiers


def entries(wanted: set[str] | None = None) -> Iterator[Entry]:
    """All entries, or those of ``wanted`` identifiers. One that can't be read or isn't ours is an error in the log.

    Raises one of ``STORAGE_FAULTS``.
    """
    storage = storages["documents"]
    for identifier in sorted(noted() if wanted is None else wanted):
        try:
            with storage.open(_key(identifier), "rb") as file:
                found = json.loads(file.read())
            mac = found.pop("mac", "")
            is_ours = is_signed(_canonical(found), mac) and found["id"] == identifier
            if found.pop("version") != _VERSION:
                raise ValueError("unknown version")
            entry = Entry(**found)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            logger.error("An erasure in the ledger can't be read", extra={"event": "erasure_unreadable"})
            continue
        if is_ours:
            yield entry
        else:
            logger.error(
                "An erasure in the ledger is refused: it was not signed with SECRET_KEY or one of SECRET_KEY_FALLBACKS. "
                "If you changed the secret, name the old one there; otherwise find out who wrote it",
                extra={"event": "erasure_not_signed", "erasure": identifier},
            )


def _key(identifier: str) -> str:
    return f"{FOLDER}/{uuid.UUID(identifier)}.json"


def _is_identifier(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _canonical(facts: Any) -> str:
    """What is signed: the same text for the same facts."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def keys(storage: Storage) -> list[str]:
    """The keys of all entries, for whoever copies the storage."""
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    return [key for key, _written in reader.keys(FOLDER) if key.endswith(".json")]
