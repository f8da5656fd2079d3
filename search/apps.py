from datetime import timedelta

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """One full-text index over everything that can be read; knows no page type."""

    name = "search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from access.schedule import register  # models must be loaded
        from search import signal_handlers, system_checks  # noqa: F401  # the checks register themselves
        from search.board import signal_handlers as board_signal_handlers
        from search.board.keeping import keep_quietly
        from search.maintenance import purge_quietly
        from search.outbox import drain_quietly
        from search.rebuilding import sweep_quietly, work_off_quietly
        from search.words import refresh

        register("search.drain", timedelta(seconds=1), drain_quietly)
        register("search.purge", timedelta(seconds=30), purge_quietly)
        register("search.rebuild", timedelta(seconds=5), work_off_quietly)
        register("search.sweep", timedelta(days=1), sweep_quietly)
        register("search.words", timedelta(days=1), refresh)
        register("search.board", timedelta(days=1), keep_quietly)
        signal_handlers.register_signal_handlers()
        board_signal_handlers.register_signal_handlers()
