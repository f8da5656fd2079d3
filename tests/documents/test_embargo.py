"""An embargo of a file's own: who reads it before, at and after its time, and who may change it."""

from __future__ import annotations

import datetime
import logging

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page

from access import schedule
from access.visitor import Visitor
from cms.core.templatetags.look_tags import date_words
from cms.publications.models import PublicationFile
from documents import embargo
from documents.access import can_read, current_version, readable_by, released_to
from documents.actions import add_document, add_version
from documents.checks import blocking, notes
from documents.exceptions import AppendOnlyError, EmbargoRefused
from documents.models import Document, DocumentPageText, DocumentRelease, DocumentTokens
from documents.releases import public_since, public_withdrawal, withdraw_releases, withdraw_versions
from documents.safety import override
from documents.signals import documents_withdrawn
from documents.wording import WITHDRAWN
from search import words
from search.outbox import drain, waiting
from search.pages import pack
from search.parameters import Parameters
from search.results import finds
from tests import sitemaps
from tests.documents.conftest import small_pdf, upload
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, publish
from workflows.actions import withdraw

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
STAFF = {"author", "editor", "superuser"}
EVERYONE = {"anonymous", "member", "author", "author2", "editor", "legal", "translator-de", "leaver", "superuser"}


@pytest.fixture
def clock(monkeypatch):
    """``clock(time)`` sets it; every rule asks ``timezone.now``."""
    return lambda when: monkeypatch.setattr(timezone, "now", lambda: when)


@pytest.fixture
def until():
    return timezone.now() + DAY


def held(people, until, **kwargs):
    return DocumentFactory(uploaded_by_user=people["author"], embargo=until, **kwargs)


def readers(document, people):
    return {name for name, user in people.items() if can_read(Visitor(user), document)}


def with_text(document, text="A wombat at the frontier"):
    DocumentPageText.objects.create(document=document, number=1, language="en", text=text)
    DocumentTokens.objects.create(document=document, blob=pack([("en", text)]))
    return document


def cases(people, until):
    """State of the page -> (file under embargo, who reads it once that is over)."""
    made = {}

    def case(name, expected, **states):
        document = held(people, until)
        page = PublicationPageFactory(files=[document], **states)
        if not states:
            page.save_revision()
        made[name] = (document, expected)
        return page

    case("draft", STAFF)
    case("published", EVERYONE, published=True)
    case("restricted", EVERYONE - {"anonymous", "leaver"}, restricted=True)
    case("expired", STAFF, expired=True)
    withdraw(case("withdrawn", STAFF, published=True), people["editor"], "A witness asked for it.")
    page = case("in review", STAFF)
    page.save_revision(user=people["author"])
    page.get_workflow().start(page, people["author"])
    page = case("below a draft section", STAFF)
    page.move(SectionPageFactory(), pos="last-child")
    publish(Page.objects.get(pk=page.pk).specific)
    return made


