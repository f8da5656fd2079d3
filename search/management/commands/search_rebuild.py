"""Builds the search index anew."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.exceptions import SearchError
from search.maintenance import is_outdated
from search.rebuilding import rebuild, roll_back


class Command(BaseCommand):
    """Example: ``manage.py search_rebuild``. The old index answers until the new one is complete."""

    help = (
        "Builds a new search index beside the one in use and changes over when it is complete. "
        "The old one is kept for a day: --rollback puts it back in use. Example: manage.py search_rebuild"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only if there is no index yet, or another text analysis or vocabulary made it",
        )
        parser.add_argument(
            "--rollback", action="store_true", help="put the index back in use that was before the last rebuild"
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="change over though the new index is much smaller than the old one, as after a restore; keeps no way back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rollback"]:
            self._roll_back()
            return
        if options["if_needed"] and not is_outdated():
            self.stdout.write("The search index is up to date.")
            return
        try:
            done = rebuild(self._progress, forced=options["force"])
        except SearchError as err:
            raise CommandError(f"{err} The old index is still in use.") from err
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(f"{done} things indexed.")

    def _roll_back(self) -> None:
        try:
            target = roll_back()
        except SearchError as err:
            raise CommandError(str(err)) from err
        self.stdout.write(f"{target} is in use again.")

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {total} things", ending="")
