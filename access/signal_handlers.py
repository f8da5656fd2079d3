"""Keeps the roles complete, after migrations and when a locale or a tree is added, and restrictions alive."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, post_save, pre_delete
from wagtail.models import Locale, Page, PageViewRestriction

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


def _before_page_delete(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A restriction counts for all translations, but lies on one page: when that goes, another one gets it."""
    heir = Page.objects.filter(translation_key=instance.translation_key).exclude(pk=instance.pk).first()
    if heir is None:
        return
    for rule in PageViewRestriction.objects.filter(page=instance.pk):
        kept = PageViewRestriction.objects.create(
            page=heir, restriction_type=rule.restriction_type, password=rule.password
        )
        kept.groups.set(rule.groups.all())


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    post_migrate.connect(_after_migrate, dispatch_uid="access.roles.migrate")
    post_save.connect(_after_locale, sender=Locale, dispatch_uid="access.roles.locale")
    post_save.connect(_after_page, dispatch_uid="access.roles.page")
    pre_delete.connect(_before_page_delete, sender=Page, dispatch_uid="access.restrictions.inherit")
