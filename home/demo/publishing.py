"""How a demo page becomes public: as an import does, with a revision and a record of its approval for each page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.text import slugify
from wagtail.models import Locale, Page

from access.models import User
from home.demo.people import writer_of
from home.demo.texts import LANGUAGES, Entry, identifier
from workflows import approvals

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass
class Press:
    """Makes and publishes pages. Knows which demo pages exist, so that loading twice changes nothing."""

    people: dict[str, User]
    locales: dict[str, Locale] = field(default_factory=dict)
    pages: dict[tuple[UUID, str], Any] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.locales = {row.language_code: row for row in Locale.objects.filter(language_code__in=LANGUAGES)}

    def languages(self) -> list[str]:
        """The demo's languages that this site has, the source language first."""
        return [code for code in LANGUAGES if code in self.locales]

    def find(self, model: type[Any], kind: str, keys: list[str]) -> None:
        """Reads the pages of a kind that were loaded before."""
        ids = [identifier(kind, key) for key in keys]
        for page in model.objects.filter(translation_key__in=ids).select_related("locale"):
            self.pages[page.translation_key, page.locale.language_code] = page

    def page(self, kind: str, key: str, language: str) -> Any:
        """The page, or None."""
        return self.pages.get((identifier(kind, key), language))

    def best(self, kind: str, key: str, language: str) -> Any:
        """The page in the language, else in the source language."""
        return self.page(kind, key, language) or self.page(kind, key, LANGUAGES[0])

    def writer(self, language: str) -> User:
        """Who writes in the language."""
        return self.people[writer_of(language)]

    def draft(self, page: Any, parent: Page, kind: str, entry: Entry, language: str) -> Any:
        """Adds ``page`` below ``parent`` as a draft without a revision."""
        page.title = page.draft_title = entry["title"]
        page.summary = entry["summary"]
        page.slug = slug(entry["title"], entry.key, language)
        page.locale = self.locales[language]
        page.translation_key = identifier(kind, entry.key)
        page.live = False
        page.owner = self.writer(language)
        # The row is read anew: children were added since it was read last.
        Page.objects.get(pk=parent.pk).add_child(instance=page)
        self.pages[page.translation_key, language] = page
        return page

    def publish(self, page: Any, language: str) -> None:
        """Saves a revision, records its approval as an import and publishes it; an embargo is kept."""
        revision = page.save_revision(user=self.writer(language), clean=False)
        documents = frozenset(row.document_id for row in page.files.all()) if hasattr(page, "files") else frozenset()
        approvals.record_import([(page, revision)], self.people["editor"], [documents])
        revision.publish(user=self.people["editor"], skip_permission_checks=True)
        page.refresh_from_db()
        self.made += 1


def slug(title: str, key: str, language: str) -> str:
    """An address that can be read: from the title, or from the key where the script is not Latin."""
    return slugify(title.translate(GERMAN) if language == "de" else title)[:80].strip("-") or key
