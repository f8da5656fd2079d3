"""Addresses of the page reader."""

from django.urls import URLPattern, path

from documents.models import DocumentImage
from documents.reader import views

urlpatterns: list[URLPattern] = [
    path("d/<uuid:series>/p/<int:number>/", views.page, name="documents_page"),
    path("d/<uuid:series>/search/", views.search, name="documents_search"),
    path("d/<uuid:series>/v<int:version>/p/<int:number>/", views.page, name="documents_version_page"),
    path(
        "d/<uuid:series>/v<int:version>/p/<int:number>/image.webp",
        views.page_image,
        {"kind": DocumentImage.Kind.PAGE},
        name="documents_page_image",
    ),
    path(
        "d/<uuid:series>/v<int:version>/p/<int:number>/large.webp",
        views.page_image,
        {"kind": DocumentImage.Kind.LARGE},
        name="documents_page_large",
    ),
    path("d/<uuid:series>/v<int:version>/search/", views.search, name="documents_version_search"),
    path("d/<uuid:series>/v<int:version>/text.html", views.whole, name="documents_version_text"),
    path("d/<uuid:series>/v<int:version>/cover.webp", views.cover, name="documents_cover"),
]
