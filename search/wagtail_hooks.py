"""The screens of search in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter

from search import admin_urls
from search.board import urls as board_urls
from search.permissions import may_keep_board, may_run_search


@hooks.register("register_admin_urls")
def admin_addresses() -> list[URLResolver]:
    """Below ``/admin/search-index/`` and ``/admin/search-board/``."""
    return [path("search-index/", include(admin_urls)), path("search-board/", include(board_urls))]


class SearchIndexItem(MenuItem):
    """For administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Nothing to click that answers 404."""
        return may_run_search(request.user)


@hooks.register("register_reports_menu_item")
def search_index_item() -> MenuItem:
    """Below the reports."""
    return SearchIndexItem(
        _("Search index"), reverse("search_admin"), name="search-index", icon_name="search", order=920
    )


class BoardItem(MenuItem):
    """For editors and administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Nothing to click that answers 404."""
        return may_keep_board(request.user)


@hooks.register("register_reports_menu_item")
def board_item() -> MenuItem:
    """Below the reports."""
    return BoardItem(
        _("Searched and not found"), reverse("search_board"), name="search-board", icon_name="help", order=910
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the board writes into Wagtail's log."""

    @actions.register_action("search.promote")
    class Promoted(LogFormatter):
        label = _("Show a page for a search")
        message = _("A page stands on top of a search")

    @actions.register_action("search.demote")
    class Demoted(LogFormatter):
        label = _("Show no page for a search any more")
        message = _("No page stands on top of a search any more")
