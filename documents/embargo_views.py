"""The screen on which a file gets an embargo of its own, or loses it. It works without JavaScript."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.widgets import AdminDateTimeInput

from access.models import User
from access.visitor import Visitor
from documents import embargo
from documents.access import readable_by
from documents.exceptions import EmbargoRefused
from documents.models import Document
from documents.safety_views import judged, screen_of
from documents.versions.companions import companions_of


class EmbargoForm(forms.Form):
    """Until when, and why."""

    until = forms.DateTimeField(label=_("Not public before"), required=False, widget=AdminDateTimeInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept for good, with your name. Needed once the file was submitted for review."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["until"].help_text = gettext(
            "Empty: no embargo. Time zone: %(zone)s. Until then readers see neither the file nor that there is one."
        ) % {"zone": zone}

    def clean_until(self) -> datetime | None:
        """The time; the present one to its second where the field, which shows minutes, was left as it is."""
        until = cast("datetime | None", self.cleaned_data["until"])
        shown = cast("datetime | None", self.initial.get("until"))
        if until and shown and until == shown.replace(second=0, microsecond=0):
            return shown
        if until and embargo.is_too_far(until):
            raise forms.ValidationError(gettext("This is too far ahead: an embargo ends within 50 years."))
        return until


@judged
@require_http_methods(["GET", "HEAD", "POST"])
def embargo_screen(request: HttpRequest, document: Document) -> HttpResponse:
    """Asks for the time, and changes it for those who may."""
    form = EmbargoForm(request.POST or None, initial={"until": document.held_until})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            seen = request.POST.get("before", "")
            embargo.change(document, data["until"], cast(User, request.user), data["reason"], seen=seen)
        except EmbargoRefused as refusal:
            form.add_error(None, str(refusal))
            document.refresh_from_db(fields=["embargo"])
        else:
            messages.success(request, gettext("The embargo was changed."))
            return redirect(screen_of(document, request.user))
    context = {
        "document": document,
        "form": form,
        "companions": companions_of(document, readable_by(Visitor.of(request))),
        "before": embargo.stamp(document),
        "was_submitted": embargo.was_submitted(document),
        "back_url": screen_of(document, request.user),
    }
    return render(request, "documents/embargo.html", context)
