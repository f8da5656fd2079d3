"""The search of Wagtail's own lists and choosers: modelsearch's database backend, made safe for what people type.

Its SQLite side puts a typed ``"`` into the match expression, which is a 500, and takes a quoted
phrase as an expression of its own, which is an injection of operators. Ordering by relevance there
costs the square of the hits.
"""

from __future__ import annotations

from typing import Any

from modelsearch.query import And, Not, Or, Phrase, PlainText
from wagtail.search.backends import database


def plain(query: Any) -> Any:
    """``query`` without anything that the match expression could take for an operator.

    Takes a string or one of modelsearch's query objects; phrases become plain words, combined
    queries are cleaned part by part. Returns "" where no word is left.
    """
    if isinstance(query, str):
        return "".join(char if char.isalnum() else " " for char in query).strip()
    if isinstance(query, Phrase | PlainText):
        words = plain(query.query_string)
        return PlainText(words, operator=getattr(query, "operator", "and")) if words else ""
    if isinstance(query, And | Or):
        parts = [part for part in map(plain, query.subqueries) if part]
        return type(query)(parts) if parts else ""
    if isinstance(query, Not):
        part = plain(query.subquery)
        return Not(part) if part else ""
    return query


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  # the name that Wagtail looks for
    """Wagtail's database backend for the default database, with cleaned queries."""
    backend = database.SearchBackend(params)

    class PlainQueries(type(backend)):  # type: ignore[misc]  # chosen by the database
        def _search(self, compiler: type[Any], query: Any, objects: Any, **kwargs: Any) -> Any:
            kwargs["order_by_relevance"] = False
            return super()._search(compiler, plain(query), objects, **kwargs)

    return PlainQueries(params)
