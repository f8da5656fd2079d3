"""``manage.py load_demo``: content and logins that show the whole product."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.demo import loading
from home.demo.people import PASSWORD, DemoRefused


class Command(BaseCommand):
    """Thin: decides whether to load, says what is being done."""

    help = (
        "Loads demo content in five languages, and logins whose password everybody knows. Refuses to mix with other "
        "content. The same again changes nothing. Example: manage.py load_demo --if-empty"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is content already")
        parser.add_argument(
            "--force",
            action="store_true",
            help="load although there is other content (make demo FORCE=1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if options["if_empty"] and (loading.is_loaded() or loading.has_other_content()):
            return
        try:
            made = loading.load(self._say, force=options["force"])
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            self.style.SUCCESS(
                f"Demo content: {made} versions of pages published in {time.monotonic() - began:.0f} s. "
                f"Logins: admin, author, editor … (password {PASSWORD})"
            )
        )

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
