"""Admin screens of the leak gate: what was found and where, check again, override; and fetching an original."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.transaction import non_atomic_requests
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.editorial import may_withdraw
from access.models import User
from documents import safety, wording
from documents.admin_views import View
from documents.exceptions import OriginalRefused, OverrideRefused, StorageError
from documents.extraction.errors import ExtractionError, TooLongError
from documents.extraction.jobs import page_image
from documents.models import Document, DocumentCheck, DocumentRelease
from documents.originals import fetch, may_fetch
from documents.permissions import document_policy
from documents.reader.pictures import is_drawn
from documents.releases import told_places
from documents.scratch import scratch
from documents.serving import unavailable
from documents.storage import STORAGE_FAULTS
from documents.tasks import check_document

PAGE_WIDTH = 800
MAX_PICTURES = 6
"""Pages with marks that the screen shows at once; each is drawn when it is asked for."""


class ReasonForm(forms.Form):
    """Why something is done that is otherwise refused."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept for good, with your name."),
    )


def judged(view: View) -> View:
    """``view`` for those who may change the document and for those who judge; the same 404 for all others."""

    @wraps(view)
    def inner(request: HttpRequest, document_id: int, **kwargs: Any) -> HttpResponseBase:
        document = Document.objects.filter(pk=document_id).first()
        user = request.user
        if document is None or not (
            safety.may_judge(user) or document_policy.user_has_permission_for_instance(user, "change", document)
        ):
            raise Http404
        response = view(request, document, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return inner


def screen_of(document: Document, user: Any) -> str:
    """Where a screen about the document leads back to: editing it, or for legal reviewers, who don't, its safety."""
    may_edit = document_policy.user_has_permission_for_instance(user, "change", document)
    return reverse("wagtaildocs:edit" if may_edit else "document_safety", args=[document.pk])


@judged
@require_safe
def safety_screen(request: HttpRequest, document: Document) -> HttpResponse:
    """All verdicts of one version, with the places marked on its pages."""
    return _screen(request, document)


def _screen(request: HttpRequest, document: Document, refused: str = "", status: int = 200) -> HttpResponse:
    order = {DocumentCheck.State.BLOCKED: 0, DocumentCheck.State.WARNING: 1, DocumentCheck.State.OK: 2}
    names = [*wording.FINDINGS]
    made = sorted(
        document.checks.select_related("document", "override_by"),
        key=lambda check: (order[check.state], names.index(check.name) if check.name in names else 0, check.name),
    )
    checks = [check for check in made if check.state != DocumentCheck.State.OK]
    for check in () if safety.may_judge(request.user) else checks:
        check.places = told_places(check)
    gone = [check.label for check in made if check not in checks and check.name != wording.INSPECTED]
    pages = {int(place["page"]) for check in checks for place in check.places if place.get("box")}
    return render(
        request,
        "documents/safety.html",
        {
            "document": document,
            "checks": [(check, ReasonForm(auto_id=f"check-{check.pk}-%s")) for check in checks],
            "removed": list(dict.fromkeys([*gone, *document.removed_labels])),
            "was_inspected": bool(made),
            "pages": sorted(pages)[:MAX_PICTURES] if is_drawn(document) else [],
            "more_pages": max(len(pages) - MAX_PICTURES, 0),
            "may_override": safety.may_judge(request.user) and document.uploaded_by_user_id != request.user.pk,
            "may_fetch": may_fetch(request.user) and bool(document.original),
            "may_erase": safety.may_judge(request.user),
            "may_withdraw": may_withdraw(cast(User, request.user))
            and DocumentRelease.objects.active().filter(document=document).exists(),
            "may_edit": document_policy.user_has_permission_for_instance(request.user, "change", document),
            "refused": refused,
        },
        status=status,
    )


@non_atomic_requests  # a child looks at the file meanwhile: on SQLite nobody else could write
@judged
@require_POST
def check_again(request: HttpRequest, document: Document) -> HttpResponse:
    """Looks at the public copy anew: at once where that is quick, else by the worker."""
    if not document.is_ready:
        messages.error(request, gettext("The file is not ready yet. It is checked when it is processed."))
    elif document.page_count > safety.AT_ONCE:
        _check_later(request, document)
    else:
        try:
            safety.check_again(document, safety.WHILE_WAITING)
        except TooLongError:
            _check_later(request, document)
        except ExtractionError as err:
            messages.error(request, gettext(err.sentence))
        except STORAGE_FAULTS:
            messages.error(request, gettext("The file can't be read at the moment. Try again in a minute."))
        else:
            messages.success(request, gettext("The file was checked again."))
    return redirect("document_safety", document.pk)


def _check_later(request: HttpRequest, document: Document) -> None:
    check_document.enqueue(document.pk)
    messages.success(request, gettext("The file is long. It is checked in the background; look again in a minute."))


@judged
@require_POST
def override(request: HttpRequest, document: Document, check_id: int) -> HttpResponse:
    """Lets the file pass in spite of one check; the reason goes into the log and into the record of the approval."""
    check = get_object_or_404(document.checks, pk=check_id)
    try:
        reason = request.POST.get("reason", "").replace("\0", "")[:1000]
        safety.override(check, cast(User, request.user), reason, seen=request.POST.get("seen", ""))
    except OverrideRefused as refusal:
        return _screen(request, document, refused=str(refusal), status=403)
    messages.success(request, gettext("The check blocks no more. Your reason is kept."))
    return redirect("document_safety", document.pk)


@non_atomic_requests
@judged
@require_safe
def marked_page(request: HttpRequest, document: Document, number: int) -> HttpResponseBase:
    """The picture of a page with the places of all findings marked; drawn for this answer, never stored."""
    checks = document.checks.exclude(state=DocumentCheck.State.OK)
    boxes = [
        place["box"] for check in checks for place in check.places if place.get("page") == number and place.get("box")
    ]
    if not (document.is_ready and is_drawn(document) and boxes and 0 < number <= document.page_count):
        raise Http404
    with scratch() as folder:
        source, target = folder / "file", folder / "page"
        try:
            with document.file.open("rb") as stored, source.open("wb") as copy:
                for chunk in stored.chunks():
                    copy.write(chunk)
            page_image(source, document.mime, target, number=number, width=PAGE_WIDTH, boxes=boxes)
        except (ExtractionError, *STORAGE_FAULTS):
            return unavailable(gettext("The picture can't be shown at the moment. Try again in a minute."))
        return HttpResponse(target.read_bytes(), content_type="image/webp")


@judged
@require_http_methods(["GET", "HEAD", "POST"])
def original(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The uploaded file, for Legal and administrators, with a reason; asked by a form, given by POST."""
    if not may_fetch(request.user):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = fetch(document, cast(User, request.user), form.cleaned_data["reason"])
        except OriginalRefused as refusal:
            form.add_error("reason", str(refusal))
        except (StorageError, *STORAGE_FAULTS):
            return unavailable(gettext("The file can't be read at the moment. Try again in a minute."))
        else:
            return _as_download(document, file)
    return render(request, "documents/original.html", {"document": document, "form": form})


def _as_download(document: Document, file: Any) -> FileResponse:
    encrypted = bool(document.original_stored_sha256)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=document.filename + (".age" if encrypted else ""),
        content_type="application/octet-stream",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def judges_only(request: HttpRequest) -> None:
    """Raises PermissionDenied for those who don't oversee safety."""
    if not safety.may_judge(request.user):
        raise PermissionDenied


@require_safe
def blocked_list(request: HttpRequest) -> HttpResponse:
    """All files that a check blocks now, for those who may decide about them. What was withdrawn waits for nobody."""
    judges_only(request)
    blocked = DocumentCheck.objects.blocking().exclude(name=wording.WITHDRAWN).values("document")
    documents = Document.objects.filter(pk__in=blocked).prefetch_related("checks").order_by("-created_at")[:200]
    response = render(request, "documents/blocked.html", {"documents": documents})
    response.headers["Cache-Control"] = "private, no-store"
    return response
