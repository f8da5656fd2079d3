"""From pages to the search index: the part that all page types share.

The index holds what is published, with who may find it. The way back is ``cms.core.hits``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from wagtail import blocks
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from access.boundary import open_until, tokens_of
from access.visibility import is_visible, visible_to
from access.visitor import Visitor
from cms.core.files import FileRow, best_texts
from cms.core.hits import found_pages
from cms.core.keys import key_of, uuids, with_keys
from cms.core.models import PagePlace, Place
from cms.core.models.base import PLACE_LEVELS, BasePage
from documents.access import may_be_shown
from documents.models import DocumentRelease
from search.registry import FileText, Found, IndexDocument, Name

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from cms.core.vocabulary import Kinds

CHUNK = 500
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the date of a page that a script made live without publishing it."""


class Indexer(Visitor):
    """Sees what anybody may see: every restriction is open, drafts and what lies below them stay closed."""

    sees_all_restrictions = True  # a constant in place of the computed property


def plain(rich_text: str) -> str:
    """The words of a rich text, block by block."""
    return get_text_for_indexing(rich_text).strip() if rich_text else ""


def stream_text(value: Any) -> str:
    """The words of a StreamField. The pictures and files that it names are not read for it."""
    parts: list[str] = []
    for child in value.raw_data:
        block = value.stream_block.child_blocks.get(child["type"])
        if block is not None:
            parts += block.get_searchable_content(block.to_python(_without_choices(block, child["value"])))
    return "\n".join(part for part in parts if part).strip()


def stream_passages(value: Any) -> tuple[tuple[str, str], ...]:
    """(language, words) of what a StreamField quotes in another language than the page's, however deep it lies."""
    return tuple(_passages(list(value.raw_data)))


def _passages(raw: Any) -> Iterator[tuple[str, str]]:
    if isinstance(raw, list):
        for item in raw:
            yield from _passages(item)
    elif isinstance(raw, dict):
        if raw.get("language") and isinstance(raw.get("text"), str):
            yield raw["language"], plain(raw["text"])
        for inner in raw.values():
            yield from _passages(inner)


def _without_choices(block: blocks.Block, value: Any) -> Any:
    """The stored ``value`` of ``block`` with nothing chosen: what is chosen has no words of the page's own."""
    if isinstance(block, blocks.ChooserBlock):
        return None
    if isinstance(block, blocks.StructBlock):
        inner = block.child_blocks
        return {name: _without_choices(inner[name], part) for name, part in value.items() if name in inner}
    if isinstance(block, blocks.ListBlock):
        return [{**item, "value": _without_choices(block.child_block, item["value"])} for item in value]
    return value


def title_words() -> Iterator[tuple[str, str]]:
    """(language, title) of every page that anybody may read, glossary terms and topics among them."""
    pages = visible_to(Page.objects.all(), Visitor())
    yield from pages.values_list("locale__language_code", "title").iterator()


