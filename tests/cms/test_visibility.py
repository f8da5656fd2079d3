"""What isn't public isn't there: one answer for draft, restricted, embargoed, expired and missing."""

from __future__ import annotations

import json
import re

import pytest

from access.visitor import Visitor
from cms.publications.models import PublicationPage
from tests.factories import (
    CasePageFactory,
    DocumentFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)

pytestmark = pytest.mark.django_db


def body(response):
    """The answer without its address, which a sign-in link may repeat."""
    return re.sub(rb"same-length-[a-z]+", b"", response.content)


def test_hidden_and_missing_pages_give_the_same_answer(client):
    answers = []
    for state in ({}, {"embargoed": True}, {"expired": True}, {"restricted": True}):
        slug = "same-length-" + (next(iter(state), "drafted") + "xxxxxxxxxx")[:10]
        PublicationPageFactory(title="Secret title", slug=slug, **state)
        answers.append(client.get(f"/en/publications/{slug}/"))
    answers.append(client.get("/en/publications/same-length-missingxxx/"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({body(answer) for answer in answers}) == 1
    headers = [dict(answer.headers.items()) for answer in answers]
    assert all(each == headers[0] for each in headers)
    assert not any(answer.cookies for answer in answers)


def test_member_reads_a_restricted_page(client):
    page = PublicationPageFactory(restricted=True)
    client.force_login(UserFactory())
    response = client.get(page.get_url())
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_withdrawn_page_says_that_it_was_withdrawn(client):
    page = PublicationPageFactory(withdrawn=True, title="Old title")
    response = client.get(page.get_url())
    assert response.status_code == 410
    assert b"A witness asked for it." in response.content
    assert b"Old title" not in response.content


def test_page_below_a_hidden_section_is_not_there(client):
    section = SectionPageFactory(published=True)
    below = SectionPageFactory(published=True, parent=section)
    assert client.get(below.get_url()).status_code == 200
    section.refresh_from_db()
    section.unpublish()
    assert client.get(below.get_url()).status_code == 404


def test_lists_and_counts_hold_visible_pages_only(client):
    topic = TopicPageFactory(published=True)
    shown = PublicationPageFactory(published=True, topics=[topic])
    for state in ({}, {"embargoed": True}, {"expired": True}, {"restricted": True}, {"withdrawn": True}):
        PublicationPageFactory(topics=[topic], **state)
    listing = client.get("/en/publications/").context["listing"]
    assert [card.title for card in listing.items] == [shown.title]
    assert listing.count == 1
    assert client.get(topic.get_url()).context["publications"].count == 1
    assert client.get("/en/").context["counts"]["publications"] == 1
    client.force_login(UserFactory())
    assert client.get(topic.get_url()).context["publications"].count == 2


def test_relations_to_hidden_pages_are_not_shown(client):
    hidden = [PublicationPageFactory(), PublicationPageFactory(restricted=True)]
    topic = TopicPageFactory(published=True)
    case = CasePageFactory(published=True, documents=hidden, topics=[topic], main_topic=topic)
    topic.unpublish()
    context = client.get(case.get_url()).context
    assert context["documents"] == []
    assert context["topics"] == []
    assert context["meta_line"] == []


def test_untranslated_relations_fall_back_and_are_marked(client):
    topic = TopicPageFactory(published=True, title="Impunity")
    publication = PublicationPageFactory(published=True, title="Report", files=[DocumentFactory(language="en")])
    both = PublicationPageFactory(published=True, title="Both")
    PublicationPageFactory(published=True, title="Beide", translation_of=both, language="de")
    case = CasePageFactory(published=True, documents=[publication, both], topics=[topic], main_topic=topic)
    german = CasePageFactory(
        published=True,
        translation_of=case,
        language="de",
        documents=[publication, both],
        topics=[topic],
        main_topic=topic,
    )
    context = client.get(german.get_url()).context
    cards = context["documents"]
    assert [(card.title, card.foreign, card.language) for card in cards] == [
        ("Report", True, "en"),
        ("Beide", False, "de"),
    ]
    assert cards[0].note and not cards[1].note
    assert [(part.label, part.foreign) for part in context["meta_line"]] == [("Impunity", True)]
    listing = client.get("/de/publikationen/").context["listing"]
    assert sorted((card.title, card.foreign) for card in listing.items) == [("Beide", False), ("Report", True)]


def test_translation_is_marked_when_the_original_is_newer(client):
    page = PublicationPageFactory(published=True)
    german = PublicationPageFactory(published=True, translation_of=page, language="de")
    assert client.get(german.get_url()).context["frame"].outdated is None
    publish(page, title="Newer")
    frame = client.get(german.get_url()).context["frame"]
    assert frame.outdated.original_url == page.get_url()
    states = {choice.code: choice.state for choice in frame.languages}
    assert states == {"en": "original", "de": "older", "fr": "missing", "es": "missing", "ar": "missing"}


def test_hreflang_names_visible_translations_only(client):
    page = PublicationPageFactory(published=True)
    german = PublicationPageFactory(published=True, translation_of=page, language="de")
    PublicationPageFactory(translation_of=page, language="fr")
    alternates = dict(client.get(german.get_url()).context["frame"].alternates)
    assert set(alternates) == {"en", "de", "x-default"}
    assert alternates["x-default"] == alternates["en"]


def test_json_ld_can_not_be_left(client):
    page = PublicationPageFactory(published=True, title="</script><script>alert(1)</script> & more")
    html = client.get(page.get_url()).content.decode()
    assert "<script>alert(1)" not in html
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S).group(1))
    assert data["@graph"][0]["@type"] == "Report"
    assert data["@graph"][0]["name"] == page.title


def test_publication_speaks_to_reference_managers(client):
    page = PublicationPageFactory(published=True, authors=["A. Author"], files=[DocumentFactory()], doi="10.5555/x")
    html = client.get(page.get_url()).content.decode()
    for name in ("citation_title", "citation_author", "citation_pdf_url", "citation_doi", "DC.title", "DC.creator"):
        assert f'name="{name}"' in html, name


def test_files_are_listed_for_those_who_may_read_them(client):
    page = PublicationPageFactory(published=True, files=[DocumentFactory(language="en")])
    german = PublicationPageFactory(
        restricted=True, translation_of=page, language="de", files=[DocumentFactory(language="de")]
    )
    assert client.get(page.get_url()).status_code == 404  # a restriction counts for the translation group
    client.force_login(UserFactory())
    assert client.get(german.get_url()).context["file_count"] == 2


def test_draft_files_are_not_listed(client):
    page = PublicationPageFactory(published=True, files=[DocumentFactory()])
    PublicationPageFactory(translation_of=page, language="de", files=[DocumentFactory(language="de")])
    assert client.get(page.get_url()).context["file_count"] == 1


def test_many_publications_cost_no_more_queries(client):
    assert PublicationPage.objects.visible_to(Visitor()).count() == 0
    for number in range(25):
        PublicationPageFactory(published=True, title=f"P {number}")
    listing = client.get("/en/publications/").context["listing"]
    assert (len(listing.items), listing.count, listing.previous_url) == (20, 25, "")
    second = client.get(listing.next_url).context["listing"]
    assert (len(second.items), second.next_url) == (5, "")
