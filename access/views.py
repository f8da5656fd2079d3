"""The one answer for everything that isn't there, or isn't there for this visitor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def there_for(may: Callable[[Any], bool]) -> Callable[[View], View]:
    """A decorator of views that are there for users who ``may``; for everybody else they are not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return cast(View, inner)

    return decorate


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for missing, draft, restricted, embargoed and expired alike: same words, same size, same headers."""
    return render(request, "404.html", status=404)
