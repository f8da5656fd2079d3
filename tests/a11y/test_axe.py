"""axe on every public page type, in English and in Arabic, light and dark: no finding at all."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
FACTORIES = (SectionPageFactory, TopicPageFactory, GlossaryTermPageFactory, PublicationPageFactory, CasePageFactory)


def addresses(language: str) -> list[str]:
    """One page of each type with its list, the home page, the search page, and a page that isn't there."""
    pages = [factory(published=True, language=language) for factory in FACTORIES]
    own = [page.get_url() for page in pages]
    lists = sorted({page.get_parent().get_url() for page in pages})
    return [*lists, *own, f"/{language}/search/?q=page", f"/{language}/nothing-here/"]


def findings(page) -> list[str]:
    """axe's violations as lines: rule, what to do, where."""
    results = Axe().run(page, options=RULES)
    return [
        f"{violation['id']}: {violation['help']} {[node['target'] for node in violation['nodes'][:3]]}"
        for violation in results.response["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_type_has_a_finding(live_server, page, language, scheme):
    page.emulate_media(color_scheme=scheme)
    found = {}
    for address in addresses(language):
        page.goto(live_server.url + address)
        if lines := findings(page):
            found[address] = lines
    assert found == {}


def test_axe_would_find_something(page):
    page.set_content("<html><head><title>x</title></head><body><img src='x.png'></body></html>")
    assert any(line.startswith("image-alt") for line in findings(page))
