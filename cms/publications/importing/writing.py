"""Many new pages in few statements: what ``Page.save()`` and publishing do, for a whole batch at once.

Paths, addresses, revisions, records, uses, references, the log and the outbox are all written here,
so that an imported page is no different from one that an editor made.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.backends import get_search_backends

from cms.core.keys import key_of
from cms.core.models import PagePlace
from cms.glossary.models import PageTerm
from cms.publications.importing.rows import FileEntry, Row
from cms.publications.importing.waiting import mark
from cms.publications.models import Contributor, ImportedRow, PublicationFile, PublicationIndexPage, PublicationPage
from cms.topics.models import PageTopic
from documents.uses import Named, record_uses_in_bulk
from search.outbox import touch
from workflows import approvals
from workflows.content import content_hash

if TYPE_CHECKING:
    from access.models import User
    from documents.models import Document

SLUG_LENGTH = 200


@dataclass
class Related:
    """What the names of a row stand for."""

    kind: Any = None
    topics: list[Any] = field(default_factory=list)
    places: list[Any] = field(default_factory=list)
    terms: list[Any] = field(default_factory=list)
    files: list[tuple[Document, FileEntry]] = field(default_factory=list)


@dataclass
class New:
    """A row that becomes a page."""

    row: Row
    related: Related
    digest: str
    translation_key: uuid.UUID


def fill(page: PublicationPage, row: Row, related: Related) -> None:
    """Writes a row's content into ``page``, child rows included, in memory."""
    page.title = page.draft_title = row.title
    for name, value in row.texts.items():
        setattr(page, name, value)
    page.abstract = row.abstract
    page.body = [("long_text", row.body)] if row.body else []
    page.kind = related.kind
    page.date, page.licence, page.key = row.date, row.licence, row.key
    page.contributors = [
        Contributor(name=each.name, role=each.role, is_organisation=each.is_organisation, sort_order=number)
        for number, each in enumerate(row.people)
    ]
    page.topics = [PageTopic(topic=each, sort_order=number) for number, each in enumerate(related.topics)]
    page.places = [PagePlace(place=each, sort_order=number) for number, each in enumerate(related.places)]
    page.glossary_terms = [PageTerm(term=each, sort_order=number) for number, each in enumerate(related.terms)]
    page.files = [
        PublicationFile(
            document=document,
            language=entry.language,
            role=entry.role,
            label=entry.label,
            format_group=entry.format_group,
            sort_order=number,
        )
        for number, (document, entry) in enumerate(related.files)
    ]


