"""The bytes: every stored piece of an erased file, in whatever corner of the storage or of this machine it lies."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.files.storage import Storage, storages
from wagtail.models import UploadedFile

from documents import scratch
from documents.erasure import targets
from documents.models import Erasure
from documents.storage import RangeStorage, says_missing
from documents.verification import BATCH, FOLDERS, named, sha256_of

SETTLED = 15 * 60.0
"""Seconds. A blob without a row that is older is no upload or processing under way: those take ten minutes at most."""


def destroy(erasure: Erasure) -> None:
    """Destroys the files of ``erasure`` and what else has their bytes. Raises one of ``STORAGE_FAULTS``.

    For the first time the bin goes too (old covers and drafts lie there under keys that nobody remembers), and every
    blob without a row. A repetition after a restore leaves those alone: the older database doesn't know newer files.
    """
    storage: Any = storages["documents"]
    for key in erasure.keys:
        storage.destroy(key)
    hashes = targets.hashes_of(erasure.targets)
    for key in list(_strays(storage)):
        if not erasure.again or sha256_of(storage, key)[0] in hashes:
            storage.destroy(key)
    _destroy_waiting(storage, hashes)
    if not erasure.again:
        for folder in FOLDERS:
            storage.empty_bin(folder)
    scratch.clear(SETTLED)


def left(erasure: Erasure) -> int:
    """How many of the files of ``erasure`` are in the storage still."""
    storage = storages["documents"]
    return sum(storage.exists(key) for key in erasure.keys)


def _strays(storage: Storage) -> Iterator[str]:
    """Keys that no row names and that nobody is writing at the moment."""
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    before = time.time() - SETTLED
    for folder in FOLDERS:
        old = (key for key, written in reader.keys(folder) if written <= before)
        while batch := list(islice(old, BATCH)):
            yield from sorted(set(batch) - named(batch))


def _destroy_waiting(storage: Any, hashes: Iterable[str]) -> None:
    """The same bytes on their way in: direct uploads in quarantine, and uploads that wait for their details."""
    for key, _written in list(storage.keys("quarantine")):
        if _hash_of(storage, key) in hashes:
            storage.destroy(key)
    for upload in UploadedFile.objects.exclude(file=""):
        if _hash_of(upload.file.storage, upload.file.name) in hashes:
            upload.file.storage.destroy(upload.file.name)
            upload.delete()


def _hash_of(storage: Storage, key: str) -> str:
    """SHA-256 of a blob in hex; empty where it went away meanwhile."""
    digest = hashlib.sha256()
    try:
        with storage.open(key, "rb") as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except Exception as fault:
        if says_missing(fault):
            return ""
        raise
    return digest.hexdigest()
