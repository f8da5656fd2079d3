"""The files that an import names: inside its folder, real, and filed through intake like any other."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from django.core.files import File
from django.utils import timezone

from cms.publications.exceptions import RowError
from cms.publications.importing.rows import FileEntry, Row
from documents import embargo
from documents.actions import add_document
from documents.exceptions import DocumentError

if TYPE_CHECKING:
    from access.models import User
    from documents.models import Document


def resolve(folder: Path | None, name: str) -> Path:
    """The file ``name`` below ``folder``. Raises RowError for anything outside it, for links and for what is no file."""
    if folder is None:
        raise RowError("The row names files, but no folder was given: use --files.")
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or "\x00" in name:
        raise RowError("A file lies below the folder of the import.")
    path = folder
    for part in parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError) as error:
            raise RowError("A file doesn't exist in the folder of the import.") from error
        if stat.S_ISLNK(mode):
            raise RowError("A file is a link; links are not followed.")
    if not stat.S_ISREG(mode):
        raise RowError("A path names no file.")
    return path


def digest(row: Row, folder: Path | None) -> str:
    """The row's hash with those of its files: what must be equal for "unchanged". Raises RowError as ``resolve``."""
    if not row.files:
        return row.digest
    whole = hashlib.sha256(row.digest.encode())
    for entry in row.files:
        with resolve(folder, entry.path).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def file_of(
    entry: FileEntry, row: Row, folder: Path | None, user: User | None, known: Sequence[Document] = ()
) -> Document:
    """The document of a named file.

    ``known`` are the documents that the page names already: the same bytes are the same document,
    other bytes with the same language and title are its next version. Raises RowError with intake's
    sentence.
    """
    path = resolve(folder, entry.path)
    title = f"{row.title} ({entry.label})"[:255] if entry.label else row.title
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        same = [document for document in known if document.original_sha256 == sha256]
        if same:
            _restate(same[0], entry, user)
            return same[0]
        older = [document for document in known if (document.language, document.title) == (entry.language, title)]
        handle.seek(0)
        try:
            return add_document(
                File(handle, name=path.name),
                title=title,
                user=user,
                language=entry.language,
                series=older[0].series if older else None,
                original_name=path.name,
                rights=entry.rights,
                embargo=_ahead(entry),
            )
        except DocumentError as error:
            raise RowError(f"A file was refused: {error}") from error


def _ahead(entry: FileEntry) -> datetime | None:
    return entry.embargo if entry.embargo and entry.embargo > timezone.now() else None


def _restate(document: Document, entry: FileEntry, user: User | None) -> None:
    """Licence, credit and embargo of a file that is filed already, as far as the row states them.

    Readers get the rights with the row's approval. Raises RowError with the sentence of a refusal.
    """
    try:
        if entry.rights and entry.rights != document.stated_rights:
            for name, value in asdict(entry.rights).items():
                setattr(document, name, value)
            document.save(update_fields=list(asdict(entry.rights)))
        until = _ahead(entry)
        if until and until != document.held_until:
            if document.embargo and document.held_until is None:
                raise RowError("The embargo of a file is over, or was ended here: it is set again in the admin only.")
            embargo.change(document, until, user, reason="import")
    except DocumentError as error:
        raise RowError(f"A file was refused: {error}") from error
