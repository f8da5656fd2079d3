"""A whole import, batch by batch: each row goes in as a whole or not at all."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby, islice
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from wagtail.models import Page

from cms.publications.exceptions import RowError
from cms.publications.importing import waiting
from cms.publications.importing.rows import FileEntry, Row, parse
from cms.publications.importing.sources import digest, filed, sealed_files
from cms.publications.importing.vocabulary import Vocabulary
from cms.publications.importing.writing import New, Related, Writer, fill
from cms.publications.models import ImportedRow, PublicationIndexPage, PublicationPage
from documents.locks import hold_pages
from documents.models import Document
from workflows import approvals
from workflows.content import content_hash
from workflows.exceptions import NotApproved, Overtaken

if TYPE_CHECKING:
    from access.models import User

logger = logging.getLogger(__name__)

BATCH = 200


@dataclass
class Summary:
    """What an import did. ``errors`` are (line number, sentence).

    ``waiting`` is how many of the rows are drafts until their files are through the checks; ``blocked`` are those that
    a check, a lock or the withdrawal of a file keeps from it, as (line number, sentence).
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    blocked: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.errors)

    def add(self, other: Summary) -> None:
        """Adds what ``other`` counts and lists."""
        for name in ("created", "updated", "unchanged", "waiting"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.blocked.extend(other.blocked)
        self.errors.extend(other.errors)


class Importer:
    """Imports lines of JSON. Arguments are those of the command ``import_publications``."""

    def __init__(
        self,
        *,
        user: User | None = None,
        files: Path | None = None,
        publish: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        language: str = "en",
        progress: Callable[[Summary], object] = lambda summary: None,
    ) -> None:
        self.user, self.folder, self.publish, self.dry_run = user, files, publish, dry_run
        self.language, self.progress = language, progress
        self.vocabulary = Vocabulary(user, strict=strict, publish=publish, writes=not dry_run)
        self.writer = Writer(user, publish=publish)
        self.summary = Summary()
        self._seen: set[tuple[str, str]] = set()
        self._numbers: set[tuple[str, str, str]] = set()
        self._indexes: dict[str, PublicationIndexPage] = {}

    def run(self, lines: Iterable[str]) -> Summary:
        """Imports all lines; bad ones are listed in the summary and don't stop the others."""
        began = time.monotonic()
        numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
        while batch := list(islice(numbered, BATCH)):
            self._batch(list(self._parsed(batch)))
            self.summary.seconds = time.monotonic() - began
            self.progress(self.summary)
        return self.summary

    def _parsed(self, batch: list[tuple[int, str]]) -> Iterator[tuple[Row, str]]:
        for number, line in batch:
            try:
                row = parse(line, number, self.language)
                if (row.key, row.language) in self._seen:
                    raise RowError("The file has this key in this language twice.")
                self._seen.add((row.key, row.language))
                yield row, digest(row, self.folder)
            except RowError as error:
                self.summary.errors.append((number, str(error)))

    def _batch(self, rows: list[tuple[Row, str]]) -> None:
        """New rows without files in one transaction; each other one in its own. Who takes back a page or a file that the
        import has in hand waits for one row at most, and not while its files are judged."""
        known = self._known([row for row, _digest in rows])
        keys = self._translation_keys([row for row, _digest in rows])
        together = []
        for row, hashed in rows:
            imported = known.get((row.key, row.language))
            if imported is None and not row.files:
                together.append((row, hashed))
            elif imported is not None and imported.row_hash == hashed and not self._waits(imported):
                self.summary.unchanged += 1
                self._report(imported, row, self.summary)
            else:
                self._alone(row, hashed, imported, keys)
        if together:
            with self._transaction() as counts:
                self._add(together, keys, counts)
        self.summary.errors.sort()

    @contextmanager
    def _transaction(self) -> Iterator[Summary]:
        """Counts are added when it holds."""
        counts, before = Summary(), self.vocabulary.created
        try:
            with transaction.atomic():
                yield counts
        except Exception as error:
            if not isinstance(error, RowError):  # that one is raised before anything is written
                self.writer.forget()
            if self.vocabulary.created != before:
                self.vocabulary.reload()
            raise
        self.summary.add(counts)

    def _alone(self, row: Row, hashed: str, imported: ImportedRow | None, keys: dict[str, uuid.UUID]) -> None:
        """One row, as a whole or not at all: where it is refused, no version of its files is left either."""
        try:
            if imported is None:
                self._check_numbers(row, keys.get(row.key))
                self._index(row.language)
                with self._sealed(row) as files, self._transaction() as counts:
                    related = self._related(row)
                    related.files = self._filed(files)
                    new = New(row, related, hashed, keys.setdefault(row.key, uuid.uuid4()))
                    counts.created += self._create([new], counts)
                self._numbers |= _numbers(row)
                return
            self._check_numbers(row, imported.page.translation_key)
            named = self._changeable(imported, hashed).files.select_related("document") if row.files else []
            with self._sealed(row, [each.document for each in named]) as files, self._transaction() as counts:
                if not self._change(imported, row, files, hashed):
                    imported.refresh_from_db()
                    self._report(imported, row, counts)
                counts.updated += 1
            self._numbers |= _numbers(row)
        except RowError as error:
            self.summary.errors.append((row.line, str(error)))

    def _add(self, rows: list[tuple[Row, str]], keys: dict[str, uuid.UUID], counts: Summary) -> None:
        """Rows without files that become pages."""
        new: list[New] = []
        for row, hashed in rows:
            try:
                self._check_numbers(row, keys.get(row.key))
                self._index(row.language)
                new.append(New(row, self._related(row), hashed, keys.setdefault(row.key, uuid.uuid4())))
                self._numbers |= _numbers(row)
            except RowError as error:
                counts.errors.append((row.line, str(error)))
        counts.created += self._create(new, counts)

    def _known(self, rows: list[Row]) -> dict[tuple[str, str], ImportedRow]:
        """What earlier imports made of these rows. One query."""
        found = ImportedRow.objects.filter(key__in={row.key for row in rows}).select_related("page")
        return {(each.key, each.language): each for each in found}

    def _translation_keys(self, rows: list[Row]) -> dict[str, uuid.UUID]:
        """Translation keys of the works that exist in some language."""
        found = ImportedRow.objects.filter(key__in={row.key for row in rows})
        return dict(found.values_list("key", "page__translation_key"))

    def _waits(self, imported: ImportedRow) -> bool:
        """Whether an imported draft is to be published by this run. What was taken down stays down; what has ever
        waited for its files is published by the worker, or by those who decided otherwise since."""
        page = imported.page
        may = self.publish and not page.live and not imported.pending_hash
        return may and not _taken_down(page) and not waiting.judged(page.latest_revision_id)

    def _report(self, imported: ImportedRow, row: Row, counts: Summary) -> None:
        """Says where a row stands that was not published: it waits, or is left to people."""
        if self.publish and imported.pending_hash:
            counts.waiting += waiting.waits(imported)
            counts.blocked.extend((row.line, sentence) for sentence in waiting.reasons(imported))

    def _check_numbers(self, row: Row, translation_key: uuid.UUID | None) -> None:
        """Raises RowError where another page has one of the row's numbers, or another row of this run that is no page yet."""
        numbers = _numbers(row)
        if not numbers:
            return
        same = reduce(or_, (Q(**{name: number}) for _language, name, number in numbers))
        others = PublicationPage.objects.filter(same, locale__language_code=row.language)
        if numbers & self._numbers or others.exclude(translation_key=translation_key).exists():
            raise RowError("Another publication has this DOI or ISBN already.")

    def _related(self, row: Row) -> Related:
        """What the row's names of topics and the like stand for."""
        find = self.vocabulary.find

        def unique(vocabulary: str, names: list[str]) -> list[Any]:
            entries = [find(vocabulary, name, row.language) for name in names]
            return list({entry.pk: entry for entry in entries if entry is not None}.values())

        return Related(
            kind=find("kinds", row.kind, row.language) if row.kind else None,
            topics=unique("topics", row.topics),
            places=unique("places", row.places),
            terms=unique("glossary", row.glossary),
        )

    def _sealed(
        self, row: Row, known: Sequence[Document] = ()
    ) -> AbstractContextManager[list[tuple[Document, FileEntry]]]:
        """The files that the row names, judged and stored; none where nothing is written."""
        return nullcontext([]) if self.dry_run else sealed_files(row, self.folder, self.user, known)

    def _filed(self, files: list[tuple[Document, FileEntry]]) -> list[tuple[Document, FileEntry]]:
        """Files them, each held before the first gets its number: one after the other they are in the order of the row."""
        series = {document.series for document, _entry in files}
        Document.objects.filter(series__in=series).with_twins().lock()
        return [(filed(document, entry, self.user), entry) for document, entry in files]

    def _create(self, new: list[New], counts: Summary) -> int:
        made = 0
        for language, group in groupby(sorted(new, key=lambda each: each.row.language), lambda each: each.row.language):
            batch = list(group)
            if not self.dry_run:
                pages = self.writer.write(self._index(language), batch)
                counts.waiting += sum(self.publish and not page.live for page in pages)
            made += len(batch)
        return made

    def _index(self, language: str) -> PublicationIndexPage:
        """The list that publications in ``language`` lie below. Raises RowError."""
        if language not in self._indexes:
            rows: Any = PublicationIndexPage.objects.filter(locale__language_code=language)
            found: PublicationIndexPage | None = rows.order_by("depth", "path").first()
            if found is None:
                raise RowError("There is no list of publications in this language.")
            self._indexes[language] = found
        return self._indexes[language]

    def _changeable(self, imported: ImportedRow, hashed: str) -> Any:
        """The newest draft of a page that exists. Raises RowError where it is locked, in review, because its reviewers
        decide about the text that they were shown, or what an editor made of it since and a changed row would undo."""
        page: Any = Page.objects.get(pk=imported.page_id).specific.get_latest_revision_as_object()
        if page.workflow_in_progress:
            raise RowError("This publication is in review. Import it again when that is decided.")
        if page.locked:
            raise RowError("This publication is locked. Import it again when it is unlocked.")
        if imported.row_hash != hashed and waiting.is_an_editors_draft(imported, page.latest_revision):
            raise RowError(waiting.KEPT)
        return page

    def _change(self, imported: ImportedRow, row: Row, files: list[tuple[Document, FileEntry]], hashed: str) -> bool:
        """A new version of a page that exists: a draft, or approved and published as "import by" the user.

        Returns False where it waits for its files, or is left to people because one of them was withdrawn: an import
        brings nothing back. Raises RowError as ``_changeable``, where it can't be saved or published, and where the row
        is the same as before and an editor made something else of it.
        """
        hold_pages(Page.objects.filter(pk=imported.page_id))
        imported.refresh_from_db()
        page = self._changeable(imported, hashed)
        related = self._related(row)
        if self.dry_run:
            return True
        try:
            related.files = self._filed(files)
            return self._save(imported, page, row, related, hashed)
        except (NotApproved, Overtaken, ValidationError) as refusal:
            raise RowError(waiting.sentence(refusal)) from refusal

    def _save(self, imported: ImportedRow, page: Any, row: Row, related: Related, hashed: str) -> bool:
        """Stores the version, and publishes it where that is wanted; as ``_change``, with the errors of publishing."""
        before = _said(page)
        fill(page, row, related)
        if imported.row_hash == hashed and _said(page) != before:
            raise RowError("Somebody changed this draft since its import. Submit it for review.")
        revision = page.save_revision(user=self.user, log_action=True, changed=True)
        written = content_hash(revision.content)
        ImportedRow.objects.filter(pk=imported.pk).update(row_hash=hashed, written_hash=written, **waiting.mark(None))
        if not self.publish or _taken_down(page):
            return True
        return waiting.publish_or_wait(imported, page, revision, self.user)


def _numbers(row: Row) -> set[tuple[str, str, str]]:
    """What no other publication in the row's language may have: (language, field, number)."""
    return {(row.language, name, row.texts[name]) for name in ("doi", "isbn") if row.texts[name]}


def _said(page: Any) -> str:
    """A hash of what ``page`` says. Blocks get a new id whenever they are written: it says nothing."""
    body = [{**block, "id": ""} for block in page.body.get_prep_value()]
    return content_hash({**page.serializable_data(), "body": body})


def _taken_down(page: Page) -> bool:
    """Whether the page is down because somebody decided so. One that was withdrawn as a draft was never public."""
    return not page.live and (page.first_published_at is not None or approvals.taken_down(page.pk))
