"""What a reader on a slow line, behind Tor or without trust in us gets: little, from one host, and no cookie."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.cms.library import pages_of

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.slow]

MAX_BYTES = 60_000
MAX_SCRIPT = 10_000
# What a browser asks for by itself; links and canonical addresses wait for a click.
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object|track|input|use|image)\b[^>]*?\s(?:src|srcset|data|poster|href)="([^"]+)"|<link\b(?=[^>]*rel="(?:stylesheet|icon|preload|preconnect|dns-prefetch|modulepreload|prefetch)")[^>]*?href="([^"]+)\"""",
)


def loaded(html: str) -> list[str]:
    """The addresses that a browser asks for as soon as it has the page, nothing clicked."""
    found = [part for groups in LOADED.findall(html) for part in groups if part]
    return [candidate.split()[0] for each in found for candidate in each.split(",") if candidate.strip()]


def static_bytes(address: str) -> int:
    return Path(finders.find(address.removeprefix("/static/"))).stat().st_size


@pytest.fixture(scope="module")
def shown(library, django_db_blocker):
    """{name: (response, HTML)} of every page that a reader sees."""
    from django.test import Client

    with django_db_blocker.unblock():
        responses = {name: Client().get(address) for name, address in pages_of(library.addresses).items()}
    return {name: (response, response.content.decode()) for name, response in responses.items()}


def test_pages_are_light(shown):
    weights = {}
    for name, (response, html) in shown.items():
        assert response.status_code == 200, name
        sheets = {address for address in loaded(html) if address.endswith(".css")}
        assert sheets, name
        weights[name] = len(response.content) + sum(map(static_bytes, sheets))
    assert {name: weight for name, weight in weights.items() if weight > MAX_BYTES} == {}


def test_pages_have_little_script_and_none_inline(shown):
    for name, (_response, html) in shown.items():
        scripts = {address for address in loaded(html) if address.endswith(".js")}
        assert sum(map(static_bytes, scripts)) < MAX_SCRIPT, name
        inline = re.findall(r"<script(?![^>]*src=)([^>]*)>", html)
        assert all("application/ld+json" in attributes for attributes in inline), name


def test_nothing_is_asked_of_another_host_before_consent(shown):
    for name, (response, html) in shown.items():
        foreign = [address for address in loaded(html) if urlsplit(address).netloc or ":" in address]
        assert foreign == [], name
        assert "style=" not in html, name
        assert response["Referrer-Policy"] == "no-referrer", name
    video = shown["case en"][1]
    assert "player.vimeo.com" in video  # behind the button: the facade has it as data


def test_readers_get_no_cookie(client, library):
    for name, address in library.addresses.items():
        response = client.get(address)
        assert not response.cookies, name


def test_lists_are_paged(shown):
    for name in ("publications en", "glossary en", "search en"):
        assert 'rel="next"' in shown[name][1], name
    assert shown["glossary en"][1].count('class="tease"') == 20
    assert shown["glossary, page 2"][1].count('class="tease"') == 5
