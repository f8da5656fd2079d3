"""Whether the storage holds what the database says: every blob there, unchanged, and none too many.

An upload whose row was rolled back leaves a blob that no row names; only this finds it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.files.storage import Storage

from documents.models import Document, DocumentImage, Image, Rendition
from documents.storage import STORAGE_FAULTS, RangeStorage, discard

FOLDERS = ("documents", "derived", "images", "renditions")
"""Every folder that this app writes to."""
ORPHAN_AGE = 24 * 3600.0
"""Seconds; a younger blob may belong to an upload that is under way."""


@dataclass(frozen=True)
class Blob:
    """A key that a row names, with its SHA-256; empty where none is recorded."""

    key: str
    sha256: str


@dataclass
class Verdict:
    """Keys by what is wrong with them. ``removed`` counts cleaned orphans."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    removed: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong any more."""
        return not self.missing and not self.changed and len(self.orphaned) == self.removed


def blobs() -> Iterator[Blob]:
    """Every blob that a row names, each key once for each row that names it."""
    rows = Document.objects.order_by("pk").values_list(
        "original", "original_sha256", "original_stored_sha256", "file", "sha256"
    )
    for original, original_sha256, stored_sha256, file, sha256 in rows.iterator():
        if original:  # an encrypted one has a hash of its own, a discarded one is nowhere
            yield Blob(original, stored_sha256 or original_sha256)
        if file and file != original:
            yield Blob(file, sha256)
    for model in (DocumentImage, Image, Rendition):
        for key in model._default_manager.order_by("pk").values_list("file", flat=True).iterator():
            if key:
                yield Blob(key, "")


def sha256_of(storage: Storage, key: str) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a stored blob, read in chunks. Raises one of ``STORAGE_FAULTS``."""
    digest, size = hashlib.sha256(), storage.size(key)
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    for chunk in reader.read_range(key, 0, size - 1):
        digest.update(chunk)
    return digest.hexdigest(), size


def verify(storage: Storage, *, clean: bool = False, progress: Callable[[int], None] = lambda checked: None) -> Verdict:
    """Re-reads every blob and compares; finds orphans, and removes them with ``clean``."""
    verdict = Verdict()
    named: set[str] = set()
    for blob in blobs():
        named.add(blob.key)
        try:
            found, _size = sha256_of(storage, blob.key)
        except STORAGE_FAULTS:
            verdict.missing.append(blob.key)
        else:
            if blob.sha256 and found != blob.sha256:
                verdict.changed.append(blob.key)
        verdict.checked += 1
        progress(verdict.checked)
    _find_orphans(storage, named, verdict, clean=clean)
    return verdict


def _find_orphans(storage: Storage, named: set[str], verdict: Verdict, *, clean: bool) -> None:
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    before = time.time() - ORPHAN_AGE
    for folder in FOLDERS:
        for key, written in reader.keys(folder):
            if key in named or written > before:
                continue
            verdict.orphaned.append(key)
            if clean and not _is_named_now(key):
                discard(key, storage)
                verdict.removed += 1


def _is_named_now(key: str) -> bool:
    """Asked again just before a removal: a row may have come since the walk began."""
    return any(blob.key == key for blob in blobs())
