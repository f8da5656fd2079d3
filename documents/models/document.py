"""The document: one version of one file, sealed at its first save."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import quote

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet

from documents import wording
from documents.exceptions import AppendOnlyError
from documents.names import public_name


def document_storage() -> Storage:
    """The private storage of documents; a callable, so that migrations don't freeze the choice."""
    return storages["documents"]


def document_key(instance: models.Model, filename: str) -> str:
    """A storage key that tells nothing: no uploaded name, no number."""
    return f"documents/{uuid.uuid4()}"


SEALED = frozenset({"series", "number", "original", "original_sha256", "original_name", "mime", "uploaded_by_user_id"})
"""Fields that never change after the first save."""
PUBLIC_COPY = frozenset({"file", "sha256", "size", "page_count", "removed"})
"""Fields that change once, by ``DocumentQuerySet.finish()``."""
STATE = frozenset(
    {"state", "failure", "started_at", "retry_at", "processed_at", "original_kept", "original_stored_sha256", "scan"}
)
"""Fields that only the verbs of ``DocumentQuerySet`` change."""
NAMED = frozenset({"title", "language"})
"""Fields that make up the public name: sealed from the first release on."""


class DocumentQuerySet(WagtailDocumentQuerySet):
    """The verbs that move a document through its life."""

    def update(self, **values: Any) -> int:
        """Like Django's, but refuses every field that the verbs below or nobody may change."""
        refused = {name.removesuffix("_id") for name in values} & {
            name.removesuffix("_id") for name in SEALED | PUBLIC_COPY | STATE
        }
        if refused or (NAMED & values.keys() and self.filter(releases__isnull=False).exists()):
            raise AppendOnlyError(gettext("A document's file and its details never change; add a new version."))
        return int(super().update(**values))

    def ready(self) -> Self:
        """Those whose public copy exists."""
        return self.filter(state=Document.State.READY)

    def in_series(self, series: uuid.UUID | str) -> Self:
        """All versions of one document, newest number first."""
        return self.filter(series=series).order_by("-number")

    def unfinished(self, now: datetime, lost_after: timedelta) -> Self:
        """Those that nobody works on: ``retry_at`` has passed, or they never got one and are older than ``lost_after``."""
        overdue = Q(retry_at__lte=now) | Q(retry_at=None, created_at__lt=now - lost_after)
        return self.filter(overdue, state__in=(Document.State.WAITING, Document.State.RUNNING))

    def start(self, until: datetime) -> int:
        """Marks waiting, failed or abandoned documents as being processed, held ``until`` then; returns how many."""
        return int(
            super(DocumentQuerySet, self.exclude(state=Document.State.READY)).update(
                state=Document.State.RUNNING, failure="", started_at=timezone.now(), retry_at=until
            )
        )

    def hold(self, until: datetime) -> int:
        """Renews the hold of a worker on what it processes; returns how many documents it still had."""
        running = self.filter(state=Document.State.RUNNING)
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
                state=Document.State.READY,
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
            super(DocumentQuerySet, self.exclude(state=Document.State.READY)).update(
                state=Document.State.FAILED, failure=reason, processed_at=timezone.now()
            )
        )

    def retry(self, at: datetime | None = None, why: str = "") -> int:
        """Puts failed and abandoned documents back to waiting, for a try at ``at`` or by a task; returns how many.

        ``why`` is a sentence (msgid) for the editor where something outside keeps the document waiting.
        """
        return int(
            super(DocumentQuerySet, self.exclude(state=Document.State.READY)).update(
                state=Document.State.WAITING, failure=why, retry_at=at
            )
        )

    def scanned(self, verdict: str) -> int:
        """Writes the virus scanner's verdict, one of ``Document.Scan``; returns how many rows."""
        return int(super().update(scan=verdict))


