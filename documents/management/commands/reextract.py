"""Reads files again: after a better reader, a new analysis of words, or a failure that was repaired."""

from __future__ import annotations

import argparse
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents import scanning
from documents.exceptions import StorageError
from documents.extraction.errors import ExtractionError
from documents.models import Document, DocumentQuerySet
from documents.processing import process, reread
from documents.storage import STORAGE_FAULTS


class Command(BaseCommand):
    """New text, contents, tokens and covers for ready documents; another try for the others. Bytes and hashes stay.

    Scanned pages keep what was recognised; the worker reads those that wait.
    """

    help = (
        "Read the text of documents again. Ready ones keep their bytes and hash; waiting and failed ones are "
        "processed from their upload. Can be stopped and started again.\n\n"
        "Examples:\n  manage.py reextract\n  manage.py reextract --failed\n"
        "  manage.py reextract --series 6f1c2f0e-6d0a-4a53-9a0e-0d6c0f0f3a11 --after 1200"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keeps the line breaks of the examples."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--failed",
            action="store_true",
            help="only those that failed or still wait; those that weren't scanned to their end are scanned again",
        )
        parser.add_argument("--series", type=uuid.UUID, help="only the versions of this document")
        parser.add_argument("--recognise", action="store_true", help="recognise scanned pages again, too")
        parser.add_argument("--after", type=int, default=0, help="go on behind this number of an earlier run")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = self._wanted(options)
        total, done, failed = wanted.count(), 0, 0
        for pk, ready in [(pk, state == Document.State.READY) for pk, state in wanted.values_list("pk", "state")]:
            good = self._renew(pk, keep_recognised=not options["recognise"]) if ready else process(pk)
            done, failed = done + good, failed + (not good)
            if not good:
                self.stderr.write(f"Document {pk} could not be read.")
            if self.stderr.isatty():
                self.stderr.write(f"\r{done + failed} of {total}, last: {pk}", ending="")
        if self.stderr.isatty():
            self.stderr.write("")
        again = self._of_series(options).scan_again() if options["failed"] and scanning.is_on() else 0
        waiting = f" {again} wait for the virus scanner." if again else ""
        summary = f"{done} of {total} documents read again, {failed} failed.{waiting}"
        if failed:
            raise CommandError(summary)
        self.stdout.write(summary)

    def _wanted(self, options: dict[str, Any]) -> DocumentQuerySet:
        wanted = self._of_series(options).filter(pk__gt=options["after"]).order_by("pk")
        return wanted.exclude(state=Document.State.READY) if options["failed"] else wanted

    def _of_series(self, options: dict[str, Any]) -> DocumentQuerySet:
        documents: DocumentQuerySet = Document.objects.all()
        return documents.filter(series=options["series"]) if options["series"] else documents

    def _renew(self, pk: int, *, keep_recognised: bool) -> bool:
        try:
            reread(pk, keep_recognised=keep_recognised)
        except (ExtractionError, StorageError, *STORAGE_FAULTS):
            return False
        return True
