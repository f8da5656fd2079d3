"""Empties the search outbox once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.exceptions import SearchError
from search.models import SearchOutbox
from search.outbox import drain


class Command(BaseCommand):
    """Example: ``manage.py search_drain``. The worker does the same every second."""

    help = "Writes everything that waits in the search outbox to the index, and ends. Example: manage.py search_drain"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = drain()
        except SearchError as err:
            raise CommandError(f"{err} {SearchOutbox.objects.count()} changes wait and are not lost.") from err
        waiting = SearchOutbox.objects.count()
        self.stdout.write(f"{written} things written, {waiting} wait.")
        if waiting:
            raise CommandError(f"{waiting} changes could not be written yet; they are tried again later.")
