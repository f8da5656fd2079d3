"""``manage.py run_worker``: the one process that does all background work."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter

from workflows.worker import Worker


class _Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the lines of the examples."""


class Command(BaseCommand):
    help = "Runs background tasks and the schedule (embargoes, expiries, search outbox) until it is stopped."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = _Formatter
        kwargs["epilog"] = "Examples:\n  manage.py run_worker\n  manage.py run_worker --once"
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do all that is due now, then end.")
        parser.add_argument("--interval", type=float, default=0.5, help="Seconds between looks for tasks (0.5).")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(interval=options["interval"])
        if options["once"]:
            if not worker.run_once():
                raise CommandError("Not everything went well; the log says what failed.")
            self.stdout.write(self.style.SUCCESS("All that was due is done."))
            return
        worker.stop_on_signals()
        worker.run()
        self.stdout.write("Worker stopped.")
