"""What this app asks the files below it: which a content names, their hashes, whether they are ready."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from wagtail.models import Revision

from access.visitor import Visitor
from documents.access import released_to
from documents.checks import blocking, lasting, passing
from documents.checks import notes as what_it_hides
from documents.checks import withdrawn as sentences_about_withdrawn
from documents.models import Document
from documents.releases import withdrawn_since as lost_since
from documents.safety import overridden
from documents.uses import documents_named_by, named_by_revision


def named_files(revision: Revision) -> dict[str, str]:
    """Document id (as text, as JSON keeps it) -> SHA-256 of all files that ``revision`` names."""
    return file_hashes(documents_named_by(revision))


def file_hashes(document_ids: Iterable[int]) -> dict[str, str]:
    """Document id (as text) -> SHA-256 of its public copy, empty while there is none."""
    rows = Document.objects.filter(pk__in=list(document_ids)).values_list("pk", "sha256")
    return {str(pk): sha256 for pk, sha256 in rows}


def unchanged(files: dict[str, str]) -> bool:
    """Whether the recorded hashes are still those of the files, none missing."""
    return not files or file_hashes(int(pk) for pk in files) == files


def overrides(files: dict[str, str]) -> list[str]:
    """Safety checks of these files that were overridden, with reason and person, for the record."""
    return overridden(int(pk) for pk in files) if files else []


def obstacles(files: dict[str, str], page_id: int | None = None) -> list[str]:
    """Sentences that say why these files can't go public on this page yet; empty when they can.

    Without ``page_id`` nobody asks what other pages hold back.
    """
    return blocking([int(pk) for pk in files], page_id) if files else []


def in_hand(files: dict[str, str]) -> bool:
    """Whether the worker still looks at one of these files: that obstacle passes by itself."""
    return bool(files and passing(int(pk) for pk in files))


def lasting_obstacles(files: dict[str, str], page_id: int) -> list[str]:
    """Those of :func:`obstacles` that don't."""
    return lasting([int(pk) for pk in files], page_id) if files else []


def withdrawn(revision_id: int) -> list[str]:
    """Sentences about the files of a saved revision that were withdrawn; empty where it may go public.

    The files are held first, with all that has their bytes: nobody withdraws one between the answer and the end of the
    transaction.
    """
    with transaction.atomic():
        named = named_by_revision(revision_id).documents
        Document.objects.filter(pk__in=named).with_twins().lock()
        return sentences_about_withdrawn(named) if named else []


def withdrawn_since(revision_id: int, when: datetime) -> bool:
    """Whether a file of a saved revision, or its bytes, were withdrawn after ``when`` and are not back yet."""
    named = named_by_revision(revision_id).documents
    return bool(named) and lost_since(named, when)


def notes(files: dict[str, str]) -> list[str]:
    """Sentences that say what these files' publication would do to other versions of them."""
    return what_it_hides(int(pk) for pk in files) if files else []


def unjudged(document_ids: Iterable[int]) -> bool:
    """Whether one of the files isn't public to everybody now, or has rights that readers aren't told yet."""
    ids = set(document_ids)
    public = list(released_to(Visitor()).filter(pk__in=ids)) if ids else []
    return len(public) < len(ids) or any(document.stated_rights != document.public_rights for document in public)
