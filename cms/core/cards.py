"""Entries of lists: what a template shows of a page that it links to."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page

from cms.core.languages import direction, foreign_note

if TYPE_CHECKING:
    from cms.core.files import FileRow
    from cms.core.vocabulary import MetaPart


@dataclass(frozen=True)
class Link:
    """An address with its words."""

    title: str
    url: str
    is_current: bool = False
    language: str = ""


@dataclass
class Card:
    """One page in a list. ``foreign`` where it is in another language than the page that shows it."""

    title: str
    url: str
    language: str
    foreign: bool = False
    summary: str = ""
    kind: str = "section"
    kind_label: str = ""
    date: datetime.date | None = None
    anchor: str = ""
    page: Any = None
    more: Any = None
    image: Any = None
    image_alt: str = ""
    files: Sequence[FileRow] = ()
    meta: Sequence[MetaPart] = ()
    children: list[Card] = field(default_factory=list)

    @property
    def dir(self) -> str:
        """Direction of the card's own language."""
        return direction(self.language)

    @property
    def note(self) -> str:
        """The words that mark a foreign entry: "in English"; empty otherwise."""
        return foreign_note(self.language) if self.foreign else ""

    @classmethod
    def of(cls, page: Page, shown_on: str, request: HttpRequest | None, **extra: Any) -> Card:
        """The card of ``page`` on a page in the language ``shown_on``. Asks nothing of the database.

        ``page`` is of its own type with ``locale`` joined, or a plain row: then without summary and
        image.
        """
        language = page.locale.language_code
        kind = card_kind(page)
        values = {
            "summary": getattr(page, "summary", ""),
            "kind": kind,
            "kind_label": str(page.specific_class._meta.verbose_name) if page.specific_class else "",
            "date": getattr(page, "date", None) or (page.first_published_at and page.first_published_at.date()),
            "anchor": f"{kind}-{page.slug}",
            "page": page,
            **extra,
        }
        url = page.get_url(request) or ""
        return cls(title=page.title, url=url, language=language, foreign=language != shown_on, **values)


def card_kind(page: Page) -> str:
    """What a list calls a page, as a word for machines; also for plain rows."""
    return str(getattr(page.specific_class, "card_kind", "section"))


def best_translations(pages: Iterable[Any], language: str) -> dict[Any, Any]:
    """One of each translation group, by its key: the one in ``language``, else in the source language, else any."""
    found: dict[Any, Any] = {}
    for page in sorted(pages, key=lambda page: distance(page.locale.language_code, language)):
        found.setdefault(page.translation_key, page)
    return found


def distance(language: str, wanted: str) -> int:
    """How far something in ``language`` is from what was asked for: 0 the same, 1 the source language, 2 another."""
    return 0 if language == wanted else 1 if language == settings.LANGUAGE_CODE else 2


def is_type(page: Page, model: type[Page]) -> bool:
    """Whether a plain row is a page of the type ``model``."""
    found = page.cached_content_type
    return bool((found.app_label, found.model) == (model._meta.app_label, model._meta.model_name))
