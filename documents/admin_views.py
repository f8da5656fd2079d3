"""Core's admin views of files, with three differences.

A number that leads to nothing and one that leads to something unreadable give the same 404. What a
page names can't be deleted, and the answer is a sentence. A document has no file field on edit but
a button for its next version.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import Button
from wagtail.documents.views import documents as document_views
from wagtail.documents.views import multiple as document_uploads
from wagtail.documents.views.chooser import viewset as document_chooser
from wagtail.images.views import images as image_views
from wagtail.images.views import multiple as image_uploads
from wagtail.images.views.chooser import viewset as image_chooser

from access.editorial import may_withdraw
from access.models import User
from documents import actions
from documents.board import status_of
from documents.exceptions import DocumentError, InUseError
from documents.forms import NewVersionForm
from documents.intake import inspect
from documents.models import Document, Image
from documents.permissions import ReadablePolicy, document_policy, image_policy
from documents.safety import may_judge
from documents.uses import pages_with_other_versions
from documents.versions.states import state_of

View = Callable[..., HttpResponseBase]


def _guarded(view: View, model: type[Document] | type[Image], policy: ReadablePolicy, kwarg: str, action: str) -> View:
    @wraps(view, updated=())
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        item = model._default_manager.filter(pk=kwargs[kwarg]).first()
        if item is None or not policy.user_has_permission_for_instance(request.user, action, item):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


def guarded_document(view: View, *, kwarg: str = "document_id", action: str = "change") -> View:
    """``view`` behind the same 404 for a missing document and one that the user has no right to."""
    return _guarded(view, Document, document_policy, kwarg, action)


def guarded_image(view: View, *, kwarg: str = "image_id", action: str = "change") -> View:
    """``view`` behind the same 404 for a missing picture and one that the user has no right to."""
    return _guarded(view, Image, image_policy, kwarg, action)


def document_chosen(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """What the chooser tells about the chosen document."""
    return document_chooser.chosen_view(request, **kwargs)


def image_chosen(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """What the chooser tells about the chosen picture."""
    return image_chooser.chosen_view(request, **kwargs)


def image_select_format(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """The choice of a size for a picture in rich text."""
    return image_chooser.select_format_view(request, **kwargs)


def not_here(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """Core's address generator makes public addresses that hold a primary key: there are none."""
    raise Http404


class DocumentEditView(document_views.EditView):
    """What may still change about a document, its state and its versions."""

    template_name = "documents/edit.html"

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Core's buttons and the one for the next version."""
        url = reverse("document_add_version", args=[self.object.pk])
        return [*super().header_more_buttons, Button(_("Add a new version"), url=url, icon_name="plus", priority=5)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the versions that the user has a right to."""
        user = cast(User, self.request.user)
        versions = document_policy.instances_user_has_any_permission_for(user, ["change"])
        return super().get_context_data(**kwargs) | {
            "outdated_pages": pages_with_other_versions(self.object, self.request.user),
            "first_page_url": self.object.reading_url(1) if self.object.page_count else "",
            "versions": [
                (version, state_of(version))
                for version in versions.filter(series=self.object.series).order_by("-number")
            ],
            "may_withdraw": may_withdraw(user),
            "may_erase": may_judge(user),
            "status": status_of(self.object),
            "blocked_count": self.object.checks.blocking().count(),
            "was_inspected": self.object.checks.exists(),
        }


def add_version(request: HttpRequest, document_id: int) -> HttpResponse:
    """A form for the file that becomes the next version; pages name the old one until they are changed."""
    document = get_object_or_404(Document, pk=document_id)
    initial = {"title": document.title, "language": document.language}
    form = NewVersionForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            added = actions.add_version(
                document,
                data["file"],
                user=cast(User, request.user),
                title=data["title"],
                language=data["language"],
                judged=form.judged,
            )
        except DocumentError as err:
            form.add_error("file", str(err))
        else:
            messages.success(
                request,
                gettext("Version %(number)d was added. Pages show the old one until you choose the new one there.")
                % {"number": added.number},
            )
            return redirect("wagtaildocs:edit", added.pk)
    return render(request, "documents/add_version.html", {"form": form, "document": document})


class _KeepsWhatIsUsed:
    """Mixin of single deletions: says why not, instead of failing."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Deletes, or goes back with a sentence."""
        item: Document | Image = self.object  # type: ignore[attr-defined]  # from DeleteView
        request: HttpRequest = self.request  # type: ignore[attr-defined]  # from View
        try:
            actions.refuse_deletion_in_use(type(item)._default_manager.filter(pk=item.pk))
        except InUseError as err:
            messages.error(request, str(err))
            edit = "wagtaildocs:edit" if isinstance(item, Document) else "wagtailimages:edit"
            return HttpResponseRedirect(reverse(edit, args=[item.pk]))
        response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]  # from DeleteView
        return response


class DocumentDeleteView(_KeepsWhatIsUsed, document_views.DeleteView):
    """Core's; keeps what is used."""


class ImageDeleteView(_KeepsWhatIsUsed, image_views.DeleteView):
    """Core's; keeps what is used."""


class _KeepsWhatIsUsedJson:
    """Mixin of the delete button in the multiple uploader."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Deletes, or answers with a sentence."""
        model = self.get_model()  # type: ignore[attr-defined]  # from core's view
        pk = kwargs[self.pk_url_kwarg]  # type: ignore[attr-defined]  # from core's view
        try:
            actions.refuse_deletion_in_use(model._default_manager.filter(pk=pk))
        except InUseError as err:
            return JsonResponse({"success": False, "error_message": str(err)}, status=409)
        response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]  # from View
        return response


class UploadedDocumentDeleteView(_KeepsWhatIsUsedJson, document_uploads.DeleteView):
    """Core's; keeps what is used."""


class UploadedImageDeleteView(_KeepsWhatIsUsedJson, image_uploads.DeleteView):
    """Core's; keeps what is used."""

    pk_url_kwarg = "image_id"


class _ShortTitle:
    """Mixin of the multiple uploader: a long file name is cut, or core would park the file under its uploaded name."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Core's, with a title that fits."""
        upload = request.FILES.get("files[]")
        data = request.POST.copy()
        data["title"] = (data.get("title") or (upload.name if upload else "") or "")[:255]
        request.POST = data  # type: ignore[assignment]  # a copy of the same type
        response: HttpResponseBase = super().post(request)  # type: ignore[misc]  # from core's view
        return response


class DocumentsAddView(_ShortTitle, document_uploads.AddView):
    """Core's, with titles that fit. Its screen gave way to ``documents.adding``, where core's buttons lead now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Leads to the screen "Add files"."""
        return redirect("document_adding")


class ImagesAddView(_ShortTitle, image_uploads.AddView):
    """Core's, with titles that fit."""


class CreateFromUploadedDocumentView(document_uploads.CreateFromUploadedDocumentView):
    """Core's, for an upload that waited for its details; the file is judged and sealed like any other."""

    def save_object(self, form: Any) -> None:
        """Seals the waiting upload and saves the document."""
        name = posixpath.basename(self.upload.file.name)
        with self.upload.file.open() as upload:
            actions.seal(self.object, upload, inspect(upload, name))
        self.object.uploaded_by_user = self.request.user
        form.save()
