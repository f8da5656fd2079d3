"""EPUB: an archive of web pages with an order to read them in."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.extraction.archives import check_archive, xml
from documents.extraction.errors import BrokenFileError, EncryptedFileError, TooLargeError
from documents.extraction.limits import MAX_CHARACTERS, MAX_PAGE_CHARACTERS, MAX_PAGES
from documents.extraction.plain import decode, text_of_html
from documents.extraction.texts import Extraction, pages_from, parts

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})


class Epub:
    """A part for each item of the spine; longer ones are cut. What an e-book calls a page is made by its reader."""

    def extract(self, path: Path) -> Extraction:
        """Parts in the order of reading. Raises EncryptedFileError on books with copy protection."""
        check_archive(path)
        with zipfile.ZipFile(path) as archive:
            try:
                items = _spine(archive)
                _refuse_protected(archive, items)
                return pages_from(_texts(archive, items))
            except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError, UnicodeError) as error:
                raise BrokenFileError from error


def _spine(archive: zipfile.ZipFile) -> list[str]:
    """The names of the archive's members in the order of reading."""
    with archive.open(_CONTAINER) as part:
        root = xml(part).find(".//{*}rootfile")
    name = root.get("full-path", "") if root is not None else ""
    with archive.open(name) as part:
        package = xml(part)
    files = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    found = [files.get(item.get("idref")) for item in package.iterfind("{*}spine/{*}itemref")]
    if len(found) > MAX_PAGES:
        raise TooLargeError
    folder = posixpath.dirname(name)
    names = [_member(folder, item) for item in found if item is not None and item.get("media-type") in _PAGES]
    if not names:
        raise BrokenFileError
    return names


def _member(folder: str, item: Any) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))


def _refuse_protected(archive: zipfile.ZipFile, items: list[str]) -> None:
    """Fonts are often scrambled, which is no protection; pages are only where somebody wants a key."""
    if _ENCRYPTION not in archive.namelist():
        return
    with archive.open(_ENCRYPTION) as part:
        scrambled = {unquote(found.get("URI", "")) for found in xml(part).iter("{*}CipherReference")}
    if scrambled & set(items):
        raise EncryptedFileError


def _texts(archive: zipfile.ZipFile, items: list[str]) -> Iterator[str]:
    """The parts; an item that the spine names again and again is counted each time."""
    total = 0
    for name in items:
        text = text_of_html(decode(archive.read(name)))
        total += len(text)
        if total > MAX_CHARACTERS:
            raise TooLargeError
        if len(text) <= MAX_PAGE_CHARACTERS // 20:
            yield text
        else:
            yield from parts(text)
