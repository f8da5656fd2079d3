"""The one answer for everything that isn't there, or isn't there for this visitor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for missing, draft, restricted, embargoed and expired alike: same words, same size, same headers."""
    return render(request, "404.html", status=404)
