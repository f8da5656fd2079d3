"""Whether the storage holds what the database says: every blob there, unchanged, and none too many.

An upload whose row was rolled back leaves a blob that no row names; only this finds it. The worker
does it once a week. A walk that was stopped goes on where it was, and costs the same memory however
many files there are.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.core.files.storage import Storage, storages
from django.db.models import F, Model
from django.utils import timezone

from documents.models import Document, DocumentImage, Image, Rendition, StorageVerification
from documents.storage import STORAGE_FAULTS, RangeStorage, discard, says_missing

FOLDERS = ("documents", "derived", "images", "renditions", "quarantine")
"""Every folder that this app writes to."""
ORPHAN_AGE = 24 * 3600.0
"""Seconds; a younger blob may belong to an upload that is under way."""
EVERY = timedelta(days=7)
"""How often the worker looks at every file."""
STEP = 50
"""Files after which a run writes down how far it is."""
BATCH = 500
"""Keys of the storage that are compared with the database in one go."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Section:
    """One kind of files: the column with the storage key, and those with its SHA-256, the first that is filled.

    ``unless`` is a column whose file is looked at already where it has the same key.
    """

    model: type[Model]
    key: str
    sha256: tuple[str, ...] = ()
    unless: str = ""


SECTIONS = (
    # An encrypted original has a hash of its own, a discarded one is nowhere.
    Section(Document, "original", ("original_stored_sha256", "original_sha256")),
    Section(Document, "file", ("sha256",), unless="original"),
    Section(DocumentImage, "file"),
    Section(Image, "file"),
    Section(Rendition, "file"),
)


@dataclass(frozen=True)
class Blob:
    """A key that a row names, with its SHA-256; empty where none is recorded. ``row`` is the row's primary key."""

    key: str
    sha256: str
    row: int = 0


def blobs_of(section: Section, after: int = 0) -> Iterator[Blob]:
    """The blobs of one kind, by their rows, behind the row ``after``; rows without a file are left out."""
    rows = section.model._default_manager.filter(pk__gt=after).exclude(**{section.key: ""}).order_by("pk")
    if section.unless:
        rows = rows.exclude(**{section.key: F(section.unless)})
    for pk, key, *hashes in rows.values_list("pk", section.key, *section.sha256).iterator():
        yield Blob(key, next(filter(None, hashes), ""), pk)


def blobs() -> Iterator[Blob]:
    """Every blob that a row names, each key once for each column that names it."""
    for section in SECTIONS:
        yield from blobs_of(section)


def sha256_of(storage: Storage, key: str) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a stored blob, read in chunks. Raises one of ``STORAGE_FAULTS``."""
    digest, size = hashlib.sha256(), storage.size(key)
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    for chunk in reader.read_range(key, 0, size - 1):
        digest.update(chunk)
    return digest.hexdigest(), size


def begin(*, anew: bool = False) -> StorageVerification:
    """The run to carry on: one that lost its process, or a new one. It is ours then.

    With ``anew`` what was stopped is not carried on but forgotten.
    """
    runs = StorageVerification.objects.all()
    for run in runs.unfinished().order_by("pk"):
        if not runs.filter(pk=run.pk).claim():
            continue
        if not anew:
            return run
        run.delete()
    run = runs.create()
    runs.filter(pk=run.pk).claim()
    return run


def verify(
    storage: Storage,
    *,
    clean: bool = False,
    progress: Callable[[StorageVerification], None] = lambda run: None,
    run: StorageVerification | None = None,
) -> StorageVerification:
    """Re-reads every blob and compares; finds orphans, and removes them with ``clean``. Returns the finished run.

    Raises one of ``STORAGE_FAULTS`` where the storage doesn't answer; the run can be carried on later then.
    """
    run = run or begin()
    try:
        _walk(storage, run, progress)
        _find_orphans(storage, run, clean=clean)
        _find_abandoned(storage, run, clean=clean)
        run.finish()
    finally:
        if run.finished_at is None:
            run.release()
    return run


def _walk(storage: Storage, run: StorageVerification, progress: Callable[[StorageVerification], None]) -> None:
    """Compares every blob from the place on that the run has come to."""
    for index in range(run.section, len(SECTIONS)):
        if index != run.section:
            run.section, run.after = index, 0
        for blob in blobs_of(SECTIONS[index], run.after):
            _compare(blob, storage, run)
            run.after = blob.row
            run.checked += 1
            if run.checked % STEP == 0:
                run.keep()
                progress(run)
    run.keep()


def verify_weekly() -> bool:
    """The worker's job: looks at every file once a week; True where it did so now. Trouble is logged as an error."""
    runs = StorageVerification.objects.all()
    last = runs.finished().first()
    if last is not None and last.finished_at is not None and last.finished_at > timezone.now() - EVERY:
        return False
    if runs.unfinished().filter(claimed_until__gt=timezone.now()).exists():
        return False
    run = verify(storages["documents"])
    figures = {
        "checked": run.checked,
        "missing": len(run.missing),
        "changed": len(run.changed),
        "orphaned": len(run.orphaned),
    }
    level = logging.ERROR if run.missing or run.changed else logging.INFO
    logger.log(level, "Compared all files with their hashes", extra={"event": "storage_verified", **figures})
    return True


def _compare(blob: Blob, storage: Storage, run: StorageVerification) -> None:
    try:
        found, _size = sha256_of(storage, blob.key)
    except STORAGE_FAULTS as err:
        if not says_missing(err):
            raise  # the storage is down: nothing is known about this file, and the run waits
        if blob.key not in run.missing:
            run.missing.append(blob.key)
    else:
        if blob.sha256 and found != blob.sha256 and blob.key not in run.changed:
            run.changed.append(blob.key)


def _find_orphans(storage: Storage, run: StorageVerification, *, clean: bool) -> None:
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    before = time.time() - ORPHAN_AGE
    run.orphaned, run.removed = [], 0
    for folder in FOLDERS:
        old = (key for key, written in reader.keys(folder) if written <= before)
        while batch := list(islice(old, BATCH)):
            orphans = sorted(set(batch) - named(batch))
            run.orphaned.extend(orphans)
            if clean:
                for key in orphans:
                    discard(key, storage)
                run.removed += len(orphans)
            run.keep()


def named(keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that some row names, now."""
    found: set[str] = set()
    for section in SECTIONS:
        rows = section.model._default_manager.filter(**{f"{section.key}__in": list(keys)})
        found.update(rows.values_list(section.key, flat=True))
    return found


def _find_abandoned(storage: Storage, run: StorageVerification, *, clean: bool) -> None:
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    before = time.time() - ORPHAN_AGE
    for key, started, drop in list(reader.abandoned()):
        if started > before:
            continue
        run.orphaned.append(key)
        if clean:
            drop()
            run.removed += 1
