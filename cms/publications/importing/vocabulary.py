"""Topics, places, terms and kinds that rows name: found by name in the row's language, then in the source language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Locale, Page

from cms.core.models import Place, PublicationKind
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage
from cms.publications.exceptions import RowError
from cms.topics.models import TopicIndexPage, TopicPage
from workflows import approvals

if TYPE_CHECKING:
    from access.models import User


class Vocabulary:
    """Knows the vocabulary of the site by name and adds what is missing, unless ``strict``."""

    def __init__(self, user: User | None, *, strict: bool, publish: bool, writes: bool = True) -> None:
        self.user, self.strict, self.publish, self.writes = user, strict, publish, writes
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self._known: dict[str, dict[tuple[str, str], Any]] = {}
        self.created = 0
        self.reload()

    def reload(self) -> None:
        """Reads the vocabulary again, after a batch was rolled back."""
        self._known = {
            "kinds": self._named(PublicationKind, "name", "code"),
            "places": self._named(Place, "name"),
            "topics": self._named(TopicPage, "title"),
            "glossary": self._named(GlossaryTermPage, "title"),
        }

    def _named(self, model: type[Any], *fields: str) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        for entry in model._default_manager.select_related("locale").order_by("-pk"):
            for name in fields:
                found[entry.locale.language_code, getattr(entry, name).casefold()] = entry
        return found

    def find(self, vocabulary: str, name: str, language: str) -> Any:
        """The entry called ``name``, made now where there is none. Raises RowError if that isn't allowed."""
        known = self._known[vocabulary]
        entry = known.get((language, name.casefold())) or known.get((settings.LANGUAGE_CODE, name.casefold()))
        if entry is not None:
            return entry
        if self.strict:
            raise RowError(f"{name[:80]} is unknown ({vocabulary}).")
        if not self.writes:
            return None
        entry = self._make(vocabulary, name, language)
        self.created += 1
        known[language, name.casefold()] = entry
        return entry

    def _make(self, vocabulary: str, name: str, language: str) -> Any:
        locale = self.locales[language]
        if vocabulary == "places":
            return Place.objects.create(name=name, locale=locale, kind=Place.Kind.CITY)
        if vocabulary == "kinds":
            code = _free_code(slugify(name)[:50] or "kind", locale)
            return PublicationKind.objects.create(name=name, code=code, locale=locale, sort_order=100)
        model, index = {"topics": (TopicPage, TopicIndexPage), "glossary": (GlossaryTermPage, GlossaryIndexPage)}[
            vocabulary
        ]
        return self._make_page(model, index, name, locale)

    def _make_page(self, model: type[Any], index: type[Page], name: str, locale: Locale) -> Any:
        parent = index.objects.filter(locale=locale).order_by("path").first()
        if parent is None:
            raise RowError(f"There is no {index._meta.verbose_name} in this language to add {name[:80]} to.")
        page = model(title=name, locale=locale, live=False)
        parent.add_child(instance=page)
        revision = page.save_revision(user=self.user, log_action=True)
        if self.publish:
            approvals.record_import([(page, revision)], self.user)
            revision.publish(user=self.user, skip_permission_checks=True)
        return page


def _free_code(code: str, locale: Locale) -> str:
    taken = set(PublicationKind.objects.filter(locale=locale, code__startswith=code).values_list("code", flat=True))
    return next(each for each in (code, *(f"{code}-{number}" for number in range(2, 1000))) if each not in taken)
