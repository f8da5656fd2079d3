"""What an index has, field by field, and what it should have: for comparing the two."""

from __future__ import annotations

import json
import zlib
from datetime import datetime

from search import compounds, registry
from search.engines import elasticsearch_server
from search.engines.base import ANYBODY, Operation, Role
from search.engines.elasticsearch_bulk import CLOSED, OPEN, lines
from search.engines.sqlite_files import COLUMNS
from search.indexing import index_row
from search.maintenance import all_keys

LISTS = {
    "topic": "topic",
    "place": "place",
    "language": "languages",
    "author": "author",
    "publication_kind": "doctype",
}
"""Facets with lists of values, and how Elasticsearch calls them."""


def wanted():
    """{key: {field: value}} of the database."""
    parts = compounds.current()
    found = {}
    for key, document in registry.documents(all_keys()).items():
        about = lines([Operation(key, 1, index_row(document, parts), document.updated)])[1]
        found[key] = {name: _comparable(value) for name, value in about.items()}
    return found


def differing(engine):
    """{key: {field: (in the index, in the database)}} of what isn't the same; empty where all is well."""
    right = wanted()
    there = _in_sqlite(engine, right) if engine.name == "fts5" else _in_elasticsearch(engine)
    found = {}
    for key in there.keys() | right.keys():
        one, other = there.get(key, {}), right.get(key, {})
        names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
        if names or (key in there) != (key in right):
            found[key] = {name: (one.get(name), other.get(name)) for name in names}
    return found


def _comparable(value):
    return (sorted(value) if isinstance(value, list) else value) or None


def _in_sqlite(engine, right):
    """What FTS5 keeps is compared; what only Elasticsearch keeps is taken for right."""
    connection = engine._files.connect(engine._path(Role.CURRENT))
    found = {}
    rows = connection.execute("SELECT id, key, kind, locale, live_to, published FROM doc WHERE gone = 0").fetchall()
    for doc, key, kind, locale, live_to, published in rows:
        facets = {}
        for name, value in connection.execute("SELECT name, value FROM facet WHERE doc = ?", (doc,)):
            facets.setdefault(name, []).append(value)
        packed = connection.execute("SELECT fields FROM packed WHERE doc = ?", (doc,)).fetchone()[0]
        known = right.get(key, {})
        acl = sorted(token for (token,) in connection.execute("SELECT token FROM acl WHERE doc = ?", (doc,)))
        shelf = OPEN if ANYBODY in acl else CLOSED
        found[key] = {
            **{name: known.get(name) for name in ("doc_key", "state", "translation_key", "site", "updated")},
            "live_to": _same_time(known.get("live_to"), live_to),
            "published": _same_time(known.get("published"), published),
            "kind": kind,
            "locale": locale,
            "acl": acl,
            **{name: sorted(facets.get(facet, [])) or None for facet, name in LISTS.items()},
            "year": int(facets["year"][0]) if "year" in facets else None,
            **{
                shelf + name: text or None
                for name, text in zip(COLUMNS, json.loads(zlib.decompress(packed)), strict=True)
            },
        }
    return found


def _same_time(text, seconds):
    """``text`` where it is that moment, else what is kept."""
    return text if (datetime.fromisoformat(text).timestamp() if text else None) == seconds else seconds


def keep_everything(monkeypatch):
    """Makes Elasticsearch give back the token fields too, which it indexes without keeping them otherwise."""
    schema = json.loads(elasticsearch_server.SCHEMA)
    del schema["mappings"]["_source"]
    monkeypatch.setattr(elasticsearch_server, "SCHEMA", json.dumps(schema))


def _in_elasticsearch(engine):
    query = {"term": {"state": "live"}}
    hits = engine._client.search(index=engine.alias, size=1000, query=query)["hits"]["hits"]
    return {hit["_id"]: {name: _comparable(value) for name, value in hit["_source"].items()} for hit in hits}
