"""A local copy of a stored file for the programs that read it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from botocore.exceptions import ClientError
from django.core.files import File

from documents.storage import says_missing


def fetched(stored: File[bytes], sha256: str, folder: Path) -> Path:
    """A local copy of a stored file, verified where ``sha256`` is known.

    Raises FileNotFoundError where it is gone or has changed, or what the storage raises.
    """
    target = folder / "file"
    digest = hashlib.sha256()
    try:
        with stored.open("rb") as source, target.open("wb") as copy:
            for chunk in source.chunks():
                digest.update(chunk)
                copy.write(chunk)
    except ClientError as error:
        if says_missing(error):
            raise FileNotFoundError from error
        raise
    if sha256 and digest.hexdigest() != sha256:
        raise FileNotFoundError
    return target
