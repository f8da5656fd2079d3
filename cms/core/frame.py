"""What surrounds every page: navigation, breadcrumbs, languages, footer. Two queries, whatever is shown."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Page, Site

from access import prepared
from access.visibility import is_visible
from access.visitor import Visitor
from cms.core.cards import Card, Link, best_translations, card_kind, is_type
from cms.core.languages import autonym, direction, language_name
from cms.core.models.base import BasePage
from cms.core.models.site import SiteSettings
from cms.core.related import SHOWN, closest

FOOTER_PAGES = ("privacy_page", "accessibility_page", "imprint_page")


@dataclass(frozen=True)
class LanguageChoice:
    """One language of the site and whether there is a page in it."""

    code: str
    url: str
    state: str
    is_current: bool

    @property
    def name(self) -> str:
        return autonym(self.code)

    @property
    def dir(self) -> str:
        return direction(self.code)

    @property
    def state_label(self) -> str:
        return {
            "original": gettext("Original"),
            "current": gettext("Up to date"),
            "older": gettext("Older than the original"),
            "missing": gettext("Not translated yet"),
            "": "",
        }[self.state]


@dataclass(frozen=True)
class Outdated:
    """The original is newer than this translation."""

    original_url: str
    original_language: str
    original_date: datetime.datetime
    own_date: datetime.datetime

    @property
    def original_language_name(self) -> str:
        return language_name(self.original_language)


class Frame:
    """All that a template shows around its content. Made once per request by ``frame_of``."""

    def __init__(self, request: HttpRequest, page: Any | None) -> None:
        self.request = request
        self.page = page if page is not None and page.pk else None
        self.visitor = Visitor.of(request)
        self.settings = site_settings(request)
        self.language = (page.locale.language_code if page is not None else translation.get_language()) or "en"
        self.dir = direction(self.language)
        self._closest = closest(self.page) if isinstance(self.page, BasePage) else []
        rows = [row for row in self._rows() if is_visible(row, self.visitor)]
        self.visible = [row for row in rows if not row.related_]
        self._related = [row for row in rows if row.related_]

    def _rows(self) -> list[Page]:
        site = site_of(self.request)
        values = {
            "language": self.language,
            "homes": [site.root_page.translation_key] if site else [],
            "linked": [pk for pk in (getattr(self.settings, f"{name}_id", None) for name in FOOTER_PAGES) if pk],
        }
        page = self.page
        if not isinstance(page, BasePage):
            return prepared.rows(_around, None, **values)
        path = page.path
        above = [path[:end] for end in range(2 * Page.steplen, len(path), Page.steplen)]
        own = {"work": page.translation_key, "above": above, "close": self._closest}
        kind: Any = type(page)
        return prepared.rows(_around, kind, **values, **own, **page.frame_values())

    @property
    def related(self) -> list[Card]:
        """What else is about the same as the page and doesn't stand on it yet, the closest first."""
        known = {row.translation_key for row in self.visible}
        rows = [row for row in self._related if row.translation_key not in known]
        rows.sort(key=lambda row: self._closest.index(row.pk))
        shown = best_translations(rows, self.language).values()
        return [Card.of(row, self.language, self.request) for row in rows if row in shown][:SHOWN]

    def url(self, page: Page) -> str:
        """The address of a page on this site."""
        return page.get_url(self.request) or ""

    def of_kind(self, kind: str) -> list[Page]:
        """The same by what lists call a page, for apps that must not know its type."""
        rows = [row for row in self.visible if card_kind(row) == kind]
        return list(best_translations(rows, self.language).values())

    def linked(self, model: type[Page]) -> list[Page]:
        """Visible pages of a type, one of each translation group, of those that the page's type asked for."""
        pages = [row for row in self.visible if is_type(row, model)]
        return list(best_translations(pages, self.language).values())

    def list_url(self, model: type[Page]) -> str:
        """The address of the nearest list page of a type: above the page, or in the navigation. Empty if none."""
        lists = [row for row in self.visible if is_type(row, model) and row.locale.language_code == self.language]
        above = [row for row in lists if self.page is not None and self.page.path.startswith(row.path)]
        nearest = max(above, key=lambda row: row.depth) if above else next(iter(lists), None)
        return self.url(nearest) if nearest else ""

    @property
    def site_name(self) -> str:
        return self.settings.name if self.settings else "Dossier"

    @property
    def tagline(self) -> str:
        return self.settings.tagline if self.settings else ""

    @property
    def publisher(self) -> str:
        """The organisation, as it is cited."""
        return (self.settings.publisher if self.settings else "") or self.site_name

    @property
    def footer_note(self) -> str:
        return self.settings.footer_note if self.settings else ""

    @property
    def contact_email(self) -> str:
        return self.settings.contact_email if self.settings else ""

    @property
    def _home(self) -> Page | None:
        homes = [row for row in self.visible if row.depth == 2]
        return next((row for row in homes if row.locale.language_code == self.language), None)

    @property
    def home_url(self) -> str:
        return self.url(self._home) if self._home else f"/{self.language}/"

    @property
    def search_url(self) -> str:
        """The search page of this language."""
        try:
            with translation.override(self.language):
                return reverse("search")
        except NoReverseMatch:
            return f"/{self.language}/search/"

    @property
    def feed_url(self) -> str:
        """What is new: the feed that every page names."""
        return self.feed_url_of("publications")

    def feed_url_of(self, name: str) -> str:
        """The feed of a list, by the name that the list was registered under."""
        return f"/feeds/{self.language}/{name}.atom"

    @property
    def navigation(self) -> list[Link]:
        rows = [
            row
            for row in self.visible
            if row.depth == 3 and row.show_in_menus and row.locale.language_code == self.language
        ]
        path = self.page.path if self.page is not None else ""
        return [
            Link(row.title, self.url(row), path.startswith(row.path)) for row in sorted(rows, key=lambda row: row.path)
        ]

    @property
    def ancestors(self) -> list[Page]:
        """Pages above this one, from the home page down."""
        if self.page is None:
            return []
        path = self.page.path
        rows = {row.path: row for row in self.visible if path.startswith(row.path) and row.path != path}
        return [rows[key] for key in sorted(rows)]

    @property
    def breadcrumbs(self) -> list[Link]:
        return [Link(row.title, self.url(row)) for row in self.ancestors]

    @property
    def translations(self) -> dict[str, Page]:
        """Visible pages that say the same, this one included, by language; the home pages where there is no page."""
        if self.page is None:
            return {row.locale.language_code: row for row in self.visible if row.depth == 2}
        key = self.page.translation_key
        return {row.locale.language_code: row for row in self.visible if row.translation_key == key}

    @property
    def original(self) -> Page | None:
        """The oldest of the visible translations: the one that the others were made from."""
        if self.page is None:
            return None
        rows = [row for row in self.translations.values() if row.first_published_at]
        source = next((row for row in rows if row.locale.language_code == settings.LANGUAGE_CODE), None)
        return source or min(rows, key=lambda row: row.first_published_at, default=None)

    @property
    def languages(self) -> list[LanguageChoice]:
        found = self.translations
        return [
            LanguageChoice(
                code,
                self.url(found[code]) if code in found else "",
                self._state(found.get(code)),
                code == self.language,
            )
            for code, _name in settings.LANGUAGES
        ]

    def _state(self, row: Page | None) -> str:
        if self.page is None:
            return ""
        if row is None:
            return "missing"
        original = self.original
        if original is None or row.pk == original.pk:
            return "original"
        return "older" if _is_older(row, original) else "current"

    @property
    def outdated(self) -> Outdated | None:
        original = self.original
        if original is None or self.page is None or original.pk == self.page.pk or not _is_older(self.page, original):
            return None
        return Outdated(
            self.url(original),
            original.locale.language_code,
            original.last_published_at,
            self.page.last_published_at,
        )

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """For ``hreflang``: absolute addresses of the visible translations and the default one."""
        found = self.translations
        if self.page is None or len(found) < 2:
            return []
        default = found.get(settings.LANGUAGE_CODE) or self.original
        links = [(code, row.get_full_url(self.request)) for code, row in sorted(found.items())]
        return [*links, ("x-default", default.get_full_url(self.request))] if default else links

    @property
    def canonical_url(self) -> str:
        return (self.page.get_full_url(self.request) or "") if self.page is not None else ""

    @property
    def privacy_url(self) -> str:
        row = self._footer_page("privacy_page")
        return self.url(row) if row else ""

    @property
    def footer_links(self) -> list[Link]:
        rows = [row for name in FOOTER_PAGES if (row := self._footer_page(name))]
        return [Link(row.title, self.url(row), language=row.locale.language_code) for row in rows]

    def _footer_page(self, name: str) -> Page | None:
        pk = getattr(self.settings, f"{name}_id", None)
        chosen = next((row for row in self.visible if row.pk == pk), None) if pk else None
        if chosen is None:
            return None
        same = [row for row in self.visible if row.translation_key == chosen.translation_key]
        return next(iter(best_translations(same, self.language).values()), chosen)


