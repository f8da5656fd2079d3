"""What a page does in a browser: nothing of another host before consent, folds that open by address and in print."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from cms.core.blocks import BODY_BLOCKS
from search.outbox import drain
from tests.factories import CasePageFactory, GlossaryTermPageFactory

pytestmark = pytest.mark.django_db(transaction=True)
PLAYER = "https://www.youtube-nocookie.com/embed/"


@pytest.fixture
def address(live_server):
    """A case with a video, a map and a term."""
    blocks = dict(BODY_BLOCKS)
    body = [(name, blocks[name].normalize(dict(blocks[name].meta.preview_value))) for name in ("video", "map")]
    body[0][1]["transcript"] = blocks["video"].child_blocks["transcript"].normalize("<p>Good morning, everybody.</p>")
    term = GlossaryTermPageFactory(published=True, title="Impunity", body="<p>The whole entry.</p>")
    return live_server.url + CasePageFactory(published=True, body=body, terms=[term]).get_url()


def foreign_requests(page) -> list[str]:
    """Addresses at other hosts that the page asks for; none of them is let out."""
    asked: list[str] = []

    def note(route):
        if urlsplit(route.request.url).hostname in {"localhost", "127.0.0.1"}:
            route.continue_()
        else:
            asked.append(route.request.url)
            route.fulfill(body="player")

    page.route("**/*", note)
    return asked


def test_nothing_is_asked_of_a_provider_before_the_reader_agrees(page, address):
    asked = foreign_requests(page)
    page.goto(address)
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(300)
    assert asked == []
    page.get_by_role("button", name="Load this video once").click()
    page.wait_for_selector("iframe")
    assert len(asked) == 1 and asked[0].startswith(PLAYER)
    page.reload()
    assert page.locator("iframe").count() == 0 and len(asked) == 1


def test_always_is_remembered_and_can_be_taken_back_in_the_footer(page, address):
    asked = foreign_requests(page)
    page.goto(address)
    page.get_by_role("button", name="Always load YouTube").click()
    page.reload()
    page.wait_for_selector("iframe")
    assert page.locator("iframe").count() == 1  # the map is of another provider
    assert not page.context.cookies()
    page.locator("#privacy-choices > summary").press("Enter")  # a click may miss it while the player moves the page
    page.get_by_role("button", name=re.compile("Ask me again about YouTube")).click()
    before = len(asked)
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("iframe").count() == 0 and len(asked) == before


def test_without_javascript_there_is_a_link_and_the_transcript(js_off_page, address):
    page = js_off_page
    asked = foreign_requests(page)
    page.goto(address)
    assert page.get_by_role("link", name="Watch it at YouTube").is_visible()
    assert not page.get_by_role("button", name="Load this video once").is_visible()
    page.get_by_text("Read the transcript").click()
    assert page.get_by_text("Good morning, everybody.").is_visible()
    assert asked == []


def test_a_fold_opens_by_its_address_and_in_print(page, address):
    page.goto(address)
    entry = page.get_by_text("The whole entry.")
    assert not entry.is_visible()
    page.emulate_media(media="print")
    assert entry.is_visible()
    page.emulate_media(media="screen")
    page.goto(f"{address}#term-impunity")
    assert entry.is_visible()
    names = page.locator("main details summary").all_inner_texts()
    assert len(names) == len(set(names))


class TestSuggestions:
    """The search box as a combobox: a list that only helps, by keys alone, announced, and gone with Escape."""

    @pytest.fixture
    def box(self, page, live_server):
        for title in ("Impunity", "Impunity gap"):
            GlossaryTermPageFactory(published=True, title=title)
        drain()
        page.goto(f"{live_server.url}/en/search/")
        return page.get_by_role("combobox", name="Search documents")

    def test_keys_lead_to_the_page_of_a_suggestion(self, page, box):
        box.press_sequentially("impun")
        options = page.locator(".sug [role=option]")
        options.first.wait_for()
        assert options.count() == 2 and box.get_attribute("aria-expanded") == "true"
        assert page.get_by_role("status").inner_text() == "Suggestions: 2"
        box.press("ArrowDown")
        chosen = page.locator("[aria-selected=true]")
        assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        name = chosen.locator("bdi").inner_text()
        box.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") is None
        box.press("ArrowDown")
        box.press("Enter")
        page.wait_for_url("**/glossary/**")
        assert page.locator("h1").inner_text() == name

    def test_escape_closes_and_enter_without_a_choice_searches(self, page, box):
        box.press_sequentially("impun")
        page.locator(".sug [role=option]").first.wait_for()
        box.press("Escape")
        assert page.locator(".sug [role=option]").count() == 0 and box.get_attribute("aria-expanded") == "false"
        assert box.input_value() == "impun"
        box.press("Enter")
        page.wait_for_url("**/search/?q=impun")