class TestWhoReads:
    @pytest.mark.parametrize(("moment", "over"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
    def test_each_role_in_each_state_before_at_and_after(self, people, until, clock, moment, over):
        made = cases(people, until)
        clock(until + moment)
        expected = {name: readers_ if over else STAFF for name, (_file, readers_) in made.items()}
        assert {name: readers(document, people) for name, (document, _) in made.items()} == expected
        for name, user in people.items():
            listed = set(readable_by(Visitor(user)))
            assert listed == {document for case, (document, _) in made.items() if name in expected[case]}, name
        public = {document for case, (document, _) in made.items() if over and "anonymous" in made[case][1]}
        assert set(released_to(Visitor())) == public

    def test_staff_read_it_by_right_and_never_from_a_cache(self, client, people, until):
        document = held(people, until)
        PublicationPageFactory(published=True, files=[document])
        assert can_read(Visitor(people["editor"]), document)
        client.force_login(people["editor"])
        assert client.get(f"/d/{document.series}/v1/").headers["Cache-Control"] == "private, no-store"

    def test_older_versions_are_hidden_with_the_newest(self, people, until, clock):
        first = held(people, None)
        page = PublicationPageFactory(published=True, files=[first])
        second = held(people, until, series=first.series, number=2)
        publish(Page.objects.get(pk=page.pk).specific, files=[PublicationFile(document=second)])
        assert (readers(first, people), current_version(Visitor(), first.series)) == (STAFF, None)
        clock(until)
        assert (readers(first, people), current_version(Visitor(), first.series)) == (EVERYONE, second)

    def test_set_later_it_hides_what_was_public(self, client, people, until):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        before = client.get(page.url)
        assert client.get(f"/d/{document.series}/v1/").status_code == 200
        etag = client.get(f"/d/{document.series}/v1/").headers["ETag"]
        embargo.change(document, until, people["editor"], "Too early.")
        after = client.get(page.url, headers={"if-none-match": before.headers["ETag"]})
        assert after.status_code == 200 and str(document.series) not in after.content.decode()
        assert client.get(f"/d/{document.series}/v1/", headers={"if-none-match": etag}).status_code == 404


class TestNothingTells:
    ADDRESSES = (
        *("", "v1/", "v1/x.pdf", "p/1/", "v1/p/1/", "v1/p/1/image.webp", "v1/cover.webp", "v1/p/1/large.webp"),
        *("search/?q=word", "v1/search/?q=word", "v1/text.html"),
    )

    def test_its_addresses_are_those_of_nothing(self, client, people, until):
        document = with_text(held(people, until))
        PublicationPageFactory(published=True, files=[document])
        nothing = "00000000-0000-4000-8000-000000000000"
        for address in self.ADDRESSES:
            hidden, missing = (client.get(f"/d/{series}/{address}") for series in (document.series, nothing))
            assert (hidden.status_code, dict(hidden.headers)) == (404, dict(missing.headers)), address
            assert hidden.content.replace(str(document.series).encode(), nothing.encode()) == missing.content

    def test_the_page_is_as_if_it_were_not_there(self, client, people, until):
        document = held(people, until, title="Kangaroo")
        page = PublicationPageFactory(published=True, files=[document])
        text = client.get(page.url).content.decode()
        publish(Page.objects.get(pk=page.pk).specific, files=[])
        assert client.get(page.url).content.decode() == text
        assert "Kangaroo" not in text and 'id="files"' not in text and "embargo" not in text.casefold()

    @pytest.mark.parametrize("where", ["body", "abstract"])
    def test_a_text_that_links_to_it_keeps_its_words_only(self, client, people, until, clock, where):
        document = held(people, until, title="Kangaroo")
        link = f'<p><a linktype="document" id="{document.pk}">the words</a></p>'
        text = {"abstract": link} if where == "abstract" else {"body": [{"type": "text", "value": link}]}
        page = PublicationPageFactory(published=True, **text)
        answer = client.get(page.url).content.decode()
        assert "<a>the words</a>" in answer and "Kangaroo" not in answer and str(document.series) not in answer
        clock(until)
        assert f'<a href="{document.url}">the words</a>' in client.get(page.url).content.decode()

    def test_colleagues_see_it_marked(self, client, people, until):
        document = held(people, until)
        page = PublicationPageFactory(published=True, files=[document])
        client.force_login(people["editor"])
        assert "Under embargo until" in client.get(page.url).content.decode()
        assert "Not public before" in client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()

    def test_the_search_finds_it_from_its_time_on(self, client, people, until, clock):
        page = PublicationPageFactory(published=True, title="Quokka", files=[with_text(held(people, until))])
        drain()
        for who in (None, people["editor"]):
            if who:
                client.force_login(who)
            assert client.get("/api/v1/search?q=wombat&lang=en").json()["results"] == []
        client.logout()
        assert embargo.end_due() == 0
        clock(until + SECOND)
        assert (embargo.end_due(), embargo.end_due()) == (1, 0)
        drain()
        (hit,) = client.get("/api/v1/search?q=wombat&lang=en").json()["results"]
        assert hit["title"] == page.title

    @pytest.mark.parametrize("how", ["held back", "withdrawn"])
    def test_no_total_and_no_facet_tells_it_while_the_index_waits(self, client, people, until, settings, how):
        document = with_text(DocumentFactory(language="fr"))
        page = PublicationPageFactory(published=True, title="Quokka", files=[document])
        drain()
        assert client.get("/api/v1/search?q=wombat&lang=en").json()["total"] == 1
        settings.SEARCH_DRAIN_INLINE = False
        if how == "withdrawn":
            withdraw_releases([page.pk], "A witness asked for it.")
            documents_withdrawn.send(sender=Document, document_ids=[document.pk])
        else:
            embargo.change(document, until, people["editor"], "Too early.")
        assert waiting()
        assert not finds(Parameters(q="wombat", language="en"), Visitor())
        answer = client.get("/api/v1/search?q=wombat&lang=en").json()
        assert (answer["total"], answer["results"], answer["facets"]["language"]) == (0, [], [])
        client.force_login(people["editor"])
        assert client.get("/api/v1/search?q=wombat&lang=en").json()["total"] == 1
        client.logout()
        drain()
        assert client.get("/api/v1/search?q=wombat&lang=en").json()["total"] == 0
        assert client.get("/api/v1/search?q=quokka&lang=en").json()["total"] == 1
        # The page itself is as public as before: its words are no wanted ones, and are offered.
        words.refresh()
        words.forget()
        found = [finds(Parameters(q=word, language="en"), Visitor()) for word in ("quokka", "wombat")]
        assert found == [True, False]
        assert client.get("/api/v1/search?q=quokak&lang=en").json()["suggestion"] == "quokka"
        page.unpublish()
        assert not finds(Parameters(q="quokka", language="en"), Visitor())

    def test_the_sitemap_moves_at_its_end(self, client, people, until, clock):
        PublicationPageFactory(published=True, files=[held(people, until)])
        before = sitemaps.whole(client)
        clock(until - SECOND)
        assert sitemaps.whole(client) == before
        clock(until + SECOND)
        assert f"<lastmod>{until.date()}</lastmod>" in sitemaps.whole(client)

    def test_the_reader_dates_it_from_its_end(self, client, people, until, clock):
        document = with_text(held(people, until))
        PublicationPageFactory(published=True, files=[document])
        clock(until + DAY)
        text = client.get(document.reading_url(1)).content.decode()
        assert date_words(until) in text and date_words(until - DAY) not in text

    def test_withdrawn_before_its_time_it_was_never_public(self, client, people, until, clock):
        document = held(people, until)
        page = PublicationPageFactory(published=True, files=[document])
        withdraw_releases([page.pk], "A witness asked for it.")
        clock(until + DAY)
        assert public_withdrawal(Document.objects.filter(pk=document.pk)) is None
        assert client.get(f"/d/{document.series}/v1/").status_code == 404

    def test_withdrawn_after_its_time_it_answers_410(self, client, people, until, clock):
        document = held(people, until)
        page = PublicationPageFactory(published=True, files=[document])
        clock(until + DAY)
        withdraw_releases([page.pk], "A witness asked for it.")
        assert client.get(f"/d/{document.series}/v1/").status_code == 410


def test_a_release_to_members_is_no_date_for_everybody(people, clock):
    now, document = timezone.now(), DocumentFactory()
    clock(now - 9 * DAY)
    page = PublicationPageFactory(restricted=True, published=True)
    publish(Page.objects.get(pk=page.pk).specific, files=[PublicationFile(document=document)])
    assert public_since(document) == now - 9 * DAY
    clock(now)
    PublicationPageFactory(published=True, files=[document])
    assert public_since(document) == now


class TestHiddenAfterItWasPublic:
    """An embargo that is set later hides the file and changes nothing of its past."""

    @pytest.fixture
    def hidden(self, people, until):
        document = with_text(DocumentFactory())
        PublicationPageFactory(published=True, files=[document])
        embargo.change(document, until, people["editor"], "Too early.")
        return Document.objects.get(pk=document.pk)

    def test_withdrawn_meanwhile_it_answers_410(self, client, hidden):
        assert client.get(f"/d/{hidden.series}/v1/").status_code == 404
        withdraw_releases([hidden.releases.get().page_id], "A witness asked for it.")
        assert hidden.was_public
        answer = client.get(f"/d/{hidden.series}/v1/")
        assert answer.status_code == 410 and "A witness asked for it." in answer.content.decode()

    @pytest.mark.parametrize("early", [True, False])
    def test_its_date_is_that_of_its_release(self, client, people, hidden, until, clock, early):
        if early:
            clock(until - SECOND)
            embargo.change(hidden, None, people["legal"], "It is out.")
        clock(until + DAY)
        found = Document.objects.get(pk=hidden.pk)
        assert public_since(found) == found.releases.get().released_at
        assert date_words(until) not in client.get(found.reading_url(1)).content.decode()

    def test_the_sitemap_does_not_move(self, client, hidden, until, clock):
        before = sitemaps.whole(client)
        clock(until + SECOND)
        assert sitemaps.whole(client) == before

    def test_a_second_embargo_leaves_the_end_of_the_first(self, client, people, until, clock):
        document = held(people, until)
        PublicationPageFactory(published=True, files=[document])
        clock(until + DAY)
        embargo.change(document, until + 9 * DAY, people["editor"], "Too early.")
        assert f"<lastmod>{until.date()}</lastmod>" in sitemaps.whole(client)
        clock(until + 10 * DAY)
        assert f"<lastmod>{until.date()}</lastmod>" in sitemaps.whole(client)
        assert public_since(Document.objects.get(pk=document.pk)) == until

    def test_prolonged_before_it_ended_it_was_not_public(self, people, until, clock):
        document = held(people, until)
        PublicationPageFactory(published=True, files=[document])
        clock(until - SECOND)
        embargo.change(document, until + DAY, people["editor"], "Later.")
        clock(until + SECOND)
        assert not Document.objects.get(pk=document.pk).was_public

    @pytest.mark.parametrize("state", ["withdrawn", "infected", "unreleased"])
    def test_the_sitemap_tells_nothing_of_what_nobody_reads(self, client, people, until, clock, state):
        document = held(people, until)
        page = PublicationPageFactory(published=True, files=[document])
        if state == "withdrawn":
            withdraw_releases([page.pk], "A witness asked for it.")
        elif state == "infected":
            Document.objects.filter(pk=document.pk).scanned("infected")
        else:
            QuerySet.delete(DocumentRelease.objects.all())
        before = sitemaps.whole(client)
        clock(until + SECOND)
        assert sitemaps.whole(client) == before


class TestANewVersionUnderEmbargo:
    def test_its_approval_does_not_take_back_a_410(self, client, people, until, clock):
        first = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[first])
        withdraw_versions(first.series, 2, "A witness asked for it.")
        second = held(people, until, series=first.series, number=2)
        publish(Page.objects.get(pk=page.pk).specific, files=[PublicationFile(document=second)])
        assert [client.get(f"/d/{first.series}/{each}").status_code for each in ("", "v1/", "v2/")] == [410, 410, 404]
        clock(until)
        assert client.get(f"/d/{first.series}/").status_code == 200
        embargo.change(second, until + DAY, people["editor"], "Too early.")
        assert client.get(f"/d/{first.series}/").status_code == 404  # it was public: an old reason would mislead

    def test_review_says_that_the_older_ones_are_hidden_with_it(self, people, until):
        first = DocumentFactory()
        second = held(people, until, title="Report", series=first.series, number=2)
        assert notes([first.pk, second.pk]) == []  # nobody reads the first
        PublicationPageFactory(published=True, files=[first])
        (sentence,) = notes([first.pk, second.pk])
        assert sentence.startswith("“Report” (version 2) is held back until ")


@pytest.fixture
def draft(people, until):
    document = held(people, until)
    PublicationPageFactory(files=[document]).save_revision()
    return document


@pytest.fixture
def submitted(people, until):
    document = held(people, until)
    PublicationPageFactory(published=True, files=[document])
    return document


class TestWhoMayChangeIt:
    def allowed(self, people, document, until):
        found = set()
        for name in ("author", "author2", "editor", "legal", "superuser"):
            before = Document.objects.get(pk=document.pk).embargo
            try:
                embargo.change(document, until, people[name], "Reason")
            except EmbargoRefused:
                continue
            found.add(name)
            Document.objects.filter(pk=document.pk).hold_back(before)
        return found

    def test_before_review_whoever_may_change_the_file(self, people, draft, until):
        for time in (None, until + DAY, until - SECOND):
            assert self.allowed(people, draft, time) == STAFF

    def test_after_it_hiding_is_for_those_who_withdraw(self, people, submitted, until):
        assert self.allowed(people, submitted, until + DAY) == {"editor", "legal", "superuser"}

    def test_after_it_opening_is_for_legal_review(self, people, submitted, until):
        for time in (None, until - SECOND):
            assert self.allowed(people, submitted, time) == {"legal", "superuser"}

    @pytest.mark.parametrize("state", ["review", "scheduled"])
    def test_being_asked_to_approve_it_counts(self, people, until, state):
        document = held(people, until)
        if state == "scheduled":
            PublicationPageFactory(embargoed=True, files=[document])
        else:
            page = PublicationPageFactory(files=[document])
            page.save_revision(user=people["author"])
            page.get_workflow().start(page, people["author"])
        assert self.allowed(people, document, None) == {"legal", "superuser"}

    def test_nobody_opens_an_upload_of_their_own(self, people, until):
        document = DocumentFactory(uploaded_by_user=people["legal"], embargo=until)
        PublicationPageFactory(published=True, files=[document])
        with pytest.raises(EmbargoRefused, match="You uploaded"):
            embargo.change(document, None, people["legal"], "Reason")

    def test_a_reason_is_needed_and_kept(self, people, submitted, until):
        with pytest.raises(EmbargoRefused, match="Say why"):
            embargo.change(submitted, until + DAY, people["editor"], " ")
        embargo.change(submitted, until + DAY, people["editor"], "The court asked.")
        entry = ModelLogEntry.objects.filter(action="dossier.document.embargo").get()
        assert (entry.user, entry.data["reason"]) == (people["editor"], "The court asked.")
        assert entry.data["until"] == (until + DAY).isoformat()
        assert entry.message.startswith("Embargo of the file until ")
        embargo.change(submitted, None, people["legal"], "It is out.")
        entry = ModelLogEntry.objects.filter(action="dossier.document.embargo").latest("timestamp", "pk")
        assert entry.message == "Ended the embargo of the file"
        assert can_read(Visitor(), submitted)

    def test_what_changes_nothing_or_is_over_is_refused(self, people, draft, until):
        for time in (until, timezone.now() - DAY):
            with pytest.raises(EmbargoRefused):
                embargo.change(draft, time, people["author"])

    def test_no_other_way_leads_to_it(self, draft):
        draft.embargo = None
        with pytest.raises(AppendOnlyError):
            draft.save()
        with pytest.raises(AppendOnlyError):
            Document.objects.update(embargo=None)

    def test_without_a_user_the_system_acts(self, submitted):
        embargo.change(submitted, None, None)
        assert can_read(Visitor(), submitted)


class TestANewVersionIsNoWayOut:
    """Of a series of which one version is held back and was submitted."""

    def test_it_is_held_as_long_as_any_version(self, people, no_processing, submitted, until):
        assert add_version(submitted, upload(small_pdf(), "a.pdf"), user=None).embargo == until
        Document.objects.filter(series=submitted.series, number=2).hold_back(timezone.now())  # not held any more
        assert add_version(submitted, upload(small_pdf(2), "b.pdf"), user=None).embargo == until

    @pytest.mark.parametrize("days", [-1, 1])
    def test_a_stated_embargo_only_prolongs_it(self, no_processing, submitted, until, days):
        stated = until + days * DAY / 2
        second = add_document(
            upload(small_pdf(), "a.pdf"), title="x", user=None, series=submitted.series, embargo=stated
        )
        assert second.embargo == max(until, stated)

    def test_its_author_does_not_clear_it(self, people, no_processing, submitted):
        second = add_version(submitted, upload(small_pdf(), "a.pdf"), user=people["author"])
        with pytest.raises(EmbargoRefused, match="Only Legal review"):
            embargo.change(second, None, people["author"])
        embargo.change(second, None, people["legal"], "It is out.")
        assert Document.objects.get(pk=second.pk).held_until is None

    def test_review_says_that_another_version_is_held(self, people, submitted, until):
        waiting_one = DocumentFactory(title="Report", series=submitted.series, number=2)
        (sentence,) = blocking([waiting_one.pk])
        assert sentence.startswith("“Report” (version 2): version 1 is held back until ")
        assert blocking([submitted.pk]) == []
        page = PublicationPageFactory(published=True, files=[waiting_one])
        assert blocking([waiting_one.pk]) == []  # everybody reads it already
        withdraw(page, people["editor"], "A witness asked for it.")
        assert blocking([waiting_one.pk])[1:] == [sentence]
        override(waiting_one.checks.get(name=WITHDRAWN), people["legal"], "It was another file.")
        Document.objects.filter(pk=waiting_one.pk).hold_back(until)
        assert blocking([waiting_one.pk]) == []
        Document.objects.filter(pk=waiting_one.pk).hold_back(timezone.now())
        withdraw_versions(submitted.series, 2, "A witness asked for it.")
        assert blocking([waiting_one.pk]) == []


class TestTheScreen:
    def post(self, client, document, when, reason="", seen=None):
        address = reverse("document_embargo", args=[document.pk])
        until = timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if when else ""
        before = client.get(address).context["before"] if seen is None else seen
        return client.post(address, {"until": until, "reason": reason, "before": before})

    def test_an_author_sets_it_before_review_and_not_after(self, client, people, draft, submitted, until):
        client.force_login(people["author"])
        answer = self.post(client, draft, until + 2 * DAY)
        assert (answer.status_code, answer["Location"]) == (302, reverse("wagtaildocs:edit", args=[draft.pk]))
        assert Document.objects.get(pk=draft.pk).embargo > until + DAY
        answer = self.post(client, submitted, None, "Please")
        assert "Only Legal review" in answer.content.decode()
        assert not can_read(Visitor(), submitted)

    def test_legal_reviewers_have_it_though_they_edit_nothing(self, client, people, submitted):
        client.force_login(people["legal"])
        answer = self.post(client, submitted, None, "It is out.")
        assert answer["Location"] == reverse("document_safety", args=[submitted.pk])
        assert can_read(Visitor(), submitted)
        assert client.get(answer["Location"]).status_code == 200

    def test_who_saw_another_embargo_changes_nothing(self, client, people, submitted, until):
        seen = embargo.stamp(submitted)
        embargo.change(submitted, until + 9 * DAY, people["editor"], "The court asked.")
        client.force_login(people["legal"])
        answer = self.post(client, submitted, until + DAY, "A day more.", seen=seen)
        assert "Somebody else changed the embargo meanwhile" in answer.content.decode()
        assert Document.objects.get(pk=submitted.pk).embargo == until + 9 * DAY
        assert answer.context["before"] == (until + 9 * DAY).isoformat()  # what they see now
        assert self.post(client, submitted, until + DAY, "All the same.").status_code == 302
        embargo.change(submitted, None, people["superuser"], "It is out.")
        answer = self.post(client, submitted, until + 2 * DAY, "A day more.", seen=seen)
        assert "None of its own" in answer.content.decode()

    def test_a_field_left_as_it_is_loses_no_seconds(self, client, people, draft):
        exact = timezone.now().replace(second=30, microsecond=7) + DAY
        Document.objects.filter(pk=draft.pk).hold_back(exact)
        client.force_login(people["author"])
        assert "This changes nothing" in self.post(client, draft, exact).content.decode()
        assert Document.objects.get(pk=draft.pk).embargo == exact

    def test_times_at_the_end_of_the_calendar_are_refused(self, client, people, draft, until):
        last = datetime.datetime(9999, 12, 31, 23, 59, tzinfo=datetime.UTC)
        client.force_login(people["author"])
        address = reverse("document_embargo", args=[draft.pk])
        for time in ("9999-12-31 23:59", "2126-01-01 10:00"):
            answer = client.post(address, {"until": time, "before": embargo.stamp(draft)})
            assert "too far ahead" in answer.content.decode()
        with pytest.raises(EmbargoRefused, match="too far ahead"):
            embargo.change(draft, last, None)
        assert Document.objects.get(pk=draft.pk).embargo == until

    def test_for_all_others_it_is_not_there(self, client, people, submitted):
        for name in ("author2", "translator-de", "member"):
            client.force_login(people[name])
            for pk in (submitted.pk, 999_999):
                answer = client.get(reverse("document_embargo", args=[pk]))
                assert answer.status_code in (302, 404), name
                assert "/embargo/" not in answer.headers.get("Location", "").split("?")[0]

    def test_a_wrong_time_stays_on_the_screen(self, client, people, draft):
        client.force_login(people["author"])
        answer = client.post(reverse("document_embargo", args=[draft.pk]), {"until": "soon"})
        assert answer.status_code == 200
        assert "date-time-chooser.js" in answer.content.decode()


class TestTheWorker:
    def test_it_looks_every_fifteen_seconds(self):
        (job,) = [job for job in schedule.jobs() if job.name == "documents.end_embargoes"]
        assert (job.run, job.every) == (embargo.end_due, datetime.timedelta(seconds=15))

    @pytest.mark.parametrize(("late", "level"), [(SECOND, logging.INFO), (DAY, logging.ERROR)])
    def test_a_late_end_raises_an_alarm(self, people, draft, until, clock, caplog, late, level):
        clock(until + late)
        with caplog.at_level(logging.INFO, logger="documents.embargo"):
            embargo.end_due()
        assert [record.levelno for record in caplog.records if record.name == "documents.embargo"] == [level]

    def test_one_of_two_workers_ends_it(self, draft, until, clock):
        clock(until)
        assert [embargo._end(draft.pk, until), embargo._end(draft.pk, until)] == [1, 0]

    def test_one_that_fails_holds_up_no_other(self, people, draft, until, clock, monkeypatch, caplog):
        second = held(people, until)

        def fail_once(sender, document_ids):
            if document_ids == [draft.pk]:
                raise RuntimeError("The index is away")

        monkeypatch.setattr(embargo.embargo_changed, "send", fail_once)
        clock(until)
        assert embargo.end_due() == 1
        opened = Document.objects.filter(opened_at=until)
        assert list(opened) == [second]  # the other one comes again
        assert any("could not be told" in record.getMessage() for record in caplog.records)

    def test_set_again_it_ends_again(self, people, draft, until, clock):
        clock(until)
        assert embargo.end_due() == 1
        embargo.change(draft, until + DAY, people["author"])
        clock(until + DAY)
        assert embargo.end_due() == 1


def test_a_new_version_is_held_back_as_long(people, until, no_processing):
    document = held(people, until)
    assert add_version(document, upload(small_pdf(), "a.pdf"), user=None).embargo == until
    over = DocumentFactory(embargo=timezone.now() - DAY)
    assert add_version(over, upload(small_pdf(), "a.pdf"), user=None).embargo is None
