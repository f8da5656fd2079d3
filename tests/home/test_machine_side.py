"""Addresses for machines: they show what anybody may read, to everybody alike, and set no cookie."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse

from cms.core.models import SiteSettings
from home.setup import ensure_site
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PublicationPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)

pytestmark = pytest.mark.django_db
HIDDEN = ("embargoed", "expired", "restricted", "withdrawn")


@pytest.fixture
def pages():
    shown = PublicationPageFactory(published=True, title="Shown", slug="shown", summary="Words & <signs>")
    PublicationPageFactory(published=True, title="Gezeigt", slug="gezeigt", translation_of=shown, language="de")
    PublicationPageFactory(title="hidden-draft", slug="hidden-draft")
    for state in HIDDEN:
        PublicationPageFactory(title=f"hidden-{state}", slug=f"hidden-{state}", **{state: True})
    return shown


@pytest.mark.parametrize(("asked", "given"), [("de", "/de/"), ("ar,en;q=0.5", "/ar/"), ("xx", "/en/"), ("", "/en/")])
def test_root_leads_to_the_language_of_the_visitor(client, asked, given):
    response = client.get("/", headers={"accept-language": asked})
    assert (response.status_code, response["Location"]) == (302, given)
    assert "Accept-Language" in response["Vary"]
    assert not response.cookies


def test_sitemap_lists_visible_pages_with_their_translations(client, pages):
    body = client.get("/sitemap.xml").content.decode()
    root = ET.fromstring(body)
    urls = [node.text for node in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert "http://localhost:8000/en/publications/shown/" in urls
    assert "hidden" not in body
    assert body.count('hreflang="x-default"') == len(urls)  # every page of this site has a translation
    links = [node.attrib for node in root.iter("{http://www.w3.org/1999/xhtml}link")]
    german = {"rel": "alternate", "hreflang": "de", "href": "http://localhost:8000/de/publikationen/gezeigt/"}
    assert links.count(german) == 2  # beside the English and beside the German page


def test_sitemap_and_feed_are_the_same_for_a_member(client, pages):
    anonymous = [client.get(path).content for path in ("/sitemap.xml", "/feeds/en/publications.atom")]
    client.force_login(UserFactory(administrator=True))
    assert [client.get(path).content for path in ("/sitemap.xml", "/feeds/en/publications.atom")] == anonymous


def test_lastmod_ignores_drafts(client, pages):
    before = client.get("/sitemap.xml").content
    pages.title = "Draft title"
    pages.save_revision()
    assert client.get("/sitemap.xml").content == before


def test_feed_shows_visible_publications_of_its_language(client, pages):
    body = client.get("/feeds/en/publications.atom").content.decode()
    assert "Shown" in body and "hidden" not in body and "Gezeigt" not in body
    assert "Words &amp; &lt;signs&gt;" in body
    assert f"urn:uuid:{pages.translation_key}:en" in body
    assert client.get("/feeds/xx/publications.atom").status_code == 404


@pytest.mark.parametrize("name", ["publications", "cases", "topics", "terms"])
def test_every_list_has_a_feed(client, name):
    factory = {
        "publications": PublicationPageFactory,
        "cases": CasePageFactory,
        "topics": TopicPageFactory,
        "terms": GlossaryTermPageFactory,
    }[name]
    page = factory(published=True, title="Shown")
    factory(title="hidden-draft")
    factory(restricted=True, title="hidden-members")
    response = client.get(f"/feeds/en/{name}.atom")
    body = response.content.decode()
    assert response["Content-Type"].startswith("application/atom+xml")
    assert f"urn:uuid:{page.translation_key}:en" in body and "hidden" not in body
    assert f"/feeds/en/{name}.atom" in client.get(page.get_parent().get_url()).content.decode()


def test_there_is_no_feed_of_what_is_no_list(client):
    assert client.get("/feeds/en/nothing.atom").status_code == 404


def test_a_search_is_a_feed(client, pages):
    from search.outbox import drain

    drain()
    body = client.get("/feeds/en/search.atom", {"q": "words", "page": "x"}).content.decode()
    assert f"urn:uuid:{pages.translation_key}:en" in body and "hidden" not in body
    assert client.get("/feeds/en/search.atom", {"q": "hidden"}).content.decode().count("<entry>") == 0
    client.force_login(UserFactory(administrator=True))
    assert "hidden" not in client.get("/feeds/en/search.atom", {"q": "words"}).content.decode()


def test_robots_and_health(client):
    assert "Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/healthz").content == b"ok\n"
    assert client.post("/healthz").status_code == 405


def test_security_txt_needs_a_contact(client):
    assert client.get("/.well-known/security.txt").status_code == 404
    SiteSettings.objects.update(security_email="security@example.org")
    body = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@example.org" in body and "Expires: " in body


@pytest.mark.parametrize("path", ["/sitemap.xml", "/feeds/en/publications.atom", "/robots.txt", "/healthz", "/en/"])
def test_readers_get_no_cookie(client, pages, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies


def test_ensure_site_changes_nothing_the_second_time(pages):
    assert ensure_site() == []


def test_ensure_site_makes_no_list_again_that_an_editor_removed():
    from cms.cases.models import CaseIndexPage

    CaseIndexPage.objects.get(locale__language_code="fr").delete()
    assert ensure_site() == []
    assert not CaseIndexPage.objects.filter(locale__language_code="fr").exists()


def test_new_language_gets_its_tree():
    from home.models import HomePage

    HomePage.objects.get(locale__language_code="es").delete()
    assert ensure_site() == ["es"]
    home = HomePage.objects.get(locale__language_code="es")
    assert home.live and home.get_children().live().count() == 4
    assert HomePage.objects.values("translation_key").distinct().count() == 1
    publish(home, title="Portada")


@pytest.mark.parametrize(("code", "title"), [("it", "Italiano"), ("fa", "فارسی")])
def test_a_language_that_is_added_gets_tree_roles_and_review(client, settings, code, title):
    from django.contrib.auth.models import Group
    from wagtail.models import WorkflowPage

    from home.models import HomePage
    from workflows.models import WorkflowChoice

    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [*settings.LANGUAGES, (code, title)]
    client.force_login(UserFactory(administrator=True))
    assert client.post(reverse("wagtaillocales:add"), {"language_code": code}).status_code == 302
    home = HomePage.objects.get(locale__language_code=code)
    assert home.live and home.get_children().live().count() == 4
    assert home.translation_key == HomePage.objects.get(locale__language_code="en").translation_key
    assert Group.objects.filter(name__in=[f"Translators ({code})", f"Translation review ({code})"]).count() == 2
    assert WorkflowPage.objects.filter(page=home.pk).exists()
    assert WorkflowChoice.objects.filter(purpose="translation", locale=home.locale).exists()
