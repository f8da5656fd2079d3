"""Which workflow a page goes through."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from wagtail.models import Page, Workflow
from wagtail_localize.models import Translation

from documents.uses import documents_named_by, named_by_revision
from workflows.files import unjudged
from workflows.models.records import WorkflowChoice

Purpose = WorkflowChoice.Purpose


def choose_workflow(page: Any, nearest: Workflow | None) -> Workflow | None:
    """The workflow for ``page``, where ``nearest`` is what the tree says.

    Only the standard workflow is replaced: one that an administrator gave a section of its own
    stays. Returns None where the tree has none.
    """
    if nearest is None or not getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True):
        return None
    if not WorkflowChoice.objects.filter(purpose=Purpose.EDITORIAL, workflow=nearest).exists():
        return nearest
    if is_translation(page) and not brings_files(page):
        chosen = _active(Purpose.TRANSLATION, page.locale_id)
        if chosen:
            return chosen
    if page.legal_review:
        return _active(Purpose.LEGAL, None) or nearest
    return nearest


def brings_files(page: Any) -> bool:
    """Whether ``page`` brings files of its own, or names one that the full way has not judged as it is now.

    What is submitted is the draft: what only the draft names must not slip past the full way, neither in a list of
    files nor as a link in a text. The approval makes the file public, and what is stated of its rights.
    """
    named = documents_named_by(page) | named_by_revision(page.latest_revision_id).documents
    if unjudged(named):
        return True
    return bool(page.has_own_files() or page.get_latest_revision_as_object().has_own_files())


def slips_past(workflow: Workflow, page: Any) -> bool:
    """Whether ``page`` is in a translation review though its files need more by now: one was withdrawn or hidden."""
    translation = WorkflowChoice.objects.filter(purpose=Purpose.TRANSLATION, workflow=workflow)
    return translation.exists() and brings_files(page)


def is_translation(page: Page) -> bool:
    """Whether ``page`` is the target of a translation whose source is public in its own language."""
    sources = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id
    ).values_list("source__locale", flat=True)
    return bool(
        Page.objects.filter(translation_key=page.translation_key, locale__in=list(sources), live=True)
        .exclude(pk=page.pk)
        .exists()
    )


def _active(purpose: str, locale_id: int | None) -> Workflow | None:
    return Workflow.objects.filter(
        active=True,
        pk__in=WorkflowChoice.objects.filter(purpose=purpose, locale=locale_id).values("workflow"),
        workflow_tasks__task__active=True,
    ).first()
