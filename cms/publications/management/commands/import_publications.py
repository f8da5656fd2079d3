"""``manage.py import_publications``: publications from a file of JSON lines."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.models import User
from cms.publications.importing import Importer, Summary


class Command(BaseCommand):
    """Thin: reads the arguments, runs the importer, says what happened."""

    help = (
        "Imports publications, one JSON object per line and language. The same file again changes nothing. "
        "Example: manage.py import_publications reports.jsonl --files reports/ --publish --user admin"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file of JSON lines")
        parser.add_argument("--files", type=Path, help="the folder below which the files lie that rows name")
        parser.add_argument("--dry-run", action="store_true", help="judge every row and write nothing")
        parser.add_argument("--publish", action="store_true", help='publish, recorded as "import by" the user')
        parser.add_argument("--strict", action="store_true", help="refuse rows with unknown topics, places or terms")
        parser.add_argument(
            "--locale",
            default=settings.LANGUAGE_CODE,
            help="the language of rows that don't say it (default %(default)s)",
        )
        parser.add_argument("--user", help="the account that imports; it stands in the records and the log")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["files"]
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        if options["locale"] not in dict(settings.LANGUAGES):
            raise CommandError(f"{options['locale']} is no language of this site.")
        importer = Importer(
            user=self._user(options["user"]),
            files=folder.resolve() if folder else None,
            publish=options["publish"],
            strict=options["strict"],
            dry_run=options["dry_run"],
            language=options["locale"],
            progress=self._progress,
        )
        try:
            with options["file"].open(encoding="utf-8-sig", errors="replace") as lines:
                summary = importer.run(lines)
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read.") from error
        for line, sentence in sorted(summary.errors):
            self.stderr.write(f"line {line}: {sentence}")
        for line, sentence in sorted(summary.blocked):
            self.stderr.write(f"line {line}: not published: {sentence}")
        self._say(summary, dry_run=options["dry_run"])

    def _user(self, name: str | None) -> User | None:
        if not name:
            return None
        try:
            return User.objects.get(username=name)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {name}.") from error

    def _progress(self, summary: Summary) -> None:
        if self.stderr.isatty():
            rate = summary.rows / summary.seconds if summary.seconds else 0
            self.stderr.write(f"\r{summary.rows} rows, {rate:.0f} per second ", ending="")

    def _say(self, summary: Summary, *, dry_run: bool) -> None:
        head = "Would import" if dry_run else "Imported"
        line = (
            f"{head}: {summary.created} created, {summary.updated} updated, {summary.unchanged} unchanged, "
            f"{len(summary.errors)} refused, in {summary.seconds:.1f} s"
        )
        if summary.waiting:
            line += f". {summary.waiting} wait for the checks of their files: the worker publishes them"
        if summary.blocked:
            line += (
                f". {len({number for number, _sentence in summary.blocked})} stay drafts: put a mended file in their place "
                "and import again, or have Legal review decide under Reports, Blocked files"
            )
        if summary.errors or summary.blocked:
            raise CommandError(line)
        self.stdout.write(line)
