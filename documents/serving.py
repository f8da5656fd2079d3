"""Answers that carry the bytes of a file: conditional, in parts, streamed, never executable.

The access rule was asked before anything here runs; nothing in this module decides who may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import Storage
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from documents.delivery import handed_over
from documents.exceptions import StorageError
from documents.storage import CHUNK, read_range, whole

INLINE = frozenset({"application/pdf", "text/plain", "image/png", "image/jpeg", "image/webp", "image/tiff"})
"""Types that a browser may show itself; everything else is saved."""
POLICY = "default-src 'none'; sandbox"
RETRY_AFTER = "60"
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


@dataclass(frozen=True)
class Blob:
    """What is sent: ``etag`` without quotes, ``size`` in bytes, ``name`` the name to save it under."""

    storage: Storage
    key: str
    size: int
    etag: str
    mime: str
    name: str


@dataclass(frozen=True)
class Made:
    """What is written while it is sent, so that its length is unknown: saved by the browser, never shown.

    ``etag`` without quotes, "" for none; ``name`` the name to save it under, ``policy`` its Content-Security-Policy.
    """

    chunks: Iterable[bytes]
    etag: str
    mime: str
    name: str
    policy: str = POLICY


def answer_made(request: HttpRequest, made: Made, *, private: bool) -> HttpResponseBase:
    """200, 304 or 412 for ``made``, always whole. A HEAD and a 304 make none of it. ``private`` as in ``answer``."""
    headers = {
        "Content-Type": f"{made.mime}; charset=utf-8",
        "Cache-Control": "private, no-store" if private else "no-cache",
        "Content-Disposition": content_disposition_header(True, made.name) or "attachment",
        "Content-Security-Policy": made.policy,
        "X-Content-Type-Options": "nosniff",
    }
    if made.etag:
        headers["ETag"] = f'"{made.etag}"'
        conditional = _refused_or_known(request, headers)
        if conditional is not None:
            return conditional
    return StreamingHttpResponse(() if request.method == "HEAD" else made.chunks, headers=headers)


def answer(request: HttpRequest, blob: Blob, *, private: bool, links: str = "") -> HttpResponseBase:
    """200, 206, 304, 412 or 416 for ``blob``; 503 where the storage doesn't answer.

    ``private`` answers are not stored by any cache; the others must be revalidated each time, and
    big ones may be sent by somebody else (``documents.delivery``). A HEAD and a 304 read no bytes.
    """
    headers = _headers(blob, private=private, links=links)
    conditional = _refused_or_known(request, headers)
    if conditional is not None:
        return conditional
    if (
        not private
        and request.method == "GET"
        and (elsewhere := handed_over(blob.storage, blob.key, blob.size, headers))
    ):
        return elsewhere
    asked = _asked_range(request, blob)
    try:
        return _whole(request, blob, headers) if asked is None else _part(blob, headers, *asked)
    except StorageError as err:
        return unavailable(str(err))


def _whole(request: HttpRequest, blob: Blob, headers: dict[str, str]) -> HttpResponseBase:
    headers["Content-Length"] = str(blob.size)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    content = whole(blob.storage, blob.key, blob.size)
    if not isinstance(content, File):
        return StreamingHttpResponse(content, headers=headers)
    response = FileResponse(content)  # the web server sends it without reading it, where it knows how to
    response.block_size = CHUNK
    for name, value in headers.items():  # afterwards: the file's own name is its key
        response.headers[name] = value
    return response


def _part(blob: Blob, headers: dict[str, str], start: int, end: int) -> HttpResponseBase:
    if start > end:
        headers["Content-Range"] = f"bytes */{blob.size}"
        return HttpResponse(status=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{blob.size}"
    headers["Content-Length"] = str(end - start + 1)
    return StreamingHttpResponse(read_range(blob.storage, blob.key, start, end), status=206, headers=headers)


def unavailable(sentence: str) -> HttpResponse:
    """503: the file is there and may be read, but the storage doesn't answer."""
    return HttpResponse(
        sentence,
        status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": RETRY_AFTER, "Cache-Control": "private, no-store"},
    )


def _refused_or_known(request: HttpRequest, headers: dict[str, str]) -> HttpResponseBase | None:
    """The answer 304 or 412 where the conditions of the request ask for it; ``headers`` are those of the whole."""
    found = get_conditional_response(request, etag=headers["ETag"], response=HttpResponse(headers=headers))
    if found is None or found.status_code == 200:
        return None
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"):
        found.headers[name] = headers[name]
    return found


def _headers(blob: Blob, *, private: bool, links: str) -> dict[str, str]:
    mime = f"{blob.mime}; charset=utf-8" if blob.mime.startswith("text/") else blob.mime
    headers = {
        "Content-Type": mime,
        "ETag": f'"{blob.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store" if private else "no-cache",
        "Content-Disposition": content_disposition_header(blob.mime not in INLINE, blob.name) or "attachment",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return headers | ({"Link": links} if links else {})


def _asked_range(request: HttpRequest, blob: Blob) -> tuple[int, int] | None:
    """First and last byte that the request asks for; None for the whole.

    Several parts at once, another unit or nonsense count as no range, as the standard allows. A
    part that lies behind the end comes back with ``first > last``.
    """
    if request.method != "GET":
        return None
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", f'"{blob.etag}"').strip() != f'"{blob.etag}"':
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return (max(blob.size - int(last), 0), blob.size - 1) if int(last) else (1, 0)
    end = min(int(last), blob.size - 1) if last else blob.size - 1
    if last and int(last) < int(first):
        return None
    return int(first), end
