"""Elasticsearch 8 or 9 through the official client. The only module that calls it.

One index behind one alias; ``<prefix>-building`` is the alias of a rebuild's new index and ``<prefix>-previous`` that
of the one before, which both get every write as well. Writes go to aliases only: a mistyped index would be created
silently. Settings and mapping are in ``elasticsearch.json``. Token fields are split at spaces and nothing else: Python
made the tokens.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import ApiError, NotFoundError, TransportError

from search.engines.base import (
    TOO_OLD,
    Engine,
    Health,
    Hit,
    ItemResult,
    Lookup,
    Operation,
    Role,
    SearchRequest,
    SearchResponse,
)
from search.engines.elasticsearch_bulk import item_result, lines
from search.engines.elasticsearch_query import autocomplete_body, facets_of, search_body
from search.engines.elasticsearch_server import Server
from search.exceptions import EngineBusyError, EngineUnavailableError, RebuildError, TooMuchAskedError
from search.ranking import SEARCH_TIMEOUT_SECONDS, SUGGEST_TIMEOUT_SECONDS

# The client reports every request: a line for each search, which no log of readers' doings may hold.
logging.getLogger("elastic_transport").setLevel(logging.WARNING)

MAINTENANCE_TIMEOUT_SECONDS = 300
"""For what rewrites whole segments: forgetting for good, at night or after a withdrawal."""
SERVER_SHARE = 0.85
"""Of the time that a search may take: the server answers with what it has by then, before we stop listening."""
KEYS_AT_ONCE = 10_000
"""As many as Elasticsearch gives at once by default."""
# By default a segment with few deletions is left as it is, and the deleted words in it.
_FORGETFUL = {"index.merge.policy.expunge_deletes_allowed": 0}
_UNREAD = {"refresh_interval": "-1"}
"""Of an index without readers: it is refreshed when it is looked at, and when it comes into use."""
_LESS_MAY_HELP = frozenset({413, 429, 503})
_REFUSED = 400
"""Too many clauses, for instance."""


class ElasticsearchEngine(Engine):
    """See the module."""

    name = "elasticsearch"
    capabilities = frozenset({"phrases", "facets", "autocomplete", "exact_counts", "partial_results"})

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = server.client()
        self.alias = f"{server.prefix}-content"
        self._aliases = {
            Role.CURRENT: self.alias,
            Role.BUILDING: f"{server.prefix}-building",
            Role.PREVIOUS: f"{server.prefix}-previous",
        }

    def stamp(self) -> str:
        return self._server.stamp()

    def ensure_schema(self) -> None:
        try:
            if not self._client.indices.exists_alias(name=self.alias):
                self._create(Role.CURRENT)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def targets(self) -> dict[Role, str]:
        try:
            # With an asterisk a missing alias is no error.
            found = self._client.indices.get_alias(name=[f"{alias}*" for alias in self._aliases.values()])
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        roles = {
            role: sorted(n for n, about in found.items() if alias in about["aliases"])
            for role, alias in self._aliases.items()
        }
        return {role: names[-1] for role, names in roles.items() if names}

    def write_to(self, role: Role, operations: Sequence[Operation]) -> tuple[str, list[ItemResult]]:
        try:
            # Refreshed, so that what is written is found: a reader sees a withdrawal at once. A new index has no readers.
            answer = self._client.bulk(
                index=self._aliases[role], operations=lines(operations), refresh=role != Role.BUILDING
            )
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        items = [item["index"] for item in answer["items"]]
        return items[0]["_index"], [item_result(item) for item in items]

    def search(self, request: SearchRequest, *, role: Role = Role.CURRENT) -> SearchResponse:
        started = time.monotonic()
        if role == Role.BUILDING:
            self._refresh(self._aliases[role])
        body = search_body(request)
        try:
            client = self._client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)
            budget = f"{int(SEARCH_TIMEOUT_SECONDS * SERVER_SHARE * 1000)}ms"
            answer = client.search(index=self._aliases[role], timeout=budget, **body)
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

    def autocomplete(self, lookup: Lookup) -> list[Hit]:
        if not lookup.words:
            return []
        try:
            client = self._client.options(request_timeout=SUGGEST_TIMEOUT_SECONDS)
            answer = client.search(index=self.alias, **autocomplete_body(lookup))
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return [_hit(hit) for hit in answer["hits"]["hits"]]

    def begin_rebuild(self) -> str:
        self.ensure_schema()
        self.abort()
        try:
            return self._create(Role.BUILDING)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def compact(self, name: str, progress: Callable[[], object]) -> None:
        """Nothing to do: the server merges by itself, and ``swap`` looks at the name."""

    def swap(self, name: str) -> None:
        targets = self.targets()
        if targets.get(Role.BUILDING) != name:
            raise RebuildError("This rebuild is no longer under way.")
        self._refresh(name, as_in_use=True)
        old, older = targets.get(Role.CURRENT), targets.get(Role.PREVIOUS)
        actions = [_added(name, self.alias), _removed(name, self._aliases[Role.BUILDING])]
        if old:
            actions += [_added(old, self._aliases[Role.PREVIOUS]), _removed(old, self.alias)]
        if older:
            actions.append({"remove_index": {"index": older}})
        self._change(actions)
        self._refresh(name)  # what was written between the two

    def _refresh(self, name: str, *, as_in_use: bool = False) -> None:
        """Lets all be found that was written to an index; ``as_in_use``: from now on every second, too."""
        try:
            if as_in_use:
                interval = self._server.settings()["refresh_interval"]
                self._client.indices.put_settings(index=name, settings={"refresh_interval": interval})
            self._client.indices.refresh(index=name)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err

    def roll_back(self) -> str:
        targets = self.targets()
        kept, bad = targets.get(Role.PREVIOUS), targets.get(Role.CURRENT)
        if not kept:
            raise RebuildError("No index is kept for going back.")
        if not self._has_shelves(kept):
            raise RebuildError(TOO_OLD)
        actions = [_added(kept, self.alias), _removed(kept, self._aliases[Role.PREVIOUS])]
        if bad:
            actions.append({"remove_index": {"index": bad}})
        self._change(actions)
        return kept

    def forget_previous(self, name: str = "") -> None:
        self._let_go(Role.PREVIOUS, name)

    def abort(self, name: str = "") -> None:
        self._let_go(Role.BUILDING, name)

    def keys(self, role: Role = Role.CURRENT, *, gone: bool = False) -> Iterator[str]:
        last: list[Any] | None = None
        if role == Role.BUILDING:
            self._refresh(self._aliases[role])
        while True:
            try:
                answer = self._client.search(
                    index=self._aliases[role],
                    size=KEYS_AT_ONCE,
                    query={"term": {"state": "gone" if gone else "live"}},
                    sort=[{"doc_key": "asc"}],
                    stored_fields="_none_",  # the order has the keys; to unpack them one by one takes a hundred times as long
                    **({"search_after": last} if last else {}),
                )
            except (ApiError, TransportError) as err:
                raise _unavailable(err) from err
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from (hit["sort"][0] for hit in hits)
            last = hits[-1]["sort"]

    def version(self, key: str) -> int | None:
        try:
            client = self._client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)
            found = client.get(index=self.alias, id=key, source=["state"])
        except NotFoundError:
            return None
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return int(found["_version"]) if found["_source"]["state"] == "live" else None

    def remove_tombstones(self, before: datetime) -> int:
        old = {"bool": {"filter": [{"term": {"state": "gone"}}, {"range": {"updated": {"lt": before.isoformat()}}}]}}
        try:
            client = self._client.options(request_timeout=MAINTENANCE_TIMEOUT_SECONDS)
            answer = client.delete_by_query(index=self.alias, query=old, conflicts="proceed", refresh=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return int(answer["deleted"])

    def purge(self, *, everywhere: bool = False) -> bool:
        names = sorted(set(self.targets().values()))
        if not names:
            return False
        try:
            about = self._client.indices.stats(index=names, metric="docs")["indices"]
            dirty = [name for name in names if about[name]["primaries"]["docs"]["deleted"]]
            if dirty:
                client = self._client.options(request_timeout=MAINTENANCE_TIMEOUT_SECONDS)
                # Of an index that was made before the setting was among ours, too.
                client.indices.put_settings(index=dirty, settings=_FORGETFUL)
                client.indices.forcemerge(index=dirty, only_expunge_deletes=True)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return bool(dirty)

    def health(self) -> Health:
        try:
            client = self._client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)
            count = client.count(index=self.alias, query={"term": {"state": "live"}})["count"]
            (target, about), *_ = client.indices.get_mapping(index=self.alias).items()
            targets = self.targets()
        except NotFoundError:
            return Health(True, self.name, "", 0, "")
        except (ApiError, TransportError, EngineUnavailableError):
            return Health(False, self.name, "", 0, "")
        previous, building = targets.get(Role.PREVIOUS, ""), targets.get(Role.BUILDING, "")
        return Health(True, self.name, target, count, about["mappings"]["_meta"]["stamp"], previous, building)

    def _has_shelves(self, name: str) -> bool:
        """Whether an index has all fields that are written and searched: versions before ADR 22 had others."""
        try:
            known = self._client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err
        return bool(self._server.mappings()["properties"].keys() <= known.keys())

    def _create(self, role: Role) -> str:
        """A new index with the next number behind its alias; another process may have been quicker.

        A few random letters make the name one that never was: who knows an old one must not take this for it.
        """
        known = self._client.indices.get(index=f"{self.alias}-v*", features="aliases")
        numbers = [int(match.group(1)) for name in known if (match := re.search(r"-v(\d+)(-\w+)?$", name))]
        name = f"{self.alias}-v{max(numbers, default=0) + 1}-{secrets.token_hex(3)}"
        self._client.indices.create(
            index=name,
            settings=self._server.settings() | (_UNREAD if role == Role.BUILDING else {}),
            mappings=self._server.mappings() | {"_meta": {"stamp": self.stamp()}},
            aliases={self._aliases[role]: {"is_write_index": True}},
        )
        return name

    def _let_go(self, role: Role, only: str) -> None:
        """Takes the part from the index that plays it, and removes it unless it plays another one; with ``only`` that one."""
        targets = self.targets()
        name = targets.pop(role, "")
        if name and only in ("", name):
            # First the part, which only who plays it can lose: an index that came into use meanwhile must stay.
            self._change([_removed(name, self._aliases[role])])
            if name not in targets.values():
                self._change([{"remove_index": {"index": name}}])

    def _change(self, actions: Sequence[dict[str, Any]]) -> None:
        """All ``actions`` on aliases at once, or none."""
        try:
            self._client.indices.update_aliases(actions=actions)
        except (ApiError, TransportError) as err:
            raise _unavailable(err) from err


def _added(index: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": index, "alias": alias, "is_write_index": True}}


def _removed(index: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": alias, "must_exist": True}}


def _hit(hit: dict[str, Any]) -> Hit:
    # The date stands before the key in every order, in milliseconds.
    return Hit(hit["_id"], hit["_source"]["kind"], float(hit["_score"] or 0), hit["sort"][-2] / 1000)


def _unavailable(err: Exception) -> EngineUnavailableError:
    if isinstance(err, ApiError) and err.meta.status in _LESS_MAY_HELP:
        return EngineBusyError("Elasticsearch takes no more at the moment.")
    if isinstance(err, ApiError) and err.meta.status == _REFUSED:
        return TooMuchAskedError("Elasticsearch refuses the question.")
    return EngineUnavailableError(f"Elasticsearch can't answer ({type(err).__name__}).")
