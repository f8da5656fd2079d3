"""The bytes: every stored piece of an erased file, in whatever corner of the storage or of this machine it lies."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.files.storage import Storage, storages
from wagtail.models import UploadedFile

from documents import quarantine, scratch
from documents.adding import pending
from documents.erasure import targets
from documents.models import Erasure, PendingUpload
from documents.storage import RangeStorage, says_missing
from documents.verification import BATCH, FOLDERS, ORPHAN_AGE, named, sha256_of

SETTLED = 15 * 60.0
"""Seconds. Processing takes ten minutes at most, so that a blob which is older is not in its hands. An import may be
under way for longer before its rows are there: what is not known to be erased waits for ``ORPHAN_AGE``, except for
what processing alone makes (``derived``), page images among it, which no hash tells."""


def destroy(erasure: Erasure) -> None:
    """Destroys the files of ``erasure`` and what else has their bytes. Raises one of ``STORAGE_FAULTS``.

    For the first time the bin goes too (old covers and drafts lie there under keys that nobody remembers), and every
    derived blob without a row, and every other that has been without one for a day. A repetition after a restore
    leaves those alone: the older database doesn't know newer files, and names others that were deleted meanwhile,
    which can be taken out of the bin.
    """
    storage: Any = storages["documents"]
    hashes = targets.hashes_of(erasure.targets)
    # Before the files themselves, whose lengths are known no longer then.
    for upload in list(_waiting(hashes, _lengths(storage, erasure.keys))):
        pending.forget(upload)
    _destroy_waiting(storage, hashes)
    for key in erasure.keys:
        storage.destroy(key)
    orphaned = time.time() - ORPHAN_AGE
    for key, written in list(_strays(storage)):
        is_lost = written <= orphaned or key.startswith("derived/")
        if (is_lost and not erasure.again) or sha256_of(storage, key)[0] in hashes:
            storage.destroy(key)
    if not erasure.again:
        for folder in FOLDERS:
            storage.empty_bin(folder)
    scratch.clear(SETTLED)


def left(erasure: Erasure) -> int:
    """How many of the files of ``erasure`` are in the storage still, or wait with the same bytes to be filed."""
    storage = storages["documents"]
    waiting = sum(1 for _upload in _waiting(targets.hashes_of(erasure.targets)))
    return sum(storage.exists(key) for key in erasure.keys) + waiting


def _strays(storage: Storage) -> Iterator[tuple[str, float]]:
    """Keys that no row names and that no processing writes at the moment, with the time of writing.

    Not those in quarantine: no row ever names them, and they are other people's uploads.
    """
    reader: RangeStorage = storage  # type: ignore[assignment]  # both private storages are
    before = time.time() - SETTLED
    for folder in (folder for folder in FOLDERS if folder != quarantine.FOLDER):
        old = ((key, written) for key, written in reader.keys(folder) if written <= before)
        while batch := dict(islice(old, BATCH)):
            yield from sorted((key, batch[key]) for key in batch.keys() - named(batch))


def _lengths(storage: Storage, keys: Iterable[str]) -> set[int]:
    """In bytes, of those of ``keys`` that are there."""
    found = set()
    for key in keys:
        try:
            found.add(storage.size(key))
        except Exception as fault:
            if not says_missing(fault):
                raise
    return found


def _waiting(hashes: Collection[str], lengths: Collection[int] = ()) -> Iterator[PendingUpload]:
    """Uploads that wait to be filed and have one of ``hashes``.

    One that has not arrived altogether can't be judged by its bytes: it is among them by one of ``lengths``.
    """
    for upload in PendingUpload.objects.all():
        if pending.received(upload) < upload.length:
            found = upload.length in lengths
        else:
            found = _hash_of_upload(upload) in hashes
        if found:
            yield upload


def _hash_of_upload(upload: PendingUpload) -> str:
    """SHA-256 in hex; empty where somebody filed or removed it meanwhile."""
    try:
        with pending.path_of(upload).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _destroy_waiting(storage: Any, hashes: Collection[str]) -> None:
    """The same bytes on their way in: direct uploads in quarantine, and what Wagtail's own forms keep for later."""
    for key, _written in list(storage.keys(quarantine.FOLDER)):
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
