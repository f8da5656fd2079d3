"""``manage.py erase_again``"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.erasure import running
from documents.models import Erasure
from documents.storage import STORAGE_FAULTS


class Command(BaseCommand):
    """Erases again what a restored backup brought back."""

    help = (
        "Erases again what a restored backup brought back: everything in the ledger of erasures that the database has "
        "again, and everything that the database knows and a restored storage doesn't. Run it after every restore, "
        "before web and worker start. Can be stopped and started again. "
        "Example: manage.py erase_again --everything"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds --everything."""
        parser.add_argument(
            "--everything", action="store_true", help="run every erasure of the ledger again, whatever is found"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 only where nothing waits."""
        try:
            done = running.erase_again(everything=options["everything"])
            _returned, refused = running.compared()
        except STORAGE_FAULTS as err:
            raise CommandError(f"The storage doesn't answer ({type(err).__name__}). Start again to go on.") from err
        done += running.resume()
        waiting = Erasure.objects.filter(state=Erasure.State.RUNNING)
        for erasure in waiting:
            self.stderr.write(f"waits: {erasure} ({erasure.trouble or 'under way'})")
        for identifier in sorted(refused):
            self.stderr.write(f"refused: {identifier}: it was not signed with SECRET_KEY or one of its fallbacks")
        summary = f"{done} erasures carried out, {len(waiting)} wait."
        if waiting or refused:
            raise CommandError(summary)
        self.stdout.write(summary)
