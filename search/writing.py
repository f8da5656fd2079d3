"""From keys to writes: state read in pieces, portions that an engine can take. Shared by the outbox and a rebuild."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone

from search import compounds, registry
from search.analysis.compounds import Compounds
from search.engines.base import Engine, ItemResult, Operation, Outcome
from search.exceptions import EngineBusyError, SearchError
from search.indexing import index_row
from search.models import SearchClock
from search.registry import IndexDocument

READ_SIZE = 250
MAX_OPERATIONS = 500
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Failure:
    """A thing whose source failed on it; ``error`` is the kind of failure, without any text of the thing."""

    key: str
    error: str


def next_version() -> int:
    """A version above all before it: microseconds since the epoch, or one more than the last."""
    with transaction.atomic():
        SearchClock.objects.get_or_create(pk=1)
        clock = SearchClock.objects.select_for_update().get(pk=1)
        clock.last = max(clock.last + 1, time.time_ns() // 1000)
        clock.save(update_fields=["last"])
        return clock.last


def pieces(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    """``keys`` in lists of at most ``size``, one in memory at a time."""
    rest = iter(keys)
    while piece := list(islice(rest, size)):
        yield piece


def read(keys: Sequence[str]) -> Iterator[Operation | Failure]:
    """The state of ``keys``, piece by piece. A source that fails on one thing doesn't hold up the others.

    A piece is read from the database at once; the texts of its files are unpacked one after the other.
    """
    for start in range(0, len(keys), READ_SIZE):
        yield from _read(keys[start : start + READ_SIZE])


def _read(keys: Sequence[str]) -> Iterator[Operation | Failure]:
    version = next_version()  # before the state: the write with the highest one must not hold an older state
    try:
        with transaction.atomic():
            found, parts = registry.documents(keys), compounds.current()
    except Exception as err:  # noqa: BLE001  # boundary to the sources, which are other apps' code
        if len(keys) == 1:
            yield Failure(keys[0], type(err).__name__)
            return
        half = len(keys) // 2
        yield from _read(keys[:half])
        yield from _read(keys[half:])
        return
    for key in dict.fromkeys(keys):
        try:
            made = _operation(key, found.pop(key, None), version, parts)
        except Exception as err:  # noqa: BLE001  # what a thing is made of is other apps' affair, too
            yield Failure(key, type(err).__name__)
        else:
            yield made


def _operation(key: str, document: IndexDocument | None, version: int, parts: Compounds) -> Operation:
    """What to write for ``key``; a tombstone for what is gone."""
    if document is None:
        return Operation(key, version, None, timezone.now())
    return Operation(key, version, index_row(document, parts), document.updated)


def portions(found: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Operations in portions that an engine can take: at most 500, at most 5 MB unless one is larger by itself."""
    batch: list[Operation] = []
    size = 0
    for each in found:
        weight = _weight(each)
        if batch and (len(batch) == MAX_OPERATIONS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += weight
    if batch:
        yield batch


def _weight(operation: Operation) -> int:
    fields: Mapping[str, str] = operation.row.fields if operation.row else {}
    return sum(len(text.encode()) for text in fields.values())


def write(engine: Engine, batch: Sequence[Operation], *, rebuilding: str = "") -> list[ItemResult]:
    """Writes ``batch``; what the engine was too busy for is tried again, half of it at a time.

    So is what makes the engine stumble: in the end only the thing at fault is refused. What there is no room for even
    alone comes back as ``Outcome.BUSY``.
    """
    try:
        results = engine.write(batch, rebuilding=rebuilding)
    except EngineBusyError:
        results = [ItemResult(each.key, Outcome.BUSY, "busy") for each in batch]
    except SearchError:
        raise
    except Exception as err:  # noqa: BLE001  # what a thing is made of is other apps' affair
        outcome = Outcome.BUSY if len(batch) > 1 else Outcome.REFUSED
        results = [ItemResult(each.key, outcome, type(err).__name__) for each in batch]
    busy = [each for each, result in zip(batch, results, strict=True) if result.outcome == Outcome.BUSY]
    if not busy or len(batch) == 1:
        return results
    half = (len(busy) + 1) // 2
    again = [
        result for part in (busy[:half], busy[half:]) if part for result in write(engine, part, rebuilding=rebuilding)
    ]
    later = {result.key: result for result in again}
    return [later.get(result.key, result) for result in results]
