"""The administrators' screen of search: who may open it, what it tells, and what it doesn't."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from access.roles import ADMINISTRATORS
from access.visitor import Visitor
from cms.core.keys import key_of
from documents.models import DocumentRelease
from search import outbox, registry
from search.diagnosis import steps
from search.engines import get_engine
from search.exceptions import EngineUnavailableError
from search.models import SearchOutbox, SearchRebuild
from tests.cms.test_search_sources import with_text
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def waiting(settings):
    settings.SEARCH_DRAIN_INLINE = False


@pytest.fixture
def root():
    return UserFactory(administrator=True)


@pytest.fixture
def administrator():
    return UserFactory(groups=[ADMINISTRATORS])


def why(client, **asked):
    return client.get(reverse("search_admin_why"), asked)


def lines(page, text, user):
    subject = registry.subjects().known([key_of(page)], Visitor(user))[key_of(page)]
    return [(step.ok, step.text) for step in steps(subject, text, Visitor(user))]


class TestWho:
    @pytest.mark.parametrize("groups", [[], ["Editors"], ["Legal review"], ["Authors"], ["Translators: German"]])
    def test_it_is_not_there_for_others(self, client, groups):
        known = [name for name in groups if Group.objects.filter(name=name).exists()]
        client.force_login(UserFactory(groups=known))
        SearchOutbox.objects.create(key="a/en", parked=True)
        assert client.get(reverse("search_admin")).status_code in (302, 404)
        assert why(client, thing="x").status_code in (302, 404)
        for action in ("rebuild", "rollback", "retry"):
            assert client.post(reverse("search_admin_act", args=[action])).status_code in (302, 404)
        assert SearchRebuild.objects.count() == 0 and SearchOutbox.objects.filter(parked=True).count() == 1

    def test_administrators_find_it_below_the_reports(self, client, administrator):
        client.force_login(administrator)
        response = client.get(reverse("search_admin"))
        assert response.status_code == 200 and response["Cache-Control"] == "private, no-store"
        assert reverse("search_admin") in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("asked", [{"thing": "http://["}, {"thing": "a\x00b"}, {"key": "x/\x00"}, {"thing": "//"}])
def test_odd_questions_get_the_screen(client, root, asked):
    client.force_login(root)
    assert why(client, **asked).status_code == 200


class TestScreen:
    def test_state_and_numbers_for_those_who_see_everything(
        self, client, root, administrator, django_assert_max_num_queries
    ):
        PublicationPageFactory(published=True)
        outbox.drain()
        SearchOutbox.objects.create(key="a/en", noted_at=timezone.now() - timedelta(seconds=90))
        client.force_login(root)
        client.get(reverse("search_admin"))
        with django_assert_max_num_queries(40):
            page = client.get(reverse("search_admin")).content.decode()
        assert "The oldest change waits for 9" in page and get_engine().health().target in page
        documents = get_engine().health().documents
        assert f"({documents} thing" in page
        client.force_login(administrator)
        assert f"({documents} thing" not in client.get(reverse("search_admin")).content.decode()

    def test_engine_that_is_down_is_said(self, client, root, monkeypatch):
        from search.engines.base import Health

        monkeypatch.setattr(get_engine(), "health", lambda: Health(False, "fts5", "", 0, ""))
        client.force_login(root)
        assert "can’t answer" in client.get(reverse("search_admin")).content.decode()

    def test_what_was_set_aside_with_reason_and_another_try(self, client, root):
        page = PublicationPageFactory(published=True, title="Stubborn")
        SearchOutbox.objects.all().delete()
        SearchOutbox.objects.create(key=key_of(page), parked=True, attempts=5, last_error="mapper_exception")
        SearchOutbox.objects.create(key="gone/en", parked=True, attempts=5, last_error="x")
        client.force_login(root)
        body = client.get(reverse("search_admin")).content.decode()
        assert "Stubborn" in body and "mapper_exception" in body and "gone/en" in body
        client.post(reverse("search_admin_act", args=["retry"]))
        assert outbox.drain() == 2 and SearchOutbox.objects.count() == 0
        assert get_engine().version(key_of(page))

    def test_one_click_takes_all_of_them_and_their_number_is_said(
        self, client, root, administrator, monkeypatch, django_assert_max_num_queries
    ):
        known = PublicationPageFactory(published=True)
        SearchOutbox.objects.all().delete()
        keys = [key_of(known), *(f"{number}/en" for number in range(60))]
        SearchOutbox.objects.bulk_create([SearchOutbox(key=key, parked=True) for key in [*keys, "0/en"]])
        only_known(monkeypatch, known)
        client.force_login(administrator)
        body = client.get(reverse("search_admin")).content.decode()
        assert known.title in body and "1 thing was set aside" in body and "61 things" not in body
        client.force_login(root)
        with django_assert_max_num_queries(40):
            body = client.get(reverse("search_admin")).content.decode()
        assert "61 things were set aside. The newest 50 are listed." in body and body.count("/en</bdi>") == 50
        client.post(reverse("search_admin_act", args=["retry"]))
        assert not SearchOutbox.objects.filter(parked=True).exists()

    def test_titles_that_an_administrator_may_not_know_are_not_told(self, client, administrator, monkeypatch):
        hidden, known = (
            PublicationPageFactory(published=True, title="Hidden one"),
            PublicationPageFactory(published=True),
        )
        for page in (hidden, known):
            SearchOutbox.objects.create(key=key_of(page), parked=True, last_error=f"reason-{page.pk}")
        only_known(monkeypatch, known)
        client.force_login(administrator)
        body = client.get(reverse("search_admin")).content.decode()
        assert f"reason-{known.pk}" in body and "Hidden one" not in body and f"reason-{hidden.pk}" not in body
        client.post(reverse("search_admin_act", args=["retry"]))
        assert SearchOutbox.objects.get(parked=True).key == key_of(hidden)

    def test_rebuild_and_way_back_by_button(self, client, root):
        client.force_login(root)
        client.post(reverse("search_admin_act", args=["rebuild"]))
        client.post(reverse("search_admin_act", args=["rollback"]))  # one at a time
        row = SearchRebuild.objects.get()
        assert (row.kind, row.state, row.asked_by) == ("rebuild", "waiting", root)
        body = client.get(reverse("search_admin")).content.decode()
        assert "One waits or runs" in body and "Build the index anew" not in body
        from search.rebuilding import work_off_quietly

        work_off_quietly()
        body = client.get(reverse("search_admin")).content.decode()
        assert "Go back to the index before" in body and row.__class__.objects.get().target in body


def only_known(monkeypatch, *pages):
    """As if this administrator might know of these pages only."""
    from wagtail.models import Page

    chosen = Page.objects.filter(pk__in=[page.pk for page in pages])
    monkeypatch.setattr("cms.core.subjects.knowable_pages", lambda user: chosen)


class TestWhy:
    def test_public_page_in_the_index(self, root):
        page = PublicationPageFactory(published=True, title="Torture in prisons")
        outbox.drain()
        found = lines(page, "prison tortures", root)
        assert [ok for ok, _text in found] == [True, True, True, True]
        assert found[0][1] == "It is published." and found[1][1] == "Everybody may read it."
        assert found[2][1].startswith("It is in the index as it was at") and found[3][1] == "The query finds it."

    def test_the_word_that_is_missing_or_excluded(self, root):
        page = PublicationPageFactory(published=True, title="Torture in prisons")
        outbox.drain()
        found = lines(page, 'torture lantern -prison (police OR "in court") kind:case', root)
        assert [text for ok, text in found if ok is False] == [
            "The query doesn’t find it.",
            "It lacks: lantern",
            "It has what the query excludes: prison",
            'It lacks: police OR "in court"',
            "It lacks: kind:case",
        ]

    def test_page_that_waits_and_one_that_was_set_aside(self, root):
        page = PublicationPageFactory(published=True)
        found = lines(page, "", root)
        assert (None, "It isn’t in the index.") not in found and found[-1] == (False, "It isn’t in the index.")
        assert any(ok is None and text.startswith("A change waits") for ok, text in found)
        SearchOutbox.objects.update(parked=True, last_error="mapper")
        assert (False, "Set aside after five tries: mapper.") in lines(page, "", root)

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ({}, "It isn’t published."),
            ({"withdrawn": True}, "It isn’t published."),
            ({"expired": True}, "Its time is over: it has expired."),
            ({"embargoed": True}, "Its time has not come yet."),
        ],
    )
    def test_not_published(self, root, state, sentence):
        page = PublicationPageFactory(**state)
        outbox.drain()
        found = lines(page, "", root)
        assert found[0] == (False, sentence) and not any("may read it" in text for _ok, text in found)

    def test_below_a_section_that_is_not_published(self, root):
        section = SectionPageFactory(published=True)
        page = PublicationPageFactory(published=True)
        page.get_parent().specific.unpublish()
        assert section and lines(page, "", root)[0] == (False, "A section above it isn’t published.")

    def test_for_whom(self, root):
        page = PublicationPageFactory(restricted=True)
        assert lines(page, "", root)[1] == (True, "Only those who are signed in may read it.")
        rule = PageViewRestriction.objects.get()
        rule.restriction_type = PageViewRestriction.GROUPS
        rule.save()
        assert lines(page, "", root)[1] == (True, "Its restrictions let nobody read it.")
        rule.groups.set(Group.objects.filter(name="Readers"))
        assert lines(page, "", root)[1] == (True, "Only members of these groups may read it: Readers")

    def test_chosen_by_title_by_address_and_by_a_file(self, client, root):
        document = with_text(DocumentFactory())
        page = PublicationPageFactory(published=True, title="Torture in prisons", files=[document])
        other = PublicationPageFactory(published=True, title="Torture elsewhere")
        client.force_login(root)
        body = why(client, thing="torture in").content.decode()
        assert "It is published." in body and "Torture in prisons" in body
        body = why(client, thing="torture", q="a & b").content.decode()
        assert "Which of these?" in body and f"key={key_of(other).replace('/', '%2F')}&amp;q=a%20%26%20b" in body
        assert "It is published." in why(client, key=key_of(other), q="x").content.decode()
        for address in (page.get_url(), f"https://x.org{page.get_url()}?q=1"):
            assert "Torture in prisons</bdi>" in why(client, thing=address).content.decode()
        for address in (f"/d/{document.series}/", f"http://localhost/d/{document.series}/v1/p/3/"):
            assert "Torture in prisons</bdi>" in why(client, thing=address).content.decode()
        assert "You may know of no" in why(client, thing=f"/d/{document.series}/v2/").content.decode()
        assert "You may know of no" in why(client, thing="/en/nowhere/").content.decode()

    def test_hidden_and_missing_are_the_same(self, client, administrator, monkeypatch):
        hidden = PublicationPageFactory(published=True, title="Hidden one", files=[with_text(DocumentFactory())])
        known = PublicationPageFactory(published=True)
        outbox.drain()
        only_known(monkeypatch, known)
        client.force_login(administrator)
        series = hidden.files.first().document.series

        def told(thing):
            main = why(client, thing=thing).content.decode().partition('id="main"')[2]
            return re.sub(r'"CSRF_TOKEN": "\w+"', "", main).replace(thing, "…")

        nothing = told("No such thing")
        assert "You may know of no page" in nothing
        for thing in ("Hidden one", hidden.get_url(), f"/d/{series}/"):
            assert told(thing) == nothing
        assert "Hidden one" not in why(client, key=key_of(hidden)).content.decode()

    def test_words_of_a_file_that_one_may_not_read_are_not_told(self, administrator, monkeypatch):
        page = PublicationPageFactory(published=True, files=[with_text(DocumentFactory(), "A lantern")])
        outbox.drain()
        assert DocumentRelease.objects.count() == 1
        assert lines(page, "lantern", administrator)[-1] == (True, "The query finds it.")
        from documents.models import Document

        monkeypatch.setattr("cms.core.subjects.readable_by", lambda visitor: Document.objects.none())
        for word in ("lantern", "elephant"):
            assert lines(page, word, administrator)[-1] == (
                None,
                "The index has words of files that you may not read: nothing is told about words.",
            )

    def test_engine_that_cannot_answer(self, root, monkeypatch):
        page = PublicationPageFactory(published=True)

        def down(key):
            raise EngineUnavailableError("down")

        monkeypatch.setattr(get_engine(), "version", down)
        assert lines(page, "x", root)[-1] == (None, "The search engine can’t answer at the moment.")
