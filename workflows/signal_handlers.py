"""Reactions: set-up after migrations and new locales, and records that end when a page is taken down."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate, post_save, pre_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Locale, Page, Revision
from wagtail.signals import page_unpublished

from workflows import approvals
from workflows.gate import ApprovalGateMixin, check_plain_save, check_schedule
from workflows.setup import ensure_workflows

NEEDED_TABLES = {"workflows_workflowchoice", "workflows_reviewtask", "wagtailcore_workflowpage", "auth_group"}


def _after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Runs once, after the last app with models, and only where the tables exist (a database half migrated)."""
    if using != DEFAULT_DB_ALIAS or sender != [c for c in apps.get_app_configs() if c.models_module][-1]:
        return
    if set(connections[using].introspection.table_names()) >= NEEDED_TABLES:
        ensure_workflows()


def _after_locale(sender: type[Locale], created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        ensure_workflows()


def _after_page(sender: type[Page], instance: Page, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and isinstance(instance, Page) and instance.depth == 2:
        ensure_workflows()


def _before_plain_page(sender: type[Page], instance: Page, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        check_plain_save(instance, kwargs.get("update_fields"))


def _before_schedule(sender: type[Revision], instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """Publishing with a go-live time ahead writes this one field of the revision."""
    if not raw and instance.approved_go_live_at and "approved_go_live_at" in (kwargs.get("update_fields") or ()):
        check_schedule(instance)


def _after_unpublish(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """What was taken down, by hand, by expiry or by withdrawal, needs a fresh approval to come back."""
    if isinstance(instance, ApprovalGateMixin):
        user = get_active_log_context().user
        approvals.record(instance, None, approvals.Decision.TAKEN_DOWN, user)


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    post_migrate.connect(_after_migrate, dispatch_uid="workflows.setup.migrate")
    post_save.connect(_after_locale, sender=Locale, dispatch_uid="workflows.setup.locale")
    post_save.connect(_after_page, dispatch_uid="workflows.setup.page")
    pre_save.connect(_before_plain_page, sender=Page, dispatch_uid="workflows.gate.plain_page")
    pre_save.connect(_before_schedule, sender=Revision, dispatch_uid="workflows.gate.schedule")
    page_unpublished.connect(_after_unpublish, dispatch_uid="workflows.approvals.taken_down")
