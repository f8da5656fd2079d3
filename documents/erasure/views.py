"""Admin screens of erasures, for Legal and administrators; a 404 for all others. Each works without JavaScript."""

from __future__ import annotations

import re
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.models import User
from access.views import there_for
from documents.erasure import actions, listing, targets
from documents.erasure.forms import AskForm
from documents.exceptions import ErasureRefused
from documents.models import Document, Erasure
from documents.versions.companions import companions_of

AT_ONCE = 50
"""Erasures on one screen."""
_ADDRESS = re.compile(r"/d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?:v(\d{1,6})/)?")


_for_erasers = there_for(actions.may_erase)


@_for_erasers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All erasures, the newest first; with ``?address=`` the way to the one that is to be asked for."""
    address = request.GET.get("address", "").strip()
    if address:
        if document := _at(address):
            return redirect("document_erase", document.pk)
        messages.error(request, gettext("No file has this address. A file’s address looks like /d/6f1c2f0e-…/v2/."))
    page = Paginator(Erasure.objects.all(), AT_ONCE).get_page(request.GET.get("p"))
    return render(request, "documents/erasure/index.html", {"erasures": page})


def _at(address: str) -> Document | None:
    """The version at a file's address; the newest one where the address names none."""
    found = _ADDRESS.search(address)
    if found is None:
        return None
    versions = Document.objects.in_series(found[1])
    return versions.filter(number=int(found[2])).first() if found[2] else versions.first()


@_for_erasers
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, document_id: int) -> HttpResponse:
    """Asks for the erasure of a version; nothing is destroyed by it."""
    document = get_object_or_404(Document, pk=document_id)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure = actions.ask(document, cast(User, request.user), **form.cleaned_data)
        except ErasureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("Asked for. Someone else has to confirm it now; nothing is gone yet."))
            return redirect("document_erasure", erasure.pk)
    waiting = Erasure.objects.open().filter(series=document.series).first()
    taken = Document.objects.same_bytes_as(document)  # an erasure takes them without being asked
    companions = companions_of(document, Document.objects.exclude(pk__in=taken.values("pk")))
    context = {"document": document, "form": form, "waiting": waiting, "companions": companions}
    return render(request, "documents/erasure/ask.html", context)


@_for_erasers
@require_safe
def detail(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """What will go, or what went: the list to confirm, the progress, what is left."""
    erasure = get_object_or_404(Erasure.objects.select_related("asked_by"), pk=erasure_id)
    user = cast(User, request.user)
    context: dict[str, Any] = {"erasure": erasure, "found": listing.places(erasure.found)}
    if erasure.state == Erasure.State.ASKED:
        shown, more = listing.changing(erasure, user)
        context |= {
            "going": listing.going(erasure),
            "changing": shown,
            "more_changing": more,
            "seen": targets.seen(erasure),
            "may_confirm": erasure.asked_by_id not in (None, user.pk) and erasure.surveyed_at is not None,
            "is_own": erasure.asked_by_id == user.pk,
        }
    elif erasure.state != Erasure.State.CANCELLED:
        context |= {
            "steps": listing.progress(erasure),
            "trouble": listing.trouble(erasure),
            "left": listing.places(erasure.left),
            "tombstones": erasure.tombstones.order_by("series", "number"),
        }
    return render(request, "documents/erasure/detail.html", context)


@_for_erasers
@require_POST
def decide(request: HttpRequest, erasure_id: UUID, decision: str) -> HttpResponse:
    """Confirms or cancels; who may, and what was seen, is asked again."""
    if decision not in ("confirm", "cancel"):
        raise Http404
    erasure, user = get_object_or_404(Erasure, pk=erasure_id), cast(User, request.user)
    try:
        if decision == "confirm":
            actions.confirm(erasure, user, request.POST.get("seen", ""))
            messages.success(request, gettext("Confirmed. It is being erased; this screen says how far it is."))
        else:
            actions.cancel(erasure, user)
            messages.success(request, gettext("Cancelled. Nothing was erased."))
    except ErasureRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("document_erasure", erasure.pk)
