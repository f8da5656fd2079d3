"""Embargo and expiry: what is due goes live or ends, by the worker's own clock.

The same as Wagtail's ``publish_scheduled``, one page at a time: there, one page that can't be
published keeps all later ones from it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from documents.locks import hold_pages
from workflows import approvals
from workflows.exceptions import NotApproved
from workflows.files import in_hand, lasting_obstacles, named_files
from workflows.notices import tell_of_delay, tell_of_refusal

EVERY = timedelta(seconds=15)
LATE = timedelta(seconds=60)
"""A go-live later than this after its time raises an alarm in the log."""

logger = logging.getLogger(__name__)


def run_due() -> int:
    """Publishes the revisions whose embargo is over and takes expired pages down; returns how many changed.

    Safe to run in several workers at once.
    """
    now = timezone.now()
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at", "pk")
    expired = Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at", "pk")
    changed = sum(_alone(_publish, pk, now) for pk in list(due.values_list("pk", flat=True)))
    return changed + sum(_alone(_expire, pk, now) for pk in list(expired.values_list("pk", flat=True)))


def _alone(change: Callable[[int, datetime], int], pk: int, now: datetime) -> int:
    """What ``change`` returns for one revision or page; 0 where it fails: the next round tries it again."""
    try:
        return change(pk, now)
    except Exception:  # the border of one of them: no other embargo or expiry may wait for it
        logger.exception(
            "A schedule was not kept", extra={"event": "schedule_failed", "job": change.__name__, "pk": pk}
        )
        return 0


def _publish(revision_id: int, now: datetime) -> int:
    """Publishes one revision, if it is still due and still approved: 1, else 0. It waits for files that the worker still
    has in hand."""
    try:
        with transaction.atomic():
            revision = _claim(revision_id, now)
            if revision is None:
                return 0
            planned = revision.approved_go_live_at
            files = _assert_still_approved(revision)
            if in_hand(files):
                _let_wait(revision, timezone.now() - planned)
                return 0
            revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)
    except (NotApproved, ValidationError):  # another page may have its number by now
        _refuse(revision_id)
        return 0
    extra = {"page_id": int(revision.object_id), "revision_id": revision.pk}
    if (delay := timezone.now() - planned) > LATE:
        logger.error("Went live late", extra={"event": "embargo_late", "seconds": int(delay.total_seconds()), **extra})
    else:
        logger.info("Went live", extra={"event": "embargo_over", **extra})
    return 1


def _claim(revision_id: int, now: datetime) -> Revision | None:
    """The revision, its page locked, if it is still due: another worker or a withdrawal may have been quicker."""
    rows = Revision.objects.filter(pk=revision_id)
    page_ids = [int(object_id) for object_id in rows.values_list("object_id", flat=True)]
    if not hold_pages(Page.objects.filter(pk__in=page_ids), skip_locked=True):
        return None
    return rows.filter(approved_go_live_at__lte=now).first()


def _assert_still_approved(revision: Revision) -> dict[str, str]:
    """The files of ``revision``. Raises NotApproved."""
    page = revision.as_object()
    approvals.assert_approved(page, revision.pk, page)
    files = named_files(revision)
    if lasting_obstacles(files, page.pk):
        raise NotApproved
    return files


def _let_wait(revision: Revision, delay: timedelta) -> None:
    """Says once that a revision is late: to the log, to the page's history and to those who count on it."""
    told = PageLogEntry.objects.filter(revision=revision, action="dossier.schedule.waits")
    if delay <= LATE or told.exists():
        return
    log(instance=revision.content_object, action="dossier.schedule.waits", revision=revision)
    logger.error(
        "A scheduled revision waits: its files are still being checked",
        extra={"event": "embargo_waits", "page_id": int(revision.object_id), "revision_id": revision.pk},
    )
    tell_of_delay(revision)


@transaction.atomic
def _refuse(revision_id: int) -> None:
    """Takes a revision that may not go live off the schedule, so that its page can be worked on again; says so to those
    who count on it."""
    revision = Revision.objects.get(pk=revision_id)
    Revision.objects.filter(pk=revision_id).update(approved_go_live_at=None)
    log(instance=revision.content_object, action="dossier.schedule.refused", revision=revision)
    logger.error(
        "A scheduled revision was not published",
        extra={"event": "embargo_refused", "page_id": int(revision.object_id), "revision_id": revision_id},
    )
    tell_of_refusal(revision)


@transaction.atomic
def _expire(page_id: int, now: datetime) -> int:
    due = Page.objects.filter(pk=page_id, live=True, expire_at__lte=now)
    page = due.first() if hold_pages(due, skip_locked=True) else None
    if page is None:
        return 0
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    logger.info("Expired", extra={"event": "expired", "page_id": page_id})
    return 1
