"""Office and EPUB files are archives of XML: opened with limits, parsed without entities, network or recursion."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any

from lxml import etree

from documents.extraction.errors import BrokenFileError, EncryptedFileError, TooLargeError

MAX_UNPACKED = 300 * 1024**2
"""Bytes that the parts of one file may have together."""
MAX_RATIO = 100
"""How much smaller a packed part may be; only asked from ``RATIO_FROM`` bytes on, for small parts pack well."""
RATIO_FROM = 20 * 1024**2
MAX_MEMBERS = 10_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_archive(path: Path) -> None:
    """Refuses archives that unpack to far more than they are (TooLargeError), before anything is unpacked.

    The sizes of the directory can be trusted here: Python's reader never gives more than they say.
    Raises EncryptedFileError where Office wrapped a protected file into its old container, BrokenFileError.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise EncryptedFileError
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BrokenFileError from error
    total = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED or (total > RATIO_FROM and total / packed > MAX_RATIO):
        raise TooLargeError


def xml(source: IO[bytes]) -> Any:
    """The root element of an XML part.

    Raises lxml's XMLSyntaxError on bad XML, on elements nested deeper than 256, and on texts beyond 10 MB.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.parse(source, parser).getroot()
