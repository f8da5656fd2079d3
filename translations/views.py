"""The workbench: ask for a translation, write it side by side with the source, submit it, decide on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.models import Locale, Page

from access.visibility import is_visible
from access.visitor import Visitor, account_of
from translations import actions
from translations.board import board_of
from translations.exceptions import NotAllowed, TranslationError
from translations.forms import RequestForm
from translations.models import TranslationJob
from translations.permissions import may_look_at, may_request, may_translate
from translations.segments import Segment, segments_of, write
from workflows import eyes
from workflows.content import content_hash
from workflows.exceptions import ApprovalRefused
from workflows.models import ReviewTaskState

if TYPE_CHECKING:
    from access.models import User


class BoardView(View):
    """All jobs in the languages that the visitor works in, by due date."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Renders one page of the board, ``?p=`` says which; shows nothing of other languages."""
        page = board_of(account_of(request), request.GET.get("p"))
        context = {
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "page_title": _("Translations"),
        }
        return render(request, "translations/board.html", context)


class RequestView(View):
    """Ask for translations of one page: languages, due date, note."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 unless the visitor may edit the page or read it as published: others must not learn its title."""
        self.page = get_object_or_404(Page, pk=kwargs["page_id"]).specific
        self.locales = [
            locale
            for locale in Locale.objects.exclude(pk=self.page.locale_id)
            if may_request(account_of(request), self.page, locale) and not self.page.has_translation(locale)
        ]
        may_edit = self.page.permissions_for_user(account_of(request)).can_edit()
        if not (may_edit or (self.locales and is_visible(self.page, Visitor(account_of(request))))):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # stubs say HttpResponseBase

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """The form."""
        return self._render(RequestForm(locales=self.locales))

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Makes one job per chosen language, all or none."""
        form = RequestForm(request.POST, locales=self.locales)
        if not form.is_valid():
            return self._render(form)
        try:
            with transaction.atomic():
                jobs = [
                    actions.request_translation(
                        self.page,
                        locale,
                        account_of(request),
                        due_date=form.cleaned_data["due_date"],
                        note=form.cleaned_data["note"],
                    )
                    for locale in form.chosen_locales()
                ]
        except TranslationError as err:
            form.add_error(None, str(err))
            return self._render(form)
        messages.success(request, _("The translation has been asked for."))
        return redirect(_workbench_url(jobs[0]) if len(jobs) == 1 else reverse("translations:board"))

    def _render(self, form: RequestForm) -> HttpResponse:
        context = {"page": self.page, "form": form, "locales": self.locales, "page_title": _("Ask for a translation")}
        return render(self.request, "translations/request.html", context)


def _workbench_url(job: TranslationJob) -> str:
    return reverse("translations:edit", args=[job.translation.uuid])


class WorkbenchView(View):
    """Source and translation side by side, segment by segment."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 unless the visitor translates or reviews this page."""
        self.job = get_object_or_404(TranslationJob.objects.with_everything(), translation__uuid=kwargs["uuid"])
        target = self.job.target_page()
        if target is None or not may_look_at(account_of(request), target):
            raise Http404
        self.target = target
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # stubs say HttpResponseBase

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The workbench; read-only for reviewers and while the page is in review or locked."""
        return self._render(segments_of(self.job.translation, self.target))

    def post(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Saves what was typed, then does what the button says: nothing, submit, or take over the newer source."""
        segments = segments_of(self.job.translation, self.target)
        try:
            actions.require_editable(self.target, account_of(request))
            refused = self._save(request, segments)
            if refused:
                messages.error(request, refused)
                return self._render(segments)
            self._act(request)
        except NotAllowed as err:
            raise PermissionDenied(str(err)) from err
        except TranslationError as err:
            messages.error(request, str(err))
        return redirect(_workbench_url(self.job))

    def _save(self, request: HttpRequest, segments: list[Segment]) -> str:
        """Writes what was typed, and a draft of it: both or neither. Returns why not all could be saved, or "".

        A string without a draft would get into the next one, under the name of whoever makes that;
        its author could then approve it.
        """
        try:
            with transaction.atomic():
                written = write(self.job.translation, segments, request.POST, account_of(request))
                if written.saved:
                    actions.save_draft(self.job, account_of(request))
        except ValidationError as err:
            return actions.explain(err)
        return _("Some segments were not saved. See the notes beside them.") if written.refused else ""

    def _act(self, request: HttpRequest) -> None:
        if "submit" in request.POST:
            actions.submit(self.job, account_of(request))
            messages.success(request, _("Submitted for review."))
        elif "update" in request.POST:
            actions.update_from_source(self.job, account_of(request))
            messages.success(
                request, _("The newer source has been taken over. Unchanged segments keep their translation.")
            )
        else:
            messages.success(request, _("Saved."))

    def _render(self, segments: list[Any]) -> HttpResponse:
        target, user = self.target, account_of(self.request)
        lock = target.get_lock()
        in_review = target.workflow_in_progress
        context = {
            "job": self.job,
            "target": target,
            "segments": segments,
            "done": sum(segment.is_done for segment in segments),
            "words": sum(segment.words for segment in segments if not segment.is_done),
            "editable": may_translate(user, target) and not in_review and not (lock and lock.for_user(user)),
            "in_review": in_review,
            "review_url": _review_url(target, user),
            "is_outdated": self.job.is_outdated(),
            "source_language": get_language_info(self.job.translation.source.locale.language_code),
            "target_language": get_language_info(target.locale.language_code),
            "own_content": _own_panels(target) and may_translate(user, target),
            "own_title": _own_title(target),
            "page_title": target.get_admin_display_title(),
        }
        return render(self.request, "translations/workbench.html", context)


