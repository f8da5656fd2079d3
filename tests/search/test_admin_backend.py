"""Whatever an editor types into the admin's search boxes gets an answer."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from access.models import User

pytestmark = pytest.mark.django_db

TYPED = [
    '"',
    '"chain',
    "chain*",
    "a AND",
    "NOT",
    "title:x",
    "(",
    "'",
    "^a",
    '"a" OR "b"',
    "-",
    "NEAR(a b)",
    "نص",
    "\\",
    "%",
]


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize(
    "name", ["wagtailadmin_pages:search", "wagtaildocs:index", "wagtailimages:index", "wagtailadmin_choose_page_search"]
)
def test_anything_typed_is_answered(admin, name, typed):
    assert admin.get(reverse(name), {"q": typed}).status_code == 200


def test_a_quoted_phrase_still_finds_the_page(admin):
    Page.objects.get(depth=1).add_child(instance=Page(title="Chain of command", slug="coc", live=False))
    assert "Chain of command" in admin.get(reverse("wagtailadmin_pages:search"), {"q": '"chain of'}).content.decode()
