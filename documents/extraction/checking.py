"""Whether a file is what its extension says, and holds nothing that is refused at the door.

Who answers that opens strangers' files, so it is asked of a child like everything else of the kind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import magic

from documents.extraction.containers import OLE, PACKED, check_ole, check_zip, ole_type, zip_type
from documents.extraction.converter import OLD
from documents.extraction.errors import RefusedError
from documents.names import EXTENSIONS

HEAD = 64 * 1024


def check(path: Path, mime: str) -> None:
    """Returns where the file at ``path`` is a sound ``mime``. Raises RefusedError, or what readers of the format raise."""
    with path.open("rb") as file:
        found = _sniff(file)
        if not _agrees(mime, found):
            raise RefusedError("lies", found=found)
        file.seek(0)
        if look_inside := _INSIDE.get(mime):
            look_inside(file)


def _sniff(file: IO[bytes]) -> str:
    """The type by content alone. PDF only where ``%PDF-`` are the first bytes: readers that search for it are fooled."""
    head = file.read(HEAD)
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


# The readers are imported by those who need them: a child starts for each file.


def _check_pdf(file: IO[bytes]) -> None:
    import pikepdf

    try:
        with pikepdf.open(file) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as err:
        raise RefusedError("encrypted_pdf") from err
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError) as err:
        raise RefusedError("damaged_pdf") from err
    if not pages:
        raise RefusedError("no_pages")


def _check_picture(file: IO[bytes]) -> None:
    from PIL import Image as Picture

    try:
        with Picture.open(file) as picture:
            picture.verify()
    except Picture.DecompressionBombError as err:
        raise RefusedError("pixels") from err
    except (OSError, SyntaxError, ValueError) as err:
        raise RefusedError("damaged_picture") from err


def _check_text(file: IO[bytes]) -> None:
    head = file.read(HEAD)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError("no_text")


_INSIDE: dict[str, Callable[[IO[bytes]], None]] = {
    "application/pdf": _check_pdf,
    **dict.fromkeys(OLD, check_ole),
    **dict.fromkeys(PACKED, check_zip),
    **{mime: _check_picture for mime in EXTENSIONS if mime.startswith("image/")},
    "text/plain": _check_text,
    "text/csv": _check_text,
}
