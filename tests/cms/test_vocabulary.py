"""Places and kinds: one fact in all languages, names in each, and two that become one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from cms.core import merging
from cms.core.exceptions import MergeRefused
from cms.core.merging import merge
from cms.core.models import MergedKey, PagePlace, Place, PublicationKind
from cms.publications.models import PublicationPage
from cms.topics.merging import merge_topics
from cms.topics.models import TopicPage
from search.models import SearchOutbox
from search.outbox import drain
from tests.factories import (
    CasePageFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    TopicPageFactory,
    UserFactory,
    publish,
)
from workflows.drift import check_drift
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return UserFactory(groups=["Editors"])


def in_german(place, **values):
    """The place's row in German, as the admin makes it."""
    row = place.copy_for_translation(Locale.objects.get(language_code="de"))
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


class TestOneFact:
    def test_a_place_marked_in_one_language_is_named_in_none(self, client):
        country = PlaceFactory(kind=Place.Kind.COUNTRY, name="Belgium")
        town = PlaceFactory(parent=country, name="Smalltown")
        in_german(town, name="Kleinstadt")
        case = CasePageFactory(published=True, place=town)
        german = CasePageFactory(published=True, place=town, translation_of=case, language="de")
        assert b"Kleinstadt" in client.get(german.get_url()).content
        town.sensitive = True
        town.save()
        response = client.get(german.get_url())
        assert b"Kleinstadt" not in response.content
        assert response.context["map"] is None

    def test_a_translation_never_takes_the_mark_off(self):
        town = PlaceFactory(sensitive=True, latitude="50.1", longitude="4.2")
        german = in_german(town, name="Ort", sensitive=False, latitude="1.0", longitude="1.0")
        german.refresh_from_db()
        town.refresh_from_db()
        assert german.sensitive and town.sensitive
        assert (float(german.latitude), float(town.latitude)) == (50.1, 50.1)

    def test_where_it_lies_is_the_same_in_all_languages(self):
        country = PlaceFactory(kind=Place.Kind.COUNTRY, name="Germany")
        land = in_german(country, name="Deutschland")
        town = PlaceFactory(name="Cologne")
        stadt = in_german(town, name="Köln")
        town.parent = country
        town.save()
        stadt.refresh_from_db()
        assert stadt.parent == land

    def test_what_lies_in_a_place_is_indexed_again_when_it_becomes_sensitive(self):
        town = PlaceFactory(parent=PlaceFactory(kind=Place.Kind.COUNTRY))
        quarter = PlaceFactory(parent=town)
        own, named = (
            CasePageFactory(published=True, place=quarter),
            PublicationPageFactory(published=True, places=[quarter]),
        )
        SearchOutbox.objects.all().delete()
        town.sensitive = True
        town.save()
        keys = set(SearchOutbox.objects.values_list("key", flat=True))
        assert {f"{own.translation_key}/en", f"{named.translation_key}/en"} <= keys

    def test_search_tells_no_name_of_a_sensitive_place_that_is_asked_for(self, client):
        town = PlaceFactory(parent=PlaceFactory(kind=Place.Kind.COUNTRY), sensitive=True, name="Smalltown")
        answer = client.get("/api/v1/search", {"q": "report", "place": str(town.translation_key)})
        assert answer.status_code == 200
        assert b"Smalltown" not in answer.content

    @pytest.mark.parametrize(
        ("precision", "latitude", "zoom"), [("exact", 50.12345, 14), ("city", 50.12, 11), ("country", 50.1, 6)]
    )
    def test_the_map_is_as_precise_as_the_place_says(self, client, precision, latitude, zoom):
        town = PlaceFactory(latitude="50.12345", longitude="4.54321", precision=precision)
        point = client.get(CasePageFactory(published=True, place=town).get_url()).context["map"]
        assert (point.latitude, point.zoom) == (latitude, zoom)


