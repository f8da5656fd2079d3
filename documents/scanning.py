"""The virus scanner's word on a file. Without ``CLAMD_URL`` nobody is asked.

No text, image or clean copy is made of a file before the scanner said clean. On the screen "Add files" nothing reads
it before. On every other way in (chooser, new version, direct upload, import) intake's own checks of the content run
first, in a child behind walls, and the worker asks the scanner afterwards. Pictures are scanned by their form.

Fail closed: a scanner that is configured and doesn't answer holds files back, it lets none through. The
protocol is four lines long, and own: ``clamd`` and ``pyclamd`` had their last release in 2014, ``clamav-client``
is under the GPL, and ``aioclamd`` speaks to no Unix socket.
"""

from __future__ import annotations

import logging
import select
import socket
import struct
import time
from datetime import timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from documents.exceptions import DocumentError
from documents.fetching import fetched
from documents.models import Document
from documents.scratch import scratch
from documents.signals import documents_withdrawn
from documents.storage import STORAGE_FAULTS

logger = logging.getLogger(__name__)

CHUNK = 256 * 1024
CONNECT_SECONDS = 5
ANSWER_SECONDS = 180
"""How long the scanner may think about one file."""
PAUSE = timedelta(seconds=20)
"""Until the next try where the scanner didn't answer."""
SWEEP_SECONDS = 30.0
"""How long one run of the sweep works; the rest waits for the next."""
_LIMITS = "Heuristics.Limits.Exceeded"
"""How clamd (``AlertExceedsMax yes``) names a file that it did not look at to its end."""


class ScanError(DocumentError):
    """A file did not pass the scanner. ``sentence`` is English and a msgid; ``str()`` is its translation."""

    code = "scan"
    sentence = ""

    def __str__(self) -> str:
        return gettext(self.sentence)


class InfectedError(ScanError):
    """The scanner knows what is in the file."""

    code = "infected"
    sentence = gettext_noop(
        "The virus scanner found malware in this file. It is locked away: nobody can open or publish it. "
        "Ask whoever sent it for a clean copy, and tell your administrator."
    )


class NotScannableError(ScanError):
    """The file is larger, or packed deeper, than the scanner looks."""

    code = "not_scannable"
    sentence = gettext_noop(
        "The virus scanner does not look at files of this size or depth, so that this one can't be published. "
        "Split it, or ask your administrator to raise the scanner's limits."
    )


class ScannerDownError(ScanError):
    """Nothing is known yet: the scanner can't be reached, or gave no answer."""

    code = "scanner_down"
    sentence = gettext_noop("The virus scanner doesn't answer. The file is held until it does; nothing is lost.")


def is_on() -> bool:
    """Whether a scanner is configured: then nothing may be published that it didn't find clean."""
    return bool(settings.CLAMD_URL)


def require_clean(file: IO[bytes]) -> None:
    """Has the scanner look at all of ``file``; returns where it is clean or where no scanner is configured.

    Raises InfectedError, NotScannableError or ScannerDownError.
    """
    if not is_on():
        return
    file.seek(0)
    try:
        with _connected() as connection:
            _stream(file, connection)
            answer = _answer(connection)
    except OSError as err:
        raise ScannerDownError from err
    _judge(answer)


def require_clean_document(document: Document, source: Path) -> None:
    """As ``require_clean`` for the local copy of a document's file; the verdict is written to its row."""
    if not is_on():
        return
    rows = Document.objects.filter(pk=document.pk)
    try:
        with source.open("rb") as file:
            require_clean(file)
    except InfectedError:
        with transaction.atomic():
            rows.scanned(Document.Scan.INFECTED)
            # Out of the index too: a hit would quote what nobody can read any more.
            documents_withdrawn.send(sender=Document, document_ids=[document.pk])
        raise
    except NotScannableError:
        rows.scanned(Document.Scan.PARTIAL)
        raise
    rows.scanned(Document.Scan.CLEAN)


def scan_older() -> int:
    """Has files scanned that were ready before there was a scanner; returns how many. A job of the worker.

    A file whose scan can't be had (the scanner or the storage is down) waits for the next run, and can't be published.
    """
    if not is_on():
        return 0
    end, done = time.monotonic() + SWEEP_SECONDS, 0
    for document in Document.objects.ready().filter(scan=Document.Scan.NONE).order_by("-pk"):
        if time.monotonic() > end:
            break
        try:
            with scratch() as folder:
                require_clean_document(document, fetched(document.file, document.sha256, folder))
        except ScannerDownError:
            break
        except STORAGE_FAULTS:
            continue
        except (InfectedError, NotScannableError):
            pass  # written to the row, which is all that has to happen
        done += 1
    return done


def answers() -> bool:
    """Whether the scanner is there."""
    try:
        with _connected() as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def _connected() -> socket.socket:
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_SECONDS)
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
    else:
        connection = socket.create_connection((parts.hostname or "", parts.port or 3310), CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _stream(file: IO[bytes], connection: socket.socket) -> None:
    """Sends ``file`` in chunks, each behind its length; stops where the scanner answers before the end (too large)."""
    connection.sendall(b"zINSTREAM\0")
    for chunk in iter(lambda: file.read(CHUNK), b""):
        if select.select([connection], [], [], 0)[0]:
            return
        try:
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        except (BrokenPipeError, ConnectionResetError):
            return  # it hung up; what it said before is read next
    connection.sendall(struct.pack("!L", 0))


def _answer(connection: socket.socket) -> str:
    """What the scanner says, up to the zero byte at the end or until it hangs up."""
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (part := connection.recv(4096)):
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _judge(answer: str) -> None:
    """Only the one answer that says so means clean."""
    if answer == "stream: OK":
        return
    if answer.startswith("INSTREAM size limit exceeded") or _LIMITS in answer:
        raise NotScannableError
    if answer.endswith(" FOUND"):
        signature = answer.removeprefix("stream: ").removesuffix(" FOUND")
        logger.error("Malware found", extra={"event": "document_infected", "signature": signature})
        raise InfectedError
    logger.error("The scanner failed", extra={"event": "scanner_failed"})
    raise ScannerDownError
