"""The board on screen: who may use it, what each button does, and what it doesn't tell."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, ModelLogEntry, Page, PageViewRestriction

from access.roles import ADMINISTRATORS, AUTHORS, EDITORS, LEGAL, READERS, translators
from access.visitor import Visitor
from cms.core.keys import key_of
from cms.glossary.search import vocabulary_names
from documents.erasure.sweep import sweep
from documents.erasure.words import Matcher, fingerprints
from search import outbox
from search.board import promotions
from search.models import SearchDay, SearchPromotion, WantedTerm
from search.parameters import Parameters
from tests.factories import GlossaryTermPageFactory, PublicationPageFactory, UserFactory, publish
from tests.kept import kept
from workflows.actions import withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search]

WORD = "streckbank"


@pytest.fixture(scope="module", autouse=True)
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """A page of each state, and terms. Each test changes its own copy of the database, and none the index."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("search")):
        made = SimpleNamespace(
            term=GlossaryTermPageFactory(published=True, title="Rack", variants="Racks"),
            other=GlossaryTermPageFactory(published=True, title="Streckfolter"),
            german=GlossaryTermPageFactory(published=True, title="Folter", language="de"),
            drafted=GlossaryTermPageFactory(title="Draft"),
            public=PublicationPageFactory(published=True, title="The lantern"),
            members=PublicationPageFactory(restricted=True, title="The heron"),
            draft=PublicationPageFactory(title="A draft"),
            embargoed=PublicationPageFactory(embargoed=True),
            editor=UserFactory(groups=[EDITORS]),
            author=UserFactory(groups=[AUTHORS]),
        )
        outbox.drain()
        yield made


@pytest.fixture(autouse=True)
def waiting(settings):
    settings.SEARCH_DRAIN_INLINE = False


@pytest.fixture
def wanted():
    def make(query=WORD, language="en", people=5, **fields):
        today = timezone.now().date()
        return WantedTerm.objects.create(
            query=query, language=language, people=people, first_day=today, last_day=today, **fields
        )

    return make


@pytest.fixture
def editor(site):
    return site.editor


@pytest.fixture
def board(client, editor):
    """``board()`` is the board as an editor sees it; ``board("search_board_term", 3)`` another screen."""
    client.force_login(editor)

    def shown(name="search_board", *args, **asked):
        response = client.get(reverse(name, args=args), asked)
        assert response.status_code == 200 and response["Cache-Control"] == "private, no-store"
        return response.content.decode().partition('id="main"')[2]

    return shown


@pytest.fixture
def post(client, editor):
    client.force_login(editor)

    def posted(name, *args, **data):
        response = client.post(reverse(name, args=args), data, follow=True)
        assert response.status_code == 200
        return response.content.decode()

    return posted


def on_top(client, q=WORD, language="en", **asked):
    found = client.get("/api/v1/search", {"q": q, "lang": language, **asked}).json()["promoted"]
    return found and found["title"]


class TestWho:
    @pytest.mark.parametrize("groups", [None, [READERS], [AUTHORS], [LEGAL], [translators("de")]])
    def test_it_is_not_there_for_others(self, client, wanted, groups, site):
        row, page = wanted(), site.public
        promotion = SearchPromotion.objects.create(language="en", query="x", kind="publication", key=key_of(page))
        if groups is not None:
            client.force_login(UserFactory(groups=groups))
        for name, args in (("search_board", []), ("search_statistics", []), ("search_board_term", [row.pk])):
            assert client.get(reverse(name, args=args)).status_code in (302, 404)
        for name, args in (
            ("search_board_adopt", [row.pk]),
            ("search_board_promote", [row.pk]),
            ("search_board_settle", [row.pk, "ignore"]),
            ("search_board_demote", [promotion.pk]),
        ):
            assert client.post(reverse(name, args=args), {"key": key_of(page)}).status_code in (302, 404)
        row.refresh_from_db()
        assert row.state == "open" and SearchPromotion.objects.get() == promotion

    @pytest.mark.parametrize("group", [EDITORS, ADMINISTRATORS])
    def test_editors_and_administrators_find_it_below_the_reports(self, client, wanted, group):
        wanted()
        client.force_login(UserFactory(groups=[group]))
        assert reverse("search_board") in client.get(reverse("wagtailadmin_home")).content.decode()
        assert WORD in client.get(reverse("search_board")).content.decode()

    def test_nothing_is_done_by_a_link(self, client, wanted, editor):
        row = wanted()
        client.force_login(editor)
        for name in ("search_board_adopt", "search_board_promote"):
            assert client.get(reverse(name, args=[row.pk])).status_code == 405
        assert client.get(reverse("search_board_settle", args=[row.pk, "ignore"])).status_code == 405


