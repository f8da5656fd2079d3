"""From pages to the search index and back: the part that all page types share.

The index holds what is published, with who may find it; what is shown of a hit is read again from
the database under the visitor's rights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from access.boundary import page_tokens, restrictions
from access.visibility import is_visible, visible_to
from access.visitor import Visitor
from cms.core.files import FileRow
from cms.core.models import PagePlace, Place, PublicationKind
from cms.core.models.base import BasePage
from documents.access import readable_by
from documents.models import Document, DocumentPageText, DocumentRelease
from search.registry import FileText, Found, FoundFile, IndexDocument, PageText

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PUBLIC = frozenset({"public"})
CHUNK = 500


class Indexer(Visitor):
    """Sees what anybody may see: every restriction is open, drafts and what lies below them stay closed."""

    sees_all_restrictions = True  # a constant in place of the computed property


def key_of(page: Page) -> str:
    """The key of a page in the index: public, the same for ever, one per language."""
    return f"{page.translation_key}/{page.locale.language_code}"


def keys_of(pages: QuerySet[Any]) -> list[str]:
    """The keys of ``pages``. One query."""
    rows = pages.order_by().values_list("translation_key", "locale__language_code")
    return [f"{key}/{language}" for key, language in rows]


def split(keys: Iterable[str]) -> dict[str, set[UUID]]:
    """Translation keys by language; what isn't a key of ours is left out."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for key in keys:
        translation_key, _slash, language = key.partition("/")
        try:
            found[language].add(UUID(translation_key))
        except ValueError:
            continue
    return found


def with_keys(keys: Iterable[str]) -> Q:
    """Pages with these keys, as a filter."""
    wanted = Q(pk__in=[])
    for language, translation_keys in split(keys).items():
        wanted |= Q(locale__language_code=language, translation_key__in=translation_keys)
    return wanted


def plain(rich_text: str) -> str:
    """The words of a rich text, block by block."""
    return get_text_for_indexing(rich_text).strip() if rich_text else ""


def stream_text(value: Any) -> str:
    """The words of a StreamField."""
    return "\n".join(part for part in value.stream_block.get_searchable_content(value) if part).strip()


class PageSource:
    """One page type as a content source of ``search``. Subclasses say what is particular to it."""

    kind: str
    label: _StrOrPromise
    model: type[BasePage]

    def rows(self) -> QuerySet[Any]:
        """The pages with all that ``body``, ``facets`` and ``files`` read."""
        places = PagePlace.objects.select_related("place__parent__parent__parent").order_by("sort_order")
        rows: QuerySet[Any] = self.model.objects.select_related("locale").prefetch_related(
            Prefetch("places", queryset=places)
        )
        return rows

    def body(self, page: Any) -> str:
        """The page's own text, in plain words."""
        return ""

    def facets(self, page: Any) -> dict[str, Any]:
        """Further fields of the index document: topics, doctype, year, authors."""
        return {}

    def files(self, pages: Sequence[Any]) -> dict[int, list[FileRow]]:
        """The files that belong to each page, by its primary key, whoever may read them."""
        return {}

    def keys(self) -> Iterator[str]:
        """All keys that shall be in the index, in pieces."""
        rows = visible_to(self.model.objects.all(), Indexer()).order_by("pk")
        last = 0
        while True:
            piece = list(rows.filter(pk__gt=last).values_list("pk", "translation_key", "locale__language_code")[:CHUNK])
            if not piece:
                return
            yield from (f"{key}/{language}" for _pk, key, language in piece)
            last = piece[-1][0]

    def document(self, key: str) -> IndexDocument | None:
        """What the index shall hold for ``key`` now."""
        return self.documents([key]).get(key)

    def documents(self, keys: Sequence[str]) -> dict[str, IndexDocument]:
        """The same for many keys, in a handful of queries."""
        everyone = Indexer()
        pages = [page for page in self.rows().filter(with_keys(keys)) if is_visible(page, everyone)]
        files = self._indexed_files(pages)
        open_to_all = not restrictions()
        return {
            key_of(page): self._document(
                page, PUBLIC if open_to_all else page_tokens(page), tuple(files.get(page.pk, ()))
            )
            for page in pages
        }

    def _indexed_files(self, pages: Sequence[Any]) -> dict[int, list[FileText]]:
        """Texts of the released files: those that everyone reads who reads the page."""
        named = self.files(pages)
        wanted = {row.document.pk for rows in named.values() for row in rows}
        if not wanted:
            return {}
        released = DocumentRelease.objects.active().filter(document=OuterRef("pk"))
        blobs = dict(
            Document.objects.filter(Exists(released), pk__in=wanted, tokens__isnull=False).values_list(
                "pk", "tokens__blob"
            )
        )
        return {
            pk: [
                FileText(row.series, row.version, row.language, row.label, bytes(blobs[row.document.pk]))
                for row in rows
                if row.document.pk in blobs
            ]
            for pk, rows in named.items()
        }

    def _document(self, page: Any, acl: frozenset[str], files: tuple[FileText, ...]) -> IndexDocument:
        language = page.locale.language_code
        values: dict[str, Any] = {
            "places": place_keys(row.place for row in page.places.all()),
            "year": page.first_published_at.year if page.first_published_at else None,
            **self.facets(page),
        }
        return IndexDocument(
            key=key_of(page),
            kind=self.kind,
            locale=language,
            translation_key=str(page.translation_key),
            acl=acl,
            live_to=page.expire_at,
            published=page.first_published_at or page.last_published_at,
            updated=page.last_published_at or page.first_published_at,
            title=page.title,
            summary=page.summary,
            body=self.body(page),
            languages=tuple(dict.fromkeys([language, *(file.language for file in files if file.language)])),
            files=files,
            **values,
        )

    def found(self, keys: Sequence[str], visitor: Visitor, language: str) -> dict[str, Found]:
        """Those of ``keys`` that ``visitor`` may see now, with the files that they may read."""
        pages = list(visible_to(self.rows().filter(with_keys(keys)), visitor))
        files = self._found_files(pages, visitor)
        labels = self.kind_labels(pages, language)
        return {
            key_of(page): Found(
                key=key_of(page),
                kind=self.kind,
                kind_label=labels.get(page.pk) or str(page._meta.verbose_name),
                language=page.locale.language_code,
                title=page.title,
                url=page.get_url() or "",
                summary=page.summary,
                body=self.body(page),
                date=getattr(page, "date", None) or (page.first_published_at and page.first_published_at.date()),
                files=tuple(files.get(page.pk, ())),
            )
            for page in pages
        }

    def kind_labels(self, pages: Sequence[Any], language: str) -> Mapping[int, str]:
        """What a hit is called, by primary key; the page type's name where there is nothing better."""
        return {}

    def _found_files(self, pages: Sequence[Any], visitor: Visitor) -> dict[int, list[FoundFile]]:
        named = self.files(pages)
        wanted = {row.document.pk for rows in named.values() for row in rows}
        if not wanted:
            return {}
        readable = readable_by(visitor).filter(pk__in=wanted, tokens__isnull=False)
        blobs = dict(readable.values_list("pk", "tokens__blob"))
        return {
            pk: [found_file(row, bytes(blobs[row.document.pk])) for row in rows if row.document.pk in blobs]
            for pk, rows in named.items()
        }


