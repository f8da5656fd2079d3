"""The order of the list, as an index: without it PostgreSQL sorts all publications to show the newest eight.

By hand, because SQLite has no index with NULLS LAST, and sorts quickly enough for what it is meant for.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME = "publications_newest_first"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {NAME} ON publications_publicationpage (date DESC NULLS LAST, page_ptr_id DESC)"
        )


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("publications", "0002_format_group")]
    operations = [migrations.RunPython(create, drop)]
