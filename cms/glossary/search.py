"""Glossary terms in the search index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.keys import uuids
from cms.core.search import PageSource, plain
from cms.glossary.models import GlossaryTermPage
from cms.topics.models import TopicPage, lines
from cms.topics.search import TOPICS, topic_keys
from search.registry import Name

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def term_words() -> Iterator[tuple[str, str]]:
    """(language, other forms of a term), of all terms that anybody may read."""
    terms = visible_to(GlossaryTermPage.objects.exclude(variants=""), Visitor())
    yield from terms.values_list("locale__language_code", "variants").iterator()


def vocabulary_names(visitor: Visitor, keys: Collection[str] | None = None) -> Iterator[Name]:
    """What the terms and topics that ``visitor`` may see are called: title, abbreviation, other names. One query."""
    some = {} if keys is None else {"keys": uuids(keys)}
    for key, language, title, others, _kind, _pk in visitor.ask(_names, **some):
        for rank, name in enumerate((title, *lines(others))):
            yield Name(str(key), language, name, rank)


def _names(visitor: Visitor, keys: list[UUID] | None = None) -> QuerySet[Any]:
    variants = Concat("abbreviation", Value("\n"), "variants", output_field=TextField())
    terms = _called(GlossaryTermPage, variants, visitor, keys)
    topics = _called(TopicPage, F("synonyms"), visitor, keys)
    return terms.union(topics, all=True).order_by("kind_", "pk")


def _called(model: Any, others: Any, visitor: Visitor, keys: list[UUID] | None) -> QuerySet[Any]:
    """(key, language, title, other names by line, type, primary key) of pages of ``model``."""
    rows = model.objects.all() if keys is None else model.objects.filter(translation_key__in=keys)
    named = (
        visible_to(rows, visitor).order_by().annotate(others_=Cast(others, TextField()), kind_=Value(model.__name__))
    )
    return named.values_list("translation_key", "locale__language_code", "title", "others_", "kind_", "pk")


class TermSource(PageSource):
    """Terms are found by their title, their abbreviation, their other forms and their definition."""

    kind = "term"
    label: _StrOrPromise = _("Glossary")
    model = GlossaryTermPage

    def rows(self) -> QuerySet[Any]:
        return super().rows().prefetch_related(*TOPICS)

    def body(self, page: GlossaryTermPage) -> str:
        return "\n".join(part for part in (page.abbreviation, *page.variant_list, plain(page.body)) if part)

    def facets(self, page: GlossaryTermPage) -> dict[str, Any]:
        return {"topics": topic_keys(page)}
