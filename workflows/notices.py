"""E-mails about reviews. They carry no title, no text and no file name: mail is read on the way."""

from __future__ import annotations

from typing import Any

from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier
from wagtail.signals import task_submitted

from workflows.models import ReviewTaskState


class ReviewNotifier(GroupApprovalTaskStateSubmissionEmailNotifier):
    """Tells the reviewers of a step that something waits for them; core listens to its own states only."""

    def get_template_base_prefix(self, instance: Any, **kwargs: Any) -> str:
        return "task_state_"


review_notifier = ReviewNotifier()


def register_notices() -> None:
    """Connects the notifier; called once from ``ready()``."""
    task_submitted.connect(review_notifier, sender=ReviewTaskState, dispatch_uid="workflows.notices.review")
