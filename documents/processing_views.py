"""The board "Processing" of the admin: what is not done yet, why, how long it takes, and another try."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from access.visitor import Visitor, account_of
from documents import actions, board
from documents.models import Document
from documents.permissions import document_policy

ROWS = 50


@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """The documents that the visitor may read and that are not done."""
    page = Paginator(board.unfinished(Visitor.of(request)), ROWS).get_page(request.GET.get("p"))
    context: dict[str, Any] = {
        "page": page,
        "rows": board.statuses(page.object_list, account_of(request)),
        "page_title": gettext("Processing"),
    }
    return render(request, "documents/processing.html", context)


@require_POST
def retry(request: HttpRequest, document_id: int) -> HttpResponse:
    """Queues a document that failed, or the recognition of its text, again."""
    document = get_object_or_404(Document, pk=document_id)
    if actions.retry(document, user=account_of(request)):
        messages.success(request, gettext("The document was put in the queue again."))
    else:
        messages.info(request, gettext("There is nothing to try again: the document is ready or in the queue."))
    if request.POST.get("back") == "edit":
        return redirect("wagtaildocs:edit", document.pk)
    return redirect("document_processing")


class ProcessingMenuItem(MenuItem):
    """Shown to those who work with documents."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the visitor may add or change documents."""
        return bool(document_policy.user_has_any_permission(request.user, ["add", "change"]))
