"""Office files by LibreOffice: as PDF, so that they have pages, and from the old formats into the new ones.

A converter follows what a file links to. It therefore runs only without a network (else it is off), with a
profile that forbids macros and links, and with a folder of its own for each job.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from documents.extraction.errors import NoConverterError, NotConvertedError
from documents.extraction.limits import Limits, die_with_parent
from documents.extraction.registry import extractor_for
from documents.extraction.texts import SheetExtractor

LIMITS = Limits(cpu_seconds=120, memory_bytes=4 * 1024**3, wall_seconds=180, file_bytes=512 * 1024**2, open_files=1024)
"""LibreOffice maps some gigabytes of address space before it has read a byte."""

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

OLD = {
    "application/msword": f"{_OOXML}.wordprocessingml.document",
    "application/vnd.ms-excel": f"{_OOXML}.spreadsheetml.sheet",
    "application/vnd.ms-powerpoint": f"{_OOXML}.presentationml.presentation",
}
"""Formats that only the converter reads -> the format that they are published in."""

FORMATS = {
    "application/msword": ("doc", "writer"),
    "application/vnd.ms-excel": ("xls", "calc"),
    "application/vnd.ms-powerpoint": ("ppt", "impress"),
    f"{_OOXML}.wordprocessingml.document": ("docx", "writer"),
    f"{_OOXML}.spreadsheetml.sheet": ("xlsx", "calc"),
    f"{_OOXML}.presentationml.presentation": ("pptx", "impress"),
    f"{_ODF}.text": ("odt", "writer"),
    f"{_ODF}.spreadsheet": ("ods", "calc"),
    "text/rtf": ("rtf", "writer"),
}
"""What the converter reads: the extension by which it knows the format, and the part of it that reads it."""

# A sheet on a page of its own, however large: cut into sheets of paper a table can't be read.
_AS_PDF = 'pdf:{part}_pdf_Export:{{"SinglePageSheets":{{"type":"boolean","value":"true"}}}}'

_START_AGAIN = 81
_BUILD = re.compile(r"^buildid=(.+)$", re.MULTILINE)
_SECURITY = "org.openoffice.Office.Common/Security/Scripting"
_PROFILE = "".join(
    f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
    for path, name, value in (
        (_SECURITY, "MacroSecurityLevel", "3"),
        (_SECURITY, "DisableMacrosExecution", "true"),
        (_SECURITY, "DisableActiveContent", "true"),
        (_SECURITY, "BlockUntrustedRefererLinks", "true"),
        ("org.openoffice.Office.Common/Load", "UpdateDocMode", "0"),
        ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
        ("org.openoffice.Office.Calc/Content/Update", "Link", "0"),
    )
)
_REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    f"{_PROFILE}</oor:items>"
)


def program() -> str | None:
    """The path of LibreOffice; the program itself where its starter, which leaves it alone when killed, lies beside."""
    starter = shutil.which("soffice") or shutil.which("libreoffice")
    if starter is None:
        return None
    itself = Path(starter).resolve().with_name("soffice.bin")
    return str(itself if itself.is_file() else starter)


def convert(source: Path, target: Path, *, mime: str, to: str, isolated: bool) -> dict[str, Any]:
    """Writes ``source``, a file of type ``mime``, as ``to`` (an extension) to ``target``. Runs in the child.

    Raises NoConverterError without LibreOffice or with a network, NotConvertedError. Returns nothing of interest.
    """
    office = program()
    if office is None or not isolated:
        raise NoConverterError
    if to == "pdf" and _hides_sheets(source, mime):
        raise NotConvertedError
    folder = Path(tempfile.mkdtemp())  # inside the scratch folder of this job, which goes with it
    profile, out = folder / "profile", folder / "out"
    out.mkdir()
    _set_up(profile, Path(office))
    extension, part = FORMATS[mime]
    given = folder / f"file.{extension}"
    shutil.copyfile(source, given)
    command = [
        *(office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"),
        *("--convert-to", _AS_PDF.format(part=part) if to == "pdf" else to, "--outdir", str(out), str(given)),
    ]
    if _run(command, folder) == _START_AGAIN:
        _run(command, folder)
    made = out / f"file.{to}"
    if not made.is_file() or not made.stat().st_size:  # it ends with 0 when it failed, too
        raise NotConvertedError
    shutil.move(made, target)
    return {}


def _set_up(profile: Path, office: Path) -> None:
    """A profile in which LibreOffice has just put its extensions in order, else it does, and asks to be started again."""
    extensions = profile / "user" / "extensions"
    extensions.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_REGISTRY, encoding="utf-8")
    with contextlib.suppress(OSError):
        if build := _BUILD.search(office.with_name("versionrc").read_text(encoding="utf-8")):
            (extensions / "buildid").write_text(build.group(1), encoding="utf-8")


def _hides_sheets(source: Path, mime: str) -> bool:
    """Sheets on pages of their own come with those that are hidden: what nobody was meant to see would be drawn."""
    reader = extractor_for(mime)
    return bool(isinstance(reader, SheetExtractor) and reader.hides_sheets(source))


def _run(command: list[str], folder: Path) -> int:
    """Returns the exit code. Raises NoConverterError where it can't be started at all."""
    try:
        return subprocess.run(  # noqa: S603  # full path, no shell; it inherits the limits of this process
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # safe: this process has one thread
            check=False,
        ).returncode
    except OSError:
        raise NoConverterError from None
