"""From an address to a page, in two queries whatever the depth of the tree."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, Site

from access.visitor import Visitor
from cms.core.models import BasePage, SiteSettings
from cms.core.types import joined, own_type
from workflows import withdrawals


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Wagtail's view with our own routing.

    Wagtail's asks two queries per level of the tree. What was public and was withdrawn answers 410
    with its reason; everything else that the visitor may not see isn't there.
    """
    url_path = _url_path(request, path)
    if url_path is None:
        raise Http404
    page = _page_at(url_path)
    try:
        if page is None:
            raise Http404
        route = page.admit(request)
    except Http404:
        withdrawal = (page and withdrawals.for_page(page, Visitor.of(request))) or withdrawals.for_path(
            url_path, Visitor.of(request)
        )
        if withdrawal is None:
            raise
        return render(request, "410.html", {"withdrawal": withdrawal}, status=410)
    request._wagtail_route_for_request = route  # type: ignore[attr-defined]  # where Wagtail's view looks first
    response: HttpResponseBase = wagtail_views.serve(request, path)
    return response


def _url_path(request: HttpRequest, path: str) -> str | None:
    """The place in the tree that the address names, in the active language. None where there is no site."""
    site = _site(request)
    if site is None:
        return None
    language = get_supported_content_language_variant(get_language())
    for root in Site.get_site_root_paths():
        if root.site_id == site.pk and root.language_code == language:
            return f"{root.root_path}{path}"
    return None


def _site(request: HttpRequest) -> Site | None:
    """The site, with its settings in the same query where there is only one site."""
    if len({root.site_id for root in Site.get_site_root_paths()}) == 1:
        settings = SiteSettings.objects.select_related("site__root_page").first()
        if settings is not None and settings.site.is_default_site:
            request._wagtail_site = settings.site  # type: ignore[attr-defined]  # Wagtail's own memo
            setattr(request, SiteSettings.get_cache_attr_name(), settings)
            return settings.site
    return Site.find_for_request(request)


def _page_at(url_path: str) -> BasePage | None:
    """The page with this place in the tree, as its own type, live or not. One query."""
    slug = url_path.rstrip("/").rpartition("/")[2]
    row = joined(Page.objects.filter(slug=slug, url_path=url_path)).first()  # the slug has an index, the path has not
    page = own_type(row) if row is not None else None
    return page if isinstance(page, BasePage) else None
