"""Keeps the site complete: after migrations, and when a language is added."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate, post_save
from wagtail.models import Locale

from home.models import HomePage
from home.setup import ensure_site

NEEDED_TABLES = {
    "home_homepage",
    "cases_caseindexpage",
    "publications_publicationindexpage",
    "topics_topicindexpage",
    "glossary_glossaryindexpage",
    "cms_core_sitesettings",
    "workflows_approvalrecord",
    "documents_documentuse",
    "wagtailsearch_indexentry",
}


def _after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Runs once, after the last app with models, and only where the tables of all that it makes exist."""
    if using != DEFAULT_DB_ALIAS or sender != [c for c in apps.get_app_configs() if c.models_module][-1]:
        return
    if set(connections[using].introspection.table_names()) >= NEEDED_TABLES:
        ensure_site()


def _after_locale(sender: type[Locale], instance: Locale, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A language that an administrator adds gets its tree at once, unless the site itself isn't there yet."""
    known = {code for code, _name in settings.LANGUAGES}
    if created and not raw and instance.language_code in known and HomePage.objects.filter(depth=2).exists():
        ensure_site()


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    post_migrate.connect(_after_migrate, dispatch_uid="home.setup.migrate")
    post_save.connect(_after_locale, sender=Locale, dispatch_uid="home.setup.locale")
