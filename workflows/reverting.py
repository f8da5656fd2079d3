"""An older revision of a page, opened to be taken up again: its text, and not its dates.

An embargo or an expiry that was right a year ago is wrong today: approved as it stands it would publish at once, or
take the page down at once.
"""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet


class RevertView(RevisionsRevertView):
    """Core's screen of an older revision, as a draft without go-live and expiry."""

    def get_object(self) -> Any:
        """The page as the revision has it, its dates cleared."""
        page = super().get_object()
        page.go_live_at = page.expire_at = None
        return page


class ApprovedPageViewSet(PageViewSet):
    """Core's views for all pages, with ours where approval asks for it."""

    revisions_revert_view_class = RevertView
