"""Shuts the doors of wagtail-localize's own screens.

Each of them publishes, or shows titles, past our rules (``docs/explanation/translation.md`` lists
what each did). Their addresses answer 404, or lead to the workbench; their buttons and menu items
are taken away.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

STOCK_PAGE_ACTIONS = frozenset({"localize-restart-translation", "localize-convert-to-alias"})


def refused(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """404 for every stock screen of wagtail-localize, GET and POST alike."""
    raise Http404


def to_request(request: HttpRequest, page_id: int) -> HttpResponse:
    """The stock "Translate this page" leads to our form."""
    return redirect("translations:request", page_id)
