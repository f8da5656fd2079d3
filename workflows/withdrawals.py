"""What a reader gets at the address of something withdrawn: 410 and the reason, if it was public before."""

from __future__ import annotations

from wagtail.models import Page

from access.visibility import is_visible
from access.visitor import Visitor
from workflows.models import Withdrawal


def at(url_path: str, page: Page | None, visitor: Visitor) -> Withdrawal | None:
    """The withdrawal to tell ``visitor`` about at an address in the tree, at which ``page`` is or nothing any more.

    None means 404 as for everything hidden: where the page is live again, was never public, or lies
    in a part of the tree that is closed to this visitor by now. Two queries, whatever there is: the
    time that a refusal takes must not tell what is refused.
    """
    rows = Withdrawal.objects.filter(was_public=True)
    rows = rows.filter(url_path=url_path) if page is None else rows.filter(page_id=page.pk)
    found, above = rows.order_by("-pk").first(), _nearest_above(url_path)
    if page is not None:
        is_open = not page.live and visitor.boundary.admits(page)
    else:
        is_open = above is not None and is_visible(above, visitor)
    return found if is_open else None


def _nearest_above(url_path: str) -> Page | None:
    """The nearest page that there is above an address."""
    parts = url_path.rstrip("/").split("/")
    places = ["/".join(parts[:end]) + "/" for end in range(1, len(parts))]
    return Page.objects.filter(url_path__in=places).order_by("-depth").first()
