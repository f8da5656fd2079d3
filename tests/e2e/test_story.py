"""The story of ``docs/tutorial``: a report from upload to a reader on page 37, in two languages, withdrawn in the end.

The steps run in their order on one running product. Nothing may be found of the report before its approval, and nothing after its withdrawal.
"""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest

from tests.e2e.acting import (
    approve,
    begin_publication,
    choose_document,
    fetch,
    find,
    head,
    open_review,
    submit,
    until,
    upload,
)
from tests.e2e.making import report_pdf

SENTENCE = "The cartographer kept the violet ledger"
CORRECTED = "The archivist returned the amber index"
REJECTED = "The rejected umbrella paragraph"
GERMAN_SENTENCE = "Die Kartografin verwahrte das violette Hauptbuch"
TITLE = "Ledgers of Impunity"
GERMAN_TITLE = "Register der Straflosigkeit"
STATE: dict[str, str] = {}


def assert_nothing_is_found(product, *, gone: bool = False) -> None:
    """No channel tells a stranger anything of the report: not its words, its files, its address."""
    for query in (SENTENCE, TITLE, GERMAN_SENTENCE, GERMAN_TITLE):
        for language in ("en", "de"):
            answer = find(product, f'"{query}"', language)
            assert answer["total"] == 0, answer
            assert not any(answer["facets"].values()), answer["facets"]
    assert json.loads(fetch(product, "/api/v1/suggest?q=Ledg&lang=en")[1])["suggestions"] == []
    machines = ("/sitemap-en.xml", "/sitemap-de.xml", "/feeds/en/publications.atom")
    for channel in (*machines, "/en/publications/", "/de/publikationen/", "/en/"):
        text = fetch(product, channel)[1]
        assert TITLE not in text, channel
        assert GERMAN_TITLE not in text, channel
        assert not any(STATE[name] in text for name in ("page_url", "german_url") if name in STATE), channel
        assert not STATE.get("series") or STATE["series"] not in text, channel
    for name in ("page_url", "german_url"):
        if name in STATE:
            assert product.status(STATE[name]) == (410 if gone else 404)
    for series in filter(None, (STATE.get("series"), STATE.get("german_series"))):
        for end in ("", "v1/", "p/37/", "v1/p/37/", "v1/p/37/image.webp"):
            assert product.status(f"/d/{series}/{end}") in ((410, 404) if gone else (404,)), end


def assert_version_is_hidden(product, number: int, page: int, sentence: str) -> None:
    """A stranger gets nothing of this version of the report: no bytes, no page, no picture, no word in the search."""
    version = f"/d/{STATE['series']}/v{number}/"
    for end in ("", "name.pdf", f"p/{page}/", f"p/{page}/image.webp", "p/1/", "p/1/image.webp", "cover.webp"):
        assert product.status(version + end) == 404, version + end
    assert find(product, f'"{sentence}"')["total"] == 0
    assert version not in fetch(product, "/en/search/?" + urllib.parse.urlencode({"q": f'"{sentence}"'}))[1]
    assert version not in fetch(product, STATE["page_url"])[1]
    current = head(product, f"/d/{STATE['series']}/")
    assert f"v{number}" not in current["Content-Disposition"]


def add_version(page, path, number: int, screenshot) -> None:
    """From the document's own page: a new file, then the page that still shows the old one is changed and submitted."""
    page.goto(STATE["document_edit"])
    page.get_by_role("link", name="Add a new version").click()
    page.set_input_files("input[name=file]", str(path))
    screenshot(page, f"version-{number}-form")
    page.get_by_role("button", name="Add this version").click()
    page.wait_for_url(re.compile(r"/admin/documents/edit/\d+/$"))
    until(lambda: page.reload() and page.get_by_text("Ready", exact=True).count(), 60)
    screenshot(page, f"version-{number}-document")
    page.get_by_role("link", name=TITLE).click()
    page.locator("#inline_child_files-0").get_by_role("button", name="Actions").click()
    page.get_by_role("button", name="Choose another document").click()
    page.locator(".modal").get_by_role("row", name=re.compile(f"v{number}")).get_by_role("link").first.click()
    page.wait_for_selector(".modal", state="hidden")
    assert f"version {number}" in page.locator("#inline_child_files-0").inner_text()
    screenshot(page, f"version-{number}-chosen")
    submit(page)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {
        "en": report_pdf(folder / "report.pdf", pages=60, planted={37: SENTENCE}),
        "de": report_pdf(folder / "bericht.pdf", pages=22, planted={21: GERMAN_SENTENCE}),
        "corrected": report_pdf(folder / "corrected.pdf", pages=40, planted={37: SENTENCE, 38: CORRECTED}),
        "rejected": report_pdf(folder / "rejected.pdf", pages=6, planted={5: REJECTED}),
    }


