"""Writes what was counted when an answer has left, so that nobody waits for it."""

from __future__ import annotations

from django.core.signals import request_finished

from search.board.counting import write_if_due


def register_signal_handlers() -> None:
    """Called once from ``ready()``."""
    request_finished.connect(write_if_due, dispatch_uid="search.board.write_if_due")
