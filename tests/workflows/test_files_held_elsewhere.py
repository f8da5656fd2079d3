"""A file in two pages, one of which holds it back: approval of the other is refused with a sentence. By real requests."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from documents.checks import blocking
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, publish
from tests.workflows.conftest import review_of
from workflows import schedule

pytestmark = pytest.mark.django_db

SENTENCE = "“Witness list” (version 1) is held back by another page: it is under embargo or restricted there."
DAY = datetime.timedelta(days=1)


@pytest.fixture
def document(people):
    return DocumentFactory(title="Witness list", uploaded_by_user=people.author.user)


@pytest.fixture
def report(people, document):
    """A draft of the author's that names the file, approved once and waiting for Legal."""
    page = PublicationPageFactory(title="Report", owner=people.author.user, files=[document])
    page.save_revision(user=people.author.user)
    people.author.submit(page)
    return page


def is_live(page):
    return Page.objects.get(pk=page.pk).live


def assert_refused(people, page):
    """Both ways to decide say it, to both steps' reviewers, and nothing is public."""
    state = review_of(page)
    for _ in range(2):
        answer = people.editor.decide(page)
        assert SENTENCE in people.editor.messages(answer)
    screen = people.editor.get("workflows_review", state.pk).content.decode()
    assert SENTENCE in screen and "disabled" in screen
    answer = people.editor.post("workflows_review", state.pk, data={"decision": "approve"})
    assert SENTENCE in answer.content.decode()
    assert review_of(page).pk == state.pk and not is_live(page)


def approve(people, page):
    people.editor.decide(page)
    people.legal.decide(page)
    assert is_live(page)


def test_a_scheduled_page_holds_it_until_its_time(people, document, report, monkeypatch):
    PublicationPageFactory(embargoed=True, files=[document])
    assert_refused(people, report)
    later = timezone.now() + 2 * DAY
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert schedule.run_due() == 1
    monkeypatch.undo()
    Page.objects.filter(live=True).update(go_live_at=None)
    approve(people, report)


def test_a_draft_with_a_time_ahead_holds_it_before_anybody_approved_that(people, document, report):
    planned = PublicationPageFactory(files=[document], go_live_at=timezone.now() + DAY)
    planned.save_revision()
    assert_refused(people, report)
    planned.go_live_at = None
    planned.save_revision()
    approve(people, report)


def test_a_page_for_members_holds_it(people, document, report):
    closed = PublicationPageFactory(restricted=True, published=True, files=[document])
    assert_refused(people, report)
    PageViewRestriction.objects.filter(page=closed).delete()
    approve(people, report)


def test_a_draft_for_members_holds_it(people, document, report):
    closed = PublicationPageFactory(files=[document])
    closed.save_revision()
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    assert_refused(people, report)
    publish(PublicationPageFactory(files=[document]))  # everybody reads it anyway
    approve(people, report)


def test_it_is_asked_again_at_the_last_step(people, document, report):
    people.editor.decide(report)
    PublicationPageFactory(embargoed=True, files=[document])
    assert SENTENCE in people.legal.messages(people.legal.decide(report))
    assert not is_live(report)


def test_it_is_asked_again_when_the_time_of_an_approved_page_comes(people, document, monkeypatch):
    page = PublicationPageFactory(embargoed=True, files=[document])
    PublicationPageFactory(restricted=True, published=True, files=[document])
    later = timezone.now() + 2 * DAY
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert schedule.run_due() == 0
    assert not is_live(page)


def test_an_emergency_does_not_pass_it(people, document, report):
    PublicationPageFactory(embargoed=True, files=[document])
    address = reverse("workflows_emergency", args=[report.pk])
    answer = people.siteadmin.client.post(address, {"reason": "Now."})
    assert SENTENCE in answer.content.decode()
    assert not is_live(report)


def test_an_embargo_of_the_files_own_blocks_nothing(people, document, report, client):
    type(document).objects.filter(pk=document.pk).hold_back(timezone.now() + DAY)
    screen = people.editor.get("workflows_review", review_of(report).pk).content.decode()
    assert "Not public before" in screen
    approve(people, report)
    assert client.get(f"/d/{document.series}/v1/").status_code == 404


def test_many_drafts_cost_no_more_than_one(people, document, report, django_assert_num_queries):
    PageViewRestriction.objects.create(page=SectionPageFactory(), restriction_type=PageViewRestriction.LOGIN)
    with CaptureQueriesContext(connection) as one:
        assert blocking([document.pk], report.pk) == []
    for _ in range(3):
        PublicationPageFactory(files=[document]).save_revision()
    with django_assert_num_queries(len(one)):
        assert blocking([document.pk], report.pk) == []
