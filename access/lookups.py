"""A lookup for what a small subquery names among very many rows.

``translation_key__among=rows.values("key")`` finds the same as ``__in``. PostgreSQL plans a semi-join for that, and where
more than eight tables are joined it reads all of them first: a page's five relatives took as long as the archive is large.
As an array the subquery is answered first and the index is asked for what it named, one by one. Not for subqueries that
look at the outer row, nor in an "or" with what no index answers: then every row is compared with every element.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Field
from django.db.models.lookups import In


class Among(In):
    """See the module."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: Any) -> str:
        if connection.vendor != "postgresql" or self.rhs_is_direct_value():
            return str(super().get_rhs_op(connection, rhs))
        return f"= ANY(ARRAY{rhs})"


def register_lookups() -> None:
    """Makes the lookup known to all fields; called once from ``ready()``."""
    Field.register_lookup(Among)
