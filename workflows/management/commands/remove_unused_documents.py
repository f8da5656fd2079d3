"""``manage.py remove_unused_documents``"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from documents.models import Document
from workflows.retention import remove_unused


class Command(BaseCommand):
    """Removes files that nothing ever named."""

    help = (
        "Lists files that no revision, release, record of a decision or text names and that were uploaded longer ago "
        "than DOCUMENTS_UNUSED_DAYS. With --apply they are removed; the log keeps series, version, hash and time. "
        "Can be stopped and started again. Example: manage.py remove_unused_documents --days 400 --apply"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds --days and --apply."""
        parser.add_argument(
            "--days", type=int, default=settings.DOCUMENTS_UNUSED_DAYS, help="the age, instead of the setting"
        )
        parser.add_argument("--apply", action="store_true", help="remove them; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 where nothing stood in the way."""
        if options["days"] < 1:
            raise CommandError(
                "--days is a number of days from 1 on: what was uploaded today is still being worked on."
            )
        result = remove_unused(timedelta(days=options["days"]), apply=options["apply"], progress=self._tell)
        size = filesizeformat(result.size).replace("\xa0", " ")
        if not options["apply"]:
            self.stdout.write(f"{result.found} unused files ({size}). Nothing was removed: add --apply.")
            return
        summary = f"{result.removed} of {result.found} unused files removed ({size})."
        if result.removed != result.found:
            raise CommandError(f"{summary} The others were named meanwhile.")
        self.stdout.write(summary)

    def _tell(self, document: Document) -> None:
        """By public identifier, never by title."""
        self.stdout.write(f"{document.series} version {document.number}, {document.created_at:%Y-%m-%d}")
