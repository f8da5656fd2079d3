"""Files that are packed: what is inside a ZIP (office, EPUB) or an old office container, and what must not be."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from documents.exceptions import IntakeError
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


def ole_type(file: File[bytes]) -> str:
    """Which old office format it is, by the names in the container's directory; a new one inside is encrypted."""
    names = _names_in(file, {*_OLE_PARTS, _OLE_PACKAGE})
    if _OLE_PACKAGE in names:
        raise IntakeError(gettext("The file is protected by a password. Save it without one and upload it again."))
    return next((mime for name, mime in _OLE_PARTS.items() if name in names), "application/x-ole-storage")


def _names_in(file: File[bytes], names: set[str]) -> set[str]:
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


def check_ole(file: File[bytes]) -> None:
    """Refuses an old office file with macros. Raises IntakeError."""
    if _names_in(file, {"_VBA_PROJECT"}):
        raise IntakeError(gettext("The file contains macros. Save it without macros and upload it again."))


def zip_type(file: File[bytes]) -> str:
    """Which kind of packed document it is; OpenDocument and EPUB name their type in an entry of their own."""
    try:
        with zipfile.ZipFile(raw(file)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
            for part, mime in _ZIP_PARTS.items():
                if part in names:
                    return mime
            return _declared_type(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as err:
        raise IntakeError(gettext("The file is damaged and can't be opened.")) from err
    return "application/zip"


def _declared_type(archive: zipfile.ZipFile) -> str:
    """By the list of types, where the main part is called otherwise; Word for the web does."""
    with contextlib.suppress(KeyError):
        if archive.getinfo(_TYPES).file_size < _MAX_TYPES:
            declared = archive.read(_TYPES)
            for mime in _ZIP_PARTS.values():
                if f'"{mime}.main+xml"'.encode() in declared:
                    return mime
    return "application/zip"


def check_zip(file: File[bytes]) -> None:
    """Limits what the file unpacks to, by the sizes it declares; extraction enforces the same on what it reads.

    Refuses macros, passwords, programs and archives inside. Raises IntakeError.
    """
    with zipfile.ZipFile(raw(file)) as archive:
        entries = archive.infolist()
        _refuse_carried(entries)
        entries += _nested(archive)
    total = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    bomb = total > ZIP_RATIO_FLOOR and total / packed > ZIP_MAX_RATIO
    if total > ZIP_MAX_TOTAL or len(entries) > ZIP_MAX_ENTRIES or bomb:
        raise IntakeError(
            gettext("The file would unpack to %(total)s: it looks like a trap and is not accepted.")
            % {"total": filesizeformat(total)}
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise IntakeError(gettext("The file is protected by a password. Save it without one and upload it again."))
    if any(PurePosixPath(entry.filename).name.lower() == "vbaproject.bin" for entry in entries):
        raise IntakeError(gettext("The file contains macros. Save it without macros and upload it again."))


def _refuse_carried(entries: list[zipfile.ZipInfo]) -> None:
    """Refuses a document that carries what no document needs: programs, and archives that nobody looks into."""
    for entry in entries:
        suffix = PurePosixPath(entry.filename).suffix.lower()
        if suffix in PROGRAMS:
            raise IntakeError(
                gettext("The file carries a program (%(name)s). Take it out and upload the file again.")
                % {"name": PurePosixPath(entry.filename).name}
            )
        if suffix in ARCHIVES:
            raise IntakeError(
                gettext("The file carries an archive (%(name)s). Upload what is in it by itself.")
                % {"name": PurePosixPath(entry.filename).name}
            )


def _nested(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What documents inside the document (the table behind a chart) unpack to, one level deep; deeper ones are archives."""
    found: list[zipfile.ZipInfo] = []
    for entry in archive.infolist():
        suffix = PurePosixPath(entry.filename).suffix.lower().removeprefix(".")
        if suffix not in TYPES or TYPES[suffix] not in PACKED or entry.flag_bits & 0x1:
            continue
        if entry.file_size > ZIP_MAX_NESTED:
            raise IntakeError(gettext("The file carries a document that is too large to be looked into."))
        try:
            with archive.open(entry) as inner, zipfile.ZipFile(inner) as nested:
                found += nested.infolist()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            continue  # it says so of itself only: nothing can be unpacked
        _refuse_carried(found)
    return found


def raw(file: File[bytes]) -> IO[bytes]:
    """The file object inside Django's wrapper: libraries in C want a real one."""
    raw: Any = file
    while isinstance(raw, File) and raw.file is not None:
        raw = raw.file
    raw.seek(0)
    return raw
