"""Publications as the rows that an import reads: export, then import, gives the same content."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Prefetch, QuerySet
from wagtail.rich_text import expand_db_html

from access.visitor import Visitor
from cms.core.models import PagePlace
from cms.glossary.models import PageTerm
from cms.publications.importing.rows import ROLE_NAMES
from cms.publications.models import Contributor, PublicationFile, PublicationPage
from cms.topics.models import PageTopic
from documents.access import readable_by
from documents.rights import Licence, Rights

CHUNK = 200


def rows(pages: QuerySet[Any], folder: Path | None = None, *, everything: bool = False) -> Iterator[dict[str, Any]]:
    """One row per publication and language, in the order of the tree; copies files to ``folder`` if there is one.

    A work without an import key gets its translation key as key. Sensitive places are named as their
    country only. Without ``everything`` files are those that anybody may read, with what was approved of their rights.
    """
    files = PublicationFile.objects.select_related("document").order_by("sort_order")
    if not everything:
        files = files.filter(document__in=readable_by(Visitor()))
    pages = pages.select_related("locale", "kind").prefetch_related(
        Prefetch("contributors", Contributor.objects.order_by("sort_order")),
        Prefetch("topics", PageTopic.objects.select_related("topic").order_by("sort_order")),
        Prefetch("glossary_terms", PageTerm.objects.select_related("term").order_by("sort_order")),
        Prefetch("places", PagePlace.objects.select_related("place__parent__parent__parent").order_by("sort_order")),
        Prefetch("files", files),
    )
    for page in pages.order_by("path").iterator(chunk_size=CHUNK):
        yield row_of(page, folder, everything=everything)


def row_of(page: PublicationPage, folder: Path | None, *, everything: bool = False) -> dict[str, Any]:
    """The row of one page; empty fields are left out."""
    people = list(page.contributors.all())
    places = [row.place.public() for row in page.places.all()]
    row = {
        "key": page.key or str(page.translation_key),
        "language": page.locale.language_code,
        "title": page.title,
        "subtitle": page.subtitle,
        "summary": page.summary,
        "abstract": _html(page.abstract),
        "body": "".join(_html(block.value.source) for block in page.body if block.block_type in {"text", "long_text"}),
        "kind": page.kind.code if page.kind else "",
        "date": page.date.isoformat() if page.date else "",
        "publisher": page.publisher,
        "reference_number": page.reference_number,
        "isbn": page.isbn,
        "doi": page.doi,
        "licence": page.licence,
        "authors": [_person(each) for each in people if each.role == Contributor.Role.AUTHOR],
        "editors": [_person(each) for each in people if each.role == Contributor.Role.EDITOR],
        "topics": [each.topic.title for each in page.topics.all()],
        "places": list(dict.fromkeys(place.name for place in places if place is not None)),
        "glossary": [each.term.title for each in page.glossary_terms.all()],
        "files": [file for each in page.files.all() if (file := _file(each, folder, everything))] if folder else [],
    }
    return {name: value for name, value in row.items() if value}


def _html(text: str) -> str:
    """Rich text as HTML for outside: links to pages and files by address, never by number."""
    return str(expand_db_html(text)) if text else ""


def _person(person: Contributor) -> Any:
    return {"name": person.name, "organisation": True} if person.is_organisation else person.name


def _file(file: PublicationFile, folder: Path | None, everything: bool) -> dict[str, Any] | None:
    """Copies the public copy; a file that isn't ready has none yet and is left out, as is an infected one."""
    document = file.document
    if folder is None or not document.is_servable:
        return None
    name = f"{document.series}-v{document.number}.{document.file_extension}"
    target = folder / name
    if not target.exists():
        part = folder / f".{name}.part"
        with document.file.open("rb") as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        part.replace(target)
    entry = {
        "path": name,
        "language": file.language or document.language,
        "role": ROLE_NAMES[PublicationFile.Role(file.role)],
        "label": file.label,
        "group": file.format_group,
        **_rights(document.stated_rights if everything else document.public_rights),
        "embargo": document.held_until.isoformat() if document.held_until else "",
    }
    return {key: value for key, value in entry.items() if value}


def _rights(rights: Rights) -> dict[str, str]:
    """As an import reads them: an identifier, or other terms by name and address."""
    if rights.licence != Licence.OTHER:
        return {"licence": rights.licence, "credit": rights.credit}
    return {"licence": rights.licence_text, "licence_url": rights.licence_url, "credit": rights.credit}
