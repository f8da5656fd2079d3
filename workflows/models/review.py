"""The step of a workflow in which a second pair of eyes decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState, WorkflowState

from documents.locks import hold_pages
from workflows import approvals, eyes
from workflows.content import content_hash
from workflows.exceptions import ApprovalRefused
from workflows.files import named_files
from workflows.refusals import note_refusal

if TYPE_CHECKING:
    from access.models import User


class ReviewTaskState(TaskState):
    """One round of a review, with the fingerprint of what the reviewers were asked to judge."""

    content_hash = models.CharField(max_length=64, editable=False)
    documents = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.content_hash = content_hash(self.revision.content)
            self.documents = named_files(self.revision)
        super().save(*args, **kwargs)

    @transaction.atomic
    def approve(self, user: User | None = None, update: bool = True, comment: str = "") -> ReviewTaskState:
        """Approves, or raises ApprovalRefused with the reason. The rules hold for every caller, superusers included."""
        self._lock()
        eyes.assert_may_approve(self, user)
        page = self.revision.content_object
        approvals.record(page, self.revision, approvals.Decision.STEP, user, task=self.task.name, comment=comment)
        super().approve(user=user, update=update, comment=comment)
        return self

    @transaction.atomic
    def reject(self, user: User | None = None, update: bool = True, comment: str = "") -> ReviewTaskState:
        """Hands the text back to its author. Raises ApprovalRefused for anyone but a reviewer of this step."""
        self._lock()
        eyes.assert_may_review(self, user)
        page = self.revision.content_object
        approvals.record(page, self.revision, approvals.Decision.REJECTED, user, task=self.task.name, comment=comment)
        super().reject(user=user, update=update, comment=comment)
        return self

    def _lock(self) -> None:
        """Two people who decide at the same moment: the second sees the first one's decision."""
        hold_pages(Page.objects.filter(pk=self.revision.object_id))
        self.refresh_from_db(fields=["status"])


class ReviewTask(AbstractGroupApprovalTask):
    """Four eyes: nobody who wrote, submitted or approved an earlier step of a text approves it.

    A text in review is read-only for everyone, reviewers too: Wagtail lets them edit, and one
    autosaved keystroke would make the approver an author.
    """

    task_state_class = ReviewTaskState

    class Meta:
        verbose_name = _("review by a group, four eyes")
        verbose_name_plural = _("reviews by a group, four eyes")

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> ReviewTaskState:
        # The page as cached here may still name the revision before the one just submitted.
        workflow_state.content_object = workflow_state.base_content_type.get_object_for_this_type(
            pk=workflow_state.object_id
        )
        return super().start(workflow_state, user=user)

    def on_action(self, task_state: TaskState, user: User | None, action_name: str, **kwargs: Any) -> Any:
        """Like Wagtail's, whose view knows one stock sentence for every refusal: the reviewer reads the reason."""
        try:
            return super().on_action(task_state, user, action_name, **kwargs)
        except ApprovalRefused as refusal:
            note_refusal(refusal)
            raise

    def locked_for_user(self, obj: Any, user: User) -> bool:
        return True

    def user_can_lock(self, obj: Any, user: User) -> bool:
        return False

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, Any, bool]]:
        """Offers to approve only to those who may; asks again when it is done."""
        if not self.reviewers_include(user):
            return []
        actions = [("reject", _("Request changes"), True)]
        state = obj.current_workflow_task_state
        if state and state.task_id == self.pk and not eyes.involvement(state, user):
            actions += [("approve", _("Approve"), False), ("approve", _("Approve with comment"), True)]
        return actions

    def reviewers_include(self, user: User) -> bool:
        """Whether ``user`` is one of the reviewers of this step. Asked afresh: groups change while a page waits."""
        if not user.is_active:
            return False
        return bool(user.is_superuser or self.groups.filter(pk__in=user.groups.values("pk")).exists())

    @classmethod
    def get_description(cls) -> Any:
        return _("A member of the chosen groups approves who neither wrote nor submitted the text.")
