"""Glossary terms in the search index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.search import PageSource, plain
from cms.glossary.models import GlossaryTermPage
from cms.topics.search import TOPICS, topic_keys

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def term_words() -> Iterator[tuple[str, str]]:
    """(language, other forms of a term), of all terms that anybody may read."""
    terms = visible_to(GlossaryTermPage.objects.exclude(variants=""), Visitor())
    yield from terms.values_list("locale__language_code", "variants").iterator()


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
