"""The engine that this site uses, chosen by ``SEARCH_URL``: empty for the embedded one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from search.engines.base import Engine

if TYPE_CHECKING:
    from search.engines.elasticsearch_server import Server

__all__ = ["get_engine"]


def get_engine() -> Engine:
    """The engine of the current settings; the same object for the same settings."""
    if not settings.SEARCH_URL:
        return _embedded(Path(settings.SEARCH_DIR))
    from search.engines.elasticsearch_server import Server  # the client is loaded where it is used only

    return _elasticsearch(
        Server(
            url=settings.SEARCH_URL,
            prefix=settings.SEARCH_INDEX_PREFIX,
            api_key=settings.SEARCH_API_KEY,
            ca_file=settings.SEARCH_CA_FILE,
            shards=settings.SEARCH_SHARDS,
            replicas=settings.SEARCH_REPLICAS,
        )
    )


@lru_cache(maxsize=8)
def _elasticsearch(server: Server) -> Engine:
    from search.engines.elasticsearch import ElasticsearchEngine  # as above

    return ElasticsearchEngine(server)


@lru_cache(maxsize=8)
def _embedded(directory: Path) -> Engine:
    from search.engines.fts5 import Fts5Engine  # not loaded where a server is used

    return Fts5Engine(directory)
