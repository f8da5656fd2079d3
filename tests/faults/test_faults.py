"""Killed processes and servers that are away: nothing is lost, every answer says what it can't, all catches up by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from documents.holding import HELD_FOR
from search.outbox import CLAIM_FOR
from tests.e2e.making import report_pdf

SLACK = timedelta(seconds=40)
"""For the work itself on a busy machine, on top of what the code promises."""
SET_UP = """
import json
from access.models import User
from tests.factories import DocumentFactory, PublicationPageFactory, TopicPageFactory
author = User.objects.get(username="author")
document = DocumentFactory(title="Quarry accounts", uploaded_by_user=author)
PublicationPageFactory(published=True, title="Quarry accounts", slug="quarry", files=[document])
reviews = {}
for name in ("Saffron", "Cobalt"):
    page = TopicPageFactory(title=f"{name} harbour", slug=name.lower())
    page.save_revision(user=author)
    reviews[name] = page.get_workflow().start(page, author).current_task_state.pk
print(json.dumps({"series": str(document.series), "reviews": reviews}))
"""
CLEAN_UP = """
from django.core.files.storage import storages
from documents import verification
verification.ORPHAN_AGE = -60
storage = storages["documents"]
verification.verify(storage, clean=True)
left = verification.verify(storage)
print(left.ok, left.orphaned)
"""
"""Removes what no row names, and says what is left. Its clock is set forward: on a site, that is done a day later."""


def until(condition: Callable[[], object], limit: timedelta) -> None:
    """Waits for what comes by itself."""
    end = time.monotonic() + limit.total_seconds()
    while not condition():
        assert time.monotonic() < end, f"not within {limit}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def content(site):
    """A public publication with a file, and two topics that wait for an editor."""
    made = json.loads(site.product.manage("shell", "-c", SET_UP).splitlines()[-1])
    until(lambda: site.found("quarry") == 1, SLACK)
    return made


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> bytes:
    path = report_pdf(tmp_path_factory.mktemp("files") / "report.pdf", pages=60, planted={7: "The lantern on the pier"})
    return path.read_bytes()


def upload(session: requests.Session, site, data: bytes, title: str) -> requests.Response:
    """Files a document with the admin's form."""
    return session.post(
        site.product.url + "/admin/documents/add/",
        data={"title": title, "language": "en", "tags": "", "csrfmiddlewaretoken": session.headers["X-CSRFToken"]},
        files={"file": ("report.pdf", data, "application/pdf")},
        timeout=60,
    )


def approve(site, content, name: str) -> None:
    """An editor approves the topic. Who waits for a server that is away is given up."""
    editor = site.person("editor")
    address = f"{site.product.url}/admin/approval/review/{content['reviews'][name]}/"
    data = {"decision": "approve", "comment": "Good.", "csrfmiddlewaretoken": editor.headers["X-CSRFToken"]}
    answer = editor.post(address, data=data, timeout=30)
    assert answer.status_code == 200, answer.text


def state(site, title: str) -> str:
    rows = site.product.rows(f"SELECT state FROM documents_document WHERE title = '{title}'")
    return str(rows[0][0]) if rows else ""


def waiting_rows(site, condition: str = "1 = 1") -> int:
    return int(site.product.rows(f"SELECT count(*) FROM search_searchoutbox WHERE {condition}")[0][0])


def test_a_worker_killed_while_it_reads_a_file_and_while_it_indexes_loses_nothing(site, content, report):
    author = site.person("author")
    with site.search.hanging():
        approve(site, content, "Cobalt")
        until(lambda: waiting_rows(site, "claimed_until IS NOT NULL"), SLACK)
        upload(author, site, report, "Killed")
        until(lambda: state(site, "Killed") == "running", SLACK)
        site.product.kill("worker")
    assert state(site, "Killed") == "running"
    assert waiting_rows(site)
    site.product.start("worker")
    until(lambda: state(site, "Killed") == "ready", HELD_FOR + SLACK)
    until(lambda: site.found("cobalt") == 1, CLAIM_FOR + SLACK)
    until(lambda: not waiting_rows(site), SLACK)


def test_sigterm_ends_the_worker_cleanly(site):
    worker = site.product.processes.pop("worker")
    worker.terminate()
    assert worker.wait(30) == 0
    assert (site.product.folder / "worker.log").read_text().rstrip().endswith("Worker stopped.")
    site.product.start("worker")


