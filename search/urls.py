"""The public API."""

from django.urls import path

from search import views

urlpatterns = [
    path("api/v1/search", views.search_api, name="search_api"),
    path("api/v1/export", views.export_api, name="search_export_api"),
    path("api/v1/suggest", views.suggest_api, name="search_suggest_api"),
    path("api/v1/schema", views.schema_api, name="search_schema_api"),
]
