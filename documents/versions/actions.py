"""Taking versions back from the public, and bringing an older one back as a new version."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import PurePath

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext
from wagtail.log_actions import log

from access.editorial import may_withdraw
from access.models import User
from documents.actions import add_version
from documents.exceptions import DocumentError, StorageError
from documents.models import Document, DocumentRelease
from documents.releases import withdraw_versions
from documents.signals import documents_withdrawn
from documents.storage import STORAGE_FAULTS


class WithdrawalRefused(DocumentError):
    """This person may not withdraw, there is no reason, or nothing is public."""


def take_back(document: Document, user: User, reason: str, *, all_before: bool = False) -> list[Document]:
    """Takes ``document`` back from the public, with ``all_before`` its older versions too; returns what was taken back.

    Readers of their addresses get ``reason`` with a 410. No older version takes the place of a withdrawn one: a
    correction that takes a name back must not bring it back. Raises WithdrawalRefused.
    """
    return take_back_together(document, [], user, reason, all_before=all_before)


def _take_back(document: Document, user: User, reason: str, *, all_before: bool) -> list[Document]:
    versions = Document.objects.filter(series=document.series)
    wanted = versions.filter(number__lte=document.number) if all_before else versions.filter(pk=document.pk)
    released = DocumentRelease.objects.active().filter(document__in=wanted.values("pk"))
    affected = list(Document.objects.filter(pk__in=released.values("document")).order_by("number"))
    if not affected:
        return []
    first = 1 if all_before else document.number
    withdraw_versions(document.series, document.number + 1, reason.strip(), first=first)
    for one in affected:
        log(instance=one, action="dossier.document.withdraw", user=user, data={"reason": reason.strip()})
    documents_withdrawn.send(sender=Document, document_ids=[one.pk for one in affected])
    return affected


@transaction.atomic
def take_back_together(
    document: Document, others: Iterable[Document], user: User, reason: str, *, all_before: bool = False
) -> list[Document]:
    """Takes ``document`` back and ``others``, which say the same, with it; returns what was taken back, as ``take_back``.

    With ``all_before`` the older versions of other files go too, as its own do. What somebody else withdrew meanwhile is
    in the way of nothing. Raises WithdrawalRefused where nothing is left.
    """
    if not may_withdraw(user):
        raise WithdrawalRefused(gettext("Only editors and legal reviewers may withdraw."))
    if not reason.strip():
        raise WithdrawalRefused(gettext("Say why: readers of the address get this reason."))
    others = list(others)
    # All at once and in one order: two withdrawals that each name the other's file must not wait for each other.
    # An approval that is under way ends before: what it releases is seen, and withdrawn too.
    Document.objects.filter(series__in={one.series for one in (document, *others)}).with_twins().lock()
    gone = _take_back(document, user, reason, all_before=all_before)
    for other in others:
        if DocumentRelease.objects.active().filter(document=other).exists():  # went with another one else
            gone += _take_back(other, user, reason, all_before=all_before and other.series != document.series)
    if not gone:
        raise WithdrawalRefused(gettext("Nothing of this is public: there is nothing to withdraw."))
    return gone


def restore(document: Document, user: User) -> Document:
    """Adds the public copy of an older version as the newest version; pages show it after their approval.

    Raises IntakeError or StorageError, each with a sentence.
    """
    if not document.is_ready:
        raise DocumentError(gettext("This version was never ready; there is nothing to restore."))
    with tempfile.TemporaryFile() as local:
        try:
            with document.file.open("rb") as stored:
                for chunk in stored.chunks():
                    local.write(chunk)
        except STORAGE_FAULTS as err:
            raise StorageError(gettext("The file can't be read at the moment. Try again in a minute.")) from err
        local.seek(0)
        # By the type of the public copy: that of an old format is in today's.
        name = f"{PurePath(document.original_name or document.filename).stem}.{document.file_extension}"
        return add_version(document, File(local, name=name), user=user)
