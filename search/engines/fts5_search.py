"""The statements with which the embedded engine answers.

The hits of the words go into a temporary table with one bit per selected facet; totals, hits and
every facet are counted from it, so a facet is counted without its own selection but with all others.
Tokens are letters and digits only and each is quoted, so no input can be an operator.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from search.engines.base import FACETS, FacetValue, Hit, Lookup, SearchRequest, Sort, asks_as_anybody
from search.engines.sqlite_files import ALL, COLUMNS, OPEN
from search.matching import Both, Condition, Fact, Form, Group, Plan, Without, Years
from search.ranking import (
    FACET_SIZE,
    FIELD_WEIGHTS,
    GLOSSARY_BOOST,
    GLOSSARY_KIND,
    GLOSSARY_MAX_WORDS,
    MATCH_FIELDS,
    OWN_LANGUAGE_BOOST,
    RELATED_WEIGHT,
)

_WEIGHTS = ", ".join(str(FIELD_WEIGHTS.get(column, 0.0)) for column in COLUMNS)
_LIFTED = f"h.score * iif(d.locale = ?, {OWN_LANGUAGE_BOOST}, 1.0)"
_ORDERS = {
    Sort.RELEVANCE: "lifted DESC, d.published DESC, d.key",
    Sort.NEWEST: "d.published DESC, d.key",
    Sort.OLDEST: "d.published, d.key",
}


@dataclass(frozen=True)
class Answer:
    """What the statements found."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]


def run_search(connection: sqlite3.Connection, request: SearchRequest) -> Answer:
    """Answers ``request`` in one snapshot of the file."""
    if request.plan.is_empty and not request.match_all:
        return Answer(0, (), {facet: _with_selected([], request.filters.get(facet)) for facet in FACETS})
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS hits(id INTEGER PRIMARY KEY, score REAL, mask INTEGER)")
    connection.execute("BEGIN")
    try:
        connection.execute("DELETE FROM temp.hits")
        selected = [facet for facet in FACETS if request.filters.get(facet)]
        full = (1 << len(selected)) - 1
        _collect(connection, request, selected)
        shelf = _shelf(request.tokens)
        _lift_texts(connection, request.plan, shelf)
        _lift_glossary(connection, request.plan, shelf)
        total = connection.execute("SELECT count(*) FROM temp.hits WHERE mask = ?", (full,)).fetchone()[0]
        hits = _page(connection, request, full)
        facets = _facets(connection, request, selected, full) if request.with_facets else {}
    finally:
        connection.rollback()
    return Answer(total, hits, facets)


def _shelf(tokens: frozenset[str] | None) -> str:
    return OPEN if asks_as_anybody(tokens) else ALL


def _score(shelf: str) -> str:
    return f"-bm25({shelf}, {_WEIGHTS}) * recency(d.published)"


def _on(shelf: str) -> str:
    """What a shelf has of ``MATCH ?``, each with its row ``d``."""
    return f"FROM {shelf} CROSS JOIN doc d ON d.id = {shelf}.rowid WHERE {shelf} MATCH ?"


def expression(plan: Plan, *, related: bool = True) -> str:
    """``plan`` in FTS5's language, with the ``related`` names or without; empty where nothing is required."""
    if not plan.required:
        return ""
    wanted = " AND ".join(_required(plan.required, related=related))
    if plan.together:
        wanted = f"({wanted}) OR {_in_fields(MATCH_FIELDS, plan.together.forms)}"
    if plan.excluded:
        wanted = f"({wanted}) NOT ({_excluded(plan)})"
    return wanted


def _excluded(plan: Plan) -> str:
    return " OR ".join(_in_fields(MATCH_FIELDS, group.forms) for group in plan.excluded)


def _required(groups: Sequence[Group], *, related: bool = True, in_title: bool = False) -> Iterator[str]:
    """``groups``; those with the same other names together, or one of these names."""
    for also, several in groupby(groups, key=lambda group: group.also):
        own = " AND ".join(_in_fields(("t",), group.forms) if in_title else _group(group) for group in several)
        names = _in_fields(("t",) if in_title else MATCH_FIELDS, also) if also and related else ""
        yield f"(({own}) OR {names})" if names else own


def _group(group: Group) -> str:
    found = _in_fields(("t",) if group.in_title else MATCH_FIELDS, group.forms)
    return f"({found} OR {_in_fields(('tx',), group.surfaces)})" if group.surfaces else found