def _around(kind: type[BasePage] | None, language: Any, homes: Any, linked: Any, **values: Any) -> QuerySet[Page]:
    """Home pages, navigation and the footer's pages; with a page of ``kind`` also what lies above it and what it is beside."""
    pages = _surrounding(Page.objects.all())
    parts = [
        pages.filter(depth=2, translation_key__in=homes),
        pages.filter(depth=3, show_in_menus=True, locale__language_code=language),
        pages.filter(translation_key__in=Page.objects.filter(pk__in=linked).values("translation_key")),
    ]
    if kind is not None:
        work, above, close = (values.pop(name) for name in ("work", "above", "close"))
        parts.append(pages.filter(path__in=above))
        parts.append(pages.filter(translation_key=work))
        parts.extend(_surrounding(part) for part in kind.frame_pages(**values))
        parts.append(_surrounding(Page.objects.filter(pk__in=close), related=True))
    return parts[0].union(*parts[1:])


def _surrounding(pages: QuerySet[Page], *, related: bool = False) -> QuerySet[Page]:
    """``pages`` as a part of the frame's query; ``related`` ones are told from what surrounds the page."""
    return pages.select_related("locale").annotate(related_=Value(related, BooleanField())).order_by()


def _is_older(row: Page, original: Page) -> bool:
    return bool(
        row.last_published_at and original.last_published_at and row.last_published_at < original.last_published_at
    )


