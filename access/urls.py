"""Addresses of the access app: none yet; sign-in is Wagtail's."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