class TestNames:
    def test_an_editor_names_an_entry_in_other_languages(self, client, editor):
        kind = PublicationKindFactory(name="Report", code="report-x")
        client.force_login(editor)
        url = reverse("cms_vocabulary_names", args=["publicationkind", kind.pk])
        assert b"Deutsch" in client.get(url).content
        response = client.post(url, {"en": "Study", "de": "Studie"})
        assert response.status_code == 302
        rows = PublicationKind.objects.filter(translation_key=kind.translation_key)
        assert set(rows.values_list("locale__language_code", "name")) == {("en", "Study"), ("de", "Studie")}
        page = PublicationPageFactory(published=True, kind=kind, language="de")
        assert client.get(page.get_url()).context["kind"].label == "Studie"

    def test_the_list_offers_both_screens(self, client, editor):
        kind = PublicationKindFactory()
        client.force_login(editor)
        body = client.get(reverse("wagtailsnippets_cms_core_publicationkind:list")).content.decode()
        for name in ("cms_vocabulary_names", "cms_vocabulary_merge"):
            assert reverse(name, args=["publicationkind", kind.pk]) in body

    @pytest.mark.parametrize("name", ["cms_vocabulary_names", "cms_vocabulary_merge"])
    def test_others_may_not(self, client, name):
        kind, other = PublicationKindFactory(name="Report"), PublicationKindFactory()
        client.force_login(UserFactory(groups=["Authors"]))
        url = reverse(name, args=["publicationkind", kind.pk])
        for answer in (client.get(url), client.post(url, {"en": "Hijacked", "into": other.pk})):
            assert answer.status_code == 302
        kind.refresh_from_db()
        assert kind.name == "Report"


