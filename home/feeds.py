"""Atom feeds of what anybody may read: one for each list and language, and one for each search."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.utils.translation import gettext

from access.visitor import Visitor
from cms.core.frame import site_settings
from cms.core.lists import ContentList, content_list
from search.engines.base import Sort
from search.exceptions import EngineUnavailableError
from search.parameters import Parameters, read_kindly
from search.query import parse
from search.registry import Found
from search.results import newest

ENTRIES = 40
RETRY_AFTER_SECONDS = 60


class LanguageFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """What all feeds share: one language, the site's name, the same answer for every visitor."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["language"] not in dict(settings.LANGUAGES):
            raise Http404
        site = site_settings(request)
        self.site_name = site.name if site else "Dossier"
        with translation.override(kwargs["language"]):
            response: HttpResponse = super().__call__(request, *args, **kwargs)
        return response


@dataclass(frozen=True)
class Listed:
    """A list in one language."""

    language: str
    of: ContentList


class ListFeed(LanguageFeed):
    """The newest of a list: publications, cases, topics or terms."""

    def get_object(self, request: HttpRequest, language: str, name: str) -> Listed:
        """Raises Http404 for a list that nobody registered."""
        try:
            return Listed(language, content_list(name))
        except KeyError as err:
            raise Http404 from err

    def title(self, listed: Listed) -> str:
        return f"{self.site_name}: {str(listed.of.model._meta.verbose_name_plural).capitalize()}"

    def link(self, listed: Listed) -> str:
        index = listed.of.index.objects.visible_to(Visitor()).filter(locale__language_code=listed.language).first()
        return (index.get_url() if index else None) or f"/{listed.language}/"

    def feed_guid(self, listed: Listed) -> str:
        return f"{settings.SITE_URL}/feeds/{listed.language}/{listed.of.name}.atom"

    def items(self, listed: Listed) -> list[Any]:
        pages = listed.of.model.objects.visible_to(Visitor()).filter(locale__language_code=listed.language)
        return list(pages.select_related("locale").order_by("-first_published_at", "-pk")[:ENTRIES])

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return str(item.summary)

    def item_link(self, item: Any) -> str:
        return item.get_url() or ""

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.translation_key}:{item.locale.language_code}"

    def item_pubdate(self, item: Any) -> datetime.datetime | None:
        published: datetime.datetime | None = item.first_published_at
        return published

    def item_updateddate(self, item: Any) -> datetime.datetime | None:
        changed: datetime.datetime | None = item.changed_at
        return changed


class SearchFeed(LanguageFeed):
    """The newest hits of a search, with its filters; the parameters are those of the result page."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().__call__(request, *args, **kwargs)
        except EngineUnavailableError:
            response = HttpResponse(status=503)
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
            response["Cache-Control"] = "no-store"
            return response

    def get_object(self, request: HttpRequest, language: str) -> Parameters:
        asked = request.GET.copy()
        asked["sort"], asked["page"] = Sort.NEWEST.value, "1"
        return read_kindly(asked, language)

    def title(self, asked: Parameters) -> str:
        return f"{self.site_name}: {parse(asked.q).text or gettext('Search')}"

    def link(self, asked: Parameters) -> str:
        return f"/{asked.language}/search/{asked.address()}"

    def feed_guid(self, asked: Parameters) -> str:
        return f"{settings.SITE_URL}/feeds/{asked.language}/search.atom?{urlencode(asked.pairs())}"

    def items(self, asked: Parameters) -> list[Found]:
        _total, found, _more = newest(asked, Visitor(), ENTRIES, None)
        return found

    def item_title(self, item: Found) -> str:
        return item.title

    def item_description(self, item: Found) -> str:
        return item.summary

    def item_link(self, item: Found) -> str:
        return item.url

    def item_guid(self, item: Found) -> str:
        key, _slash, language = item.key.partition("/")
        return f"urn:uuid:{key}:{language}"

    def item_updateddate(self, item: Found) -> datetime.datetime | None:
        if item.date is None:
            return None
        return timezone.make_aware(datetime.datetime.combine(item.date, datetime.time()))
