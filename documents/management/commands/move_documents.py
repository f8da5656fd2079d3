"""``manage.py move_documents``"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.core.management.base import BaseCommand, CommandError

from documents.moving import Move, move
from documents.storage import PrivateFileStorage, PrivateS3Storage


class Command(BaseCommand):
    """Copies all files to the other storage."""

    help = (
        "Copies every file to S3, or from S3 to the disk, and verifies each one; can be stopped and started again. "
        "Set S3_BUCKET and the other S3 variables for either direction. "
        "Example: manage.py move_documents --to s3, then switch the site to the bucket, "
        "then manage.py move_documents --to s3 --delete"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds --to and --delete."""
        parser.add_argument("--to", choices=["s3", "files"], required=True, help="where the files shall be")
        parser.add_argument(
            "--delete", action="store_true", help="remove the files at the old place once every one is verified"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 only where every file is verified at its new place."""
        if not settings.AWS_STORAGE_BUCKET_NAME:
            raise CommandError("S3_BUCKET is not set: there is no bucket to copy to or from.")
        disk: Storage = PrivateFileStorage()
        s3: Storage = PrivateS3Storage()
        source, target = (disk, s3) if options["to"] == "s3" else (s3, disk)
        result = move(source, target, delete=options["delete"], progress=self._progress)
        for key, reason in result.failed.items():
            self.stdout.write(f"failed: {key} ({reason})")
        self.stdout.write(
            f"{result.copied} files copied, {result.present} were there already, {len(result.failed)} failed, "
            f"{result.deleted} deleted at the old place."
        )
        if result.failed:
            sys.exit(1)

    def _progress(self, result: Move) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{result.done} of {result.total} files, {len(result.failed)} failed", ending="")
            self.stdout.flush()
