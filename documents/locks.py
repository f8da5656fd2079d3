"""The one order in which rows are held: pages first, then files (``DocumentQuerySet.lock``), then what hangs on them.

Each kind by its primary key. Who keeps to it never waits for somebody who waits for them: a withdrawal must not end as
one of two that were in each other's way.
"""

from __future__ import annotations

from django.db.models import QuerySet
from wagtail.models import Page


def hold_pages(pages: QuerySet[Page], *, skip_locked: bool = False) -> list[int]:
    """Holds ``pages`` until the transaction ends and returns their primary keys; with ``skip_locked`` those that nobody
    else holds.

    Who waited here reads them afterwards. Whoever only points at one of them meanwhile doesn't wait.
    """
    rows = pages.order_by("pk").select_for_update(no_key=True, skip_locked=skip_locked)
    return list(rows.values_list("pk", flat=True))
