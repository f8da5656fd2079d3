"""A site with one published English publication, and the people who translate and review."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Locale

from access.models import User
from access.roles import EDITORS, translation_reviewers, translators
from cms.publications.models import PublicationIndexPage, PublicationPage
from workflows.emergency import emergency


def make_user(name: str, *groups: str, **fields) -> User:
    user = User.objects.create_user(name, password="x", **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def admin(db):
    return make_user("admin", is_superuser=True)


@pytest.fixture
def editor(db):
    return make_user("editor", EDITORS)


@pytest.fixture
def translator(db):
    return make_user("translator-de", translators("de"))


@pytest.fixture
def arabic_translator(db):
    return make_user("translator-ar", translators("ar"))


@pytest.fixture
def reviewer(db):
    return make_user("reviewer-de", translation_reviewers("de"))


@pytest.fixture
def german(db):
    return Locale.objects.get(language_code="de")


@pytest.fixture
def publish(admin):
    def run(page):
        with emergency(admin, "set-up of a test"):
            page.save_revision().publish(user=admin)
        page.refresh_from_db()
        return page

    return run


@pytest.fixture
def report(publish):
    index = PublicationIndexPage.objects.get(locale__language_code="en")
    page = PublicationPage(
        title="Chain of command",
        slug="chain-of-command",
        summary="Who gave the orders & who wrote them down.",
        abstract='<p>Orders leave <b>traces</b> on <a href="https://example.org/">paper</a>.</p><p>A second one.</p>',
        live=False,
    )
    index.add_child(instance=page)
    return publish(page)
