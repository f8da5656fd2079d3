"""What may be filed: the extension and the content must agree, and the content must be what it says.

Nothing here reads a whole file into memory. Every refusal is an ``IntakeError`` with a sentence of
its own. Every way in passes here: admin, several at once, chooser, import, demo.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

import magic
import pikepdf
from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from PIL import Image as Picture

from documents.exceptions import IntakeError
from documents.extraction.converter import OLD
from documents.extraction.jobs import can_convert
from documents.models import ErasedDocument
from documents.names import EXTENSIONS

HEAD = 64 * 1024
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
    [
        ".exe",
        ".dll",
        ".scr",
        ".com",
        ".pif",
        ".bat",
        ".cmd",
        ".ps1",
        ".vbs",
        ".vbe",
        ".wsf",
        ".hta",
        ".msi",
        ".lnk",
        ".cpl",
        ".jar",
        ".apk",
        ".app",
        ".sh",
        ".reg",
    ]
)
"""Extensions of what runs when somebody opens it."""
ARCHIVES = frozenset(
    [
        ".zip",
        ".7z",
        ".rar",
        ".gz",
        ".tgz",
        ".bz2",
        ".xz",
        ".tar",
        ".cab",
        ".iso",
        ".img",
        ".ace",
        ".arj",
        ".lzh",
        ".zst",
    ]
)

TYPES = {extension: mime for mime, extension in EXTENSIONS.items()} | {"jpeg": "image/jpeg", "tif": "image/tiff"}
"""Extension -> the type that the content must have."""


@dataclass(frozen=True)
class Inspected:
    """What an accepted file is: its type, its size in bytes, its SHA-256 in hex, what its uploader called it."""

    mime: str
    size: int
    sha256: str
    original_name: str


def inspect(file: File[bytes], name: str) -> Inspected:
    """Reads ``file`` once and judges it; ``name`` is what its uploader called it.

    ``file`` is left at its start. Raises IntakeError with a sentence.
    """
    name = PurePosixPath(name.replace("\\", "/")).name
    expected = check_before(name, file.size)
    file.seek(0)
    head = file.read(HEAD)
    found = _sniff(head, file)
    if not _agrees(expected, found):
        raise IntakeError(
            gettext("The file is called “.%(extension)s”, but its content is something else (%(found)s).")
            % {"extension": _extension(name), "found": found}
        )
    file.seek(0)
    if check := _CONTENT_CHECKS.get(expected):
        check(file)
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(CHUNK), b""):
        digest.update(chunk)
    file.seek(0)
    if ErasedDocument.objects.of_bytes(digest.hexdigest()).exists():
        # The same sentence for everybody; it doesn't say what the file was, or when.
        raise IntakeError(gettext("This file can't be filed here. If you need it, ask Legal review."))
    return Inspected(expected, int(file.size), digest.hexdigest(), name[:255])


def check_before(name: str, size: int) -> str:
    """What can be said of a file of ``size`` bytes before it arrives; returns the type that its content must have.

    Raises IntakeError with a sentence.
    """
    expected = _expected_type(name)
    _check_size(size)
    return expected


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def _expected_type(name: str) -> str:
    extension = _extension(name)
    if extension in ("svg", "svgz"):
        raise IntakeError(gettext("SVG files can carry scripts and are not accepted. Save the picture as PNG."))
    if extension not in TYPES or extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise IntakeError(
            gettext("Files of the type “.%(extension)s” are not accepted. Accepted are: %(allowed)s.")
            % {"extension": extension, "allowed": ", ".join(settings.WAGTAILDOCS_EXTENSIONS)}
        )
    expected = TYPES[extension]
    if expected in OLD and not can_convert():
        raise IntakeError(
            gettext("This server can't read the old format “.%(extension)s”. Save the file as “.%(modern)s” or PDF.")
            % {"extension": extension, "modern": EXTENSIONS[OLD[expected]]}
        )
    return expected


def _check_size(size: int) -> None:
    if not size:
        raise IntakeError(gettext("The file is empty."))
    if size > settings.DOCUMENT_MAX_SIZE:
        raise IntakeError(
            gettext("The file is too large (%(size)s). The limit is %(limit)s.")
            % {"size": filesizeformat(size), "limit": filesizeformat(settings.DOCUMENT_MAX_SIZE)}
        )


def _sniff(head: bytes, file: File[bytes]) -> str:
    """The type by content alone. PDF only where ``%PDF-`` are the first bytes: readers that search for it are fooled."""
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(file)
    if head.startswith(b"{\\rtf"):
        return "text/rtf"
    if head.startswith(OLE):
        return _ole_type(file)
    found = str(magic.from_buffer(head, mime=True))
    if found == "application/pdf":
        return "application/octet-stream"
    if found == "application/octet-stream" and _is_mpeg_audio(head):
        return "audio/mpeg"
    return found


def _is_mpeg_audio(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _agrees(expected: str, found: str) -> bool:
    if expected in ("text/plain", "text/csv"):
        return (found.startswith("text/") and found != "text/rtf") or found in (
            "application/csv",
            "application/json",
            "message/rfc822",
        )
    if expected == "video/mp4":
        return found in ("video/mp4", "video/x-m4v", "audio/mp4", "video/quicktime")
    return expected == found


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


def _ole_type(file: File[bytes]) -> str:
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


def _check_ole(file: File[bytes]) -> None:
    if _names_in(file, {"_VBA_PROJECT"}):
        raise IntakeError(gettext("The file contains macros. Save it without macros and upload it again."))


def _zip_type(file: File[bytes]) -> str:
    """Which kind of packed document it is; OpenDocument and EPUB name their type in an entry of their own."""
    try:
        with zipfile.ZipFile(_raw(file)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
            for part, mime in _ZIP_PARTS.items():
                if part in names:
                    return mime
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as err:
        raise IntakeError(gettext("The file is damaged and can't be opened.")) from err
    return "application/zip"


def _check_zip(file: File[bytes]) -> None:
    """Limits what the file unpacks to, by the sizes it declares; extraction enforces the same on what it reads."""
    with zipfile.ZipFile(_raw(file)) as archive:
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
        if suffix not in TYPES or TYPES[suffix] not in _PACKED or entry.flag_bits & 0x1:
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


def _check_pdf(file: File[bytes]) -> None:
    try:
        with pikepdf.open(_raw(file)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as err:
        raise IntakeError(
            gettext("The PDF is protected by a password. Save it without one and upload it again.")
        ) from err
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError) as err:
        raise IntakeError(gettext("The PDF is damaged and can't be opened.")) from err
    if not pages:
        raise IntakeError(gettext("The PDF has no pages."))


def _check_picture(file: File[bytes]) -> None:
    try:
        with Picture.open(_raw(file)) as picture:
            picture.verify()
    except Picture.DecompressionBombError as err:
        raise IntakeError(gettext("The picture has too many pixels.")) from err
    except (OSError, SyntaxError, ValueError) as err:
        raise IntakeError(gettext("The picture is damaged and can't be opened.")) from err


def _check_text(file: File[bytes]) -> None:
    if b"\x00" in file.read(HEAD) and not _has_utf16_mark(file):
        raise IntakeError(gettext("The file is not plain text."))


def _has_utf16_mark(file: File[bytes]) -> bool:
    file.seek(0)
    return file.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _raw(file: File[bytes]) -> IO[bytes]:
    """The file object inside Django's wrapper: libraries in C want a real one."""
    raw: Any = file
    while isinstance(raw, File) and raw.file is not None:
        raw = raw.file
    raw.seek(0)
    return raw


_PACKED = frozenset(
    {
        *_ZIP_PARTS.values(),
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/epub+zip",
    }
)
_CONTENT_CHECKS: dict[str, Callable[[File[bytes]], None]] = {
    "application/pdf": _check_pdf,
    **dict.fromkeys(OLD, _check_ole),
    **dict.fromkeys(_PACKED, _check_zip),
    **{mime: _check_picture for mime in EXTENSIONS if mime.startswith("image/")},
    "text/plain": _check_text,
    "text/csv": _check_text,
}
