"""The files of uploads that are not filed yet: begun, carried on, forgotten.

They lie below ``VAR_DIR/uploads``, where nothing is served from and nobody else may look. Pieces are
written as they come, so that a broken line costs the piece and not the file. What nobody carried on
for a day is removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.models import Page

from access.models import User
from documents.exceptions import DocumentError, IntakeError, StorageError
from documents.intake import check_before
from documents.models import PendingUpload

KEPT = timedelta(hours=24)
MOST = 200
"""Uploads that one person may have waiting."""
ROOM_LEFT = 512 * 1024 * 1024
"""Bytes of the disk that uploads leave to others."""
CHUNK = 256 * 1024
_State = PendingUpload.State


class BusyError(DocumentError):
    """Another request writes to this upload at the moment."""


class GoneError(DocumentError):
    """The upload was removed meanwhile."""


class OffsetError(DocumentError):
    """The piece doesn't begin where what arrived so far ends."""


def path_of(upload: PendingUpload) -> Path:
    """Where its bytes lie."""
    return _folder() / str(upload.pk)


def received(upload: PendingUpload) -> int:
    """How many bytes have arrived."""
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        return 0


def expires(upload: PendingUpload) -> datetime:
    """When it is removed, unless somebody carries it on."""
    return upload.touched_at + KEPT


def begin(user: User, name: str, length: int, *, modified: str = "", page: Page | None = None) -> PendingUpload:
    """An empty upload of ``length`` bytes. Raises IntakeError for what can be refused before it arrives."""
    name = PurePosixPath(name.replace("\\", "/")).name[:255]
    check_before(name, length)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of two at once, the second counts the first
        _check_limits(user, length)
        upload = PendingUpload.objects.create(user=user, name=name, length=length, modified=modified[:20], page=page)
        try:
            path_of(upload).touch(mode=0o600)
        except OSError as err:
            raise IntakeError(_no_room()) from err
    return upload


def _check_limits(user: User, length: int) -> None:
    """Raises IntakeError where ``length`` bytes more are too many for ``user`` or for the disk."""
    mine = PendingUpload.objects.filter(user=user)
    waiting = mine.exclude(state=_State.REFUSED).aggregate(bytes=Sum("length"))["bytes"] or 0
    if mine.count() >= MOST:
        raise IntakeError(
            ngettext(
                "%(most)d file waits to be filed already. File or remove it first.",
                "%(most)d files wait to be filed already. File or remove some of them first.",
                MOST,
            )
            % {"most": MOST}
        )
    if waiting + length > settings.UPLOADS_MAX_SIZE:
        raise IntakeError(
            gettext("Your files that wait to be filed may have %(limit)s together. File or remove some of them first.")
            % {"limit": filesizeformat(settings.UPLOADS_MAX_SIZE)}
        )
    if not _has_room(length):
        raise IntakeError(_no_room())


def append(upload: PendingUpload, offset: int, read: Callable[[int], bytes], length: int) -> int:
    """Writes ``length`` bytes of ``read`` behind the first ``offset``; returns how many there are now.

    A line that breaks ends the piece early: what came is kept. Raises OffsetError, BusyError, GoneError, StorageError.
    """
    try:
        with _alone(upload) as file:
            end = file.seek(0, os.SEEK_END)
            if offset != end or offset + length > upload.length:
                raise OffsetError(gettext("The upload can't be carried on here. Choose the file again."))
            if not _has_room(upload.length - end):  # others began theirs since this one was let in
                raise StorageError(_disk_full())
            left = length
            while left > 0 and (chunk := _received(read, min(CHUNK, left))):
                file.write(chunk)
                left -= len(chunk)
    except OSError as err:  # closing writes too: the end of what is buffered
        raise StorageError(_disk_full()) from err
    PendingUpload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
    return offset + length - left


def forget(upload: PendingUpload) -> None:
    """Removes an upload and its bytes."""
    path_of(upload).unlink(missing_ok=True)
    PendingUpload.objects.filter(pk=upload.pk).delete()


def sweep() -> int:
    """Removes uploads that nobody carried on, and bytes that belong to none; returns how many. A job of the worker."""
    old = list(PendingUpload.objects.touched_before(timezone.now() - KEPT))
    for upload in old:
        forget(upload)
    before = time.time() - KEPT.total_seconds()
    known = {str(pk) for pk in PendingUpload.objects.values_list("pk", flat=True)}
    lost = [path for path in _folder().iterdir() if path.name not in known and path.stat().st_mtime < before]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(old) + len(lost)


def _has_room(length: int) -> bool:
    """Whether the disk takes ``length`` bytes more and keeps what it must keep for others."""
    return shutil.disk_usage(_folder()).free >= length + ROOM_LEFT


def _no_room() -> str:
    return gettext("The server has no room for this file at the moment. Tell an administrator.")


def _disk_full() -> str:
    return gettext("The server's disk is full. Nothing is lost; tell an administrator.")


def _received(read: Callable[[int], bytes], size: int) -> bytes:
    """The next bytes of a request; none where its sender has gone."""
    try:
        return read(size)
    except OSError:
        return b""


@contextmanager
def _alone(upload: PendingUpload) -> Iterator[BufferedRandom]:
    """The upload's file, open for nobody else: the request of a broken line may still wait for its rest."""
    try:
        opened = path_of(upload).open("r+b")  # which makes none: what was removed must not come back
    except FileNotFoundError as err:
        raise GoneError(gettext("This file was filed or removed already.")) from err
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise BusyError(gettext("This upload is being written already.")) from err
        yield file


def _folder() -> Path:
    folder = Path(settings.VAR_DIR) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
