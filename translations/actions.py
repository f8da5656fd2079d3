"""What people do in the workbench: ask for a translation, save it, submit it, take over a newer source.

wagtail-localize extracts and fills in the text. Its publishing is never called: ``save_target``
writes the live row, even with ``publish=False``, past every approval.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.actions.copy_for_translation import ParentNotTranslatedError
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Revision
from wagtail_localize.fields import copy_synchronised_fields, get_translatable_fields
from wagtail_localize.models import Translation, TranslationLog, TranslationSource
from wagtail_localize.segments.ingest import ingest_segments

from translations.exceptions import NotAllowed, NotNow, ParentNotTranslated, TranslationError
from translations.fields import OwnField
from translations.models import TranslationJob, frozen_revision
from translations.permissions import may_request, may_translate
from translations.segments import segments_of
from workflows.content import content_hash

if TYPE_CHECKING:
    from access.models import User


@transaction.atomic
def request_translation(
    page: Page, locale: Locale, user: User, *, due_date: date | None = None, note: str = ""
) -> TranslationJob:
    """Makes a job, and a draft of ``page`` in the tree of ``locale``, cut from the frozen source revision.

    Returns the job. Raises NotAllowed, ParentNotTranslated, or TranslationError where a page in
    that language exists that is no translation job.
    """
    if not may_request(user, page, locale):
        raise NotAllowed(_("You may not ask for a translation of this page into %(language)s.") % {"language": locale})
    if locale.pk == page.locale_id:
        raise TranslationError(_("The page is in %(language)s already.") % {"language": locale})
    revision = frozen_revision(page)
    if revision is None:
        raise TranslationError(_("Save the page once before you ask for a translation."))
    # One frozen source serves all languages: a second job joins the first, a newer source is taken over by choice.
    sibling = TranslationJob.objects.filter(
        translation__source__object_id=page.translation_key, translation__source__locale=page.locale
    ).first()
    if sibling:
        source, cut_from, source_hash = sibling.translation.source, sibling.source_revision, sibling.source_hash
    else:
        source, _created = TranslationSource.update_or_create_from_instance(revision.as_object())
        cut_from, source_hash = revision, content_hash(revision.content)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    if TranslationJob.objects.filter(translation=translation).exists():
        raise TranslationError(_("A translation into %(language)s has been asked for already.") % {"language": locale})
    if page.get_translations().filter(locale=locale).exists():
        raise TranslationError(_("There is a page in %(language)s already.") % {"language": locale})
    job = TranslationJob.objects.create(
        translation=translation,
        source_revision=cut_from,
        source_hash=source_hash,
        requested_by=user,
        due_date=due_date,
        note=note,
    )
    _make_target(source, locale)
    save_draft(job, user)
    log(instance=page, action="translations.request", user=user, data={"locale": locale.language_code})
    return job


def _make_target(source: TranslationSource, locale: Locale) -> None:
    """Copies the frozen source below its parent's translation, as a draft without the source's own files."""
    original = source.as_instance()
    _require_approved_parent(original, locale)
    try:
        target = original.copy_for_translation(locale, copy_parents=False, alias=False)
    except ParentNotTranslatedError as err:  # the parent vanished between the check and the copy
        raise ParentNotTranslated(_("The section above has no translation in this language yet.")) from err
    for name in _own_fields(target):
        _empty(target, name)
    target.go_live_at = target.expire_at = None
    target.save()
    # The copy's first revision holds the source's text and files: nobody may go back to it.
    first = Revision.objects.filter(pk=target.latest_revision_id)
    target.save_revision(changed=False, clean=False)
    first.delete()


def _require_approved_parent(original: Page, locale: Locale) -> None:
    parent = original.get_parent()
    if parent.is_root():
        return
    translated = parent.get_translation_or_none(locale)
    if translated is None or not translated.live:
        raise ParentNotTranslated(
            _("Translate the section “%(title)s” into %(language)s first, and have it approved.")
            % {"title": parent.title, "language": locale}
        )


def _own_fields(page: Page) -> list[str]:
    return [field.field_name for field in get_translatable_fields(type(page)) if isinstance(field, OwnField)]


def _empty(page: Page, name: str) -> None:
    """Takes the source's own value out of a fresh copy: child rows, or the words of a text field."""
    field = page._meta.get_field(name)
    if isinstance(field, Field):
        setattr(page, name, field.get_default())
    else:
        getattr(page, name).set([])


def save_draft(job: TranslationJob, user: User) -> Revision:
    """Fills the translated strings into a new draft revision of the target page, never into its row.

    Starts from the latest revision, so that the page's own files and settings stay. Strings that
    have no translation yet show the source's text. Raises ValidationError by field.
    """
    translation = job.translation
    source, locale = translation.source, translation.target_locale
    original = source.as_instance()
    target = source.get_translated_instance(locale).get_latest_revision_as_object()
    copy_synchronised_fields(original, target)
    segments = source._get_segments_for_translation(locale, fallback=True)
    ingest_segments(original, target, source.locale, locale, segments)
    target.slug = find_available_slug(
        target.get_parent(),
        slugify(target.slug, allow_unicode=True) or source.object_id.hex[:8],
        ignore_page_id=target.pk,
    )
    with transaction.atomic():
        revision = target.save_revision(user=user, log_action=True)
        TranslationLog.objects.create(source=source, locale=locale, revision=revision)
    return revision


def require_editable(target: Page, user: User) -> None:
    """Raises NotAllowed or NotNow unless ``user`` may write into ``target`` at this moment."""
    if not may_translate(user, target):
        raise NotAllowed(_("You may not translate this page."))
    if target.workflow_in_progress:
        raise NotNow(
            _("This translation is in review. Withdraw it from review, or wait for the decision, to change it.")
        )
    lock = target.get_lock()
    if lock and lock.for_user(user):
        raise NotNow(_("This page is locked by somebody else."))


def submit(job: TranslationJob, user: User) -> None:
    """Starts the target page's workflow. Raises NotAllowed, NotNow, or TranslationError while segments are missing."""
    target = job.target_page()
    if target is None:
        raise TranslationError(_("The translated page was deleted."))
    require_editable(target, user)
    missing = [segment for segment in segments_of(job.translation, target) if not segment.is_done]
    if missing:
        raise TranslationError(
            _("%(number)s segments have no translation yet. Translate them before you submit.")
            % {"number": len(missing)}
        )
    target = target.get_latest_revision_as_object()
    workflow = target.get_workflow()
    if workflow is None:
        raise TranslationError(_("No workflow is set up for this language. Ask an administrator."))
    workflow.start(target, user)


@transaction.atomic
def update_from_source(job: TranslationJob, user: User) -> Revision:
    """Cuts the source anew from its present revision, for all languages. Unchanged segments keep their translation.

    Raises NotAllowed, NotNow, or TranslationError where the source was deleted.
    """
    page, target = job.source_page(), job.target_page()
    revision = frozen_revision(page) if page else None
    if revision is None or target is None:
        raise TranslationError(_("The source page was deleted."))
    require_editable(target, user)
    if not may_request(user, page, target.locale):
        raise TranslationError(
            _("The source is not public, and you may not edit it. Ask whoever wrote it to take the changes over.")
        )
    TranslationSource.update_or_create_from_instance(revision.as_object())
    job.translation.refresh_from_db()
    job.translation.source.refresh_from_db()
    TranslationJob.objects.filter(translation__source=job.translation.source).update(
        source_revision=revision, source_hash=content_hash(revision.content)
    )
    job.refresh_from_db()
    return save_draft(job, user)


def explain(error: ValidationError) -> str:
    """A refused draft as one sentence per field."""
    return " ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
