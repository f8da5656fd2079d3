"""The one rule of which pages a visitor may see. Lists, search, feeds, sitemap, API and downloads ask here."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet
from wagtail.models import Page

from access.boundary import published_now
from access.visitor import Visitor

PageT = TypeVar("PageT", bound=Page)


def visible_to(pages: QuerySet[PageT], visitor: Visitor) -> QuerySet[PageT]:
    """``pages`` cut down to what ``visitor`` may read as published content, now.

    Works on ``Page`` and on every page type. Drafts are never in it, not even for those who may
    edit them: that is the admin's business.
    """
    return pages.filter(published_now(visitor.now), visitor.boundary.as_q())


def is_visible(page: Page, visitor: Visitor) -> bool:
    """The same rule for one page, by its row as loaded."""
    now = visitor.now
    return bool(
        page.live
        and (page.expire_at is None or page.expire_at > now)
        and (page.go_live_at is None or page.go_live_at <= now)
        and visitor.boundary.admits(page)
    )
