"""``manage.py verify_documents``"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from documents.models import Document, StorageVerification
from documents.storage import STORAGE_FAULTS
from documents.verification import begin, verify


class Command(BaseCommand):
    """Re-reads every stored file and compares it with its recorded hash."""

    help = (
        "Re-reads every stored file, compares its SHA-256, and reports missing, changed and orphaned ones. "
        "Stopped, it goes on at its next start where it was. "
        "Example: manage.py verify_documents --clean"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds --clean and --restart."""
        parser.add_argument("--clean", action="store_true", help="remove files older than a day that no row names")
        parser.add_argument("--restart", action="store_true", help="begin anew instead of going on where a run stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 only where nothing is wrong."""
        run = begin(anew=options["restart"])
        try:
            verdict = verify(storages["documents"], clean=options["clean"], progress=self._progress, run=run)
        except STORAGE_FAULTS as err:
            raise CommandError(f"The storage doesn't answer ({type(err).__name__}). Start again to go on.") from err
        for label, keys in (
            ("missing", verdict.missing),
            ("changed", verdict.changed),
            ("orphaned", verdict.orphaned),
        ):
            for key in keys:
                self.stdout.write(f"{label}: {key}{self._owner(key)}")
        self.stdout.write(
            f"{verdict.checked} files checked, {len(verdict.missing)} missing, {len(verdict.changed)} changed, "
            f"{len(verdict.orphaned)} orphaned, {verdict.removed} removed."
        )
        if not verdict.ok:
            sys.exit(1)

    def _progress(self, run: StorageVerification) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{run.checked} files", ending="")
            self.stdout.flush()

    @staticmethod
    def _owner(key: str) -> str:
        """The document that names the key, by its public identifier; never by its title."""
        document = Document.objects.filter(Q(original=key) | Q(file=key)).first()
        return f" (document {document.series} version {document.number})" if document else ""
