"""The machine side of the site: language redirect, sitemap, robots, security contact, health."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.frame import site_settings

SECURITY_TEXT_VALID_FOR = timedelta(days=180)
SITEMAP_LIMIT = 50_000
CLOSED_TO_ROBOTS = ("/admin/", "/api/")


@require_safe
def to_language(request: HttpRequest) -> HttpResponse:
    """Sends a visitor of ``/`` to the tree of their language. No cookie remembers it."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process serves and reaches its database; nothing more is told to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", content_type="text/plain; charset=utf-8", status=503)
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


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
def sitemap(request: HttpRequest) -> HttpResponse:
    """What anybody may read, with its translations. The same for every visitor, whoever is signed in.

    Two queries. ``lastmod`` is the last public change; drafts move nothing.
    """
    response = HttpResponse(content_type="application/xml; charset=utf-8")
    xml = SimplerXMLGenerator(response, "utf-8")
    xml.startDocument()
    xml.startElement(
        "urlset",
        AttributesImpl(
            {
                "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
                "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
            }
        ),
    )
    for page, address, group in _addresses(request):
        xml.startElement("url", AttributesImpl({}))
        xml.addQuickElement("loc", address)
        if page.last_published_at:
            xml.addQuickElement("lastmod", page.last_published_at.date().isoformat())
        if len(group) > 1:
            default = group.get(settings.LANGUAGE_CODE) or next(iter(group.values()))
            for code, link in [*group.items(), ("x-default", default)]:
                xml.addQuickElement("xhtml:link", "", {"rel": "alternate", "hreflang": code, "href": link})
        xml.endElement("url")
    xml.endElement("urlset")
    xml.endDocument()
    return response


def _addresses(request: HttpRequest) -> list[tuple[Page, str, dict[str, str]]]:
    """Each page with its address and those of its translations by language."""
    rows = visible_to(Page.objects.filter(depth__gt=1), Visitor()).select_related("locale").order_by("path")
    site = Site.find_for_request(request)
    found: list[tuple[Page, str]] = []
    groups: dict[UUID, dict[str, str]] = {}
    for page in rows[:SITEMAP_LIMIT]:
        address = page.get_full_url(request) if site else None
        if address:
            absolute = settings.SITE_URL + urlsplit(address).path
            found.append((page, absolute))
            groups.setdefault(page.translation_key, {})[page.locale.language_code] = absolute
    return [(page, address, groups[page.translation_key]) for page, address in found]
