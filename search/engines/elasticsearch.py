"""Elasticsearch 8 or 9 through the official client. The only module that calls it.

One index behind one alias; ``<prefix>-building`` is the alias of a rebuild's new index, which gets every
write as well. Token fields are split at spaces and nothing else: Python made the tokens.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from search.analysis import stamp
from search.engines.base import (
    MAX_TEXT,
    Engine,
    Health,
    Hit,
    ItemResult,
    Operation,
    Outcome,
    SearchRequest,
    SearchResponse,
)
from search.engines.elasticsearch_query import autocomplete_body, facets_of, search_body
from search.exceptions import EngineBusyError, EngineUnavailableError, RebuildError
from search.ranking import SEARCH_TIMEOUT_SECONDS, SUGGEST_TIMEOUT_SECONDS

# The client reports every request: a line for each search, which no log of readers' doings may hold.
logging.getLogger("elastic_transport").setLevel(logging.WARNING)

WRITE_TIMEOUT_SECONDS = 30
MAINTENANCE_TIMEOUT_SECONDS = 300
"""For what rewrites whole segments: forgetting for good, at night or after a withdrawal."""
TOKEN_FIELDS = ("t", "tx", "s", "b", "f", "p", "a")
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_TOKENS = {"type": "text", "analyzer": "tokens"}
_DATE = {"type": "date", "format": "strict_date_optional_time"}
_FACET_FIELDS = {
    "topic": "topic",
    "place": "place",
    "language": "languages",
    "publication_kind": "doctype",
    "author": "author",
}
_SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "codec": "best_compression",
    "refresh_interval": "1s",
    # By default a segment with few deletions is left as it is, and the deleted words in it.
    "merge.policy.expunge_deletes_allowed": 0,
    "analysis": {
        "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 512}},
        "analyzer": {"tokens": {"type": "custom", "tokenizer": "spaces", "filter": []}},
    },
}
_FORGETFUL = {"index.merge.policy.expunge_deletes_allowed": 0}
_BUSY = frozenset({429, 503})
_CONFLICT = 409


class ElasticsearchEngine(Engine):
    """See the module. ``url`` may carry user and password; ``prefix`` begins the names of indices and aliases."""

    name = "elasticsearch"
    capabilities = frozenset({"phrases", "facets", "autocomplete", "exact_counts", "partial_results"})

    def __init__(self, url: str, prefix: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or "localhost"
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._client = Elasticsearch(
            f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}",
            basic_auth=auth,
            max_retries=0,
            request_timeout=WRITE_TIMEOUT_SECONDS,
        )
        self.alias = f"{prefix}-content"
        self.building = f"{prefix}-building"

    def ensure_schema(self) -> None:
        try:
            if not self._client.indices.exists_alias(name=self.alias):
                self._create(self.alias)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def write(self, operations: Sequence[Operation], *, rebuilding: bool = False) -> list[ItemResult]:
        if not operations:
            return []
        if rebuilding:
            return self._bulk(self.building, operations)
        self.ensure_schema()
        results = self._bulk(self.alias, operations)
        if self._exists(self.building):
            self._bulk(self.building, operations)
        return results

    def search(self, request: SearchRequest) -> SearchResponse:
        started = time.monotonic()
        body = search_body(request)
        try:
            client = self._client.options(request_timeout=SEARCH_TIMEOUT_SECONDS + 0.5)
            answer = client.search(index=self.alias, timeout=f"{int(SEARCH_TIMEOUT_SECONDS * 1000)}ms", **body)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        partial = bool(answer["timed_out"]) or bool(answer["_shards"]["failed"])
        return SearchResponse(
            total=answer["hits"]["total"]["value"],
            hits=tuple(_hit(hit) for hit in answer["hits"]["hits"]),
            facets=facets_of(answer.get("aggregations"), request) if request.with_facets else {},
            engine=self.name,
            took_ms=round((time.monotonic() - started) * 1000),
            total_relation="gte" if partial else "eq",
            partial=partial,
        )

    def autocomplete(self, words: Sequence[str], locale: str, tokens: frozenset[str] | None, size: int) -> list[Hit]:
        if not words:
            return []
        try:
            client = self._client.options(request_timeout=SUGGEST_TIMEOUT_SECONDS)
            answer = client.search(index=self.alias, **autocomplete_body(words, locale, tokens, size))
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return [_hit(hit) for hit in answer["hits"]["hits"]]

    def begin_rebuild(self) -> str:
        self.ensure_schema()
        self.abort()
        try:
            return self._create(self.building)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def swap(self, name: str) -> None:
        try:
            old = self._targets(self.alias)
            if self._targets(self.building) != [name]:
                raise RebuildError("This rebuild is no longer under way.")
            actions: list[dict[str, Any]] = [
                {"add": {"index": name, "alias": self.alias, "is_write_index": True}},
                {"remove": {"index": name, "alias": self.building}},
                *({"remove_index": {"index": index}} for index in old if index != name),
            ]
            self._client.indices.update_aliases(actions=actions)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def abort(self) -> None:
        try:
            for index in self._targets(self.building):
                if index not in self._targets(self.alias):
                    self._client.indices.delete(index=index, ignore_unavailable=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def keys(self) -> Iterator[str]:
        last: list[Any] | None = None
        while True:
            try:
                answer = self._client.search(
                    index=self.alias,
                    size=1000,
                    query={"term": {"state": "live"}},
                    sort=[{"doc_key": "asc"}],
                    source=False,
                    **({"search_after": last} if last else {}),
                )
            except (ApiError, TransportError) as err:
                raise _unavailable(err) from err
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from (hit["_id"] for hit in hits)
            last = hits[-1]["sort"]

    def remove_tombstones(self, before: datetime) -> int:
        old = {"bool": {"filter": [{"term": {"state": "gone"}}, {"range": {"updated": {"lt": before.isoformat()}}}]}}
        try:
            client = self._client.options(request_timeout=MAINTENANCE_TIMEOUT_SECONDS)
            answer = client.delete_by_query(index=self.alias, query=old, conflicts="proceed", refresh=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return int(answer["deleted"])

    def purge(self) -> bool:
        try:
            deleted = self._client.indices.stats(index=self.alias, metric="docs")["_all"]["primaries"]["docs"][
                "deleted"
            ]
            if deleted:
                client = self._client.options(request_timeout=MAINTENANCE_TIMEOUT_SECONDS)
                # Of an index that was made before the setting was among ours, too.
                client.indices.put_settings(index=self.alias, settings=_FORGETFUL)
                client.indices.forcemerge(index=self.alias, only_expunge_deletes=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return bool(deleted)

    def health(self) -> Health:
        try:
            client = self._client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)
            count = client.count(index=self.alias, query={"term": {"state": "live"}})["count"]
            (target, about), *_ = client.indices.get_mapping(index=self.alias).items()
            return Health(True, self.name, target, count, about["mappings"]["_meta"]["stamp"])
        except NotFoundError:
            return Health(True, self.name, "", 0, "")
        except (ApiError, TransportError):
            return Health(False, self.name, "", 0, "")

    def _exists(self, alias: str) -> bool:
        try:
            return bool(self._client.indices.exists_alias(name=alias))
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def _targets(self, alias: str) -> list[str]:
        try:
            return sorted(self._client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    def _create(self, alias: str) -> str:
        """A new index with the next number behind ``alias``; another process may have been quicker."""
        known = self._client.indices.get(index=f"{self.alias}-v*", features="aliases")
        numbers = [int(match.group(1)) for name in known if (match := re.search(r"-v(\d+)$", name))]
        name = f"{self.alias}-v{max(numbers, default=0) + 1}"
        self._client.indices.create(
            index=name, settings=_SETTINGS, mappings=_mappings(), aliases={alias: {"is_write_index": True}}
        )
        return name

    def _bulk(self, alias: str, operations: Sequence[Operation]) -> list[ItemResult]:
        lines: list[dict[str, Any]] = []
        for each in operations:
            about = {"_id": each.key, "version": each.version, "version_type": "external_gte", "require_alias": True}
            lines += [{"index": about}, _document(each)]
        try:
            # Refreshed, so that what is written is found: a reader sees a withdrawal at once.
            answer = self._client.bulk(index=alias, operations=lines, refresh=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        results = [_result(item["index"]) for item in answer["items"]]
        if any(item["index"]["status"] in _BUSY for item in answer["items"]):
            raise EngineBusyError("Elasticsearch takes no more at the moment.")
        return results


def _mappings() -> dict[str, Any]:
    properties: dict[str, Any] = dict.fromkeys(
        ("doc_key", "kind", "locale", "translation_key", "site", "state", "acl", "doctype"), _KEYWORD
    )
    properties |= dict.fromkeys(("topic", "place", "author", "languages"), _KEYWORD)
    properties |= dict.fromkeys(("live_to", "published", "updated"), _DATE)
    properties |= dict.fromkeys(TOKEN_FIELDS, _TOKENS) | {"year": {"type": "short"}}
    return {
        "dynamic": "strict",
        "_source": {"excludes": list(TOKEN_FIELDS)},
        "_meta": {"stamp": stamp()},
        "properties": properties,
    }


def _document(operation: Operation) -> dict[str, Any]:
    row = operation.row
    if row is None:
        return {"doc_key": operation.key, "state": "gone", "updated": operation.at.isoformat()}
    years = row.facets.get("year", ())
    return {
        "doc_key": operation.key,
        "state": "live",
        "kind": row.kind,
        "locale": row.locale,
        "translation_key": row.translation_key,
        "site": row.site,
        "acl": list(row.acl),
        "live_to": row.live_to.isoformat() if row.live_to else None,
        "published": row.published.isoformat(),
        "updated": row.updated.isoformat(),
        "year": int(years[0]) if years else None,
        **{target: list(row.facets.get(facet, ())) for facet, target in _FACET_FIELDS.items()},
        **{name: row.fields.get(name, "")[:MAX_TEXT] for name in TOKEN_FIELDS},
    }


def _hit(hit: dict[str, Any]) -> Hit:
    # The date stands before the key in every order, in milliseconds.
    return Hit(hit["_id"], hit["_source"]["kind"], float(hit["_score"] or 0), hit["sort"][-2] / 1000)


def _result(item: dict[str, Any]) -> ItemResult:
    if item["status"] < 300:
        return ItemResult(item["_id"], Outcome.WRITTEN)
    if item["status"] == _CONFLICT:
        return ItemResult(item["_id"], Outcome.SUPERSEDED)
    if item["error"]["type"] == "index_not_found_exception":
        raise EngineUnavailableError("The search index is missing.")
    # The type only: reasons quote the text that was refused.
    return ItemResult(item["_id"], Outcome.REFUSED, str(item["error"]["type"]))


def _unavailable(err: Exception) -> EngineUnavailableError:
    if isinstance(err, ApiError) and err.meta.status in _BUSY:
        return EngineBusyError("Elasticsearch takes no more at the moment.")
    return EngineUnavailableError(f"Elasticsearch can't answer ({type(err).__name__}).")
