"""The nightly check: does every public page say what was approved?

The gate can't see a change that goes past ``save()``: a statement in SQL, a bulk update, a restored
table. This compares each live row with the hash in its record.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from workflows.approvals import assert_content_approved
from workflows.content import content_hash
from workflows.exceptions import NotApproved
from workflows.gate import ApprovalGateMixin
from workflows.models import ApprovalRecord

EVERY = timedelta(days=1)
AT_ONCE = 200
"""Pages in memory."""

logger = logging.getLogger(__name__)


def check_drift() -> list[int]:
    """Ids of the live pages whose content is not that of their approval; each one is logged as an error."""
    drifted: list[int] = []
    for pages in _portions():
        approved = ApprovalRecord.objects.valid_of({page.pk for page in pages})
        for page in pages:
            # Asked once more by the gate's own rule: what the live revision has may have been purged, or read otherwise.
            if not _says_what_was_approved(page, approved[page.pk]) and has_drifted(page):
                drifted.append(page.pk)
                logger.error("A public page differs from its approval", extra={"event": "drift", "page_id": page.pk})
    logger.info("Compared public pages with their approvals", extra={"event": "drift_checked", "drifted": len(drifted)})
    return drifted


def _portions() -> Iterator[list[Any]]:
    """The live pages that the gate guards, with their child rows: a statement for each type and table of a portion."""
    live, last = Page.objects.live().order_by("pk"), 0
    while portion := list(live.filter(pk__gt=last).specific()[:AT_ONCE]):
        last = portion[-1].pk
        pages = [page for page in portion if isinstance(page, ApprovalGateMixin)]
        for model in {type(page) for page in pages}:
            relations = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
            prefetch_related_objects([page for page in pages if type(page) is model], *relations)
        yield pages


def _says_what_was_approved(page: Any, approved: Collection[tuple[int, str]]) -> bool:
    """Whether the content of ``page`` is that of one of these approvals, each (revision, hash), of its live revision."""
    shown = content_hash(page.serializable_data())
    return any(known == shown and page.live_revision_id in (revision, None) for revision, known in approved)


def has_drifted(page: Page) -> bool:
    """Whether ``page``, which is live and was read as its own type, says something else than was approved."""
    try:
        assert_content_approved(page, page.live_revision_id, page)
    except NotApproved:
        return True
    return False