def step_01_the_author_uploads_a_report_of_60_pages(people, product, report, screenshot):
    page = people("author")
    href = upload(page, report["en"], "Ledgers full report", "en")
    STATE["document_edit"] = href
    page.goto(href)
    until(lambda: page.reload() and page.get_by_text("Ready", exact=True).count(), 30)
    screenshot(page, "01-document")
    match = re.search(r"/d/([0-9a-f-]{36})/", page.content())
    assert match, "the document's own page names its address"
    STATE["series"] = match.group(1)
    assert_nothing_is_found(product)


def step_02_the_author_fills_in_the_publication_and_submits_it(people, product, report, screenshot):
    page = people("author")
    page.goto("/admin/")
    STATE["parent_id"] = begin_publication(page, TITLE)
    page.fill("[name=summary]", "What the ledgers of a ministry say about who gave the orders.")
    choose_document(page, "Ledgers full report")
    screenshot(page, "02-publication-form")
    submit(page)
    STATE["page_url"] = "/en/publications/ledgers-of-impunity/"
    assert_nothing_is_found(product)


def step_03_the_author_cannot_approve_it_by_any_request(people, product, report, screenshot):
    page = people("author")
    listing = page.request.get(f"/admin/api/main/pages/?child_of={STATE['parent_id']}").json()
    STATE["page_id"] = pk = str(next(item["id"] for item in listing["items"] if item["title"] == TITLE))
    page.goto("/admin/")
    token = page.evaluate("JSON.parse(document.getElementById('wagtail-config').textContent).CSRF_TOKEN")
    requests = [
        (f"/admin/pages/{pk}/edit/", {"action-publish": "1", "title": TITLE, "slug": "x"}),
        (
            f"/admin/pages/{pk}/edit/",
            {"action-workflow-action": "1", "workflow-action-name": "approve", "title": TITLE, "slug": "x"},
        ),
        *((f"/admin/pages/{pk}/workflow/action/approve/{state}/", {"comment": "x"}) for state in (1, 2, 3)),
        (f"/admin/bulk/wagtailcore/page/publish/?id={pk}", {}),
        (
            f"/admin/pages/{pk}/copy/",
            {"new_title": "Copy", "new_slug": "copy", "publish_copies": "on", "new_parent_page": "5"},
        ),
    ]
    for path, data in requests:
        page.request.post(
            path, form={"csrfmiddlewaretoken": token, **data}, headers={"Referer": product.url + "/admin/"}
        )
    assert_nothing_is_found(product)
    assert product.status("/en/publications/copy/") == 404


def step_04_editor_and_legal_approve(people, product, report, screenshot):
    approve(people("editor"), TITLE)
    assert_nothing_is_found(product)
    screenshot(people("editor"), "04-editor-home")
    approve(people("legal"), TITLE)
    until(lambda: product.status(STATE["page_url"]) == 200)


