"""The files that an import names: inside its folder, real, and filed through intake like any other."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from django.core.files import File
from django.utils import timezone

from cms.publications.exceptions import RowError
from cms.publications.importing.rows import FileEntry, Row
from documents import embargo
from documents.actions import discard_sealed, save_sealed, seal
from documents.exceptions import DocumentError
from documents.intake import inspect
from documents.models import Document
from documents.rights import Rights

if TYPE_CHECKING:
    from access.models import User


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
    """The row's hash with those of its files: what must be equal for "unchanged". Raises RowError as ``resolve``, and
    where a file can't be read."""
    if not row.files:
        return row.digest
    whole = hashlib.sha256(row.digest.encode())
    for entry in row.files:
        with _opened(resolve(folder, entry.path)) as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """``path`` to read. Raises RowError where that fails, then or later."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise RowError("A file can't be read.") from error


@contextmanager
def sealed_files(
    row: Row, folder: Path | None, user: User | None, known: Sequence[Document] = ()
) -> Iterator[list[tuple[Document, FileEntry]]]:
    """The documents of the files that ``row`` names: those of ``known``, which the page names already, with the same
    bytes; for other bytes new ones, judged and stored, but without a row yet.

    That takes long, so it is done before anything is held that somebody waits for. The bytes go again where the block
    fails. Raises RowError with intake's sentence.
    """
    files: list[tuple[Document, FileEntry]] = []
    new: list[Document] = []
    try:
        for entry in row.files:
            document = sealed(entry, row, folder, user, known)
            if document.pk is None:
                new.append(document)
            files.append((document, entry))
        yield files
    except BaseException:
        for document in new:
            discard_sealed(document)
        raise


def sealed(entry: FileEntry, row: Row, folder: Path | None, user: User | None, known: Sequence[Document]) -> Document:
    """The document of one file, as ``sealed_files``. Other bytes with the same language and title are the next version."""
    path = resolve(folder, entry.path)
    title = f"{row.title} ({entry.label})"[:255] if entry.label else row.title
    with _opened(path) as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        same = [document for document in known if document.original_sha256 == sha256]
        if same:
            return same[0]
        stated = asdict(entry.rights or Rights())
        document = Document(
            title=title.strip(), language=entry.language, uploaded_by_user=user, embargo=_ahead(entry), **stated
        )
        older = [document for document in known if (document.language, document.title) == (entry.language, title)]
        if older:
            document.series = older[0].series
        file = File(handle, name=path.name)
        try:
            seal(document, file, inspect(file, path.name))
        except DocumentError as error:
            raise RowError(f"A file was refused: {error}") from error
    return document


def filed(document: Document, entry: FileEntry, user: User | None) -> Document:
    """A document of ``sealed_files`` with its row, in the caller's transaction. Raises RowError with the sentence of a
    refusal."""
    if document.pk is None:
        return save_sealed(document)
    _restate(document, entry, user)
    return document


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
