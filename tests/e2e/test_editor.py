"""What the editor does in a browser beside what Wagtail's does."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Page

from access.roles import AUTHORS
from tests.factories import SectionPageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(page, live_server):
    """A browser page in which an author begins a new section."""
    parent = SectionPageFactory(published=True)
    client = Client()
    client.force_login(UserFactory(groups=[AUTHORS]))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/admin/pages/add/cms_core/sectionpage/{parent.pk}/")
    return page


class Slow:
    """Autosaves that the server has done, and whose answer is on its way until it is let through."""

    def __init__(self, page) -> None:
        self.answers = []
        page.route("**/admin/pages/**", self.hold)

    def hold(self, route) -> None:
        request = route.request
        if request.method == "POST" and request.headers.get("accept") == "application/json":
            self.answers.append((route, route.fetch()))
        else:
            route.continue_()

    def let_through(self) -> None:
        while self.answers:
            route, answer = self.answers.pop(0)
            route.fulfill(response=answer)


def submit(editor) -> None:
    editor.locator("button[name=action-submit]").last.evaluate("button => button.click()")


def test_what_is_submitted_while_autosave_makes_the_page_waits_for_it(editor):
    slow = Slow(editor)
    editor.fill("[name=title]", "Written in haste")
    for number in range(20):  # what is typed before the editor watches isn't saved by itself
        editor.fill("[name=summary]", f"What was seen, {number}")
        editor.wait_for_timeout(2000)
        if slow.answers:
            break
    editor.fill("[name=summary]", "What was seen.")
    submit(editor)
    editor.wait_for_timeout(200)
    slow.let_through()
    editor.get_by_text("submitted for moderation").first.wait_for()
    made = Page.objects.get(slug="written-in-haste")
    assert made.current_workflow_state
    assert made.get_latest_revision().content["summary"] == "What was seen."


def test_no_autosave_begins_behind_what_is_sent(editor):
    """The server takes its time for it, and something is typed meanwhile."""
    slow, sent = Slow(editor), []

    def unanswered(route):
        if route.request.method == "POST" and route.request.is_navigation_request():
            sent.append(route)
        else:
            route.fallback()

    editor.route("**/admin/pages/**", unanswered)
    editor.fill("[name=title]", "Sent at once")
    editor.fill("[name=summary]", "What was seen.")
    editor.wait_for_timeout(100)
    submit(editor)
    for _number in range(3):
        editor.keyboard.type(" And more.")
        editor.wait_for_timeout(1500)
    assert len(sent) == 1
    assert slow.answers == []
