"""What choosers show."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from access.bulk_actions import BULK_ACTIONS
from access.editorial import knowable_pages, may_see_reports
from access.visitor import account_of


@hooks.register("construct_page_chooser_queryset")
def choose_known_pages_only(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """The page chooser lists what the user may know of."""
    return pages.filter(pk__in=knowable_pages(account_of(request)).order_by().values("pk"))


@hooks.register("construct_reports_menu", order=1000)
def hide_reports(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Nothing to click that answers 404."""
    if not may_see_reports(account_of(request)):
        menu_items.clear()


for action_class in BULK_ACTIONS:
    hooks.register("register_bulk_action", action_class, order=1000)
