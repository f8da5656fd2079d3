"""The board: work by language, with what is left to do. A page of it costs the same queries however long it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page as PaginatorPage
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator
from wagtail.models import Page, Revision
from wagtail_localize.models import StringSegment, StringTranslation

from translations.models import TranslationJob, TranslationJobQuerySet
from translations.permissions import locales_of, translated_by
from workflows.content import content_hash

if TYPE_CHECKING:
    from access.models import User

ROWS = 50


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


def board_of(user: User, number: str | None = None) -> PaginatorPage[Any]:
    """One page of the jobs of the languages that ``user`` works in; what was never published first, by due date."""
    jobs = TranslationJob.objects.with_everything().into(locales_of(user)).known_to(user).waiting_first()
    page: PaginatorPage[Any] = WagtailPaginator(jobs, ROWS).get_page(number)
    page.object_list = rows_of(page.object_list)
    return page


def waiting_for(user: User) -> TranslationJobQuerySet:
    """What waits for ``user`` as a translator: jobs of their languages that were never published, by due date."""
    return TranslationJob.objects.with_everything().into(translated_by(user)).unpublished()


def rows_of(jobs: Iterable[TranslationJob]) -> list[Row]:
    """The rows of jobs whose pages were not deleted. Four queries, however many they are."""
    jobs = list(jobs)
    pages = _pages(jobs)
    progress = _progress(jobs)
    sources = {job.pk: pages.get(_source_of(job)) for job in jobs}
    texts = _texts_now(page for page in sources.values() if page is not None)
    rows = []
    for job in jobs:
        translation = job.translation
        page = pages.get((translation.source.object_id, translation.target_locale_id))
        if page is None:
            continue  # deleted a moment ago
        source = sources[job.pk]
        total, done = progress.get(job.pk, (0, 0))
        outdated = source is not None and texts.get(source.pk, job.source_hash) != job.source_hash
        rows.append(
            Row(
                title=page.draft_title or page.title,
                language=translation.target_locale.get_display_name(),
                state=_state(page, outdated=outdated, complete=total == done),
                done=done,
                total=total,
                due_date=job.due_date,
                url=reverse("translations:edit", args=[translation.uuid]),
            )
        )
    return rows


def _source_of(job: TranslationJob) -> tuple[Any, int]:
    source = job.translation.source
    return source.object_id, source.locale_id


def _pages(jobs: Iterable[TranslationJob]) -> dict[Any, Page]:
    """The sources and the translated pages, by translation key and locale, with their workflows."""
    wanted = Q(pk__in=[])
    for job in jobs:
        source = job.translation.source
        locales = [source.locale_id, job.translation.target_locale_id]
        wanted |= Q(translation_key=source.object_id, locale__in=locales)
    found = Page.objects.filter(wanted).prefetch_workflow_states()
    return {(page.translation_key, page.locale_id): page for page in found}


def _progress(jobs: Iterable[TranslationJob]) -> dict[int, tuple[int, int]]:
    """How many segments each job has and how many of them are translated, as wagtail-localize counts them."""
    job = "source__translations__job"
    translated = StringTranslation.objects.filter(
        translation_of=OuterRef("string"),
        context=OuterRef("context"),
        locale=OuterRef("source__translations__target_locale"),
        has_error=False,
    )
    counted = (
        StringSegment.objects.filter(**{f"{job}__in": [job.pk for job in jobs]})
        .order_by()
        .annotate(is_done=Exists(translated))
        .values_list(job)
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(is_done=True)))
    )
    return {pk: (total, done) for pk, total, done in counted}


def _texts_now(pages: Iterable[Page]) -> dict[int, str]:
    """What each page says now, as a hash of the revision that a translation would be made from."""
    frozen = {page.pk: page.live_revision_id or page.latest_revision_id for page in pages}
    hashes = {
        revision.pk: content_hash(revision.content) for revision in Revision.objects.filter(pk__in=frozen.values())
    }
    return {page: hashes[revision] for page, revision in frozen.items() if revision in hashes}


def _state(page: Page, *, outdated: bool, complete: bool) -> str:
    if page.workflow_in_progress:
        return _("In review")
    if outdated:
        return _("The source is newer")
    if page.live and not page.has_unpublished_changes:
        return _("Published")
    return _("Ready to submit") if complete else _("In progress")
