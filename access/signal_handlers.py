"""Keeps the roles complete, after migrations and when a locale or a tree is added, and restrictions alive."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import ValidationError
from django.db.models.signals import post_migrate, post_save, pre_delete, pre_save
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.signals import pre_page_move

from access import prepared
from access.boundary import section_types
from access.roles import ensure_roles


def _after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """The roles once, after the last app with models: the permissions of all of them exist then."""
    prepared.forget()
    if sender == [config for config in apps.get_app_configs() if config.models_module][-1]:
        ensure_roles()


def _after_locale(sender: type[Locale], created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        ensure_roles()


def _after_page(sender: type[Page], instance: Page, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and isinstance(instance, Page) and instance.depth == 2:
        ensure_roles()


def _before_page(sender: type[Page], instance: Page, raw: bool = False, **kwargs: Any) -> None:
    if isinstance(instance, Page) and instance._state.adding and not raw and instance.depth and instance.depth > 2:
        _refuse_below_leaf(instance.path[: -Page.steplen])


def _before_page_move(sender: type[Page], parent_page_after: Page, **kwargs: Any) -> None:
    _refuse_below_leaf(parent_page_after.path)


def _refuse_below_leaf(parent: str) -> None:
    """Raises ValidationError where nothing may lie below the page at the path ``parent``: readers' rules know no such place."""
    if not Page.objects.filter(path=parent, content_type__in=section_types()).exists():
        raise ValidationError(_("Pages of this type have no pages below them. Choose another place."))


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
    pre_save.connect(_before_page, dispatch_uid="access.boundary.leaf")
    pre_page_move.connect(_before_page_move, dispatch_uid="access.boundary.move")
    pre_delete.connect(_before_page_delete, sender=Page, dispatch_uid="access.restrictions.inherit")
