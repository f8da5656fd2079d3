"""The records of decisions and withdrawals, and which workflow serves which purpose."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows are added and read, never changed or removed."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("These rows are append-only.")


class AppendOnlyModel(models.Model):
    """A row that is written once. Only the reference to a deleted user's account is emptied."""

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("These rows are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are append-only.")


class WorkflowChoice(models.Model):
    """Which workflow serves a purpose; administrators may rename and change the workflow itself."""

    class Purpose(models.TextChoices):
        EDITORIAL = "editorial", _("Editorial review")
        LEGAL = "legal", _("Editorial and legal review")
        TRANSLATION = "translation", _("Translation review")

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    locale = models.ForeignKey("wagtailcore.Locale", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey("wagtailcore.Workflow", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("choice of workflow")
        verbose_name_plural = _("choices of workflow")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "locale"], name="workflow_choice_unique"),
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(locale__isnull=True), name="workflow_choice_unique_without_locale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.locale_id or ''}".strip()


class ApprovalRecordQuerySet(AppendOnlyQuerySet):
    """The questions that the gate asks."""

    def of_page(self, page_id: int) -> Self:
        return self.filter(page_id=page_id)

    def valid_for(self, page_id: int) -> Self:
        """Decisions that still let ``page_id`` go public: positive ones since it was last taken down."""
        taken_down = (
            ApprovalRecord.objects.filter(page_id=page_id, decision=ApprovalRecord.Decision.TAKEN_DOWN)
            .order_by("-pk")
            .values_list("pk", flat=True)
            .first()
        )
        return self.filter(page_id=page_id, decision__in=ApprovalRecord.OPENING, pk__gt=taken_down or 0)

    def valid_of(self, page_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
        """(revision, content hash) of the decisions that are ``valid_for`` each of the pages. One statement."""
        found: dict[int, list[tuple[int, str]]] = {page_id: [] for page_id in page_ids}
        decisions = (*ApprovalRecord.OPENING, ApprovalRecord.Decision.TAKEN_DOWN)
        rows = self.filter(page_id__in=page_ids, decision__in=decisions).order_by("pk")
        for page_id, decision, revision_id, known in rows.values_list(
            "page_id", "decision", "revision_id", "content_hash"
        ):
            if decision == ApprovalRecord.Decision.TAKEN_DOWN:
                found[page_id].clear()
            else:
                found[page_id].append((revision_id, known))
        return found


class ApprovalRecord(AppendOnlyModel):
    """One decision about one revision of one page, for good.

    Refers to page and revision by number only: deleting or purging them must not touch the record.
    """

    class Decision(models.TextChoices):
        STEP = "step", _("Approved at a step")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Changes requested")
        EMERGENCY = "emergency", _("Published in an emergency")
        IMPORT = "import", _("Import")
        MERGE = "merge", _("Vocabulary merged")
        ERASED = "erased", _("A file of it was erased")
        TAKEN_DOWN = "taken_down", _("Taken down")

    OPENING = (Decision.APPROVED, Decision.EMERGENCY, Decision.IMPORT, Decision.MERGE, Decision.ERASED)
    """The decisions that open the gate."""
    CARRIED = (Decision.MERGE, Decision.ERASED)
    """Those of them that nobody made about the content: they carry an earlier one over."""

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    translation_key = models.UUIDField(_("translation key"), db_index=True)
    language = models.CharField(_("language"), max_length=100)
    revision_id = models.PositiveBigIntegerField(_("revision"), null=True, db_index=True)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    documents = models.JSONField(_("hashes of the files"), default=dict, blank=True)
    task = models.CharField(_("task"), max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="approval_records",
    )
    user_name = models.CharField(_("name"), max_length=255, blank=True)
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    comment = models.TextField(_("comment"), blank=True)
    overrides = models.JSONField(_("overridden checks"), default=list, blank=True)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    objects: ClassVar[Any] = ApprovalRecordQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("approval record")
        verbose_name_plural = _("approval records")

    def __str__(self) -> str:
        return f"{self.decision} {self.page_id}/{self.revision_id}"


class Withdrawal(AppendOnlyModel):
    """A page of a withdrawn work, with the reason that readers of its address get instead of it."""

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    translation_key = models.UUIDField(_("translation key"), db_index=True)
    language = models.CharField(_("language"), max_length=100)
    url_path = models.TextField(_("address in the tree"), db_index=True)
    was_public = models.BooleanField(_("was public"))
    reason = models.TextField(_("public reason"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="withdrawals",
    )
    user_name = models.CharField(_("name"), max_length=255, blank=True)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.translation_key} ({self.language})"
