"""The site, and the floors that it is measured against, in the same server behind the same middleware."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

from settings.urls import handler404
from settings.urls import urlpatterns as site

__all__ = ["handler404", "urlpatterns"]

PAGE = b"<!doctype html><title>Floor</title>" + b"<p>As many bytes as a page has, and no work.</p>" * 500


def page(request: HttpRequest) -> HttpResponse:
    """A page of about 24 kB without any work."""
    return HttpResponse(PAGE)


def file(request: HttpRequest, megabytes: int) -> FileResponse:
    """A file of so many megabytes, as Django streams it by itself."""
    return FileResponse((Path(settings.VAR_DIR) / f"bench-file-{megabytes}.bin").open("rb"))


urlpatterns = [path("bench/floor/", page), path("bench/file/<int:megabytes>/", file), *site]
