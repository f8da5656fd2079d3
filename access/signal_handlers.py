"""Keeps the roles complete: after migrations, and when a locale or a language tree is added."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, post_save
from wagtail.models import Locale, Page

from access.roles import ensure_roles


def _after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Runs once, after the last app with models: the permissions of all of them exist then."""
    if sender == [config for config in apps.get_app_configs() if config.models_module][-1]:
        ensure_roles()


def _after_locale(sender: type[Locale], created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        ensure_roles()


def _after_page(sender: type[Page], instance: Page, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and isinstance(instance, Page) and instance.depth == 2:
        ensure_roles()


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    post_migrate.connect(_after_migrate, dispatch_uid="access.roles.migrate")
    post_save.connect(_after_locale, sender=Locale, dispatch_uid="access.roles.locale")
    post_save.connect(_after_page, dispatch_uid="access.roles.page")
