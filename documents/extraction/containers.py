"""Files that are packed: what is inside a ZIP (office, EPUB) or an old office container, and what must not be."""

from __future__ import annotations

import contextlib
import io
import lzma
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from documents.extraction.errors import RefusedError
from documents.names import TYPES

CHUNK = 1024 * 1024
ZIP_MAX_TOTAL = 1024 * 1024 * 1024
"""Bytes that an office or EPUB file may unpack to."""
ZIP_MAX_RATIO = 200
"""How many times larger than packed; plain XML reaches about 50, bombs thousands."""
ZIP_RATIO_FLOOR = 20 * 1024 * 1024
"""Below this total, a high ratio is harmless."""
ZIP_MAX_ENTRIES = 10_000
ZIP_MAX_NESTED = 64 * 1024 * 1024
"""Bytes of a document inside a document."""
PROGRAMS = frozenset(
    ".exe .dll .scr .com .pif .bat .cmd .ps1 .vbs .vbe .wsf .hta .msi .lnk .cpl .jar .apk .app .sh .reg".split()  # noqa: SIM905
)
"""Extensions of what runs when somebody opens it."""
ARCHIVES = frozenset(".zip .7z .rar .gz .tgz .bz2 .xz .tar .cab .iso .img .ace .arj .lzh .zst".split())  # noqa: SIM905
"""Extensions of what nobody looks into."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_PACKAGE = "EncryptedPackage"
_OLE_PARTS = {
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "Workbook": "application/vnd.ms-excel",
}
_ZIP_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPES = "[Content_Types].xml"
_MAX_TYPES = 1024**2
"""Bytes of the list of types that are looked at; a real one has some thousand."""
PACKED = frozenset(
    {
        *_ZIP_PARTS.values(),
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/epub+zip",
    }
)


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What Python's reader raises on an archive that is none, lies or is packed in a way that it doesn't know."""


def ole_type(file: IO[bytes]) -> str:
    """Which old office format it is, by the names in the container's directory; a new one inside is encrypted."""
    names = _names_in(file, {*_OLE_PARTS, _OLE_PACKAGE})
    if _OLE_PACKAGE in names:
        raise RefusedError("encrypted")
    return next((mime for name, mime in _OLE_PARTS.items() if name in names), "application/x-ole-storage")


def _names_in(file: IO[bytes], names: set[str]) -> set[str]:
    """Those of ``names`` that stand in the file as the container writes them, wherever: it is read in chunks."""
    wanted = {name: name.encode("utf-16-le") for name in names}
    found: set[str] = set()
    file.seek(0)
    rest = b""
    for chunk in iter(lambda: file.read(CHUNK), b""):
        window = rest + chunk
        found |= {name for name, pattern in wanted.items() if pattern in window}
        rest = window[-128:]
    return found


def check_ole(file: IO[bytes]) -> None:
    """Refuses an old office file with macros. Raises RefusedError."""
    if _names_in(file, {"_VBA_PROJECT"}):
        raise RefusedError("macros")


def zip_type(file: IO[bytes]) -> str:
    """Which kind of packed document it is; OpenDocument and EPUB name their type in an entry of their own."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
            for part, mime in _ZIP_PARTS.items():
                if part in names:
                    return mime
            return _declared_type(archive)
    except BROKEN as err:
        raise RefusedError("damaged") from err


def _declared_type(archive: zipfile.ZipFile) -> str:
    """By the list of types, where the main part is called otherwise; Word for the web does."""
    with contextlib.suppress(KeyError):
        if archive.getinfo(_TYPES).file_size < _MAX_TYPES:
            declared = archive.read(_TYPES)
            for mime in _ZIP_PARTS.values():
                if f'"{mime}.main+xml"'.encode() in declared:
                    return mime
    return "application/zip"


def check_zip(file: IO[bytes]) -> None:
    """Limits what the file unpacks to, by the sizes it declares; extraction enforces the same on what it reads.

    Refuses macros, passwords, programs and archives inside. Raises RefusedError.
    """
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        _refuse_carried(entries)
        _refuse_bomb(entries)  # before anything inside is unpacked
        for entry in entries[:]:
            inner = _nested(archive, entry)
            _refuse_carried(inner)
            entries += inner
            if len(entries) > ZIP_MAX_ENTRIES:
                break
    _refuse_bomb(entries)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise RefusedError("encrypted")
    if any(PurePosixPath(entry.filename).name.lower() == "vbaproject.bin" for entry in entries):
        raise RefusedError("macros")


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    bomb = total > ZIP_RATIO_FLOOR and total / packed > ZIP_MAX_RATIO
    if total > ZIP_MAX_TOTAL or len(entries) > ZIP_MAX_ENTRIES or bomb:
        raise RefusedError("trap", total=total)


def _refuse_carried(entries: list[zipfile.ZipInfo]) -> None:
    """Refuses a document that carries what no document needs: programs, and archives that nobody looks into."""
    for entry in entries:
        suffix = PurePosixPath(entry.filename).suffix.lower()
        if suffix in PROGRAMS:
            raise RefusedError("program", name=PurePosixPath(entry.filename).name)
        if suffix in ARCHIVES:
            raise RefusedError("archive", name=PurePosixPath(entry.filename).name)


def _nested(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[zipfile.ZipInfo]:
    """What a document inside the document (the table behind a chart) unpacks to, one level deep; deeper ones are archives."""
    suffix = PurePosixPath(entry.filename).suffix.lower().removeprefix(".")
    if TYPES.get(suffix) not in PACKED or entry.flag_bits & 0x1:
        return []
    if entry.file_size > ZIP_MAX_NESTED:
        raise RefusedError("nested")
    try:
        with zipfile.ZipFile(io.BytesIO(archive.read(entry))) as nested:
            return nested.infolist()
    except BROKEN:
        return []  # it says so of itself only: nothing can be unpacked
