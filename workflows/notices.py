"""E-mails about reviews and schedules. They carry no title, no text and no file name: mail is read on the way."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, override
from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier, send_mail
from wagtail.models import Revision, TaskState
from wagtail.signals import task_submitted
from wagtail.users.models import UserProfile

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
            "Its approval no longer holds, or something is in the way of one of its files. It was taken off the "
            "schedule. Look at it and submit it again: %(address)s"
        ),
    )


def _tell(revision: Revision, subject: str, message: str) -> None:
    """Sends a mail, msgids of the catalogues, to who wrote, submitted or approved ``revision``, when that is committed.

    A mail that can't be sent is in nobody's way: the history of the page says the same.
    """
    address = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('wagtailadmin_pages:edit', args=[revision.object_id])}"
    submitted = TaskState.objects.filter(revision=revision).values("workflow_state__requested_by")
    decided = ApprovalRecord.objects.filter(revision_id=revision.pk).values("user")
    concerned = Q(pk=revision.user_id) | Q(pk__in=submitted) | Q(pk__in=decided)
    for user in User.objects.filter(concerned, is_active=True).exclude(email=""):
        with override(UserProfile.get_for_user(user).get_preferred_language()):
            text = gettext(message) % {"address": address}
            transaction.on_commit(partial(send_mail, gettext(subject), text, [user.email], fail_silently=True))
