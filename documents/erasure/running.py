"""Carrying an erasure out: step by step, resumed where a worker was killed, and again after a restore."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from wagtail.log_actions import log

from documents.erasure import blobs, ledger, targets
from documents.erasure.rows import NamedAgain
from documents.erasure.steps import steps
from documents.erasure.sweep import sweep
from documents.exceptions import ClaimLostError
from documents.holding import renewing
from documents.models import Erasure
from documents.models.erasures import LEASE
from documents.storage import STORAGE_FAULTS
from search.exceptions import SearchError

logger = logging.getLogger(__name__)

State = Erasure.State
RENEW_EVERY = LEASE.total_seconds() / 10
"""Seconds between renewals of the hold on an erasure: a step may last for longer than the lease."""
BYTES_LEFT = "storage"
"""What ``Erasure.left`` counts stored files under."""
TROUBLES = {
    "storage": gettext_noop("The storage doesn't answer, or refuses to remove a kept version."),
    "search": gettext_noop("The search index doesn't answer."),
    "database": gettext_noop("The database is in use; its files could not be written anew yet."),
    "error": gettext_noop("Something failed; the log of the worker says what."),
    "named": gettext_noop("A page that names the file was saved meanwhile; it is cleaned once more."),
}


def survey(erasure_id: str) -> None:
    """Counts what stands where, before anybody confirms."""
    erasure = Erasure.objects.filter(pk=erasure_id, state=State.ASKED).first()
    if erasure is None:
        return
    found = dict(sweep(targets.matcher_for(erasure), rewrite=False))
    # It takes a while: what was cancelled or confirmed meanwhile stays as it was decided.
    Erasure.objects.filter(pk=erasure_id, state=State.ASKED).update(found=found, surveyed_at=timezone.now())


def run(erasure_id: str) -> bool:
    """Carries on one confirmed erasure; True where it is done now. Repeating it is harmless.

    What can't be done yet (storage, index or database in the way) is noted, and comes again with the next try.
    """
    claim = uuid.uuid4()
    if not Erasure.objects.filter(pk=erasure_id).claim(claim):
        return Erasure.objects.filter(pk=erasure_id, state=State.DONE).exists()
    erasure = Erasure.objects.get(pk=erasure_id)
    erasure.claim = claim
    trouble = ""
    try:
        with renewing(lambda: Erasure.objects.filter(pk=erasure_id).hold(claim), RENEW_EVERY):
            _carry_on(erasure)
    except ClaimLostError:
        trouble = "taken"  # for the log; release() leaves the row to who has it now
    except NamedAgain:
        trouble = "named"
    except STORAGE_FAULTS:
        trouble = "storage"
    except SearchError:
        trouble = "search"
    except DatabaseError:
        trouble = "database"
    except Exception:
        trouble = "error"
        raise
    finally:
        erasure.release(trouble)
    if trouble:
        logger.warning(
            "An erasure waits", extra={"event": "erasure_waits", "erasure": str(erasure.pk), "reason": trouble}
        )
    return not trouble


def _carry_on(erasure: Erasure) -> None:
    """Runs the steps that are to do, and looks what is left. Raises what they raise, and ClaimLostError."""
    try:
        for step in steps():
            if step.name not in erasure.done:
                step.run(erasure)
                erasure.done = [*erasure.done, step.name]
                erasure.keep("done")
    except NamedAgain:
        erasure.done = [name for name in erasure.done if name == "ledger"]
        erasure.keep("done")
        raise
    _finish(erasure)


def _finish(erasure: Erasure) -> None:
    """Looks whether all is gone; what is left is counted by its place."""
    found: Counter[str] = sweep(targets.matcher_for(erasure), rewrite=False)
    found[BYTES_LEFT] = blobs.left(erasure)
    erasure.left, erasure.state, erasure.finished_at = dict(+found), State.DONE, timezone.now()
    erasure.keep("left", "state", "finished_at")
    log(instance=erasure, action="dossier.erasure.done", user=erasure.decided_by, data={"left": erasure.left})
    logger.info("Erased", extra={"event": "erasure_done", "erasure": str(erasure.pk), "left": sum(found.values())})


def resume() -> int:
    """The worker's job: goes on with what was confirmed and is not done; returns how many are done now."""
    return sum(run(str(pk)) for pk in Erasure.objects.free().values_list("pk", flat=True))


def compared() -> tuple[list[ledger.Entry], set[str]]:
    """The ledger beside the database: the erasures that came back, and the identifiers that are refused.

    Those came back whose files the database has again, or which it doesn't know: a backup was restored. Refused is what
    the database doesn't know as confirmed and whose entry can't be read or trusted: what it destroyed may be there
    again, and nothing here can tell. Raises one of ``STORAGE_FAULTS``.
    """
    noted = ledger.noted()
    known = Erasure.objects.in_bulk([*noted])
    finished = {str(pk) for pk, erasure in known.items() if erasure.state == State.DONE}
    under_way = {str(pk) for pk, erasure in known.items() if erasure.state == State.RUNNING}
    unknown = noted - finished - under_way
    trusted = list(ledger.entries(unknown))
    again = [entry for entry in ledger.entries(finished) if targets.present(entry.targets).exists()]
    return [*trusted, *again], unknown - {entry.id for entry in trusted}


def erase_again(*, everything: bool = False) -> int:
    """Erases again what a restored backup brought back; with ``everything``, runs all erasures of the ledger again.

    Erasures that the database knows and the ledger doesn't (the storage was restored) are noted there again, and
    run again. Returns how many were run to their end. Raises one of ``STORAGE_FAULTS``.
    """
    noted = ledger.noted()
    lost = [str(erasure.pk) for erasure in Erasure.objects.filter(state=State.DONE) if str(erasure.pk) not in noted]
    again = list(ledger.entries(noted)) if everything else compared()[0]
    for entry in again:
        _reopen(entry)
    Erasure.objects.filter(pk__in=lost).update(state=State.RUNNING, done=[], again=True)
    return sum(run(identifier) for identifier in [*(entry.id for entry in again), *lost])


def _reopen(entry: ledger.Entry) -> None:
    """Puts an erasure of the ledger back to the state in which it was confirmed."""
    facts = {"state": State.RUNNING, "done": [], "again": True, "claim": None, "claimed_until": None}
    facts |= {"words": entry.words, "keys": entry.keys, "targets": entry.targets}
    with transaction.atomic():
        # One that was cancelled has a decision too, and it was another one.
        if Erasure.objects.filter(pk=entry.id, state__in=(State.RUNNING, State.DONE)).update(**facts):
            return
        people: dict[int, Any] = get_user_model()._default_manager.in_bulk(
            [pk for pk in (entry.asked_by, entry.decided_by) if pk]
        )
        asked, decided = people.get(entry.asked_by or 0), people.get(entry.decided_by or 0)
        facts |= {"decided_by": decided, "decided_by_name": str(decided or ""), "decided_at": entry.decided_at or None}
        facts |= {"series": entry.series, "number": entry.number, "scope": entry.scope, "passages": entry.passages}
        Erasure.objects.update_or_create(
            pk=entry.id,
            defaults=facts,
            create_defaults={**facts, "asked_by": asked, "asked_by_name": str(asked or "")},
        )