def place_names(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """What places can be asked for by: names in every language, other names, ISO codes. A sensitive one by none."""
    for place in known_places(visitor):
        names = (place.name, place.iso, *place.alternative_names.splitlines())
        yield from ((name, str(place.translation_key)) for name in names)


def place_terms(visitor: Visitor, keys: Collection[str] | None = None) -> Iterator[Name]:
    """What places are called, of all or of those with ``keys``. Codes are no words: "IT" and "IN" stand in every text."""
    for place in known_places(visitor, keys):
        for rank, name in enumerate((place.name, *place.alternative_names.splitlines())):
            yield Name(str(place.translation_key), place.locale.language_code, name, rank)


def known_places(visitor: Visitor, keys: Collection[str] | None = None) -> Iterator[Place]:
    """The places that a page which ``visitor`` may see is about, and what they lie in; no sensitive one. One query.

    That a place is in the vocabulary already can tell of work that is not public yet. ``keys``: only these.
    """
    some = {} if keys is None else {"keys": uuids(keys)}
    places = visitor.ask(_places, **some)
    known = set(place_keys(place for place in places if place.is_named))
    for place in places:
        if str(place.translation_key) in known and place.public() is place:
            yield place


def _places(visitor: Visitor, keys: list[UUID] | None = None) -> QuerySet[Place]:
    pages = visible_to(Page.objects.all(), visitor).order_by()
    about = PagePlace.objects.filter(page__in=pages.values("pk"), place__translation_key=OuterRef("translation_key"))
    rows = Place.objects.annotate(is_named=Exists(about)).select_related("locale", "parent__parent__parent")
    if keys is not None:
        lies_in = [f"{'parent__' * level}translation_key__in" for level in range(PLACE_LEVELS)]
        rows = rows.filter(reduce(or_, (Q(**{name: keys}) for name in lies_in)))
    return rows.order_by("pk")


class PageSource:
    """One page type as a content source of ``search``. Subclasses say what is particular to it."""

    kind: str
    label: _StrOrPromise
    model: type[BasePage]

    def rows(self) -> QuerySet[Any]:
        """The pages with all that ``body``, ``facets`` and ``files`` read."""
        rows: QuerySet[Any] = self.model.objects.select_related("locale").prefetch_related(
            Prefetch("places", queryset=PagePlace.objects.order_by("sort_order")),
            # By themselves: many pages have the same few.
            Prefetch("places__place", queryset=Place.objects.select_related("parent__parent__parent")),
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

    def texts(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """(language; title, summary and text) of those of ``keys`` that anybody may read."""
        shown = visible_to(self.model.objects.filter(with_keys(keys)), Visitor()).values("pk")
        return {
            key_of(page): (page.locale.language_code, f"{page.title}\n{page.summary}\n{self.body(page)}")
            for page in self.rows().filter(pk__in=shown)
        }

    def document(self, key: str) -> IndexDocument | None:
        """What the index shall hold for ``key`` now."""
        return self.documents([key]).get(key)

    def documents(self, keys: Sequence[str]) -> dict[str, IndexDocument]:
        """The same for many keys, in a handful of queries."""
        everyone = Indexer()
        pages = [page for page in self.rows().filter(with_keys(keys)) if is_visible(page, everyone)]
        files = self._indexed_files(pages, everyone)
        acl, ends = tokens_of(pages), open_until(pages)
        return {
            key_of(page): self._document(page, acl[page.pk], ends.get(page.pk), tuple(files.get(page.pk, ())))
            for page in pages
        }

    def _indexed_files(self, pages: Sequence[Any], everyone: Indexer) -> dict[int, list[FileText]]:
        """Texts of the files that the page itself released: those that everyone reads who reads the page."""
        named = self.files(pages)
        wanted = {row.document.pk for rows in named.values() for row in rows}
        if not wanted:
            return {}
        released = DocumentRelease.objects.active().filter(
            may_be_shown(everyone, "document__"),
            page_id__in=list(named),
            document__in=wanted,
            document__tokens__isnull=False,
        )
        blobs: dict[int, dict[int, bytes]] = defaultdict(dict)
        for page, document, blob in released.values_list("page_id", "document", "document__tokens__blob"):
            blobs[page][document] = bytes(blob)
        return {
            pk: [
                FileText(row.series, row.version, row.language, row.label, blobs[pk][row.document.pk])
                for row in best_texts(rows, blobs[pk])
            ]
            for pk, rows in named.items()
        }

    def values(self, page: Any) -> dict[str, Any]:
        """The facets of ``page``, read by ``rows``, by the fields of the index document."""
        return {
            "places": place_keys(row.place for row in page.places.all()),
            "year": page.first_published_at.year if page.first_published_at else None,
            **self.facets(page),
        }

    def _document(
        self, page: Any, acl: frozenset[str], live_to: datetime | None, files: tuple[FileText, ...]
    ) -> IndexDocument:
        language = page.locale.language_code
        values = self.values(page)
        return IndexDocument(
            key=key_of(page),
            kind=self.kind,
            locale=language,
            translation_key=str(page.translation_key),
            acl=acl,
            live_to=live_to,
            published=page.first_published_at or page.last_published_at or NEVER,
            updated=page.last_published_at or page.first_published_at or NEVER,
            title=page.title,
            summary=page.summary,
            body=self.body(page),
            languages=tuple(dict.fromkeys([language, *(file.language for file in files if file.language)])),
            files=files,
            passages=stream_passages(page.body) if isinstance(page.body, blocks.StreamValue) else (),
            **values,
        )

    def found(self, keys: Sequence[str], visitor: Visitor, language: str) -> dict[str, Found]:
        """Those of ``keys`` that ``visitor`` may see now, with the files that they may read."""
        return self.together({self.kind: keys}, visitor, language)

    @staticmethod
    def together(kinds: Mapping[str, Sequence[str]], visitor: Visitor, language: str) -> dict[str, Found]:
        """The same for hits of several kinds, in as many queries as for one."""
        return found_pages(kinds, visitor, language)

    def kind_label(self, page: Any, kinds: Kinds, language: str) -> str:
        """What a hit is called: the page type's name where there is nothing better."""
        return str(page._meta.verbose_name)


def place_keys(places: Iterable[Place | None]) -> tuple[str, ...]:
    """Translation keys of places and of what they lie in; of a sensitive place only what may be public."""
    keys: dict[str, None] = {}
    for place in places:
        public = place.public() if place else None
        for each in public.lineage if public else ():
            keys[str(each.translation_key)] = None
    return tuple(keys)
