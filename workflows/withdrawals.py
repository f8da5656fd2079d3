"""What a reader gets at the address of something withdrawn: 410 and the reason, if it was public before."""

from __future__ import annotations

from wagtail.models import Page

from access.visibility import is_visible
from access.visitor import Visitor
from workflows.models import Withdrawal


def for_page(page: Page, visitor: Visitor) -> Withdrawal | None:
    """The withdrawal to tell ``visitor`` about at the address of ``page``; None means 404 as for everything hidden.

    None too where the page is live again, was never public, or lies in a part of the tree that is
    closed to this visitor by now.
    """
    if page.live or not visitor.boundary.admits(page):
        return None
    return Withdrawal.objects.filter(page_id=page.pk, was_public=True).order_by("-pk").first()


def for_path(url_path: str, visitor: Visitor) -> Withdrawal | None:
    """The same for an address in the tree (``Page.url_path``) at which there is no page any more."""
    parts = url_path.rstrip("/").split("/")
    places = ["/".join(parts[:end]) + "/" for end in range(1, len(parts) + 1)]
    nearest = Page.objects.filter(url_path__in=places).order_by("-depth").first()
    if nearest is None or nearest.url_path == url_path or not is_visible(nearest, visitor):
        return None
    return Withdrawal.objects.filter(url_path=url_path, was_public=True).order_by("-pk").first()
