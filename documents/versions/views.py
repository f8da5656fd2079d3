"""Admin screens about versions: where they are used, how they differ, taking back, restoring. Each works without JavaScript."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from access.editorial import may_withdraw
from access.models import User
from access.visitor import Visitor
from documents.access import can_read, readable_by
from documents.exceptions import DocumentError
from documents.models import Document, DocumentQuerySet
from documents.naming import NamingDenied
from documents.permissions import document_policy
from documents.safety import may_judge
from documents.safety_views import screen_of
from documents.versions import actions, comparing, usage
from documents.versions.companions import Companion, companions_of, released
from documents.versions.forms import WithdrawForm


def uses(request: HttpRequest, document_id: int) -> HttpResponse:
    """The pages that name the document, with their versions; POST moves the chosen ones to this version."""
    document, user = get_object_or_404(Document, pk=document_id), cast(User, request.user)
    if request.method == "POST":
        chosen = Page.objects.filter(pk__in=[pk for pk in request.POST.getlist("page") if pk.isdecimal()])
        try:
            made = usage.move(chosen, document, user)
        except NamingDenied as refusal:
            messages.error(request, str(refusal))
            return redirect("document_uses", document.pk)
        if made:
            messages.success(
                request,
                ngettext(
                    "%(count)d page has a draft with version %(number)d now. Submit it for review.",
                    "%(count)d pages have a draft with version %(number)d now. Submit each for review.",
                    len(made),
                )
                % {"count": len(made), "number": document.number},
            )
        else:
            messages.warning(request, gettext("No page was changed. Choose those that name another version."))
        return redirect("document_uses", document.pk)
    context = {"document": document, "uses": usage.uses_of(document.series, user)}
    return render(request, "documents/versions/uses.html", context)


def compare(request: HttpRequest, document_id: int) -> HttpResponse:
    """The differences between this version and the one that ``?with=`` names by its number, older one first."""
    document, user = get_object_or_404(Document, pk=document_id), cast(User, request.user)
    number = request.GET.get("with", "")
    versions = document_policy.instances_user_has_any_permission_for(user, ["change"]).filter(series=document.series)
    other = versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if other is None:
        raise Http404
    old, new = sorted((document, other), key=lambda version: version.number)
    context = {"document": document, "old": old, "new": new, "comparison": comparing.compare(old, new)}
    return render(request, "documents/versions/compare.html", context)


def restore(request: HttpRequest, document_id: int) -> HttpResponse:
    """Asks, then adds the bytes of this version as the newest one."""
    document = get_object_or_404(Document, pk=document_id)
    if request.method == "POST":
        try:
            added = actions.restore(document, cast(User, request.user))
        except DocumentError as err:
            messages.error(request, str(err))
            return redirect("wagtaildocs:edit", document.pk)
        messages.success(
            request,
            gettext("Version %(old)d was added again as version %(new)d. Choose it on the pages that shall show it.")
            % {"old": document.number, "new": added.number},
        )
        return redirect("wagtaildocs:edit", added.pk)
    return render(request, "documents/versions/restore.html", {"document": document})


class WithdrawView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # generic at type time only
    """Takes a version back from the public, with all older ones and with what else says the same where wanted.

    For whoever may withdraw and may know of the file; legal reviewers, who edit no page, know of all of them.
    """

    form_class = WithdrawForm
    template_name = "documents/versions/withdraw.html"
    page_title = gettext_lazy("Withdraw this version")
    # Without breadcrumbs Wagtail writes the title large, with the file's name: this screen needs both at a glance.
    breadcrumbs_items: ClassVar[list[dict[str, Any]]] = []
    header_icon = "warning"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = cast(User, request.user)
        self.document = get_object_or_404(Document, pk=kwargs["document_id"])
        may_know = may_judge(self.user) or can_read(Visitor.of(request), self.document)
        if not (may_withdraw(self.user) and may_know):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return gettext("%(title)s, version %(number)d") % {
            "title": self.document.title,
            "number": self.document.number,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(document=self.document, cancel_url=self.get_success_url(), **kwargs)
        more = len(companions_of(self.document, released())) - len(context["form"].documents)
        return {**context, "more_companions": more}

    def companions(self) -> list[Companion]:
        """What says or may say the same and can be withdrawn, as far as this person may know of it."""
        known = released()
        if not may_judge(self.user):
            known = cast(DocumentQuerySet, known.filter(pk__in=readable_by(Visitor.of(self.request)).values("pk")))
        return companions_of(self.document, known)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "companions": self.companions()}

    def get_success_url(self) -> str:
        return screen_of(self.document, self.user)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        try:
            gone = actions.take_back_together(
                self.document, form.others, self.user, data["reason"], all_before=data["all_before"]
            )
        except actions.WithdrawalRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        if numbers := ", ".join(str(version.number) for version in gone if version.series == self.document.series):
            messages.success(self.request, gettext("Withdrawn: version %(numbers)s.") % {"numbers": numbers})
        if others := [str(version) for version in gone if version.series != self.document.series]:
            messages.success(self.request, gettext("Withdrawn with it: %(files)s.") % {"files": "; ".join(others)})
        if left := [str(each) for each in self.companions() if each.is_same]:  # not ticked, or public since the form
            sentence = gettext("Says the same and is public still: %(files)s.")
            messages.warning(self.request, sentence % {"files": "; ".join(left)})
        return super().form_valid(form)
