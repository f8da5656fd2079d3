"""What else is about the same: only what this reader may know relates two pages, within the frame's one query."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from access.visitor import Visitor
from cms.core.frame import Frame
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def related(page, user=None, *, remembered=False):
    if not remembered:
        cache.clear()
    request = RequestFactory().get("/")
    request.user = user or Visitor().user
    return [card.title for card in Frame(request, type(page).objects.get(pk=page.pk)).related]


def hide(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_pages_of_any_type_the_closest_first_and_at_most_three():
    topic, term, place = TopicPageFactory(published=True), GlossaryTermPageFactory(published=True), PlaceFactory()
    page = PublicationPageFactory(published=True, topics=[topic], terms=[term], places=[place])
    PublicationPageFactory(published=True, title="Of nothing")
    CasePageFactory(published=True, title="Place and term", terms=[term], places=[place])
    PublicationPageFactory(published=True, title="All three", topics=[topic], terms=[term], places=[place])
    SectionPageFactory(published=True, title="Place", places=[place])
    for number in range(3):
        PublicationPageFactory(published=True, title=f"Topic {number}", topics=[topic])
    assert related(page) == ["All three", "Place and term", "Topic 2"]


def test_by_what_a_case_is_about_first_of_all_but_not_what_it_names():
    topic, place = TopicPageFactory(published=True), PlaceFactory()
    named = PublicationPageFactory(published=True, title="Named", topics=[topic], places=[place])
    PublicationPageFactory(published=True, title="About the topic", topics=[topic])
    PublicationPageFactory(published=True, title="At the place", places=[place])
    case = CasePageFactory(published=True, main_topic=topic, place=place, documents=[named])
    assert related(case) == ["At the place", "About the topic"]


def test_topics_that_are_named_together():
    topic, other, alone = (TopicPageFactory(published=True, title=title) for title in "TOA")
    narrower = TopicPageFactory(published=True, parent_topic=topic)
    PublicationPageFactory(published=True, topics=[topic, other, narrower])
    PublicationPageFactory(topics=[topic, alone])
    hide(PublicationPageFactory(published=True, topics=[topic, alone]))
    assert related(topic) == ["O"], "two topics are not related by a page that nobody may see"


def test_a_work_once_in_the_language_of_the_page_and_never_the_page_itself():
    topic = TopicPageFactory(published=True)
    page = PublicationPageFactory(published=True, topics=[topic])
    german = PublicationPageFactory(published=True, language="de", translation_of=page, topics=[topic])
    other = PublicationPageFactory(published=True, title="Report", topics=[topic])
    PublicationPageFactory(published=True, title="Bericht", language="de", translation_of=other, topics=[topic])
    assert (related(page), related(german)) == (["Report"], ["Bericht"])


def test_what_stands_on_the_page_is_not_listed_once_more():
    topic = TopicPageFactory(published=True)
    term = GlossaryTermPageFactory(published=True, topics=[topic])
    named = PublicationPageFactory(published=True, title="Named by an editor", topics=[topic], terms=[term])
    page = PublicationPageFactory(published=True, title="Page", topics=[topic], related=[named])
    assert "Named by an editor" not in related(page)
    assert "Named by an editor" not in related(term) and "Page" in related(term)


class TestHidden:
    @pytest.mark.parametrize("state", ["draft", "embargoed", "expired", "restricted", "withdrawn"])
    def test_a_hidden_page_is_related_to_nothing(self, state):
        topic = TopicPageFactory(published=True)
        page = PublicationPageFactory(published=True, topics=[topic])
        hidden = {} if state == "draft" else {state: True, "published": True}
        PublicationPageFactory(title="Hidden", topics=[topic], **hidden)
        assert related(page) == []
        assert related(page, UserFactory()) == [], "not even to who may see it: what is related is the same for all"

    def test_what_is_hidden_since_is_gone_at_once(self):
        topic = TopicPageFactory(published=True)
        page = PublicationPageFactory(published=True, topics=[topic])
        other = PublicationPageFactory(published=True, title="Other", topics=[topic])
        assert related(page) == ["Other"]
        hide(other)
        assert related(page, remembered=True) == []

    def test_a_hidden_topic_or_term_relates_nothing(self):
        topic, term = TopicPageFactory(published=True), GlossaryTermPageFactory(published=True)
        page = PublicationPageFactory(published=True, topics=[topic], terms=[term])
        PublicationPageFactory(published=True, title="Other", topics=[topic], terms=[term])
        hide(topic)
        assert related(page) == ["Other"], "the term still does"
        Page.objects.filter(pk=term.pk).update(live=False)
        assert related(page) == []
        assert related(page, UserFactory()) == []

    def test_a_sensitive_place_relates_nothing(self):
        country = PlaceFactory()
        village = PlaceFactory(parent=country, sensitive=True)
        well = PlaceFactory(parent=village)
        page = PublicationPageFactory(published=True, places=[village, well])
        PublicationPageFactory(published=True, title="Other", places=[village, well])
        assert related(page) == []


def test_no_query_more_and_a_calm_end_of_the_page(client):
    topic = TopicPageFactory(published=True)
    page = PublicationPageFactory(published=True, topics=[topic])
    client.get(page.get_url())
    with CaptureQueriesContext(connection) as alone:
        body = client.get(page.get_url()).content.decode()
    assert "On the same subjects" not in body
    for number in range(6):
        PublicationPageFactory(published=True, title=f"Other {number}", topics=[topic])
    cache.clear()
    client.get(page.get_url())
    with CaptureQueriesContext(connection) as many:
        body = client.get(page.get_url()).content.decode()
    assert len(many) == len(alone) <= 12
    assert body.count('<ul class="also">') == 1 and "Other 5" in body and "Other 1" not in body
