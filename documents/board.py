"""How far documents have come: what the board "Processing" and a document's own page say about it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import cast

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django_tasks_db.models import DBTaskResult

from access.models import User
from access.visitor import Visitor
from documents import scanning
from documents.access import readable_by
from documents.models import Document, DocumentPageText, DocumentQuerySet, DocumentRecognition
from documents.permissions import document_policy
from documents.tasks import process_document

REMEMBERED = 50
"""Documents whose pace is looked at, the latest ones."""
LEAST = 10.0
"""Seconds that are left at least where a worker has taken longer than usual."""

_State = Document.State
_Recognition = DocumentRecognition.State
_OPEN = (_Recognition.WAITING, _Recognition.RUNNING, _Recognition.FAILED, _Recognition.UNAVAILABLE)
_IN_HAND = (_Recognition.WAITING, _Recognition.RUNNING)


@dataclass(frozen=True)
class Status:
    """Where one document stands. ``line`` says it in a few words, ``reason`` why it failed, ``left`` how long yet.

    ``left`` is "" where nothing is going on or nothing is known; ``can_retry`` does not ask who wants to.
    """

    document: Document
    line: str
    reason: str = ""
    left: str = ""
    can_retry: bool = False


class Pace:
    """How fast documents went lately, and what is in the queue now; each asked once."""

    @cached_property
    def seconds_a_document(self) -> float | None:
        """The median of the last documents; None without any."""
        done = Document.objects.ready().filter(started_at__isnull=False, processed_at__isnull=False)
        times = done.order_by("-processed_at").values_list("started_at", "processed_at")[:REMEMBERED]
        return statistics.median((end - start).total_seconds() for start, end in times) if times else None

    @cached_property
    def seconds_a_page(self) -> float | None:
        """Of recognition, over the last documents; None without any."""
        last = DocumentRecognition.objects.filter(pages_read__gt=0).order_by("-touched_at").values("pk")[:REMEMBERED]
        sums = DocumentRecognition.objects.filter(pk__in=list(last.values_list("pk", flat=True))).aggregate(
            seconds=Sum("seconds"), pages=Sum("pages_read")
        )
        return sums["seconds"] / sums["pages"] if sums["pages"] else None

    @cached_property
    def places(self) -> dict[int, int]:
        """Document -> its place in the queue, from 1."""
        tasks = DBTaskResult.objects.filter(task_path=process_document.module_path, status="READY")
        stored = tasks.order_by("-priority", "enqueued_at").values_list("args_kwargs", flat=True)
        queue = [values["args"][0] for values in stored if values.get("args")]
        return {document_id: place for place, document_id in reversed(list(enumerate(queue, 1)))}

    @cached_property
    def pages_left(self) -> dict[int, int]:
        """Document -> its pages that wait for recognition."""
        without = Count("document__page_texts", filter=Q(document__page_texts__source=DocumentPageText.Source.NONE))
        rows = DocumentRecognition.objects.filter(state__in=_IN_HAND).annotate(left=without)
        return dict(rows.values_list("document", "left"))

    def of_processing(self, document: Document) -> float | None:
        """Seconds until ``document`` is ready."""
        pace = self.seconds_a_document
        if pace is None:
            return None
        if document.state == _State.RUNNING and document.started_at:
            return max(pace - (timezone.now() - document.started_at).total_seconds(), LEAST)
        return pace * self.places.get(document.pk, len(self.places) + 1)

    def of_recognition(self, document: Document) -> float | None:
        """Seconds until all pages of ``document`` are recognised. Documents take turns, so shorter ones are done before."""
        own = self.pages_left.get(document.pk, 0)
        if self.seconds_a_page is None:
            return None
        return self.seconds_a_page * sum(min(own, others) for others in self.pages_left.values())


def about(seconds: float | None) -> str:
    """``seconds`` as one says it; "" for None."""
    if seconds is None:
        return ""
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    if minutes < 1:
        return gettext("less than a minute left")
    if minutes < 90:
        return ngettext("about %(minutes)d minute left", "about %(minutes)d minutes left", minutes) % {
            "minutes": minutes
        }
    hours = round(minutes / 60)
    return ngettext("about %(hours)d hour left", "about %(hours)d hours left", hours) % {"hours": hours}


def status_of(document: Document) -> Status:
    """The status of one document, recognition included."""
    return _status(document, DocumentRecognition.objects.filter(document=document).first(), Pace())


def _status(document: Document, record: DocumentRecognition | None, pace: Pace) -> Status:
    if document.state == _State.FAILED:
        reason = gettext(document.failure) if document.failure else ""
        return Status(document, document.get_state_display(), reason, can_retry=True)
    if not document.is_ready:
        if document.failure:  # something outside keeps it waiting, for nobody knows how long
            return Status(document, document.get_state_display(), gettext(document.failure))
        return Status(document, document.get_state_display(), left=about(pace.of_processing(document)))
    if scanning.is_on() and document.scan == Document.Scan.PARTIAL:
        reason = gettext(scanning.NotScannableError.sentence)
        return Status(document, document.get_scan_display(), reason, can_retry=True)
    return _recognition_status(document, record, pace)


def _recognition_status(document: Document, record: DocumentRecognition | None, pace: Pace) -> Status:
    ready = document.get_state_display()
    if record is None or record.state == _Recognition.NOT_NEEDED:
        return Status(document, ready)
    reason = gettext(record.reason) if record.reason else ""
    if record.state in _IN_HAND:
        left = pace.pages_left.get(document.pk, 0)
        line = ngettext(
            "Ready; text of %(pages)d scanned page is still being recognised",
            "Ready; text of %(pages)d scanned pages is still being recognised",
            left,
        ) % {"pages": left}
        return Status(document, line, left=about(pace.of_recognition(document)))
    if record.state == _Recognition.DONE and not reason:
        return Status(document, gettext("Ready; text of scanned pages was recognised"))
    return Status(document, gettext("Ready; text of scanned pages is missing"), reason, can_retry=True)


def unfinished(visitor: Visitor) -> DocumentQuerySet:
    """The documents that ``visitor`` may read and that are not done, in whole or in part; the newest first."""
    open_ = Q(recognition__state__in=_OPEN) | Q(recognition__state=_Recognition.DONE) & ~Q(recognition__reason="")
    if scanning.is_on():
        open_ |= Q(scan=Document.Scan.PARTIAL)
    rows = readable_by(visitor).filter(~Q(state=_State.READY) | open_)
    return cast(DocumentQuerySet, rows.order_by("-created_at", "-pk"))


def statuses(documents: Iterable[Document], user: User) -> Sequence[tuple[Status, bool]]:
    """The status of each document, and whether ``user`` may try it again. One query each, however many they are."""
    documents = list(documents)
    pace = Pace()
    ids = [document.pk for document in documents]
    changeable = document_policy.instances_user_has_any_permission_for(user, ["change"])
    mine = set(changeable.filter(pk__in=ids).values_list("pk", flat=True))
    records = {record.document_id: record for record in DocumentRecognition.objects.filter(document__in=ids)}
    found = [_status(document, records.get(document.pk), pace) for document in documents]
    return [(status, status.can_retry and status.document.pk in mine) for status in found]
