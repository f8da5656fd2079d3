"""A reader in a real browser: nothing is asked of another host, nothing is stored, nothing needs a script."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.factories import PublicationPageFactory, TopicPageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def publication():
    topic = TopicPageFactory(published=True, title="Command responsibility")
    return PublicationPageFactory(published=True, title="In the chain of command", topics=[topic])


def visit(page, address: str) -> tuple[list[str], list[str]]:
    """Opens ``address``; returns the hosts that were asked and the errors on the console."""
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or urlsplit(request.url).scheme))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address, wait_until="networkidle")
    return sorted(hosts), errors


@pytest.mark.parametrize("address", ["/en/", "/en/publications/", "/ar/", "/en/search/?q=command"])
def test_pages_ask_no_other_host_and_leave_no_cookie(live_server, page, publication, address):
    hosts, errors = visit(page, live_server.url + address)
    assert hosts == ["localhost"]
    assert errors == []
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_a_reader_finds_and_opens_a_publication_without_scripts(live_server, js_off_page, publication):
    page = js_off_page
    page.goto(f"{live_server.url}/en/search/?q=chain+command")
    page.get_by_role("link", name="In the chain of command").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "In the chain of command"


def test_a_draft_is_not_there(live_server, page, publication):
    draft = PublicationPageFactory(title="Not yet")
    answer = page.goto(live_server.url + draft.get_url())
    assert answer.status == 404
    assert "Not yet" not in page.content()


def test_arabic_runs_from_right_to_left(live_server, page):
    page.goto(f"{live_server.url}/ar/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