class TestBoard:
    def test_by_people_and_by_language(self, board, wanted, django_assert_max_num_queries):
        wanted("few", people=5)
        wanted("many", people=50)
        wanted("wenige", "de", people=10)
        with django_assert_max_num_queries(45):
            body = board()
        assert body.index(">many<") < body.index(">wenige<") < body.index(">few<")
        assert ">wenige<" in board(language="de") and ">many<" not in board(language="de")
        assert ">many<" in board(language="xx", p="nonsense")

    def test_a_row_costs_two_statements_for_its_search(self, client, board, wanted, django_assert_max_num_queries):
        board()
        for number in range(20):
            wanted(f"word{'x' * number}")
        with django_assert_max_num_queries(45 + 2 * 20):
            assert board().count('scope="row"') == 20

    def test_what_is_found_by_now_is_not_shown_and_what_only_others_find_is(self, client, board, wanted):
        wanted("lantern")
        wanted("heron")
        client.force_login(UserFactory(administrator=True))
        body = client.get(reverse("search_board")).content.decode()
        assert ">heron<" in body and ">lantern<" not in body

    def test_markup_in_a_word_stays_text(self, board, wanted):
        row = wanted("<b>x</b>")
        assert "<b>x</b>" not in board() + board("search_board_term", row.pk)

    def test_said_where_nothing_is_counted(self, board, settings):
        settings.SEARCH_STATISTICS_DAYS = 0
        assert "Nothing is counted" in board() and "Nothing is counted" in board("search_statistics")

    def test_ignored_and_back(self, board, post, wanted):
        row = wanted()
        assert "is ignored" in post("search_board_settle", row.pk, "ignore")
        row.refresh_from_db()
        assert row.state == "ignored" and "Back onto the board" in board()
        post("search_board_settle", row.pk, "reopen")
        row.refresh_from_db()
        assert row.state == "open" and "Back onto the board" not in board()

    def test_a_term_that_is_gone(self, client, editor):
        client.force_login(editor)
        assert client.get(reverse("search_board_term", args=[99**9])).status_code == 404
        assert client.post(reverse("search_board_settle", args=[10**30, "ignore"])).status_code == 404


