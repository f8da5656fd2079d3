"""What may be filed: the extension and the content must agree, and the content must be what it says.

Nothing here reads a whole file into memory, and nothing opens one: that is a child's work, which a hostile file may
kill. Every refusal is an ``IntakeError`` with a sentence of its own. Every way in passes here: admin, several at once,
chooser, import, demo.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.exceptions import IntakeError
from documents.extraction.converter import OLD
from documents.extraction.errors import ExtractionError
from documents.extraction.jobs import Checked, can_convert, check
from documents.models import ErasedDocument
from documents.names import EXTENSIONS, TYPES
from documents.scratch import scratch

CHUNK = 1024 * 1024
_REFUSALS = {
    "lies": _("The file is called “.%(extension)s”, but its content is something else (%(found)s)."),
    "encrypted": _("The file is protected by a password. Save it without one and upload it again."),
    "macros": _("The file contains macros. Save it without macros and upload it again."),
    "damaged": _("The file is damaged and can't be opened."),
    "trap": _("The file would unpack to %(total)s: it looks like a trap and is not accepted."),
    "program": _("The file carries a program (%(name)s). Take it out and upload the file again."),
    "archive": _("The file carries an archive (%(name)s). Upload what is in it by itself."),
    "nested": _("The file carries a document that is too large to be looked into."),
    "encrypted_pdf": _("The PDF is protected by a password. Save it without one and upload it again."),
    "damaged_pdf": _("The PDF is damaged and can't be opened."),
    "no_pages": _("The PDF has no pages."),
    "pixels": _("The picture has too many pixels."),
    "damaged_picture": _("The picture is damaged and can't be opened."),
    "no_text": _("The file is not plain text."),
}
"""What ``documents.extraction.checking`` says -> the sentence."""


@dataclass(frozen=True)
class Inspected:
    """What an accepted file is: its type, its size in bytes, its SHA-256 in hex, what its uploader called it.

    ``title`` and ``language`` are guesses from its content, where they were asked for.
    """

    mime: str
    size: int
    sha256: str
    original_name: str
    title: str = ""
    language: str = ""


def inspect(file: File[bytes], name: str, *, guess: bool = False, judged: str = "") -> Inspected:
    """Reads ``file`` once and judges it; ``name`` is what its uploader called it.

    ``judged`` is the SHA-256 of what was accepted under that name before: the same bytes are not looked into again.
    ``file`` is left at its start. Raises IntakeError with a sentence.
    """
    name = PurePosixPath(name.replace("\\", "/")).name
    expected = check_before(name, file.size)
    sha256 = _sha256(file)
    if ErasedDocument.objects.of_bytes(sha256).exists():
        # The same sentence for everybody; it doesn't say what the file was, or when.
        raise IntakeError(gettext("This file can't be filed here. If you need it, ask Legal review."))
    found = Checked() if sha256 == judged else _looked_into(file, expected, guess)
    if found.refusal:
        raise IntakeError(_sentence(found, name))
    return Inspected(expected, int(file.size), sha256, name[:255], found.title, found.language)


def _sha256(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in iter(lambda: file.read(CHUNK), b""):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _looked_into(file: File[bytes], mime: str, guess: bool) -> Checked:
    """What a child says of ``file``. One that dies of it, or gives no answer in time, is a refusal."""
    try:
        with scratch() as folder:
            return check(_path_of(file) or _copied(file, folder / "file"), mime, folder, glance=guess)
    except ExtractionError as err:
        raise IntakeError(gettext(err.sentence)) from err
    except OSError as err:
        raise IntakeError(
            gettext("The server has no room for this file at the moment. Tell an administrator.")
        ) from err


def _path_of(file: File[bytes]) -> Path | None:
    """Where ``file`` lies on this machine's disk; None where it has no name there, or another file has it by now."""
    raw: Any = file
    while isinstance(raw, File) and raw.file is not None:
        raw = raw.file
    name = getattr(raw, "name", None)
    if not isinstance(name, str) or not (path := Path(name)).is_file():
        return None
    return path if os.path.samestat(path.stat(), os.fstat(raw.fileno())) else None


def _copied(file: File[bytes], path: Path) -> Path:
    with path.open("xb") as copy:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            copy.write(chunk)
    file.seek(0)
    return path


def _sentence(found: Checked, name: str) -> str:
    """The sentence of a refusal. Its words come from the file: they are cut, and no database takes all their signs."""
    words = {key: "".join(filter(str.isprintable, str(value)[:255])) for key, value in found.details.items()}
    if "total" in words:
        words["total"] = filesizeformat(words["total"])
    sentence = _REFUSALS.get(found.refusal, _REFUSALS["damaged"])
    return str(sentence) % ({"extension": _extension(name), "found": "", "total": "", "name": ""} | words)


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
