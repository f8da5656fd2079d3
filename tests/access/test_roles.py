"""Groups and permissions as an organisation finds them after the first migration."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission, Locale, Page

from access.roles import ADMINISTRATORS, EDITORS, ensure_roles, translation_reviewers, translators

pytestmark = pytest.mark.django_db


def page_permissions(group_name: str) -> set[tuple[str, str]]:
    rows = GroupPagePermission.objects.filter(group__name=group_name)
    return set(rows.values_list("permission__codename", "page__locale__language_code"))


def test_only_administrators_hold_the_publish_permission():
    holders = GroupPagePermission.objects.filter(permission__codename="publish_page").values_list(
        "group__name", flat=True
    )
    assert set(holders) <= {ADMINISTRATORS}


def test_a_publish_permission_given_to_editors_is_taken_back():
    from django.contrib.auth.models import Permission

    GroupPagePermission.objects.create(
        group=Group.objects.get(name=EDITORS),
        page=Page.objects.filter(depth=2).first(),
        permission=Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore"),
    )
    ensure_roles()
    assert "publish_page" not in {codename for codename, _ in page_permissions(EDITORS)}


def test_wagtails_own_moderators_are_gone():
    assert not Group.objects.filter(name="Moderators").exists()


def test_a_new_locale_brings_its_groups_and_a_new_tree_their_permissions():
    locale = Locale.objects.get_or_create(language_code="fr")[0]
    assert Group.objects.filter(name__in=[translators("fr"), translation_reviewers("fr")]).count() == 2
    Page.objects.get(depth=1).add_child(instance=Page(title="fr", slug="fr-x", locale=locale))
    assert ("change_page", "fr") in page_permissions(translators("fr"))


def test_translators_hold_change_in_their_own_tree_only_and_never_add():
    for code in ("de", "ar"):
        locale = Locale.objects.get_or_create(language_code=code)[0]
        Page.objects.get(depth=1).add_child(instance=Page(title=code, slug=f"{code}-x", locale=locale))
    assert page_permissions(translators("de")) == {("change_page", "de")}


def test_ensure_roles_twice_changes_nothing():
    ensure_roles()
    before = set(GroupPagePermission.objects.values_list("group", "page", "permission"))
    ensure_roles()
    assert set(GroupPagePermission.objects.values_list("group", "page", "permission")) == before
