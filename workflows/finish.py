"""What the last approval does. No model import at top level: the setting is read while apps load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from access.models import User


def publish_approved_revision(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Records the approval and publishes exactly the revision that was approved, now or at its embargo time.

    Wagtail's own publishes the newest revision, and asks the approver for the right to publish,
    which no reviewer has. Raises NotApproved where the workflow had no review by four eyes: one
    without a step, or with steps of Wagtail's own kind only.
    """
    from workflows import approvals  # apps are not loaded when this module is
    from workflows.content import content_hash
    from workflows.exceptions import NotApproved
    from workflows.models import ReviewTaskState
    from workflows.refusals import note_refusal

    last = workflow_state.current_task_state
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
        refusal = NotApproved(_("This workflow has no review by a second person: nothing was published."))
        note_refusal(refusal)
        raise refusal
    page = review.revision.content_object
    approvals.record(
        page, review.revision, approvals.Decision.APPROVED, user, task=review.task.name, comment=review.comment
    )
    review.revision.publish(user=user, skip_permission_checks=True)
