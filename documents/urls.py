"""Addresses of this app: files, pages of files to read, pictures."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from documents import views


class FileNameConverter(StringConverter):
    """A file name; ``v2`` is none, or a missing slash would give the newest version instead of the second."""

    regex = r"(?!v[0-9]+$)[^/]+"


register_converter(FileNameConverter, "filename")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("documents.reader.urls")),
    path("d/<uuid:series>/", views.serve_document, name="document"),
    path("d/<uuid:series>/v<int:number>/", views.serve_document, name="document_version"),
    path("d/<uuid:series>/v<int:number>/<filename:name>", views.serve_document, name="document_version_named"),
    path("d/<uuid:series>/<filename:name>", views.serve_document, name="document_named"),
    path("i/<uuid:public_id>/<str:spec>/<filename:name>", views.serve_image, name="image"),
    path("documents/<int:document_id>/<path:name>", views.redirect_from_number, name="wagtaildocs_serve"),
]
