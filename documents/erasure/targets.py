"""What an erasure takes: the versions it names, every other copy of the same bytes, and the pages that name them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from modelcluster.fields import ParentalKey
from wagtail.models import Page, ReferenceIndex

from documents.erasure.words import Matcher, passages_of
from documents.models import Document, DocumentImage, DocumentPageText, DocumentQuerySet, DocumentUse, Erasure

Target = Mapping[str, Any]


def in_scope(erasure: Erasure) -> DocumentQuerySet:
    """The versions that were asked for, and all other documents with the bytes of one of them, by series and number."""
    asked = Document.objects.filter(series=erasure.series)
    if erasure.scope == Erasure.Scope.VERSION:
        asked = asked.filter(number=erasure.number)
    elif erasure.scope == Erasure.Scope.OLDER:
        asked = asked.filter(number__lte=erasure.number)
    hashes = _hashes(asked.values("original_sha256", "sha256"))
    same = Q(original_sha256__in=hashes) | Q(sha256__in=hashes)
    found = Document.objects.filter(Q(pk__in=asked.values("pk")) | same)
    return cast(DocumentQuerySet, found.order_by("series", "number"))


def targets_of(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """How an erasure notes its versions: by what outlives their rows."""
    return [
        {
            "series": str(document.series),
            "number": document.number,
            "original_sha256": document.original_sha256,
            "sha256": document.sha256,
            "was_public": document.was_public,
        }
        for document in documents
    ]


def seen(erasure: Erasure) -> str:
    """A mark of versions, pages and counted places: what was shown to the one who confirms must be what goes."""
    documents = in_scope(erasure)
    plain = [
        [[str(series), number] for series, number in documents.values_list("series", "number")],
        sorted(pages_naming(documents)),
        [erasure.found, str(erasure.surveyed_at)],
    ]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]


def present(targets: Iterable[Target]) -> DocumentQuerySet:
    """The documents of ``targets`` that the database has now, whether they are still there or there again."""
    targets = list(targets)
    wanted = Q(pk__in=[])
    for target in targets:
        wanted |= Q(series=target["series"], number=target["number"])
    hashes = _hashes(targets)
    return cast(
        DocumentQuerySet, Document.objects.filter(wanted | Q(original_sha256__in=hashes) | Q(sha256__in=hashes))
    )


def hashes_of(targets: Iterable[Target]) -> set[str]:
    """SHA-256 of every upload and public copy."""
    return _hashes(targets)


def _hashes(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {row[name] for row in rows for name in ("original_sha256", "sha256")} - {""}


def keys_of(documents: DocumentQuerySet) -> list[str]:
    """The storage keys of uploads, public copies, covers, page images and previews."""
    found = {key for pair in documents.values_list("original", "file") for key in pair}
    images = DocumentImage.objects.filter(document__in=documents.order_by().values("pk"))
    return sorted((found | set(images.values_list("file", flat=True))) - {""})


def pages_naming(documents: DocumentQuerySet) -> set[int]:
    """Primary keys of the pages of which a revision or the row names one of the documents."""
    ids = set(documents.values_list("pk", flat=True))
    found = set(DocumentUse.objects.filter(document__in=ids).values_list("page_id", flat=True))
    for relation in Document._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        for owner in (field for field in model._meta.concrete_fields if isinstance(field, ParentalKey)):
            rows = model._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(owner.attname, flat=True))
    references = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        to_content_type=ContentType.objects.get_for_model(Document),
        to_object_id__in=[str(pk) for pk in ids],
    )
    return found | {int(pk) for pk in references.values_list("object_id", flat=True)}


def matcher_for(erasure: Erasure, documents: DocumentQuerySet | None = None) -> Matcher:
    """What looks for the erased words; with ``documents`` and where it was asked for, for passages of theirs too.

    A passage that a version which stays has as well is not taken: it was found fit to be public.
    """
    passages: set[tuple[str, ...]] = set()
    if erasure.passages and documents is not None:
        goes = documents.order_by().values("pk")
        stays = Document.objects.filter(series=erasure.series).exclude(pk__in=goes)
        for (text,) in DocumentPageText.objects.filter(document__in=goes).values_list("text"):
            passages |= passages_of(text)
        for (text,) in DocumentPageText.objects.filter(document__in=stays.values("pk")).values_list("text"):
            passages -= passages_of(text)
    return Matcher([(size, mark) for size, mark in erasure.words], frozenset(passages))
