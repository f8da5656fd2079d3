"""Who may translate what. Roles per locale are enforced here for pages, jobs and exchange alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Value, When
from wagtail.models import Locale, Page

from access.roles import EDITORS, translation_reviewers, translators
from access.visibility import is_visible, visible_to
from access.visitor import Visitor

if TYPE_CHECKING:
    from access.models import User


def locales_of(user: User) -> set[str]:
    """Language codes that ``user`` works in as a translator or reviewer; all of them for Editors and superusers."""
    codes = set(Locale.objects.values_list("language_code", flat=True))
    if not user.is_active:
        return set()
    groups = set(user.groups.values_list("name", flat=True))
    if user.is_superuser or EDITORS in groups:
        return codes
    return {code for code in codes if translators(code) in groups or translation_reviewers(code) in groups}


def translated_by(user: User) -> set[str]:
    """Language codes that ``user`` translates into, by group: what waits for an administrator isn't all there is."""
    if not user.is_active:
        return set()
    groups = set(user.groups.values_list("name", flat=True))
    return {code for code in Locale.objects.values_list("language_code", flat=True) if translators(code) in groups}


def may_request(user: User, page: Page, locale: Locale) -> bool:
    """Whether ``user`` may start a translation of ``page`` into ``locale``.

    Whoever may edit the page may ask; a translator of that locale may start on their own with what
    they can read as published.
    """
    if not user.is_active:
        return False
    if page.permissions_for_user(user).can_edit():
        return True
    is_translator = user.groups.filter(name=translators(locale.language_code)).exists()
    return bool(is_translator and is_visible(page, Visitor(user)))


def with_requestable(pages: QuerySet[Page], visitor: Visitor, user: User) -> QuerySet[Page]:
    """``pages`` annotated for ``lacks_requestable``, so that a list asks nothing for each row."""
    theirs = Page.objects.filter(translation_key=OuterRef(OuterRef("translation_key")), locale=OuterRef("pk"))
    missing = Locale.objects.exclude(Exists(theirs))
    own = missing.filter(language_code__in=translated_by(user))
    public = visible_to(Page.objects.filter(pk=OuterRef("pk")), visitor)
    return pages.annotate(
        lacks_some_=Exists(missing),
        lacks_own_=Case(When(Exists(public), then=Exists(own)), default=Value(False), output_field=BooleanField()),
    )


def lacks_requestable(user: User, page: Page) -> bool:
    """Whether ``page`` lacks a language that ``user`` may ask for. No query for a page of ``with_requestable``."""
    if hasattr(page, "lacks_some_"):
        may_edit = page.permissions_for_user(user).can_edit()
        return bool(user.is_active and (page.lacks_some_ if may_edit else page.lacks_own_))
    missing = Locale.objects.exclude(
        pk__in=Page.objects.filter(translation_key=page.translation_key).values("locale_id")
    )
    return any(may_request(user, page, locale) for locale in missing)


def may_translate(user: User, target: Page) -> bool:
    """Whether ``user`` may write the translation: the right to edit the translated page itself."""
    return bool(target.permissions_for_user(user).can_edit())


def may_look_at(user: User, target: Page) -> bool:
    """Whether ``user`` may open the workbench of ``target``: those who translate it and those who review it."""
    task = target.current_workflow_task
    return may_translate(user, target) or bool(task and task.user_can_access_editor(target, user))
