"""The steps of an erasure, in their order. Apps above register what they keep of files.

Each step is idempotent: a worker may be killed anywhere in it, and the next one begins it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from documents.erasure import blobs, disk, ledger
from documents.erasure.rows import erase_rows
from documents.erasure.sweep import sweep
from documents.erasure.targets import matcher_for
from documents.models import Erasure
from search import outbox
from search.compounds import forget_gone_words
from search.engines import get_engine
from search.exceptions import SearchError

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PATIENCE = 60
"""Seconds for others to write to the index what they hold."""
PURGES = 5
"""Tries to make the index forget: a reader in the way makes it come again."""


@dataclass(frozen=True)
class Step:
    """``run`` gets the erasure; steps run by ``order``. ``label`` says to people what it destroys."""

    name: str
    label: _StrOrPromise
    order: int
    run: Callable[[Erasure], None]


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Adds a step, called from ``AppConfig.ready()``. Raises ValueError where another one has the name."""
    if step.name in _steps and _steps[step.name].run is not step.run:
        raise ValueError(f"There is a step called {step.name} already.")
    _steps[step.name] = step


def steps() -> list[Step]:
    """All steps in their order."""
    return sorted(_steps.values(), key=lambda step: step.order)


def _sweep_words(erasure: Erasure) -> None:
    sweep(matcher_for(erasure), rewrite=True)


def _forget_in_search(erasure: Erasure) -> None:
    """Writes what waits for the index, the pages without the file among it, and makes it forget the rest."""
    for _wait in range(PATIENCE):
        outbox.drain()
        if not outbox.waiting():
            break
        time.sleep(1)  # another worker has them in hand
    else:
        raise SearchError("The outbox was not empty in time.")
    forget_gone_words()
    engine = get_engine()
    for _try in range(PURGES):
        if not engine.purge(everywhere=True):
            return
        time.sleep(0.2)


def _empty_cache(erasure: Erasure) -> None:
    cache.clear()


def _rewrite_database(erasure: Erasure) -> None:
    disk.forget()


def register_steps() -> None:
    """The steps of this app; called once from ``ready()``. Higher apps clean their pages between 10 and 30."""
    for step in (
        Step("ledger", _("Noted in the ledger, so that a backup can't bring it back"), 10, ledger.write),
        Step("rows", _("Rows, texts, checks and search tokens of the file"), 30, erase_rows),
        Step("words", _("The words, wherever they stood in the database"), 40, _sweep_words),
        Step("bytes", _("The bytes, page images, previews and kept versions in the storage"), 50, blobs.destroy),
        Step("search", _("The words in the search index"), 60, _forget_in_search),
        Step("cache", _("The cache"), 70, _empty_cache),
        Step("database", _("What the database keeps of deleted rows on disk"), 80, _rewrite_database),
    ):
        register(step)
