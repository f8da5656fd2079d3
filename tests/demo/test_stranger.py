"""A stranger with a script asks for every address of the demo, in every state, in every way."""

from __future__ import annotations

import re
from html import unescape
from itertools import product
from urllib.parse import quote, quote_plus

import pytest
from django.conf import settings

from documents.models import Document
from tests import sitemaps
from tests.demo import addresses
from tests.demo.asking import NOTHING, Probe, body, twin_of
from tests.demo.world import PLANTED, World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_search,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
LANGUAGES = [code for code, _name in settings.LANGUAGES]
AT_LEAST = 2_000
THOROUGH = 10
"""Public files that are asked for in every form; the rest in one of each view."""


def stranger(world: World) -> Probe:
    """A probe that knows what of this world nobody may learn who has no account."""
    probe = Probe()
    nothing = [f"/{code}/{'q' * 9}/" for code in LANGUAGES] + ["/en/search/", "/ar/search/", "/api/v1/schema"]
    interface = probe.interface(*nothing, "/admin/login/", "/robots.txt")
    probe.secrets = world.secrets(readable=world.public, documents=world.public_documents, interface=interface)
    return probe


def test_nothing_tells_a_stranger_what_is_not_public(world):
    probe = stranger(world)
    assert len(probe.secrets.words) > 100 and len(probe.secrets.literals) > 100, "or the probe could not fail"
    ask_for_what_is_hidden(probe, world)
    ask_for_what_was_withdrawn(probe, world)
    ask_for_what_is_public(probe, world)
    ask_the_machine_side(probe, world)
    ask_wagtails_own_addresses(probe, world)
    search_for_secrets(probe, world)
    assert probe.leaks == []
    assert probe.asked >= AT_LEAST


def ask_for_what_is_hidden(probe: Probe, world: World) -> None:
    """Draft, in review, embargoed, expired, restricted and missing are the same answer, however one asks."""
    for page in [*world.hidden, *world.restricted]:
        own, *others = addresses.page_addresses(page)
        _compare_in_every_way(probe, own)
        for address in others:
            probe.compare(address, twin_of(address))
    public_series = {document.series for document in world.public_documents}
    for document in [*world.hidden_documents, *world.restricted_documents]:
        known = {
            "If-None-Match": f'"{document.sha256}"',
            "If-Match": f'"{document.sha256}"',
            "If-Range": f'"{document.sha256}"',
        }
        for address in [*addresses.file_addresses(document), *addresses.odd_file_addresses(document)]:
            if document.series in public_series and f"/v{document.number}/" not in address:
                continue  # the series is public, in other versions
            probe.compare(address, twin_of(address))
            if address.endswith((f"/v{document.number}/", "/p/1/", "/image.webp", "/text.html", "/search/?q=report")):
                _compare_in_every_way(probe, address, **known)
        for address in addresses.storage_addresses(document):
            probe.compare(address, twin_of(address))
    for image in world.hidden_images:
        for address in addresses.image_addresses(image):
            _compare_in_every_way(probe, address)


def _compare_in_every_way(probe: Probe, address: str, **known: str) -> None:
    """``known`` are headers that only one who has the file can send; each goes with a range."""
    for method, headers in addresses.QUESTIONS:
        probe.compare(address, twin_of(address), method, **headers)
    for name, value in known.items():
        probe.compare(address, twin_of(address), **{"Range": "bytes=0-9", name: value})


def ask_for_what_was_withdrawn(probe: Probe, world: World) -> None:
    """410 with the public reason, and nothing of what it was."""
    gone = [page.get_url() for page in world.withdrawn]
    gone += [address for document in world.withdrawn_documents for address in addresses.file_addresses(document)]
    for address in gone:
        for method, headers in addresses.QUESTIONS:
            if method in ("GET", "HEAD"):
                response = probe.look(address, method, **headers)
                if response.status_code != 410:
                    probe.leaks.append(f"{method} {address} answers {response.status_code} and not 410")


def ask_for_what_is_public(probe: Probe, world: World) -> None:
    """What is public answers 200, and no public answer tells anything of the rest."""
    for page in world.public:
        _is_there(probe, page.get_url())
    for number, document in enumerate(world.public_documents):
        for address in _shown(document, every=number < THOROUGH):
            _is_there(probe, address)
        for address in addresses.storage_addresses(document) if number < THOROUGH else ():
            probe.compare(address, twin_of(address))
    for image in world.public_images:
        for rendition in image.renditions.all():
            _is_there(probe, rendition.url)


def _shown(document: Document, *, every: bool) -> list[str]:
    """Addresses of a public file: ``every`` form, or one of each view. Pages are not drawn; a book has none to draw."""
    version = f"/d/{document.series}/v{document.number}/"
    one_of_each = (version, f"{version}p/1/", f"{version}cover.webp", f"{version}text.html")
    drawn = ("image.webp", "large.webp") if document.file_extension == "pdf" else ".webp"
    forms = addresses.file_addresses(document) if every else one_of_each
    return [address for address in forms if not address.endswith(drawn)]


def _is_there(probe: Probe, address: str) -> None:
    response = probe.look(address)
    if response.status_code != 200 or response.cookies:
        probe.leaks.append(f"{address} answers {response.status_code}, cookies {list(response.cookies)}")