def _review_url(page: Page, user: User) -> str:
    """Where this person decides on ``page``; empty where it doesn't wait for them."""
    state = page.current_workflow_task_state
    if not isinstance(state, ReviewTaskState):
        return ""
    try:
        eyes.assert_may_review(state, user)
    except ApprovalRefused:
        return ""
    return reverse("workflows_review", args=[state.pk])


def _own_panels(page: Page) -> list[Any]:
    return list(getattr(page.specific_class, "translation_own_panels", []))


def _own_title(page: Page) -> str:
    return _("Files of this language") if hasattr(page.specific_class, "files") else _("Words of this language")


class OwnContentView(WorkbenchView):
    """What every language keeps for itself, such as its files: a part of the page's own form."""

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The form of the own panels."""
        return self._form_response(None)

    def post(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Saves the own panels into a new draft revision; refuses while the page is in review or locked."""
        try:
            actions.require_editable(self.target, account_of(request))
        except NotAllowed as err:
            raise PermissionDenied(str(err)) from err
        except TranslationError as err:
            messages.error(request, str(err))
            return redirect(_workbench_url(self.job))
        return self._form_response(request.POST)

    def _form_response(self, data: Any) -> HttpResponse:
        from wagtail.admin.panels import ObjectList  # loads the admin's form machinery, needed by this view only

        panels = _own_panels(self.target)
        if not panels:
            raise Http404
        draft = self.target.get_latest_revision_as_object()
        before = content_hash(draft.serializable_data())
        handler = ObjectList(panels).bind_to_model(type(draft))
        form = handler.get_form_class()(
            data, self.request.FILES or None, instance=draft, for_user=account_of(self.request)
        )
        if data is not None and form.is_valid():
            page = form.save(commit=False)
            if content_hash(page.serializable_data()) != before:
                page.save_revision(user=account_of(self.request), log_action=True)
            messages.success(self.request, _("Saved."))
            return redirect(_workbench_url(self.job))
        panel = handler.get_bound_panel(request=self.request, instance=draft, form=form)
        context = {
            "job": self.job,
            "form": form,
            "panel": panel,
            "media": panel.media + form.media,
            "page_title": _own_title(self.target),
        }
        return render(self.request, "translations/own_content.html", context)