class TestGlossary:
    def test_the_word_waits_in_a_draft_until_that_is_approved(self, client, board, post, wanted, site):
        row, term = wanted(), site.term
        body = board("search_board_term", row.pk)
        assert body.index("Add to “Streckfolter”") < body.index("Add to “Rack”")
        assert "“Folter”" not in body and "“Draft”" not in body
        body = post("search_board_adopt", row.pk, key=key_of(term))
        assert "is in a draft of “Rack”" in body and reverse("wagtailadmin_pages:edit", args=[term.pk]) in body
        live = type(term).objects.get(pk=term.pk)
        assert live.variants == "Racks" and live.has_unpublished_changes
        draft = live.get_latest_revision_as_object()
        assert draft.variants == f"Racks\n{WORD}" and live.latest_revision.user == site.editor
        assert "waits for approval" in board() and WantedTerm.objects.get().state == "adopted"
        assert WORD not in "".join(name.text for name in vocabulary_names(Visitor()))
        publish(draft)
        assert WORD in "".join(name.text for name in vocabulary_names(Visitor()))

    def test_it_is_chosen_by_a_piece_of_its_name(self, board, wanted, monkeypatch):
        monkeypatch.setattr("search.board.views.ENTRIES_SHOWN", 1)
        row = wanted()
        assert "Add to “Rack”" not in board("search_board_term", row.pk)
        assert "Add to “Rack”" in board("search_board_term", row.pk, term=" RACKS")

    def test_twice_is_once_and_what_others_drafted_is_kept(self, post, wanted, site):
        term = type(site.term).objects.get(pk=site.term.pk)
        term.variants = "Racked"
        term.save_revision()
        before, row = term.revisions.count(), wanted()
        for _time in range(2):
            post("search_board_adopt", row.pk, key=key_of(term))
        assert term.revisions.count() == before + 1
        assert type(term).objects.get(pk=term.pk).get_latest_revision_as_object().variants == f"Racked\n{WORD}"

    @pytest.mark.parametrize("state", ["in review", "locked"])
    def test_a_term_that_others_are_at_is_left_alone(self, post, wanted, site, state):
        term = type(site.term).objects.get(pk=site.term.pk)
        if state == "locked":
            type(term).objects.filter(pk=term.pk).update(locked=True, locked_by=site.author)
        else:
            term.save_revision(user=site.author)
            term.get_workflow().start(term, site.author)
        before = term.revisions.count()
        assert state in post("search_board_adopt", wanted().pk, key=key_of(term))
        assert WantedTerm.objects.get().state == "open" and term.revisions.count() == before

    def test_what_is_no_public_term_in_the_language_is_refused(self, post, wanted, site):
        row = wanted()
        PageViewRestriction.objects.create(page=site.other, restriction_type=PageViewRestriction.GROUPS)
        for page in (site.drafted, site.other, site.german, site.public):
            post("search_board_adopt", row.pk, key=key_of(page))
            assert WantedTerm.objects.get().state == "open"
        for key in ("", "x", "a/en", "a/\x00"):
            assert "Choose" in post("search_board_adopt", row.pk, key=key)
        assert WantedTerm.objects.get().state == "open"

    def test_who_may_not_edit_terms_is_offered_none(self, client, wanted, site):
        GroupPagePermission.objects.filter(group__name=EDITORS).delete()
        client.force_login(site.editor)
        row = wanted()
        assert "Add to" not in client.get(reverse("search_board_term", args=[row.pk])).content.decode()
        client.post(reverse("search_board_adopt", args=[row.pk]), {"key": key_of(site.term)})
        assert WantedTerm.objects.get().state == "open"


