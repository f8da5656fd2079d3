"""Addresses of this app: the machine side of the site."""

from django.urls import URLPattern, path

from home import views
from home.feeds import ListFeed, SearchFeed
from search.limits import limited

urlpatterns: list[URLPattern] = [
    path("", views.to_language, name="to_language"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap"),
    path("sitemap-<slug:language>.xml", views.language_sitemap, name="language_sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("feeds/<slug:language>/search.atom", limited(SearchFeed()), name="search_feed"),
    path("feeds/<slug:language>/<slug:name>.atom", ListFeed(), name="list_feed"),
]
