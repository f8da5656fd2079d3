"""An archive made larger in the database: copies of publications, each with all that belongs to it.

The importer makes twenty to a hundred a second; a hundred thousand would take an hour. Their rows differ in what must
differ (keys, paths, addresses, series) and in their titles, so that the worker's nightly check finds that they are not what
was approved and says so of each. What only the admin reads (logs, the index of references, its own search) is not copied.
"""

from __future__ import annotations

from django.db import connection

FIRST = 10_000_000
"""Copy ``n`` of the row ``id`` is ``n * FIRST + id``, in every table: that is how copies find each other."""
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Of the steps of a path (treebeard's alphabet)."""
FIRST_STEP = 20_000
"""Among the pages below a parent; the importer's own have lower ones."""
PAGE = {
    "path": f"left(path, -4) || pg_temp.step({FIRST_STEP} + place)",
    "translation_key": "gen_random_uuid()",
    "title": "title || ' ' || n",
    "draft_title": "draft_title || ' ' || n",
    "slug": "slug || '-' || n",
    "url_path": "rtrim(url_path, '/') || '-' || n || '/'",
}
DOCUMENT = {
    "series": "gen_random_uuid()",
    "file": "'documents/' || gen_random_uuid()",
    "sha256": "md5(id || '/' || n) || md5(n || '/' || id)",
}
TABLES: list[tuple[str, str, dict[str, str], tuple[str, ...]]] = [
    ("wagtailcore_revision", "id = source.revision_id", {"object_id": "(object_id::int + shift)::text"}, ()),
    ("wagtailcore_page", "id = source.page_id", PAGE, ("live_revision_id", "latest_revision_id")),
    ("publications_publicationpage", "page_ptr_id = source.page_id", {"key": "'copy-' || place"}, ("page_ptr_id",)),
    ("documents_document", "id = source.document_id", DOCUMENT, ()),
    ("publications_publicationfile", "page_id = source.page_id", {}, ("page_id", "document_id")),
    ("documents_documentuse", "page_id = source.page_id", {}, ("page_id", "document_id", "revision_id")),
    ("documents_documentrelease", "page_id = source.page_id", {}, ("page_id", "document_id", "revision_id")),
    ("documents_documenttokens", "document_id = source.document_id", {}, ("document_id",)),
    ("documents_documentpagetext", "document_id = source.document_id", {}, ("document_id",)),
    ("topics_pagetopic", "page_id = source.page_id", {}, ("page_id",)),
    ("cms_core_pageplace", "page_id = source.page_id", {}, ("page_id",)),
    ("workflows_approvalrecord", "page_id = source.page_id", {}, ("page_id", "revision_id")),
]
"""(table, what makes a row one of a source, what else changes, its columns that name other copied rows)."""


def multiply(wanted: int, pages: int) -> None:
    """``wanted`` copies of the imported publications whose file has so many ``pages``, one after the other. PostgreSQL only."""
    with connection.cursor() as cursor:
        step = " || ".join(
            f"substr('{SIGNS}', (v / {len(SIGNS) ** power} % {len(SIGNS)})::int + 1, 1)" for power in (3, 2, 1, 0)
        )
        cursor.execute(
            f"CREATE FUNCTION pg_temp.step(v bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT {step} $$"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE sources AS"
            " SELECT page.id AS page_id, file.document_id, page.live_revision_id AS revision_id,"
            " row_number() OVER (ORDER BY page.id) - 1 AS rank"
            " FROM publications_importedrow imported JOIN wagtailcore_page page ON page.id = imported.page_id"
            " JOIN publications_publicationfile file ON file.page_id = page.id JOIN documents_document document ON document.id = file.document_id WHERE document.page_count = %s",
            [pages],
        )
        cursor.execute("SELECT count(*) FROM sources")
        (sources,) = cursor.fetchone()
        cursor.execute(
            "CREATE TEMPORARY TABLE source AS"
            f" SELECT page_id, document_id, revision_id, n, n * {FIRST} AS shift, (n - 1) * {sources} + rank AS place"
            " FROM sources, generate_series(1, %s) n WHERE (n - 1) * %s + rank < %s",
            [-(-wanted // sources), sources, wanted],
        )
        for table, own, changed, names in TABLES:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            made = {name: f'{table}."{name}" + shift' for name in ("id", *names)} | changed
            values = ", ".join(made.get(name, f'{table}."{name}"') for name in columns)
            quoted = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {values} FROM source JOIN {table} ON {table}.{own}")
        cursor.execute("DROP TABLE source, sources")
