"""Three stories of a file: a leak is found and mended, a name is taken back, page 37 is read on a phone.

They share one running product and its people, and nothing else: each has files of its own.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from dataclasses import dataclass

import pytest

from tests.documents import making
from tests.documents.safety import pdfs
from tests.documents.safety.planting import NAME, holds
from tests.e2e.acting import (
    approve,
    begin_publication,
    choose_document,
    fetch,
    find,
    open_review,
    submit,
    until,
    upload,
)
from tests.e2e.making import report_pdf

# Three files are read out and searched for leaks by one worker: on a busy machine this takes its minutes.
pytestmark = pytest.mark.timeout(900)
PERSON = "Miriam Halloway"
NAMED = f"The guard {PERSON} kept the keys of the archive"
UNNAMED = "A guard kept the keys of the archive"
ARABIC = "أعاد الحارس السجل البنفسجي إلى الغرفة"
SOUGHT = "السجل البنفسجي"
REASON = "The person is convicted, and the judgment with the name is public."
PUBLIC_REASON = "A name was taken out."
SITE = """
import json, time
from pathlib import Path
from django.core.files.base import ContentFile
from access.models import User
from cms.publications.models import PublicationFile
from documents.actions import add_document
from documents.models import Document
from tests.factories import PublicationPageFactory, publish
author = User.objects.get(username="author")
def file(path, title, **more):
    return add_document(ContentFile(Path(path).read_bytes(), name="report.pdf"), title=title, user=author, **more).pk
def ready(pk):
    while not (document := Document.objects.get(pk=pk)).is_ready:
        assert document.state != "failed"
        time.sleep(0.2)
    return document
keys = file({first!r}, "Keys of the archive", language="en")
series = Document.objects.get(pk=keys).series
second = file({second!r}, "Keys of the archive", language="en", series=series)
arabic = file({arabic!r}, "سجلات الوزارة", language="ar")
page = PublicationPageFactory(published=True, title="Keys and Ledgers", owner=author, files=[ready(keys)])
page.files = [PublicationFile(document=ready(second), language="en")]
publish(page)
PublicationPageFactory(published=True, title="سجلات الوزارة", owner=author, language="ar", files=[ready(arabic)])
print(json.dumps([str(series), second, str(Document.objects.get(pk=arabic).series)]))
"""


@dataclass(frozen=True)
class Site:
    """What is public from the start: two versions of a file that name a person, and an Arabic report of 40 pages."""

    series: str
    second: int
    arabic: str


@pytest.fixture(scope="module")
def site(product, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    paths = {
        "first": report_pdf(folder / "first.pdf", pages=2, planted={2: NAMED}),
        "second": report_pdf(folder / "second.pdf", pages=3, planted={2: NAMED}),
        "arabic": folder / "arabic.pdf",
    }
    pages = [f"{making.ARABIC}\n\n{ARABIC if number == 37 else ''}." for number in range(1, 41)]
    paths["arabic"].write_bytes(making.pdf_of(pages, rtl=True))
    code = SITE.format(**{name: str(path) for name, path in paths.items()})
    return Site(*json.loads(product.manage("shell", "-v", "0", "-c", code).splitlines()[-1]))


@pytest.fixture(autouse=True)
def kept_where_it_failed(request, people, screenshot):
    """Every person's screen at the moment a story fails."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        for name in ("", "author", "editor", "legal"):
            screenshot(people(name), f"failed-{name or 'stranger'}")


def until_ready(page) -> None:
    """On a document's own screen: until the worker has read the file and looked into it."""
    until(lambda: page.reload() and page.get_by_text("Ready", exact=True).count(), 60)


def add_version(page, path) -> str:
    """From a screen of the document; returns the path of the new version's own screen once it is ready."""
    page.get_by_role("link", name="Add a new version").click()
    page.set_input_files("input[name=file]", str(path))
    page.get_by_role("button", name="Add this version").click()
    page.wait_for_url(re.compile(r"/admin/documents/edit/\d+/$"))
    until_ready(page)
    return urllib.parse.urlsplit(page.url).path


def series_of(page) -> str:
    """The UUID of the document whose screen is open."""
    found = re.search(r"/d/([0-9a-f-]{36})/", page.content())
    assert found, "the document's own screen names its address"
    return found[1]


