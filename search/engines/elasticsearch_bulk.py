"""Operations as lines of a bulk request, and its results back again. Calls nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.base import MAX_TEXT, ItemResult, Operation, Outcome
from search.exceptions import EngineUnavailableError, IndexLostError

TOKEN_FIELDS = ("t", "tx", "s", "b", "f", "p", "a")
OPEN, CLOSED = SHELVES = ("", "closed_")
"""What the fields begin with that have the words of what anybody may find, and of what only some may: Elasticsearch
counts each field by itself."""
_FACET_FIELDS = {
    "topic": "topic",
    "place": "place",
    "language": "languages",
    "publication_kind": "doctype",
    "author": "author",
}
_CONFLICT, _WRONG = 409, 400
_BUSY = frozenset({429, 503})
_LOST = frozenset({"index_not_found_exception", "index_closed_exception", "cluster_block_exception"})
"""What is wrong with the whole index: it is missing, closed, or read-only."""


def lines(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    """The lines of a bulk request: for each operation what to do, and the document."""
    found: list[dict[str, Any]] = []
    for each in operations:
        about = {"_id": each.key, "version": each.version, "version_type": "external_gte", "require_alias": True}
        found += [{"index": about}, _document(each)]
    return found


def item_result(item: Mapping[str, Any]) -> ItemResult:
    """What became of one operation. Raises an error where the document isn't to blame: nothing else would go better."""
    status = item["status"]
    if status < 300:
        return ItemResult(item["_id"], Outcome.WRITTEN)
    if status == _CONFLICT:
        return ItemResult(item["_id"], Outcome.SUPERSEDED)
    # The type only: reasons quote the text that was refused.
    kind = str(item["error"]["type"])
    if kind in _LOST:
        raise IndexLostError(f"The search index can't be written ({kind}).")
    if status in _BUSY:
        return ItemResult(item["_id"], Outcome.BUSY, kind)
    if status != _WRONG:
        raise EngineUnavailableError(f"Elasticsearch refuses every write ({kind}).")
    return ItemResult(item["_id"], Outcome.REFUSED, kind)


def _document(operation: Operation) -> dict[str, Any]:
    row = operation.row
    if row is None:
        return {"doc_key": operation.key, "state": "gone", "updated": operation.at.isoformat()}
    years = row.facets.get("year", ())
    shelf = OPEN if row.is_open else CLOSED
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
        **{shelf + name: row.fields.get(name, "")[:MAX_TEXT] for name in TOKEN_FIELDS},
    }
