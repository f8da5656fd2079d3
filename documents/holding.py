"""Who works on a document: a hold that runs out unless its worker renews it.

As with the claims of the search outbox, nobody has to find out which workers live. A hold that ran out
while its worker lived after all (a machine that slept) costs work that is done twice, nothing else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from documents.models import Document

logger = logging.getLogger(__name__)

HELD_FOR = timedelta(seconds=30)
"""A worker that renewed nothing for so long is dead, and others take its document."""
RENEW_EVERY = 10.0
"""Seconds between renewals."""
LOST_AFTER = timedelta(minutes=5)
"""A document that waits for longer without a task in the queue lost its task."""


def claim(document_id: int) -> bool:
    """Takes the document for this worker. False where it is ready, gone, or in another worker's hands."""
    now = timezone.now()
    free = Q(state__in=(Document.State.WAITING, Document.State.FAILED)) | Q(
        pk__in=Document.objects.unfinished(now, LOST_AFTER).values("pk")
    )
    return bool(Document.objects.filter(free, pk=document_id).start(now + HELD_FOR))


@contextmanager
def held(document_id: int) -> Iterator[None]:
    """Renews this worker's hold on a document while the block runs."""
    with renewing(lambda: Document.objects.filter(pk=document_id).hold(timezone.now() + HELD_FOR), RENEW_EVERY):
        yield


@contextmanager
def renewing(renew: Callable[[], object], every: float) -> Iterator[None]:
    """Calls ``renew`` after each ``every`` seconds while the block runs, in a thread of its own."""
    if connection.in_atomic_block:
        # Nobody else sees the claim before the commit, and the thread would wait for the row that we hold.
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(renew, every, done), name="hold", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(renew: Callable[[], object], every: float, done: threading.Event) -> None:
    try:
        while not done.wait(every):
            try:
                renew()
            except DatabaseError:
                logger.warning("No renewal", extra={"event": "hold_not_renewed"})
                connection.close()
    finally:
        connection.close()
