"""Publications and the pages of their files in the search index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access import prepared
from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.files import FileRow
from cms.core.search import PageSource, plain, stream_text
from cms.publications.models import Contributor, PublicationFile, PublicationPage
from cms.publications.pages import file_row
from cms.topics.search import TOPICS, topic_keys

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from cms.core.vocabulary import Kinds


class PublicationSource(PageSource):
    """Publications are found by their record, their text and every page of their own language's files."""

    kind = "publication"
    label: _StrOrPromise = _("Publications")
    model = PublicationPage

    def rows(self) -> QuerySet[Any]:
        people = Prefetch("contributors", queryset=Contributor.objects.order_by("sort_order"))
        return super().rows().select_related("locale", "kind").prefetch_related(*TOPICS, people)

    def body(self, page: PublicationPage) -> str:
        parts = (
            page.subtitle,
            plain(page.abstract),
            stream_text(page.body),
            page.reference_number,
            page.isbn,
            page.doi,
        )
        return "\n".join(part for part in parts if part)

    def facets(self, page: PublicationPage) -> dict[str, Any]:
        facets: dict[str, Any] = {
            "topics": topic_keys(page),
            "doctype": str(page.kind.translation_key) if page.kind else "",
            "authors": tuple(person.name for person in page.contributors.all()),
        }
        return {**facets, "year": page.date.year} if page.date else facets

    def files(self, pages: Sequence[Any]) -> dict[int, list[FileRow]]:
        languages = {page.pk: page.locale.language_code for page in pages}
        found: dict[int, list[FileRow]] = defaultdict(list)
        for row in prepared.rows(_files, pages=list(languages)):
            found[row.page_id].append(file_row(row, row.document, languages[row.page_id]))
        return found

    def kind_label(self, page: Any, kinds: Kinds, language: str) -> str:
        entry = kinds.named("kind", page.kind_id, language)
        return entry.name if entry else super().kind_label(page, kinds, language)


def _files(pages: list[int]) -> QuerySet[PublicationFile]:
    return PublicationFile.objects.filter(page_id__in=pages).select_related("document").order_by("page", "sort_order")


def author_names(visitor: Visitor) -> list[tuple[str, str]]:
    """The names of all who wrote or edited what ``visitor`` may see."""
    pages = visible_to(PublicationPage.objects.all(), visitor).order_by()
    names = Contributor.objects.filter(page__in=pages.values("pk")).order_by()
    return [(name, name) for name in names.values_list("name", flat=True).distinct()]


def people(text: str, visitor: Visitor, limit: int) -> list[str]:
    """Who wrote or edited what ``visitor`` may see and has a name in which a word begins like ``text``."""
    pages = visible_to(PublicationPage.objects.all(), visitor).order_by()
    begins = Q(name__istartswith=text) | Q(name__icontains=f" {text}")
    names = Contributor.objects.filter(begins, page__in=pages.values("pk")).order_by("name")
    return list(names.values_list("name", flat=True).distinct()[:limit])