def test_an_editor_finds_the_leak_and_mends_it(people, product, tmp_path, screenshot):
    (tmp_path / "leak.pdf").write_bytes(pdfs.box_by_word_processor())
    (tmp_path / "mended.pdf").write_bytes(pdfs.done(pdfs.document()))
    (tmp_path / "annex.pdf").write_bytes(pdfs.box_by_word_processor((60, 60, 60)))
    author, editor, legal = (people(name) for name in ("author", "editor", "legal"))
    annex = upload(author, tmp_path / "annex.pdf", "Annex of the convoy", "en")
    author.goto(upload(author, tmp_path / "leak.pdf", "Report of the convoy", "en"))
    until_ready(author)
    series = series_of(author)
    author.get_by_role("link", name="1 check blocks this file").click()
    author.get_by_text("What to do:").wait_for()
    assert author.get_by_role("listitem").filter(has_text=f"Page 1: {NAME}").count() == 1
    place = author.get_by_role("img", name="Page 1 with the places marked")
    place.scroll_into_view_if_needed()
    until(lambda: place.evaluate("image => image.complete && image.naturalWidth"), 60)
    screenshot(author, "leak-1-where")

    add_version(author, tmp_path / "mended.pdf")
    author.get_by_role("link", name="No check blocks this file").click()
    author.get_by_text("Nothing was found that the public copy must not tell.").wait_for()
    screenshot(author, "leak-2-mended")

    begin_publication(author, "The Convoy at Dawn")
    author.fill("[name=summary]", "What two files say about a convoy.")
    choose_document(author, re.compile("Report of the convoy.*v2"))
    choose_document(author, "Annex of the convoy", 1)
    submit(author)
    open_review(editor, "The Convoy at Dawn")
    assert editor.locator("button[value=approve]").is_disabled()
    assert editor.get_by_text("Text under a box").count() == 1
    screenshot(editor, "leak-3-blocked")

    legal.goto("/admin/documents/safety/")
    legal.get_by_role("link", name="Annex of the convoy").click()
    legal.get_by_text("Let it pass all the same").click()
    legal.get_by_label("Reason").fill(REASON)
    screenshot(legal, "leak-4-override")
    legal.get_by_role("button", name="Let it pass").click()
    legal.get_by_text("The check blocks no more.").wait_for()
    approve(editor, "The Convoy at Dawn")
    open_review(legal, "The Convoy at Dawn")
    assert legal.get_by_text(f"overridden by legal: {REASON}").count() == 1
    screenshot(legal, "leak-5-review")
    approve(legal, "The Convoy at Dawn")
    until(lambda: product.status("/en/publications/the-convoy-at-dawn/") == 200, 60)
    records = product.rows("SELECT overrides FROM workflows_approvalrecord")
    assert any(REASON in str(overrides) for (overrides,) in records)

    people("").goto("/en/publications/the-convoy-at-dawn/")
    screenshot(people(""), "leak-6-published")
    public = people("").request.get(f"/d/{series}/")
    assert public.ok and not holds(public.body(), NAME)
    assert product.status(f"/d/{series}/v1/") == product.status(f"/d/{series}/v1/p/1/image.webp") == 404
    author.goto(annex)
    assert author.get_by_role("link", name="No check blocks this file").count() == 1


def channels(series: str, number: int) -> list[str]:
    """Every public address at which a version could tell what stands on its page 2."""
    ends = ("", "name.pdf", "text.html", "cover.webp", "search/?q=Halloway", "p/1/", "p/2/", "p/2/?q=Halloway&text=1")
    return [f"/d/{series}/v{number}/{end}" for end in (*ends, "p/2/image.webp", "p/2/large.webp")]


def told(product, path: str) -> bool:
    """Whether a stranger reads the name at ``path``."""
    return "Halloway" in fetch(product, path)[1].replace(path.rpartition("q=")[2], "")


