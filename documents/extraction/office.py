"""Word documents."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from docx2python import docx2python

from documents.extraction.errors import BrokenFileError, EncryptedFileError, TooLargeError
from documents.extraction.texts import Extraction, pages_from, parts

MAX_UNPACKED = 300 * 1024**2
"""Bytes that the parts of one file may have together."""
MAX_RATIO = 100
"""How much smaller a packed part may be; only asked from ``RATIO_FROM`` bytes on, for small parts pack well."""
RATIO_FROM = 20 * 1024**2
MAX_MEMBERS = 10_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(r"</?a\b[^<>]{0,4000}>|----(?:media/)?image[^\n]{0,200}----")


def check_archive(path: Path) -> None:
    """Refuses archives that unpack to far more than they are (TooLargeError), before anything is unpacked.

    The sizes of the directory can be trusted here: Python's reader never gives more than they say.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BrokenFileError from error
    total = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED or (total > RATIO_FROM and total / packed > MAX_RATIO):
        raise TooLargeError


class Docx:
    """DOCX with its tables, notes, headers and footers. Word keeps no pages: they are made when it is printed."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length."""
        with path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise EncryptedFileError  # Word wraps a protected file into its old container
        check_archive(path)
        with docx2python(path) as document:
            text = document.text
        return pages_from(parts(_MARKUP.sub("", text)))
