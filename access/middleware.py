"""What every answer of the public site keeps: its language, and the cache contract of ``security.md``."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import get_conditional_response, set_response_etag

GetResponse = Callable[[HttpRequest], HttpResponseBase]
MACHINE_PREFIXES = (
    "/d/",
    "/i/",
    "/api/",
    "/admin/",
    "/feeds/",
    "/static/",
    "/documents/",
    "/oai",
    "/healthz",
    "/metrics",
    "/.well-known/",
)


class SiteLocaleMiddleware(LocaleMiddleware):
    """Django's, but a missing file or API address stays a 404.

    The stock middleware turns every 404 without a language prefix into a redirect to ``/en/…``,
    which would tell a missing file from a hidden page.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and request.path_info.startswith(MACHINE_PREFIXES):
            return response
        return super().process_response(request, response)


class CacheContractMiddleware:
    """Anonymous answers revalidate with an ETag; answers to a session are never stored.

    A view that set Cache-Control or ETag itself (files, images, the search API) keeps it. The ETag
    is that of the finished answer, so that 304 is said of what the visitor may see now and nothing
    else; no stamp of last changes could say as much of restrictions, embargoes and expiry.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
            return response
        if "Cache-Control" in response.headers or request.method not in ("GET", "HEAD"):
            return response
        response.headers["Cache-Control"] = "no-cache"
        if response.status_code == 200 and isinstance(response, HttpResponse):
            if "ETag" not in response.headers:
                set_response_etag(response)
            return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
        return response
