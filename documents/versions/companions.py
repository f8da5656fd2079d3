"""What else may say what a version says: its bytes under other names, and what apps above know of the same work.

Who withdraws a version because of a name in it is asked about all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext

from documents.models import Document, DocumentQuerySet, DocumentRelease


@dataclass(frozen=True)
class Companion:
    """Another version, or another file, and ``why`` it may say the same, in a few words.

    ``is_same``: it says all of it, as another format does. An annex or a summary may or may not: somebody has to look.
    """

    document: Document
    why: str
    is_same: bool = True

    def __str__(self) -> str:
        return gettext("%(file)s, %(format)s: %(why)s") % {
            "file": self.document,
            "format": self.document.file_extension.upper(),
            "why": self.why,
        }


Finder = Callable[[Document], Iterable[Companion]]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Adds what an app knows of the same thing; called from ``AppConfig.ready()``."""
    if finder not in _finders:
        _finders.append(finder)


def released() -> DocumentQuerySet:
    """What a withdrawal can take back."""
    return cast(DocumentQuerySet, Document.objects.filter(pk__in=DocumentRelease.objects.active().values("document")))


def companions_of(document: Document, among: DocumentQuerySet) -> list[Companion]:
    """What of ``among`` says or may say the same as ``document`` or, by its bytes, as a version before it.

    Each once, what says the same before the others, by title.

    Whoever is told of them must be allowed to know of ``among``.
    """
    found = [Companion(twin, gettext("the same bytes")) for twin in _twins(document, among)]
    found += [companion for finder in _finders for companion in finder(document)]
    wanted = set(among.filter(pk__in={each.document.pk for each in found}).values_list("pk", flat=True))
    once = {each.document.pk: each for each in reversed(found) if each.document.pk in wanted - {document.pk}}
    return sorted(once.values(), key=_order)


def _order(each: Companion) -> tuple[bool, str, int, int]:
    return not each.is_same, each.document.title, each.document.number, each.document.pk


def _twins(document: Document, among: DocumentQuerySet) -> list[Document]:
    before = among.filter(series=document.series, number__lt=document.number)
    elsewhere = among.exclude(series=document.series)
    return [*among.same_bytes_as(document), *(twin for older in before for twin in elsewhere.same_bytes_as(older))]