def ask_the_machine_side(probe: Probe, world: World) -> None:
    """Sitemap, feeds, API, lists of everything: exactly what is public is in them."""
    for address in (*addresses.MACHINE, *(f"/feeds/{code}/publications.atom" for code in LANGUAGES)):
        probe.look(address)
        probe.look(address, "HEAD")
        probe.look(address, Accept="application/json")
    public = {page.get_url() for page in world.public}
    xml = "\n".join(sitemaps.parts(lambda address: body(probe.ask(address)).decode()))
    sitemap = re.findall(r"<loc>https?://[^/<]*(/[^<]*)</loc>", xml)
    probe.leaks += [f"The sitemap has {url}" for url in set(sitemap) - public]
    probe.leaks += [f"The sitemap lacks {url}" for url in public - set(sitemap)]
    alternates = set(re.findall(r'href="https?://[^/"]*(/[^"]*)"', xml))
    probe.leaks += [f"hreflang names {url}" for url in alternates - public]
    found = set()
    for code in LANGUAGES:
        for more in addresses.EVERYTHING if code == "en" else addresses.EVERYTHING[:1]:
            probe.look(f"/{code}/search/?q={more}")
            probe.look(f"/api/v1/search?q=&lang={code}{more}")
    answer = probe.ask("/api/v1/search?q=&lang=en").json()
    for number in range(1, answer["pages"] + 1):
        found |= {hit["url"] for hit in probe.ask(f"/api/v1/search?q=&lang=en&page={number}").json()["results"]}
    probe.leaks += [f"A search for everything finds {url}" for url in found - public]
    for letter in "abcdefghimstvz":
        probe.look(f"/api/v1/suggest?q={letter}&lang=en")


def ask_wagtails_own_addresses(probe: Probe, world: World) -> None:
    """By number nothing is there, and the admin sends every stranger to the sign-in, whatever they ask for."""
    for document in Document.objects.all():
        path = f"documents/{document.pk}/{quote(document.filename)}"
        if document in world.public_documents:
            probe.look(f"/{path}")
        else:
            probe.compare(f"/{path}", f"/documents/{NOTHING + document.pk}/{quote(document.filename)}")
    for page in [*world.hidden, *world.restricted, *world.withdrawn]:
        for form in ADMIN_PAGE_FORMS:
            probe.compare(form.format(page.pk), form.format(NOTHING + page.pk))
    for number in [document.pk for document in world.hidden_documents] + [image.pk for image in world.hidden_images]:
        for form in ADMIN_FILE_FORMS:
            probe.compare(form.format(number), form.format(NOTHING + number))


ADMIN_PAGE_FORMS = (
    "/admin/pages/{}/",
    "/admin/pages/{}/edit/",
    "/admin/pages/{}/view_draft/",
    "/admin/pages/{}/history/",
    "/admin/pages/{}/edit/preview/",
    "/admin/api/main/pages/{}/",
    "/admin/approval/withdraw/{}/",
)
ADMIN_FILE_FORMS = (
    "/admin/documents/edit/{}/",
    "/admin/images/{}/",
    "/admin/images/{}/preview/width-100/",
    "/admin/api/main/documents/{}/",
    "/admin/api/main/images/{}/",
)


def search_for_secrets(probe: Probe, world: World) -> None:
    """Who searches for a secret gets the answer to a word that nobody ever wrote; for a title at most what is public.

    The words of a title may be public ones, and a search that finds nothing is offered what has some of them.
    """
    spoken = " ".join(page.title for page in world.public)
    closed = [*world.hidden, *world.restricted, *world.withdrawn]
    titles = [page.title for page in closed if page.title not in spoken]
    planted = sorted(word for word in probe.secrets.words if word.startswith(PLANTED.casefold()))
    assert len(planted) > 6
    addresses_of_closed = {page.get_url() for page in closed}
    for title, form in product(titles, SEARCHES):
        told = set(re.findall(r"/[a-z]{2}/[^\"?#\s]*", body(probe.ask(form.format(quote_plus(f'"{title}"')))).decode()))
        if told & addresses_of_closed:
            probe.leaks.append(f"A search for the title {title} names {told & addresses_of_closed}")
    for secret in planted:
        nothing = "x" * len(secret)
        for form in SEARCHES:
            if _without_query(probe, form, secret) != _without_query(probe, form, nothing):
                probe.leaks.append(f"{form.format(secret)} is not answered like a search for nothing")
    public = {page.get_url() for page in world.public}
    for word in sorted(word for word in probe.secrets.words if word.isalpha()):  # other forms of it may be public
        answer = probe.ask(f"/api/v1/search?q={quote(word)}&lang=en").json()
        hits = [*answer["results"], *(answer["instead"] or {"results": ()})["results"]]
        if found := {hit["url"] for hit in hits} - public:
            probe.leaks.append(f"A search for {word} finds {found}")


SEARCHES = ("/en/search/?q={}", "/api/v1/search?q={}&lang=en", "/api/v1/suggest?q={}&lang=en")


def _without_query(probe: Probe, form: str, text: str) -> str:
    address = form.format(quote(text))
    content = unescape(body(probe.ask(address)).decode())
    plain = text.strip('"')  # the page says what was looked for without the marks of a phrase
    written_so = {text, quote(text), quote_plus(text), quote(text, safe=""), text.replace('"', '\\"'), plain}
    for written in sorted(written_so, key=len, reverse=True):
        content = content.replace(written, "<query>")
    return re.sub(r'"took_ms": ?[0-9]+', "", content)
