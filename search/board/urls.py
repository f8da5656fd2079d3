"""Addresses of the board, below ``/admin/search-board/``."""

from django.urls import URLPattern, path, re_path

from search.board import views

urlpatterns: list[URLPattern] = [
    path("", views.index, name="search_board"),
    path("statistics/", views.statistics, name="search_statistics"),
    path("<int:pk>/", views.term, name="search_board_term"),
    path("<int:pk>/glossary/", views.adopt, name="search_board_adopt"),
    path("<int:pk>/page/", views.promote, name="search_board_promote"),
    re_path(r"^(?P<pk>\d+)/(?P<action>ignore|reopen)/$", views.settle, name="search_board_settle"),
    path("promoted/<int:pk>/remove/", views.demote, name="search_board_demote"),
]
