"""Atom feeds of what anybody may read."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from access.visitor import Visitor
from cms.core.frame import site_settings
from cms.publications.models import PublicationIndexPage, PublicationPage
from cms.publications.pages import feed_rows

ENTRIES = 40


class PublicationFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """The newest publications of one language. The same for every visitor."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        language = kwargs["language"]
        if language not in dict(settings.LANGUAGES):
            raise Http404
        self.site_settings = site_settings(request)
        with translation.override(language):
            return super().__call__(request, *args, **kwargs)

    def get_object(self, request: HttpRequest, language: str) -> str:
        return language

    def title(self, language: str) -> str:
        name = self.site_settings.name if self.site_settings else "Dossier"
        return f"{name}: {gettext('Publications')}"

    def link(self, language: str) -> str:
        index = PublicationIndexPage.objects.visible_to(Visitor()).filter(locale__language_code=language).first()
        return (index.get_url() if index else None) or f"/{language}/"

    def feed_guid(self, language: str) -> str:
        return f"{settings.SITE_URL}/feeds/{language}/publications.atom"

    def items(self, language: str) -> list[PublicationPage]:
        return list(feed_rows(language, Visitor())[:ENTRIES])

    def item_title(self, item: PublicationPage) -> str:
        return item.title

    def item_description(self, item: PublicationPage) -> str:
        return item.summary

    def item_link(self, item: PublicationPage) -> str:
        return item.get_url() or ""

    def item_guid(self, item: PublicationPage) -> str:
        return f"urn:uuid:{item.translation_key}:{item.locale.language_code}"

    def item_pubdate(self, item: PublicationPage) -> datetime.datetime | None:
        return item.first_published_at

    def item_updateddate(self, item: PublicationPage) -> datetime.datetime | None:
        return item.last_published_at
