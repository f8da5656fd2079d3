"""Everything that a mouse can do, done with keys alone."""

from __future__ import annotations

import pytest

from tests.a11y.world import build
from tests.factories import CasePageFactory

pytestmark = pytest.mark.django_db(transaction=True)

FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const frame = element.closest(".find");
  const ring = parseFloat(style.outlineWidth) >= 2 || (frame && parseFloat(getComputedStyle(frame).outlineWidth) >= 2);
  return {
    name: (element.getAttribute("aria-label") || element.innerText || element.name || "").trim(),
    tag: element.tagName,
    seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && Boolean(ring),
  };
}"""


@pytest.fixture
def world():
    return build("en")


def stops(page, *, most: int = 200) -> list[dict]:
    """Where Tab leads from the start of a page to its end."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] == "BODY":
            return found
        found.append(here)
    raise AssertionError(f"Tab doesn't reach the end: {found[-3:]}")


def to(page, name: str, *, most: int = 120) -> None:
    """Presses Tab until what is called ``name`` has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED)["name"]:
            return
    raise AssertionError(f"Tab doesn't reach {name!r}")


@pytest.mark.slow
def test_every_stop_is_seen_and_no_page_is_a_trap(live_server, page, world):
    page.set_viewport_size({"width": 1280, "height": 900})
    addresses = ("/en/search/?q=heron&kind=publication", world.second.reading_url(2) + "?q=heron", world.case.get_url())
    for address in addresses:
        page.goto(live_server.url + address)
        found = stops(page)
        assert [stop for stop in found if not stop["seen"]] == [], address
        assert found[0]["name"] == "Skip to the text"
        assert found[-1]["tag"] == "SUMMARY"  # the privacy choices: the last thing on the page


def test_the_skip_link_leads_past_the_header(live_server, page):
    page.goto(live_server.url + "/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_languages_are_chosen_and_left_with_keys(live_server, page):
    page.goto(live_server.url + "/en/")
    to(page, "English")
    page.keyboard.press("Enter")
    assert page.locator(".lang ul").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".lang ul").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    to(page, "Deutsch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/de/")


def test_a_search_is_narrowed_and_a_page_opened_with_keys(live_server, page, world):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + "/en/")
    page.locator("#q").focus()
    page.keyboard.type("heron")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=heron")
    page.locator("input[name=kind][value=publication]").focus()
    page.keyboard.press("Space")
    to(page, "Show results")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=publication**")
    page.locator(".result .pages a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/2/**")
    to(page, "Next page")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/3/**")
    page.locator("#n").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/1/**")


def test_arrow_keys_turn_the_page_and_are_left_alone_where_they_are_for_something_else(
    live_server, browser, page, world
):
    address = live_server.url + world.second.reading_url(2)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    page.evaluate("window.taken = []; addEventListener('keydown', event => taken.push(event.defaultPrevented))")
    for key in ("Shift+ArrowRight", "Control+ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    for field in ("#n", "#fq"):
        page.locator(field).focus()
        page.keyboard.press("ArrowRight")
    assert page.evaluate("taken").count(False) >= 5 and True not in page.evaluate("taken")
    page.locator("a[rel=next]").focus()
    assert page.locator(":focus").get_attribute("aria-keyshortcuts") == "ArrowRight"
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/p/3/**")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/p/2/**")
    page.goto(address + "?zoom=1")
    page.evaluate("window.taken = []; addEventListener('keydown', event => taken.push(event.defaultPrevented))")
    page.locator("#image").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("taken") == [False]
    arabic = browser.new_context(locale="ar")
    page = arabic.new_page()
    page.goto(address)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/p/3/**")
    arabic.close()


def test_a_video_is_allowed_with_keys_and_the_choice_taken_back(live_server, page):
    video = {"provider": "youtube", "video_id": "dQw4w9WgXcQ", "title": "Survivors speak"}
    case = CasePageFactory(published=True, body=[("video", video)])
    page.route("**/*", lambda route: route.continue_() if "localhost" in route.request.url else route.abort())
    page.goto(live_server.url + case.get_url())
    to(page, "Always load YouTube")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"
    page.locator("#privacy-choices summary").focus()
    page.keyboard.press("Enter")
    to(page, "YouTube")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("Object.keys(localStorage).length") == 0