def step_05_within_ten_seconds_the_sentence_is_found_and_opens_page_37(people, product, report, screenshot):
    until(lambda: find(product, f'"{SENTENCE}"')["total"] == 1)
    hit = find(product, f'"{SENTENCE}"')["results"][0]
    assert hit["title"] == TITLE
    snippet = next(snippet for snippet in hit["snippets"] if snippet["source"] == "file")
    assert (snippet["page"], snippet["document"], snippet["version"]) == (37, STATE["series"], 1)
    page = people("")
    page.goto("/en/search/?" + urllib.parse.urlencode({"q": f'"{SENTENCE}"'}))
    screenshot(page, "05-results")
    page.locator('main a[href*="/p/37/"]').last.click()
    page.wait_for_load_state()
    assert "/p/37/" in page.url
    assert page.locator("mark").count() > 0
    assert page.locator("svg rect").count() > 0
    screenshot(page, "05-page-37")
    page.goto(STATE["page_url"])
    screenshot(page, "05-publication")
    assert page.context.cookies() == []


def step_06_the_translator_translates_and_the_reviewer_approves(people, product, report, screenshot):
    translator = people("translator-de")
    upload(translator, report["de"], "Register Bericht", "de")
    translator.goto(f"/admin/translations/request/{STATE['page_id']}/")
    screenshot(translator, "06-request")
    translator.check("input[value=de]")
    translator.click("main button[type=submit]")
    translator.wait_for_url(re.compile(r"/admin/translations/[0-9a-f-]{36}/$"))
    workbench = translator.url
    for area in translator.locator("textarea[name^=segment-]").all():
        label = area.get_attribute("aria-label") or ""
        area.fill({"Title": GERMAN_TITLE, "Slug": "register"}.get(label, "Was die Register eines Ministeriums sagen."))
    screenshot(translator, "06-workbench")
    translator.click("button[name=save]")
    translator.goto(workbench + "files/")
    choose_document(translator, "Register Bericht")
    translator.click("main form button[type=submit]:has-text('Save')")
    translator.wait_for_url(workbench)
    translator.click("button[name=submit]")
    translator.wait_for_load_state()
    assert fetch(product, "/de/publikationen/register/")[0] == 404
    # A translation with a file of its own takes the full editorial way.
    approve(people("editor"), GERMAN_TITLE)
    approve(people("legal"), GERMAN_TITLE)
    until(lambda: product.status("/de/publikationen/register/") == 200)
    STATE["german_url"] = "/de/publikationen/register/"
    until(lambda: find(product, f'"{GERMAN_SENTENCE}"', "de")["total"] == 1)
    hit = find(product, f'"{GERMAN_SENTENCE}"', "de")["results"][0]
    assert (hit["title"], hit["language"]) == (GERMAN_TITLE, "de")
    snippet = next(snippet for snippet in hit["snippets"] if snippet["source"] == "file")
    assert snippet["page"] == 21
    STATE["german_series"] = snippet["document"]
    assert_machines_name_both_pages(product)
    german = people("")
    german.goto(STATE["german_url"])
    screenshot(german, "06-german-publication")
    for series in (STATE["series"], STATE["german_series"]):
        assert series in german.content()


def assert_machines_name_both_pages(product) -> None:
    """Sitemap and feed name what is public: without this, their silence about the rest would prove nothing."""
    assert STATE["page_url"] in fetch(product, "/sitemap-en.xml")[1]
    assert STATE["german_url"] in fetch(product, "/sitemap-de.xml")[1]
    assert STATE["page_url"] in fetch(product, "/feeds/en/publications.atom")[1]


def step_07_a_second_version_is_approved_again_and_the_first_says_so(people, product, report, screenshot):
    series = STATE["series"]
    add_version(people("author"), report["corrected"], 2, screenshot)
    assert_version_is_hidden(product, 2, 38, CORRECTED)
    open_review(people("editor"), TITLE)
    assert TITLE in people("editor").get_by_role("heading", level=1).inner_text()
    screenshot(people("editor"), "07-review")
    approve(people("editor"), TITLE)
    assert_version_is_hidden(product, 2, 38, CORRECTED)
    approve(people("legal"), TITLE)
    until(lambda: find(product, f'"{CORRECTED}"')["total"] == 1)
    snippet = next(s for s in find(product, f'"{CORRECTED}"')["results"][0]["snippets"] if s["source"] == "file")
    assert (snippet["page"], snippet["document"], snippet["version"]) == (38, series, 2)
    assert_version_2_is_current(product)
    stranger = people("")
    stranger.goto(f"/d/{series}/v1/p/37/")
    assert stranger.get_by_role("heading", name="This version was replaced").count() == 1
    screenshot(stranger, "07-replaced")
    stranger.get_by_role("link", name="Read version 2").click()
    stranger.wait_for_url(re.compile(f"/d/{series}/v2/p/"))
    assert stranger.get_by_role("heading", name="This version was replaced").count() == 0
    stranger.goto(STATE["page_url"])
    screenshot(stranger, "07-publication")


