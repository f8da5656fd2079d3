"""The people of the demo: one in every role, and two reviewers for each language that is translated."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group

from access.models import User
from access.roles import AUTHORS, EDITORS, LEGAL, READERS, ensure_roles, translation_reviewers, translators

PASSWORD = "dossier-demo"  # noqa: S105  # public: it stands in the README, and production refuses it


class DemoRefused(Exception):
    """The demo may not be loaded here; ``str()`` is a sentence."""


@dataclass(frozen=True)
class Person:
    """Login, name and role. ``group`` is empty for the administrator."""

    login: str
    first_name: str
    last_name: str
    group: str


PEOPLE = (
    Person("admin", "Ada", "Marković", ""),
    Person("author", "Noor", "Haddad", AUTHORS),
    Person("author2", "Jonas", "Feldt", AUTHORS),
    Person("editor", "Hanna", "Corvin", EDITORS),
    Person("editor2", "Pieter", "van Aken", EDITORS),
    Person("legal", "Mara", "Lindqvist", LEGAL),
    Person("translator-de", "Tomasz", "Brandau", translators("de")),
    Person("translator-ar", "Amal", "Zein", translators("ar")),
    Person("reviewer-de", "Rosa", "Imboden", translation_reviewers("de")),
    Person("reviewer-de2", "Elsa", "Vikström", translation_reviewers("de")),
    Person("reviewer-ar", "Samir", "Oudghiri", translation_reviewers("ar")),
    Person("reviewer-ar2", "Leila", "Mansour", translation_reviewers("ar")),
    Person("member", "Miguel", "Ferro", READERS),
)


def ensure_people() -> dict[str, User]:
    """Makes the demo logins that are missing; an account that exists keeps its password. Returns them by login.

    Raises DemoRefused where the settings don't allow logins that everybody knows.
    """
    if not getattr(settings, "DEMO_LOGINS", False):
        raise DemoRefused("These settings don't allow demo logins: everybody knows their password.")
    ensure_roles()
    found = {user.username: user for user in User.objects.filter(username__in=[one.login for one in PEOPLE])}
    for person in PEOPLE:
        if person.login not in found:
            found[person.login] = _make(person)
    return found


def _make(person: Person) -> User:
    user = User(
        username=person.login,
        first_name=person.first_name,
        last_name=person.last_name,
        is_superuser=not person.group,
        is_staff=not person.group,
    )
    user.set_password(PASSWORD)
    user.save()
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    return user


def give_addresses(people: dict[str, User]) -> None:
    """E-mail addresses come last: nobody gets mail about how the demo was made."""
    for user in people.values():
        if not user.email:
            user.email = f"{user.username}@lantern-archive.example"
            user.save(update_fields=["email"])


def writer_of(language: str) -> str:
    """Login of the person who writes in a language: authors, or the translator where there is one."""
    login = f"translator-{language}"
    return login if any(person.login == login for person in PEOPLE) else "author"
