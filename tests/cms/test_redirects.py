"""A moved page leaves a redirect behind: it tells nothing of a page that is hidden."""

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from access.roles import EDITORS
from tests.factories import SectionPageFactory, UserFactory
from workflows.actions import withdraw

pytestmark = pytest.mark.django_db


def move(page):
    """Moves ``page`` into another section. Returns its old address and the page."""
    old = page.get_url()
    page.move(SectionPageFactory(published=True), pos="last-child")
    return old, Page.objects.get(pk=page.pk).specific


def test_the_old_address_of_a_public_page_leads_on(client):
    old, page = move(SectionPageFactory(published=True))
    for address in (old, f"{old}?utm=x"):
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (301, page.get_url())


@pytest.mark.parametrize("state", [{}, {"embargoed": True}, {"expired": True}, {"restricted": True}])
def test_the_old_address_of_a_hidden_page_is_like_a_missing_one(client, state):
    old, page = move(SectionPageFactory(title="Secret", slug="same-length-aaaaaa", **state))
    assert Redirect.objects.filter(redirect_page=page).exists()
    hidden, missing = client.get(old), client.get("/en/same-length-bbbbbb/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(b"aaaaaa", b"bbbbbb") == missing.content
    assert dict(hidden.headers) == dict(missing.headers)


def test_who_may_see_the_page_is_led_on(client):
    old, page = move(SectionPageFactory(restricted=True))
    client.force_login(UserFactory())
    assert client.get(old).url == page.get_url()


def test_what_was_withdrawn_says_so_at_its_old_address_too(client):
    old, page = move(SectionPageFactory(published=True))
    withdraw(page, UserFactory(groups=[EDITORS]), "A witness asked for it.")
    assert client.get(old, follow=True).status_code == 410


def test_a_redirect_to_another_site_and_one_to_nowhere(client):
    Redirect.objects.create(old_path="/old", redirect_link="https://example.org/")
    Redirect.objects.create(old_path="/nowhere")
    assert client.get("/old/").url == "https://example.org/"
    assert client.get("/en/nowhere/").status_code == 404