def assert_version_2_is_current(product) -> None:
    """The current address, the old one and both pages say the same."""
    series = STATE["series"]
    current, old, new = (head(product, f"/d/{series}/{end}") for end in ("", "v1/", "v2/"))
    assert current["ETag"] == new["ETag"] != old["ETag"]
    assert f'</d/{series}/>; rel="latest-version"' in old["Link"]
    for address in (STATE["page_url"], STATE["german_url"]):
        text = fetch(product, address)[1]
        assert f"/d/{series}/v2/" in text
        assert f"/d/{series}/v1/" not in text


def step_08_a_rejected_third_version_stays_unreadable(people, product, report, screenshot):
    add_version(people("author"), report["rejected"], 3, screenshot)
    assert_version_is_hidden(product, 3, 5, REJECTED)
    editor = people("editor")
    open_review(editor, TITLE)
    editor.get_by_label("Comment").fill("The umbrella gives a source away.")
    editor.locator("button[value=reject]").click()
    editor.wait_for_url(re.compile("/admin/$"))
    assert_version_is_hidden(product, 3, 5, REJECTED)
    assert_version_2_is_current(product)
    author = people("author")
    author.goto(f"/admin/pages/{STATE['page_id']}/edit/")
    assert author.get_by_text("editor asked for changes: The umbrella gives a source away.").count() == 1
    screenshot(author, "08-changes-requested")


def step_09_withdrawn_everything_is_gone_within_a_minute_in_both_languages(people, product, report, screenshot):
    page = people("editor")
    page.goto(f"/admin/approval/withdraw/{STATE['page_id']}/")
    page.fill("textarea[name=reason]", "A name had to be taken back.")
    screenshot(page, "09-withdraw")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    until(lambda: product.status(STATE["page_url"]) == 410 and product.status(STATE["german_url"]) == 410, 60)
    until(lambda: find(product, SENTENCE)["total"] == 0 and find(product, GERMAN_SENTENCE, "de")["total"] == 0, 60)
    assert_nothing_is_found(product, gone=True)
    status, text = fetch(product, STATE["page_url"])
    assert "A name had to be taken back." in text
    for end in ("", "p/5/", "p/5/image.webp"):
        assert product.status(f"/d/{STATE['series']}/v2/{end}") == 410
        assert product.status(f"/d/{STATE['series']}/v3/{end}") == 404, "what never was public was not withdrawn"
    stranger = people("")
    stranger.goto(STATE["page_url"])
    screenshot(stranger, "09-gone")


# Versions of up to 60 pages are read out by one worker, and what follows has ten seconds: nothing else runs meanwhile.
@pytest.mark.timeout(900)
def test_the_story(people, product, report, screenshot):
    for step in (
        step_01_the_author_uploads_a_report_of_60_pages,
        step_02_the_author_fills_in_the_publication_and_submits_it,
        step_03_the_author_cannot_approve_it_by_any_request,
        step_04_editor_and_legal_approve,
        step_05_within_ten_seconds_the_sentence_is_found_and_opens_page_37,
        step_06_the_translator_translates_and_the_reviewer_approves,
        step_07_a_second_version_is_approved_again_and_the_first_says_so,
        step_08_a_rejected_third_version_stays_unreadable,
        step_09_withdrawn_everything_is_gone_within_a_minute_in_both_languages,
    ):
        try:
            step(people, product, report, screenshot)
        except BaseException:
            for name in ("", "author", "editor", "legal", "translator-de"):
                screenshot(people(name), f"failed-{name or 'stranger'}")
            raise
