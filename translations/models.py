"""A translation job: which frozen revision of the source a translation is made from, and who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision
from wagtail_localize.models import Translation

from access.editorial import knowable_pages
from workflows.content import content_hash

if TYPE_CHECKING:
    from access.models import User


def _targets() -> models.QuerySet[Page]:
    """The translated page of the outer job."""
    return Page.objects.filter(
        translation_key=models.OuterRef("translation__source__object_id"),
        locale=models.OuterRef("translation__target_locale"),
    )


class TranslationJobQuerySet(models.QuerySet["TranslationJob"]):
    """Verbs for lists of jobs."""

    def with_everything(self) -> Self:
        """Joins what a list shows, so that it needs one query."""
        return self.select_related("translation__source__locale", "translation__target_locale")

    def unpublished(self) -> Self:
        """Jobs whose translation has not been published yet: the work that waits."""
        return self.filter(models.Exists(_targets().filter(live=False)))

    def waiting_first(self) -> Self:
        """What was never published before the rest, each by due date. No two orders are possible, so that pages can be cut."""
        waits = models.Exists(_targets().filter(live=False))
        return self.annotate(waits_=waits).order_by("-waits_", *(self.model._meta.ordering or ()), "-pk")

    def known_to(self, user: User) -> Self:
        """Jobs whose page ``user`` may know of: a reviewer not before it is submitted."""
        known = knowable_pages(user).order_by().values("pk")
        return self.filter(models.Exists(_targets().filter(pk__in=known)))

    def into(self, language_codes: set[str]) -> Self:
        """Jobs whose target locale is one of ``language_codes``."""
        return self.filter(translation__target_locale__language_code__in=language_codes)


class TranslationJob(models.Model):
    """What wagtail-localize's ``Translation`` doesn't know: the revision it was cut from, by whom, until when."""

    translation = models.OneToOneField(Translation, related_name="job", on_delete=models.CASCADE)
    source_revision = models.ForeignKey(
        Revision,
        null=True,
        related_name="+",
        on_delete=models.SET_NULL,  # revisions may be purged; the hash below stays
    )
    source_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.SET_NULL)
    requested_at = models.DateTimeField(auto_now_add=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    note = models.TextField(_("note for the translator"), blank=True)

    objects = TranslationJobQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_date").asc(nulls_last=True), "-requested_at"]
        verbose_name = _("translation job")
        verbose_name_plural = _("translation jobs")

    def __str__(self) -> str:
        return f"{self.translation.uuid}"

    def source_page(self) -> Page | None:
        """The source page as it is now, or None where it was deleted."""
        source = self.translation.source
        return Page.objects.filter(translation_key=source.object_id, locale=source.locale).specific().first()

    def target_page(self) -> Page | None:
        """The translated page, or None where it was deleted."""
        translation = self.translation
        return (
            Page.objects.filter(translation_key=translation.source.object_id, locale=translation.target_locale)
            .specific()
            .first()
        )

    def is_outdated(self) -> bool:
        """Whether the source has moved on since the job was cut: its published content, or its draft if unpublished."""
        page = self.source_page()
        revision = frozen_revision(page) if page else None
        return bool(revision and content_hash(revision.content) != self.source_hash)


def frozen_revision(page: Page) -> Revision | None:
    """The revision of ``page`` that a translation is made from: the published one, else the latest draft."""
    return page.live_revision or page.latest_revision
