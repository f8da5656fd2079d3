"""The tus protocol 1.0 (https://tus.io/protocols/resumable-upload): creation, expiration, termination.

Own and small, because no server package for Django is well kept (docs/adr/0014). An upload belongs to the person
who began it; for everybody else there is none.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from unicodedata import category
from uuid import UUID

from django.conf import settings
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from access.models import User
from documents.adding import pending
from documents.exceptions import IntakeError, StorageError
from documents.models import PendingUpload
from documents.permissions import document_policy

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
View = Callable[..., HttpResponse]


def _tus(view: View) -> View:
    """``view`` for those who may add documents; says which version is spoken, and refuses others."""

    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not document_policy.user_has_permission(request.user, "add"):
            raise Http404
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            response = _refused(412, gettext("The upload program speaks another version of its protocol."))
            response.headers["Tus-Version"] = VERSION
        else:
            response = view(request, **kwargs)
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return inner


@_tus
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Begins an upload, or says what the server can do."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Tus-Version"] = VERSION
        response.headers["Tus-Extension"] = "creation,expiration,termination"
        response.headers["Tus-Max-Size"] = str(settings.DOCUMENT_MAX_SIZE)
        return response
    length = _number(request, "Upload-Length")
    known = _metadata(request.headers.get("Upload-Metadata", ""))
    if length is None or not known.get("filename"):
        return _refused(400, gettext("The upload does not say how long the file is and what it is called."))
    user = cast(User, request.user)
    try:
        page = _page(user, known.get("page", ""))
        upload = pending.begin(user, known["filename"], length, modified=known.get("modified", ""), page=page)
    except IntakeError as err:
        return _refused(413, str(err))
    response = HttpResponse(status=201)
    response.headers["Location"] = reverse("document_upload", args=[upload.pk])
    response.headers["Upload-Expires"] = http_date(pending.expires(upload).timestamp())
    return response


@non_atomic_requests
@_tus
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far an upload is, its next piece, or its end. Outside of a transaction: a slow line must lock no table."""
    found = get_object_or_404(PendingUpload, pk=upload_id, user=cast(User, request.user))
    if request.method == "DELETE":
        pending.forget(found)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        return _append(request, found)
    # What was refused has no bytes any more, and needs none.
    has_ended = found.state != PendingUpload.State.ARRIVING
    offset = found.length if has_ended else pending.received(found)
    response = HttpResponse(status=200)
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Length"] = str(found.length)
    response.headers["Upload-Expires"] = http_date(pending.expires(found).timestamp())
    return response


def _append(request: HttpRequest, found: PendingUpload) -> HttpResponse:
    offset, length = _number(request, "Upload-Offset"), _number(request, "Content-Length")
    if request.content_type != PIECE:
        return _refused(415, gettext("A piece of an upload must be sent as %(type)s.") % {"type": PIECE})
    if offset is None or length is None:
        return _refused(400, gettext("A piece of an upload must say where it begins and how long it is."))
    if found.state != PendingUpload.State.ARRIVING:
        return _refused(410, gettext("This upload has ended already."))
    try:
        now = pending.append(found, offset, request.read, length)
    except pending.GoneError as err:
        return _refused(404, str(err))
    except pending.OffsetError as err:
        return _refused(409, str(err))
    except pending.BusyError as err:
        return _refused(423, str(err))
    except StorageError as err:
        return _refused(507, str(err))
    response = HttpResponse(status=204)
    response.headers["Upload-Offset"] = str(now)
    return response


def _page(user: User, pk: str) -> Page | None:
    """The page that the file is meant for, if ``user`` may edit it. Raises IntakeError."""
    if not pk:
        return None
    number = _whole(pk)
    page = Page.objects.filter(pk=number).first() if number is not None else None
    if page is None or not page.permissions_for_user(user).can_edit():
        raise IntakeError(gettext("You can't add files to this page."))
    return page


def _number(request: HttpRequest, header: str) -> int | None:
    return _whole(request.headers.get(header, ""))


def _whole(value: str) -> int | None:
    """``value`` as a number that fits a database's column; None where it is none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _metadata(header: str) -> dict[str, str]:
    """``key base64,key base64`` as a dict, without control characters; what can't be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        found[key] = "".join(sign for sign in text if category(sign) != "Cc")
    return found


def _refused(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
