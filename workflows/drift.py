"""The nightly check: does every public page say what was approved?

The gate can't see a change that goes past ``save()``: a statement in SQL, a bulk update, a restored
table. This compares each live row with the hash in its record.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from wagtail.models import Page

from workflows.approvals import assert_content_approved
from workflows.exceptions import NotApproved
from workflows.gate import ApprovalGateMixin

EVERY = timedelta(days=1)

logger = logging.getLogger(__name__)


def check_drift() -> list[int]:
    """Ids of the live pages whose content is not that of their approval; each one is logged as an error."""
    drifted = []
    for page in Page.objects.live().order_by("pk").specific().iterator(chunk_size=200):
        if isinstance(page, ApprovalGateMixin) and has_drifted(page):
            drifted.append(page.pk)
            logger.error("A public page differs from its approval", extra={"event": "drift", "page_id": page.pk})
    logger.info("Compared public pages with their approvals", extra={"event": "drift_checked", "drifted": len(drifted)})
    return drifted


def has_drifted(page: Page) -> bool:
    """Whether ``page``, which is live and was read as its own type, says something else than was approved."""
    try:
        assert_content_approved(page, page.live_revision_id, page)
    except NotApproved:
        return True
    return False