class TestMerge:
    def test_every_use_in_every_language_means_the_other(self, client, editor):
        old, new = PlaceFactory(name="Bruxelles"), PlaceFactory(name="Brussels")
        in_german(old, name="Brüssel (alt)")
        inside = PlaceFactory(name="Ixelles", parent=old)
        page = PublicationPageFactory(published=True, title="Live", places=[old])
        case = CasePageFactory(published=True, place=old)
        draft = PublicationPageFactory(title="Draft", places=[old])
        draft.save_revision()
        client.force_login(editor)
        response = client.post(reverse("cms_vocabulary_merge", args=["place", old.pk]), {"into": new.pk})
        assert response.status_code == 302
        assert not Place.objects.filter(translation_key=old.translation_key).exists()
        inside.refresh_from_db()
        assert inside.parent == new
        listing = client.get("/en/publications/", {"place": str(new.translation_key)}).context["listing"]
        assert [card.title for card in listing.items] == ["Live"]
        case.refresh_from_db()
        assert case.place == new
        for each in (page, case, draft):
            each.refresh_from_db()
            latest = each.get_latest_revision_as_object()
            named = [latest.place] if each == case else [row.place for row in latest.places.all()]
            assert named == [new]

    def test_old_addresses_lead_to_the_other(self, client, editor):
        old, between, new = PlaceFactory(), PlaceFactory(), PlaceFactory(name="Brussels")
        PublicationPageFactory(published=True, title="Found", places=[old])
        merge(old, between, editor)
        merge(between, new, editor)
        context = client.get("/en/publications/", {"place": str(old.translation_key)}).context
        assert [card.title for card in context["listing"].items] == ["Found"]
        assert context["filters"][0].value_label == "Brussels"
        assert set(MergedKey.objects.values_list("new", flat=True)) == {new.translation_key}
        drain()
        asked = {"place": [str(old.translation_key), str(new.translation_key)]}
        answer = client.get("/api/v1/search", asked).json()
        assert [hit["title"] for hit in answer["results"]] == ["Found"]
        page = client.get("/en/search/", asked)
        assert ">Brussels" in page.content.decode() and str(old.translation_key) not in page.content.decode()
        assert "Found" in client.get("/feeds/en/search.atom", asked).content.decode()

    def test_public_pages_stay_approved(self, editor):
        old, new = PlaceFactory(), PlaceFactory()
        page = PublicationPageFactory(published=True, places=[old, new])
        merge(old, new, editor)
        assert PagePlace.objects.filter(page=page.pk).count() == 1
        assert check_drift() == []
        record = ApprovalRecord.objects.filter(page_id=page.pk).order_by("-pk").first()
        assert (record.decision, record.user) == ("merge", editor)
        page = PublicationPage.objects.get(pk=page.pk)
        page.save()  # the gate finds approved content
        publish(page, title="Later")

    def test_a_kind_is_merged_too(self, editor):
        old, new = PublicationKindFactory(), PublicationKindFactory()
        page = PublicationPageFactory(published=True, kind=old)
        assert merge(old, new, editor) == 1
        page.refresh_from_db()
        assert page.kind == new

    def test_a_planned_page_refuses_and_nothing_changes(self, client, editor):
        old, new = PlaceFactory(), PlaceFactory()
        PublicationPageFactory(embargoed=True, places=[old])
        live = PublicationPageFactory(published=True, places=[old])
        with pytest.raises(MergeRefused):
            merge(old, new, editor)
        assert PagePlace.objects.get(page=live.pk).place == old
        client.force_login(editor)
        body = client.post(reverse("cms_vocabulary_merge", args=["place", old.pk]), {"into": new.pk}).content.decode()
        assert "waits for its publication" in body

    def test_a_page_in_review_refuses(self, editor):
        old, new = PlaceFactory(), PlaceFactory()
        page = PublicationPageFactory(places=[old])
        page.save_revision(user=editor)
        page.get_workflow().start(page, editor)
        with pytest.raises(MergeRefused):
            merge(old, new, editor)

    def test_a_drifted_page_is_not_approved_by_a_merge(self, editor):
        from workflows.exceptions import NotApproved

        old, new = PlaceFactory(), PlaceFactory()
        page = PublicationPageFactory(published=True, places=[old])
        PublicationPage.objects.filter(pk=page.pk).update(summary="Past the gate")
        with pytest.raises(NotApproved):
            merge(old, new, editor)

    def test_earlier_revisions_can_be_looked_at(self, client, editor):
        """They name what is gone: the place and the kind are missing there, and nothing else."""
        old, new, kind, other = PlaceFactory(), PlaceFactory(), PublicationKindFactory(), PublicationKindFactory()
        kept = PlaceFactory()
        page = PublicationPageFactory(places=[old, kept], kind=kind, summary="As it was.")
        earlier, _later = page.save_revision(), page.save_revision()
        merge(old, new, editor)
        merge(kind, other, editor)
        client.force_login(editor)
        for name, keys in (
            ("revisions_revert", [page.pk, earlier.pk]),
            ("revisions_compare", [page.pk, earlier.pk, "latest"]),
        ):
            assert client.get(reverse(f"wagtailadmin_pages:{name}", args=keys)).status_code == 200
        seen = earlier.as_object()
        assert ([row.place for row in seen.places.all()], seen.kind, seen.summary) == ([kept], None, "As it was.")

    def test_a_draft_that_names_what_was_deleted_can_be_edited(self, client, editor):
        place = PlaceFactory()
        page = PublicationPageFactory(published=True)
        draft = PublicationPage.objects.get(pk=page.pk)
        draft.title, draft.places = "Draft", [PagePlace(place=place)]
        draft.save_revision()
        place.delete()
        client.force_login(editor)
        response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        assert response.status_code == 200 and "Draft" in response.content.decode()

    def test_what_is_published_while_all_pages_are_read_stays_approved(self, editor, monkeypatch):
        old, new = PlaceFactory(), PlaceFactory()
        page = PublicationPageFactory(places=[old])
        page.save_revision()
        found = merging._pages

        def meanwhile(*args):
            yield from list(found(*args))
            publish(page, title="Approved by others")

        monkeypatch.setattr(merging, "_pages", meanwhile)
        merge(old, new, editor)
        assert PagePlace.objects.get(page=page.pk).place == new
        assert check_drift() == []
        publish(PublicationPage.objects.get(pk=page.pk), title="Later")
        assert PagePlace.objects.get(page=page.pk).place == new

    def test_what_lies_in_it_is_indexed_again(self, editor):
        old, new = PlaceFactory(kind=Place.Kind.COUNTRY), PlaceFactory(kind=Place.Kind.COUNTRY)
        town = PlaceFactory(parent=old)
        pages = [CasePageFactory(published=True, place=town), PublicationPageFactory(published=True, places=[town])]
        wide, topic = TopicPageFactory(published=True), TopicPageFactory(published=True)
        narrow = TopicPageFactory(published=True, parent_topic=topic)
        pages += [CasePageFactory(published=True, main_topic=narrow), PublicationPageFactory(topics=[narrow])]
        SearchOutbox.objects.all().delete()
        merge(old, new, editor)
        merge_topics(topic, wide, editor)
        keys = set(SearchOutbox.objects.values_list("key", flat=True))
        assert {f"{page.translation_key}/en" for page in pages} <= keys

    def test_who_is_a_moment_later_is_told(self, client, editor):
        old, new = PlaceFactory(), PlaceFactory()
        page = PublicationPageFactory(published=True, places=[old])
        MergedKey.objects.create(old=old.translation_key, new=PlaceFactory().translation_key)  # by somebody else
        client.force_login(editor)
        answer = client.post(reverse("cms_vocabulary_merge", args=["place", old.pk]), {"into": new.pk})
        assert "Somebody else has just merged this entry." in answer.content.decode()
        assert page.places.get().place == old

    def test_into_itself_is_refused(self, editor):
        place = PlaceFactory()
        with pytest.raises(MergeRefused):
            merge(place, place, editor)

    def test_what_lies_in_it_is_no_target(self, editor):
        town = PlaceFactory()
        quarter = PlaceFactory(parent=town)
        with pytest.raises(MergeRefused):
            merge(town, quarter, editor)


