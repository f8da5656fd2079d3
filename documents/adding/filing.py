"""From an upload that has arrived to a document: judged, guessed at, filed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.users.models import UserProfile

from access.visitor import Visitor
from documents import actions, scanning
from documents.access import readable_by
from documents.adding import guessing
from documents.adding.pending import path_of, received
from documents.exceptions import DocumentError, IntakeError
from documents.extraction.errors import ExtractionError
from documents.intake import inspect
from documents.models import Document, PendingUpload

logger = logging.getLogger(__name__)

BROWSERS = timedelta(minutes=1)
"""How long the browser that sent a file has to ask for its verdict, before the worker does."""
_State = PendingUpload.State


def judge(upload: PendingUpload) -> bool:
    """Lets the scanner and intake look at an upload that has arrived; accepted, it gets its guesses.

    Repeating is harmless. A refused file's bytes are removed at once. Returns False where it could not be judged:
    it isn't whole, or the scanner doesn't answer. Then nothing else reads it, and ``judge_held`` asks again.
    """
    if upload.state != _State.ARRIVING or received(upload) < upload.length:
        return False
    found: dict[str, Any]
    try:
        with _bytes(upload) as file:
            scanning.require_clean(file)
            inspected = inspect(File(file), upload.name, guess=True)
    except scanning.ScannerDownError:
        return False
    except DocumentError as err:
        found = {"state": _State.REFUSED, "refusal": str(err)}
    except Exception:  # the border to a stranger's file: what nobody thought of must not hold up what others sent
        logger.exception("An upload could not be judged", extra={"event": "upload_not_judged"})
        found = {"state": _State.REFUSED, "refusal": gettext(ExtractionError.sentence)}
    else:
        found = {
            "state": _State.ACCEPTED,
            "sha256": inspected.sha256,
            "guessed_title": guessing.title_inside(inspected.title, upload.name),
            "guessed_language": inspected.language or guessing.language_in(upload.name),
        }
    # Meanwhile it may have been removed, or judged by another request.
    mine = PendingUpload.objects.filter(pk=upload.pk, state=_State.ARRIVING)
    if mine.update(touched_at=timezone.now(), **found) and found["state"] == _State.REFUSED:
        path_of(upload).unlink(missing_ok=True)
    return True


def judge_held() -> int:
    """Judges what arrived while the scanner didn't answer, or whose browser went away; returns how many.

    A job of the worker. It leaves to the browser what arrived within the last minute, and stops where the scanner
    still doesn't answer.
    """
    end, done = time.monotonic() + scanning.SWEEP_SECONDS, 0
    for upload in PendingUpload.objects.touched_before(timezone.now() - BROWSERS).filter(state=_State.ARRIVING):
        if received(upload) < upload.length:
            continue
        if time.monotonic() > end:
            break
        with override(UserProfile.get_for_user(upload.user).get_preferred_language()):  # a refusal is a sentence
            if not judge(upload):
                break
        done += 1
    return done


def file_upload(upload: PendingUpload, *, title: str, language: str, version_of: Document | None = None) -> Document:
    """Files an accepted upload as a document of its uploader, or as the next version of one, and forgets it. Errors as
    for ``add_document``.

    The row goes first and in the same transaction: of two requests one gets it, the other an IntakeError, and what
    fails leaves the row as it was. The bytes go when all that is committed, and not before.
    """
    with transaction.atomic():
        if not PendingUpload.objects.filter(pk=upload.pk, state=_State.ACCEPTED).delete()[0]:
            raise IntakeError(gettext("This file was filed or removed already."))
        transaction.on_commit(partial(path_of(upload).unlink, missing_ok=True))
        with _bytes(upload) as file:
            return actions.add_document(
                File(file),
                title=title,
                user=upload.user,
                language=language,
                original_name=upload.name,
                judged=upload.sha256,
                series=version_of.series if version_of else None,
                collection=version_of.collection if version_of else None,
            )


def filed_already(visitor: Visitor, uploads: Iterable[PendingUpload]) -> dict[str, Document]:
    """SHA-256 -> a document with the same bytes, of those that ``visitor`` may read: others are none of their business."""
    wanted = {upload.sha256 for upload in uploads if upload.sha256}
    if not wanted:
        return {}
    same = readable_by(visitor).filter(Q(original_sha256__in=wanted) | Q(sha256__in=wanted)).order_by("-pk")
    found: dict[str, Document] = {}
    for document in same:
        for sha256 in {document.original_sha256, document.sha256} & wanted:
            found[sha256] = document
    return found


def _bytes(upload: PendingUpload) -> IO[bytes]:
    """What arrived, to read. Raises IntakeError where it is gone."""
    try:
        return path_of(upload).open("rb")
    except FileNotFoundError as err:
        raise IntakeError(gettext("This upload is too old. Upload the file again.")) from err
