"""The result page and its help, below each language."""

from django.urls import path

from search import views

urlpatterns = [
    path("search/", views.results, name="search"),
    path("search/help/", views.help_page, name="search_help"),
]
