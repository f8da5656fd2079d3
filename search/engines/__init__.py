"""The engine that this site uses, chosen by ``SEARCH_URL``: empty for the embedded one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine

__all__ = ["get_engine"]


def get_engine() -> Engine:
    """The engine of the current settings; the same object for the same settings."""
    return _engine(settings.SEARCH_URL, settings.SEARCH_INDEX_PREFIX, Path(settings.SEARCH_DIR))


@lru_cache(maxsize=8)
def _engine(url: str, prefix: str, directory: Path) -> Engine:
    if url:
        from search.engines.elasticsearch import ElasticsearchEngine  # the client is loaded where it is used only

        return ElasticsearchEngine(url, prefix)
    from search.engines.fts5 import Fts5Engine  # not loaded where a server is used

    return Fts5Engine(directory)
