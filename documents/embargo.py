"""An embargo of a file's own: until its time the public knows nothing of the file, whatever page names it.

It holds for one version of a file and on every page; rule 1 of ``documents.access`` asks it. Hiding more is quickly
done, opening earlier is not: once a page with the file was submitted for review, its time was approved with it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import TaskState

from access.editorial import may_withdraw
from access.models import User
from documents.exceptions import EmbargoRefused
from documents.models import Document, DocumentRelease, DocumentUse
from documents.permissions import document_policy
from documents.safety import may_judge
from documents.signals import embargo_changed

EVERY = timedelta(seconds=15)
LATE = timedelta(seconds=60)
"""An end that is noticed later than this raises an alarm in the log: the search doesn't find the file before."""
FARTHEST = timedelta(days=50 * 366)
"""How far ahead an embargo may end; the calendar's last days overflow in other time zones."""

logger = logging.getLogger(__name__)


def was_submitted(document: Document) -> bool:
    """Whether somebody was ever asked to approve a page with the file, or it was released without being asked.

    While a version is held back, the answer is that of the whole series: the next version is no way out.
    """
    versions = Document.objects.in_series(document.series)
    if not versions.filter(embargo__gt=timezone.now()).exists():
        versions = versions.filter(pk=document.pk)
    reviewed = Exists(TaskState.objects.filter(revision=OuterRef("revision")))
    asked = Q(reviewed) | Q(revision__approved_go_live_at__isnull=False)
    ids = list(versions.values_list("pk", flat=True))
    return (
        DocumentUse.objects.filter(asked, document__in=ids).exists()
        or DocumentRelease.objects.filter(document__in=ids).exists()
    )


def stamp(document: Document) -> str:
    """The embargo as a form remembers it, to the microsecond: what its user saw before they changed it."""
    return document.held_until.isoformat() if document.held_until else ""


def moment(time: datetime) -> str:
    """A time as sentences name it: short, in the language and the time zone of who reads it."""
    return date_format(timezone.localtime(time), "SHORT_DATETIME_FORMAT")


def is_too_far(until: datetime) -> bool:
    """Whether no embargo may end that late."""
    return until > timezone.now() + FARTHEST


@transaction.atomic
def change(
    document: Document, until: datetime | None, user: User | None, reason: str = "", *, seen: str | None = None
) -> None:
    """Holds ``document`` back ``until`` then, or with None no longer; logged. Without a user the system acts.

    ``seen`` is the ``stamp`` that the asker saw: where the embargo is another by now, nothing changes. Raises
    EmbargoRefused with a sentence. Until a page with the file is submitted, whoever may change the file decides.
    After that editors, legal reviewers and administrators may hide it, now or for longer; only legal reviewers and
    administrators open it earlier, and not their own uploads. Both say why.
    """
    locked = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    now, before = timezone.now(), locked.held_until
    if seen is not None and seen != stamp(locked):
        raise EmbargoRefused(
            gettext("Somebody else changed the embargo meanwhile. Look at it again: %(now)s.")
            % {"now": _in_words(before)}
        )
    if until == before:
        raise EmbargoRefused(gettext("This changes nothing: choose another time."))
    if until is not None and until <= now:
        raise EmbargoRefused(gettext("This time is over. Leave it empty to end the embargo now."))
    if until is not None and is_too_far(until):
        raise EmbargoRefused(gettext("This is too far ahead: an embargo ends within 50 years."))
    if user is not None and (refusal := _refusal(locked, until, user, reason)):
        raise EmbargoRefused(refusal)
    # An ended embargo stays as a time that is over: so it is known whether there was a day when everybody could read.
    Document.objects.filter(pk=locked.pk).hold_back(until or now, was_public=locked.was_public)
    data = {"until": until.isoformat() if until else "", "before": before.isoformat() if before else ""}
    log(instance=locked, action="dossier.document.embargo", user=user, data={**data, "reason": reason.strip()})
    embargo_changed.send(sender=Document, document_ids=[locked.pk])


def _in_words(until: datetime | None) -> str:
    if until is None:
        return gettext("None of its own")
    return gettext("Not public before %(time)s") % {"time": moment(until)}


def _refusal(document: Document, until: datetime | None, user: User, reason: str) -> str:
    """Why ``user`` may not, as a sentence; empty where they may."""
    if not was_submitted(document):
        if document_policy.user_has_permission_for_instance(user, "change", document):
            return ""
        return gettext("You may not change this file.")
    before = document.held_until
    if before is None or (until is not None and until > before):
        if not may_withdraw(user):
            return gettext("This file was submitted for review: only editors and legal reviewers may hold it back.")
    elif not may_judge(user):
        return gettext("Only Legal review may open a file earlier than it was approved.")
    elif document.uploaded_by_user_id == user.pk:
        return gettext("You uploaded this file: someone else has to open it earlier.")
    return "" if reason.strip() else gettext("Say why: the reason is kept in the log.")


def end_due() -> int:
    """Tells the search of the files whose embargo is over; returns how many. Safe to run in several workers at once.

    Readers get a file at its time, whether this ran or not.
    """
    now = timezone.now()
    due = Document.objects.filter(embargo__lte=now, opened_at=None).order_by("embargo", "pk")
    return sum(_end_quietly(pk, now) for pk in list(due.values_list("pk", flat=True)))


def _end_quietly(document_id: int, now: datetime) -> int:
    try:
        return _end(document_id, now)
    except Exception:  # boundary to whoever listens: one file that fails must not hold up the others
        extra = {"event": "file_embargo_failed", "document_id": document_id}
        logger.exception("The end of a file's embargo could not be told to the search", extra=extra)
        return 0


@transaction.atomic
def _end(document_id: int, now: datetime) -> int:
    document = Document.objects.filter(pk=document_id)
    if not document.open(now):
        return 0
    embargo_changed.send(sender=Document, document_ids=[document_id])
    planned = document.values_list("embargo", flat=True).get()
    if planned is not None and (delay := now - planned) > LATE:
        extra = {"event": "file_embargo_late", "document_id": document_id, "seconds": int(delay.total_seconds())}
        logger.error("The end of a file's embargo was noticed late", extra=extra)
    else:
        logger.info("The embargo of a file is over", extra={"event": "file_embargo_over", "document_id": document_id})
    return 1
