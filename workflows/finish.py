"""What the last approval does. No model import at top level: the setting is read while apps load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from access.models import User


def publish_approved_revision(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Records the approval and publishes exactly the revision that was approved, now or at its embargo time.

    Wagtail's own publishes the newest revision, and asks the approver for the right to publish,
    which no reviewer has. Raises NotApproved where the workflow had no review by four eyes: one
    without a step, or with steps of Wagtail's own kind only; and where it ends because its last step
    was taken away instead of approved, as when a task is disabled while a text waits at it.
    """
    from wagtail.models import TaskState  # apps are not loaded when this module is

    from workflows import approvals
    from workflows.content import content_hash
    from workflows.models import ReviewTaskState

    last = workflow_state.current_task_state
    if last and last.status not in (TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED):
        _refuse(
            _("A text waits at this step. It would be published without it: let it be decided or taken back first.")
        )
    review = (
        ReviewTaskState.objects.filter(
            workflow_state=workflow_state, revision=last.revision_id, status=ReviewTaskState.STATUS_APPROVED
        )
        .order_by("-finished_at", "-pk")
        .first()
        if last
        else None
    )
    if review is None or content_hash(review.revision.content) != review.content_hash:
        _refuse(_("This workflow has no review by a second person: nothing was published."))
    page = review.revision.content_object
    approvals.record(
        page, review.revision, approvals.Decision.APPROVED, user, task=review.task.name, comment=review.comment
    )
    review.revision.publish(user=user, skip_permission_checks=True)


def _refuse(sentence: str) -> NoReturn:
    from workflows.exceptions import NotApproved
    from workflows.refusals import note_refusal

    refusal = NotApproved(sentence)
    note_refusal(refusal)
    raise refusal
