"""Private storage for files: a folder that no web server serves, or a private S3 bucket.

Both classes keep one contract (tested by one class): streamed writes, reads of a part in constant
memory, no public address, and errors that callers can tell (``STORAGE_FAULTS``).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext
from storages.backends.s3 import S3Storage

from documents.exceptions import StorageError

logger = logging.getLogger(__name__)

CHUNK = 256 * 1024
SPOOL = 8 * 1024 * 1024
PART = 8 * 1024 * 1024
"""Bytes of one part of a multipart transfer: about what a transfer costs in memory, whatever the file's size."""
STORAGE_FAULTS = (OSError, BotoCoreError, ClientError)
"""What disk and S3 raise when they can't."""


class NotEncryptedError(OSError):
    """The server stored an object without the encryption that ``S3_ENCRYPTION`` asks for."""


class RangeStorage(Protocol):
    """What serving needs beyond Django's storage."""

    def read_range(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes ``start`` to ``end`` (inclusive) of ``name`` in chunks. Fails at once, not at the first chunk."""

    def local(self, name: str) -> File[bytes] | None:
        """``name`` as a file of this machine, which a web server can send by itself; None where it lies elsewhere."""

    def keys(self, folder: str) -> Iterator[tuple[str, float]]:
        """Key and time of writing (seconds since 1970) of every blob below ``folder``."""

    def abandoned(self) -> Iterator[tuple[str, float, Callable[[], object]]]:
        """Uploads that began and never ended, which ``keys`` doesn't show: key, time of the start, how to drop it."""

    def destroy(self, name: str) -> None:
        """Removes a blob for good: kept versions, markers over them and unfinished uploads of it too."""

    def empty_bin(self, folder: str) -> int:
        """Destroys what was deleted below ``folder`` earlier and is still kept; returns how many pieces."""


@deconstructible
class PrivateFileStorage(FileSystemStorage):
    """Files below ``DOCUMENTS_ROOT``; has no addresses."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> Any:
        """The folder, as the settings say now."""
        return settings.DOCUMENTS_ROOT

    @property
    def location(self) -> str:
        """The folder as an absolute path."""
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> str:
        """Refused: files are served by ``/d/…`` under the access rule, never by address."""
        raise NotImplementedError("Private files have no address of their own.")

    def delete(self, name: str) -> None:
        """Removes a blob; nothing happens where there is none."""
        if name:
            super().delete(name)

    def read_range(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """See ``RangeStorage``."""
        file = self.open(name, "rb")
        file.seek(start)
        return _chunks(file, end - start + 1)

    def local(self, name: str) -> File[bytes] | None:
        """See ``RangeStorage``."""
        return self.open(name, "rb")

    def keys(self, folder: str) -> Iterator[tuple[str, float]]:
        """See ``RangeStorage``."""
        root = Path(self.location)
        for path in sorted((root / folder).glob("**/*")):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path.stat().st_mtime

    def abandoned(self) -> Iterator[tuple[str, float, Callable[[], object]]]:
        """See ``RangeStorage``: a file that was not written to its end is a blob like any other."""
        yield from ()

    def destroy(self, name: str) -> None:
        """See ``RangeStorage``."""
        self.delete(name)

    def empty_bin(self, folder: str) -> int:
        """See ``RangeStorage``: a folder keeps nothing that was deleted."""
        return 0


def _chunks(file: File[bytes], length: int) -> Iterator[bytes]:
    with contextlib.closing(file):
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


class PrivateS3Storage(S3Storage):
    """A private bucket, configured by ``AWS_*`` settings only.

    Wagtail's delete task stores the constructor's arguments: with keys among them the secret would
    lie in the task table, and a botocore ``Config`` there makes every delete fail.
    """

    def get_default_settings(self) -> dict[str, Any]:
        """The settings of django-storages with what a private bucket needs."""
        parameters = {"ServerSideEncryption": settings.S3_ENCRYPTION} if settings.S3_ENCRYPTION else {}
        return super().get_default_settings() | {
            "bucket_name": settings.AWS_STORAGE_BUCKET_NAME,
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
            "max_memory_size": SPOOL,
            "object_parameters": parameters,
            # One part at a time: the library's threads keep ten of them in memory.
            "transfer_config": TransferConfig(multipart_chunksize=PART, use_threads=False),
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=5,
                read_timeout=20,
                retries={"total_max_attempts": 2, "mode": "standard"},
            ),
        }

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Refused: a signed address works for anyone who holds it, past the access rule."""
        raise NotImplementedError("Private files have no address of their own.")

    def _save(self, name: str, content: File[bytes]) -> str:
        """Stores, and looks whether the server did what it was asked: some accept the header and store in clear."""
        stored = str(super()._save(name, content))
        if settings.S3_ENCRYPTION and self.encryption_of(stored) != settings.S3_ENCRYPTION:
            discard(stored, self, for_good=True)
            raise NotEncryptedError
        return stored

    def object_key(self, name: str) -> str:
        """The key of ``name`` in the bucket, the prefix of the settings included."""
        return str(self._normalize_name(name))

    def encryption_of(self, name: str) -> str:
        """How the server encrypts the stored object: ``AES256``, ``aws:kms``, or "" for not at all."""
        return self.bucket.Object(self.object_key(name)).server_side_encryption or ""

    def delete(self, name: str) -> None:
        """Removes a blob; nothing happens where there is none."""
        if name:
            super().delete(name)

    def read_range(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """See ``RangeStorage``: the part is asked of the server, nothing is spooled."""
        key = self.object_key(name)
        if end < start:
            self.bucket.Object(key).load()
            return iter(())
        body = self.bucket.Object(key).get(Range=f"bytes={start}-{end}")["Body"]
        return self._body_chunks(body)

    def local(self, name: str) -> File[bytes] | None:
        """See ``RangeStorage``."""
        return None

    @staticmethod
    def _body_chunks(body: Any) -> Iterator[bytes]:
        with contextlib.closing(body):
            yield from body.iter_chunks(CHUNK)

    def keys(self, folder: str) -> Iterator[tuple[str, float]]:
        """See ``RangeStorage``."""
        prefix = self._normalize_name(folder).rstrip("/") + "/"
        outside = len(prefix) - len(folder.rstrip("/")) - 1
        for summary in self.bucket.objects.filter(Prefix=prefix):
            yield summary.key[outside:], summary.last_modified.timestamp()

    def abandoned(self) -> Iterator[tuple[str, float, Callable[[], object]]]:
        """See ``RangeStorage``: large files arrive in parts, and parts without an end are in no listing of objects."""
        prefix = self._normalize_name("").lstrip("/")
        for upload in self.bucket.multipart_uploads.filter(Prefix=prefix):
            yield upload.object_key[len(prefix) :], upload.initiated.timestamp(), upload.abort

    def destroy(self, name: str) -> None:
        """See ``RangeStorage``: a mere delete puts a marker over the bytes, which stay readable."""
        key = self.object_key(name)
        for version in self.bucket.object_versions.filter(Prefix=key):
            if version.object_key == key:
                version.delete()
        for upload in self.bucket.multipart_uploads.filter(Prefix=key):
            if upload.object_key == key:
                upload.abort()

    def empty_bin(self, folder: str) -> int:
        """See ``RangeStorage``. No key is ever written twice: what is not the latest was deleted, a marker covers it."""
        removed = 0
        for version in self.bucket.object_versions.filter(Prefix=self.object_key(folder).rstrip("/") + "/"):
            # A marker has no size; a latest one covers what was deleted.
            if not version.is_latest or version.size is None:
                version.delete()
                removed += 1
        return removed


def says_missing(fault: BaseException) -> bool:
    """Whether a storage fault means that there is no such blob, and not that the storage is out of reach."""
    if isinstance(fault, ClientError):
        return fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404
    return isinstance(fault, FileNotFoundError)


def read_range(storage: Storage, name: str, start: int, end: int) -> Iterator[bytes]:
    """Bytes ``start`` to ``end`` (inclusive); raises StorageError at once where the storage can't give them."""
    try:
        return cast(RangeStorage, storage).read_range(name, start, end)
    except STORAGE_FAULTS as err:
        raise _unreadable(err) from err


def _unreadable(err: Exception) -> StorageError:
    logger.error("The storage gave no file", extra={"event": "storage_read_failed", "fault": type(err).__name__})
    return StorageError(gettext("The file can't be read at the moment. Try again in a minute."))


def whole(storage: Storage, name: str, size: int) -> File[bytes] | Iterator[bytes]:
    """All ``size`` bytes of ``name``: as a file where it lies on this machine, else in chunks. Raises as ``read_range``."""
    try:
        file = cast(RangeStorage, storage).local(name)
    except STORAGE_FAULTS as err:
        raise _unreadable(err) from err
    return file or read_range(storage, name, 0, size - 1)


def store(file: File[bytes], key: str, storage: Storage) -> str:
    """Writes ``file`` in chunks below ``key`` and checks that all of it arrived; returns the key.

    Raises StorageError with a sentence, after having removed what was half-written.
    """
    size = file.size
    try:
        file.seek(0)
        stored = storage.save(key, file, max_length=255)
        if storage.size(stored) != size:
            raise OSError("Stored size differs from the upload.")
    except NotEncryptedError as err:
        logger.error("The storage doesn't encrypt", extra={"event": "storage_not_encrypted"})
        raise StorageError(
            gettext(
                "The file was not kept: the storage doesn't encrypt it as the settings demand. Tell an administrator."
            )
        ) from err
    except STORAGE_FAULTS as err:
        logger.error("The storage took no file", extra={"event": "storage_write_failed", "fault": type(err).__name__})
        discard(key, storage, for_good=True)
        raise StorageError(
            gettext("The file could not be stored: the storage doesn't answer. Nothing was kept; try again later.")
        ) from err
    return stored


def discard(key: str | None, storage: Storage, *, for_good: bool = False) -> None:
    """Removes a blob that no row names; where the storage is down, ``verify_documents --clean`` does it later.

    With ``for_good`` a bucket keeps no version of it either. Where it refuses that to our key, the blob goes as others do.
    """
    try:
        if for_good and key and _destroyed(key, storage):
            return
        storage.delete(key or "")
    except STORAGE_FAULTS as err:
        logger.warning("An orphan stays", extra={"event": "storage_orphan", "fault": type(err).__name__})


def _destroyed(key: str, storage: Storage) -> bool:
    try:
        cast(RangeStorage, storage).destroy(key)
    except ClientError as err:  # it answers, and refuses
        versions_stay(err)
        return False
    return True


def versions_stay(err: ClientError) -> None:
    """Notes that the bucket may keep versions of what was deleted: the check ``documents.W019`` says what to do."""
    fault = err.response.get("Error", {}).get("Code", "")
    logger.error("Old versions may stay in the bucket", extra={"event": "storage_versions_stay", "fault": fault})
