"""What this app adds to Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem, PublishMenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page, WorkflowState

from access.editorial import may_withdraw
from workflows import eyes
from workflows.actions import WithdrawAction
from workflows.emergency import is_administrator
from workflows.exceptions import ApprovalRefused
from workflows.models import ReviewTaskState
from workflows.reverting import ApprovedPageViewSet
from workflows.views import EmergencyView, ReviewView, WithdrawView

if TYPE_CHECKING:
    from access.models import User


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our screens, below /admin/."""
    return [
        path("approval/withdraw/<int:page_id>/", WithdrawView.as_view(), name="workflows_withdraw"),
        path("approval/emergency/<int:page_id>/", EmergencyView.as_view(), name="workflows_emergency"),
        path("approval/review/<int:state_id>/", ReviewView.as_view(), name="workflows_review"),
    ]


@hooks.register("register_admin_viewset")
def page_views() -> ApprovedPageViewSet:
    """Core registers its own earlier; the last one for a model counts."""
    return ApprovedPageViewSet()


@hooks.register("register_actions")
def register_actions(registry: Any) -> None:
    registry.register(Page, WithdrawAction)


class WithdrawButton(PageMenuItem):
    """In the menu beside a page's title."""

    label = _("Withdraw")
    icon_name = "warning"
    url_name = "workflows_withdraw"

    def is_shown(self, user: User) -> bool:
        return self.page.depth > 1 and may_withdraw(user)


class EmergencyButton(PageMenuItem):
    """For administrators, instead of the ordinary way to publish, which approval took over."""

    label = _("Publish in an emergency")
    icon_name = "upload"
    url_name = "workflows_emergency"

    def is_shown(self, user: User) -> bool:
        return self.page.depth > 1 and self.page.latest_revision_id is not None and is_administrator(user)


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[PageMenuItem]:
    yield WithdrawButton(page=page, priority=70)
    yield EmergencyButton(page=page, priority=80)


@hooks.register("insert_editor_js")
def editor_script() -> str:
    """Autosave and "Submit" one after the other."""
    return format_html('<script src="{}"></script>', versioned_static("workflows/editor.js"))


@hooks.register("before_edit_page")
def say_what_was_asked_for(request: HttpRequest, page: Page) -> None:
    """Whoever opens a page that came back from review sees by whom and why, without looking for it."""
    state = page.current_workflow_state
    if request.method != "GET" or state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return
    decision = state.current_task_state
    person = decision.finished_by.get_username() if decision.finished_by else "–"
    messages.warning(
        request,
        gettext("%(person)s asked for changes: %(comment)s")
        % {"person": person, "comment": decision.comment or gettext("No comment.")},
    )


class ReviewMenuItem(ActionMenuItem):
    """A text in review is locked for all, so Wagtail shows its reviewers no way to decide: this is it."""

    name = "action-review"
    label = _("Review this text")
    icon_name = "clipboard-list"
    order = -10

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and _waiting_for(context) is not None

    def get_url(self, context: dict[str, Any]) -> str | None:
        state = _waiting_for(context)
        return reverse("workflows_review", args=[state.pk]) if state else None


def _waiting_for(context: dict[str, Any]) -> ReviewTaskState | None:
    """The review of this page that waits for this person, or None."""
    state = context["page"].current_workflow_task_state
    if not isinstance(state, ReviewTaskState):
        return None
    try:
        eyes.assert_may_review(state, context["request"].user)
    except ApprovalRefused:
        return None
    return state


@hooks.register("register_page_action_menu_item")
def review_menu_item() -> ActionMenuItem:
    return ReviewMenuItem()


@hooks.register("construct_page_action_menu")
def without_publish(menu_items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """No button that can only fail: what goes public goes through review."""
    menu_items[:] = [item for item in menu_items if not isinstance(item, PublishMenuItem)]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What this app writes into a page's history."""

    class WithReason(LogFormatter):
        def format_comment(self, log_entry: Any) -> str:
            return str(log_entry.data.get("reason", ""))

    @actions.register_action("dossier.withdraw")
    class Withdrawn(WithReason):
        label = _("Withdraw")
        message = _("Withdrawn")

    @actions.register_action("dossier.publish.emergency")
    class PublishedInEmergency(WithReason):
        label = _("Publish in an emergency")
        message = _("Published without approval, in an emergency")

    @actions.register_action("dossier.schedule.refused")
    class ScheduleRefused(LogFormatter):
        label = _("Refuse a schedule")
        message = _("Not published at its time")

    @actions.register_action("dossier.schedule.waits")
    class ScheduleWaits(LogFormatter):
        label = _("Let a schedule wait")
        message = _("Late: its files are still being checked")
