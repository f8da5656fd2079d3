"""From an upload that has arrived to a document: judged, guessed at, filed."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.base import File
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from access.visitor import Visitor
from documents import actions, scanning
from documents.access import readable_by
from documents.adding import guessing
from documents.adding.pending import forget, path_of, received
from documents.exceptions import DocumentError, IntakeError
from documents.extraction.jobs import glance
from documents.intake import inspect
from documents.models import Document, PendingUpload

_State = PendingUpload.State


def judge(upload: PendingUpload, *, guess: bool = True) -> None:
    """Lets the scanner and intake look at an upload that has arrived; accepted, it gets its guesses (``guess``).

    Repeating is harmless. A refused file's bytes are removed at once. Where the scanner doesn't answer nothing
    else reads the file here, and processing will hold it.
    """
    if upload.state != _State.ARRIVING or received(upload) < upload.length:
        return
    path = path_of(upload)
    try:
        with path.open("rb") as file:
            scanned = _scanned(File(file))
            inspected = inspect(File(file), upload.name)
    except DocumentError as err:
        upload.state, upload.refusal = _State.REFUSED, str(err)
        path.unlink(missing_ok=True)
    else:
        title, language = glance(path, inspected.mime) if guess and scanned else ("", "")
        upload.state, upload.sha256 = _State.ACCEPTED, inspected.sha256
        upload.guessed_title = guessing.title_inside(title, upload.name)
        upload.guessed_language = language or guessing.language_in(upload.name)
    upload.touched_at = timezone.now()
    upload.save()


def file_upload(upload: PendingUpload, *, title: str, language: str) -> Document:
    """Files an accepted upload as a document of its uploader, and forgets it. Errors as for ``add_document``."""
    try:
        with path_of(upload).open("rb") as file:
            document = actions.add_document(
                File(file), title=title, user=upload.user, language=language, original_name=upload.name
            )
    except FileNotFoundError as err:
        raise IntakeError(gettext("This upload is too old. Upload the file again.")) from err
    forget(upload)
    return document


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


def _scanned(file: File[bytes]) -> bool:
    """Whether the scanner let the file pass; False where it doesn't answer. Raises the other ScanErrors."""
    try:
        scanning.require_clean(file)
    except scanning.ScannerDownError:
        return False
    return True
