"""Files and pictures under their permanent addresses. The access rule comes first, whatever is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from wagtail.models import Page

from access.visitor import Visitor
from documents.access import current_version, presented_versions, readable_by, readable_image
from documents.models import Document, DocumentRelease, ErasedDocument
from documents.releases import public_withdrawal
from documents.serving import Blob, answer, unavailable
from documents.storage import STORAGE_FAULTS

PICTURE_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
}


@require_safe
def serve_document(request: HttpRequest, series: UUID, number: int | None = None, name: str = "") -> HttpResponseBase:
    """The bytes of version ``number`` of a series, or of its newest released version.

    404 for missing, unreadable and unfinished alike; 410 for what was public and was withdrawn.
    """
    visitor = Visitor.of(request)
    # The rule is asked once, for the version and for those that it is listed with.
    versions = presented_versions(visitor, series)
    if number is None:
        document = current_version(visitor, series)
    else:
        document = next((each for each in versions if each.number == number), None)
    if document is None:
        return gone(request, series, number)
    if not document.is_servable or not document.file.name:
        raise Http404
    blob = Blob(
        document.file.storage,
        document.file.name,
        document.size,
        document.sha256,
        document.content_type,
        document.filename,
    )
    return answer(request, blob, private=visitor.has_account, links=_links(document, versions))


@require_safe
def serve_image(request: HttpRequest, public_id: UUID, spec: str, name: str) -> HttpResponseBase:
    """A size of a picture that a template made before; the original is never served and no size is made here."""
    visitor = Visitor.of(request)
    image = readable_image(visitor, public_id)
    if image is None:
        raise Http404
    rendition = image.renditions.filter(filter_spec=spec.replace(".", "|")).order_by("-pk").first()
    if rendition is None:
        raise Http404
    suffix = PurePosixPath(rendition.file.name).suffix
    etag = hashlib.sha256(rendition.file.name.encode()).hexdigest()[:32]
    storage = rendition.file.storage
    try:
        size = rendition.file.size
    except STORAGE_FAULTS:
        return unavailable(gettext("The picture can't be read at the moment. Try again in a minute."))
    blob = Blob(storage, rendition.file.name, size, etag, PICTURE_TYPES[suffix], f"image{suffix}")
    return answer(request, blob, private=visitor.has_account)


@require_safe
def redirect_from_number(request: HttpRequest, document_id: int, name: str) -> HttpResponseBase:
    """The CMS's own address of a file. No page links to it; it leads on only for one who may read."""
    document = readable_by(Visitor.of(request)).filter(pk=document_id).first()
    if document is None or document.filename != name:
        raise Http404
    return HttpResponseRedirect(document.url)


def gone(request: HttpRequest, series: UUID, number: int | None) -> HttpResponseBase:
    """410 with a note for what was public and was withdrawn or erased; raises Http404 for everything else."""
    versions, erased = Document.objects.in_series(series), ErasedDocument.objects.filter(series=series)
    if number is not None:
        versions, erased = versions.filter(number=number), erased.filter(number=number)
    withdrawal = public_withdrawal(versions)
    tombstone = erased.filter(was_public=True).order_by("-number").first()
    if withdrawal is not None:
        note = {"reason": withdrawal.reason, "at": withdrawal.withdrawn_at}
    elif tombstone is not None and (number is not None or not _is_released(series)):
        # Not the reason that was given for the erasure: that is for the record.
        note = {"reason": gettext("This file was removed for good, to protect people."), "at": tombstone.erased_at}
    else:
        raise Http404
    response = render(request, "410.html", {"withdrawal": note}, status=410)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _is_released(series: UUID) -> bool:
    """Whether another version of an erased one is released: the series is hidden then, and not gone."""
    return DocumentRelease.objects.active().filter(document__series=series).exists()


def _links(document: Document, versions: Sequence[Document]) -> str:
    """The ``Link`` header: the page that presents the document, its newest version, its neighbours (RFC 5829), its licence.

    ``versions`` are the readable ones of the series, as ``presented_versions`` gives them.
    """
    links = [f'</d/{document.series}/>; rel="latest-version"']
    numbers = sorted({document.number, *(each.number for each in versions)})
    at = numbers.index(document.number)
    if at:
        links.append(f'</d/{document.series}/v{numbers[at - 1]}/>; rel="predecessor-version"')
    if at + 1 < len(numbers):
        links.append(f'</d/{document.series}/v{numbers[at + 1]}/>; rel="successor-version"')
    path = next((each.page_path_ for each in versions if each.page_path_), None)
    if path is not None and (url := Page(url_path=path).full_url):
        links.insert(0, f'<{url}>; rel="canonical"')
    if licence := document.public_rights.link:
        links.append(licence)
    return ", ".join(links)
