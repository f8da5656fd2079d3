"""The machine side of the site: language redirect, sitemap, robots, security contact, health."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from cms.core.frame import site_settings
from home.sitemaps import LanguageSitemap, PublicPages
from search import status

SECURITY_TEXT_VALID_FOR = timedelta(days=180)
XML = "application/xml; charset=utf-8"
CLOSED_TO_ROBOTS = ("/admin/", "/api/")


@require_safe
def to_language(request: HttpRequest) -> HttpResponse:
    """Sends a visitor of ``/`` to the tree of their language. No cookie remembers it."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process serves and reaches its database; how search is, to those who have ``MONITORING_TOKEN``."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", content_type="text/plain; charset=utf-8", status=503)
    if _is_monitor(request):
        response = JsonResponse({"database": "ok", "search": status.read().as_data()})
        response["Cache-Control"] = "private, no-store"
        return response
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _is_monitor(request: HttpRequest) -> bool:
    token = settings.MONITORING_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(given, f"Bearer {token}")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read all that readers read; result pages and the admin are nothing for them."""
    searches = [f"/{code}/search/" for code, _name in settings.LANGUAGES]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in (*CLOSED_TO_ROBOTS, *searches)),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness. 404 while no contact is set: a wrong one helps nobody."""
    from access.views import not_found  # the site's own 404

    site = site_settings(request)
    contact = (site.security_email or site.contact_email) if site else ""
    if not contact:
        return not_found(request)
    expires = (timezone.now() + SECURITY_TEXT_VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expires.isoformat()}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Where the sitemaps of the languages are."""
    context = {"sitemaps": PublicPages(request).index()}
    return render(request, "sitemap_index.xml", context, content_type=XML)


@require_safe
def language_sitemap(request: HttpRequest, language: str) -> HttpResponse:
    """One part of what anybody may read in a language; ``?p=`` says which. 404 for a part that isn't there."""
    pages = PublicPages(request)
    sections: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
        code: LanguageSitemap(code, pages) for code in pages.roots
    }
    response: HttpResponse = sitemap_views.sitemap(request, sections, section=language, content_type=XML)
    return response
