"""Files of one work: other formats and languages say the same, an annex or a summary may name the same people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from cms.core.languages import language_name
from cms.publications.models import PublicationFile
from documents.models import Document, DocumentRelease
from documents.versions.companions import Companion

if TYPE_CHECKING:
    from django.db.models import QuerySet


def companions(document: Document) -> Iterator[Companion]:
    """On every publication that names a version of ``document``'s series.

    Of a version that a newer one replaced there, what the other files' newer versions replaced; where nothing was
    replaced, the other file itself, which still says what the corrected one doesn't.
    """
    for own in _rows().filter(document__series=document.series):
        others = (
            _rows().filter(page__translation_key=own.page.translation_key).exclude(document__series=document.series)
        )
        for row in others:
            is_shown = own.document_id == document.pk
            other = row.document if is_shown else _replaced(row.document) or row.document
            yield Companion(other, *_why(own, row))


def _rows() -> QuerySet[PublicationFile]:
    return PublicationFile.objects.select_related("document", "page__locale").order_by("pk")


def _replaced(document: Document) -> Document | None:
    """The newest version before this one that is released."""
    released = DocumentRelease.objects.active().values("document")
    return Document.objects.in_series(document.series).filter(number__lt=document.number, pk__in=released).first()


def _why(own: PublicationFile, row: PublicationFile) -> tuple[str, bool]:
    """What ``row`` is to ``own``, in a few words, and whether both say the same."""
    if _language(own) != _language(row):
        if own.role == row.role:
            return gettext("in another language (%(language)s)") % {"language": language_name(_language(row))}, True
    elif own.format_group and own.format_group.casefold() == row.format_group.casefold():
        return gettext("in another format"), True
    return gettext("of the same work (%(role)s)") % {"role": row.get_role_display()}, False


def _language(row: PublicationFile) -> str:
    return str(row.language or row.document.language or row.page.locale.language_code)
