"""Cases in the search index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from access import prepared
from access.visibility import visible_to
from access.visitor import Visitor
from cms.cases.models import CaseDocument, CasePage
from cms.core.cards import best_translations
from cms.core.files import FileRow
from cms.core.keys import keys_of
from cms.core.search import PageSource, place_keys, stream_text
from cms.topics.search import TOPICS, lineage_keys
from search.registry import Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from cms.core.vocabulary import Kinds


class CaseSource(PageSource):
    """Cases are found by their text and by the files that only they name."""

    kind = "case"
    label: _StrOrPromise = _("Cases")
    model = CasePage

    def rows(self) -> QuerySet[Any]:
        joins = ("locale", "place__parent__parent__parent", "main_topic__parent_topic__parent_topic")
        return super().rows().select_related(*joins).prefetch_related(*TOPICS)

    def body(self, page: CasePage) -> str:
        return "\n".join(part for part in (page.subtitle, stream_text(page.body)) if part)

    def facets(self, page: CasePage) -> dict[str, Any]:
        topics = [*([page.main_topic] if page.main_topic else []), *(row.topic for row in page.topics.all())]
        facets: dict[str, Any] = {
            "topics": lineage_keys(topics),
            "places": place_keys([page.place, *(row.place for row in page.places.all())]),
        }
        return {**facets, "year": page.start_date.year} if page.start_date else facets

    def files(self, pages: Sequence[Any]) -> dict[int, list[FileRow]]:
        found: dict[int, list[FileRow]] = defaultdict(list)
        for row in prepared.rows(_files, pages=[page.pk for page in pages]):
            if row.document is not None:
                found[row.page_id].append(FileRow(row.document, row.label or row.document.title, row.document.language))
        return found

    def kind_label(self, page: Any, kinds: Kinds, language: str) -> str:
        entry = kinds.named("work", page.work_kind_id, language)
        return entry.name if entry else super().kind_label(page, kinds, language)


def _files(pages: list[int]) -> QuerySet[CaseDocument]:
    rows = CaseDocument.objects.filter(page_id__in=pages, document__isnull=False).select_related("document")
    return rows.order_by("page", "sort_order")


def case_scope(key: str, visitor: Visitor, language: str) -> Scope | None:
    """A case with the publications that it names, in every language, as far as ``visitor`` may see them. Two queries."""
    cases = list(visible_to(CasePage.objects.filter(translation_key=key), visitor).select_related("locale"))
    if not cases:
        return None
    named = CaseDocument.objects.filter(page__in=cases, publication__isnull=False).order_by()
    pages = Page.objects.filter(
        Q(pk__in=[case.pk for case in cases]) | Q(translation_key__in=named.values("publication__translation_key"))
    )
    shown = best_translations(cases, language)[cases[0].translation_key]
    return Scope(shown.title, shown.locale.language_code, frozenset(keys_of(visible_to(pages, visitor))))
