"""What PostgreSQL reads for an answer hardly grows with the archive: a few rows, whatever else there is.

The number of statements says nothing of that: one of them can read everything. So the plan that ran is asked how many
rows it touched, with 20,000 publications that are copies, made in the database.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.publications.models import PublicationPage

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.slow]

COPIES = 20_000
FIRST = 10_000_000
"""Primary keys of the copies begin here."""
FEW = 15_000
"""Rows that the statements of an answer may touch together, counts apart. What reads the archive once is beyond it; the page
of a topic with a thousand publications isn't."""
OF_ALL = ("sitemap", "feed")
"""Addresses that tell of all that there is."""


def copied(table: str, source: int, every: int = 1, **changed: str) -> None:
    """A copy of the row ``source`` for each of the ``COPIES``, or ``every`` so many; ``changed`` are SQL, ``n`` is the number."""
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        key = "page_ptr_id" if "page_ptr_id" in columns else "id"
        series = f"generate_series(1, {COPIES}, {every}) n"
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, {series} WHERE {key} = %s", [source]
        )


def multiply(page: PublicationPage) -> None:
    """Copies of ``page`` with its revision, topics and one of its files, which each reader may read."""
    key = f"{FIRST} + n"
    file = page.files.select_related("document").first()
    use = file.document.uses.filter(revision=page.live_revision).get()
    release = file.document.releases.first()
    # Paths that no import has given yet.
    copied("wagtailcore_revision", page.live_revision_id, id=key, object_id=f"({key})::text")
    copied(
        "wagtailcore_page",
        page.pk,
        id=key,
        path="left(path, -4) || substr('GHIJKLMNOP', n / 4096 + 1, 1) || lpad(upper(to_hex(n %% 4096)), 3, '0')",
        translation_key="gen_random_uuid()",
        slug="slug || n",
        url_path="rtrim(url_path, '/') || n || '/'",
        live_revision_id=key,
        latest_revision_id=key,
    )
    copied("publications_publicationpage", page.pk, page_ptr_id=key, key="'copy-' || n")
    copied("documents_document", file.document_id, id=key, series="gen_random_uuid()")
    copied("publications_publicationfile", file.pk, id=key, page_id=key, document_id=key)
    copied("documents_documentuse", use.pk, id=key, page_id=key, document_id=key, revision_id=key)
    copied("documents_documentrelease", release.pk, id=key, page_id=key, document_id=key, revision_id=key)
    copied("documents_documenttokens", file.document.tokens.pk, id=key, document_id=key)
    copied("topics_pagetopic", page.topics.first().pk, every=20, id=key, page_id=key)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def touched(plan: dict[str, Any]) -> int:
    """Rows that the leaves of a plan read, with those that they threw away."""
    inner = plan.get("Plans", [])
    own = 0
    if plan.get("Parent Relationship") == "InitPlan" and plan["Node Type"] == "Aggregate":
        return 0  # the count beside the first few
    if "Scan" in plan["Node Type"] and plan["Node Type"] not in ("Subquery Scan", "CTE Scan"):
        rows = (
            plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        )
        own = int(rows * plan["Actual Loops"])
    return own + sum(touched(each) for each in inner)


def explained(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    return touched((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the planner of the database of production")
@pytest.mark.parametrize("library", [10], indirect=True)
def test_an_answer_reads_a_few_rows_of_a_large_archive(client, library):
    multiply(PublicationPage.objects.filter(live=True, files__isnull=False).order_by("pk").first())
    much = {}
    for name, address in library.addresses.items():
        if any(each in name for each in OF_ALL):
            continue
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
            assert response.status_code == 200, address
            if response.streaming:
                b"".join(response.streaming_content)
        statements = [each["sql"] for each in asked if each["sql"].startswith(("SELECT", "(SELECT"))]
        rows = {sql: explained(sql) for sql in statements if not sql.startswith("SELECT COUNT(")}
        if sum(rows.values()) > FEW:
            much[name] = max(rows.items(), key=lambda each: each[1])
    assert much == {}