def test_search_that_is_away_says_so_and_keeps_nobody_waiting(site, content):
    with site.search.down():
        assert site.get("/en/").status_code == 200
        assert site.get("/en/publications/quarry/").status_code == 200
        page = site.get("/en/search/?q=quarry")
        assert page.status_code == 200
        assert "Reduced search: only titles and summaries" in page.text and "Quarry accounts" in page.text
        answer = site.get("/api/v1/search?lang=en&q=quarry").json()
        assert (answer["reduced"], answer["total"]) == (True, 1)
        assert site.get("/api/v1/suggest?lang=en&q=quar").status_code == 200
        whole_or_not_at_all = site.get("/api/v1/export?lang=en&q=quarry")
        assert whole_or_not_at_all.status_code == 503
        assert int(whole_or_not_at_all.headers["Retry-After"]) <= 60
        assert whole_or_not_at_all.json()["error"]["code"] == "search_unavailable"
        approve(site, content, "Saffron")
        assert site.get("/en/topics/saffron/").status_code == 200
        assert waiting_rows(site)
    until(lambda: not site.get("/api/v1/search?lang=en&q=saffron").json()["reduced"], SLACK)
    until(lambda: site.found("saffron") == 1, timedelta(seconds=60))
    until(lambda: not waiting_rows(site), SLACK)


def test_search_that_hangs_is_not_waited_for(site, content):
    with site.search.hanging():
        # It hangs until the end of this block: who waited for it would be given up by the client.
        assert site.get("/en/search/?q=quarry").status_code in (200, 503)
        assert site.get("/api/v1/suggest?lang=en&q=quar").status_code in (200, 503)
    until(lambda: site.found("quarry") == 1, SLACK)


def test_storage_that_is_away_refuses_with_a_sentence_and_processing_comes_back(site, content, report):
    author = site.person("author")
    address = f"/d/{content['series']}/"
    assert site.get(address).status_code == 200
    site.product.kill("worker")
    upload(author, site, report, "Patient")
    assert state(site, "Patient") == "waiting"
    with site.storage.down():
        site.product.start("worker")
        refused = upload(author, site, report, "Refused")
        assert refused.status_code == 200
        assert "The file could not be stored" in refused.text
        assert state(site, "Refused") == ""
        download = site.get(address)
        assert download.status_code == 503
        assert int(download.headers["Retry-After"]) > 0
        assert download.text
        unfinished = "SELECT count(*) FROM documents_document WHERE title = 'Patient' AND retry_at IS NOT NULL"
        until(lambda: site.product.rows(unfinished + " AND state = 'waiting'")[0][0], SLACK)
    until(lambda: state(site, "Patient") == "ready", SLACK + timedelta(seconds=20))
    assert site.get(address).status_code == 200


def test_a_web_process_killed_during_an_upload_leaves_nothing_that_is_not_found(site, content, report):
    temporary = site.product.folder / "tmp"
    with half_an_upload(site):
        until(lambda: sizes_of_open_files(temporary)[-1:] > [1_000_000], SLACK)
        site.product.kill("web")
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    site.product.start("web")
    site.product.wait_until_it_answers()
    kill_while_it_stores(site, report)
    site.product.start("web")
    site.product.wait_until_it_answers()
    assert site.product.manage("shell", "-c", CLEAN_UP).splitlines()[-1] == "True []"


@contextmanager
def half_an_upload(site) -> Iterator[None]:
    """A request under way whose file has arrived by half."""
    author = site.person("author")
    head = (
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{author.headers["X-CSRFToken"]}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="draft.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7"
    ).encode()
    connection = http.client.HTTPConnection("localhost", site.product.port, timeout=30)
    connection.putrequest("POST", "/admin/documents/add/")
    connection.putheader("Cookie", "; ".join(f"{cookie.name}={cookie.value}" for cookie in author.cookies))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(len(head) + 16_000_000))
    connection.endheaders()
    connection.send(head + b"0" * 8_000_000)
    yield
    connection.close()


def sizes_of_open_files(folder: Path) -> list[int]:
    """Bytes of the files below ``folder`` that some process has open, named or not; the smallest first."""
    sizes = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(entry.readlink()).startswith(f"{folder}/"):
                sizes.append(entry.stat().st_size)
    return sorted(sizes)


def kill_while_it_stores(site, report: bytes) -> None:
    """Kills the web process as soon as the storage has got a file, before or while the database gets its row."""
    author = site.person("author")
    before = site.stored()
    with ThreadPoolExecutor(1) as pool:
        uploading = pool.submit(upload, author, site, report, "Half")
        until(lambda: site.stored() - before, SLACK)
        site.product.kill("web")
        assert isinstance(uploading.exception(60), requests.RequestException | None)
