"""The leak gate on the database side: verdicts as rows, and the override that only Legal can give."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from wagtail.log_actions import log
from wagtail.models import Page

from access.models import User
from access.roles import ADMINISTRATORS, LEGAL
from documents import wording
from documents.exceptions import OverrideRefused
from documents.extraction.errors import ExtractionError, TooLongError, TooMuchMemoryError
from documents.extraction.inspection import GATE, Finding, as_json
from documents.extraction.jobs import Inspection, inspect
from documents.extraction.limits import Limits
from documents.fetching import fetched
from documents.models import Document, DocumentCheck, DocumentRelease, DocumentUse
from documents.models.querysets import DocumentQuerySet
from documents.notices import tell_legal_of_findings
from documents.releases import replaced_and_withdrawn
from documents.scratch import scratch
from documents.storage import STORAGE_FAULTS

logger = logging.getLogger(__name__)
State = DocumentCheck.State
AT_ONCE = 100
"""Pages up to which a file is checked again while its editor waits; larger ones are left to the worker."""
BETWEEN_MAILS = timedelta(hours=1)
WHILE_WAITING = Limits(cpu_seconds=40, wall_seconds=40)
"""For those: what takes longer is left to the worker too; servers in front give up after 60. Office files have no pages
that say how long they are."""
TOO_MUCH = (TooLongError.sentence, TooMuchMemoryError.sentence)
"""Why a check broke off that says nothing of the file: no leak is found by it."""
SWEEP_SECONDS = 30.0
"""How long one run of the sweep works; the rest waits for the next."""
MISSING = gettext_noop(
    "The public copy is missing from the storage or was changed there. Add the file as a new version."
)


def may_judge(user: Any) -> bool:
    """Whether ``user`` oversees safety: Legal and administrators may override a check and fetch an original."""
    if not user.is_active:
        return False
    return bool(user.is_superuser or user.groups.filter(name__in=(LEGAL, ADMINISTRATORS)).exists())


@transaction.atomic
def record(document: Document, inspection: Inspection, *, keep_removed: bool = False) -> None:
    """Writes the verdicts of an inspection instead of earlier ones.

    An override stays where the finding is the same, place for place; a new place is a new question.
    ``keep_removed`` keeps what was noted about an original that could not be looked at again.
    """
    found = {finding.code: finding for finding in inspection.remaining}
    gone = {finding.code: finding for finding in inspection.removed if finding.code not in found}
    stale = document.checks.exclude(name__in=[wording.INSPECTED, *found, *gone])
    if keep_removed:
        stale = stale.exclude(state=State.OK)
    stale.filter(name__in=wording.FINDINGS).delete()
    _looked(document)
    for code, finding in found.items():
        _write(document, code, State(finding.verdict), _places(finding))
    for code, finding in gone.items():
        _write(document, code, State.OK, _places(finding))


def _places(finding: Finding) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = as_json([finding])[0]["places"]
    return places


def _looked(document: Document, trouble: str = "", gate: int = GATE) -> None:
    """Notes that this ``gate`` looked at the file; ``trouble`` is the sentence (msgid) of why it could not: that blocks."""
    state = State.BLOCKED if trouble else State.OK
    values = {"state": state, "detail": trouble, "gate": gate, "override_by": None, "override_reason": ""}
    if not trouble:  # what comes after is to be told anew
        values |= {"logged_at": None, "told_at": None}
    DocumentCheck.objects.update_or_create(document=document, name=wording.INSPECTED, defaults=values)


def _write(document: Document, name: str, state: str, places: list[dict[str, Any]]) -> None:
    check = document.checks.select_for_update().filter(name=name).first()
    if check is None:
        DocumentCheck.objects.create(document=document, name=name, state=state, places=places)
    elif check.state != state or check.places != places:
        check.state, check.places, check.detail = state, places, ""
        check.override_by, check.override_reason = None, ""
        check.logged_at = check.told_at = None
        check.save()


def check_again(document: Document, limits: Limits | None = None) -> None:
    """Inspects the public copy of a ready document anew; bytes and hash stay. Without ``limits`` as when it was filed.

    Raises ExtractionError, FileNotFoundError or one of ``STORAGE_FAULTS``; the old verdicts stay then.
    """
    with scratch() as folder:
        public = fetched(document.file, document.sha256, folder)
        found = inspect(None, public, document.mime, hosts=settings.INTERNAL_HOSTS, limits=limits)
    record(document, found, keep_removed=True)


def outdated(documents: DocumentQuerySet) -> DocumentQuerySet:
    """Those of ``documents`` that are ready and that this version of the gate has not looked at."""
    looked = DocumentCheck.objects.filter(name=wording.INSPECTED, gate__gte=GATE)
    return documents.ready().exclude(pk__in=looked.values("document"))


def check_older() -> int:
    """Checks files again that an older version of the gate let pass; returns how many. A job of the worker.

    First those that a page under review or an embargo waits for, whose time may come, then the newest. A file that can't
    be read any more, or is gone, is blocked, with the reason; when the storage is down all wait for the next run.
    """
    end, done = time.monotonic() + SWEEP_SECONDS, 0
    waited_for = Document.objects.under_review().filter(pk=OuterRef("pk"))
    for document in outdated(Document.objects.all()).order_by(Exists(waited_for).desc(), "-pk"):
        if time.monotonic() > end:
            break
        try:
            check_again(document)
        except ExtractionError as error:
            _looked(document, error.sentence)
        except FileNotFoundError:
            _looked(document, MISSING, gate=0)  # asked for again in a minute: it may come back
        except STORAGE_FAULTS:
            logger.warning("Storage failed", extra={"event": "document_check_failed", "document_id": document.pk})
            break
        done += 1
    return done


def found_afterwards() -> DocumentQuerySet:
    """Files that a check blocks though readers have them: the gate learned more since their approval.

    Those on pages for a closed circle, and older versions, count as well; those that an embargo of their own keeps from
    readers, and those that are too much for a check, don't.
    """
    live = Page.objects.filter(live=True).values("live_revision")
    named = DocumentUse.objects.filter(document__series=OuterRef("series"), revision__in=live)
    released = DocumentRelease.objects.active().filter(document=OuterRef("pk"))
    found = DocumentCheck.objects.blocking().exclude(name=wording.INSPECTED, detail__in=TOO_MUCH)
    blocked = found.values("document")
    open_now = Q(embargo=None) | Q(embargo__lte=timezone.now())
    return cast(DocumentQuerySet, Document.objects.filter(open_now, Exists(released), Exists(named), pk__in=blocked))


def tell_findings() -> int:
    """Tells the log at once, and Legal by mail, of checks that block public files; returns how many are new.

    At most one mail an hour, for all of which none told yet. A job of the worker that asks the database only: whoever
    found it, and whatever ended that work, no finding is lost.
    """
    now = timezone.now()
    found = DocumentCheck.objects.blocking().filter(document__in=found_afterwards().values("pk"))
    new = dict(found.filter(logged_at=None).values_list("pk", "document"))
    if new:
        extra = {"event": "public_file_blocked", "document_ids": sorted(set(new.values()))}
        logger.error("A check finds something in public files", extra=extra)
        DocumentCheck.objects.filter(pk__in=new).update(logged_at=now)
    untold = list(found.filter(told_at=None).values_list("pk", flat=True))
    if untold and not DocumentCheck.objects.filter(told_at__gt=now - BETWEEN_MAILS).exists():
        with transaction.atomic():
            DocumentCheck.objects.filter(pk__in=untold).update(told_at=now)
            tell_legal_of_findings()
    return len(new)


@transaction.atomic
def override(check: DocumentCheck, user: User, reason: str, *, seen: str | None = None) -> None:
    """Lets a file pass in spite of a blocked check, with a reason that stays. Raises OverrideRefused with a sentence.

    ``seen`` is the ``stamp`` of what its user was shown: where the check found something else by now, nobody decided
    about that.
    """
    reason = reason.strip()
    Document.objects.filter(pk=check.document_id).lock()  # a withdrawal holds the file before its checks, too
    locked = DocumentCheck.objects.select_for_update(of=("self",)).select_related("document").get(pk=check.pk)
    if not may_judge(user):
        raise OverrideRefused(gettext("Only Legal review may let a file pass in spite of a check."))
    if locked.document.uploaded_by_user_id == user.pk:
        raise OverrideRefused(gettext("You uploaded this file: someone else has to decide about its checks."))
    if not reason:
        raise OverrideRefused(gettext("Say why: the reason is kept in the record of the approval."))
    if locked.name == wording.WITHDRAWN and replaced_and_withdrawn().filter(pk=locked.document_id).exists():
        raise OverrideRefused(gettext("A newer version replaced this one when it was withdrawn: it stays withdrawn."))
    if locked.state != State.BLOCKED or locked.override_reason:
        raise OverrideRefused(gettext("This check blocks nothing any more."))
    if seen is not None and seen != locked.stamp:
        raise OverrideRefused(gettext("The check says something else by now. Look at it again before you let it pass."))
    locked.override_by, locked.override_reason = user, reason
    locked.save(update_fields=["override_by", "override_reason"])
    log(
        instance=locked.document,
        action="dossier.check.override",
        user=user,
        data={"check": locked.name, "reason": reason},
    )


def overridden(document_ids: Iterable[int]) -> list[str]:
    """The overrides that hold for these documents, one line each, for the record of an approval."""
    checks = (
        DocumentCheck.objects.filter(document__in=list(document_ids), state=State.BLOCKED)
        .exclude(override_reason="")
        .select_related("document", "override_by")
        .order_by("document", "name")
    )
    return [
        f"{check.document.series} v{check.document.number}: {check.name}: {check.override_reason} ({check.override_by or '–'})"
        for check in checks
    ]
