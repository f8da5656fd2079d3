"""Compares the index with the database and repairs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.exceptions import SearchError
from search.maintenance import sweep
from search.outbox import drain


class Command(BaseCommand):
    """Example: ``manage.py search_sweep``. The worker does the same every night."""

    help = (
        "Compares the search index with the database, writes what is missing, removes what is too much and forgets "
        "tombstones older than seven days. Example: manage.py search_sweep"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = sweep()
            drain()
        except SearchError as err:
            raise CommandError(str(err)) from err
        self.stdout.write(
            f"{found.missing} missing things added, {found.surplus} surplus removed, {found.tombstones} tombstones forgotten."
        )