class TestTopics:
    def test_a_topic_goes_and_its_address_leads_to_the_other(self, client, editor):
        old = TopicPageFactory(published=True, title="Non-punishment", slug="non-punishment")
        german = TopicPageFactory(published=True, translation_of=old, language="de", slug="straffreiheit")
        new = TopicPageFactory(published=True, title="Impunity", slug="impunity")
        narrow = TopicPageFactory(published=True, title="Amnesties", parent_topic=old)
        page = PublicationPageFactory(published=True, title="Report", topics=[old])
        case = CasePageFactory(published=True, main_topic=old)
        client.force_login(editor)
        url = reverse("topics_merge", args=[old.pk])
        assert url in client.get(reverse("wagtailadmin_pages:edit", args=[old.pk])).content.decode()
        assert client.post(url, {"into": new.pk}).status_code == 302
        client.logout()
        for address in ("/en/topics/non-punishment/", german.get_url()):
            answer = client.get(address)
            assert (answer.status_code, answer["Location"]) == (301, new.get_url())
        context = client.get(new.get_url()).context
        assert [card.title for card in context["publications"].items] == ["Report"]
        assert context["cases"].count == 1
        assert [card.title for card in context["subtopics"]] == ["Amnesties"]
        listing = client.get("/en/publications/", {"topic": str(old.translation_key)}).context["listing"]
        assert listing.count == 1
        drain()
        hits = client.get("/api/v1/search", {"topic": str(old.translation_key)}).json()["results"]
        assert {hit["title"] for hit in hits} == {"Report", case.title, "Impunity", "Amnesties"}
        case.refresh_from_db()
        narrow.refresh_from_db()
        assert (case.main_topic, narrow.parent_topic) == (new, new)
        assert page.topics.get().topic == new
        assert check_drift() == []

    def test_a_wider_topic_does_not_go_into_a_narrower_one(self, editor):
        wide = TopicPageFactory(published=True)
        narrow = TopicPageFactory(published=True, parent_topic=wide)
        with pytest.raises(MergeRefused):
            merge_topics(wide, narrow, editor)
        wide.refresh_from_db()
        assert wide.live

    @pytest.mark.parametrize("group", ["Authors", "Translators (en)", "Legal review"])
    def test_others_may_not(self, client, group):
        old, new = TopicPageFactory(published=True), TopicPageFactory(published=True)
        client.force_login(UserFactory(groups=[group]))
        assert client.post(reverse("topics_merge", args=[old.pk]), {"into": new.pk}).status_code == 404
        old.refresh_from_db()
        assert old.live

    def test_a_topic_that_is_published_again_is_itself_again(self, client, editor):
        old, new = (
            TopicPageFactory(published=True, title="Amnesties"),
            TopicPageFactory(published=True, title="Impunity"),
        )
        PublicationPageFactory(published=True, title="Of the other", topics=[new])
        merge_topics(old, new, editor)
        planned = TopicPage.objects.get(pk=old.pk)
        planned.go_live_at = timezone.now() + timedelta(hours=1)
        publish(planned)
        assert MergedKey.objects.filter(old=old.translation_key).exists()
        again = TopicPage.objects.get(pk=old.pk)
        again.go_live_at = None
        publish(again)
        PublicationPageFactory(published=True, title="Its own", topics=[old])
        drain()
        asked = {"topic": str(old.translation_key)}
        listing = client.get("/en/publications/", asked).context["listing"]
        assert [card.title for card in listing.items] == ["Its own"]
        hits = client.get("/api/v1/search", asked).json()["results"]
        assert {hit["title"] for hit in hits} == {"Its own", "Amnesties"}

    def test_a_topic_that_is_published_again_is_merged_again(self, client, editor):
        old, new, other = (TopicPageFactory(published=True) for _number in range(3))
        merge_topics(old, new, editor)
        publish(TopicPage.objects.get(pk=old.pk))
        client.force_login(editor)
        assert client.post(reverse("topics_merge", args=[old.pk]), {"into": other.pk}).status_code == 302
        assert MergedKey.objects.get(old=old.translation_key).new == other.translation_key
