"""A small or enlarged window (320 CSS px is 1280 px at 400 %), wider spacing of text: nothing is lost or runs out."""

from __future__ import annotations

import pytest

from tests.a11y.world import build, public_addresses

pytestmark = pytest.mark.django_db(transaction=True)

# WCAG 1.4.12: what a reader may set without losing anything.
SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
# Through the object model: the content security policy lets no style element in, which is right.
SET_SPACING = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
# What sticks out of the window, but for what scrolls by itself, is hidden from sight on purpose, or is a picture's part.
OUTSIDE = """() => [...document.body.querySelectorAll("*")].filter((element) => {
  const box = element.getBoundingClientRect();
  if (!box.width || element.closest(".scroll, .vh, .skip, svg, .cover, details:not([open]) > :not(summary)")) return false;
  return box.right > innerWidth + 1 || box.left < -1;
}).map((element) => `${element.tagName}.${element.className}`).slice(0, 5)"""
# Text that its own box cuts off.
CUT = """() => [...document.body.querySelectorAll("h1, h2, h3, p, li, a, button, label, summary, dd, dt, td, th")]
  .filter((element) => getComputedStyle(element).overflowX === "hidden" && !element.closest(".vh, .cover")
    && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName}.${element.className}`).slice(0, 5)"""


def lost(page) -> list[str]:
    """What doesn't fit, as lines."""
    wide = page.evaluate("document.documentElement.scrollWidth") - page.evaluate("innerWidth")
    return [*([f"scrolls by {wide} px"] if wide > 0 else []), *page.evaluate(OUTSIDE), *page.evaluate(CUT)]


@pytest.mark.slow
@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.deep), "ar"])
def test_nothing_is_lost_in_narrow_windows_and_with_wide_spacing(live_server, page, language):
    found = {}
    for name, address in public_addresses(build(language)).items():
        page.goto(live_server.url + address)
        for width in (1280, 768, 360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            if lines := lost(page):
                found[f"{name}, {width} px"] = lines
        page.evaluate(SET_SPACING, SPACING)
        if lines := lost(page):
            found[f"{name}, wide spacing"] = lines
    assert found == {}, "\n".join(f"{name}: {lines}" for name, lines in found.items())
