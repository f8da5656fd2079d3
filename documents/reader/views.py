"""The reader's addresses. The access rule is asked before anything else; every refusal is the same 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from access.visitor import Visitor
from documents.access import version as readable_version
from documents.exceptions import StorageError
from documents.models import Document, DocumentImage, DocumentPageText
from documents.models.document import document_storage
from documents.reader.finding import FoundPages
from documents.reader.pages import ReaderPage
from documents.reader.pictures import BusyError, Stored, is_drawn, picture_of, stored_for
from documents.reader.ways import Way
from documents.reader.whole import whole_text
from documents.serving import Blob, answer, answer_made, unavailable
from documents.storage import STORAGE_FAULTS
from documents.views import gone
from search.limits import limited

MAX_NUMBER = 1_000_000
"""Larger numbers are no page and no version; databases refuse them with an error of their own."""


@require_safe
def page(request: HttpRequest, series: UUID, number: int, version: int | None = None) -> HttpResponseBase:
    """Page ``number`` (from 1) to read, of the newest version that the visitor may read, or of ``version``."""
    document = _readable(request, series, version)
    if isinstance(document, HttpResponseBase):
        return document
    jump = request.GET.get("n", "").strip()
    if jump.isdecimal() and len(jump) <= 6:
        return _jump(request, document, int(jump))
    if not 0 < number < MAX_NUMBER:
        raise Http404
    try:
        shown = ReaderPage(Way.of(document, request.GET), number, Visitor.of(request), request.GET.get("m", ""))
    except DocumentPageText.DoesNotExist as error:
        raise Http404 from error
    uses = shown.uses([get_language() or "", document.language])
    response = render(request, "documents/reader/page.html", {"reader": shown, "document": document, "uses": uses})
    response.headers["Link"] = f'<{request.build_absolute_uri(shown.permanent_url)}>; rel="canonical"'
    return response


@require_safe
@limited
def search(request: HttpRequest, series: UUID, version: int | None = None) -> HttpResponseBase:
    """The pages with the words ``q``, of the newest version that the visitor may read, or of ``version``."""
    document = _readable(request, series, version)
    if isinstance(document, HttpResponseBase):
        return document
    way = Way.of(document, request.GET)
    pages = FoundPages(way, request.GET.get("q", ""), request.GET.get("page", ""))
    response = render(request, "documents/reader/search.html", {"found": pages, "document": document})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def whole(request: HttpRequest, series: UUID, version: int) -> HttpResponseBase:
    """The text of all pages as one HTML file to keep."""
    document = _readable(request, series, version)
    if isinstance(document, HttpResponseBase):
        return document
    address = request.build_absolute_uri(reverse("document_version", args=[series, document.number]))
    # A HEAD may leave out what only making the answer tells (RFC 9110, 9.3.2); one with a condition wants it judged.
    stamped = request.method != "HEAD" or bool(request.headers.keys() & {"If-None-Match", "If-Match"})
    made = whole_text(document, address, stamped=stamped)
    if made is None:
        raise Http404
    return answer_made(request, made, private=Visitor.of(request).has_account)


@require_safe
def page_image(
    request: HttpRequest, series: UUID, version: int, number: int, kind: DocumentImage.Kind
) -> HttpResponseBase:
    """The picture of a page as WebP, drawn when it is first asked for in this size."""
    stored = stored_for(Visitor.of(request), series, min(version, MAX_NUMBER), min(number, MAX_NUMBER), kind)
    if stored is not None:
        return _picture(request, stored, f"-{number}")
    document = _readable(request, series, version)
    if isinstance(document, HttpResponseBase):
        return document
    if not is_drawn(document) or not 0 < number <= document.page_count:
        raise Http404
    try:
        image = picture_of(document, number, kind)
    except (BusyError, StorageError, *STORAGE_FAULTS):
        return unavailable(gettext("The picture can't be shown at the moment. Try again in a minute."))
    if image is None:
        raise Http404
    return _picture(request, Stored(image.file.name or "", image.size, document.sha256), f"-{number}")


@require_safe
def cover(request: HttpRequest, series: UUID, version: int) -> HttpResponseBase:
    """The picture of the first page, small."""
    stored = stored_for(Visitor.of(request), series, min(version, MAX_NUMBER), 1, DocumentImage.Kind.COVER)
    if stored is not None:
        return _picture(request, stored, "-cover")
    document = _readable(request, series, version)
    if isinstance(document, HttpResponseBase):
        return document
    raise Http404


def _readable(request: HttpRequest, series: UUID, version: int | None) -> Document | HttpResponseBase:
    """The document that this visitor may read, or the answer 410 for what was withdrawn.

    Raises Http404 for missing and forbidden alike.
    """
    visitor = Visitor.of(request)
    version = None if version is None else min(version, MAX_NUMBER)
    document = readable_version(visitor, series, version)
    if document is None:
        return gone(request, series, version)
    if not document.is_servable:
        raise Http404
    return document


def _jump(request: HttpRequest, document: Document, wanted: int) -> HttpResponse:
    """Where the form "go to page" leads: the nearest page that there is, the query kept."""
    total = document.page_texts.count()
    if not total:
        raise Http404
    return HttpResponseRedirect(Way.of(document, request.GET).page(min(max(wanted, 1), total)))


def _picture(request: HttpRequest, picture: Stored, what: str) -> HttpResponseBase:
    storage = document_storage()
    try:
        size = picture.size or storage.size(picture.key)
    except STORAGE_FAULTS:
        return unavailable(gettext("The picture can't be shown at the moment. Try again in a minute."))
    blob = Blob(storage, picture.key, size, f"{picture.sha256}{what}", "image/webp", "page.webp")
    return answer(request, blob, private=Visitor.of(request).has_account)
