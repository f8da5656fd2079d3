"""axe on every public page type with all its parts, in English and in Arabic, light and dark: no finding at all."""

from __future__ import annotations

import pytest

from tests.a11y.world import build, public_addresses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_type_has_a_finding(live_server, page, findings, language):
    found = {}
    for name, address in public_addresses(build(language)).items():
        page.goto(live_server.url + address)
        if lines := findings(page):
            found[name] = lines
    assert found == {}, "\n".join(f"{name}: {line}" for name, lines in found.items() for line in lines)


def test_axe_would_find_something(page, findings):
    page.set_content("<html><head><title>x</title></head><body><img src='x.png'></body></html>")
    assert any("image-alt" in line for line in findings(page))
