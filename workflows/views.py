"""Admin screens: decide about a text, withdraw a work, publish in an emergency. Each works without JavaScript."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from access.editorial import may_withdraw
from access.models import User
from documents.models import Document
from documents.safety import may_judge
from documents.uses import documents_named_by
from documents.versions.usage import shown_elsewhere
from workflows import eyes
from workflows.actions import WithdrawAction
from workflows.emergency import emergency, is_administrator
from workflows.exceptions import ApprovalRefused, WithdrawalRefused
from workflows.files import notes, obstacles
from workflows.forms import DecisionForm, EmergencyForm, WithdrawForm
from workflows.models import ReviewTaskState


class _PageView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # generic at type time only
    """A form about one page of ours, for those who may use it; everyone else is told that it isn't there."""

    # Without breadcrumbs Wagtail writes the title large, with the page's name: these screens need both at a glance.
    breadcrumbs_items: ClassVar[list[dict[str, Any]]] = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = cast(User, request.user)
        self.page = self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def find(self, page_id: int) -> Any:
        """The page. Raises Http404 for others."""
        page = get_object_or_404(Page.objects.filter(depth__gt=1), pk=page_id).specific
        if not self.may_use(page):
            raise Http404
        return page

    def may_use(self, page: Any) -> bool:
        """Whether this person may use this screen for ``page``."""
        raise NotImplementedError

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, cancel_url=self.get_success_url(), **kwargs)

    def get_success_url(self) -> str:
        if self.page.permissions_for_user(self.user).can_edit():
            return reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return reverse("wagtailadmin_home")


class WithdrawView(_PageView):
    """Withdraws a work in all languages, with a reason that its readers get to see."""

    form_class = WithdrawForm
    template_name = "workflows/admin/withdraw.html"
    page_title = gettext_lazy("Withdraw")
    header_icon = "warning"

    def may_use(self, page: Any) -> bool:
        return may_withdraw(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Page.objects.filter(translation_key=self.page.translation_key).select_related("locale")
        elsewhere, more = shown_elsewhere([page.pk for page in pages], self.user)
        return super().get_context_data(pages=pages, elsewhere=elsewhere, more_elsewhere=more, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            report = WithdrawAction(self.page, form.cleaned_data["reason"], user=self.user).execute()
        except WithdrawalRefused as refusal:
            form.add_error("reason", str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _(
                "Withdrawn in %(languages)s: %(pages)d public pages taken down, %(files)d files withdrawn, "
                "%(reviews)d reviews cancelled, %(schedules)d schedules cleared."
            )
            % {
                "languages": ", ".join(report.languages),
                "pages": report.taken_down,
                "files": report.files_withdrawn,
                "reviews": report.reviews_cancelled,
                "schedules": report.schedules_cleared,
            },
        )
        return redirect(self.get_success_url())


class EmergencyView(_PageView):
    """Publishes the newest revision past approval: an administrator, with a reason, for the record."""

    form_class = EmergencyForm
    template_name = "workflows/admin/emergency.html"
    page_title = gettext_lazy("Publish in an emergency")
    header_icon = "warning"

    def may_use(self, page: Any) -> bool:
        return is_administrator(self.user)

    def form_valid(self, form: Any) -> HttpResponse:
        revision = self.page.latest_revision
        if revision is None:
            form.add_error(None, _("Save the page once before it is published."))
            return self.form_invalid(form)
        if sentences := obstacles({str(pk): "" for pk in documents_named_by(revision)}, self.page.pk):
            form.add_error(None, " ".join(sentences))
            return self.form_invalid(form)
        with emergency(self.user, form.cleaned_data["reason"]):
            revision.publish(user=self.user, skip_permission_checks=True)
        messages.warning(self.request, _("Published without approval. The record of this page says so."))
        return redirect(self.get_success_url())


class ReviewView(_PageView):
    """The reviewer's screen: what was submitted, which files it makes public, and the decision."""

    form_class = DecisionForm
    template_name = "workflows/admin/review.html"
    page_title = gettext_lazy("Review")
    header_icon = "clipboard-list"

    def find(self, state_id: int) -> Any:
        self.state = get_object_or_404(ReviewTaskState.objects.select_related("revision"), pk=state_id)
        try:
            eyes.assert_may_review(self.state, self.user)
        except ApprovalRefused:
            raise Http404 from None
        return self.state.revision.content_object

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = self.state.documents
        return super().get_context_data(
            state=self.state,
            files=Document.objects.filter(pk__in=[int(pk) for pk in files])
            .prefetch_related("checks__override_by", "releases")
            .order_by("title", "number"),
            may_judge=may_judge(self.user),
            notes=notes(files),
            obstacles=[
                *filter(None, [eyes.involvement(self.state, self.user)]),
                *obstacles(files, self.page.pk),
            ],
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        decide = self.state.approve if form.cleaned_data["decision"] == "approve" else self.state.reject
        try:
            decide(user=self.user, comment=form.cleaned_data["comment"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Your decision was recorded."))
        return redirect("wagtailadmin_home")
