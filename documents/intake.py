"""What may be filed: the extension and the content must agree, and the content must be what it says.

Nothing here reads a whole file into memory. Every refusal is an ``IntakeError`` with a sentence of
its own. Every way in passes here: admin, several at once, chooser, import, demo.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

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
from documents.names import EXTENSIONS, TYPES
from documents.packed import CHUNK, OLE, PACKED, check_ole, check_zip, ole_type, raw, zip_type

HEAD = 64 * 1024


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
        return zip_type(file)
    if head.startswith(b"{\\rtf"):
        return "text/rtf"
    if head.startswith(OLE):
        return ole_type(file)
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


def _check_pdf(file: File[bytes]) -> None:
    try:
        with pikepdf.open(raw(file)) as pdf:
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
        with Picture.open(raw(file)) as picture:
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


_CONTENT_CHECKS: dict[str, Callable[[File[bytes]], None]] = {
    "application/pdf": _check_pdf,
    **dict.fromkeys(OLD, check_ole),
    **dict.fromkeys(PACKED, check_zip),
    **{mime: _check_picture for mime in EXTENSIONS if mime.startswith("image/")},
    "text/plain": _check_text,
    "text/csv": _check_text,
}
