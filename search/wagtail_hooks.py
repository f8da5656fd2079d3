"""The screen of search in the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search import admin_urls
from search.permissions import may_run_search


@hooks.register("register_admin_urls")
def admin_addresses() -> list[URLResolver]:
    """Below ``/admin/search-index/``."""
    return [path("search-index/", include(admin_urls))]


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