def _in_fields(fields: Sequence[str], forms: Sequence[Form]) -> str:
    quoted = " OR ".join('"' + " ".join(form) + '"' for form in forms)
    return f"{{{' '.join(fields)}}} : ({quoted})"


def _collect(connection: sqlite3.Connection, request: SearchRequest, selected: Sequence[str]) -> None:
    shelf = _shelf(request.tokens)
    mask, mask_values = _mask(request, selected)
    allowed, allowed_values = _allowed(request)
    if request.only is not None:
        allowed += " AND d.key IN (SELECT value FROM json_each(?))"
        allowed_values.append(json.dumps(sorted(request.only)))
    for condition in request.plan.conditions:
        sql, values = _meets(condition, shelf)
        allowed, allowed_values = f"{allowed} AND {sql}", [*allowed_values, *values]
    # What has the words themselves first: bm25 knows no weight of a word, only the whole hit can count less.
    matches = dict.fromkeys([expression(request.plan, related=False), expression(request.plan)])
    for weight, match in zip((1.0, RELATED_WEIGHT), filter(None, matches), strict=False):
        # CROSS JOIN keeps the index first; "rowid IN (SELECT …)" around a match is forty times slower.
        sql = f"INSERT OR IGNORE INTO temp.hits SELECT d.id, {weight} * {_score(shelf)}, {mask} {_on(shelf)} AND {allowed}"
        connection.execute(sql, (*mask_values, match, *allowed_values))
    if request.plan.required:
        return
    sql = f"INSERT INTO temp.hits SELECT d.id, 0.0, {mask} FROM doc d WHERE {allowed}"  # noqa: S608  # own names only
    connection.execute(sql, (*mask_values, *allowed_values))
    if request.plan.excluded:
        connection.execute(f"DELETE FROM temp.hits WHERE id IN ({_rows(shelf)})", [_excluded(request.plan)])  # noqa: S608


def _rows(shelf: str) -> str:
    return f"SELECT rowid FROM {shelf} WHERE {shelf} MATCH ?"  # noqa: S608


def _meets(condition: Condition, shelf: str) -> tuple[str, list[str | float]]:
    """``condition`` as SQL about ``d``, with its values."""
    if isinstance(condition, Group):
        return f"d.id IN ({_rows(shelf)})", [_group(condition)]
    if isinstance(condition, Years):
        sql = "EXISTS (SELECT 1 FROM facet v WHERE v.doc = d.id AND v.name = 'year' AND CAST(v.value AS INTEGER) BETWEEN ? AND ?)"
        return sql, [condition.first, condition.last]
    if isinstance(condition, Fact):
        # One variable for all values: a common name may stand for more authors than a statement takes variables.
        sql = "EXISTS (SELECT 1 FROM facet v JOIN json_each(?) j ON v.name = j.value ->> 0 AND v.value = j.value ->> 1 WHERE v.doc = d.id)"
        return sql, [json.dumps(sorted(condition.values))]
    if isinstance(condition, Without):
        sql, values = _meets(condition.part, shelf)
        return f"NOT {sql}", values
    found = [_meets(each, shelf) for each in condition.parts]
    joined = (" AND " if isinstance(condition, Both) else " OR ").join(sql for sql, _values in found)
    return f"({joined})", [value for _sql, values in found for value in values]


def _mask(request: SearchRequest, selected: Sequence[str]) -> tuple[str, list[str]]:
    parts, values = ["0"], []
    for bit, facet in enumerate(selected):
        wanted = sorted(request.filters[facet])
        parts.append(
            f"(EXISTS (SELECT 1 FROM facet v WHERE v.doc = d.id AND v.name = ? AND v.value IN ({_marks(wanted)}))) << {bit}"  # noqa: S608
        )
        values += [facet, *wanted]
    return " | ".join(f"({part})" for part in parts), values


def _allowed(asked: SearchRequest | Lookup) -> tuple[str, list[str | float]]:
    sql = "d.gone = 0 AND (d.live_to IS NULL OR d.live_to > ?)"
    values: list[str | float] = [(asked.now or datetime.now(UTC)).timestamp()]
    if asked.tokens is not None:
        sql += f" AND EXISTS (SELECT 1 FROM acl WHERE acl.doc = d.id AND acl.token IN ({_marks(asked.tokens)}))"  # noqa: S608
        values += sorted(asked.tokens)
    if asked.hidden:
        sql += f" AND d.key NOT IN ({_marks(asked.hidden)})"
        values += sorted(asked.hidden)
    return sql, values


