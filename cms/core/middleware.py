"""Redirects from old addresses, for those who may see where they lead."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect

from access.visibility import is_visible
from access.visitor import Visitor
from workflows import withdrawals


class VisibleRedirectMiddleware(RedirectMiddleware):
    """Wagtail's, but the old address of something hidden stays a 404.

    A moved page leaves a redirect behind, a draft too: it would tell that the page is there, and its
    new address. One to something withdrawn leads on, to the note that says so.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The redirect, where its target answers this visitor; else ``response``."""
        answer: HttpResponseBase = super().process_response(request, response)
        return answer if answer is response or _leads_on(request) else response


def _leads_on(request: HttpRequest) -> bool:
    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    redirect = get_redirect(request, path) or get_redirect(request, urlsplit(path).path)
    page = redirect.redirect_page
    if page is None:  # to another site: an administrator's
        return True
    visitor = Visitor.of(request)
    return is_visible(page, visitor) or withdrawals.for_page(page, visitor) is not None
