"""What the explorer costs: the same for ten pages as for fifty, whoever looks."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from access.roles import AUTHORS, EDITORS, translators
from access.visitor import Visitor
from tests.factories import PublicationPageFactory, UserFactory
from translations.permissions import lacks_requestable, with_requestable

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 50
MOST = 80
"""Statements, Wagtail's own among them; PostgreSQL takes a few more than SQLite."""


def make(count: int, first: int) -> None:
    """Published pages and drafts, in turns."""
    for number in range(first, first + count):
        PublicationPageFactory(published=bool(number % 2), title=f"Report {number}", slug=f"report-{number}")


@pytest.mark.parametrize("groups", [[EDITORS], [AUTHORS], [translators("en")]])
def test_explorer_costs_the_same_for_few_pages_and_for_many(client, groups):
    user = UserFactory(groups=groups)
    client.force_login(user)
    make(FEW, 0)
    parent = PublicationPageFactory(published=True, title="Last", slug="last").get_parent()
    address = reverse("wagtailadmin_explore", args=[parent.pk])

    def cost() -> tuple[int, int]:
        client.get(address)  # content types and the site's roots are kept in memory
        with CaptureQueriesContext(connection) as captured:
            html = client.get(address).content.decode()
        return len(captured), html.count('class="title-wrapper"')

    few, shown = cost()
    make(MANY - FEW, FEW)
    many, more = cost()
    assert more > shown >= FEW / 2
    assert many == few
    assert many <= MOST


def test_button_asks_for_what_the_list_knows_and_the_page_itself(client):
    """A translator is offered what is public and lacks their language; an editor what lacks any."""
    public = PublicationPageFactory(published=True, title="Public")
    translated = PublicationPageFactory(published=True, title="Translated")
    PublicationPageFactory(published=True, title="Deutsch", language="de", translation_of=translated)
    restricted = PublicationPageFactory(restricted=True, title="Members")
    draft = PublicationPageFactory(title="Draft")
    pages = Page.objects.filter(pk__in=[page.pk for page in (public, translated, restricted, draft)])
    for groups in ([EDITORS], [AUTHORS], [translators("de")], [translators("ar")], []):
        user = UserFactory(groups=groups)
        assert set(Group.objects.filter(user=user).values_list("name", flat=True)) == set(groups)
        listed = with_requestable(pages, Visitor(user), user).specific()
        for page in listed:
            alone = Page.objects.get(pk=page.pk).specific
            assert lacks_requestable(user, page) == lacks_requestable(user, alone), (groups, page.title)
