"""What a database keeps of a deleted row: pages on disk that are merely free. Here they are written anew."""

from __future__ import annotations

from django.apps import apps
from django.db import OperationalError, connection, models

LOCK_PATIENCE = "5s"
"""How long a table's lock is waited for; who waits longer keeps everybody else waiting behind."""


def forget() -> None:
    """Rewrites the database's files without what was deleted. Raises DatabaseError where others are in the way.

    Call it outside of a transaction. The log that PostgreSQL ships to its replicas and archives is the operator's.
    """
    if connection.vendor == "sqlite":
        _forget_sqlite()
    elif connection.vendor == "postgresql":
        _forget_postgresql()


def _forget_sqlite() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5%'")
        for (table,) in cursor.fetchall():
            # A full-text index keeps deleted words until its pieces are merged.
            name = connection.ops.quote_name(table)
            cursor.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608  # names from the schema
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchone()[0]:
            raise OperationalError("A reader keeps the write-ahead log from being emptied.")


def _forget_postgresql() -> None:
    """``VACUUM`` alone leaves the old rows on their pages; ``FULL`` writes each table anew and locks it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_PATIENCE}'")
        try:
            for table in _tables():
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
        finally:
            cursor.execute("RESET lock_timeout")


def _tables() -> list[str]:
    """Tables with a column that holds text or bytes."""
    text = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return sorted(
        {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed
            and not model._meta.proxy
            and any(isinstance(field, text) for field in model._meta.local_concrete_fields)
        }
    )
