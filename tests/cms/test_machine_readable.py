"""What machines read of each page type: JSON-LD, Open Graph, and the lists that counts lead to."""

from __future__ import annotations

import datetime
import io
import json
import re

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from PIL import Image as Picture

from cms.publications.models import PublicationPage
from documents.models import Image
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
)

pytestmark = pytest.mark.django_db

TYPES = {
    "/en/": "WebSite",
    "/en/topics/": "CollectionPage",
    "/en/glossary/": ["CollectionPage", "DefinedTermSet"],
    "/en/publications/": "CollectionPage",
    "/en/cases/": "CollectionPage",
}
FACTORIES = {
    SectionPageFactory: "WebPage",
    TopicPageFactory: "CollectionPage",
    GlossaryTermPageFactory: "DefinedTerm",
    PublicationPageFactory: "Report",
    CasePageFactory: "Article",
}


@pytest.fixture(autouse=True)
def no_sizes_of_another_test():
    """Wagtail caches sizes of pictures by the picture's number, which the next test gives out again."""
    cache.clear()


def graph(client, address: str) -> list[dict]:
    html = client.get(address).content.decode()
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(scripts) == 1
    data = json.loads(scripts[0])
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def meta(client, address: str) -> dict[str, str]:
    html = client.get(address).content.decode()
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html))


@pytest.mark.parametrize("address", TYPES)
def test_lists_say_what_they_are(client, address):
    first = graph(client, address)[0]
    assert first["@type"] == TYPES[address]
    assert first["url"].endswith(address)


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_pages_say_what_they_are_and_where(client, factory):
    page = factory(published=True, title="Words & <signs>")
    first, way = graph(client, page.get_url())
    assert (first["@type"], first["name"], first["inLanguage"]) == (FACTORIES[factory], "Words & <signs>", "en")
    assert datetime.datetime.fromisoformat(first["dateModified"])
    assert way["@type"] == "BreadcrumbList"
    assert all(value != "" for value in first.values())


def test_the_home_page_says_how_to_search(client):
    action = graph(client, "/en/")[0]["potentialAction"]
    assert action["target"].endswith("/en/search/?q={query}")


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_shared_links_have_title_summary_and_picture(client, factory):
    data = io.BytesIO()
    Picture.new("RGB", (1600, 900), "navy").save(data, "PNG")
    picture = Image.objects.create(title="Court", file=ContentFile(data.getvalue(), name="court.png"))
    page = factory(published=True, lead_image=picture, lead_image_alt="A courtroom", search_description="For machines.")
    found = meta(client, page.get_url())
    assert found["og:title"] == page.title
    assert found["og:description"] == "For machines."
    assert found["og:image:alt"] == "A courtroom"
    assert found["twitter:card"] == "summary_large_image"
    assert client.get(found["og:image"].removeprefix("http://testserver")).status_code == 200
    assert "og:image" not in meta(client, factory(published=True).get_url())


def note(day: int, *, is_major: bool):
    return ("note", {"date": datetime.date(2030, 5, day), "text": "Changed.", "is_major": is_major})


def test_only_a_major_change_moves_the_updated_date(client):
    minor = PublicationPageFactory(published=True, change_notes=[note(1, is_major=False)])
    major = PublicationPageFactory(published=True, change_notes=[note(2, is_major=True), note(3, is_major=False)])
    minor, major = (PublicationPage.objects.get(pk=page.pk) for page in (minor, major))
    assert minor.changed_at == minor.first_published_at
    assert major.changed_at.date() == datetime.date(2030, 5, 2)
    assert client.get(minor.get_url()).context["updated"] is None
    assert client.get(major.get_url()).context["updated"] == datetime.date(2030, 5, 2)
    assert graph(client, major.get_url())[0]["dateModified"].startswith("2030-05-02")
    assert "<updated>2030-05-02" in client.get("/feeds/en/publications.atom").content.decode()


class TestCounts:
    def test_what_a_topic_counts_is_what_its_lists_hold(self, client):
        wide = TopicPageFactory(published=True, title="Impunity")
        narrow = TopicPageFactory(published=True, title="Amnesties", parent_topic=wide)
        for number in range(12):
            topic = narrow if number % 2 else wide
            PublicationPageFactory(published=True, topics=[topic])
            CasePageFactory(published=True, main_topic=topic)
            GlossaryTermPageFactory(published=True, topics=[topic])
        context = client.get(wide.get_url()).context
        assert context["publications"].count == 12
        for name in ("publications", "cases", "terms"):
            found = client.get(context[name].more_url).context["listing"]
            assert found.count == context[name].count == 12, name

    def test_a_term_shows_all_of_its_uses(self, client):
        term = GlossaryTermPageFactory(published=True)
        for number in range(23):
            PublicationPageFactory(published=True, title=f"Use {number}", terms=[term])
        used = client.get(term.get_url()).context["used_in"]
        second = client.get(used.next_url).context["used_in"]
        assert (used.count, len(used.items), len(second.items)) == (23, 20, 3)

    def test_a_term_counts_a_work_once(self, client):
        term = GlossaryTermPageFactory(published=True)
        page = PublicationPageFactory(published=True, terms=[term])
        PublicationPageFactory(published=True, terms=[term], translation_of=page, language="de")
        assert client.get(term.get_url()).context["used_in"].count == 1

    def test_a_glossary_of_one_topic_says_so(self, client):
        topic = TopicPageFactory(published=True, title="Impunity")
        GlossaryTermPageFactory(published=True, title="Amnesty", topics=[topic])
        GlossaryTermPageFactory(published=True, title="Zeal")
        context = client.get("/en/glossary/", {"topic": str(topic.translation_key)}).context
        assert [letter.sign for letter in context["letters"]] == ["A"]
        assert context["filters"][0].value_label == "Impunity"


def test_ids_of_a_topic_and_a_term_of_one_name_differ(client):
    topic = TopicPageFactory(published=True, title="Genocide", body=[("text", "<p>Long.</p>")])
    term = GlossaryTermPageFactory(published=True, title="Genocide", body="<p>Long.</p>")
    case = CasePageFactory(published=True, topics=[topic], terms=[term])
    ids = re.findall(r' id="([^"]+)"', client.get(case.get_url()).content.decode())
    assert {"term-genocide", "topic-genocide"} <= set(ids)
    assert len(ids) == len(set(ids))
