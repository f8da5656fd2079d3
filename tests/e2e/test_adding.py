"""Many files at once, in the browser: a hostile one among them, a line that breaks, and one drop on a publication."""

from __future__ import annotations

import re

import pytest

from tests.documents import making
from tests.documents.conftest import small_pdf
from tests.e2e.making import report_pdf
from tests.e2e.product import PASSWORD

ENGLISH = "The witness of the chain of command was in the room when they were told that the order had been given. "
GERMAN = "Die Zeugin war in dem Raum, als ihnen gesagt wurde, dass der Befehl von oben kam und nicht zu ändern sei. "
PUBLICATION = """
from access.models import User
from tests.factories import PublicationPageFactory
page = PublicationPageFactory(title="In the chain of command", owner=User.objects.get(username="author"))
page.save_revision(user=page.owner)
print(page.pk)
"""


@pytest.fixture
def files(tmp_path):
    """A report with a title of its own, a German one, one that lies, one that is a bomb."""
    report_pdf(tmp_path / "annual_report.pdf", pages=3, planted={})
    (tmp_path / "bericht_2024.pdf").write_bytes(making.pdf_of([GERMAN * 4]))
    (tmp_path / "invoice.pdf").write_bytes(b"MZ\x90\x00" + b"\x00" * 3000)
    (tmp_path / "minutes.docx").write_bytes(making.docx_bomb())
    return [str(path) for path in sorted(tmp_path.iterdir())]


def row(page, name):
    return page.locator(".adding__row", has_text=name)


def test_hostile_files_are_refused_in_their_rows_and_the_rest_is_filed(people, product, files, screenshot):
    page = people("author")
    page.goto("/admin/documents/adding/")
    page.set_input_files("#adding-files", files)
    row(page, "annual_report.pdf").locator("input[name$='-title']").wait_for()
    row(page, "bericht_2024.pdf").locator("input[name$='-title']").wait_for()
    assert "its content is something else" in row(page, "invoice.pdf").locator(".adding__error").inner_text()
    assert "looks like a trap" in row(page, "minutes.docx").locator(".adding__error").inner_text()
    assert row(page, "bericht_2024.pdf").locator("select").input_value() == "de"
    annual = row(page, "annual_report.pdf").locator("input[name$='-title']")
    assert annual.input_value() == "Annual report"
    row(page, "annual_report.pdf").get_by_role("button", name="Use this title").click()
    assert annual.input_value() == "Internal working title"
    annual.fill("Annual report 2024")
    screenshot(page, "rows")
    page.get_by_role("button", name="File these files").click()
    page.get_by_text("2 files were filed").wait_for()
    assert row(page, "invoice.pdf").is_visible()
    titles = {title for (title,) in product.rows("SELECT title FROM documents_document")}
    assert titles >= {"Annual report 2024", "Bericht 2024"}
    assert not titles & {"Invoice", "Minutes", "Internal working title"}
    row(page, "invoice.pdf").get_by_role("button", name="Remove").click()
    row(page, "invoice.pdf").wait_for(state="detached")


def test_an_upload_goes_on_after_a_broken_line(people, product, tmp_path):
    """The line breaks in the middle of a file of several pieces, and comes back; no byte is sent twice or lost."""
    page = people("author")
    page.goto("/admin/documents/adding/")
    long = tmp_path / "long.txt"
    long.write_bytes(b"Sentence after sentence.\n" * 700_000)
    sent = []

    def broken(route):
        sent.append(route.request.headers["upload-offset"])
        return route.abort() if len(sent) == 2 else route.continue_()

    page.route(
        re.compile(r"/adding/uploads/[0-9a-f-]+/$"),
        lambda route: broken(route) if route.request.method == "PATCH" else route.continue_(),
    )
    page.set_input_files("#adding-files", str(long))
    row(page, "long.txt").locator("input[name$='-title']").wait_for()
    page.unroute_all()
    assert sent[1] == sent[2] != "0"
    page.get_by_role("button", name="File these files").click()
    page.get_by_text("1 file was filed").wait_for()
    ((size,),) = product.rows("SELECT size FROM documents_document WHERE title = 'Long'")
    assert size == long.stat().st_size


