"""Content that takes its time, made once for all tests of a module or a package."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker


@contextmanager
def kept(blocker: DjangoDbBlocker, search_dir: Path) -> Iterator[None]:
    """What is written inside stays until the context ends; each test runs in a savepoint of its own.

    For fixtures of the scope ``module`` or ``package`` that ask for ``django_db_setup``. Every test there sees the content
    once it is made, so there should be only tests that expect it. ``search_dir`` takes its search index,
    which those find that are marked ``shared_search``.
    """
    prefix = f"{settings.SEARCH_INDEX_PREFIX}-{uuid.uuid4().hex[:8]}"
    with (
        blocker.unblock(),
        override_settings(SEARCH_DIR=search_dir, SEARCH_INDEX_PREFIX=prefix, SEARCH_DRAIN_INLINE=False),
        transaction.atomic(),
    ):
        cache.clear()
        yield
        transaction.set_rollback(True)
    cache.clear()
