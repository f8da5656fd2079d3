"""Two requests around a direct upload: a signed form before it, the document after it. JSON, for the upload page."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from access.models import User
from documents import quarantine
from documents.actions import add_document
from documents.exceptions import DocumentError
from documents.permissions import document_policy
from documents.storage import PrivateS3Storage


def _bucket_for(request: HttpRequest) -> PrivateS3Storage:
    """The bucket; 404 where direct uploads are off, and for those who may add no document."""
    bucket = quarantine.storage()
    if bucket is None or not document_policy.user_has_permission(request.user, "add"):
        raise Http404
    return bucket


@require_POST
def issue(request: HttpRequest) -> JsonResponse:
    """A form to post the file with: ``{"url", "fields", "token"}``; 503 with ``{"error"}``."""
    bucket = _bucket_for(request)
    try:
        ticket = quarantine.issue(cast(User, request.user), bucket)
    except DocumentError as err:
        return JsonResponse({"error": str(err)}, status=503)
    return JsonResponse({"url": ticket.url, "fields": ticket.fields, "token": ticket.token})


@require_POST
def file(request: HttpRequest) -> JsonResponse:
    """Files what was uploaded: ``token``, ``name``, ``title``, ``language`` -> ``{"id", "url"}``; 400 with ``{"error"}``."""
    bucket = _bucket_for(request)
    user = cast(User, request.user)
    name = request.POST.get("name", "")
    try:
        with quarantine.fetched(user, request.POST.get("token", ""), bucket) as upload:
            document = add_document(
                upload,
                title=request.POST.get("title") or name,
                user=user,
                language=request.POST.get("language", ""),
                original_name=name,
            )
    except DocumentError as err:
        return JsonResponse({"error": str(err)}, status=400)
    return JsonResponse({"id": document.pk, "url": reverse("wagtaildocs:edit", args=[document.pk])})
