"""The roles of an organisation as groups with permissions, made and repaired by code.

``ensure_roles()`` runs after every migration and whenever a locale or a tree is added. It gives
what is missing and never takes away what an administrator added, except for the publish
permission of the editorial groups: nothing goes public past approval.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page

READERS = "Readers"
AUTHORS = "Authors"
EDITORS = "Editors"
LEGAL = "Legal review"
ADMINISTRATORS = "Site administrators"

PAGE_ACTIONS_FOR_ADMINISTRATORS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
FILE_ACTIONS = ("add", "change", "choose")


def translators(code: str) -> str:
    """Name of the group that translates into the locale ``code``."""
    return f"Translators ({code})"


def translation_reviewers(code: str) -> str:
    """Name of the group that approves translations into the locale ``code``."""
    return f"Translation review ({code})"


def locale_roots(locale: Locale | None = None) -> list[Page]:
    """The roots of the language trees (depth 2), of one locale or of all."""
    roots = Page.objects.filter(depth=2)
    return list(roots.filter(locale=locale) if locale else roots)


@dataclass
class _ModelGrants:
    """What higher apps ask for on their own models: role name -> codenames with app label."""

    by_role: dict[str, set[tuple[str, str]]] = field(default_factory=dict)


_grants = _ModelGrants()


def grant_on_model(role: str, app_label: str, model: str, actions: Iterable[str]) -> None:
    """Registers that ``role`` gets ``<action>_<model>`` of ``app_label``; takes effect at the next ``ensure_roles()``.

    Called from ``AppConfig.ready()`` of apps above this one. Calling it twice changes nothing.
    """
    _grants.by_role.setdefault(role, set()).update((app_label, f"{action}_{model}") for action in actions)


@transaction.atomic
def ensure_roles() -> None:
    """Makes all groups and gives them what their role needs, in every language tree. Idempotent."""
    everyone = {
        name: Group.objects.get_or_create(name=name)[0] for name in (READERS, AUTHORS, EDITORS, LEGAL, ADMINISTRATORS)
    }
    _grant_page(everyone[ADMINISTRATORS], Page.objects.filter(depth=1), PAGE_ACTIONS_FOR_ADMINISTRATORS)
    roots = locale_roots()
    _grant_page(everyone[AUTHORS], roots, ("add",))
    _grant_page(everyone[EDITORS], roots, ("add", "change", "lock", "unlock"))
    for locale in Locale.objects.all():
        for name, actions in (
            (translators(locale.language_code), ("change",)),
            (translation_reviewers(locale.language_code), ()),
        ):
            everyone[name], _ = Group.objects.get_or_create(name=name)
            _grant_page(everyone[name], [root for root in roots if root.locale_id == locale.pk], actions)
    GroupPagePermission.objects.filter(permission__codename="publish_page", group__in=everyone.values()).exclude(
        group=everyone[ADMINISTRATORS]
    ).delete()
    staff = [group for name, group in everyone.items() if name != READERS]
    _grant_files(staff)
    _grant_admin(staff)
    _grant_models(everyone)


def _grant_page(group: Group, pages: Iterable[Page], actions: Iterable[str]) -> None:
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{action}_page" for action in actions]
    )
    for page in pages:
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _grant_files(groups: Iterable[Group]) -> None:
    """Core asks for the codenames of wagtaildocs and wagtailimages, whatever the site's own models are."""
    root = Collection.get_first_root_node()
    if root is None:
        return
    permissions = Permission.objects.filter(
        codename__in=[f"{action}_{model}" for action in FILE_ACTIONS for model in ("document", "image")],
        content_type__app_label__in=["wagtaildocs", "wagtailimages"],
    )
    for group in groups:
        for permission in permissions:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _grant_admin(groups: Iterable[Group]) -> None:
    access_admin = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin").first()
    for group in groups:
        if access_admin:
            group.permissions.add(access_admin)


def _grant_models(groups: dict[str, Group]) -> None:
    for role, wanted in _grants.by_role.items():
        for app_label, codename in wanted:
            permission = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
            if permission:
                groups[role].permissions.add(permission)


for _model, _app in (
    ("user", "access"),
    ("group", "auth"),
    ("workflow", "wagtailcore"),
    ("task", "wagtailcore"),
    ("collection", "wagtailcore"),
    ("site", "wagtailcore"),
    ("locale", "wagtailcore"),
    ("redirect", "wagtailredirects"),
):
    grant_on_model(ADMINISTRATORS, _app, _model, ("add", "change", "delete"))
