"""The board: work by language, with what is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from translations.models import TranslationJob
from translations.permissions import locales_of, translated_by

if TYPE_CHECKING:
    from access.models import User


@dataclass(frozen=True)
class Row:
    """One job: the target page's working title, language, state, missing segments of all, due date."""

    title: str
    language: str
    state: str
    done: int
    total: int
    due_date: date | None
    url: str


def rows_for(user: User, most: int = 200) -> list[Row]:
    """The jobs of the languages that ``user`` works in, what was never published first, by due date; at most ``most``."""
    jobs = TranslationJob.objects.with_everything().into(locales_of(user))
    waiting = list(jobs.unpublished()[:most])
    rest = jobs.exclude(pk__in=[job.pk for job in waiting])[: most - len(waiting)]
    return _rows([*waiting, *rest])


def waiting_for(user: User, most: int = 10) -> list[Row]:
    """What waits for ``user`` as a translator: jobs of their languages that were never published, by due date."""
    jobs = TranslationJob.objects.with_everything().into(translated_by(user)).unpublished()
    return _rows(jobs[:most])


def _rows(jobs: Iterable[TranslationJob]) -> list[Row]:
    jobs = list(jobs)
    wanted = Q(pk__in=[])
    for job in jobs:
        wanted |= Q(translation_key=job.translation.source.object_id, locale=job.translation.target_locale)
    pages = {(page.translation_key, page.locale_id): page for page in Page.objects.filter(wanted)}
    rows = []
    for job in jobs:
        page = pages.get((job.translation.source.object_id, job.translation.target_locale_id))
        if page is None:
            continue
        total, done = job.translation.get_progress()
        rows.append(
            Row(
                title=page.draft_title or page.title,
                language=job.translation.target_locale.get_display_name(),
                state=_state(job, page, complete=total == done),
                done=done,
                total=total,
                due_date=job.due_date,
                url=reverse("translations:edit", args=[job.translation.uuid]),
            )
        )
    return rows


def _state(job: TranslationJob, page: Page, *, complete: bool) -> str:
    if page.specific.workflow_in_progress:
        return _("In review")
    if job.is_outdated():
        return _("The source is newer")
    if page.live and not page.has_unpublished_changes:
        return _("Published")
    return _("Ready to submit") if complete else _("In progress")
