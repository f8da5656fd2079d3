"""Addresses for machines: they show what anybody may read, to everybody alike, and set no cookie."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings
from django.urls import reverse
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.models import SiteSettings
from home.setup import ensure_site
from tests import sitemaps
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PublicationPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
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
    parts = list(sitemaps.parts(lambda address: client.get(address).content.decode()))
    assert len(parts) == len(settings.LANGUAGES)
    found = [[node.text for node in ET.fromstring(part).iter(f"{SITEMAP}loc")] for part in parts]
    urls = [url for part in found for url in part]
    public = visible_to(Page.objects.all(), Visitor())
    assert sorted(urls) == sorted(f"http://localhost:8000{page.get_url()}" for page in public)
    for part in found:
        assert len({url.split("/")[3] for url in part}) == 1, "one language each"
    body = "\n".join(parts)
    assert "hidden" not in body
    assert body.count('hreflang="x-default"') == len(urls)  # every page of this site has a translation
    links = [node.attrib for part in parts for node in ET.fromstring(part).iter("{http://www.w3.org/1999/xhtml}link")]
    german = {"rel": "alternate", "hreflang": "de", "href": "http://localhost:8000/de/publikationen/gezeigt/"}
    assert links.count(german) == 2  # beside the English and beside the German page
    english = "http://localhost:8000/en/publications/shown/"
    assert links.count({"rel": "alternate", "hreflang": "x-default", "href": english}) == 2


def test_sitemap_is_cut_into_parts_that_lose_nothing(client, pages, monkeypatch):
    whole = set(re.findall("<loc>[^<]*", sitemaps.whole(client)))
    monkeypatch.setattr("home.sitemaps.LanguageSitemap.limit", 2)
    parts = list(sitemaps.parts(lambda address: client.get(address).content.decode()))
    assert len(parts) > len(settings.LANGUAGES)
    found = [re.findall("<loc>[^<]*", part) for part in parts]
    assert all(0 < len(urls) <= 2 for urls in found)
    assert (
        len([url for urls in found for url in urls]) == len(whole) and {url for urls in found for url in urls} == whole
    )


def test_sitemap_index_says_when_a_language_last_changed_in_public(client, pages):
    day = datetime.datetime(2031, 5, 6, 7, 8, tzinfo=datetime.UTC)
    Page.objects.filter(slug__startswith="hidden").update(last_published_at=day)
    assert "2031" not in client.get("/sitemap.xml").content.decode()
    Page.objects.filter(pk=pages.pk).update(last_published_at=day)
    body = client.get("/sitemap.xml").content.decode()
    assert body.count("<lastmod>2031-05-06T07:08:00+00:00</lastmod>") == 1


@pytest.mark.parametrize(
    "path", ["/sitemap-xx.xml", "/sitemap-en.xml?p=2", "/sitemap-en.xml?p=0", "/sitemap-en.xml?p=x"]
)
def test_sitemap_that_isnt_there_is_the_same_404_as_everything(client, pages, path):
    answer, nothing = client.get(path), client.get("/no-such-address.xml")
    assert (answer.status_code, answer.content) == (404, nothing.content)
    assert dict(answer.headers) == dict(nothing.headers)
    assert client.post(path).status_code == 405


def test_sitemap_and_feed_are_the_same_for_a_member(client, pages):
    paths = ("/sitemap.xml", "/sitemap-en.xml", "/feeds/en/publications.atom")
    anonymous = [client.get(path).content for path in paths]
    client.force_login(UserFactory(administrator=True))
    assert [client.get(path).content for path in paths] == anonymous


def test_lastmod_ignores_drafts(client, pages):
    before = sitemaps.whole(client)
    assert "<lastmod>" in before
    pages.title = "Draft title"
    pages.save_revision()
    assert sitemaps.whole(client) == before


def test_sitemap_costs_the_same_for_few_pages_and_for_many(client, pages, django_assert_num_queries):
    for path, expected in (("/sitemap.xml", 3), ("/sitemap-en.xml", 5)):
        client.get(path)
        with django_assert_num_queries(expected):
            client.get(path)
    for number in range(20):
        PublicationPageFactory(published=True, slug=f"shown-{number}")
    client.get("/sitemap.xml")  # the site's roots are kept in the cache
    with django_assert_num_queries(5):
        assert client.get("/sitemap-en.xml").content.count(b"<loc>") > 20


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
    odd = client.get("/feeds/en/search.atom", {"q": "words\x00 \x1b\uffff"})
    assert ET.fromstring(odd.content).findtext("{http://www.w3.org/2005/Atom}title", "").endswith(": words")
    client.force_login(UserFactory(administrator=True))
    assert "hidden" not in client.get("/feeds/en/search.atom", {"q": "words"}).content.decode()


def test_the_feed_of_a_search_has_more_than_a_page_of_it(client):
    from search.outbox import drain

    for number in range(12):
        PublicationPageFactory(published=True, title=f"Zebrafinch {number}")
    drain()
    body = client.get("/feeds/en/search.atom", {"q": "zebrafinch"}).content.decode()
    assert body.count("<entry>") == 12


def test_robots_and_health(client):
    assert "Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/healthz").content == b"ok\n"
    assert client.post("/healthz").status_code == 405


def test_how_search_is_wants_the_token(client, settings):
    assert client.get("/healthz", headers={"authorization": "Bearer "}).content == b"ok\n"
    settings.MONITORING_TOKEN = "a-token"
    for given in ("", "a-token", "Bearer wrong", "Bearer "):
        assert client.get("/healthz", headers={"authorization": given}).content == b"ok\n"
    response = client.get("/healthz", headers={"authorization": "Bearer a-token"})
    assert response["Cache-Control"] == "private, no-store"
    search = response.json()["search"]
    assert (
        search["breaker"] == "closed" and search["lag_seconds"] == 0 and search["engine"] in ("fts5", "elasticsearch")
    )
    assert {"target", "previous", "building", "waiting", "parked", "documents", "ok", "outdated"} <= search.keys()


def test_security_txt_needs_a_contact(client):
    assert client.get("/.well-known/security.txt").status_code == 404
    SiteSettings.objects.update(security_email="security@example.org")
    body = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@example.org" in body and "Expires: " in body


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap-en.xml", "/feeds/en/publications.atom", "/robots.txt", "/healthz", "/en/"]
)
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
