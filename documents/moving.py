"""Copies every file from one storage to the other and proves that each arrived, before anything is deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.storage import Storage

from documents.erasure import ledger
from documents.storage import STORAGE_FAULTS
from documents.verification import Blob, blobs, sha256_of


@dataclass
class Move:
    """What became of the ``total`` files: copied now, found there already, or failed (with the reason)."""

    total: int = 0
    copied: int = 0
    present: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    deleted: int = 0

    @property
    def done(self) -> int:
        """Files that are verified in the target."""
        return self.copied + self.present


def move(
    source: Storage, target: Storage, *, delete: bool, progress: Callable[[Move], None] = lambda move: None
) -> Move:
    """Copies and verifies; files that the target holds already are only verified, so it can be stopped and resumed.

    With ``delete`` the source's files are removed at the end, if and only if every one was verified.
    """
    entries = [Blob(key, "") for key in ledger.keys(source)]
    named = [*{blob.key: blob for blob in blobs()}.values(), *entries]
    result = Move(total=len(named))
    for blob in named:
        try:
            _copy(blob, source, target, result)
        except STORAGE_FAULTS as err:
            result.failed[blob.key] = f"{type(err).__name__}: {err}"
        progress(result)
    if delete and not result.failed:
        for blob in named:
            source.delete(blob.key)
            result.deleted += 1
    return result


def _copy(blob: Blob, source: Storage, target: Storage, result: Move) -> None:
    if target.exists(blob.key):
        expected = blob.sha256 or (sha256_of(source, blob.key)[0] if source.exists(blob.key) else "")
        if not expected or sha256_of(target, blob.key)[0] == expected:
            result.present += 1
            return
        target.delete(blob.key)
    expected = blob.sha256 or sha256_of(source, blob.key)[0]
    with source.open(blob.key, "rb") as file:
        stored = target.save(blob.key, file, max_length=255)
    found = sha256_of(target, stored)[0] if stored == blob.key else hashlib.sha256().hexdigest()
    if found != expected:
        target.delete(stored)
        raise OSError("the copy differs from the recorded hash")
    result.copied += 1
