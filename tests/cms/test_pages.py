"""Every page type as a visitor gets it: what is there, what isn't, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core.models import Place
from home.models import HomePage
from tests.factories import (
    CasePageFactory,
    DocumentFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    TopicPageFactory,
    WorkKindFactory,
    publish,
)
from tests.kept import kept

pytestmark = pytest.mark.django_db

MAX_QUERIES = 12


@pytest.fixture(scope="module")
def rich_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """A case with everything on it, and more around it. Made once for all tests here, which change none of it."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("search")):
        yield _rich_site()


def _rich_site():
    topic = TopicPageFactory(published=True, title="Impunity", synonyms="No punishment")
    TopicPageFactory(published=True, title="Amnesties", parent_topic=topic)
    terms = [GlossaryTermPageFactory(published=True, title=f"Term {n}", topics=[topic]) for n in range(3)]
    country = PlaceFactory(name="Belgium", kind=Place.Kind.COUNTRY, iso="BE")
    place = PlaceFactory(name="Brussels", parent=country)
    kind = PublicationKindFactory(name="Report", code="report")
    related = PublicationPageFactory(published=True, title="Older report", kind=kind)
    files = [DocumentFactory(language="en"), DocumentFactory(language="de")]
    publication = PublicationPageFactory(
        published=True,
        title="Chain of command",
        kind=kind,
        topics=[topic],
        places=[place],
        terms=terms,
        files=files,
        authors=["A. Author", "B. Author"],
        related=[related],
    )
    single = DocumentFactory(title="Indictment")
    case = CasePageFactory(
        published=True,
        title="The initiative",
        documents=[publication, single],
        terms=terms,
        topics=[topic],
        main_topic=topic,
        place=place,
        work_kind=WorkKindFactory(name="Networks", code="networks"),
    )
    for number in range(8):
        PublicationPageFactory(published=True, title=f"Filler {number}", kind=kind, topics=[topic])
    return {"topic": topic, "term": terms[0], "publication": publication, "case": case, "single": single}


def assert_few_queries(client, address):
    """Savepoints of the test's own transaction are no queries of the page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    queries = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(queries) <= MAX_QUERIES, "\n".join(queries)


def get(client, page):
    response = client.get(page.get_url())
    assert response.status_code == 200, page
    return response


def test_case_shows_its_documents_terms_and_topics_with_counts(client, rich_site):
    context = get(client, rich_site["case"]).context
    assert [card.title for card in context["documents"]] == ["Chain of command", "Indictment"]
    assert [row.language for row in context["documents"][0].files] == ["en", "de"]
    assert [card.title for card in context["terms"]] == ["Term 0", "Term 1", "Term 2"]
    assert [part.label for part in context["meta_line"]] == ["Brussels", "Networks", "Impunity"]
    assert context["map"].title == "Brussels"


def test_meta_line_leads_to_lists_that_hold_the_page(client, rich_site):
    for name in ("case", "publication"):
        parts = get(client, rich_site[name]).context["meta_line"]
        for part in parts:
            if part.facet == "topic":
                continue
            listing = client.get(part.url).context["listing"]
            assert rich_site[name].title in [card.title for card in listing.items], part


def test_publication_shows_its_files_by_language_and_who_names_it(client, rich_site):
    response = get(client, rich_site["publication"])
    context = response.context
    assert [group.code for group in context["file_groups"]] == ["en", "de"]
    assert context["file_count"] == 2
    assert context["main_file"].language == "en"
    assert [card.title for card in context["cases"]] == ["The initiative"]
    assert [card.title for card in context["related"]] == ["Older report"]
    assert context["kind"].label == "Report"
    assert context["citation"].text.startswith("A. Author; B. Author (2024): Chain of command")


def test_related_publications_say_what_they_are_in_the_editors_order(client, rich_site):
    kind = rich_site["publication"].kind
    named = [PublicationPageFactory(published=True, title=title, kind=kind) for title in ("Second", "First")]
    page = PublicationPageFactory(published=True, title="Naming", related=[named[1], named[0]])
    cards = get(client, page).context["related"]
    assert [card.title for card in cards] == ["First", "Second"]
    assert [card.kind_label for card in cards] == ["Report", "Report"]
    assert [card.summary for card in cards] == ["Summary of First.", "Summary of Second."]
    assert {card.date for card in cards} == {named[0].date}


def test_home_page_says_its_headline_and_keeps_its_title_for_the_tab(client):
    home = HomePage.objects.get(locale__language_code="en", depth=2)
    assert f"<h1>{home.title}</h1>" in get(client, home).content.decode()
    publish(home, headline="What happened is on record")
    text = get(client, home).content.decode()
    assert "<h1>What happened is on record</h1>" in text
    assert f"<title>{home.title}" in text


def test_topic_counts_what_it_lists(client, rich_site):
    context = get(client, rich_site["topic"]).context
    assert context["publications"].count == len(context["publications"].items) == 9
    assert context["cases"].count == 1
    assert context["terms"].count == 3
    assert [card.title for card in context["subtopics"]] == ["Amnesties"]


def test_term_says_where_it_is_used(client, rich_site):
    context = get(client, rich_site["term"]).context
    assert {card.title for card in context["used_in"].items} == {"Chain of command", "The initiative"}
    assert context["used_in"].count == 2


@pytest.mark.parametrize("address", ["/en/", "/de/", "/en/publications/", "/en/cases/", "/en/topics/", "/en/glossary/"])
def test_lists_answer(client, rich_site, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["topic", "term", "publication", "case"])
def test_pages_cost_few_queries(client, rich_site, name):
    get(client, rich_site[name])
    assert_few_queries(client, rich_site[name].get_url())


@pytest.mark.parametrize("address", ["/en/", "/en/publications/", "/en/cases/", "/en/topics/", "/en/glossary/"])
def test_lists_cost_few_queries(client, rich_site, address):
    client.get(address)
    assert_few_queries(client, address)
