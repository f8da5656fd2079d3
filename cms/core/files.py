"""Files as readers see them: language, format, pages, size, version, and only those that they may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from access.visitor import Visitor
from cms.core.languages import autonym, direction, language_name
from cms.core.templatetags.look_tags import file_size, num, plain_num
from documents.access import readable_by
from search.pages import has_words

if TYPE_CHECKING:
    from documents.models import Document
    from documents.rights import Rights


@dataclass(frozen=True)
class FileRow:
    """One readable file. ``label`` is what it is called, ``own_label`` what an editor called it, if anybody did.

    ``format_group`` is what files share that are the same thing in several formats.
    """

    document: Document
    label: str
    language: str
    role: str = ""
    role_label: str = ""
    own_label: str = ""
    format_group: str = ""
    is_draft: bool = False

    @property
    def rights(self) -> Rights:
        """Licence and credit: as they were approved; in a preview, as they would be."""
        return self.document.stated_rights if self.is_draft else self.document.public_rights

    @property
    def held_until(self) -> datetime | None:
        """The end of an embargo of its own: only those who work on the file see such a row."""
        return self.document.held_until

    @property
    def dir(self) -> str:
        return direction(self.language)

    @property
    def language_name(self) -> str:
        return language_name(self.language) if self.language else ""

    @property
    def format(self) -> str:
        """The format's short name: PDF."""
        return str(self.document.file_extension).upper()

    @property
    def pages(self) -> int:
        return int(self.document.page_count)

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.document.size)

    @property
    def version(self) -> int:
        return int(self.document.number)

    @property
    def sha256(self) -> str:
        return str(self.document.sha256)

    @property
    def series(self) -> str:
        return str(self.document.series)

    @property
    def download_url(self) -> str:
        return str(self.document.url)

    @property
    def read_url(self) -> str:
        """The page reader, opened at page 1; empty for files without pages."""
        return str(self.document.reading_url(1)) if self.pages else ""

    @property
    def spec(self) -> str:
        """ "PDF, 148 pages, 2.4 MB, version 2"; the version only from the second on."""
        parts = [self.format]
        if self.pages:
            parts.append(ngettext("%(pages)s page", "%(pages)s pages", self.pages) % {"pages": num(self.pages)})
        if self.size:
            parts.append(file_size(self.size))
        if self.version > 1:
            parts.append(gettext("version %(number)s") % {"number": plain_num(self.version)})
        return ", ".join(parts)


@dataclass(frozen=True)
class FileEntry:
    """What is listed as one: a file, and the others that are the same thing in another format."""

    main: FileRow
    others: tuple[FileRow, ...] = ()


@dataclass
class FileGroup:
    """The files of one language."""

    code: str
    is_own: bool
    rows: list[FileRow] = field(default_factory=list)

    @property
    def entries(self) -> list[FileEntry]:
        """The files, those of one format group together."""
        return entries(self.rows)

    @property
    def name(self) -> str:
        return language_name(self.code) if self.code else gettext("Language not stated")

    @property
    def autonym(self) -> str:
        return autonym(self.code) if self.code else ""

    @property
    def dir(self) -> str:
        return direction(self.code)


def grouped(rows: Iterable[FileRow], own: str) -> list[FileGroup]:
    """By language: the page's own first, the others in the order in which they come."""
    groups: dict[str, FileGroup] = {}
    for row in rows:
        groups.setdefault(row.language, FileGroup(row.language, row.language == own)).rows.append(row)
    return sorted(groups.values(), key=lambda group: not group.is_own)


def entries(rows: Iterable[FileRow]) -> list[FileEntry]:
    """``rows`` in their order, with the same thing in several formats as one entry where the first of them stood."""
    together: dict[object, list[FileRow]] = {}
    for row in rows:
        key = (row.language, row.format_group.casefold()) if row.format_group else row.document.pk
        together.setdefault(key, []).append(row)
    return [_entry(same) for same in together.values()]


def _entry(same: list[FileRow]) -> FileEntry:
    """The first PDF is the best format, because its pages can be read here and cited; else what the editor put first."""
    main = next((row for row in same if row.format == "PDF"), same[0])
    return FileEntry(main, tuple(row for row in same if row is not main))


def best_formats(rows: Iterable[FileRow]) -> list[FileRow]:
    """The best file of each entry."""
    return [entry.main for entry in entries(rows)]


def best_texts(rows: Iterable[FileRow], blobs: Mapping[int, bytes]) -> list[FileRow]:
    """The best file to search in of each entry: a thing is found once, however many formats it has.

    Of ``rows`` those with a blob of page tokens in ``blobs``, by the document's primary key. A scan without words
    gives way to the next format.
    """
    return [_with_words(entry, blobs) for entry in entries(row for row in rows if row.document.pk in blobs)]


def _with_words(entry: FileEntry, blobs: Mapping[int, bytes]) -> FileRow:
    if not entry.others:
        return entry.main
    return next((row for row in (entry.main, *entry.others) if has_words(blobs[row.document.pk])), entry.main)


def readable_in_texts(visitor: Visitor) -> set[int]:
    """Primary keys of the files of which is known already that ``visitor`` may read them, to add to."""
    known: set[int] = visitor.memo.setdefault(readable_in_texts, set())
    return known


def row_if_readable(document: Document, visitor: Visitor, label: str = "") -> FileRow | None:
    """The row of a single file, or None if ``visitor`` may not read it. One query, or none where that is known."""
    if document.pk not in readable_in_texts(visitor) and not readable_by(visitor).filter(pk=document.pk).exists():
        return None
    return FileRow(document, label or document.title, document.language)
