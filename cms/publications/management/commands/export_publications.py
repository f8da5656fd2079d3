"""``manage.py export_publications``: what ``import_publications`` reads."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.visitor import Visitor
from cms.publications.exporting import rows
from cms.publications.models import PublicationPage


class Command(BaseCommand):
    """Thin: chooses the pages, writes the lines."""

    help = (
        "Exports publications, one JSON object per line and language; with --files also their files. "
        "Only what anybody may read, unless --all says otherwise. "
        "Example: manage.py export_publications reports.jsonl --files reports/"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--files", type=Path, help="a folder to copy the files to; it is made if it doesn't exist")
        parser.add_argument("--locale", help="one language only")
        parser.add_argument("--all", action="store_true", help="drafts and restricted publications too")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["files"]
        pages = PublicationPage.objects.all() if options["all"] else PublicationPage.objects.visible_to(Visitor())
        if options["locale"]:
            pages = pages.filter(locale__language_code=options["locale"])
        count = 0
        target: Path = options["file"]
        part = target.with_name(f".{target.name}.part")
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as lines:
                for row in rows(pages, folder, everything=options["all"]):
                    lines.write(json.dumps(row, ensure_ascii=False) + "\n")
                    count += 1
                    if count % 100 == 0 and self.stderr.isatty():
                        self.stderr.write(f"\r{count} rows ", ending="")
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"{error.filename or target} can't be written.") from error
        self.stdout.write(f"Exported: {count} rows")
