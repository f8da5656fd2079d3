"""System checks: every page type behind the gate, every workflow with a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from wagtail.models import Page, Workflow

from workflows.gate import ApprovalGateMixin


@register(Tags.models)
def check_page_types(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each page type must put the gate before ``Page``, else its pages go live without approval."""
    return [
        Error(
            "A page type goes live without approval.",
            hint="Make BasePage its base: the ApprovalGateMixin goes before Page.",
            obj=model,
            id="workflows.E001",
        )
        for model in apps.get_models()
        if issubclass(model, Page)
        and model is not Page
        and not model._meta.proxy
        and not issubclass(model, ApprovalGateMixin)
    ]


@register(Tags.database)
def check_workflows(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """An active workflow without an active step can't be started: submitting a page to it would fail."""
    if "default" not in (databases or ()) or not _has_table(Workflow._meta.db_table):
        return []
    empty = Workflow.objects.filter(active=True).exclude(workflow_tasks__task__active=True)
    return [
        Error(
            "A workflow has no active step.",
            hint="Add a step to it under Settings > Workflows, or disable it.",
            obj=f"Workflow {pk}",
            id="workflows.E002",
        )
        for pk in empty.values_list("pk", flat=True)
    ]


def _has_table(name: str) -> bool:
    return name in connections["default"].introspection.table_names()
