"""The verbs that move a document through its life, and the fields that nothing else changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet
from wagtail.models import Revision, TaskState

from documents.exceptions import AppendOnlyError
from documents.rights import Rights

SEALED = frozenset({"series", "number", "original", "original_sha256", "original_name", "mime", "uploaded_by_user_id"})
"""Fields that never change after the first save."""
PUBLIC_COPY = frozenset({"file", "sha256", "size", "page_count", "removed"})
"""Fields that change once, by ``DocumentQuerySet.finish()``."""
STATE = frozenset(
    {
        "state",
        "failure",
        "started_at",
        "retry_at",
        "processed_at",
        "original_kept",
        "original_stored_sha256",
        "scan",
        "approved_rights",
        "embargo",
        "delayed_until",
        "opened_at",
    }
)
"""Fields that only the verbs of ``DocumentQuerySet`` change."""
NAMED = frozenset({"title", "language"})
"""Fields that make up the public name: sealed from the first release on."""
STATED = frozenset({"licence", "licence_text", "licence_url", "credit"})
"""Fields that become public with an approval: with the name, sealed while a page with the file waits for one."""
UNDER_REVIEW = _("A page that names this file is under review or waits for its time. Change this afterwards.")


def _bytes(hashes: set[str]) -> Q:
    known = hashes - {""}
    return Q(original_sha256__in=known) | Q(sha256__in=known)


class DocumentQuerySet(WagtailDocumentQuerySet):
    """The verbs that move a document through its life."""

    def update(self, **values: Any) -> int:
        """Like Django's, but refuses every field that the verbs below or nobody may change."""
        refused = {name.removesuffix("_id") for name in values} & {
            name.removesuffix("_id") for name in SEALED | PUBLIC_COPY | STATE
        }
        if refused or (NAMED & values.keys() and self.filter(releases__isnull=False).exists()):
            raise AppendOnlyError(gettext("A document's file and its details never change; add a new version."))
        if (NAMED | STATED) & values.keys() and self.under_review().exists():
            raise AppendOnlyError(str(UNDER_REVIEW))
        return int(super().update(**values))

    def under_review(self) -> Self:
        """Those that a page names which waits for a decision or, approved, for its time."""
        waiting = Q(task_states__status=TaskState.STATUS_IN_PROGRESS) | Q(approved_go_live_at__isnull=False)
        named = Revision.objects.filter(waiting, document_uses__document=OuterRef("pk"))
        return self.filter(Exists(named))

    def lock(self) -> list[int]:
        """Holds these rows until the transaction ends, in one order, and returns their primary keys.

        Who waited here asks its questions afterwards: rows that the other one added are seen by the next query only.
        Whoever names a file meanwhile doesn't wait.
        """
        return list(self.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))

    def ready(self) -> Self:
        """Those whose public copy exists."""
        return self.filter(state=self.model.State.READY)

    def servable(self) -> Self:
        """Those whose bytes, text and pictures are given to who may read them: ready, and no virus was found."""
        return self.ready().exclude(scan=self.model.Scan.INFECTED)

    def same_bytes_as(self, document: Any) -> Self:
        """Other documents that were uploaded with its bytes, or whose public copy has them."""
        return self.filter(_bytes({document.original_sha256, document.sha256})).exclude(pk=document.pk)

    def of_bytes(self, *hashes: str) -> Self:
        """Those that were uploaded with bytes of one of these ``hashes``, or whose public copy has them."""
        return self.filter(_bytes(set(hashes)))

    def with_twins(self) -> Self:
        """These, and all others that have the bytes of one of them."""
        rows = list(self.values_list("pk", "original_sha256", "sha256"))
        hashes = {hashed for row in rows for hashed in row[1:]}
        found: Self = self.model.objects.filter(Q(pk__in=[row[0] for row in rows]) | _bytes(hashes))
        return found

    def in_series(self, series: uuid.UUID | str) -> Self:
        """All versions of one document, newest number first."""
        return self.filter(series=series).order_by("-number")

    def unfinished(self, now: datetime, lost_after: timedelta) -> Self:
        """Those that nobody works on: ``retry_at`` has passed, or they never got one and are older than ``lost_after``."""
        overdue = Q(retry_at__lte=now) | Q(retry_at=None, created_at__lt=now - lost_after)
        return self.filter(overdue, state__in=(self.model.State.WAITING, self.model.State.RUNNING))

    def start(self, until: datetime) -> int:
        """Marks waiting, failed or abandoned documents as being processed, held ``until`` then; returns how many."""
        return int(
            super(DocumentQuerySet, self.exclude(state=self.model.State.READY)).update(
                state=self.model.State.RUNNING, failure="", started_at=timezone.now(), retry_at=until
            )
        )

    def hold(self, until: datetime) -> int:
        """Renews the hold of a worker on what it processes; returns how many documents it still had."""
        running = self.filter(state=self.model.State.RUNNING)
        return int(super(DocumentQuerySet, running).update(retry_at=until))

    def finish(
        self,
        *,
        file: str,
        sha256: str,
        size: int,
        page_count: int,
        language: str = "",
        mime: str = "",
        removed: Mapping[str, int] | None = None,
        original_kept: str = "sealed",
    ) -> int:
        """Writes the public copy, once: ``file`` is its key in the documents storage. The document is ready then.

        ``language`` is the detected one; it fills the field only where the uploader left it empty. ``mime`` is
        the public copy's type where that is another than the original's. ``removed``
        says what the public copy is without, and how often; ``original_kept`` what becomes of the original.
        Returns 1, or 0 where the public copy was there already (nothing is changed then).
        """
        unwritten = self.filter(sha256="")
        if language:
            super(DocumentQuerySet, unwritten.filter(language="")).update(language=language)
        if mime:
            super(DocumentQuerySet, unwritten).update(mime=mime)
        return int(
            super(DocumentQuerySet, unwritten).update(
                file=file,
                sha256=sha256,
                size=size,
                file_size=size,
                page_count=page_count,
                removed=dict(removed or {}),
                original_kept=original_kept,
                state=self.model.State.READY,
                failure="",
                processed_at=timezone.now(),
            )
        )

    def recount(self, page_count: int) -> int:
        """Records how many pages there are to read after a preview was made or given up; the file is the same."""
        return int(super(DocumentQuerySet, self.ready()).update(page_count=page_count))

    def put_original_away(self, key: str = "", stored_sha256: str = "") -> int:
        """Names the encrypted original and its own hash, or none any more; the upload's hash stays. Returns how many."""
        return int(super(DocumentQuerySet, self.ready()).update(original=key, original_stored_sha256=stored_sha256))

    def fail(self, reason: str) -> int:
        """Records why processing failed; ready documents stay ready. ``reason`` is a sentence for the editor."""
        return int(
            super(DocumentQuerySet, self.exclude(state=self.model.State.READY)).update(
                state=self.model.State.FAILED, failure=reason, processed_at=timezone.now()
            )
        )

    def retry(self, at: datetime | None = None, why: str = "") -> int:
        """Puts failed and abandoned documents back to waiting, for a try at ``at`` or by a task; returns how many.

        ``why`` is a sentence (msgid) for the editor where something outside keeps the document waiting.
        """
        return int(
            super(DocumentQuerySet, self.exclude(state=self.model.State.READY)).update(
                state=self.model.State.WAITING, failure=why, retry_at=at
            )
        )

    def scanned(self, verdict: str) -> int:
        """Writes the virus scanner's verdict, one of ``Document.Scan``; returns how many rows."""
        return int(super().update(scan=verdict))

    def scan_again(self) -> int:
        """Puts ready files that were not scanned to their end before the scanner anew; returns how many.

        The worker does it within a minute; they stay unpublishable till then.
        """
        partial = self.ready().filter(scan=self.model.Scan.PARTIAL)
        return int(super(DocumentQuerySet, partial).update(scan=self.model.Scan.NONE))

    def approve_rights(self, rights: Rights) -> int:
        """Writes what readers are told of licence and credit from now on; returns how many rows."""
        return int(super().update(approved_rights=rights.as_json()))

    def hold_back(self, until: datetime, *, was_public: bool = False) -> int:
        """Keeps them from the public until then, whatever page names them; returns how many. Log it (``embargo``).

        Where everybody could read them before, their past stays as it is: ``was_public``.
        """
        delayed = {} if was_public else {"delayed_until": until}
        return int(super().update(embargo=until, opened_at=None, **delayed))

    def open(self, now: datetime) -> int:
        """Notes that the end of their embargo was told to all that must know; returns of how many it was not before."""
        over = self.filter(embargo__lte=now, opened_at=None)
        return int(super(DocumentQuerySet, over).update(opened_at=now))