class Writer:
    """Adds publications below the list of their language. One per run; remembers which slugs are taken."""

    def __init__(self, user: User | None, *, publish: bool) -> None:
        self.user, self.publish = user, publish
        self._slugs: dict[int, set[str]] = {}
        self.page_type = ContentType.objects.get_for_model(Page)
        self.own_type = ContentType.objects.get_for_model(PublicationPage)

    def write(self, index: PublicationIndexPage, batch: Sequence[New]) -> list[PublicationPage]:
        """Makes the pages of ``batch`` below ``index``, in the caller's transaction; published if the run says so.

        One with files is a draft that waits for them: what was filed just now is through no check.
        """
        parent = Page.objects.select_for_update(of=("self",), no_key=True).select_related("locale").get(pk=index.pk)
        now = timezone.now()
        pages = self._pages(parent, batch, now)
        if Page.objects.child_of(parent).filter(slug__in=[page.slug for page in pages]).exists():
            self._slugs.pop(parent.pk)  # others took one of them since the last batch
            pages = self._pages(parent, batch, now)
        self._insert(pages)
        Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(pages))
        self._insert_children(pages)
        revisions = self._insert_revisions(pages, now)
        named = [Named(documents=frozenset(row.document_id for row in page.files.all())) for page in pages]
        record_uses_in_bulk(zip(revisions, named, strict=True))
        public = [(page, revision) for page, revision in zip(pages, revisions, strict=True) if page.live]
        approvals.record_import(public, self.user, [frozenset()] * len(public))
        ImportedRow.objects.bulk_create(
            [
                ImportedRow(
                    key=new.row.key,
                    language=new.row.language,
                    row_hash=new.digest,
                    page=page,
                    written_hash=content_hash(revision.content),
                    **mark(revision if self.publish and not page.live else None),
                )
                for new, page, revision in zip(batch, pages, revisions, strict=True)
            ]
        )
        self._note(pages, revisions, now)
        touch((key_of(page) for page in pages), may_hide=False)
        return pages

    def forget(self) -> None:
        """Forgets the slugs, after a batch was rolled back."""
        self._slugs.clear()

    def _next_step(self, parent: Page) -> int:
        last = parent.get_last_child()
        return int(Page._str2int(last.path[-Page.steplen :])) + 1 if last else 1

    def _pages(self, parent: Page, batch: Sequence[New], now: Any) -> list[PublicationPage]:
        return [
            self._page(parent, new, number, now, live=self.publish and not new.related.files)
            for number, new in enumerate(batch, start=self._next_step(parent))
        ]

    def _page(self, parent: Page, new: New, step: int, now: Any, *, live: bool) -> PublicationPage:
        slug = self._slug(parent, new.row)
        page = PublicationPage(
            locale=parent.locale,
            translation_key=new.translation_key,
            slug=slug,
            url_path=f"{parent.url_path}{slug}/",
            path=Page._get_path(parent.path, parent.depth + 1, step),
            depth=parent.depth + 1,
            numchild=0,
            content_type=self.own_type,
            owner=self.user,
            live=live,
            has_unpublished_changes=not live,
            first_published_at=now if live else None,
            last_published_at=now if live else None,
            latest_revision_created_at=now,
        )
        for relation in get_all_child_relations(PublicationPage):
            setattr(page, relation.get_accessor_name(), [])  # none of them is asked of the database
        fill(page, new.row, new.related)
        return page

    def _slug(self, parent: Page, row: Row) -> str:
        taken = self._slugs.get(parent.pk)
        if taken is None:
            taken = self._slugs[parent.pk] = set(Page.objects.child_of(parent).values_list("slug", flat=True))
        base = slugify(row.title, allow_unicode=True)[:SLUG_LENGTH].strip("-") or slugify(row.key) or "publication"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        return slug

    def _insert(self, pages: Sequence[PublicationPage]) -> None:
        """Rows of the stock table by ``bulk_create``; those of our own table by the insert that it uses itself:
        Django's ``bulk_create`` refuses models with a parent table."""
        names = [item.attname for item in Page._meta.concrete_fields if item.attname != "id"]
        base = [Page(**{name: getattr(page, name) for name in names}) for page in pages]
        for page, row in zip(pages, Page.objects.bulk_create(base), strict=True):
            page.pk = page.id = row.pk
            page._state.adding = False
            page._state.db = connection.alias
        fields = PublicationPage._meta.local_concrete_fields
        size = connection.ops.bulk_batch_size(fields, list(pages)) or len(pages)
        for start in range(0, len(pages), size):
            PublicationPage._base_manager.all()._insert(
                pages[start : start + size], fields=fields, using=connection.alias
            )

    def _insert_children(self, pages: Sequence[PublicationPage]) -> None:
        for model, accessor in (
            (Contributor, "contributors"),
            (PublicationFile, "files"),
            (PageTopic, "topics"),
            (PagePlace, "places"),
            (PageTerm, "glossary_terms"),
        ):
            rows = []
            for page in pages:
                for row in getattr(page, accessor).all():
                    row.page_id = page.pk
                    rows.append(row)
            model._default_manager.bulk_create(rows)

    def _insert_revisions(self, pages: Sequence[PublicationPage], now: Any) -> list[Revision]:
        revisions = Revision.objects.bulk_create(
            [
                Revision(
                    content_type=self.own_type,
                    base_content_type=self.page_type,
                    object_id=str(page.pk),
                    created_at=now,
                    user=self.user,
                    object_str=str(page),
                    content=page.serializable_data(),
                )
                for page in pages
            ]
        )
        latest = Revision.objects.filter(
            base_content_type=self.page_type, object_id=Cast(OuterRef("pk"), CharField())
        ).values("pk")[:1]
        rows = Page.objects.filter(pk__in=[page.pk for page in pages])
        rows.update(latest_revision=Subquery(latest))
        rows.filter(live=True).update(live_revision=F("latest_revision"))
        for page, revision in zip(pages, revisions, strict=True):
            page.latest_revision_id = revision.pk
            page.live_revision_id = revision.pk if page.live else None
        return list(revisions)

    def _note(self, pages: Sequence[PublicationPage], revisions: Sequence[Revision], now: Any) -> None:
        """The log, the reference index and the admin's search, as the signals of a save would fill them."""
        PageLogEntry.objects.bulk_create(
            [
                PageLogEntry(
                    page_id=page.pk,
                    label=str(page),
                    content_type=self.own_type,
                    action=action,
                    user=self.user,
                    timestamp=now,
                    revision=revision,
                    content_changed=True,
                    data={"import": page.key},
                )
                for page, revision in zip(pages, revisions, strict=True)
                for action in ("wagtail.create", *(["wagtail.publish"] if page.live else []))
            ]
        )
        ReferenceIndex.objects.bulk_create(row for page in pages for row in self._references(page))
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(PublicationPage, pages)

    def _references(self, page: PublicationPage) -> Iterable[ReferenceIndex]:
        for type_id, object_id, model_path, content_path in set(ReferenceIndex._extract_references_from_object(page)):
            yield ReferenceIndex(
                base_content_type=self.page_type,
                content_type=self.own_type,
                object_id=str(page.pk),
                to_content_type_id=type_id,
                to_object_id=object_id,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
            )
