"""axe in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What another colour scheme can change; the rest of a page is the same in both.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
# Colours that are still fading into the other scheme are no finding.
SETTLE = "document.getAnimations().forEach((one) => { try { one.finish() } catch { one.cancel() } })"


@pytest.fixture
def findings():
    """``findings(page, exclude=[selectors])``: what axe has against it, light and dark, as lines; none is the aim."""

    def run(page, exclude=()) -> list[str]:
        lines = []
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE)
            context = {"exclude": [[selector] for selector in exclude]} if exclude else None
            for violation in Axe().run(page, context=context, options=options).response["violations"]:
                where = [node["target"] for node in violation["nodes"][:3]]
                lines.append(f"{scheme}: {violation['id']}: {violation['help']} {where}")
        page.emulate_media(color_scheme="light")
        return lines

    return run


@pytest.fixture
def signed_in(browser, live_server):
    """``signed_in(user)``: a browser page in which this person is signed in; one for each person."""
    contexts = {}

    def page_of(user):
        if user.pk not in contexts:
            client = Client()
            client.force_login(user)
            contexts[user.pk] = context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            # Decorative, and asked for beside every page: a test database in memory can't always answer both at once.
            context.route("**/admin/sprite/**", lambda route: route.abort())
            context.new_page()
        return contexts[user.pk].pages[0]

    yield page_of
    for context in contexts.values():
        context.close()
