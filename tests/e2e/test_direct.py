"""A big file goes from the browser straight into the bucket, and is judged like any other."""

from __future__ import annotations

import os

import pytest

from tests import servers
from tests.e2e.making import report_pdf
from tests.e2e.product import running


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    if not os.environ.get("S3_BUCKET"):
        pytest.skip("Direct uploads need a bucket: they are driven on the full stack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S3_DIRECT_UPLOAD", "true")
        with running(tmp_path_factory.mktemp("product")) as started:
            names = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
            client = servers.s3_client(*(started.environment[name] for name in names))
            rule = {"AllowedOrigins": [started.url], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"]}
            client.put_bucket_cors(Bucket=started.environment["S3_BUCKET"], CORSConfiguration={"CORSRules": [rule]})
            yield started


def send(page, path, title: str) -> None:
    page.goto("/admin/documents/adding/")
    page.get_by_role("link", name="Send it straight to the storage").click()
    page.set_input_files("input[type=file]", str(path))
    page.fill("input[name=title]", title)
    page.get_by_role("button", name="Send this file").click()


def test_a_file_is_sent_and_filed(people, product, tmp_path, screenshot):
    page = people("author")
    send(page, report_pdf(tmp_path / "film.pdf", pages=20, planted={}), "Straight there")
    page.wait_for_url("**/admin/documents/edit/**")
    assert page.locator("input[name=title]").input_value() == "Straight there"
    screenshot(page, "filed")


def test_a_file_that_lies_is_refused_with_its_sentence(people, product, tmp_path, screenshot):
    page = people("author")
    (tmp_path / "invoice.pdf").write_bytes(b"MZ\x90\x00" + b"\x00" * 3000)
    send(page, tmp_path / "invoice.pdf", "A lie")
    page.get_by_text("its content is something else").wait_for()
    screenshot(page, "refused")
    assert ("A lie",) not in product.rows("SELECT title FROM documents_document")
