"""What of the pages is indexed and found: only what is public, and what changes touch it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from access.boundary import open_until
from access.visitor import Visitor
from cms.core.models import Place
from documents.models import DocumentPageText, DocumentTokens
from documents.signals import document_processed
from search import facet_values, registry
from search.engines import get_engine
from search.facet_values import Label
from search.models import SearchOutbox
from search.outbox import drain, touch
from search.pages import pack, unpack
from tests.factories import (
    CasePageFactory,
    DocumentFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


def key_of(page):
    return f"{page.translation_key}/{page.locale.language_code}"


def with_text(document, text="The chain of command"):
    DocumentPageText.objects.create(document=document, number=1, language="en", text=text)
    DocumentTokens.objects.create(document=document, blob=pack([("en", text)]))
    return document


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.SEARCH_DRAIN_INLINE = False
    SearchOutbox.objects.all().delete()


def touched():
    keys = set(SearchOutbox.objects.values_list("key", flat=True))
    SearchOutbox.objects.all().delete()
    return keys


def test_publication_is_indexed_with_its_record_topics_places_and_files():
    wide = TopicPageFactory(published=True)
    topic = TopicPageFactory(published=True, parent_topic=wide)
    country = PlaceFactory(kind=Place.Kind.COUNTRY)
    city = PlaceFactory(parent=country)
    kind = PublicationKindFactory()
    page = PublicationPageFactory(
        published=True,
        kind=kind,
        topics=[topic],
        places=[city],
        files=[with_text(DocumentFactory())],
        authors=["A. Author"],
        abstract="<p>Who gave the <b>orders</b>.</p>",
    )
    document = registry.documents([key_of(page)])[key_of(page)]
    assert document.kind == "publication"
    assert document.topics == (str(topic.translation_key), str(wide.translation_key))
    assert document.places == (str(city.translation_key), str(country.translation_key))
    assert document.doctype == str(kind.translation_key)
    assert document.acl == {"public"}
    assert document.year == 2024
    assert document.authors == ("A. Author",)
    assert "orders" in document.body and "<" not in document.body
    assert [file.version for file in document.files] == [1]


def test_sensitive_place_is_indexed_as_its_country_only():
    country = PlaceFactory(kind=Place.Kind.COUNTRY)
    village = PlaceFactory(parent=country, sensitive=True)
    page = PublicationPageFactory(published=True, places=[village])
    assert registry.documents([key_of(page)])[key_of(page)].places == (str(country.translation_key),)


def test_quotations_in_another_language_are_indexed_as_such():
    quote = {"text": "<p>Nous <b>savions</b>.</p>", "attribution": "", "source": "", "source_url": ""}
    page = PublicationPageFactory(published=True)
    page.body = [("quote", {**quote, "language": "fr"}), ("quote", {**quote, "language": ""})]
    publish(page)
    document = registry.documents([key_of(page)])[key_of(page)]
    assert document.passages == (("fr", "Nous savions."),)
    assert document.body.count("savions") == 2


def test_compounds_are_split_by_public_words_only():
    GlossaryTermPageFactory(published=True, title="Torture", variants="torment\nordeal")
    GlossaryTermPageFactory(title="Draft term", variants="hidden variant")
    PublicationPageFactory(restricted=True, title="Members only")
    GlossaryTermPageFactory(restricted=True, variants="inner circle")
    texts = {text for _language, text in registry.vocabulary()}
    assert {"Torture", "torment\nordeal"} <= texts
    assert not {"Draft term", "hidden variant", "Members only", "inner circle"} & texts


def test_tokens_of_another_analysis_are_made_anew_before_a_rebuild(monkeypatch):
    old, new = with_text(DocumentFactory()), with_text(DocumentFactory())
    with monkeypatch.context() as before:
        before.setattr("search.pages.stamp", lambda: "0" * 16)
        blob = pack([("en", "an old reading")])
    DocumentTokens.objects.filter(document=old).update(blob=blob)
    assert registry.renew_blobs() == 1
    assert unpack(bytes(DocumentTokens.objects.get(document=old).blob)) == unpack(
        bytes(DocumentTokens.objects.get(document=new).blob)
    )
    assert registry.renew_blobs() == 0


def test_a_page_that_a_script_made_live_without_any_date_is_indexed():
    page = PublicationPageFactory(published=True, title="Undated")
    type(page).objects.filter(pk=page.pk).update(first_published_at=None, last_published_at=None)
    document = registry.source("publication").document(key_of(page))
    assert document.published.year == document.updated.year == 1970
    touch([key_of(page)])
    drain()
    assert key_of(page) in set(get_engine().keys())


def test_only_published_pages_are_indexed_each_once():
    live = PublicationPageFactory(published=True)
    members = PublicationPageFactory(restricted=True)
    hidden = [
        PublicationPageFactory(),
        *(PublicationPageFactory(**{s: True}) for s in ("embargoed", "expired", "withdrawn")),
    ]
    source = registry.source("publication")
    assert sorted(source.keys()) == sorted([key_of(live), key_of(members)])
    found = registry.documents([key_of(page) for page in (live, members, *hidden)])
    assert set(found) == {key_of(live), key_of(members)}
    assert found[key_of(members)].acl == {"login"}


def test_page_below_an_unpublished_section_is_not_indexed():
    from cms.publications.models import PublicationIndexPage

    page = PublicationPageFactory(published=True)
    PublicationIndexPage.objects.get(locale=page.locale).unpublish()
    assert not registry.documents([key_of(page)])
    assert key_of(page) in touched()


def test_a_page_is_in_the_index_until_what_it_lies_in_expires(django_assert_num_queries):
    section, soon, late = SectionPageFactory(published=True), timezone.now() + timedelta(hours=1), timezone.now() + YEAR
    Page.objects.filter(pk=section.pk).update(expire_at=soon)
    inside, own, free = (PublicationPageFactory(published=True, parent=where) for where in (section, section, None))
    for page in (own, free):
        Page.objects.filter(pk=page.pk).update(expire_at=late)
    found = registry.documents([key_of(page) for page in (inside, own, free)])
    assert [found[key_of(page)].live_to for page in (inside, own, free)] == [soon, soon, late]
    pages = [inside, own, free, Page.objects.get(depth=1)]
    with django_assert_num_queries(1):
        assert open_until(pages) == {inside.pk: soon, own.pk: soon, free.pk: late}


def test_where_more_changes_wait_than_can_be_looked_at_the_index_is_not_asked(client, monkeypatch):
    pages = [PublicationPageFactory(published=True, title=f"Quokka {number}") for number in range(6)]
    drain()
    PageViewRestriction.objects.create(page=pages[0], restriction_type=PageViewRestriction.LOGIN)
    touch(key_of(page) for page in pages for _twice in range(2))
    for most, is_reduced in ((6, False), (5, True)):
        monkeypatch.setattr("search.results.UNWRITTEN_LOOKED_AT", most)
        for address in ("q=quokka", "q=quokka&page=2"):
            found = client.get(f"/api/v1/search?lang=en&{address}").json()
            assert (found["reduced"], found["total"]) == (is_reduced, 5)
        suggested = client.get("/api/v1/suggest?lang=en&q=quok").json()["suggestions"]
        assert len(suggested) == 5 and "Quokka 0" not in str(suggested)
    assert client.get("/api/v1/export?lang=en&q=quokka").status_code == 503
    SearchOutbox.objects.all().delete()
    touch((key_of(page) for page in pages), may_hide=False)
    assert client.get("/api/v1/search?lang=en&q=quokka").json()["reduced"] is False


def test_found_shows_what_this_visitor_may_see_now():
    public = PublicationPageFactory(published=True, files=[with_text(DocumentFactory())])
    members = PublicationPageFactory(restricted=True)
    keys = [key_of(public), key_of(members)]
    source = registry.source("publication")
    anonymous = source.found(keys, Visitor(), "en")
    assert set(anonymous) == {key_of(public)}
    assert set(source.found(keys, Visitor(UserFactory()), "en")) == set(keys)
    file = anonymous[key_of(public)].files[0]
    assert file.page_texts([1]) == {1: ("en", "The chain of command")}
    assert file.page_url(1, "chain of") == f"/d/{file.series}/v1/p/1/?q=chain+of"
    assert registry.page_reader()([(file.series, 1, 1)]) == {(file.series, 1, 1): ("en", "The chain of command")}


def test_publishing_unpublishing_and_deleting_touch_the_page():
    page = PublicationPageFactory(published=True)
    assert key_of(page) in touched()
    page.unpublish()
    assert key_of(page) in touched()
    page.delete()
    assert key_of(page) in touched()


def test_a_list_that_is_published_hides_nothing_and_one_that_is_taken_down_may():
    page = PublicationPageFactory(published=True)
    above = Page.objects.get(pk=page.get_parent().pk).specific
    until = timezone.now() + YEAR
    for change, may_hide in (
        (lambda: publish(above, title="Reports, set right"), False),
        (lambda: publish(Page.objects.get(pk=above.pk).specific, expire_at=until), True),
        (above.unpublish, True),
        (lambda: publish(page, title="Set right"), True),
    ):
        touched()
        change()
        assert set(SearchOutbox.objects.filter(key=key_of(page)).values_list("may_hide", flat=True)) == {may_hide}


def test_moving_a_section_touches_what_lies_below():
    from cms.publications.models import PublicationIndexPage
    from home.models import HomePage

    home = HomePage.objects.get(locale__language_code="en")
    section = SectionPageFactory(published=True, parent=home)
    other = SectionPageFactory(published=True, parent=home)
    index = section.add_child(instance=PublicationIndexPage(title="More", live=False))
    publish(index)
    page = PublicationPageFactory(published=True, parent=index)
    touched()
    section.refresh_from_db()
    section.move(other, pos="last-child")
    assert key_of(page) in touched()


def test_restriction_touches_translations_and_what_lies_below():
    from cms.publications.models import PublicationIndexPage

    english = PublicationPageFactory(published=True)
    german = PublicationPageFactory(published=True, translation_of=english, language="de")
    index = PublicationIndexPage.objects.get(locale=english.locale)
    touched()
    restriction = PageViewRestriction.objects.create(page=index, restriction_type=PageViewRestriction.GROUPS)
    assert {key_of(english), key_of(german)} <= touched()
    restriction.groups.add(Group.objects.get(name="Readers"))
    assert {key_of(english), key_of(german)} <= touched()
    restriction.delete()
    assert {key_of(english), key_of(german)} <= touched()


def test_what_lies_below_is_touched_whatever_the_row_of_its_section_counts():
    """Saving an object loaded before the children came writes ``numchild=0``."""
    page = PublicationPageFactory(published=True)
    Page.objects.filter(pk=page.get_parent().pk).update(numchild=0)
    section = Page.objects.get(pk=page.get_parent().pk).specific
    restriction = PageViewRestriction(page=section, restriction_type=PageViewRestriction.LOGIN)
    for change in (restriction.save, restriction.delete, section.unpublish):
        touched()
        change()
        assert key_of(page) in touched()


def test_renaming_vocabulary_touches_its_users():
    topic = TopicPageFactory(published=True)
    country = PlaceFactory(kind=Place.Kind.COUNTRY)
    city = PlaceFactory(parent=country)
    kind = PublicationKindFactory()
    page = PublicationPageFactory(published=True, topics=[topic], places=[city], kind=kind)
    case = CasePageFactory(published=True, place=city)
    touched()
    publish(topic, title="New")
    assert key_of(page) in touched()
    country.sensitive = True
    country.save()
    assert key_of(page) in touched()
    city.save()
    assert {key_of(page), key_of(case)} <= touched()
    kind.save()
    assert key_of(page) in touched()


def test_a_topic_that_moves_touches_all_that_is_filed_below_it():
    wide, topic = TopicPageFactory(published=True), TopicPageFactory(published=True)
    narrow = TopicPageFactory(published=True, parent_topic=topic)
    page = PublicationPageFactory(published=True, topics=[narrow])
    cases = [CasePageFactory(published=True, main_topic=each) for each in (topic, narrow)]
    touched()
    publish(topic, parent_topic=wide)
    below = {key_of(each) for each in (narrow, page, *cases)}
    assert below <= touched()
    assert {str(wide.translation_key) in each.topics for each in registry.documents(below).values()} == {True}


def test_a_place_that_its_new_translation_makes_sensitive_leaves_the_index():
    city = PlaceFactory(parent=PlaceFactory(kind=Place.Kind.COUNTRY))
    page = PublicationPageFactory(published=True, places=[city])
    case = CasePageFactory(published=True, place=city)
    touched()
    PlaceFactory(name="Stadt", language="de", translation_key=city.translation_key, sensitive=True)
    assert {key_of(page), key_of(case)} <= touched()
    found = registry.documents([key_of(page), key_of(case)])
    assert [each for each in found.values() if str(city.translation_key) in each.places] == []


def test_text_that_comes_late_touches_the_page():
    document = DocumentFactory()
    page = PublicationPageFactory(published=True, files=[document])
    touched()
    document_processed.send(type(document), document_id=document.pk, ready=True)
    assert key_of(page) in touched()


def test_every_kind_is_found_by_its_words(settings):
    settings.SEARCH_DRAIN_INLINE = False
    topic = TopicPageFactory(published=True, synonyms="Straflosigkeit")
    term = GlossaryTermPageFactory(published=True, abbreviation="UJ", variants="universality", topics=[topic])
    case = CasePageFactory(published=True, main_topic=topic, documents=[with_text(DocumentFactory(title="Indictment"))])
    found = registry.documents([key_of(page) for page in (topic, term, case)])
    assert "Straflosigkeit" in found[key_of(topic)].body
    assert "UJ" in found[key_of(term)].body and "universality" in found[key_of(term)].body
    assert found[key_of(case)].topics == (str(topic.translation_key),)
    assert [file.title for file in found[key_of(case)].files] == ["Indictment"]
    labels = facet_values.labels_of({"topic": [str(topic.translation_key), "x"]}, "en", Visitor())
    assert labels == {"topic": {str(topic.translation_key): Label(topic.title)}}


class TestNamesForFields:
    """What ``topic:``, ``place:``, ``kind:`` and ``author:`` know is what the visitor may know."""

    def names(self, facet, visitor=None):
        return set(facet_values.names_of(facet)(visitor or Visitor()))

    def test_topics_that_the_visitor_may_see_by_title_slug_and_other_names(self):
        topic = TopicPageFactory(published=True, title="Impunity", slug="impunity-en", synonyms="No justice\n\nLaw")
        TopicPageFactory(title="Draft topic")
        hidden = TopicPageFactory(published=True, title="Hidden topic")
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
        key = str(topic.translation_key)
        assert self.names("topic") == {(n, key) for n in ("Impunity", "impunity-en", "No justice", "Law")}
        assert "Hidden topic" in dict(self.names("topic", Visitor(UserFactory())))

    def test_places_by_name_and_code_but_sensitive_ones_by_none(self):
        country = PlaceFactory(name="Syria", iso="SY", kind=Place.Kind.COUNTRY, alternative_names="Sham")
        village = PlaceFactory(name="Secret village", parent=country, kind=Place.Kind.CITY, sensitive=True)
        PublicationPageFactory(published=True, places=[village])
        found = self.names("place")
        assert {name for name, _key in found if name} == {"Syria", "SY", "Sham"}

    def test_places_of_what_the_visitor_may_see_and_what_they_lie_in(self):
        country = PlaceFactory(name="Syria", kind=Place.Kind.COUNTRY)
        PublicationPageFactory(published=True, places=[PlaceFactory(name="Homs", parent=country)])
        PublicationPageFactory(places=[PlaceFactory(name="Of a draft")])
        hidden = PublicationPageFactory(published=True, places=[PlaceFactory(name="Of members")])
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
        PlaceFactory(name="Of nothing")
        assert {name for name, _key in self.names("place") if name} == {"Homs", "Syria"}
        assert {name for name, _key in self.names("place", Visitor(UserFactory())) if name} == {
            "Homs",
            "Syria",
            "Of members",
        }

    def test_kinds_of_publication_by_name_and_code(self):
        kind = PublicationKindFactory(name="Annual report", code="annual")
        assert {("Annual report", str(kind.translation_key)), ("annual", str(kind.translation_key))} <= self.names(
            "publication_kind"
        )

    def test_authors_of_what_the_visitor_may_see(self):
        PublicationPageFactory(published=True, authors=["Jane Open"])
        PublicationPageFactory(authors=["Draft Writer"])
        hidden = PublicationPageFactory(published=True, authors=["Secret Witness"])
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
        assert self.names("author") == {("Jane Open", "Jane Open")}
        assert dict(self.names("author", Visitor(UserFactory()))).keys() == {"Jane Open", "Secret Witness"}

    @pytest.mark.parametrize("facet", ["topic", "place", "author", "publication_kind"])
    def test_one_query_each_however_many_there_are(self, facet, django_assert_num_queries):
        for number in range(3):
            topic, place = TopicPageFactory(published=True), PlaceFactory(parent=PlaceFactory(kind=Place.Kind.COUNTRY))
            kind = PublicationKindFactory()
            PublicationPageFactory(published=True, kind=kind, topics=[topic], places=[place], authors=[f"A {number}"])
        visitor = Visitor()
        visitor.boundary  # noqa: B018  # read once a request
        with django_assert_num_queries(1):
            assert list(facet_values.names_of(facet)(visitor))