class TestPromotion:
    def test_on_top_for_exactly_this_search(self, client, board, post, wanted, site):
        row = wanted()
        assert "Show “The lantern”" in board("search_board_term", row.pk, thing="lant")
        body = post("search_board_promote", row.pk, key=key_of(site.public))
        assert "finds it on top" in body and "Pages on top of a search" in body
        client.logout()
        assert on_top(client, " Streckbank") == "The lantern"
        shown = client.get("/en/search/", {"q": WORD}).content.decode()
        assert (
            "You may be looking for" in shown and "Nothing else was found" in shown and site.public.get_url() in shown
        )
        others = [on_top(client, "streckbanks"), on_top(client, WORD, "de"), on_top(client, WORD, kind="case")]
        assert others == [None, None, None] and on_top(client, WORD, page=2) is None
        assert ModelLogEntry.objects.get(action="search.promote").data == {"key": key_of(site.public)}

    def test_it_is_off_the_board_until_it_is_taken_away(self, board, post, wanted, site):
        post("search_board_promote", wanted().pk, key=key_of(site.public))
        assert 'scope="row"' not in board()
        assert "any more" in post("search_board_demote", SearchPromotion.objects.get().pk)
        assert 'scope="row"' in board() and not SearchPromotion.objects.exists()
        assert ModelLogEntry.objects.filter(action="search.demote").count() == 1

    def test_what_stands_on_top_by_itself_is_shown_once(self, client, post, wanted, site):
        post("search_board_promote", wanted("lantern").pk, key=key_of(site.public))
        found = client.get("/api/v1/search", {"q": "lantern"}).json()
        assert found["promoted"] is None and [each["title"] for each in found["results"]] == ["The lantern"]

    def test_each_sees_what_they_may(self, client, post, wanted, site):
        post("search_board_promote", wanted().pk, key=key_of(site.members))
        assert on_top(client) == "The heron"
        client.logout()
        assert on_top(client) is None
        stranger = client.get("/en/search/", {"q": WORD}).content
        SearchPromotion.objects.all().delete()
        promotions.forget()
        assert stranger == client.get("/en/search/", {"q": WORD}).content

    def test_what_is_withdrawn_is_gone_at_once(self, client, board, post, wanted, site):
        page = type(site.public).objects.get(pk=site.public.pk)
        post("search_board_promote", wanted().pk, key=key_of(page))
        withdraw(page, site.editor, "A witness asked for it.")
        assert on_top(client) is None
        assert "It isn’t published." in board()
        page.delete()
        assert "a page that is gone" in board()

    def test_only_published_pages_that_there_are(self, post, wanted, site):
        row, missing = wanted(), "00000000-0000-4000-8000-000000000000/en"
        for key in (key_of(site.draft), key_of(site.embargoed), "", "x", missing, "a/\x00"):
            assert "Only a published page" in post("search_board_promote", row.pk, key=key)
        assert not SearchPromotion.objects.exists()

    def test_page_that_an_editor_may_not_know_is_neither_offered_nor_named(
        self, board, post, wanted, site, monkeypatch
    ):
        key, row = key_of(site.public), wanted()
        SearchPromotion.objects.create(language="en", query="x", kind="publication", key=key)
        monkeypatch.setattr("cms.core.subjects.knowable_pages", lambda user: Page.objects.none())
        assert "Show “The lantern" not in board("search_board_term", row.pk, thing="lantern")
        assert "The lantern" not in board()
        assert "Only a published" in post("search_board_promote", row.pk, key=key)

    def test_a_search_without_one_asks_nothing(self, client, django_assert_num_queries):
        SearchPromotion.objects.create(language="en", query=WORD, kind="publication", key="gone/en")
        promotions.promoted(Parameters(q="x"), Visitor())
        with django_assert_num_queries(0):
            assert promotions.promoted(Parameters(q="another"), Visitor()) is None


def test_statistics_show_numbers_by_language_and_day(board, django_assert_max_num_queries):
    today = timezone.now().date()
    SearchDay.objects.create(day=today, language="en", searches=41, nothing=7, times={"20": 40, "500": 1})
    SearchDay.objects.create(day=today, language="de", searches=3, times={"75": 3})
    with django_assert_max_num_queries(35):
        body = board("search_statistics")
    assert body.count("<td>41</td>") == 2 and "<td>75</td>" in body
    assert board("search_statistics", language="de").count("<td>41</td>") == 1
    SearchDay.objects.all().delete()
    assert "No search was counted yet." in board("search_statistics")


def test_erased_words_leave_the_board(wanted):
    wanted("anna quillbramble")
    wanted("heron")
    SearchPromotion.objects.create(language="en", query="quillbramble", kind="term", key="x/en")
    matcher = Matcher(fingerprints(["Quillbramble"]))
    assert sweep(matcher, rewrite=False) == {"search.wantedterm.query": 1, "search.searchpromotion.query": 1}
    assert sweep(matcher, rewrite=True) == {}
    assert [row.query for row in WantedTerm.objects.all()] == ["heron"] and not SearchPromotion.objects.exists()
