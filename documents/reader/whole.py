"""The text of all pages as one HTML file to keep: it names its origin, asks no host for anything and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override

from documents.models import Document
from documents.previews import drawable
from documents.reader import marks
from documents.reader.languages import direction
from documents.reader.pages import TEXT_LINES
from documents.releases import public_since
from documents.serving import Made

BATCH = 20
"""Pages that are read and written at a time: memory stays the same, and no cursor stays open for a slow reader."""
FORM = 2
"""Of the file that is written; a change makes old copies stale."""
STYLE = "body{max-width:40em;margin:2em auto;padding:0 1em;font:1.1em/1.6 serif;overflow-wrap:anywhere}section{border-top:1px solid}"
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'"


def whole_text(document: Document, address: str, *, stamped: bool = True) -> Made | None:
    """The file with the text of ``document``, in the visitor's language; None where there is no text to read.

    ``address`` is that of this version, to cite. The text is read while it is sent. Only ``stamped`` it has an ETag,
    for which the database goes through all pages.
    """
    if not document.page_texts.exists():
        return None
    language = get_language() or ""
    return Made(
        chunks=_chunks(document, address, language),
        etag=_stamp(document, address, language) if stamped else "",
        mime="text/html",
        name=f"{document.filename.rpartition('.')[0]}.html",
        policy=f"{POLICY}; sandbox",
    )


def _stamp(document: Document, address: str, language: str) -> str:
    """What changes with the file. Keyed, for the numbers of rows are nobody's business.

    Texts are replaced as rows, or filled in by recognition: their number, age and length tell.
    """
    extent = document.page_texts.aggregate(pages=Count("pk"), newest=Max("pk"), letters=Sum(Length("text")))
    said = f"{document.title} {document.public_rights} {document.embargo}"
    stamp = f"{FORM} {language} {address} {said} {sorted(extent.items())} {document.sha256}"
    return salted_hmac("documents.reader.whole", stamp, algorithm="sha256").hexdigest()[:32]


def _chunks(document: Document, address: str, language: str) -> Iterator[bytes]:
    common = {"document": document, "has_pages": drawable(document) is not None}
    yield _rendered("head", language, common | _origin(document, address))
    last = 0
    while rows := list(document.page_texts.defer("layout").filter(number__gt=last).order_by("number")[:BATCH]):
        last = rows[-1].number
        pages = [
            {
                "number": row.number,
                "language": row.language,
                "direction": direction(row.language),
                "paragraphs": marks.paragraphs(row.text, row.language, keep_lines=document.mime in TEXT_LINES),
            }
            for row in rows
        ]
        yield _rendered("pages", language, common | {"pages": pages})
    yield b"</main></body></html>\n"


def _origin(document: Document, address: str) -> dict[str, Any]:
    return {
        "address": address,
        "released_at": public_since(document),
        "style": mark_safe(f"<style>{STYLE}</style>"),  # ours; in a template it would be forbidden, for good reasons
        "policy": POLICY,
    }


def _rendered(part: str, language: str, context: dict[str, Any]) -> bytes:
    """A part in ``language``, which is not left switched on: between two parts this thread may do other things."""
    with override(language):
        return render_to_string(f"documents/reader/whole_{part}.html", context).encode()
