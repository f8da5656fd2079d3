"""Addresses of the admin's screen of search."""

from django.urls import URLPattern, path, re_path

from search import admin_views

urlpatterns: list[URLPattern] = [
    path("", admin_views.index, name="search_admin"),
    path("why/", admin_views.why, name="search_admin_why"),
    re_path(r"^(?P<action>rebuild|rollback|retry)/$", admin_views.act, name="search_admin_act"),
]
