"""What pages and vocabularies lend to a search: other names, words, people, a case's own things. Only what is public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from access.visitor import Visitor
from cms.core.keys import key_of
from cms.core.models import Place
from cms.publications.models import PublicationPage
from search import bridge, compounds, facet_values, registry, words
from search.models import SearchVocabulary, SearchWord, WordBearer
from search.outbox import drain
from search.query import parse
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)
from workflows.actions import withdraw
from workflows.schedule import run_due

pytestmark = pytest.mark.django_db
HIDDEN = ("draft", "restricted", "expired", "embargoed", "withdrawn")


def named(vocabulary, visitor=None, keys=None):
    return {
        (name.language, name.text) for name in registry.terms()[vocabulary](visitor or Visitor(), keys) if name.text
    }


def state_of(name):
    return {} if name == "draft" else {name: True, **({"published": True} if name in ("restricted",) else {})}


def hide(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_names_of_what_anybody_may_see_in_every_language():
    term = GlossaryTermPageFactory(published=True, title="Torture", abbreviation="T.", variants="torment\n\nordeal")
    GlossaryTermPageFactory(published=True, title="Folter", language="de", translation_of=term)
    topic = TopicPageFactory(published=True, title="Impunity", synonyms="No justice")
    for state in HIDDEN:
        GlossaryTermPageFactory(title=f"Term {state}", variants=f"variant {state}", **state_of(state))
        TopicPageFactory(title=f"Topic {state}", synonyms=f"other {state}", **state_of(state))
    names = {("en", "Torture"), ("en", "T."), ("en", "torment"), ("en", "ordeal"), ("de", "Folter")}
    of_the_topic = {("en", "Impunity"), ("en", "No justice")}
    assert named("terms and topics") == names | of_the_topic
    assert named("terms and topics", keys=[str(topic.translation_key)]) == of_the_topic
    assert named("terms and topics", keys=[str(term.translation_key)]) == names


def test_places_of_public_pages_and_what_they_lie_in_but_no_sensitive_one():
    country = PlaceFactory(name="Syria", iso="SY", kind=Place.Kind.COUNTRY, alternative_names="Sham")
    PlaceFactory(name="Syrien", kind=Place.Kind.COUNTRY, translation_key=country.translation_key, language="de")
    homs = PlaceFactory(name="Homs", parent=country)
    village = PlaceFactory(name="Secret village", parent=country, sensitive=True)
    PublicationPageFactory(published=True, places=[homs, village])
    PublicationPageFactory(places=[PlaceFactory(name="Of a draft")])
    hide(PublicationPageFactory(published=True, places=[PlaceFactory(name="Of members")]))
    everything = {("en", "Syria"), ("en", "Sham"), ("de", "Syrien"), ("en", "Homs")}
    assert named("places") == everything
    assert named("places", keys=[str(country.translation_key)]) >= everything - {("en", "Homs")}


def test_a_search_bridges_languages_and_forgets_at_once(client):
    term = GlossaryTermPageFactory(published=True, title="Universal jurisdiction")
    german = GlossaryTermPageFactory(published=True, title="Weltrechtsprinzip", language="de", translation_of=term)
    PublicationPageFactory(published=True, title="Das Weltrechtsprinzip in der Praxis", language="de")
    drain()

    def ask(text="universal jurisdiction"):
        answer = client.get("/api/v1/search", {"q": text, "lang": "en"}).json()
        return answer["total"], answer["expanded"]

    assert ask() == (3, [{"from": "universal jurisdiction", "to": ["Weltrechtsprinzip"]}])
    hide(german)
    drain()
    # A restriction closes the translations too.
    assert ask() == (0, []) and ask("Weltrechtsprinzip") == (1, [])
    PageViewRestriction.objects.all().delete()
    drain()
    publish(german, title="Weltrecht")
    drain()
    assert ask()[1] == [{"from": "universal jurisdiction", "to": ["Weltrecht"]}]
    member = Visitor(UserFactory())
    hide(german)
    assert bridge.expanded(parse("universal jurisdiction"), member).related == (), "not even for who may see it"


def test_a_stranger_learns_nothing_of_hidden_vocabulary(client):
    """Each way in which a word can be hidden: the answer is the one for a word that nobody ever wrote."""
    PublicationPageFactory(published=True, title="Prison report")
    for state in HIDDEN:
        GlossaryTermPageFactory(title=f"Qaz{state}", variants="Prison", abbreviation="QAZ", **state_of(state))
        TopicPageFactory(title=f"Qaz{state} topic", synonyms=f"qaz{state}", **state_of(state))
        PublicationPageFactory(
            title=f"Qaz{state} report",
            authors=[f"Qaz{state}"],
            places=[PlaceFactory(name=f"Qaz{state}")],
            **state_of(state),
        )
    drain()
    words.refresh()

    def answers(text):
        answer = client.get("/api/v1/search", {"q": text, "lang": "en"}).json()
        answer["took_ms"], answer["query"] = 0, ""
        return answer, client.get("/api/v1/suggest", {"q": text[:5], "lang": "en"}).json()["suggestions"]

    nothing = answers("zzwwxxvv")
    for state in HIDDEN:
        for text in (f"qaz{state}", f"qza{state}", f"qaz{state}s"):
            assert answers(text) == nothing, text
    assert answers("prison")[0]["expanded"] == [] and answers("prison")[0]["total"] == 1
    assert {name.text for each in registry.terms().values() for name in each(Visitor(), None)} == set()


def below_what_is_closed(page):
    section = SectionPageFactory(published=True)
    hide(section)
    page.move(section, pos="last-child")


def past_its_end(page):
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    run_due()


HIDING = {
    "expired": past_its_end,
    "unpublished": lambda page: page.unpublish(),
    "withdrawn": lambda page: withdraw(page, UserFactory(is_superuser=True), "It named a witness."),
    "restricted": hide,
    "moved below something restricted": below_what_is_closed,
    "deleted": lambda page: page.delete(),
    "said otherwise": lambda page: publish(page, title="Bericht", summary="No name.", places=[]),
}


@pytest.mark.parametrize("how", HIDING)
def test_words_go_with_the_withdrawal(how, everywhere):
    """In the step that takes the page out of the index, and no nightly job runs: what else has a word keeps it."""
    PublicationPageFactory(published=True, title="Torture", language="de", places=[PlaceFactory(name="Homs")])
    page = PublicationPageFactory(
        published=True,
        title="Nebellampe Torture",
        language="de",
        summary="Quillbramble said so.",
        places=[PlaceFactory(name="Homs"), PlaceFactory(name="Zirkusdorf")],
    )
    drain()
    words.refresh()
    compounds.freeze()
    compounds.freeze()  # there are words for going back, too
    gone = {"nebellampe", "quillbramble", "zirkusdorf"}
    assert gone | {"torture", "homs"} <= set(SearchWord.objects.values_list("word", flat=True))
    assert all({"nebellampe", "torture"} <= kept.counts.keys() for kept in SearchVocabulary.objects.all())
    HIDING[how](page)
    drain()
    left = set(SearchWord.objects.values_list("word", flat=True))
    assert {"torture", "homs"} <= left and not gone & left
    assert all("nebellampe" not in kept.counts and "torture" in kept.counts for kept in SearchVocabulary.objects.all())
    assert not [each for each in WordBearer.objects.all() if gone & set(each.words.split())]


def test_words_are_those_of_public_texts():
    PublicationPageFactory(
        published=True, title="Torture", summary="in detention", abstract="<p>of <b>journalists</b></p>"
    )
    PublicationPageFactory(title="Draftword")
    hide(PublicationPageFactory(published=True, title="Memberword"))
    keys = [key_of(page) for page in PublicationPage.objects.all()]
    texts = {word for _language, text in registry.texts(keys).values() for word in text.lower().split()}
    assert {"torture", "detention", "journalists"} <= texts and not {"draftword", "memberword"} & texts


@pytest.mark.parametrize("state", HIDDEN)
def test_a_hidden_topic_or_place_is_no_filter_either(state, client):
    """Whoever knows its key from before would learn what else is filed under it."""
    hidden = TopicPageFactory(title="Qaz", **state_of(state))
    shown = TopicPageFactory(published=True)
    village = PlaceFactory(parent=PlaceFactory(kind=Place.Kind.COUNTRY))
    PublicationPageFactory(published=True, title="Report", topics=[hidden, shown], places=[village])
    drain()
    Place.objects.filter(pk=village.pk).update(sensitive=True)  # and the index doesn't know it yet
    never = "00000000-0000-4000-8000-000000000000"

    def ask(query):
        answer = client.get(f"/api/v1/search?lang=en&{query}").json()
        export = client.get(f"/api/v1/export?lang=en&{query}").json()
        return {**answer, "took_ms": 0}, export["results"]

    assert ask(f"topic={shown.translation_key}&kind=publication")[0]["total"] == 1
    for query in ("topic={}", "q=report&topic={}", "topic={}&language=fr"):
        assert ask(query.format(hidden.translation_key)) == ask(query.format(never))
    assert ask(f"topic={hidden.translation_key}&topic={shown.translation_key}")[0]["total"] == 2
    assert ask(f"place={village.translation_key}") == ask(f"place={never}")
    if state == "restricted":
        client.force_login(UserFactory())
        assert ask(f"topic={hidden.translation_key}&kind=publication")[0]["total"] == 1


class TestPeople:
    def test_who_wrote_what_the_visitor_may_see(self, django_assert_num_queries):
        PublicationPageFactory(published=True, authors=["Jane Open", "Open Society", "Reopened"])
        PublicationPageFactory(published=True, authors=["Jane Open"])
        PublicationPageFactory(authors=["Jane Draft"])
        hide(PublicationPageFactory(published=True, authors=["Jane Secret"]))
        visitor = Visitor()
        visitor.boundary  # noqa: B018  # read once a request
        with django_assert_num_queries(1):
            assert registry.people("open", visitor, 5) == ["Jane Open", "Open Society"]
        assert registry.people("jane", Visitor(), 5) == ["Jane Open"]
        assert registry.people("jane", Visitor(UserFactory()), 5) == ["Jane Open", "Jane Secret"]
        assert registry.people("%", Visitor(), 5) == []


class TestCases:
    @pytest.fixture
    def case(self):
        report = PublicationPageFactory(published=True, title="Named report")
        PublicationPageFactory(published=True, title="Bericht", language="de", translation_of=report)
        draft = PublicationPageFactory(title="Draft report")
        members = PublicationPageFactory(published=True, title="Report of members")
        hide(members)
        PublicationPageFactory(published=True, title="Unnamed report")
        return CasePageFactory(published=True, title="The case of reports", documents=[report, draft, members])

    def test_a_case_can_be_searched_by_itself(self, client, case):
        drain()
        key = str(case.translation_key)
        answer = client.get("/api/v1/search", {"within": key, "lang": "en"}).json()
        titles = {result["title"] for result in answer["results"]}
        assert titles == {"The case of reports", "Named report", "Bericht"} and answer["total"] == 3
        assert registry.scope(key, Visitor(), "de").title == "The case of reports"

    def test_a_case_that_is_hidden_is_as_none(self, client, case):
        drain()
        hide(case)
        missing = client.get("/api/v1/search?within=00000000-0000-4000-8000-000000000000").json()
        hidden = client.get("/api/v1/search", {"within": str(case.translation_key)}).json()
        assert {**missing, "took_ms": 0} == {**hidden, "took_ms": 0} and hidden["total"] == 0
        assert registry.scope(str(case.translation_key), Visitor(UserFactory()), "en")

    def test_two_queries(self, case, django_assert_num_queries):
        visitor = Visitor()
        visitor.boundary  # noqa: B018  # read once a request
        with django_assert_num_queries(2):
            registry.scope(str(case.translation_key), visitor, "en")


def test_facets_know_what_a_value_is_a_part_of():
    wide = TopicPageFactory(published=True, title="Liberty")
    topic = TopicPageFactory(published=True, title="Detention", parent_topic=wide)
    labels = facet_values.labels_of({"topic": [str(topic.translation_key)]}, "en", Visitor())
    assert labels["topic"][str(topic.translation_key)] == ("Detention", str(wide.translation_key))
    country = PlaceFactory(name="Syria", kind=Place.Kind.COUNTRY)
    city = PlaceFactory(name="Homs", parent=country)
    labels = facet_values.labels_of({"place": [str(city.translation_key)]}, "en", Visitor())
    assert labels["place"][str(city.translation_key)] == ("Homs", str(country.translation_key))


def test_the_vocabulary_costs_a_query_each_and_a_search_stays_within_twelve(client):
    term = GlossaryTermPageFactory(published=True, title="Universal jurisdiction")
    topic = TopicPageFactory(published=True, title="Syria", synonyms="Sham")
    place = PlaceFactory(name="Syria", kind=Place.Kind.COUNTRY, alternative_names="Sham")
    for number in range(3):
        PublicationPageFactory(published=True, title=f"Report {number}", topics=[topic], places=[place], terms=[term])
    drain()
    visitor = Visitor()
    visitor.boundary  # noqa: B018  # read once a request
    for terms in registry.terms().values():
        for keys in (None, [str(topic.translation_key), str(place.translation_key)]):
            with CaptureQueriesContext(connection) as asked:
                list(terms(visitor, keys))
            assert len(asked) == 1
    client.get("/en/search/?q=x")
    for text in ("report", "universal jurisdiction syria", "syria"):
        bridge.forget()  # the names are read again by one search in twenty seconds
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/search/", {"q": text})
        assert len(asked) <= 15, text
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/search/", {"q": text})
        assert len(asked) <= 12, text


class TestNamesOfPlacesInTheirFacet:
    """The same rule as ``Place.public()``, in SQL."""

    @pytest.mark.parametrize("sensitive", range(16))
    def test_as_everywhere_else(self, sensitive):
        kinds = Place.Kind
        places: list[Place] = []
        # As deep as a place comes to lie where one around it is moved.
        for number, kind in enumerate([kinds.REGION, kinds.REGION, kinds.COUNTRY, kinds.CITY, kinds.CITY]):
            around = places[-1] if places else None
            places.append(PlaceFactory(kind=kind, parent=around, sensitive=bool(sensitive & 1 << number)))
        labels = facet_values.labels_of({"place": [str(each.translation_key) for each in places]}, "en", Visitor())
        named = {str(each.translation_key): each.name for each in places if each.public() is each}
        assert {key: label.text for key, label in labels["place"].items()} == named

    def test_in_the_language_of_the_page_and_in_none_where_one_hides_it(self):
        city = PlaceFactory(name="Homs", kind=Place.Kind.CITY)
        german = city.copy_for_translation(Locale.objects.get(language_code="de"))
        german.name = "Homs (Syrien)"
        german.save()
        key = str(city.translation_key)
        assert facet_values.labels_of({"place": [key]}, "de", Visitor())["place"][key].text == "Homs (Syrien)"
        assert facet_values.labels_of({"place": [key]}, "fr", Visitor())["place"][key].text == "Homs"
        Place.objects.filter(pk=german.pk).update(sensitive=True)
        assert facet_values.labels_of({"place": [key]}, "en", Visitor())["place"] == {}

    def test_a_key_of_another_facet_has_no_name_in_this_one(self):
        place = PlaceFactory()
        asked = {"topic": [str(place.translation_key)], "place": ["x"]}
        assert facet_values.labels_of(asked, "en", Visitor()) == {"topic": {}, "place": {}}
