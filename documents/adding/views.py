"""The screen "Add files": many files at once, each with its title and language to look at before it is filed.

Files arrive in pieces (``documents.adding.tus``), or all in one request where there is no JavaScript. Rows are filed
one by one: what is refused stays with its sentence, the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.models import Page

from access.models import User
from access.visitor import Visitor
from documents import quarantine
from documents.adding import filing, guessing, pending
from documents.exceptions import DocumentError
from documents.forms import language_choices
from documents.models import Document, PendingUpload
from documents.permissions import document_policy

SECONDS = 40.0
"""How long one request files rows, and how long one without JavaScript judges; servers in front give up after 60."""


class RowForm(forms.Form):
    """What is asked about one file before it is filed."""

    title = forms.CharField(label=_("Title"), max_length=255, widget=forms.TextInput(attrs={"dir": "auto"}))
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)


@dataclass
class Row:
    """One upload as the screen shows it. ``twin`` is a document with the same bytes that the visitor may read."""

    upload: PendingUpload
    form: forms.Form
    twin: Document | None = None
    twice: bool = False
    error: str = ""

    @property
    def language(self) -> str:
        """The language that is chosen at the moment."""
        return str(self.form["language"].value() or "")

    @property
    def percent(self) -> int:
        """How much has arrived."""
        return pending.received(self.upload) * 100 // max(self.upload.length, 1)

    @property
    def has_errors(self) -> bool:
        """Whether something has to be mended before it can be filed."""
        return bool(self.error or (self.form.is_bound and self.form.errors))


@method_decorator(non_atomic_requests, name="dispatch")
class AddFilesView(View):
    """Lists, files and removes the uploads of its visitor. Outside of a transaction: each file is one of its own."""

    template_name = "documents/adding/screen.html"
    form_class: type[RowForm] = RowForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for those who may add no documents."""
        if not document_policy.user_has_permission(request.user, "add"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def address(self) -> str:
        """Of this screen."""
        return reverse("document_adding")

    @property
    def page(self) -> Page | None:
        """The page that the files are for."""
        return None

    @property
    def form_options(self) -> dict[str, Any]:
        """What the form of each row is told besides."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The screen with what waits already."""
        return self.show(self.rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """By the button: one row that has arrived, files without JavaScript, a row less, or filing."""
        if "arrived" in request.POST:
            return self._arrived(request.POST["arrived"])
        if "remove" in request.POST:
            for upload in self._mine().filter(pk__in=_ids([request.POST["remove"]])):
                pending.forget(upload)
            return self.show(self.rows(bound=True))
        if "files" in request.FILES or request.POST.get("do") == "upload":
            return self._upload()
        return self._file()

    def rows(self, *, bound: bool = False) -> list[Row]:
        """The visitor's uploads, with what was sent about them where the request is a form (``bound``)."""
        uploads = list(self._mine())
        twins = filing.filed_already(Visitor.of(self.request), uploads)
        sent = set(_ids(self.request.POST.getlist("upload"))) if bound else set()
        seen: set[str] = set()
        rows = []
        for upload in uploads:
            data = self.request.POST if upload.pk in sent and upload.is_accepted else None
            form = self.form_class(data, prefix=str(upload.pk), initial=self.initial(upload), **self.form_options)
            rows.append(Row(upload, form, twins.get(upload.sha256), bool(upload.sha256) and upload.sha256 in seen))
            seen.add(upload.sha256)
        return rows

    def initial(self, upload: PendingUpload) -> dict[str, Any]:
        """What the form of ``upload`` says before anybody changed it."""
        known = dict(settings.LANGUAGES)
        language = upload.guessed_language if upload.guessed_language in known else ""
        return {"title": guessing.title_of(upload.name), "language": language}

    def filed(self, filed: list[tuple[Document, dict[str, Any]]]) -> HttpResponse | None:
        """Says that documents were filed, each with what was sent about it; may answer the request."""
        buttons = [
            messages.button(reverse("document_processing"), gettext("Processing")),
            messages.button(reverse("wagtaildocs:index"), gettext("Documents")),
        ]
        sentence = ngettext(
            "%(count)d file was filed and is being processed now.",
            "%(count)d files were filed and are being processed now.",
            len(filed),
        ) % {"count": len(filed)}
        messages.success(self.request, sentence, buttons=buttons)
        return None

    def show(self, rows: list[Row], **more: Any) -> HttpResponse:
        """The screen."""
        context = {
            "address": self.address,
            "page": self.page,
            "sections": self.sections(rows),
            "has_rows": bool(rows),
            "most": pending.MOST,
            "room": max(pending.MOST - len(rows), 0),
            "extensions": ",".join(f".{extension}" for extension in settings.WAGTAILDOCS_EXTENSIONS),
            "max_size": settings.DOCUMENT_MAX_SIZE,
            "hours": int(pending.KEPT.total_seconds() // 3600),
            "takes_direct": quarantine.storage() is not None,
        }
        return render(self.request, self.template_name, context | more)

    def sections(self, rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
        """The rows below each other: (language, heading, rows). One section without a heading here."""
        return [("", "", rows)]

    def _mine(self) -> QuerySet[PendingUpload]:
        return PendingUpload.objects.filter(user=cast(User, self.request.user), page=self.page)

    def _arrived(self, pk: str) -> HttpResponse:
        """Judges one upload and shows its row alone."""
        upload = self._mine().filter(pk__in=_ids([pk])).first()
        if upload is None:
            raise Http404
        filing.judge(upload)
        row = next((row for row in self.rows() if row.upload.pk == upload.pk), None)
        if row is None:
            raise Http404  # removed meanwhile
        return render(self.request, "documents/adding/row.html", {"row": row})

    def _upload(self) -> HttpResponse:
        """Takes all files of one request; what is refused at once is said above the rows."""
        files = self.request.FILES.getlist("files")
        if not files:
            messages.error(self.request, gettext("Choose at least one file."))
        if len(files) > pending.MOST:
            messages.error(self.request, gettext("Choose at most %(most)d files at once.") % {"most": pending.MOST})
            files = []
        end = time.monotonic() + SECONDS / 2
        for file in files:
            name = file.name or ""
            try:
                upload = pending.begin(cast(User, self.request.user), name, file.size or 0, page=self.page)
                pending.append(upload, 0, file.read, file.size or 0)
            except DocumentError as err:
                messages.error(self.request, gettext("%(name)s: %(sentence)s") % {"name": name, "sentence": err})
            else:
                if time.monotonic() < end:  # the worker judges the others
                    filing.judge(upload)
        return redirect(self.address)

    def _file(self) -> HttpResponse:
        """Files every row that is in order, for as long as a request may last."""
        wanted = set(_ids(self.request.POST.getlist("upload")))
        end = time.monotonic() + SECONDS
        filed: list[tuple[Document, dict[str, Any]]] = []
        left = []
        for row in self.rows(bound=True):
            if row.upload.pk not in wanted or not row.upload.is_accepted or not row.form.is_valid():
                left.append(row)
            elif time.monotonic() > end:
                row.error = gettext("There was no time left for this file. Press the button again.")
                left.append(row)
            else:
                data = row.form.cleaned_data
                try:
                    filed.append((filing.file_upload(row.upload, **self.to_file(data)), data))
                except DocumentError as err:
                    row.error = str(err)
                    left.append(row)
        answer = self.filed(filed) if filed else None
        if any(row.has_errors for row in left):
            return self.show(left)
        if not filed:
            messages.error(self.request, gettext("There is no file that could be filed."))
        return answer or redirect(self.address)

    def to_file(self, data: dict[str, Any]) -> dict[str, Any]:
        """What of a row's form belongs to the document itself."""
        return {"title": data["title"], "language": data["language"]}


def _ids(values: Sequence[str]) -> list[UUID]:
    """Those of ``values`` that are UUIDs."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
