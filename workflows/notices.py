"""E-mails about reviews and schedules. They carry no title, no text and no file name: mail is read on the way."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop
from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier
from wagtail.models import Revision, TaskState
from wagtail.signals import task_submitted

from access.mail import tell
from access.models import User
from workflows.models import ApprovalRecord, ReviewTaskState


class ReviewNotifier(GroupApprovalTaskStateSubmissionEmailNotifier):
    """Tells the reviewers of a step that something waits for them; core listens to its own states only."""

    def get_template_base_prefix(self, instance: Any, **kwargs: Any) -> str:
        return "task_state_"


review_notifier = ReviewNotifier()


def register_notices() -> None:
    """Connects the notifier; called once from ``ready()``."""
    task_submitted.connect(review_notifier, sender=ReviewTaskState, dispatch_uid="workflows.notices.review")


def tell_of_delay(revision: Revision) -> None:
    """Tells those who count on a scheduled ``revision`` that it is late, but comes by itself."""
    _tell(
        revision,
        gettext_noop("A scheduled text is late"),
        gettext_noop(
            "Its files are still being checked. It is published by itself when that is done; you have to do nothing: "
            "%(address)s"
        ),
    )


def tell_of_refusal(revision: Revision) -> None:
    """Tells them that it was taken off the schedule."""
    _tell(
        revision,
        gettext_noop("A scheduled text was not published"),
        gettext_noop(
            "Its approval no longer holds, something is in the way of one of its files, or another page has its number "
            "by now. It was taken off the schedule. Look at it and submit it again: %(address)s"
        ),
    )


def _tell(revision: Revision, subject: str, message: str) -> None:
    """Sends a mail to who wrote, submitted or approved ``revision``, when that is committed; the history of the page
    says the same."""
    submitted = TaskState.objects.filter(revision=revision).values("workflow_state__requested_by")
    decided = ApprovalRecord.objects.filter(revision_id=revision.pk).values("user")
    users = User.objects.filter(Q(pk=revision.user_id) | Q(pk__in=submitted) | Q(pk__in=decided))
    path = reverse("wagtailadmin_pages:edit", args=[revision.object_id])
    transaction.on_commit(partial(tell, users, subject, message, path))
