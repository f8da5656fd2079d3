"""Four eyes: who may decide about a review, and what must be true of the text. Asked when a decision is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, WorkflowState

from workflows.choice import slips_past
from workflows.content import content_hash
from workflows.exceptions import ApprovalRefused
from workflows.files import file_hashes, obstacles
from workflows.models.records import ApprovalRecord

if TYPE_CHECKING:
    from access.models import User
    from workflows.models.review import ReviewTaskState


def assert_may_review(state: ReviewTaskState, user: User | None) -> None:
    """Raises ApprovalRefused unless ``state`` is the step that is waiting and ``user`` one of its reviewers."""
    if user is None or not state.task.specific.reviewers_include(user):
        raise ApprovalRefused(_("You are not one of the reviewers of this step."))
    current = WorkflowState.objects.filter(
        pk=state.workflow_state_id, status=WorkflowState.STATUS_IN_PROGRESS, current_task_state=state.pk
    ).exists()
    if not current or state.status != TaskState.STATUS_IN_PROGRESS:
        raise ApprovalRefused(_("This review is over: it was decided, cancelled or started again."))


def assert_may_approve(state: ReviewTaskState, user: User | None) -> None:
    """Raises ApprovalRefused, with the reason as a sentence, unless ``user`` may approve ``state`` as it is now."""
    assert_may_review(state, user)
    assert user is not None  # noqa: S101 - for the type checker: a missing user was refused above
    if reason := involvement(state, user):
        raise ApprovalRefused(reason)
    revision = Revision.objects.get(pk=state.revision_id)
    if content_hash(revision.content) != state.content_hash or not revision.is_latest_revision():
        raise ApprovalRefused(_("The text changed after it was submitted. It has to be submitted again."))
    judged = {pk: sha256 for pk, sha256 in state.documents.items() if sha256}
    now = file_hashes(int(pk) for pk in state.documents)
    if set(now) != set(state.documents) or any(now[pk] != sha256 for pk, sha256 in judged.items()):
        raise ApprovalRefused(_("A file changed after the text was submitted. It has to be submitted again."))
    if slips_past(state.workflow_state.workflow, revision.content_object):
        raise ApprovalRefused(
            _("A file of this text isn't public, or its rights changed: submit the text again, for the full review.")
        )
    if sentences := obstacles(state.documents, int(revision.object_id)):
        raise ApprovalRefused(" ".join(sentences))


def involvement(state: ReviewTaskState, user: User) -> str:
    """Why ``user`` is too close to this text to approve it, as a sentence; empty if they are not."""
    if state.workflow_state.requested_by_id == user.pk:
        return _("You submitted this text: someone else has to approve it.")
    if user.pk in authors_since_approval(state.revision):
        return _("You worked on this text since it was last approved: someone else has to approve it.")
    earlier = TaskState.objects.filter(
        workflow_state=state.workflow_state_id,
        revision=state.revision_id,
        status=TaskState.STATUS_APPROVED,
        finished_by=user.pk,
    ).exclude(task=state.task_id)
    if earlier.exists():
        return _("You approved an earlier step: someone else has to approve this one.")
    return ""


def authors_since_approval(revision: Revision) -> set[int]:
    """Ids of the users with a revision of this page since the last one that was approved."""
    last = (
        ApprovalRecord.objects.filter(
            page_id=int(revision.object_id), decision__in=ApprovalRecord.OPENING, revision_id__lt=revision.pk
        )
        .order_by("-pk")
        .values_list("revision_id", flat=True)
        .first()
    )
    revisions = Revision.objects.filter(
        base_content_type=revision.base_content_type_id, object_id=revision.object_id, pk__gt=last or 0
    )
    return set(revisions.exclude(user=None).values_list("user", flat=True))
