"""The document: one version of one file, sealed at its first save."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument

from documents import wording
from documents.exceptions import AppendOnlyError
from documents.models.querysets import NAMED, PUBLIC_COPY, SEALED, STATE, STATED, UNDER_REVIEW, DocumentQuerySet
from documents.names import public_name
from documents.rights import Licence, Rights, web_address


def document_storage() -> Storage:
    """The private storage of documents; a callable, so that migrations don't freeze the choice."""
    return storages["documents"]


def document_key(instance: models.Model, filename: str) -> str:
    """A storage key that tells nothing: no uploaded name, no number."""
    return f"documents/{uuid.uuid4()}"


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

    admin_form_fields = (
        "title",
        "file",
        "language",
        "licence",
        "licence_text",
        "licence_url",
        "credit",
        "collection",
        "tags",
    )

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
    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    mime = models.CharField(max_length=120, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, verbose_name=_("language"))
    licence = models.CharField(max_length=20, choices=Licence.choices, blank=True, verbose_name=_("licence"))
    licence_text = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("other terms"),
        help_text=_("In a few words, if the licence is not in the list."),
    )
    licence_url = models.CharField(
        max_length=300,
        blank=True,
        validators=[web_address],
        verbose_name=_("address of the other terms"),
    )
    credit = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("credit"),
        help_text=_("Whom to name with the file, as readers shall see it. Name nobody who must not be named."),
    )
    approved_rights: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True, editable=False)
    embargo = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    """Until then the public knows nothing of the file, whatever page names it."""
    delayed_until = models.DateTimeField(null=True, blank=True, editable=False)
    """The end of the embargo that kept the file from becoming public. One set after that is no part of its past."""
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When the end of the embargo was noticed: then the search index heard of it."""
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
        else:
            self.delayed_until = self.embargo
        super().save(*args, **kwargs)

    def _refuse_changes(self, update_fields: Iterable[str] | None) -> None:
        sealed = SEALED | PUBLIC_COPY | STATE
        if self.releases.exists():
            sealed |= NAMED
        judged = NAMED | STATED
        if update_fields is not None:
            written = set(update_fields) | {f"{name}_id" for name in update_fields}
            sealed, judged = sealed & written, judged & written
        changed = self._changed(sealed | judged)
        if changed & sealed:
            raise AppendOnlyError(
                gettext("A document's file and its details never change; add a new version. Changed: %(fields)s.")
                % {"fields": ", ".join(sorted(changed & sealed))}
            )
        if changed and Document.objects.filter(pk=self.pk).under_review().exists():
            raise AppendOnlyError(str(UNDER_REVIEW))

    def _changed(self, names: frozenset[str]) -> set[str]:
        """Those of the fields that differ from what is stored. One query."""
        before = Document.objects.filter(pk=self.pk).values(*names).first() if names else None
        now = {name: getattr(self, name) for name in names}
        now |= {name: now[name].name or "" for name in ("original", "file") if name in now}
        return {name for name, value in (before or {}).items() if value != now[name]}

    @property
    def is_ready(self) -> bool:
        """Whether the public copy exists."""
        return bool(self.state == self.State.READY)

    @property
    def is_infected(self) -> bool:
        """Whether the virus scanner found something: then its bytes are given to nobody."""
        return bool(self.scan == self.Scan.INFECTED)

    @property
    def is_servable(self) -> bool:
        """Whether its bytes, text and pictures are given to those who may read it; ``DocumentQuerySet.servable()``."""
        return self.is_ready and not self.is_infected

    @property
    def stated_rights(self) -> Rights:
        """Licence and credit as its editors state them: for those who work on it."""
        return Rights(self.licence, self.licence_text, self.licence_url, self.credit)

    @property
    def public_rights(self) -> Rights:
        """Licence and credit as they were approved: what readers are told."""
        return Rights(**self.approved_rights)

    @property
    def held_until(self) -> datetime | None:
        """The end of an embargo of its own that is not over; None for none."""
        return self.embargo if self.embargo and self.embargo > timezone.now() else None

    @property
    def was_public(self) -> bool:
        """Whether there was a time when everybody could read it."""
        return any(release.anyone_could_read for release in self.releases.all())

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
