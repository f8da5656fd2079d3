"""The pages themselves, below the language prefix."""

from django.urls import URLPattern, re_path
from wagtail.urls import serve_pattern

from cms.core.views import serve

urlpatterns: list[URLPattern] = [re_path(serve_pattern, serve, name="cms_page")]
