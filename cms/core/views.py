"""From an address to a page, in two queries whatever the depth of the tree."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, Site

from access import prepared
from access.visitor import Visitor
from cms.core.chosen import Chosen
from cms.core.frame import site_of
from cms.core.models import BasePage
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
    visitor = Visitor.of(request)
    visitor.boundary  # noqa: B018  # read for every address, or the time of a refusal would tell what is there
    page = _page_at(url_path)
    try:
        if page is None:
            raise Http404
        route = page.admit(request)
    except Http404:
        withdrawal = withdrawals.at(url_path, page, visitor)
        if withdrawal is None:
            raise
        return render(request, "410.html", {"withdrawal": withdrawal}, status=410)
    request._wagtail_route_for_request = route  # type: ignore[attr-defined]  # where Wagtail's view looks first
    chosen = Chosen.of(visitor)
    chosen.pages.append(route.page)
    response: HttpResponseBase = wagtail_views.serve(request, path)
    chosen.load()  # the template is rendered later, when all that it shows is known
    return response


def _url_path(request: HttpRequest, path: str) -> str | None:
    """The place in the tree that the address names, in the active language. None where there is no site."""
    site = site_of(request)
    if site is None:
        return None
    language = get_supported_content_language_variant(get_language())
    for root in Site.get_site_root_paths():
        if root.site_id == site.pk and root.language_code == language:
            return f"{root.root_path}{path}"
    return None


def _page_at(url_path: str) -> BasePage | None:
    """The page with this place in the tree, as its own type, live or not. One query."""
    slug = url_path.rstrip("/").rpartition("/")[2]
    row = next(iter(prepared.rows(_at, slug=slug, url_path=url_path)), None)
    page = own_type(row) if row is not None else None
    return page if isinstance(page, BasePage) else None


def _at(slug: Any, url_path: Any) -> QuerySet[Page]:
    pages = Page.objects.filter(slug=slug, url_path=url_path)  # the slug has an index, the path has not
    return joined(pages).order_by("path")[:1]