def found_file(row: FileRow, blob: bytes) -> FoundFile:
    """A file of a hit; its pages' texts are read when snippets are cut."""
    return FoundFile(
        series=row.series,
        version=row.version,
        language=row.language,
        label=row.label,
        spec=row.spec,
        blob=blob,
        page_texts=partial(_page_texts, row.document.pk),
        page_url=partial(_page_url, row.document),
    )


def _page_texts(document_id: int, numbers: Sequence[int]) -> dict[int, PageText]:
    rows = DocumentPageText.objects.filter(document=document_id, number__in=numbers)
    return {number: (language, text) for number, language, text in rows.values_list("number", "language", "text")}


def _page_url(document: Document, number: int, query: str) -> str:
    address = document.reading_url(number)
    return f"{address}?{urlencode({'q': query})}" if query else address


def read_pages(wanted: Sequence[tuple[str, int, int]]) -> dict[tuple[str, int, int], PageText]:
    """The texts of many pages, each (series, version, page number), in one query."""
    filters = Q(pk__in=[])
    for series, version, number in wanted:
        filters |= Q(document__series=series, document__number=version, number=number)
    rows = DocumentPageText.objects.filter(filters).values_list(
        "document__series", "document__number", "number", "language", "text"
    )
    return {(str(series), version, number): (language, text) for series, version, number, language, text in rows}


def place_keys(places: Iterable[Place | None]) -> tuple[str, ...]:
    """Translation keys of places and of what they lie in; of a sensitive place only what may be public."""
    keys: dict[str, None] = {}
    for place in places:
        public = place.public() if place else None
        for each in public.lineage if public else ():
            keys[str(each.translation_key)] = None
    return tuple(keys)


def place_labels(values: Sequence[str], language: str, visitor: Visitor) -> dict[str, str]:
    """Names of places for the facet."""
    from cms.core.vocabulary import places_in  # it needs the models

    places = places_in(_uuids(values), language)
    # A sensitive place can be asked for by its key; its name is not told.
    return {str(place.translation_key): place.name for place in places if place.public() is place}


def publication_kind_labels(values: Sequence[str], language: str, visitor: Visitor) -> dict[str, str]:
    """Names of kinds of publication for the facet."""
    from cms.core.cards import best_translations

    rows = PublicationKind.objects.filter(translation_key__in=_uuids(values)).select_related("locale")
    return {str(key): kind.name for key, kind in best_translations(rows, language or get_language() or "").items()}


def _uuids(values: Sequence[str]) -> list[UUID]:
    return [key for keys in split(f"{value}/x" for value in values).values() for key in keys]
