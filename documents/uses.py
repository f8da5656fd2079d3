"""Which revision names which files: extracted when the revision is saved, in the same transaction.

References come from foreign keys, child rows, StreamFields and rich text (links to documents,
embedded pictures), of the revision's content and not of the saved row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, QuerySet
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.permissions import page_permission_policy

from documents.models import Document, DocumentUse, Image, ImageUse


@dataclass(frozen=True)
class Named:
    """Primary keys of the documents and pictures that some content names."""

    documents: frozenset[int] = field(default_factory=frozenset)
    images: frozenset[int] = field(default_factory=frozenset)

    def without(self, other: Named) -> Named:
        """What is named here and not there."""
        return Named(self.documents - other.documents, self.images - other.images)


def named_by(content: Revision | Model) -> Named:
    """What a revision, or a page as it is in memory, names. Dangling references are left out."""
    instance = content.as_object() if isinstance(content, Revision) else content
    types = ContentType.objects.get_for_models(Document, Image)
    found: dict[int, set[int]] = {content_type.pk: set() for content_type in types.values()}
    for content_type_id, object_id, _model_path, _content_path in ReferenceIndex._extract_references_from_object(
        instance
    ):
        if content_type_id in found and str(object_id).isdecimal():
            found[content_type_id].add(int(object_id))
    return existing(found[types[Document].pk], found[types[Image].pk])


def existing(documents: Iterable[int], images: Iterable[int]) -> Named:
    """The given primary keys, without those that have no row."""
    documents, images = set(documents), set(images)
    return Named(
        frozenset(Document.objects.filter(pk__in=documents).values_list("pk", flat=True) if documents else ()),
        frozenset(Image.objects.filter(pk__in=images).values_list("pk", flat=True) if images else ()),
    )


def documents_named_by(content: Revision | Model) -> set[int]:
    """Primary keys of the documents that a revision, or a page as it is in memory, names."""
    return set(named_by(content).documents)


def named_by_revision(revision_id: int | None) -> Named:
    """What a saved revision names, as recorded; nothing for None."""
    if revision_id is None:
        return Named()
    return Named(
        frozenset(DocumentUse.objects.filter(revision=revision_id).values_list("document", flat=True)),
        frozenset(ImageUse.objects.filter(revision=revision_id).values_list("image", flat=True)),
    )


def pages_with_other_versions(document: Document, user: Any) -> QuerySet[Page]:
    """Pages that ``user`` may edit and whose latest revision names another version of ``document``, and not this one."""
    uses = DocumentUse.objects.filter(revision=OuterRef("latest_revision"))
    others = uses.filter(document__series=document.series).exclude(document=document.pk)
    editable: QuerySet[Page] = page_permission_policy.instances_user_has_permission_for(user, "change")
    return editable.filter(Exists(others)).exclude(Exists(uses.filter(document=document.pk)))


def record_uses(revision: Revision) -> None:
    """Writes what ``revision`` names, now; takes back what an overwritten revision no longer names."""
    if not _is_of_page(revision):
        return
    now = named_by(revision)
    before = named_by_revision(revision.pk)
    DocumentUse.objects.filter(revision=revision, document__in=before.documents - now.documents).delete()
    ImageUse.objects.filter(revision=revision, image__in=before.images - now.images).delete()
    _write([(revision, now.without(before))])


def record_uses_in_bulk(revisions: Iterable[tuple[Revision, Named]]) -> None:
    """Writes the uses of new revisions that were made by ``bulk_create``, which sends no signals."""
    _write([(revision, named) for revision, named in revisions if _is_of_page(revision)])


def _is_of_page(revision: Revision) -> bool:
    return bool(revision.base_content_type_id == ContentType.objects.get_for_model(Page).pk)


def _write(rows: list[tuple[Revision, Named]]) -> None:
    DocumentUse.objects.bulk_create(
        [
            DocumentUse(document_id=pk, revision=revision, page_id=int(revision.object_id))
            for revision, named in rows
            for pk in sorted(named.documents)
        ],
        batch_size=500,
    )
    ImageUse.objects.bulk_create(
        [
            ImageUse(image_id=pk, revision=revision, page_id=int(revision.object_id))
            for revision, named in rows
            for pk in sorted(named.images)
        ],
        batch_size=500,
    )
