"""The workflows of an organisation, made and repaired by code, as ``access.roles`` makes the groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Locale, Workflow, WorkflowPage, WorkflowTask

from access.roles import EDITORS, LEGAL, locale_roots, translation_reviewers
from workflows.models import ReviewTask, WorkflowChoice

Purpose = WorkflowChoice.Purpose


@transaction.atomic
def ensure_workflows() -> None:
    """Makes the standard workflows and assigns them to every language tree that has none. Idempotent.

    What an administrator changed stays: names, further steps, another workflow on a tree. A group
    that does not exist yet is made; ``access.roles`` gives it its rights.
    """
    editorial = _ensure(Purpose.EDITORIAL, None, "Editorial review", [("Editorial review", EDITORS)])
    _ensure(
        Purpose.LEGAL,
        None,
        "Editorial and legal review",
        [("Editorial review (first of two)", EDITORS), ("Legal review", LEGAL)],
    )
    for locale in Locale.objects.all():
        name = f"Translation review ({locale.language_code})"
        _ensure(Purpose.TRANSLATION, locale, name, [(name, translation_reviewers(locale.language_code))])
    for root in locale_roots():
        WorkflowPage.objects.get_or_create(page=root, defaults={"workflow": editorial})


def _ensure(purpose: str, locale: Locale | None, name: str, steps: Iterable[tuple[str, str]]) -> Workflow:
    choice = WorkflowChoice.objects.filter(purpose=purpose, locale=locale).select_related("workflow").first()
    if choice:
        return choice.workflow
    workflow = Workflow.objects.create(name=name)
    for order, (task_name, group) in enumerate(steps):
        task = ReviewTask.objects.create(name=task_name)
        task.groups.add(Group.objects.get_or_create(name=group)[0])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowChoice.objects.create(purpose=purpose, locale=locale, workflow=workflow)
    return workflow
