"""Builds the search index anew."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.exceptions import SearchError
from search.maintenance import is_outdated, rebuild


class Command(BaseCommand):
    """Example: ``manage.py search_rebuild``. The old index answers until the new one is complete."""

    help = (
        "Builds a new search index beside the one in use and changes over when it is complete. "
        "Example: manage.py search_rebuild"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only if there is no index yet, or another text analysis or vocabulary made it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_needed"] and not is_outdated():
            self.stdout.write("The search index is up to date.")
            return
        try:
            done = rebuild(self._progress)
        except SearchError as err:
            raise CommandError(f"{err} The old index is still in use.") from err
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(f"{done} things indexed.")

    def _progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} things", ending="")
