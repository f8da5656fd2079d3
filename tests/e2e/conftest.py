"""One running product per module, and the people who use it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.product import PASSWORD, ROOT, running

SCREENSHOTS = Path(os.environ.get("SCREENSHOTS_DIR", ROOT / "var" / "screenshots"))


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """An empty site with people in every role."""
    with running(tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture(scope="module")
def people(browser, product):
    """``people("author")``: a browser page where that person is signed in; ``people("")`` is a stranger."""
    contexts = {}

    def page_of(name: str):
        if name not in contexts:
            context = browser.new_context(locale="en-GB", base_url=product.url, viewport={"width": 1280, "height": 900})
            context.set_default_timeout(60_000)
            page = contexts[name] = context.new_page()
            if name:
                page.goto("/admin/login/")
                page.fill("input[name=username]", name)
                page.fill("input[name=password]", PASSWORD)
                page.click("button[type=submit]")
                page.wait_for_url(lambda url: "login" not in url)
        return contexts[name]

    yield page_of
    for page in contexts.values():
        page.context.close()


@pytest.fixture(scope="module")
def screenshot(request):
    """``screenshot(page, "name")``: kept below ``var/screenshots``, one folder per module and set of servers."""
    kind = "full" if os.environ.get("DATABASE_URL") else "embedded"
    folder = SCREENSHOTS / kind / request.module.__name__.rsplit(".", 1)[-1]
    folder.mkdir(parents=True, exist_ok=True)

    def take(page, name: str, **options) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=options.pop("full_page", True), **options)

    return take
