"""Addresses of the page reader."""

from django.urls import URLPattern, path

from documents.reader import views

urlpatterns: list[URLPattern] = [
    path("d/<uuid:series>/p/<int:number>/", views.page, name="documents_page"),
    path("d/<uuid:series>/v<int:version>/p/<int:number>/", views.page, name="documents_version_page"),
    path(
        "d/<uuid:series>/v<int:version>/p/<int:number>/image.webp",
        views.page_image,
        name="documents_page_image",
    ),
    path("d/<uuid:series>/v<int:version>/cover.webp", views.cover, name="documents_cover"),
]
