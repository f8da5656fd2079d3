"""Questions to the database that are put together once and asked again with other values.

Django takes far longer to put the rule of reading together and to write it as SQL than a database to answer it: nine
tenths of what a file cost. A *question* is a function that makes a queryset of what it is given and of nothing else. What
decides how its SQL looks is its *shape*; what only stands in it as a value is given by name. The SQL of each shape is kept,
the answer never: the database is asked each time, and the clock with it.

A question may not read the clock, the language, the request or the database: what it read would stay. A time in the
finished SQL is refused. Where ``PREPARED_QUESTIONS_CHECKED`` is set, as in the tests, a question whose SQL was
kept is put together again whenever it is asked, and must come out the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connections
from django.db.models import BigIntegerField, CharField, DateTimeField, Field, QuerySet, UUIDField, Value
from django.db.models.sql.where import WhereNode

Question = Callable[..., QuerySet[Any, Any]]

KEPT = 512
"""Shapes. One has some forty kilobytes."""
FIELDS: dict[type, type[Field[Any, Any]]] = {
    int: BigIntegerField,
    str: CharField,
    UUID: UUIDField,
    datetime: DateTimeField,
}
"""The types that values have, and as what they are handed to the database."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d\b")
"""A day or a time, as SQLite gets it."""


@dataclass(frozen=True)
class _Kind:
    """What the shape knows of a value: its type, and how many places it takes; None for one by itself.

    The places of a list are a power of four, the last of the list fills those left: so there are few shapes.
    """

    name: str
    type: type
    count: int | None

    @classmethod
    def of(cls, name: str, value: Any) -> _Kind:
        several = isinstance(value, list)
        example = (value[0] if value else "") if several else value
        for kind in FIELDS:
            if isinstance(example, kind):
                return cls(name, kind, _places(len(value)) if several else None)
        raise TypeError(
            f"{name} is a {type(example).__name__}; a question takes {', '.join(k.__name__ for k in FIELDS)}."
        )


def _places(count: int) -> int:
    return max(4, 1 << ((count - 1).bit_length() + 1) // 2 * 2) if count else 0


class _Parameter:
    """Stands in the SQL of a question until it is asked."""

    def __init__(self, slot: Slot, at: int | None) -> None:
        self.place, self.field = (slot.kind.name, at), slot.output_field

    def filled(self, values: Mapping[str, Any], connection: Any) -> Any:
        """Its value among ``values`` as the database wants it."""
        name, at = self.place
        value = values[name] if at is None else values[name][min(at, len(values[name]) - 1)]
        return self.field.get_db_prep_value(value, connection=connection)


class Slot(Value):
    """A value in a question, of which the question knows nothing. That of a list goes behind ``__in``.

    Nothing may be decided by it (``if number``): that would be decided for all values alike, and Django itself asks
    whether expressions are true, so that it can't be refused.
    """

    def __init__(self, kind: _Kind) -> None:
        super().__init__(None, output_field=FIELDS[kind.type]())
        self.kind = kind

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """``%s``, or ``(%s, …)`` for a list. Raises EmptyResultSet for an empty one: nothing is in it."""
        count = self.kind.count
        if count is None:
            return "%s", [_Parameter(self, None)]
        if not count:
            raise EmptyResultSet
        return f"({', '.join(['%s'] * count)})", [_Parameter(self, at) for at in range(count)]


class _Prepared:
    """The SQL of a question in one shape."""

    def __init__(self, question: Question, shape: Sequence[Hashable], kinds: Sequence[_Kind]) -> None:
        self.queryset = question(*shape, **{kind.name: Slot(kind) for kind in kinds})
        if not all(isinstance(each, str) for each in vars(self.queryset)["_prefetch_related_lookups"]):
            raise ImproperlyConfigured(f"What {question.__qualname__} prefetches by a query of its own would stay.")
        self.compiler = self.queryset.query.get_compiler(self.queryset.db)
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()
        if any(isinstance(each, date) or (isinstance(each, str) and _TIME.match(each)) for each in self.parameters):
            raise ImproperlyConfigured(f"A time would stay in {question.__qualname__} {shape}: give it by name.")
        # Written out by now, and otherwise kept twice and copied for each answer.
        self.queryset.query.where = self.compiler.where = WhereNode()
        self.queryset.query.combined_queries = ()
        self.compiler.connection = None  # that of the thread which was the first to ask

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """The answer with these values."""
        if not self.sql:
            return []
        compiler = copy(self.compiler)
        connection = compiler.connection = connections[self.queryset.db]
        filled = tuple(p.filled(values, connection) if isinstance(p, _Parameter) else p for p in self.parameters)
        compiler.as_sql = lambda *args, **options: (self.sql, filled)
        queryset = self.queryset.all()
        # The only thing that a queryset asks of its query.
        queryset.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]
        return list(queryset)

    def written(self) -> tuple[str, list[Any]]:
        """What another one is compared by."""
        return self.sql, [each.place if isinstance(each, _Parameter) else each for each in self.parameters]


def rows(question: Question, *shape: Hashable, **values: Any) -> list[Any]:
    """What ``question(*shape, **values)`` finds. A value has one of the types in ``FIELDS``, or is a list of one of them.

    The question gets a ``Slot`` in the place of each value. Raises TypeError for other values.
    """
    kinds = tuple(_Kind.of(name, value) for name, value in values.items())
    made = _prepared.cache_info().misses
    prepared = _prepared(question, shape, kinds)
    checked = settings.PREPARED_QUESTIONS_CHECKED and _prepared.cache_info().misses == made
    if checked and _Prepared(question, shape, kinds).written() != prepared.written():
        raise ImproperlyConfigured(f"{question.__qualname__} depends on more than what it is given: {shape}")
    return prepared.rows(values)


@lru_cache(KEPT)
def _prepared(question: Question, shape: tuple[Hashable, ...], kinds: tuple[_Kind, ...]) -> _Prepared:
    return _Prepared(question, shape, kinds)


def forget() -> None:
    """Forgets all SQL. After migrations: they may give other keys to content types, which stand in it."""
    _prepared.cache_clear()