def _marks(values: Sequence[str] | frozenset[str]) -> str:
    return ", ".join("?" * len(values))


def _lift_texts(connection: sqlite3.Connection, plan: Plan, shelf: str) -> None:
    """Words in fields and brackets filter first; where they stand decides the order all the same."""
    if plan.texts:
        match = " OR ".join(_group(group) for group in plan.texts)
        sql = f"WITH found AS MATERIALIZED (SELECT d.id AS id, {_score(shelf)} AS score {_on(shelf)}) UPDATE temp.hits SET score = hits.score + found.score FROM found WHERE hits.id = found.id"  # noqa: S608  # own names only
        connection.execute(sql, (match,))


def _lift_glossary(connection: sqlite3.Connection, plan: Plan, shelf: str) -> None:
    """A glossary term whose name has all words of a short query comes first."""
    if not plan.required or len(plan.required) > GLOSSARY_MAX_WORDS:
        return
    match = " AND ".join(_required(plan.required, in_title=True))
    found = connection.execute(f"SELECT d.id {_on(shelf)} AND d.kind = ?", (match, GLOSSARY_KIND)).fetchall()
    connection.executemany(f"UPDATE temp.hits SET score = score * {GLOSSARY_BOOST} WHERE id = ?", found)  # noqa: S608


def _page(connection: sqlite3.Connection, request: SearchRequest, full: int) -> tuple[Hit, ...]:
    behind, values = "", []
    if request.after:
        at, key = request.after
        behind, values = "AND (d.published < ? OR (d.published = ? AND d.key > ?))", [at, at, key]
    sql = f"SELECT d.key, d.kind, {_LIFTED} AS lifted, d.published FROM temp.hits h JOIN doc d ON d.id = h.id WHERE h.mask = ? {behind} ORDER BY {_ORDERS[request.sort]} LIMIT ? OFFSET ?"  # noqa: S608
    rows = connection.execute(sql, (request.locale, full, *values, request.size, request.offset))
    return tuple(Hit(*row) for row in rows)


def _facets(
    connection: sqlite3.Connection, request: SearchRequest, selected: Sequence[str], full: int
) -> dict[str, tuple[FacetValue, ...]]:
    counted: dict[str, list[tuple[str, int]]] = {facet: [] for facet in FACETS}
    rest = [facet for facet in FACETS if facet not in selected]
    sql = f"SELECT v.name, v.value, count(*) FROM temp.hits h JOIN facet v ON v.doc = h.id WHERE h.mask = ? AND v.name IN ({_marks(rest)}) GROUP BY 1, 2"  # noqa: S608
    for name, value, count in connection.execute(sql, (full, *rest)):
        counted[name].append((value, count))
    sql = "SELECT v.value, count(*) FROM temp.hits h JOIN facet v ON v.doc = h.id AND v.name = ? WHERE (h.mask | ?) = ? GROUP BY 1"
    for bit, facet in enumerate(selected):
        counted[facet] = connection.execute(sql, (facet, 1 << bit, full)).fetchall()
    return {facet: _with_selected(values, request.filters.get(facet)) for facet, values in counted.items()}


def _with_selected(values: Sequence[tuple[str, int]], chosen: frozenset[str] | None) -> tuple[FacetValue, ...]:
    """Most hits first; what is selected is listed even where it has none."""
    chosen = chosen or frozenset()
    counts = dict.fromkeys(chosen, 0) | dict(values)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = ordered[:FACET_SIZE] + [item for item in ordered[FACET_SIZE:] if item[0] in chosen]
    return tuple(FacetValue(value, count, value in chosen) for value, count in kept)


def run_lookup(connection: sqlite3.Connection, lookup: Lookup) -> list[Hit]:
    """What ``lookup`` finds, best first."""
    if not lookup.words:
        return []
    allowed, values = _allowed(lookup)
    match = " AND ".join(f'a : "{word}"' for word in lookup.words)
    shelf, weights = _shelf(lookup.tokens), "0.0, " * (len(COLUMNS) - 1) + "1.0"
    sql = f"SELECT d.key, d.kind, -bm25({shelf}, {weights}) AS score {_on(shelf)} AND d.locale = ? AND {allowed} ORDER BY score DESC, d.published DESC, d.key LIMIT ?"
    rows = connection.execute(sql, (match, lookup.locale, *values, lookup.size))
    return [Hit(key, kind, score) for key, kind, score in rows]