class Document(AbstractDocument):
    """One version of one file. A new version is a new row in the same ``series``.

    ``original`` is what was uploaded, sealed; by ``original_kept`` it is later encrypted (then
    ``original_stored_sha256`` is the hash of that) or empty. ``original_sha256`` stays. ``file`` is the public copy, written once by the
    processing task. Bytes, hashes and sizes never change; title and language, which make up the
    public name, are sealed by the first release.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being processed")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    class Kept(models.TextChoices):
        """What becomes of the original once the public copy is made."""

        SEALED = "sealed", _("Kept as it is")
        ENCRYPTED = "encrypted", _("Kept encrypted")
        DISCARDED = "discarded", _("Discarded")

    class Scan(models.TextChoices):
        """What the virus scanner said of the file."""

        NONE = "", _("Not scanned")
        CLEAN = "clean", _("Clean")
        PARTIAL = "partial", _("Not scanned to its end")
        INFECTED = "infected", _("Malware found")

    admin_form_fields = ("title", "file", "language", "collection", "tags")

    series = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    number = models.PositiveIntegerField(default=1, editable=False)
    original = models.FileField(
        storage=document_storage, upload_to=document_key, max_length=255, blank=True, editable=False
    )
    original_sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    original_kept = models.CharField(max_length=9, choices=Kept.choices, default=Kept.SEALED, editable=False)
    original_stored_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    file = models.FileField(
        storage=document_storage, upload_to=document_key, max_length=255, blank=True, verbose_name=_("file")
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    mime = models.CharField(max_length=120, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, verbose_name=_("language"))
    page_count = models.PositiveIntegerField(default=0, editable=False)
    removed: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    failure = models.TextField(blank=True, editable=False)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)
    """From then on an unfinished document is queued again. Its worker moves it on while it lives."""
    processed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tags = TaggableManager(related_name="dossier_documents", blank=True, help_text=None, verbose_name=_("tags"))

    objects = DocumentQuerySet.as_manager()

    class Meta(AbstractDocument.Meta):
        default_related_name = "dossier_documents"
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="document_version_unique")]
        permissions = [("choose_document", "Can choose document")]

    def __str__(self) -> str:
        """The title; from the second version on with its number, so that a chosen file can be told from the one before."""
        if self.number == 1:
            return str(self.title)
        return gettext("%(title)s, version %(number)s") % {"title": self.title, "number": self.number}

    def clean(self) -> None:
        """Nothing by name: intake looks at extension and content together."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; raises AppendOnlyError where a field that never changes was changed."""
        if not self._state.adding:
            self._refuse_changes(kwargs.get("update_fields"))
        elif self.file and not self.sha256:
            raise AppendOnlyError(gettext("The public copy is made by processing; upload the file as the original."))
        super().save(*args, **kwargs)

    def _refuse_changes(self, update_fields: Iterable[str] | None) -> None:
        sealed = SEALED | PUBLIC_COPY | STATE
        if self.releases.exists():
            sealed |= NAMED
        if update_fields is not None:
            sealed &= set(update_fields) | {f"{name}_id" for name in update_fields}
        before = Document.objects.filter(pk=self.pk).values(*sealed).first() if sealed else None
        now = {name: getattr(self, name) for name in sealed}
        now |= {name: now[name].name or "" for name in ("original", "file") if name in now}
        changed = sorted(name for name, value in (before or {}).items() if value != now[name])
        if changed:
            raise AppendOnlyError(
                gettext("A document's file and its details never change; add a new version. Changed: %(fields)s.")
                % {"fields": ", ".join(changed)}
            )

    @property
    def is_ready(self) -> bool:
        """Whether the public copy exists."""
        return bool(self.state == self.State.READY)

    @property
    def is_infected(self) -> bool:
        """Whether the virus scanner found something: then its bytes are given to nobody."""
        return bool(self.scan == self.Scan.INFECTED)

    @property
    def filename(self) -> str:
        """The public name: title, language and version, never the uploaded name."""
        return public_name(self.title, self.language, self.number, self.mime)

    @property
    def file_extension(self) -> str:
        """The extension that belongs to the sniffed type, without the dot."""
        return self.filename.rpartition(".")[2]

    @property
    def content_type(self) -> str:
        """The sniffed type."""
        return str(self.mime or "application/octet-stream")

    @property
    def url(self) -> str:
        """The permanent address of this version's bytes: ``/d/<series>/v<n>/<name>``."""
        return f"/d/{self.series}/v{self.number}/{quote(self.filename)}"

    @property
    def removed_labels(self) -> list[str]:
        """What the public copy is without, translated."""
        return wording.removed_labels(self.removed)

    def reading_url(self, page: int) -> str:
        """The permanent address of ``page`` (from 1) of this version as a page to read."""
        return f"/d/{self.series}/v{self.number}/p/{page}/"

    def is_stored_locally(self) -> bool:
        """False: nothing may take a short cut to the file system past the access rule."""
        return False

    def get_file_size(self) -> int:
        """Size in bytes, as recorded."""
        return int(self.size)

    def get_file_hash(self) -> str:
        """SHA-256 of the public copy, or of the original while that is not made yet."""
        return str(self.sha256 or self.original_sha256)

    def _set_document_file_metadata(self) -> None:
        """Core's upload views call this; intake recorded size and hash already."""