def site_of(request: HttpRequest) -> Site | None:
    """The site that ``request`` asks, with its settings in the same query where there is only one site."""
    if not hasattr(request, "_wagtail_site") and len({root.site_id for root in Site.get_site_root_paths()}) == 1:
        found = next(iter(prepared.rows(_settings)), None)
        if found is not None and found.site.is_default_site:
            request._wagtail_site = found.site  # type: ignore[attr-defined]  # Wagtail's own memo
            setattr(request, SiteSettings.get_cache_attr_name(), found)
            return found.site
    return Site.find_for_request(request)


def _settings() -> QuerySet[SiteSettings]:
    return SiteSettings.objects.select_related("site__root_page").order_by("pk")[:1]


def site_settings(request: HttpRequest) -> SiteSettings | None:
    """The settings of the site that ``request`` asks, read once per request."""
    site = site_of(request)
    return SiteSettings.for_request(request) if site else None


def frame_of(request: HttpRequest, page: Any | None = None) -> Frame:
    """The frame of this request; the one of its page once that is known."""
    frame = getattr(request, "_dossier_frame", None)
    if not isinstance(frame, Frame) or (page is not None and frame.page != page):
        frame = Frame(request, page)
        request._dossier_frame = frame  # type: ignore[attr-defined]  # per-request memo
    return frame
