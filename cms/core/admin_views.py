"""Screens of the vocabulary beside Wagtail's: names in all languages, and merging two entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.log_actions import log

from access.visitor import account_of
from cms.core.exceptions import MergeRefused
from cms.core.forms import MergeForm, NamesForm
from cms.core.merging import merge
from cms.core.models import Place, PublicationKind, WorkKind

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MODELS: dict[str, type[Any]] = {"place": Place, "publicationkind": PublicationKind, "workkind": WorkKind}


class EntryView(View):
    """What both screens share: the entry, who may, and one form."""

    title: _StrOrPromise = ""
    button: _StrOrPromise = ""
    help: _StrOrPromise = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 for what there isn't; refuses who may not change the vocabulary."""
        model = MODELS[kwargs["model"]]
        if not request.user.has_perm(f"cms_core.change_{model._meta.model_name}"):
            raise PermissionDenied
        self.entry = get_object_or_404(model.objects.select_related("locale"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # stubs say HttpResponseBase

    def form(self, data: Any = None) -> forms.Form:
        """The screen's form."""
        raise NotImplementedError

    def act(self, form: Any) -> str:
        """Does it, and returns what to say. Raises ValidationError or MergeRefused."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form."""
        return self._render(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Acts, or shows the form again with what is wrong."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self._render(form)
        try:
            with transaction.atomic():
                messages.success(request, self.act(form))
        except MergeRefused as err:
            form.add_error(None, str(err))
            return self._render(form)
        except ValidationError as err:
            form.add_error(None, "; ".join(err.messages))
            return self._render(form)
        return redirect(self.back())

    def back(self) -> str:
        """Where the person goes afterwards."""
        return reverse(f"wagtailsnippets_cms_core_{self.entry._meta.model_name}:list")

    def _render(self, form: forms.Form) -> HttpResponse:
        context = {
            "form": form,
            "entry": self.entry,
            "page_title": self.title,
            "button": self.button,
            "explanation": self.help,
        }
        return render(self.request, "cms_core/admin/entry.html", context)


class NamesView(EntryView):
    """One entry in all languages."""

    title = gettext_lazy("Names in all languages")
    button = gettext_lazy("Save the names")
    help = gettext_lazy("A language without a name shows the name of the source language.")

    def form(self, data: Any = None) -> forms.Form:
        return NamesForm(data, entry=self.entry)

    def act(self, form: Any) -> str:
        for row in form.changed_rows():
            is_new = row.pk is None
            row.full_clean()
            row.save()
            log(instance=row, action="wagtail.create" if is_new else "wagtail.edit", user=account_of(self.request))
        return _("The names are saved.")


class MergeView(EntryView):
    """Two entries that mean the same become one."""

    title = gettext_lazy("Merge into another entry")
    button = gettext_lazy("Merge and delete this entry")
    help = gettext_lazy(
        "Every page that uses this entry, in every language, uses the other one from now on. "
        "Links to lists of this entry lead to the other one. This can't be undone."
    )

    def form(self, data: Any = None) -> forms.Form:
        return MergeForm(data, entry=self.entry, among=type(self.entry).objects.all())

    def act(self, form: Any) -> str:
        into = form.cleaned_data["into"]
        count = merge(self.entry, into, account_of(self.request))
        return _("Merged into %(name)s. Pages changed: %(count)s.") % {"name": into, "count": count}
