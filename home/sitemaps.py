"""The sitemap: an index, and for each language its pages in parts, each page with its translations.

Only what anybody may read, the same for every visitor, whoever is signed in. ``lastmod`` is the
last public change: drafts and embargoes of files move nothing, the end of such an embargo does.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import escape_uri_path
from wagtail.models import Page, Site

from access.visibility import visible_to
from access.visitor import Visitor
from documents.access import releases_by_page
from documents.models import Document, DocumentUse


class PublicPages:
    """The pages of the site that ``request`` asks, as a stranger sees them.

    Addresses are made of rows: Wagtail's way from a page to its address, asked ten thousand times,
    takes longer than all the rest.
    """

    def __init__(self, request: HttpRequest) -> None:
        site = Site.find_for_request(request)
        self.visitor = Visitor()
        self.roots = {
            root.language_code: root.root_path
            for root in Site.get_site_root_paths()
            if site is not None and root.site_id == site.pk and root.language_code in dict(settings.LANGUAGES)
        }
        self.starts = dict(self._starts())

    def _starts(self) -> Iterator[tuple[str, str]]:
        for code in self.roots:
            with translation.override(code):
                yield code, settings.SITE_URL + reverse("wagtail_serve", args=[""])

    def rows(self, *languages: str) -> QuerySet[Page]:
        """The pages of these languages, of all without any."""
        below = Q(pk__in=[])
        for code in languages or self.roots:
            below |= Q(locale__language_code=code, url_path__startswith=self.roots[code])
        return visible_to(Page.objects.filter(below), self.visitor).order_by().annotate(changed=self._changed())

    def _changed(self) -> Greatest:
        """The last public change: the page was published, or the embargo that delayed a file on it came to its end.

        Of files that are or were public only: the end of an embargo tells nothing of one that is withdrawn, infected or
        was never released. A later embargo hides the file and moves nothing.
        """
        released = Exists(releases_by_page())
        opened = DocumentUse.objects.filter(
            released, revision=OuterRef("live_revision"), document__delayed_until__lte=timezone.now()
        ).exclude(document__scan=Document.Scan.INFECTED)
        latest = Subquery(opened.order_by("-document__delayed_until").values("document__delayed_until")[:1])
        return Greatest("last_published_at", Coalesce(latest, "last_published_at"))

    def address(self, language: str, url_path: str) -> str:
        """The absolute address of the page with this place in the tree."""
        return self.starts[language] + escape_uri_path(url_path[len(self.roots[language]) :])

    def index(self) -> list[SitemapIndexItem]:
        """The parts of all languages. One query."""
        counted = self.rows().values("locale__language_code").annotate(many=Count("pk"), last=Max("changed"))
        items: list[SitemapIndexItem] = []
        for found in counted.order_by("locale__language_code"):
            address = settings.SITE_URL + reverse("language_sitemap", args=[found["locale__language_code"]])
            parts = range(1, -(-found["many"] // LanguageSitemap.limit) + 1)
            names = [address if part == 1 else f"{address}?p={part}" for part in parts]
            items.extend(SitemapIndexItem(name, found["last"]) for name in names)
        return items


class LanguageSitemap(Sitemap[Any]):
    """The pages of one language, in the order of their translation keys: a part is a range of them."""

    limit = 2500

    def __init__(self, language: str, pages: PublicPages) -> None:
        self.language = language
        self.pages = pages

    def items(self) -> Any:
        """Rows (translation key, place in the tree, last public change)."""
        rows = self.pages.rows(self.language).order_by("translation_key")
        return rows.values_list("translation_key", "url_path", "changed")

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """The addresses of one part with those of their translations. Three queries with the count."""
        rows = list(self.paginator.page(page).object_list)
        groups = self._groups(rows)
        return [
            {
                "location": groups[key][self.language],
                "lastmod": self._date(last),
                "alternates": self._alternates(groups[key]),
            }
            for key, _place, last in rows
            if self.language in groups.get(key, {})  # it may have expired between the two queries
        ]

    def _groups(self, rows: list[Any]) -> dict[Any, dict[str, str]]:
        """The addresses of each translation group by language."""
        groups: dict[Any, dict[str, str]] = {}
        if rows:
            of_part = self.pages.rows().filter(translation_key__range=(rows[0][0], rows[-1][0]))
            # The oldest first: without the main language it is the default, as on the page itself.
            of_part = of_part.order_by(F("first_published_at").asc(nulls_last=True), "pk")
            for key, code, place in of_part.values_list("translation_key", "locale__language_code", "url_path"):
                groups.setdefault(key, {})[code] = self.pages.address(code, place)
        return groups

    def _alternates(self, group: dict[str, str]) -> list[dict[str, str]]:
        if len(group) < 2:
            return []
        default = group.get(settings.LANGUAGE_CODE) or next(iter(group.values()))
        links = [*sorted(group.items()), ("x-default", default)]
        return [{"lang_code": code, "location": address} for code, address in links]

    def _date(self, moment: datetime.datetime | None) -> datetime.date | None:
        return moment.date() if moment else None
