"""Files as readers see them: language, format, pages, size, version, and only those that they may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from access.visitor import Visitor
from cms.core.languages import autonym, direction, language_name
from cms.core.templatetags.look_tags import file_size, num, plain_num
from documents.access import readable_by

if TYPE_CHECKING:
    from documents.models import Document


@dataclass(frozen=True)
class FileRow:
    """One readable file."""

    document: Document
    label: str
    language: str
    role: str = ""
    role_label: str = ""

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


@dataclass
class FileGroup:
    """The files of one language."""

    code: str
    is_own: bool
    rows: list[FileRow] = field(default_factory=list)

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


def readable_in_texts(visitor: Visitor) -> set[int]:
    """Primary keys of the files of which is known already that ``visitor`` may read them, to add to."""
    known: set[int] = visitor.memo.setdefault(readable_in_texts, set())
    return known


def row_if_readable(document: Document, visitor: Visitor, label: str = "") -> FileRow | None:
    """The row of a single file, or None if ``visitor`` may not read it. One query, or none where that is known."""
    if document.pk not in readable_in_texts(visitor) and not readable_by(visitor).filter(pk=document.pk).exists():
        return None
    return FileRow(document, label or document.title, document.language)
