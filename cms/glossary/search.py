"""Glossary terms in the search index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.search import PageSource, plain
from cms.glossary.models import GlossaryTermPage
from cms.topics.search import TOPICS, topic_keys
from search.registry import Name

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def term_words() -> Iterator[tuple[str, str]]:
    """(language, other forms of a term), of all terms that anybody may read."""
    terms = visible_to(GlossaryTermPage.objects.exclude(variants=""), Visitor())
    yield from terms.values_list("locale__language_code", "variants").iterator()


def term_names(visitor: Visitor, keys: Collection[str] | None = None) -> Iterator[Name]:
    """What the terms that ``visitor`` may see are called: title, abbreviation, other forms."""
    rows = GlossaryTermPage.objects.all() if keys is None else GlossaryTermPage.objects.filter(translation_key__in=keys)
    terms = (
        visible_to(rows, visitor)
        .select_related("locale")
        .only("title", "abbreviation", "variants", "translation_key", "locale__language_code")
    )
    for term in terms.order_by("pk"):
        for rank, name in enumerate((term.title, term.abbreviation, *term.variant_list)):
            yield Name(str(term.translation_key), term.locale.language_code, name, rank)


class TermSource(PageSource):
    """Terms are found by their title, their abbreviation, their other forms and their definition."""

    kind = "term"
    label: _StrOrPromise = _("Glossary")
    model = GlossaryTermPage

    def rows(self) -> QuerySet[Any]:
        return super().rows().prefetch_related(TOPICS)

    def body(self, page: GlossaryTermPage) -> str:
        return "\n".join(part for part in (page.abbreviation, *page.variant_list, plain(page.body)) if part)

    def facets(self, page: GlossaryTermPage) -> dict[str, Any]:
        return {"topics": topic_keys(page)}