def test_a_file_that_was_left_half_way_goes_on_where_it_stopped(people, tmp_path):
    """The page is closed in the middle; chosen again, the file is sent from where it stopped."""
    page = people("author")
    page.goto("/admin/documents/adding/")
    long = tmp_path / "half.txt"
    long.write_bytes(b"Sentence after sentence.\n" * 400_000)
    sent = []

    def stop(route):
        if route.request.method == "PATCH":
            sent.append(route.request.headers["upload-offset"])
        return route.abort() if len(sent) > 1 and route.request.method == "PATCH" else route.continue_()

    page.route(re.compile(r"/adding/uploads/[0-9a-f-]+/$"), stop)
    page.set_input_files("#adding-files", str(long))
    page.wait_for_function("() => document.querySelector('[data-progress]')?.value > 30")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.unroute_all()  # not before the page is left: it would go on at once
    page.goto("/admin/documents/adding/")
    assert "% of this file arrived" in row(page, "half.txt").inner_text()
    offsets = []
    page.on(
        "request",
        lambda request: offsets.append(request.headers.get("upload-offset")) if request.method == "PATCH" else None,
    )
    page.set_input_files("#adding-files", str(long))
    row(page, "half.txt").locator("input[name$='-title']").wait_for()
    assert "0" not in offsets
    row(page, "half.txt").get_by_role("button", name="Remove").click()
    row(page, "half.txt").wait_for(state="detached")


def test_it_works_without_javascript(browser, product, files):
    context = browser.new_context(base_url=product.url, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/documents/adding/")
    page.fill("input[name=username]", "author2")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.set_input_files("#adding-files", files)
    page.get_by_role("button", name="Upload these files").click()
    assert "looks like a trap" in row(page, "minutes.docx").inner_text()
    row(page, "annual_report.pdf").locator("input[name$='-title']").fill("Without a script")
    page.get_by_role("button", name="File these files").click()
    assert product.rows("SELECT count(*) FROM documents_document WHERE title = 'Without a script'") == [(1,)]
    context.close()


def test_one_drop_on_a_publication_files_all_its_languages(people, product, tmp_path, screenshot):
    number = product.manage("shell", "-c", PUBLICATION).split()[-1]
    (tmp_path / "one.pdf").write_bytes(making.pdf_of([GERMAN * 4]))
    (tmp_path / "two.pdf").write_bytes(making.pdf_of([ENGLISH * 4]))
    (tmp_path / "three.pdf").write_bytes(small_pdf())
    page = people("admin")
    page.goto(f"/admin/pages/{number}/edit/")
    page.get_by_role("link", name="Add several files").click()
    page.set_input_files("#adding-files", [str(path) for path in tmp_path.iterdir()])
    page.locator("[data-rows=de]", has_text="one.pdf").wait_for()
    page.locator("[data-rows=en]", has_text="two.pdf").wait_for()
    row(page, "three.pdf").locator("select[name$='-language']").select_option("ar")
    page.locator("[data-rows=ar]", has_text="three.pdf").wait_for()
    screenshot(page, "publication")
    page.get_by_role("button", name="Add these files to the draft").click()
    page.get_by_text("3 files were added to the draft").wait_for()
    assert page.locator("select[name^='files-'][name$='-language']").evaluate_all(
        "all => all.map(one => one.value).filter(Boolean)"
    ) == ["en", "de", "ar"]
    screenshot(page, "publication-form")


def test_an_upload_in_the_pages_own_form_keeps_its_errors_and_loses_nothing(people, product, tmp_path):
    """The chooser's upload tab: a refused file says why, what was typed stays, and so does the page behind it."""
    number = product.manage("shell", "-c", PUBLICATION).split()[-1]
    (tmp_path / "liar.pdf").write_bytes(b"MZ\x90\x00" + b"\x00" * 300)
    (tmp_path / "good.pdf").write_bytes(making.pdf_of([ENGLISH]))
    page = people("admin")
    page.goto(f"/admin/pages/{number}/edit/")
    page.fill("#id_subtitle", "Typed and not saved")
    page.locator("#id_files-ADD").click()
    page.locator("[data-chooser-url$='/documents/chooser/'] [data-chooser-action-choose]:visible").first.click()
    modal = page.locator(".modal-content")
    modal.get_by_role("tab", name="Upload").click()
    modal.locator("input[type=file]").set_input_files(str(tmp_path / "liar.pdf"))
    title = modal.locator("#id_document-chooser-upload-title")
    title.fill("My own title")
    modal.get_by_role("button", name="Upload").click()
    modal.get_by_text("its content is something else").wait_for()
    assert title.input_value() == "My own title"
    modal.locator("input[type=file]").set_input_files(str(tmp_path / "good.pdf"))
    title.fill("My own title")
    modal.get_by_role("button", name="Upload").click()
    page.locator("[data-chooser-title]", has_text="My own title").wait_for()
    assert page.input_value("#id_subtitle") == "Typed and not saved"
