"""Big uploads that go from the browser straight into the bucket, past our processes.

They land in ``quarantine/``, where nothing is served from. What lies there counts for nothing until
its uploader comes back with the ticket: then the bytes are fetched, judged by intake like every
other upload, and stored anew under a key that only we know. The signed form can be used again while
it is valid, so what was judged must be what is kept: never copied from the quarantine behind our back.
"""

from __future__ import annotations

import logging
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import IO, Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core import signing
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from access.models import User
from documents.exceptions import IntakeError, StorageError
from documents.models import DirectUpload
from documents.storage import (
    STORAGE_FAULTS,
    PrivateS3Storage,
    RangeStorage,
    discard,
    read_range,
    says_missing,
    versions_stay,
)

logger = logging.getLogger(__name__)

FOLDER = "quarantine"
VALID = 3600
"""Seconds in which the browser must have begun its upload."""
KEPT = 24 * 3600
"""Seconds after which an upload that nobody came back for is removed."""
_SALT = "documents.quarantine"


@dataclass(frozen=True)
class Ticket:
    """A form that the bucket takes once signed by us: its address and fields, and the token to come back with."""

    url: str
    fields: dict[str, str]
    token: str


def storage() -> PrivateS3Storage | None:
    """The bucket, where direct uploads are switched on; else None."""
    found = storages["documents"]
    return found if settings.S3_DIRECT_UPLOAD and isinstance(found, PrivateS3Storage) else None


def issue(user: User, bucket: PrivateS3Storage) -> Ticket:
    """Signs a form for one upload of ``user``: one key, one file, at most ``DOCUMENT_MAX_SIZE`` bytes.

    Raises StorageError where the bucket's client can't sign.
    """
    upload = uuid.uuid4()
    key = f"{FOLDER}/{upload}"
    client: Any = bucket.connection.meta.client
    try:
        form = client.generate_presigned_post(
            bucket.bucket_name,
            bucket.object_key(key),
            Conditions=[["content-length-range", 1, settings.DOCUMENT_MAX_SIZE]],
            ExpiresIn=VALID,
        )
    except STORAGE_FAULTS as err:
        raise StorageError(gettext("Direct uploads don't work at the moment. Try again later.")) from err
    DirectUpload.objects.create(pk=upload, user=user)
    token = signing.dumps({"user": user.pk, "upload": str(upload)}, salt=_SALT)
    return Ticket(form["url"], dict(form["fields"]), token)


@contextmanager
def fetched(user: User, token: str, bucket: PrivateS3Storage) -> Iterator[File[bytes]]:
    """A local copy of what ``user`` uploaded with the ticket of ``token``; the quarantine is emptied of it at the end.

    What is made of it in the block is one transaction with the end of the ticket: of two requests one gets it. The bytes
    go with the commit of the caller's.
    Raises IntakeError for a foreign, old or used token and where nothing was uploaded, StorageError where the bucket
    doesn't answer (upload and ticket stay then, for another try).
    """
    try:
        content = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature as err:
        raise IntakeError(gettext("This upload is too old. Upload the file again.")) from err
    if content["user"] != user.pk or "upload" not in content:  # from before uploads had rows: none says if it was used
        raise IntakeError(gettext("This upload is too old. Upload the file again."))
    key = f"{FOLDER}/{content['upload']}"
    unused = DirectUpload.objects.filter(pk=content["upload"])
    if not unused.exists():
        raise IntakeError(_used())
    with tempfile.TemporaryFile() as local:
        _download(bucket, key, local)
        try:
            with transaction.atomic():
                if not unused.delete()[0]:
                    raise IntakeError(_used())
                yield File(local, name=key)
        except IntakeError:
            unused.delete()  # the transaction took that back
            _empty(key, bucket)
            raise
    _empty(key, bucket)


def _empty(key: str, bucket: Storage) -> None:
    """Removes the bytes once the caller's transaction holds: until then the ticket may come back."""
    transaction.on_commit(partial(discard, key, bucket, for_good=True))


def _used() -> str:
    return gettext("This file was filed or removed already.")


def _try_again() -> str:
    return gettext("The storage doesn't answer. Nothing is lost; try again in a minute.")


def _download(bucket: Storage, key: str, local: IO[bytes]) -> None:
    try:
        size = bucket.size(key)
    except STORAGE_FAULTS as err:
        if says_missing(err):
            raise IntakeError(gettext("The file did not arrive. Upload it again.")) from err
        raise StorageError(_try_again()) from err
    if size > settings.DOCUMENT_MAX_SIZE:
        raise IntakeError(gettext("The file is larger than what is accepted here."))
    try:
        for chunk in read_range(bucket, key, 0, size - 1):
            local.write(chunk)
    except STORAGE_FAULTS as err:  # in the middle: the bucket broke off, or our own disk is full
        logger.error("An upload was not fetched", extra={"event": "direct_upload_broken", "fault": type(err).__name__})
        raise StorageError(_try_again()) from err
    local.seek(0)


def sweep() -> int:
    """Removes uploads that nobody came back for; returns how many. A job of the worker.

    For good, and with what a form that was used twice wrote over: a raw upload must not lie on as an old version.
    """
    DirectUpload.objects.filter(created_at__lt=timezone.now() - timedelta(seconds=KEPT)).delete()
    bucket = storages["documents"]
    if not isinstance(bucket, PrivateS3Storage):
        return 0
    reader: RangeStorage = bucket
    old = [key for key, written in reader.keys(FOLDER) if written < time.time() - KEPT]
    for key in old:
        discard(key, bucket, for_good=True)
    try:
        reader.empty_bin(FOLDER)
    except ClientError as err:
        versions_stay(err)
    return len(old)
