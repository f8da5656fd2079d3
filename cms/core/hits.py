"""From a hit back to the page: read again from the database, under the visitor's rights.

Hits of all kinds are read together: a search asks the database as often for one hit as for ten of
four kinds, and as often with two thousand publications as with ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.http import urlencode
from wagtail.models import Page

from access import prepared
from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.files import FileRow, best_texts
from cms.core.keys import key_of, keys_of, split, with_keys
from cms.core.types import joined, own_types
from cms.core.vocabulary import Kinds
from documents.access import readable_by
from documents.models import Document, DocumentPageText, DocumentRelease, DocumentUse
from search import registry
from search.registry import Found, FoundFile, PageText


def found_pages(kinds: Mapping[str, Sequence[str]], visitor: Visitor, language: str) -> dict[str, Found]:
    """Those of the keys of each kind that ``visitor`` may see now, with the files that they may read."""
    sources: dict[str, Any] = {key: registry.source(kind) for kind, keys in kinds.items() for key in keys}
    wanted = split(sources)
    keys = list({key for several in wanted.values() for key in several})
    models = tuple(sorted({source.model for source in sources.values()}, key=lambda model: model.__name__))
    rows = visitor.ask(_pages, models, keys=keys, languages=sorted(wanted))
    # Which key in which language is looked at here: each mixture would be another question.
    pages = own_types(row for row in rows if (of := sources.get(key_of(row))) and row.specific_class is of.model)
    files = _files(pages, sources, visitor)
    named = Kinds.of(visitor)
    return {
        key_of(page): Found(
            key=key_of(page),
            kind=source.kind,
            kind_label=source.kind_label(page, named, language),
            language=page.locale.language_code,
            title=page.title,
            url=page.get_url() or "",
            summary=page.summary,
            body=source.body(page),
            date=getattr(page, "date", None) or (page.first_published_at and page.first_published_at.date()),
            files=tuple(files.get(page.pk, ())),
        )
        for page in pages
        for source in (sources[key_of(page)],)
    }


def visible_keys(keys: Sequence[str], visitor: Visitor, with_files: bool = True) -> set[str]:
    """Those of ``keys`` whose page ``visitor`` may see now, and its files where it is ``with_files``; in one query.

    A page that names a file which was released and which this visitor may not read now is none of them then: what the
    index has of the page may still hold the file's words.
    """
    pages = visible_to(Page.objects.filter(with_keys(keys)), visitor)
    if with_files:
        readable = readable_by(visitor).filter(pk=OuterRef("document"))
        released = DocumentRelease.objects.filter(document=OuterRef("document"))
        lost = DocumentUse.objects.filter(Exists(released), ~Exists(readable), revision=OuterRef("live_revision"))
        pages = pages.exclude(Exists(lost))
    return set(keys_of(pages))


def _files(pages: Sequence[Any], sources: Mapping[str, Any], visitor: Visitor) -> dict[int, list[FoundFile]]:
    """The files of each page that ``visitor`` may read, by its primary key. A query per source, and one for all."""
    named: dict[int, list[FileRow]] = {}
    for source in {id(source): source for source in sources.values()}.values():
        named |= source.files([page for page in pages if sources[key_of(page)] is source])
    wanted = {row.document.pk for rows in named.values() for row in rows}
    if not wanted:
        return {}
    blobs = {pk: bytes(blob) for pk, blob in visitor.ask(_tokens, files=list(wanted))}
    return {
        pk: [found_file(row, blobs[row.document.pk]) for row in best_texts(rows, blobs)] for pk, rows in named.items()
    }


def _pages(visitor: Visitor, models: tuple[type[Page], ...], keys: list[UUID], languages: list[str]) -> QuerySet[Page]:
    pages = Page.objects.filter(translation_key__in=keys, locale__language_code__in=languages)
    return joined(visible_to(pages, visitor), models)


def _tokens(visitor: Visitor, files: list[int]) -> QuerySet[Any, Any]:
    readable = readable_by(visitor).filter(pk__in=files, tokens__isnull=False)
    return readable.values_list("pk", "tokens__blob")


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
    values: dict[str, Any] = {}
    for at, (series, version, number) in enumerate(wanted):
        values |= {f"series{at}": UUID(series), f"version{at}": version, f"number{at}": number}
    rows = prepared.rows(_texts, len(wanted), **values)
    return {(str(series), version, number): (language, text) for series, version, number, language, text in rows}


def _texts(count: int, **values: Any) -> QuerySet[Any, Any]:
    filters = Q(pk__in=[])
    for at in range(count):
        series, version, number = (values[f"{name}{at}"] for name in ("series", "version", "number"))
        filters |= Q(document__series=series, document__number=version, number=number)
    return DocumentPageText.objects.filter(filters).values_list(
        "document__series", "document__number", "number", "language", "text"
    )


def publication_kind_names(visitor: Visitor) -> list[tuple[str, str]]:
    """The names of kinds of publication in every language, and their codes."""
    entries = Kinds.of(visitor).all("kind")
    return [(name, str(entry.key)) for entry in entries for name in (entry.name, entry.code)]
