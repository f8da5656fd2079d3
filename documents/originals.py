"""What becomes of the uploaded file once its public copy is made: kept sealed, kept encrypted, or discarded.

A seized disk would undo the clean copy, so an organisation can choose that the original can only be
read with a key that is kept elsewhere, or that there is none. The choice (``ORIGINALS``) is noted on the
document when it is processed; a later change of the setting touches no older file.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import pyrage
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from wagtail.log_actions import log

from access.models import User
from documents.exceptions import OriginalRefused
from documents.models import Document, DocumentQuerySet, document_key
from documents.safety import may_judge
from documents.scratch import scratch
from documents.storage import STORAGE_FAULTS, discard, store

logger = logging.getLogger(__name__)

Kept = Document.Kept
CHUNK = 1024 * 1024


def put_away(document_id: int) -> bool:
    """Does with the original of a ready document what the policy noted on it says; returns whether it is done.

    Repeating it is harmless. Where nothing had to be removed, original and public copy are one blob, and stay.
    A storage that doesn't answer leaves it to the next try.
    """
    document = _pending().filter(pk=document_id).first()
    if document is None:
        return True
    try:
        if document.original_kept == Kept.ENCRYPTED:
            _encrypt(document)
        else:
            Document.objects.filter(pk=document.pk).put_original_away()
            discard(document.original.name, document.original.storage, for_good=True)
    except STORAGE_FAULTS:
        logger.warning("Original stays", extra={"event": "original_not_put_away", "document_id": document_id})
        return False
    return True


def put_all_away() -> int:
    """Goes on where a worker was killed; returns how many are done now."""
    return sum(put_away(pk) for pk in _pending().values_list("pk", flat=True))


def _pending() -> DocumentQuerySet:
    """Ready documents whose original still lies there as it was uploaded, against their policy."""
    waiting: DocumentQuerySet = (
        Document.objects.ready()
        .exclude(original_kept=Kept.SEALED)
        .exclude(original="")
        .exclude(original=F("file"))
        .filter(original_stored_sha256="")
    )
    return waiting


def _encrypt(document: Document) -> None:
    """Exchanges the original by its encrypted form, both streamed; the plain one goes last."""
    plain, storage = document.original.name, document.original.storage
    recipient = pyrage.x25519.Recipient.from_str(settings.ORIGINALS_PUBLIC_KEY)
    with scratch() as folder:
        target = folder / "encrypted"
        with document.original.open("rb") as source, target.open("wb") as out:
            pyrage.encrypt_io(source, out, [recipient])
        with target.open("rb") as encrypted:
            sha256 = hashlib.file_digest(encrypted, "sha256").hexdigest()
            key = store(File(encrypted), document_key(document, ""), storage)
    if Document.objects.filter(pk=document.pk, original=plain).put_original_away(key, sha256):
        discard(plain, storage, for_good=True)
    else:
        discard(key, storage)


def may_fetch(user: Any) -> bool:
    """Whether ``user`` may fetch originals: Legal and administrators."""
    return may_judge(user)


@transaction.atomic
def fetch(document: Document, user: User, reason: str) -> File[bytes]:
    """The original, opened, for one who may have it; who, when and why is logged first.

    An encrypted one comes encrypted. Raises OriginalRefused with a sentence, StorageError or ``STORAGE_FAULTS``.
    """
    reason = reason.strip()
    if not may_fetch(user):
        raise OriginalRefused(gettext("Only Legal review and administrators may fetch the uploaded file."))
    if not reason:
        raise OriginalRefused(gettext("Say why: the reason is kept in the log."))
    if document.is_infected:
        raise OriginalRefused(gettext("The virus scanner found malware in this file: nobody can fetch it here."))
    if not document.original:
        raise OriginalRefused(gettext("The uploaded file was discarded when its public copy was made."))
    opened: File[bytes] = document.original.open("rb")
    log(instance=document, action="dossier.original.fetch", user=user, data={"reason": reason})
    return opened