def test_a_correction_takes_a_name_back(people, product, site, tmp_path, screenshot):
    corrected = report_pdf(tmp_path / "corrected.pdf", pages=3, planted={2: UNNAMED})
    until(lambda: find(product, PERSON)["total"] == 1, 60)
    assert told(product, f"/d/{site.series}/v1/p/2/") and told(product, f"/d/{site.series}/v2/text.html")
    author, editor = people("author"), people("editor")
    author.goto(f"/admin/documents/edit/{site.second}/")
    add_version(author, corrected)
    author.get_by_role("link", name="Pages and their versions").click()
    screenshot(author, "name-1-pages")
    author.get_by_role("button", name="Move these pages to version 3").click()
    author.get_by_role("link", name="Edit Keys and Ledgers").click()
    submit(author)
    approve(editor, "Keys and Ledgers")
    approve(people("legal"), "Keys and Ledgers")
    until(lambda: f"/d/{site.series}/v3/" in fetch(product, "/en/publications/keys-and-ledgers/")[1], 60)
    # Superseded is not gone: without this step both older versions would go on naming her.
    assert told(product, f"/d/{site.series}/v1/p/2/") and told(product, f"/d/{site.series}/v2/p/2/")

    editor.goto(f"/admin/documents/edit/{site.second}/")
    editor.get_by_role("link", name="Withdraw this version").click()
    editor.get_by_label("Public reason").fill(PUBLIC_REASON)
    assert editor.get_by_label("All older versions too").is_checked()
    screenshot(editor, "name-2-withdraw")
    editor.get_by_role("button", name="Withdraw now").click()
    editor.get_by_text("Withdrawn: version").wait_for()
    addresses = [*channels(site.series, 1), *channels(site.series, 2)]
    until(lambda: all(product.status(path) == 410 for path in addresses) and not find(product, PERSON)["total"], 60)
    assert PUBLIC_REASON in fetch(product, f"/d/{site.series}/v1/p/2/")[1]
    quoted = urllib.parse.quote(f'"{PERSON}"')
    pages = (
        "/en/publications/",
        "/en/publications/keys-and-ledgers/",
        "/feeds/en/publications.atom",
        "/sitemap-en.xml",
    )
    current = [f"/d/{site.series}/{end}" for end in ("p/2/", "search/?q=Halloway", "v3/p/2/", "v3/text.html")]
    asked = ("/api/v1/suggest?lang=en&q=Halloway", f"/en/search/?q={quoted}", f"/api/v1/search?lang=en&q={quoted}")
    for path in (*pages, *current, *asked):
        status, text = fetch(product, path)
        assert status == 200, path
        assert f"/d/{site.series}/v1/" not in text and f"/d/{site.series}/v2/" not in text, path
        assert "kept the keys" not in text or UNNAMED in " ".join(text.split()), path
        assert PERSON not in text or "q=" in path, path
    until(lambda: find(product, UNNAMED)["total"] == 1, 60)
    stranger = people("")
    stranger.goto(f"/d/{site.series}/v1/p/2/")
    screenshot(stranger, "name-3-gone")
    stranger.goto(f"/d/{site.series}/p/2/")
    screenshot(stranger, "name-4-corrected")


def test_page_37_is_read_in_arabic_on_a_phone(browser, product, site, screenshot):
    until(lambda: find(product, SOUGHT, "ar")["total"] == 1, 60)
    context = browser.new_context(
        base_url=product.url,
        locale="ar",
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
    )
    page = context.new_page()
    page.goto("/")
    page.fill("#q", f"“{SOUGHT}”")
    page.locator("form:has(#q) button").tap()
    page.wait_for_url("**/ar/search/**")
    screenshot(page, "phone-1-results")
    page.locator('.result .pages a[href*="/p/37/"]').tap()
    page.wait_for_url("**/p/37/**")
    assert page.locator("html").evaluate("html => [html.lang, html.dir]") == ["ar", "rtl"]
    assert page.locator(".prose").evaluate("prose => [prose.lang, prose.dir]") == ["ar", "rtl"]
    assert "السجل" in page.locator(".prose mark").first.inner_text()
    assert page.locator("svg rect.hit--now").count() == 1
    assert page.request.get(page.locator("svg image").get_attribute("href")).ok
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_load_state("networkidle")
    screenshot(page, "phone-2-page-37")
    for link, number in (("next", 38), ("prev", 37)):
        page.locator(f"a[rel={link}]").tap()
        page.wait_for_url(f"**/p/{number}/**")
        # Each page is in sight at once, not below the head of the site.
        assert page.locator("#image").evaluate("figure => figure.getBoundingClientRect().top < innerHeight / 2")
    screenshot(page, "phone-3-turned", full_page=False)
    page.locator('a[href*="text=1"]').first.tap()
    page.wait_for_url("**text=1**")
    assert page.locator("main").locator("img, image").count() == 0
    assert page.locator(".prose mark").count() > 0
    screenshot(page, "phone-4-text")
    page.locator("a[rel=next]").tap()
    page.wait_for_url("**/p/38/**text=1**")
    assert context.cookies() == []
    context.close()
