"""A whole archive at once: found to the page, a second time nothing, and killed half way no harm done.

How fast it is, ``bench/bench_import.py`` measures.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from fpdf import FPDF
from wagtail.models import Page

from cms.publications.importing import Importer, waiting
from cms.publications.importing.run import BATCH
from documents.models import Document
from search.outbox import drain
from tests.cms.library import rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LANGUAGES = ("en", "de", "ar")
WORKS = 400
FILES = 8
PAGES = 10


def planted(number: int) -> tuple[int, str]:
    """The page of the file of a work and the sentence that stands only there."""
    return 1 + number * 7 % PAGES, f"Exhibit {number + 7000} was carried to the archive"


def write_pdf(path, number: int) -> None:
    page, sentence = planted(number)
    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for each in range(1, PAGES + 1):
        pdf.add_page()
        pdf.multi_cell(0, 6, f"Folio {each}. The commission heard a witness. {sentence if each == page else ''}")
    path.write_bytes(bytes(pdf.output()))


def archive(folder) -> list[str]:
    """The lines of the file: all works in all languages, some with a PDF of ten pages in ``folder``."""
    lines = list(rows(WORKS, LANGUAGES))
    for number in range(FILES):
        write_pdf(folder / f"{number}.pdf", number)
        at = number * len(LANGUAGES)
        lines[at] = json.dumps({**json.loads(lines[at]), "files": [{"path": f"{number}.pdf", "language": "en"}]})
    return lines


def everything() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_archive_is_found_to_the_page_and_the_second_import_changes_nothing(
    client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.SEARCH_DRAIN_INLINE = False
    lines = archive(tmp_path)
    with django_capture_on_commit_callbacks(execute=True):  # the files are read out
        summary = Importer(files=tmp_path, publish=True).run(lines)
    assert (summary.created, summary.errors) == (WORKS * len(LANGUAGES), [])
    assert Page.find_problems() == ([], [], [], [], [])
    assert Document.objects.ready().count() == summary.waiting == waiting.publish_due() == FILES
    drain()
    for number in range(FILES):
        page, sentence = planted(number)
        (hit,) = client.get("/api/v1/search", {"q": f'"{sentence}"', "lang": "en"}).json()["results"]
        snippet = hit["snippets"][0]
        assert (hit["title"], snippet["page"]) == (f"Report {number:05} on the chain of command (en)", page)
        assert client.get(snippet["url"]).status_code == 200
    for language in LANGUAGES:
        found = client.get("/api/v1/search", {"q": "Report 00123", "language": language, "lang": language}).json()
        assert [hit["title"] for hit in found["results"]] == [f"Report 00123 on the chain of command ({language})"]

    before = everything()
    with CaptureQueriesContext(connection) as asked:
        again = Importer(files=tmp_path, publish=True).run(lines)
    assert (again.unchanged, again.created, again.updated, again.errors) == (summary.created, 0, 0, [])
    assert everything() == before
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 3 * (len(lines) // BATCH + 1)
    assert all(statement.startswith("SELECT") for statement in statements)


class TestKilled:
    """In a process and a database of its own: a kill leaves no time to tidy up."""

    ROWS = 600
    TABLES = (
        "wagtailcore_page",
        "publications_publicationpage",
        "publications_importedrow",
        "publications_contributor",
        "topics_pagetopic",
        "wagtailcore_revision",
        "workflows_approvalrecord",
        "wagtailcore_pagelogentry",
        "wagtailcore_referenceindex",
        "search_searchoutbox",
    )

    @pytest.fixture
    def start(self, tmp_path):
        """``start(name)`` begins the import on a copy of this database; gives the process and the database's file."""
        if connection.vendor != "sqlite":
            pytest.skip("copies a database of SQLite; the transactions are the same on PostgreSQL")
        source = tmp_path / "rows.jsonl"
        source.write_text("\n".join(rows(self.ROWS)))
        started = []

        def begin(name):
            path = tmp_path / name / "dossier.sqlite3"
            if not path.exists():
                path.parent.mkdir()
                # Not backup(): that waits for the end of the transaction in which this very test runs.
                path.write_bytes(connection.connection.serialize())
            process = subprocess.Popen(
                [sys.executable, "manage.py", "import_publications", str(source), "--publish"],
                cwd=django_settings.BASE_DIR,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "settings.dev",
                    "DATABASE_URL": f"sqlite:///{path}",
                    "VAR_DIR": str(path.parent),
                },
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            started.append(process)
            return process, path

        yield begin
        for process in started:
            process.kill()
            process.wait(20)

    def ask(self, path, sql):
        with closing(sqlite3.connect(path, timeout=20)) as database:
            return database.execute(sql).fetchall()

    def counts(self, path):
        return Counter({table: self.ask(path, f"SELECT count(*) FROM {table}")[0][0] for table in self.TABLES})

    def imported(self, path):
        return self.ask(
            path,
            "SELECT i.key, i.language, i.row_hash, p.path, p.title, p.slug, p.live, p.latest_revision_id = p.live_revision_id"
            " FROM publications_importedrow i JOIN wagtailcore_page p ON p.id = i.page_id ORDER BY i.key",
        )

    def test_import_killed_half_way_and_run_again_ends_as_if_nothing_had_happened(self, start):
        process, whole = start("whole")
        assert process.wait(900) == 0
        process, killed = start("killed")
        while self.counts(killed)["publications_importedrow"] < BATCH and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL
        half = self.counts(killed)
        done = half["publications_importedrow"]
        assert BATCH <= done < self.ROWS and done % BATCH == 0
        assert half["publications_publicationpage"] == half["publications_contributor"] == done
        assert self.imported(killed) == self.imported(whole)[:done]
        process, _path = start("killed")
        assert process.wait(900) == 0
        assert self.counts(killed) == self.counts(whole)
        assert self.imported(killed) == self.imported(whole)
