"""The board on screen: who may use it, what each button does, and what it doesn't tell."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageViewRestriction

from access.roles import ADMINISTRATORS, AUTHORS, EDITORS, LEGAL, READERS, translators
from cms.core.keys import key_of
from documents.erasure.sweep import sweep
from documents.erasure.words import Matcher, fingerprints
from search import outbox
from search.board import counting, promotions
from search.models import SearchDay, SearchPromotion, WantedTerm
from tests.factories import GlossaryTermPageFactory, PublicationPageFactory, UserFactory, publish
from workflows.actions import withdraw

pytestmark = pytest.mark.django_db

WORD = "streckbank"


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
def editor():
    return UserFactory(groups=[EDITORS])


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
    def test_it_is_not_there_for_others(self, client, wanted, groups):
        row, page = wanted(), PublicationPageFactory(published=True)
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
        PublicationPageFactory(published=True, title="The lantern")
        PublicationPageFactory(restricted=True, title="The heron")
        outbox.drain()
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
    def test_the_word_waits_in_a_draft_and_is_found_once_that_is_approved(self, client, board, post, wanted):
        row = wanted()
        term = GlossaryTermPageFactory(published=True, title="Rack", variants="Racks")
        GlossaryTermPageFactory(published=True, title="Streckfolter")
        GlossaryTermPageFactory(published=True, title="Folter", language="de")
        body = board("search_board_term", row.pk)
        assert body.index("Add to “Streckfolter”") < body.index("Add to “Rack”") and "Folter”<" not in body
        body = post("search_board_adopt", row.pk, key=key_of(term))
        assert "is in a draft of “Rack”" in body and reverse("wagtailadmin_pages:edit", args=[term.pk]) in body
        term.refresh_from_db()
        assert term.variants == "Racks" and term.has_unpublished_changes
        assert term.get_latest_revision_as_object().variants == f"Racks\n{WORD}"
        assert "waits for approval" in board() and row.pk and WantedTerm.objects.get().state == "adopted"
        outbox.drain()
        assert client.get("/api/v1/search", {"q": WORD}).json()["total"] == 0
        publish(term.get_latest_revision_as_object())
        outbox.drain()
        assert client.get("/api/v1/search", {"q": WORD}).json()["total"] == 1

    def test_it_is_chosen_by_a_piece_of_its_name(self, board, wanted):
        row = wanted()
        for number in range(8):
            GlossaryTermPageFactory(published=True, title=f"Streckbank {number}")
        GlossaryTermPageFactory(published=True, title="Something else")
        assert "Add to “Something else”" not in board("search_board_term", row.pk)
        assert "Add to “Something else”" in board("search_board_term", row.pk, term="something")

    def test_twice_is_once(self, post, wanted):
        term = GlossaryTermPageFactory(published=True, title="Rack")
        row = wanted()
        for _time in range(2):
            post("search_board_adopt", row.pk, key=key_of(term))
        assert term.revisions.count() == 2
        assert type(term).objects.get(pk=term.pk).get_latest_revision_as_object().variants == WORD

    def test_what_others_drafted_is_kept(self, post, wanted):
        term = GlossaryTermPageFactory(published=True, title="Rack")
        term.variants = "Racks"
        term.save_revision()
        post("search_board_adopt", wanted().pk, key=key_of(term))
        term.refresh_from_db()
        assert term.get_latest_revision_as_object().variants == f"Racks\n{WORD}" and term.variants == ""

    @pytest.mark.parametrize("state", ["review", "locked", "draft", "restricted", "german", "page", "nonsense", "nul"])
    def test_refused_with_a_sentence(self, post, wanted, state, editor):
        made = {"draft": {}, "restricted": {"restricted": True}, "german": {"published": True, "language": "de"}}
        term = GlossaryTermPageFactory(title="Rack", **made.get(state, {"published": True}))
        key = key_of(term)
        if state == "review":
            term.get_workflow().start(term, UserFactory(groups=[AUTHORS]))
        elif state == "locked":
            type(term).objects.filter(pk=term.pk).update(locked=True, locked_by=UserFactory())
        elif state == "restricted":
            PageViewRestriction.objects.update(restriction_type=PageViewRestriction.GROUPS)
        elif state == "page":
            key = key_of(PublicationPageFactory(published=True))
        elif state in ("nonsense", "nul"):
            key = {"nonsense": "x", "nul": f"{term.translation_key}/en\x00"}[state]
        before = term.revisions.count()
        body = post("search_board_adopt", wanted().pk, key=key)
        if state == "nul":  # read as what it is without the sign that nobody typed
            assert WantedTerm.objects.get().state == "adopted"
            return
        assert "w-icon-warning" in body or "messages__item error" in body or 'class="error"' in body
        assert WantedTerm.objects.get().state == "open" and term.revisions.count() == before

    def test_who_may_not_edit_the_term_is_offered_none(self, client, wanted):
        administrator = UserFactory(groups=[EDITORS])
        administrator.groups.get().page_permissions.all().delete()
        term = GlossaryTermPageFactory(published=True, title="Rack")
        client.force_login(administrator)
        row = wanted()
        assert "Add to" not in client.get(reverse("search_board_term", args=[row.pk])).content.decode()
        client.post(reverse("search_board_adopt", args=[row.pk]), {"key": key_of(term)})
        assert WantedTerm.objects.get().state == "open" and term.revisions.count() == 1


class TestPromotion:
    def test_on_top_for_exactly_this_search(self, client, board, post, wanted):
        row, page = wanted(), PublicationPageFactory(published=True, title="Instruments")
        assert "Show “Instruments”" in board("search_board_term", row.pk, thing="instr")
        body = post("search_board_promote", row.pk, key=key_of(page))
        assert "finds it on top" in body and "Pages on top of a search" in body
        client.logout()
        assert on_top(client, " Streckbank") == "Instruments"
        shown = client.get("/en/search/", {"q": WORD}).content.decode()
        assert "You may be looking for" in shown and "Nothing else was found" in shown and page.get_url() in shown
        others = [on_top(client, "streckbanks"), on_top(client, WORD, "de"), on_top(client, WORD, kind="case")]
        assert others == [None, None, None] and on_top(client, WORD, page=2) is None
        assert ModelLogEntry.objects.get(action="search.promote").data == {"key": key_of(page)}

    def test_it_is_off_the_board_and_counts_no_more(self, board, post, wanted, rf):
        row, page = wanted(), PublicationPageFactory(published=True)
        post("search_board_promote", row.pk, key=key_of(page))
        assert 'scope="row"' not in board()
        promotion = SearchPromotion.objects.get()
        assert "any more" in post("search_board_demote", promotion.pk)
        assert 'scope="row"' in board() and not SearchPromotion.objects.exists()
        assert ModelLogEntry.objects.filter(action="search.demote").count() == 1

    def test_each_sees_what_they_may(self, client, post, wanted):
        page = PublicationPageFactory(restricted=True, title="For members")
        post("search_board_promote", wanted().pk, key=key_of(page))
        assert on_top(client) == "For members"
        client.logout()
        assert on_top(client) is None
        stranger = client.get("/en/search/", {"q": WORD}).content.decode()
        SearchPromotion.objects.all().delete()
        promotions.forget()
        assert stranger == client.get("/en/search/", {"q": WORD}).content.decode()

    def test_what_is_withdrawn_is_gone_at_once(self, client, board, post, wanted, editor):
        page = PublicationPageFactory(published=True, title="Instruments")
        post("search_board_promote", wanted().pk, key=key_of(page))
        withdraw(page, editor, "A witness asked for it.")
        assert on_top(client) is None
        assert "It isn’t published." in board()
        page.delete()
        assert "a page that is gone" in board()

    @pytest.mark.parametrize("state", [{}, {"withdrawn": True}, {"embargoed": True}])
    def test_only_published_pages(self, post, wanted, state):
        page = PublicationPageFactory(**state)
        assert "Only a published page" in post("search_board_promote", wanted().pk, key=key_of(page))
        assert not SearchPromotion.objects.exists()

    @pytest.mark.parametrize("key", ["", "x", "00000000-0000-4000-8000-000000000000/en", "a/\x00"])
    def test_what_there_is_not(self, post, wanted, key):
        assert "Only a published page" in post("search_board_promote", wanted().pk, key=key)

    def test_page_that_an_editor_may_not_know_is_neither_offered_nor_named(self, board, post, wanted, monkeypatch):
        page = PublicationPageFactory(published=True, title="Hidden one")
        SearchPromotion.objects.create(language="en", query="x", kind="publication", key=key_of(page))
        monkeypatch.setattr("cms.core.subjects.knowable_pages", lambda user: type(page).objects.none())
        row = wanted()
        assert "Show “Hidden" not in board("search_board_term", row.pk, thing="hidden")
        assert "Hidden one" not in board() and "Only a published" in post(
            "search_board_promote", row.pk, key=key_of(page)
        )

    def test_a_search_without_one_asks_nothing(self, client, django_assert_num_queries):
        from access.visitor import Visitor
        from search.parameters import Parameters

        SearchPromotion.objects.create(language="en", query=WORD, kind="publication", key="gone/en")
        promotions.promoted(Parameters(q="x"), Visitor())
        with django_assert_num_queries(0):
            assert promotions.promoted(Parameters(q="another"), Visitor()) is None


def test_statistics_show_numbers_by_language_and_day(board, django_assert_max_num_queries):
    today = timezone.now().date()
    SearchDay.objects.create(day=today, language="en", searches=41, nothing=7, times={"20": 40, "500": 1})
    SearchDay.objects.create(day=today, language="de", searches=3, times={"75": 3})
    with django_assert_max_num_queries(20):
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


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_lose_nothing():
    import threading

    from django.db import connections

    def write():
        try:
            counting._write_term("en", WORD, 5)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert WantedTerm.objects.get().people == 30
