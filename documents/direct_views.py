"""A direct upload: its screen, and two requests in JSON around it, a signed form before and the document after."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from access.models import User
from documents import quarantine
from documents.actions import add_document
from documents.exceptions import DocumentError, StorageError
from documents.forms import DirectUploadForm, NamingForm
from documents.permissions import document_policy
from documents.storage import PrivateS3Storage


def _bucket_for(request: HttpRequest) -> PrivateS3Storage:
    """The bucket; 404 where direct uploads are off, and for those who may add no document."""
    bucket = quarantine.storage()
    if bucket is None or not document_policy.user_has_permission(request.user, "add"):
        raise Http404
    return bucket


@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """Where a person chooses the file. It needs JavaScript; "Add files" does without."""
    _bucket_for(request)
    extensions = ",".join(f".{extension}" for extension in settings.WAGTAILDOCS_EXTENSIONS)
    context = {"form": NamingForm(), "extensions": extensions, "max_size": settings.DOCUMENT_MAX_SIZE}
    return render(request, "documents/direct.html", context)


@require_POST
def issue(request: HttpRequest) -> JsonResponse:
    """A form to post the file with: ``{"url", "fields", "token"}``; 503 with ``{"error"}``."""
    bucket = _bucket_for(request)
    try:
        ticket = quarantine.issue(cast(User, request.user), bucket)
    except DocumentError as err:
        return JsonResponse({"error": str(err)}, status=503)
    return JsonResponse({"url": ticket.url, "fields": ticket.fields, "token": ticket.token})


@non_atomic_requests  # what fetching and storing take, nobody else on SQLite need wait for
@require_POST
def file(request: HttpRequest) -> JsonResponse:
    """Files what was uploaded: ``token``, ``name``, ``title``, ``language`` -> ``{"id", "url"}``.

    400 with ``{"error"}`` where it is refused; 503 where the storage doesn't answer: it is there still, come back.
    """
    bucket = _bucket_for(request)
    user = cast(User, request.user)
    form = DirectUploadForm(request.POST)
    if not form.is_valid():
        return JsonResponse(
            {"error": " ".join(str(words) for errors in form.errors.values() for words in errors)}, status=400
        )
    data = form.cleaned_data
    try:
        with quarantine.fetched(user, request.POST.get("token", ""), bucket) as upload:
            document = add_document(
                upload,
                title=data["title"] or data["name"],
                user=user,
                language=data["language"],
                original_name=data["name"],
            )
    except StorageError as err:
        return JsonResponse({"error": str(err)}, status=503)
    except DocumentError as err:
        return JsonResponse({"error": str(err)}, status=400)
    return JsonResponse({"id": document.pk, "url": reverse("wagtaildocs:edit", args=[document.pk])})
