"""Asking for an erasure, confirming it as somebody else, cancelling it. Destroying is left to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.log_actions import log

from access.models import User
from documents import tasks
from documents.erasure import targets
from documents.erasure.words import SHORTEST, fingerprints, words_of
from documents.exceptions import ErasureRefused
from documents.models import Document, Erasure
from documents.safety import may_judge

State = Erasure.State
COUNT_HOLDS = timedelta(hours=1)
"""For how long it may be confirmed what was counted."""


def may_erase(user: Any) -> bool:
    """Whether ``user`` may ask for an erasure, and confirm one that somebody else asked for: Legal and administrators."""
    return may_judge(user)


def ask(
    document: Document, user: User, reason: str, *, scope: str, words: Sequence[str] = (), passages: bool = False
) -> Erasure:
    """Notes that ``user`` wants ``document`` destroyed, in ``scope`` (``Erasure.Scope``). Nothing is destroyed yet.

    ``words`` are phrases that may be found nowhere any more; only their fingerprints are kept. ``passages`` says that
    texts which quote the file lose what they quote. Raises ErasureRefused with a sentence.
    """
    if not may_erase(user):
        raise ErasureRefused(gettext("Only Legal review and administrators may erase files."))
    if not reason.strip():
        raise ErasureRefused(gettext("Say why: the reason is kept for good."))
    for phrase in words:
        if phrase.strip() and len("".join(words_of(phrase))) < SHORTEST:
            raise ErasureRefused(
                gettext("“%(phrase)s” is too short: it would take parts of every text with it.") % {"phrase": phrase}
            )
    erasure = Erasure(
        series=document.series,
        number=document.number,
        scope=scope,
        reason=reason.strip(),
        words=fingerprints(words),
        passages=passages,
        asked_by=user,
        asked_by_name=str(user),
    )
    erasure.targets = targets.targets_of(targets.in_scope(erasure))
    try:
        with transaction.atomic():
            erasure.save()
            log(instance=erasure, action="dossier.erasure.ask", user=user, data={"reason": erasure.reason})
            transaction.on_commit(partial(tasks.survey_erasure.enqueue, str(erasure.pk)))
    except IntegrityError as err:
        raise ErasureRefused(
            gettext("An erasure of this document is asked for or under way already. Confirm or cancel that one.")
        ) from err
    return erasure


def confirm(erasure: Erasure, user: User, seen: str) -> None:
    """Lets the erasure begin; ``seen`` is the mark of the list that ``user`` was shown (``targets.seen``).

    Raises ErasureRefused: for the one who asked, before it is known what stands where, where the list changed, and
    where it was counted more than an hour ago: then it is counted again.
    """
    if may_erase(user) and _count_again(erasure):
        raise ErasureRefused(
            gettext("It was counted more than an hour ago and is being counted again. Look at it in a moment.")
        )
    _confirm(erasure, user, seen)


def _count_again(erasure: Erasure) -> bool:
    """Has the worker count anew what is long ago; whether it was."""
    old = Erasure.objects.filter(pk=erasure.pk, state=State.ASKED, surveyed_at__lt=timezone.now() - COUNT_HOLDS)
    with transaction.atomic():
        if not old.update(surveyed_at=None):
            return False
        transaction.on_commit(partial(tasks.survey_erasure.enqueue, str(erasure.pk)))
    return True


@transaction.atomic
def _confirm(erasure: Erasure, user: User, seen: str) -> None:
    locked = _decidable(erasure, user)
    if locked.asked_by_id is None:
        raise ErasureRefused(gettext("The account of who asked is gone. Cancel this and ask anew."))
    if locked.asked_by_id == user.pk:
        raise ErasureRefused(gettext("You asked for this: someone else has to confirm it."))
    if locked.surveyed_at is None:
        raise ErasureRefused(gettext("It is still being counted what stands where. Wait a moment and look again."))
    now = targets.targets_of(targets.in_scope(locked))
    if not now:
        raise ErasureRefused(gettext("None of these files is there any more."))
    if targets.seen(locked) != seen:
        raise ErasureRefused(gettext("The list has changed meanwhile. Look at it again."))
    locked.targets, locked.keys = now, targets.keys_of(targets.in_scope(locked))
    _decide(locked, user, State.RUNNING)
    log(instance=locked, action="dossier.erasure.confirm", user=user, data={"reason": locked.reason})
    transaction.on_commit(partial(tasks.erase.enqueue, str(locked.pk)))


@transaction.atomic
def cancel(erasure: Erasure, user: User) -> None:
    """Takes a request back; whoever may erase may do it. Raises ErasureRefused once it was confirmed."""
    locked = _decidable(erasure, user)
    # What was looked for is nobody's business any more.
    locked.words, locked.found = [], {}
    _decide(locked, user, State.CANCELLED)
    log(instance=locked, action="dossier.erasure.cancel", user=user)


def _decidable(erasure: Erasure, user: User) -> Erasure:
    if not may_erase(user):
        raise ErasureRefused(gettext("Only Legal review and administrators may erase files."))
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if locked.state != State.ASKED:
        raise ErasureRefused(gettext("This was decided already."))
    return locked


def _decide(erasure: Erasure, user: User, state: str) -> None:
    erasure.state, erasure.decided_by, erasure.decided_by_name = state, user, str(user)
    erasure.decided_at = timezone.now()
    erasure.save()
